"""Writing down what an event agreed and where it stands, and following it up."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.followup.agreements import rules
from app.followup.agreements.facts import (
    AgreementBrought,
    AgreementChanged,
    AgreementRecorded,
    AgreementReviewed,
    StatusProposed,
    StatusSet,
)
from app.followup.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementProposal,
    AgreementReview,
)
from app.followup.agreements.policy import may_record, require_may_record
from app.followup.agreements.queries.agreements import (
    AUTHORS,
    agreements_called,
    listed_ids,
    sections,
)
from app.followup.agreements.queries.events import next_free_slot
from app.followup.agreements.rules import NoFreeTime, NothingChosen, title_of
from app.followup.agreements.values import (
    NOTHING_SAID,
    AgreementDraft,
    AgreementView,
    Paragraph,
    Responsible,
    ResponsibleKind,
    Status,
    StatusReport,
    Verb,
)
from app.infra import journal
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, LocalizedText
from app.people.directory.facts import ExportMade
from app.people.directory.queries.reference import (
    countries_of_institutions,
    country_codes,
    group_slugs,
)
from app.people.identity.policy import leads_the_region
from app.people.identity.services.accounts import forget_author
from app.planning.arranging.services.planning import plan_event
from app.planning.arranging.services.steps import planned_event, seen_event
from app.planning.events.queries.locking import locked_event
from app.planning.events.queries.references import draft_of, draft_titled, slugs_of_groups
from app.planning.events.values import (
    NO_TEXT,
    EditionLink,
    EventDraft,
    EventKind,
    EventStatus,
    GenderMarker,
    LinkRole,
)
from app.planning.scheduling.services import claims

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
    db.add_all(party_row(row.id, one, parties[one]) for one in draft.responsible)
    db.flush()
    journal.record(
        db,
        AgreementRecorded(row.id, event_id, countries_of_parties(parties.values())),
        actor=actor,
        now=now,
    )
    return row.id


def bring_agreement(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    draft: AgreementDraft,
    status: Status,
    now: datetime,
) -> int:
    """Records what an event of earlier years agreed, with where it stands by now; returns its id.
    Nobody is told. For those who plan the event, closed or not.

    Raises InvalidInput as `record_agreement` does.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    require_may_record(actor, slugs_of_groups(db, [event_id]), EventKind(event.kind))
    draft, parties = _settled(db, draft, _taken(db, event_id))
    row = Agreement(
        event_id=event_id, status=status, created_by=actor.account_id or None, created_at=now
    )
    _write(row, draft, now)
    db.add(row)
    db.flush()
    db.add_all(party_row(row.id, one, parties[one]) for one in draft.responsible)
    db.flush()
    journal.record(db, AgreementBrought(row.id, event_id), actor=actor, now=now)
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
    if row.plan_id is not None:
        raise NotFound  # its text belongs to the plan
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
    before = set(countries_of_parties(known_parties(db, was.responsible).values()))
    _write(row, draft, now)
    db.execute(delete(AgreementParty).where(AgreementParty.agreement_id == row.id))
    db.add_all(party_row(row.id, one, parties[one]) for one in draft.responsible)
    db.flush()
    added = tuple(code for code in countries_of_parties(parties.values()) if code not in before)
    journal.record(db, AgreementChanged(row.id, row.event_id, added), actor=actor, now=now)
    return True


def agreement_row(db: Session, agreement_id: int) -> Agreement:
    """Returns a row of the register. Raises NotFound for an activity whose plan is a draft."""
    row = db.get(Agreement, agreement_id)
    if row is None or row.is_draft:
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
    parties = known_parties(db, draft.responsible)
    errors = {}
    if set(parties) != set(draft.responsible):
        errors["responsible"] = Sentence(UNKNOWN_RESPONSIBLE)
    if draft.section and draft.section not in sections(db):
        errors["section"] = Sentence(UNKNOWN_SECTION)
    if errors:
        raise InvalidInput(errors)
    return draft, parties


def known_parties(db: Session, responsible: Iterable[Responsible]) -> dict[Responsible, str | None]:
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
        select(Agreement.number, Agreement.letter).where(
            Agreement.event_id == event_id, Agreement.plan_id.is_(None)
        )
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


def party_row(agreement_id: int, one: Responsible, country: str | None) -> AgreementParty:
    """Returns the row of a party; `country`: the code of the country that answers through it."""
    return AgreementParty(
        agreement_id=agreement_id, kind=one.kind, key=one.key, country_code=country
    )


def countries_of_parties(codes: Iterable[str | None]) -> tuple[str, ...]:
    """Returns each country once, in order."""
    return tuple(sorted({code for code in codes if code}))


# Where an agreement stands: said by a follow-up webinar, by those who plan its event, or proposed
# by a country.

NOT_TOLD: Mapping[int, str] = {}


def record_reviews(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    reports: Mapping[int, StatusReport],
    now: datetime,
    seen: Mapping[int, str] = NOT_TOLD,
) -> int:
    """Records what a webinar says of the agreements on its list, by agreement id. Returns of how
    many it says something new.

    By those who plan it, from its beginning until it is closed. A second word on the same agreement
    corrects the first. `seen`: by agreement id the mark of what it had said when the writer began;
    raises ChangedMeanwhile when it has said something else since.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    planned_event(db, actor, event_id)
    rules.require_held(EventStatus(event.status), event.starts_at, event.closed_at, now)
    if not set(reports) <= listed_ids(db, event_id=event_id):
        raise rules.NotListed
    _require_sound(reports)
    known = {
        row.agreement_id: row
        for row in db.scalars(select(AgreementReview).where(AgreementReview.event_id == event_id))
    }
    changed = 0
    for agreement_id, report in sorted(reports.items()):
        said, note = known.get(agreement_id), report.note.strip()
        standing = (str(said.status), said.note) if said is not None else NOTHING_SAID
        if standing == (report.status.value, note):
            continue
        require_as_seen(seen.get(agreement_id, ""), standing)
        changed += 1
        _say(db, event_id, agreement_id, report, said, actor=actor, now=now)
    return changed


def report_status(
    db: Session,
    *,
    actor: Actor,
    agreement_id: int,
    report: StatusReport,
    now: datetime,
    seen: str = "",
) -> bool:
    """Records a status between webinars. Who plans the agreement's event sets its status; a focal point of a country
    that answers for it proposes one. Returns whether it was set (and not proposed). `seen`: the
    mark of what it replaces, as the writer saw it; raises ChangedMeanwhile when that is something
    else now. The same again changes nothing.
    """
    row = agreement_row(db, agreement_id)
    event = seen_event(db, actor, row.event_id)
    db.refresh(row, with_for_update=True)
    rules.require_sound_report(report)
    report = replace(report, note=report.note.strip())
    draft = draft_of(db, event)
    if may_record(actor, draft.groups, draft.kind):
        _set(db, row, report, actor=actor, now=now, seen=seen)
        return True
    theirs = set(
        db.scalars(select(AgreementParty.country_code).where(AgreementParty.agreement_id == row.id))
    )
    mine = sorted(actor.scopes(Role.FOCAL_POINT) & theirs)
    if not mine:
        raise NotAllowed
    _propose(db, row, mine, report, actor=actor, now=now, seen=seen)
    return False


def set_as_told(
    db: Session,
    *,
    actor: Actor,
    ids: Collection[int],
    tell: Callable[[AgreementView], Status],
    now: datetime,
) -> None:
    """Sets the status of agreements to what `tell` returns of each as it stands, evidence apart.
    The caller has made sure that the actor may publish what tells it.
    """
    rows = select(Agreement).where(Agreement.id.in_(ids)).order_by(Agreement.id).with_for_update()
    locked = {row.id: row for row in db.scalars(rows.execution_options(populate_existing=True))}
    for view in agreements_called(db, actor=SYSTEM, ids=frozenset(locked)):
        row, status = locked[view.id], tell(view)
        if status is view.status:
            continue
        row.status, row.changed_at = status, now
        db.flush()
        fact = StatusSet(row.id, row.event_id, status.value, view.status.value)
        journal.record(db, fact, actor=actor, now=now)


def _require_sound(reports: Mapping[int, StatusReport]) -> None:
    errors: dict[str, Sentence] = {}
    for agreement_id, report in reports.items():
        try:
            rules.require_sound_report(report, suffix=f"-{agreement_id}")
        except InvalidInput as refusal:
            errors |= refusal.errors
    if errors:
        raise InvalidInput(errors)


def _say(
    db: Session,
    event_id: UUID,
    agreement_id: int,
    report: StatusReport,
    said: AgreementReview | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    row = said or AgreementReview(agreement_id=agreement_id, event_id=event_id)
    row.status, row.note, row.by, row.at = (
        report.status,
        report.note.strip(),
        actor.account_id or None,
        now,
    )
    db.add(row)
    agreement = db.get_one(Agreement, agreement_id, with_for_update=True)
    previous, agreement.status, agreement.changed_at = agreement.status, report.status, now
    db.flush()
    fact = AgreementReviewed(agreement_id, event_id, report.status.value, str(previous))
    journal.record(db, fact, actor=actor, now=now)


def _set(
    db: Session, row: Agreement, report: StatusReport, *, actor: Actor, now: datetime, seen: str
) -> None:
    standing = StatusReport(Status(row.status), row.evidence, row.evidence_url)
    if standing == report:
        return
    require_as_seen(seen, standing)
    previous = row.status
    row.status, row.evidence, row.evidence_url, row.changed_at = (
        report.status,
        report.note,
        report.evidence_url,
        now,
    )
    db.flush()
    fact = StatusSet(row.id, row.event_id, report.status.value, str(previous))
    journal.record(db, fact, actor=actor, now=now)


def _propose(
    db: Session,
    row: Agreement,
    codes: list[str],
    report: StatusReport,
    *,
    actor: Actor,
    now: datetime,
    seen: str,
) -> None:
    asked = select(AgreementProposal).where(
        AgreementProposal.agreement_id == row.id, AgreementProposal.country_code.in_(codes)
    )
    known = {
        one.country_code: one for one in db.scalars(asked.order_by(AgreementProposal.country_code))
    }
    standing = tuple(
        (code, StatusReport(Status(one.status), one.note, one.evidence_url))
        for code, one in known.items()
    )
    if standing == tuple((code, report) for code in codes):
        return
    require_as_seen(seen, standing)
    for code in codes:
        proposal = known.get(code) or AgreementProposal(agreement_id=row.id, country_code=code)
        proposal.status, proposal.note, proposal.evidence_url = (
            report.status,
            report.note,
            report.evidence_url,
        )
        proposal.by, proposal.at = actor.account_id or None, now
        db.add(proposal)
        db.flush()
        fact = StatusProposed(row.id, row.event_id, report.status.value, code)
        journal.record(db, fact, actor=actor, now=now)


# Proposing a follow-up: a draft webinar with the countries concerned, at the next free time
# (R18).

TWO_CLICKS = timedelta(minutes=1)


def propose_followup(
    db: Session,
    *,
    actor: Actor,
    countries: Sequence[str],
    title: LocalizedText,
    edition: str,
    after: datetime,
    now: datetime,
    groups: Sequence[str] = (),
    summary: LocalizedText = NO_TEXT,
    gender_marker: GenderMarker | None = None,
) -> UUID:
    """Drafts a webinar that follows up the edition (a slug, or "" for none), fifteen working days
    after `after` or later, with these countries invited (none: all). Returns its id.

    The time is held from now on, as any draft's. Raises NoFreeTime when half a year holds none.
    """
    claims.lock(db)
    links = (EditionLink(edition, LinkRole.FOLLOW_UP),) if edition else ()
    draft = EventDraft(
        kind=EventKind.WEBINAR,
        title=title,
        summary=summary,
        span=None,
        groups=tuple(groups),
        links=links,
        countries=tuple(countries),
        gender_marker=gender_marker,
    )
    span = next_free_slot(db, actor=actor, draft=draft, after=after, now=now)
    if span is None:
        raise NoFreeTime
    return plan_event(db, actor=actor, draft=replace(draft, span=span), publish=False, now=now)


def follow_up_agreements(db: Session, *, actor: Actor, ids: frozenset[int], now: datetime) -> UUID:
    """Drafts a follow-up of the agreements ticked: with the countries that answer for any of them, or all
    of the region when a body of the whole region answers. Linked to the newest edition that one of
    them belongs to. The button pressed twice makes one draft.
    """
    claims.lock(db)
    chosen = agreements_called(db, actor=actor, ids=ids)
    if not chosen:
        raise NothingChosen
    just_made = _just_made(db, title_of(chosen), actor=actor, now=now)
    if just_made is not None:
        return just_made
    is_for_all = any(not one.countries for one in chosen)
    countries = () if is_for_all else sorted(set().union(*(one.countries for one in chosen)))
    editions = [slug for one in chosen for slug, _label in one.editions[-1:]]
    return propose_followup(
        db,
        actor=actor,
        countries=countries,
        title=title_of(chosen),
        edition=editions[0] if editions else "",
        after=now,
        now=now,
        groups=groups_to_plan_for(db, actor, {one.event_id for one in chosen}),
    )


def _just_made(db: Session, title: LocalizedText, *, actor: Actor, now: datetime) -> UUID | None:
    """Returns the same follow-up, made by the same account a moment ago."""
    return draft_titled(db, title, created_by=actor.account_id, since=now - TWO_CLICKS)


def groups_to_plan_for(db: Session, actor: Actor, events: set[UUID]) -> tuple[str, ...]:
    """Returns the groups of their events; a convenor plans for their own only."""
    groups = slugs_of_groups(db, events, kind="working-group")
    if not leads_the_region(actor):
        own = frozenset(actor.scopes(Role.CONVENOR))
        groups = (groups & own) or own
    return tuple(sorted(groups))


KIND = "agreements"


def note_export(db: Session, *, actor: Actor, rows: int, now: datetime) -> None:
    """Records that a list was taken. `scope` of the fact is "": it is over all countries."""
    journal.record(db, ExportMade(KIND, "", rows), actor=actor, now=now)


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Forgets who wrote what down. A second time changes nothing."""
    forget_author(db, person_id, AUTHORS)
