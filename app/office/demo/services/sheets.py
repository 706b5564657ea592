"""Sheets of earlier years that the demo's people are about to bring in: one of events, one of who
served in Honduras. Nothing of them is on record.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.sheets import Sheet
from app.kernel.actor import Actor, Grant, Role
from app.office.history.services import begin_import
from app.office.history.values import ImportKind
from app.people.identity.models import Account

EVENTS = (
    ("Eventos de la Red de Oficiales de Enlace, 2018-2022",),
    (),
    ("Fecha", "Actividad", "Tipo", "Grupo de trabajo", "Sede", "Costo US$"),
    ("14/03/2022", "Webinar: niñez migrante y género", "Webinar", "Protección", "", ""),
    ("16-18 de agosto de 2021", "Taller de protección consular", "Taller", "", "San José", "8400"),
    (
        "mar-20",
        "Reunión técnica sobre migración laboral",
        "Reunión",
        "",
        "Ciudad de México",
        "5100",
    ),
    ("2018", "Primera reunión de la Red", "Reunión", "", "Ciudad de Guatemala", ""),
    ("31/02/2021", "Capacitación a consulados de frontera", "Capacitación", "", "", ""),
    ("03/04/20", "Mesa sobre alertas de búsqueda", "Reunión", "", "", ""),
    ("14/03/2022", "Webinar: Niñez migrante y genero", "Webinar", "", "", ""),
    ("", "TOTAL", "", "", "", "13500"),
)
ROSTER = (
    ("Nombre", "Dependencia", "Cargo", "Fecha de ingreso", "Fecha de salida", "Observ."),
    (
        "Suyapa Ramos Lanza",
        "Dirección General de Migración",
        "Oficial de enlace",
        "01/02/2019",
        "30/06/2021",
        "",
    ),
    (
        "Turcios Ochoa, Raúl",
        "Dir. Gral. de Migración",
        "Oficial de enlace",
        "01/07/2021",
        "15/01/2024",
        "",
    ),
    (
        "Fátima Ucles Ortega",
        "Mecanismo Nacional de las Mujeres",
        "Analista",
        "2018",
        "",
        "licencia",
    ),
    (
        "Óscar Madrid Fúnez",
        "Instituto Nacional de Migración",
        "Jefe de unidad",
        "15 de enero de 2020",
        "31/03/2022",
        "",
    ),
)


def load_sheets(db: Session, *, people: Mapping[str, int], now: datetime) -> None:
    for who, grant, kind, country, name, rows in (
        (
            "organizer",
            Grant(Role.ORGANIZER),
            ImportKind.EVENTS,
            "",
            "Eventos 2018-2022.xlsx",
            EVENTS,
        ),
        (
            "focal-point-hn",
            Grant(Role.FOCAL_POINT, "HN"),
            ImportKind.ROSTER,
            "HN",
            "Personal de enlace 2018-2024.xlsx",
            ROSTER,
        ),
    ):
        account_id = db.scalars(select(Account.id).where(Account.person_id == people[who])).one()
        begin_import(
            db,
            actor=Actor(account_id=account_id, grants=frozenset({grant})),
            kind=kind,
            country_code=country,
            filename=name,
            sheet=Sheet(rows, hidden=(6,), sheets=2),
            now=now - timedelta(days=1),
        )
