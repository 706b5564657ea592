"""What the office has certificates say and look like, who signs them, and a specimen of each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.infra.body import current_body
from app.kernel import dated
from app.kernel.text import LocalizedText
from app.people.directory.models import Country, Institution, Person
from app.planning.events.models import Event
from app.training.certificates import rules
from app.training.certificates.models import (
    CertificateLook,
    CertificatePicture,
    CertificateText,
    SignatoryTerm,
)
from app.training.certificates.queries.achievements import Signatory
from app.training.certificates.values import (
    OF_EVENTS,
    OF_PARTS,
    WORDED,
    CertificateFacts,
    CertificateKind,
    CertificateModule,
    PaperLook,
    PaperText,
    PrintedPaper,
)
from app.training.learning.models import CourseEdition, Module

ONLY = 1
_TEXTS = select(CertificateText)
_LOOK = select(CertificateLook)
_TERMS = select(SignatoryTerm).order_by(SignatoryTerm.valid_from, SignatoryTerm.id)


@dataclass(frozen=True)
class OfficePapers:
    """What certificates say and look like today. `own` holds the kinds for which the office wrote
    words of its own.
    """

    own: Mapping[CertificateKind, PaperText]
    look: PaperLook

    def text(self, kind: CertificateKind) -> PaperText:
        return self.own.get(kind, rules.FIRST_TEXTS[kind])

    def printed(self, kind: CertificateKind, signature: str = "") -> PrintedPaper:
        return PrintedPaper(self.text(kind), self.look, signature)


@dataclass(frozen=True)
class SignatoryView:
    """A signatory with the days on which they sign; `valid_until` is the first one without."""

    id: int
    name: str
    role: LocalizedText
    valid_from: date
    valid_until: date | None
    signature: str

    def signs_on(self, day: date) -> bool:
        return dated.in_force(self.valid_from, self.valid_until, day)


def office_papers(db: Session) -> OfficePapers:
    own = {
        CertificateKind(row.kind): PaperText(row.title, row.opening, row.sentence)
        for row in db.scalars(_TEXTS)
    }
    row = db.scalars(_LOOK).one_or_none()
    look = PaperLook() if row is None else PaperLook(row.deep, row.accent, row.logo or "")
    return OfficePapers(own, look)


def signatory_terms(db: Session) -> Sequence[SignatoryView]:
    """Returns every signatory that the office entered, the first to sign first."""
    return [
        SignatoryView(
            row.id, row.name, row.role, row.valid_from, row.valid_until, row.signature or ""
        )
        for row in db.scalars(_TERMS)
    ]


def end_of_signing(terms: Sequence[SignatoryView], today: date) -> date | None:
    """Returns the first day on which nobody signs, from today on; None where that never comes, or
    where nobody was entered to sign by today.
    """
    if not terms or terms[0].valid_from > today:
        return None
    day = today
    for term in terms:
        if term.signs_on(day):
            if term.valid_until is None:
                return None
            day = term.valid_until
    return day


def is_own_picture(db: Session, sha256: str) -> bool:
    return db.get(CertificatePicture, sha256) is not None


LONGEST_NAME = 90
LONGEST_PLACE = 170
LONGEST_TITLE = 190
"""In characters: longer ones, which hardly exist, use the type that a specimen leaves in reserve."""
INVENTED_NAME = "María de los Ángeles Guadalupe Ñáñez Fernández de Córdoba y Zúñiga"
INVENTED_PLACE = LocalizedText(
    es="Secretaría Nacional de Derechos Humanos, Dirección de Protección Consular y Asistencia a "
    "Personas Migrantes Retornadas",
    en="National Secretariat for Human Rights, Directorate of Consular Protection and Assistance to "
    "Returned Migrants",
)
INVENTED_EVENT = LocalizedText(
    es="Webinario preparatorio del IV Congreso Regional de Mujeres en Contextos Migratorios: "
    "protección consular y mecanismos de referencia",
    en="Preparatory webinar of the IV Regional Congress on Women in Contexts of Migration: consular "
    "protection and referral mechanisms",
)
INVENTED_COURSE = LocalizedText(
    es="Lineamientos regionales para la atención y protección de mujeres en contextos migratorios",
    en="Regional guidelines for the assistance and protection of women in the context of migration",
)
INVENTED_MODULES = tuple(
    CertificateModule(number, LocalizedText(es=es, en=en))
    for number, (es, en) in enumerate(
        (
            ("Marco y compromisos", "Framework and commitments"),
            ("Principios en la práctica", "Principles at work"),
            ("Enfoques y perfiles", "Approaches and profiles"),
            ("Ciclo migratorio", "Origin, transit, destination, return"),
            ("Detección y primera atención", "Detection and first response"),
            ("Violencia basada en género y trata", "Gender-based violence and trafficking"),
            ("Referencia y protección consular", "Referral and consular protection"),
            ("Planificación, datos y mejora", "Planning, data, review"),
        ),
        start=1,
    )
)
MODULE_SHOWN = 6
HOURS_SHOWN = "11.5"


def specimen(
    db: Session,
    kind: CertificateKind,
    paper: PrintedPaper,
    *,
    signatory: Signatory,
    now: datetime,
    today: date,
    address: str,
) -> CertificateFacts:
    """Returns a certificate of a kind for nobody, marked as such, on which each text is the longest
    that this installation has, or an invented one that is longer.
    """
    code = rules.code_from(0)
    body = current_body()
    title, modules, total = _content(db, kind)
    return CertificateFacts(
        code=code,
        kind=kind,
        holder_name=_longest_name(db),
        institution=_longest(db, Institution.name, LONGEST_PLACE, INVENTED_PLACE),
        country=_longest(db, Country.name, LONGEST_PLACE, LocalizedText()),
        course_title=title,
        edition="" if kind in OF_EVENTS else f"{today.year}.1",
        guideline_version="",
        hours="" if kind in OF_PARTS else HOURS_SHOWN,
        modules=modules,
        modules_total=total,
        completed_on=today,
        issued_at=now.replace(microsecond=0),
        last_valid_on=None if kind in OF_EVENTS else rules.last_valid_day(today, 24),
        issuer_name=signatory.name,
        issuer_role=signatory.role,
        verify_url=address + rules.verify_path(code),
        design=WORDED,
        body_name=rules.in_both(body.name),
        certifier=rules.in_both(body.with_article).map(rules.as_beginning),
        is_demo=True,
        paper=paper,
    )


def _content(
    db: Session, kind: CertificateKind
) -> tuple[LocalizedText, tuple[CertificateModule, ...], int]:
    """Returns title, modules and their number."""
    if kind in OF_EVENTS:
        return _longest(db, Event.title, LONGEST_TITLE, INVENTED_EVENT), (), 0
    title = _longest(db, CourseEdition.title, LONGEST_TITLE, INVENTED_COURSE)
    if kind is CertificateKind.MODULE:
        subject = _longest(db, Module.title, LONGEST_TITLE, INVENTED_MODULES[-3].title)
        return title, (CertificateModule(MODULE_SHOWN, subject),), len(INVENTED_MODULES)
    return title, INVENTED_MODULES, len(INVENTED_MODULES)


def _longest_name(db: Session) -> str:
    length = func.length(Person.full_name)
    statement = (
        select(Person.full_name)
        .where(length <= LONGEST_NAME, length > len(INVENTED_NAME))
        .order_by(length.desc(), Person.id)
        .limit(1)
    )
    name = db.scalar(statement) or INVENTED_NAME
    try:
        return rules.printable_name(name)
    except rules.NameNotPrintable:
        return INVENTED_NAME


def _longest(
    db: Session,
    column: InstrumentedAttribute[LocalizedText] | InstrumentedAttribute[Any],
    most: int,
    invented: LocalizedText,
) -> LocalizedText:
    """Returns the longest text of a column, no language of it longer than `most`, or the invented
    one where that is longer.
    """
    length = func.length(cast(column, String))
    statement = select(column).where(length <= 2 * most).order_by(length.desc()).limit(1)
    stored = db.scalar(statement)
    if stored is None:
        return invented
    text = rules.in_both(stored).map(lambda one: one[:most])
    return text if _reach(text) > _reach(invented) else invented


def _reach(text: LocalizedText) -> int:
    return sum(map(len, text.values()))
