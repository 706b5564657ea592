"""Three national pages of invented offices, laws and numbers: two checked lately, one long ago. The
other countries' are empty.
"""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.office.demo.services.body import COUNTRIES
from app.training.national.services import add_line, check_page, write_notes
from app.training.national.values import LineDraft, LineKind

LATELY, LONG_AGO = 15, 430
"""Days ago on which pages were checked."""
WEEKDAYS = LocalizedText(
    es="De lunes a viernes, de 8:00 a 16:00", en="Monday to Friday, 8:00 to 16:00"
)
ALWAYS = LocalizedText(es="Todos los días, a toda hora", en="Every day, at all hours")
NOTES = LocalizedText(
    es="Datos inventados para la demostración: no llame a estos números.\n"
    "La hoja de referencia se entrega a la persona y nunca se envía sin su consentimiento.",
    en="Invented for the demonstration: do not call these numbers.\n"
    "The referral sheet is given to the person and never sent without her consent.",
)
# Country, days since the check, calling code, capital in the addresses, languages of the shelter.
PAGES = (
    (
        "GT",
        LATELY,
        "+502 2555",
        "Ciudad de Guatemala",
        ("Español, mam, k'iche'", "Spanish, Mam, K'iche'"),
    ),
    (
        "CR",
        LATELY,
        "+506 2555",
        "San José",
        ("Español, inglés, criollo limonense", "Spanish, English, Limonese Creole"),
    ),
    (
        "HN",
        LONG_AGO,
        "+504 2555",
        "Tegucigalpa",
        ("Español, garífuna, misquito", "Spanish, Garifuna, Miskito"),
    ),
)


def load_national_pages(db: Session, *, now: datetime) -> None:
    for code, days, calling, capital, spoken in PAGES:
        at = now - timedelta(days=days)
        zone = COUNTRIES[code].timezone
        for draft in _lines(code, calling, capital, zone, spoken, today=at.date()):
            add_line(db, actor=SYSTEM, country_code=code, draft=draft, now=at)
        write_notes(db, actor=SYSTEM, country_code=code, notes=NOTES, now=at)
        check_page(db, actor=SYSTEM, country_code=code, now=at)


def _lines(
    code: str, calling: str, capital: str, zone: str, spoken: tuple[str, str], *, today: date
) -> tuple[LineDraft, ...]:
    site = f"https://example.org/{code.lower()}"
    return (
        LineDraft(
            LineKind.NUMBER,
            LocalizedText(es="Línea de ayuda para mujeres", en="Helpline for women"),
            LocalizedText(
                es="Violencia en curso o reciente; orienta y envía a alguien.",
                en="Violence now or lately; advises and sends somebody.",
            ),
            telephone=f"{calling} 0111",
        ),
        LineDraft(
            LineKind.NUMBER,
            LocalizedText(es="Unidad contra la trata", en="Anti-trafficking unit"),
            LocalizedText(
                es="Indicios de trata, con la persona aún en riesgo.",
                en="Signs of trafficking, with the person still at risk.",
            ),
            telephone=f"{calling} 0122",
        ),
        LineDraft(
            LineKind.OFFICE,
            LocalizedText(es="Oficina de protección a la niñez", en="Child protection office"),
            LocalizedText(
                es="Niñas, niños y adolescentes que viajan sin su familia.",
                en="Children and adolescents who travel without their family.",
            ),
            address=f"Calle de la Demostración 10, {capital}",
            telephone=f"{calling} 0133",
            email="ninez@example.org",
            hours=WEEKDAYS,
            timezone=zone,
            spoken=LocalizedText(es="Español", en="Spanish"),
        ),
        LineDraft(
            LineKind.OFFICE,
            LocalizedText(es="Casa de acogida El Ceibo", en="El Ceibo shelter"),
            LocalizedText(
                es="Alojamiento de una a treinta noches para mujeres y sus hijas e hijos.\n"
                "Llame antes: la dirección solo se da a quien va a ingresar.",
                en="A bed for one to thirty nights for women and their children.\n"
                "Call first: the address is given only to who is coming.",
            ),
            telephone=f"{calling} 0144",
            email="acogida@example.org",
            hours=ALWAYS,
            timezone=zone,
            spoken=LocalizedText(es=spoken[0], en=spoken[1]),
        ),
        LineDraft(
            LineKind.LAW,
            LocalizedText(
                es="Protocolo de primera atención en puestos fronterizos",
                en="Protocol of first response at border posts",
            ),
            LocalizedText(
                es="Quién atiende, en qué orden y qué se anota.",
                en="Who attends, in which order, and what is written down.",
            ),
            adopted_on=today - timedelta(days=900),
            url=f"{site}/protocolo-primera-atencion",
        ),
        LineDraft(
            LineKind.LAW,
            LocalizedText(
                es="Reglamento de referencia entre instituciones",
                en="Rules of referral between institutions",
            ),
            adopted_on=today - timedelta(days=2100),
            url=f"{site}/reglamento-de-referencia",
        ),
    )
