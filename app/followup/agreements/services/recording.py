"""Writing down what an event agreed, and who answers for it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.followup.agreements.facts import AgreementChanged, AgreementRecorded
from app.followup.agreements.models import Agreement, AgreementParty
from app.followup.agreements.queries.parts import sections
from app.followup.agreements.rules import recording as rules
from app.followup.agreements.values import (
    AgreementDraft,
    Paragraph,
    Responsible,
    ResponsibleKind,
    Status,
    Verb,
)
from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.participation.registrations.services.registration import locked_event
from app.people.directory.queries.known import countries_of_institutions, country_codes, group_slugs
from app.planning.arranging.services.loading import planned_event
from app.planning.events.values import EventStatus

UNKNOWN_RESPONSIBLE = N_("One of those who answer for it is not known here. Choose from the list.")
UNKNOWN_SECTION = N_("Choose a section of the Guidelines from the list.")
ORGANS = {ResponsibleKind.SECRETARIAT, ResponsibleKind.PRESIDENCY}


def record_agreement(
    db: Session, *, actor: Actor, event_id: UUID, draft: AgreementDraft, now: datetime
) -> int:
    """Records a paragraph of what the event agreed and returns its id. For those who plan the
    event, from its beginning until it is closed.

    Raises InvalidInput, by field, for values that are not sound or not known, and for a paragraph
    that is recorded already.
    """
    # The row is locked, so that of two who write or close at once the second sees what the first did.
    event = locked_event(db, actor=actor, event_id=event_id)
    planned_event(db, actor, event_id)
    rules.require_held(EventStatus(event.status), event.starts_at, event.closed_at, now)
    draft, parties = _settled(db, draft, _taken(db, event_id))
    row = Agreement(
        event_id=event_id, status=Status.OPEN, created_by=actor.account_id or None, created_at=now
    )
    _write(row, draft, now)
    db.add(row)
    db.flush()
    db.add_all(_party(row.id, one, parties[one]) for one in draft.responsible)
    db.flush()
    journal.record(
        db, AgreementRecorded(row.id, event_id, _countries(parties.values())), actor=actor, now=now
    )
    return row.id


def change_agreement(
    db: Session,
    *,
    actor: Actor,
    agreement_id: int,
    draft: AgreementDraft,
    now: datetime,
    seen: str = "",
) -> bool:
    """Changes the words of an agreement until its event is closed, and not its status. Returns
    whether anything changed.

    `seen`: the mark of the words that the writer began from. Raises ChangedMeanwhile when they are
    others now.
    """
    row = agreement_row(db, agreement_id)
    locked_event(db, actor=actor, event_id=row.event_id)
    planned_event(db, actor, row.event_id)
    db.refresh(row)
    was = _draft_of(db, row)
    draft, parties = _settled(
        db, draft, _taken(db, row.event_id) - {Paragraph(row.number, row.letter)}
    )
    if draft == was:
        return False
    require_as_seen(seen, was)
    before = set(_countries(_known(db, was.responsible).values()))
    _write(row, draft, now)
    db.execute(delete(AgreementParty).where(AgreementParty.agreement_id == row.id))
    db.add_all(_party(row.id, one, parties[one]) for one in draft.responsible)
    db.flush()
    added = tuple(code for code in _countries(parties.values()) if code not in before)
    journal.record(db, AgreementChanged(row.id, row.event_id, added), actor=actor, now=now)
    return True


def agreement_row(db: Session, agreement_id: int) -> Agreement:
    row = db.get(Agreement, agreement_id)
    if row is None:
        raise NotFound
    return row


def _settled(
    db: Session, draft: AgreementDraft, taken: set[Paragraph]
) -> tuple[AgreementDraft, dict[Responsible, str | None]]:
    """Returns the draft with each responsible party once and in order, and by party the country
    that answers through it.
    """
    text = draft.text.map(str.strip)
    draft = replace(draft, text=text, responsible=tuple(sorted(set(draft.responsible))))
    rules.require_sound(draft, taken)
    parties = _known(db, draft.responsible)
    errors = {}
    if set(parties) != set(draft.responsible):
        errors["responsible"] = Sentence(UNKNOWN_RESPONSIBLE)
    if draft.section and draft.section not in sections(db):
        errors["section"] = Sentence(UNKNOWN_SECTION)
    if errors:
        raise InvalidInput(errors)
    return draft, parties


def _known(db: Session, responsible: Iterable[Responsible]) -> dict[Responsible, str | None]:
    """Returns the parties that exist, with their country's code."""
    named = {kind: {one.key for one in responsible if one.kind is kind} for kind in ResponsibleKind}
    numbers = [
        int(key)
        for key in named[ResponsibleKind.INSTITUTION]
        if key.isdecimal() and len(key) < 16  # noqa: PLR2004
    ]
    codes, groups = country_codes(db), group_slugs(db)
    places = {
        str(number): country for number, country in countries_of_institutions(db, numbers).items()
    }
    known: dict[Responsible, str | None] = {}
    for one in responsible:
        if one.kind is ResponsibleKind.COUNTRY and one.key in codes:
            known[one] = one.key
        elif one.kind is ResponsibleKind.INSTITUTION and one.key in places:
            known[one] = places[one.key]
        elif _is_regional(one, groups):
            known[one] = None
    return known


def _is_regional(one: Responsible, groups: frozenset[str]) -> bool:
    if one.kind is ResponsibleKind.OBSERVER:
        return 0 < len(one.key) <= rules.LONGEST_NAME
    return one.kind in ORGANS or (one.kind is ResponsibleKind.WORKING_GROUP and one.key in groups)


def _taken(db: Session, event_id: UUID) -> set[Paragraph]:
    rows = db.execute(
        select(Agreement.number, Agreement.letter).where(Agreement.event_id == event_id)
    )
    return {Paragraph(row.number, row.letter) for row in rows}


def _draft_of(db: Session, row: Agreement) -> AgreementDraft:
    parties = db.scalars(select(AgreementParty).where(AgreementParty.agreement_id == row.id))
    responsible = tuple(sorted(Responsible(ResponsibleKind(one.kind), one.key) for one in parties))
    return AgreementDraft(
        paragraph=Paragraph(row.number, row.letter),
        text=row.text,
        verb=Verb(row.verb),
        responsible=responsible,
        due=row.due,
        section=row.section,
    )


def _write(row: Agreement, draft: AgreementDraft, now: datetime) -> None:
    row.number, row.letter, row.text = draft.paragraph.number, draft.paragraph.letter, draft.text
    row.verb, row.due, row.section, row.changed_at = draft.verb, draft.due, draft.section, now


def _party(agreement_id: int, one: Responsible, country: str | None) -> AgreementParty:
    return AgreementParty(
        agreement_id=agreement_id, kind=one.kind, key=one.key, country_code=country
    )


def _countries(codes: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({code for code in codes if code}))
