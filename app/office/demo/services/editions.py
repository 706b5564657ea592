"""The coming congress's tables, checklist and fund; last year's plan as it was approved, this
year's and the next as drafts: whoever tries the demo publishes under no plan until the presidency
approves one.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.office.demo.services.cycle import COMING
from app.people.directory.models import WorkingGroup
from app.planning.cycles.services.editions import add_item, save_table, tick_item
from app.planning.cycles.services.funding import add_source, set_edition_funding
from app.planning.cycles.services.plans import add_entry, approve_plan
from app.planning.events.models import Event, EventGroup, EventLink
from app.planning.events.values import EventKind, LinkRole
from app.planning.events.values.editions import EntryDraft, TableDraft

FUND = LocalizedText(
    es="Fondo para la Cooperación Regional (inventado)", en="Regional Cooperation Fund (invented)"
)
DECISION = "Decisión 6 de la Reunión Viceministerial de {year} (inventada)"


@dataclass(frozen=True)
class DemoTable:
    """A work table with the personas who moderate and report, where somebody is named already."""

    theme: LocalizedText
    coordinator: str
    moderator: str = ""
    rapporteur: str = ""


TABLES = (
    DemoTable(
        LocalizedText(
            es="Detección y primera atención en todos los puntos de contacto",
            en="Detection and first response at every point of contact",
        ),
        "MX",
        "convenor-protection",
        "focal-point-hn",
    ),
    DemoTable(
        LocalizedText(
            es="Referencia de casos y protección consular entre países",
            en="Referral of cases and consular protection between countries",
        ),
        "HN",
    ),
    DemoTable(
        LocalizedText(
            es="Trabajo digno y autonomía económica de las mujeres migrantes",
            en="Decent work and economic autonomy of migrant women",
        ),
        "GT",
        "convenor-labour",
        "focal-point-gt",
    ),
    DemoTable(
        LocalizedText(
            es="Servicios que no dependen de quién ocupe el puesto: relevos, registro y formación",
            en="Services that do not depend on who holds the post: handover, records and training",
        ),
        "CR",
    ),
)
ITEMS = (
    (
        LocalizedText(
            es="Nota verbal de invitación enviada a las cancillerías",
            en="Note verbale of invitation sent to the foreign ministries",
        ),
        True,
    ),
    (
        LocalizedText(
            es="Sede confirmada, accesible en silla de ruedas",
            en="Venue confirmed, accessible by wheelchair",
        ),
        True,
    ),
    (
        LocalizedText(
            es="Interpretación simultánea español–inglés contratada",
            en="Simultaneous Spanish–English interpretation contracted",
        ),
        False,
    ),
    (
        LocalizedText(
            es="Organizaciones de mujeres de cada país invitadas a las mesas",
            en="Women's organisations of each country invited to the tables",
        ),
        False,
    ),
)
CONGRESS = LocalizedText(
    es="Congreso regional anual y sus eventos preparatorios y de seguimiento",
    en="Yearly regional congress with its preparatory and follow-up events",
)
GOVERNANCE = LocalizedText(
    es="Grupo Regional de Consulta y Reunión Viceministerial",
    en="Regional Consultation Group and Vice-Ministerial Meeting",
)
WEBINARS = LocalizedText(es="Seminarios en línea: {group}", en="Webinars: {group}")
A_YEAR = 24


def load_editions(db: Session, *, today: date, now: datetime, people: dict[str, int]) -> None:
    for position, table in enumerate(TABLES, start=1):
        draft = TableDraft(
            table.theme,
            position,
            table.coordinator,
            people.get(table.moderator),
            people.get(table.rapporteur),
        )
        save_table(db, actor=SYSTEM, slug=COMING, draft=draft, now=now)
    for words, is_done in ITEMS:
        item = add_item(db, actor=SYSTEM, slug=COMING, words=words, now=now)
        tick_item(db, actor=SYSTEM, slug=COMING, item_id=item, is_done=is_done, now=now)
    fund = add_source(db, actor=SYSTEM, name=FUND, now=now)
    set_edition_funding(db, actor=SYSTEM, slug=COMING, sources=[fund], now=now)
    for year in (today.year - 1, today.year, today.year + 1):
        _plan(db, year, now=now)
    last, year = now.replace(year=now.year - 1, month=1, day=20), today.year - 1
    approve_plan(db, actor=SYSTEM, year=year, decision_ref=DECISION.format(year=year - 1), now=last)


def _plan(db: Session, year: int, *, now: datetime) -> None:
    """An entry for each working group, one for the congress and one for the organs; what the demo
    holds stands under them.
    """
    groups = db.scalars(
        select(WorkingGroup)
        .where(WorkingGroup.kind == "working-group")
        .order_by(WorkingGroup.position)
    )
    for group in groups.all():
        title = LocalizedText(
            es=WEBINARS["es"].format(group=group.name["es"]),
            en=WEBINARS["en"].format(group=group.name["en"]),
        )
        draft = EntryDraft(title, group.slug, events_planned=A_YEAR)
        of_group = select(EventGroup.event_id).where(EventGroup.working_group_id == group.id)
        _put_under(
            db,
            year,
            add_entry(db, actor=SYSTEM, year=year, draft=draft, now=now),
            Event.id.in_(of_group),
        )
    linked = select(EventLink.event_id).where(EventLink.role.in_(list(LinkRole)))
    draft = EntryDraft(CONGRESS, quarter=3, events_planned=3)
    _put_under(
        db, year, add_entry(db, actor=SYSTEM, year=year, draft=draft, now=now), Event.id.in_(linked)
    )
    draft, organs = (
        EntryDraft(GOVERNANCE, quarter=4, events_planned=2),
        Event.kind == EventKind.GOVERNANCE,
    )
    _put_under(db, year, add_entry(db, actor=SYSTEM, year=year, draft=draft, now=now), organs)


def _put_under(db: Session, year: int, entry_id: int, which: ColumnElement[bool]) -> None:
    """Events of the demo's own making; what the sources tell of earlier years rests on no plan that
    we know.
    """
    ours = or_(Event.source_url == "", Event.source_url.is_(None))
    held = update(Event).where(which, ours, Event.wall_starts.startswith(f"{year}-"))
    db.execute(held.values(plan_entry_id=entry_id).execution_options(synchronize_session=False))
