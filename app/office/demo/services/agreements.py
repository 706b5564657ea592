"""What the VI Congress agreed, in words of our own, what two follow-up webinars said of it, and
what its tables found.

The sources hold no text of agreements: every sentence here is invented.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.queries.reviewing import review_list
from app.followup.agreements.services.closing import close
from app.followup.agreements.services.findings import record_finding
from app.followup.agreements.services.issues import record_issue
from app.followup.agreements.services.recording import record_agreement
from app.followup.agreements.services.reviewing import record_reviews
from app.followup.agreements.values import (
    AgreementDraft,
    FindingDraft,
    FindingKind,
    IssueDraft,
    IssueKind,
    Paragraph,
    Responsible,
    ResponsibleKind,
    Status,
    StatusReport,
    Verb,
)
from app.kernel.actor import SYSTEM
from app.kernel.reference import REFERENCE
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import plan_event
from app.planning.events.models import Edition, Event, EventLink, WorkTable
from app.planning.events.values import (
    EditionLink,
    EventDraft,
    EventKind,
    LinkRole,
)
from app.planning.scheduling.rules import Clash

LAST, COMING = "congress-6", "congress-next"
TRIED_DAYS = 21


def country(*codes: str) -> tuple[Responsible, ...]:
    return tuple(Responsible(ResponsibleKind.COUNTRY, code) for code in codes)


def group(slug: str) -> tuple[Responsible, ...]:
    return (Responsible(ResponsibleKind.WORKING_GROUP, slug),)


SECRETARIAT = (Responsible(ResponsibleKind.SECRETARIAT),)
PRESIDENCY = (Responsible(ResponsibleKind.PRESIDENCY),)
OBSERVER = (Responsible(ResponsibleKind.OBSERVER, "Red de organizaciones civiles (observadora)"),)

# Paragraph, verb, who, due in days from today (None: no day), section, Spanish, English.
AGREEMENTS = (
    (
        Paragraph(1),
        Verb.TAKE_NOTE,
        SECRETARIAT,
        None,
        "I",
        "Toma nota del balance de la secretaría sobre los acuerdos anteriores.",
        "Takes note of the secretariat's account of earlier agreements.",
    ),
    (
        Paragraph(2),
        Verb.COMMIT,
        country("HN", "GT", "SV"),
        45,
        "III.3",
        "Los tres países comparten, con consentimiento "
        "de la mujer, una hoja única de referencia entre frontera y consulado.",
        "The three countries share, with the "
        "woman's consent, one referral sheet between border and consulate.",
    ),
    (
        Paragraph(3),
        Verb.DEADLINE,
        country("HN"),
        -38,
        "III.2",
        "Publicar el protocolo de confidencialidad para ventanillas consulares.",
        "Publish the confidentiality protocol for consular counters.",
    ),
    (
        Paragraph(4),
        Verb.REQUEST,
        group("labour-migration"),
        100,
        "IV.1",
        "Se solicita una guía breve de contratación equitativa para trabajadoras temporales.",
        "A short guide to fair recruitment of women temporary workers is requested.",
    ),
    (
        Paragraph(5),
        Verb.COMMIT,
        country("MX", "US"),
        12,
        "III.4",
        "Abrir una línea de contacto entre consulados para verificar riesgos antes de un retorno.",
        "Open a contact line between consulates to check risks before a return.",
    ),
    (
        Paragraph(6),
        Verb.COMMIT,
        country("CR", "PA"),
        75,
        "III.7",
        "Formar en primera atención al personal de los puestos fronterizos compartidos.",
        "Train the staff of the shared border posts in first response.",
    ),
    (
        Paragraph(7),
        Verb.REQUEST,
        SECRETARIAT,
        20,
        "",
        "Se solicita a la secretaría un directorio de los mecanismos de "
        "las mujeres, actualizado cada trimestre.",
        "The secretariat is asked for a directory of women's mechanisms, updated each quarter.",
    ),
    (
        Paragraph(8),
        Verb.COMMIT,
        country("DO"),
        None,
        "III.6",
        "Incluir la multiculturalidad en los formularios de primera entrevista.",
        "Include multiculturality in the forms of the first interview.",
    ),
    (
        Paragraph(9),
        Verb.DEADLINE,
        country("BZ"),
        150,
        "III.1",
        "Traducir la carta de derechos a las lenguas que se hablan en la frontera.",
        "Translate the charter of rights into the languages spoken at the border.",
    ),
    (
        Paragraph(10, "a"),
        Verb.COMMIT,
        PRESIDENCY,
        -90,
        "II.1",
        "Presentar los hallazgos del congreso ante las viceministras y los viceministros.",
        "Bring the findings of the congress before the vice-ministers.",
    ),
    (
        Paragraph(10, "b"),
        Verb.REQUEST,
        OBSERVER,
        60,
        "IV.4",
        "Se invita a las organizaciones a proponer buenas prácticas de acompañamiento psicosocial.",
        "Organisations are invited to propose good practices of psychosocial support.",
    ),
    (
        Paragraph(11),
        Verb.COMMIT,
        country("NI", "CA"),
        30,
        "III.9",
        "",
        "Exchange case-free training material on the presumption of minority.",
    ),
)
FIRST_REVIEWS = {
    1: StatusReport(Status.DONE),
    2: StatusReport(Status.IN_PROGRESS, "Hoja acordada; falta probarla en dos puestos."),
    3: StatusReport(Status.IN_PROGRESS, "Texto en revisión jurídica."),
    4: StatusReport(Status.OPEN),
    5: StatusReport(Status.IN_PROGRESS, "Designados los contactos de ambos países."),
    6: StatusReport(Status.OPEN),
    7: StatusReport(Status.IN_PROGRESS, "Primera versión con ocho países."),
    8: StatusReport(Status.DONE, "En uso."),
    9: StatusReport(Status.OPEN),
    10: StatusReport(Status.DONE, "Presentado en la reunión de diciembre."),
    11: StatusReport(Status.OPEN),
}
"""By paragraph; both parts of 10 alike."""
ISSUES = (
    (
        IssueKind.PANEL,
        "GT",
        "Cuidados en tránsito: quién responde por niñas y adolescentes",
        "Care in transit: who answers for girls and adolescents",
    ),
    (
        IssueKind.WORK_TABLE,
        "",
        "Referencia entre países sin perder a nadie en la frontera",
        "Referral between countries without losing anybody at the border",
    ),
    (
        IssueKind.PANEL,
        "CR",
        "Registros seguros: qué dato se anota y quién lo ve",
        "Safe records: what is written down and who sees it",
    ),
)
TABLES = (
    (
        LocalizedText(es="Protección y referencia", en="Protection and referral"),
        "III.3",
        (
            "Las referencias se pierden cuando cambia la persona de turno.",
            "Referrals are lost when the person on duty changes.",
        ),
        (
            "Acordar un acuse de recibo en menos de 24 horas entre instituciones.",
            "Agree on an acknowledgement within 24 hours between institutions.",
        ),
    ),
    (
        LocalizedText(es="Trabajo y movilidad", en="Work and mobility"),
        "IV.1",
        (
            "Pocas trabajadoras conocen su contrato antes de viajar.",
            "Few women workers know their contract before they travel.",
        ),
        (
            "Llevar la información laboral a las ventanillas consulares móviles.",
            "Bring labour information to the mobile consular counters.",
        ),
    ),
    (
        LocalizedText(es="Retorno e integración", en="Return and integration"),
        "III.8",
        (
            "El retorno avisa tarde a las comunidades que reciben.",
            "Returns are announced late to the communities that receive.",
        ),
        (
            "Avisar con 72 horas y nombrar un contacto local.",
            "Give 72 hours' notice and name a local contact.",
        ),
    ),
)


def load_agreements(db: Session, *, today: date, now: datetime) -> None:
    """After history and the cycle. Two follow-up webinars: one closed, one that ended lately and
    awaits its reviews.
    """
    for paragraph, verb, who, due, section, es, en in AGREEMENTS:
        draft = AgreementDraft(
            paragraph,
            LocalizedText(es=es, en=en),
            verb,
            who,
            None if due is None else today + timedelta(days=due),
            section,
        )
        record_agreement(db, actor=SYSTEM, event_id=_congress(db), draft=draft, now=now)
    _findings(db, now=now)
    closed = _webinar(db, today - timedelta(days=76), (LAST,), now=now)
    lately = _webinar(db, today - timedelta(days=9), (LAST, COMING), now=now)
    _review(db, closed, FIRST_REVIEWS)
    _review(
        db,
        lately,
        {2: StatusReport(Status.IN_PROGRESS, "Hoja en uso en dos puestos; faltan cuatro.")},
    )
    for kind, code, es, en in ISSUES:
        draft_issue = IssueDraft(LocalizedText(es=es, en=en), kind, code)
        record_issue(db, actor=SYSTEM, event_id=lately, draft=draft_issue, now=now)
    _close(db, closed)


def _congress(db: Session) -> UUID:
    linked = select(EventLink.event_id).join(Edition, Edition.id == EventLink.edition_id)
    return db.scalars(
        linked.where(Edition.slug == LAST, EventLink.role == LinkRole.CONGRESS.value)
    ).one()


def _webinar(db: Session, wish: date, editions: tuple[str, ...], *, now: datetime) -> UUID:
    """On the first Monday or Friday from `wish` on that nothing else holds; planned a month
    before.
    """
    roles = {LAST: LinkRole.FOLLOW_UP, COMING: LinkRole.PREPARATORY}
    last_day = now.astimezone(REFERENCE).date() - timedelta(days=1)
    for day in (wish + timedelta(days=n) for n in range(TRIED_DAYS)):
        if day.weekday() not in (0, 4) or day > last_day:
            continue
        start = datetime.combine(day, time(10), REFERENCE)
        draft = EventDraft(
            kind=EventKind.WEBINAR,
            span=Timespan(start, start + timedelta(minutes=90)),
            title=LocalizedText(
                es=f"Seguimiento de los acuerdos del VI Congreso, {day:%m/%Y}",
                en=f"Follow-up of the agreements of the VI Congress, {day:%m/%Y}",
            ),
            links=tuple(EditionLink(slug, roles[slug]) for slug in editions),
        )
        try:
            with db.begin_nested():
                return plan_event(
                    db, actor=SYSTEM, draft=draft, publish=True, now=start - timedelta(days=30)
                )
        except Clash:
            continue
    raise LookupError(f"no day for a follow-up after {wish}")


def _review(db: Session, event_id: UUID, said: dict[int, StatusReport]) -> None:
    listed = review_list(db, actor=SYSTEM, event_id=event_id)
    reports = {
        one.agreement.id: said[one.agreement.paragraph.number]
        for one in listed
        if one.agreement.paragraph.number in said
    }
    ended = db.get_one(Event, event_id).ends_at
    assert ended is not None  # noqa: S101 - it was planned above
    record_reviews(db, actor=SYSTEM, event_id=event_id, reports=reports, now=ended)


def _close(db: Session, event_id: UUID) -> None:
    """Two days after its end, once who was there is known."""
    event = db.get_one(Event, event_id)
    assert event.ends_at is not None  # noqa: S101 - it was planned above
    db.flush()
    close(db, actor=SYSTEM, event_id=event_id, now=event.ends_at + timedelta(days=2))


def _findings(db: Session, *, now: datetime) -> None:
    edition = db.scalars(select(Edition).where(Edition.slug == LAST)).one()
    tables = db.scalars(
        select(WorkTable).where(WorkTable.edition_id == edition.id).order_by(WorkTable.position)
    ).all()
    if not tables:
        tables = [
            WorkTable(edition_id=edition.id, theme=theme, position=position)
            for position, (theme, *_rest) in enumerate(TABLES, start=1)
        ]
        db.add_all(tables)
        db.flush()
    for table, (_theme, section, finding, action) in zip(tables, TABLES, strict=False):
        for kind, words in ((FindingKind.FINDING, finding), (FindingKind.ACTION, action)):
            draft = FindingDraft(
                kind, LocalizedText(dict(zip(("es", "en"), words, strict=True))), section
            )
            record_finding(db, actor=SYSTEM, work_table_id=table.id, draft=draft, now=now)
