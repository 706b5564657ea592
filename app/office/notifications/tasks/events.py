"""Letters about an event as a whole: moved, cancelled, over; and about its way to the programme."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.kernel.actor import Role
from app.office.notifications import queries
from app.office.notifications.queries import Correspondence, state_in, step_note
from app.office.notifications.rules import (
    MOVED,
    has_seen_standing,
    is_place_told,
    is_standing_told,
    standing_letter,
)
from app.office.notifications.tasks.letters import (
    cancellations,
    draft,
    event_page,
    public_page,
    request_page,
    requests,
    write,
)
from app.office.notifications.tasks.participation import standing_now
from app.office.notifications.values import (
    EventNotice,
    Recipient,
    RegistrationState,
    RequestNotice,
)
from app.office.notifications.wording.letters import (
    about_event,
    about_registration,
    compose,
    instead_of,
    moment_for,
    one_line,
)
from app.office.outbox import services
from app.office.outbox.values import Letter, LetterDraft, QueuedMessage
from app.participation.registrations.facts import RegistrationMade
from app.participation.registrations.values import ACTIVE
from app.planning.events.facts import EventEnded
from app.planning.events.queries.life import before_move
from app.planning.events.queries.people import parts_told, who_came
from app.planning.events.rules.history import Whereabouts
from app.planning.events.values import MoveCause
from app.planning.scheduling.queries.cases import case_of
from app.planning.scheduling.wording import about_case, cause_of


def on_event_moved(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to all who are registered, wait, or know of their part in the programme.

    People with a registration or a part get the invitation anew, or its end when there is no date
    any more. People named since hear of that instead. No letter when the event was cancelled or
    moved once more before the letters could be written: the letters about that are the ones to get.
    """
    event = _event(db, entry)
    if event is None or event.is_cancelled:
        return
    is_by_rules = entry.payload.get("cause") == MoveCause.ZONE_RULES
    if event.sequence == entry.payload["sequence"]:
        before = before_move(entry.payload)
        told = parts_told(db, event.event_id)
        states = [
            state
            for state in queries.concerned(db, event.event_id, ACTIVE)
            if state.status in ACTIVE or state.to.person_id in told
        ]
        letters = [
            (state.to, _moved(state, event, before, is_by_rules=is_by_rules)) for state in states
        ]
        seated = [state for state in states if state.comes]
        said = (
            requests(db, event.event_id, seated, is_asked_anew=True)
            if event.span
            else cancellations(db, event.event_id, seated)
        )
        write(
            db,
            entry,
            letters,
            now=now,
            event_id=event.event_id,
            invitations=said,
            sequence=event.sequence,
        )
    if is_by_rules:
        _tell_owner(db, entry, event, now=now)


def compared_with(
    db: Session, message: QueuedMessage, sent: Correspondence, told: int | None
) -> LetterDraft | None:
    """Returns a letter about a move or a cancellation that is about to leave, in words for a reader
    who was last told of the event at the sequence `told`, None for a reader who was never told.
    None when it stays as it was written.
    """
    says, history = sent.one.says, sent.history
    is_next = told is None or told == says - 1
    if is_next and (sent.one.fact != MOVED or is_place_told(sent.one, sent.letters)):
        return None
    event, state = (
        queries.event_notice(db, sent.event_id),
        state_in(db, sent.event_id, sent.person_id),
    )
    if event is None or state is None or not (state.status in ACTIVE or state.roles):
        return None
    at, before = history.at(says), None if told is None else history.at(told)
    if sent.one.fact != MOVED:
        planned = _placed(event, before or at)
        reason = step_note(db, event.event_id, "cancel")
        letter: Letter | None = cancelled_letter(state, planned, reason=reason)
    else:
        previous = None if before == at else before
        letter = _standing(db, sent, state, _placed(event, at), previous)
        if letter is None and told is not None:
            is_by_rules = history.is_by_zone_rules(told, says)
            letter = _moved(state, _placed(event, at), previous, is_by_rules=is_by_rules)
    return draft(message.dedupe, state.to, letter) if letter else None


def _standing(
    db: Session,
    sent: Correspondence,
    state: RegistrationState,
    event: EventNotice,
    previous: Whereabouts | None,
) -> Letter | None:
    """Returns a letter with the move and the state of the registration, for people who do not know
    that state yet: a letter about the move alone would take it for known. None for everybody else,
    and for people who saw the state when they registered, to whom only the move is new.
    """
    one, letters, has_place = sent.one, sent.letters, state.comes
    if is_place_told(one, letters) if has_place else is_standing_told(one, letters):
        return None
    if previous is not None and has_seen_standing(one, letters, has_place=has_place):
        return None
    standing = standing_letter(one, letters)
    has_asked = standing is not None and standing.fact == RegistrationMade.__name__
    return standing_now(
        db, state, event, instead=_instead(state, event, previous), has_asked=has_asked
    )


def _placed(event: EventNotice, at: Whereabouts) -> EventNotice:
    return replace(event, span=at.span, timezone=at.timezone or event.timezone, place=at.place)


def _moved(
    state: RegistrationState, event: EventNotice, before: Whereabouts | None, *, is_by_rules: bool
) -> Letter:
    if is_by_rules:
        return _letter("moved-by-zone", state, event)
    return moved_letter(state, event, instead=_instead(state, event, before))


def moved_letter(state: RegistrationState, event: EventNotice, *, instead: str) -> Letter:
    """Returns the letter about a move. `instead`: when the event was to be before, "" where that is
    not known.
    """
    return _letter("moved", state, event, instead=instead)


def cancelled_letter(state: RegistrationState, event: EventNotice, *, reason: str) -> Letter:
    """Returns the letter about a cancellation. `reason`: as whoever cancelled the event wrote it."""
    return _letter("cancelled", state, event, reason=one_line(reason))


def _letter(
    kind: str, state: RegistrationState, event: EventNotice, *, instead: str = "", reason: str = ""
) -> Letter:
    return compose(
        kind,
        state.to,
        **about_registration(state, event, instead=instead),
        url=event_page(state.to, event.event_id),
        reason=reason,
    )


def _instead(state: RegistrationState, event: EventNotice, before: Whereabouts | None) -> str:
    if before is None:
        return ""
    return instead_of(state.to, before.span, before.timezone or event.timezone, before.place)


def _tell_owner(db: Session, entry: JournalEntry, event: EventNotice, *, now: datetime) -> None:
    owner = queries.owner_of(db, event.event_id)
    if owner is not None:
        letter = compose(
            "moved-by-zone-own",
            owner,
            **about_event(owner, event),
            url=event_page(owner, event.event_id),
            is_in_conflict=queries.is_in_conflict(db, event.event_id),
        )
        services.queue_messages(
            db, [draft(f"{entry.id}.owner", owner, letter, event_id=event.event_id)], now=now
        )


def on_event_cancelled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to all whom the event concerns; to nobody when the cancellation was taken back before
    the letters could be written.
    """
    event = _event(db, entry)
    if event is None or not entry.payload["was_published"]:
        return
    if event.sequence != entry.payload["sequence"]:
        return
    reason = step_note(db, event.event_id, "cancel")
    states = queries.concerned(db, event.event_id, ACTIVE)
    letters = [(p.to, cancelled_letter(p, event, reason=reason)) for p in states]
    gone = cancellations(db, event.event_id, states)
    write(
        db,
        entry,
        letters,
        now=now,
        event_id=event.event_id,
        invitations=gone,
        sequence=event.sequence,
    )


def on_event_reinstated(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to everybody whom the event concerns, with the invitation anew, because calendars had
    dropped it.
    """
    event = _event(db, entry)
    if event is None or not entry.payload["was_published"] or event.is_cancelled:
        return
    states = queries.concerned(db, event.event_id, ACTIVE)
    letters = [(p.to, _letter("reinstated", p, event)) for p in states]
    seated = [state for state in states if state.comes]
    write(
        db,
        entry,
        letters,
        now=now,
        event_id=event.event_id,
        invitations=requests(db, event.event_id, seated, is_asked_anew=True),
        sequence=event.sequence,
    )


def on_event_ended(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    event = _event(db, entry)
    if event is None or event.is_cancelled:
        return
    people, there = queries.registered(db, event.event_id), who_came(db, event_id=event.event_id)
    letters = [(to, _ended(to, event, came=to.person_id in there)) for to in people]
    write(db, entry, letters, now=now, event_id=event.event_id)


def is_ended(entry: JournalEntry) -> bool:
    return entry.fact == EventEnded.__name__


def ended_now(db: Session, entry: JournalEntry, message: QueuedMessage) -> LetterDraft | None:
    """Returns the letter after an event as it is true when it leaves, because attendance may have
    been recorded since. None for people who cannot be written to any more.
    """
    event, person = _event(db, entry), message.dedupe.partition(".")[2]
    to = queries.recipient(db, int(person)) if person.isdigit() else None
    if event is None or to is None:
        return None
    came = to.person_id in who_came(db, event_id=event.event_id)
    return draft(message.dedupe, to, _ended(to, event, came=came), event_id=event.event_id)


def _ended(to: Recipient, event: EventNotice, *, came: bool) -> Letter:
    """Thanks only who is on record as having been there (`came`): to others the event is over and
    no more is said.
    """
    return compose(
        "ended-with-thanks" if came else "ended",
        to,
        **about_event(to, event),
        url=event_page(to, event.event_id),
    )


def on_approval_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to whoever holds the presidency today."""
    event, request = _event(db, entry), _request(db, entry)
    if event is None:
        return
    url = request_page(entry.payload["request_id"]) if request else public_page(event.event_id)
    letters = [
        (
            to,
            compose(
                "approval-asked",
                to,
                **about_event(to, _wished(event, request)),
                url=url,
                reason=one_line(request.reason) if request else "",
                until=moment_for(to, request.decide_by) if request else "",
                is_move=request is not None and request.is_move,
            ),
        )
        for to in queries.holders(db, Role.PRESIDENCY, on=clock.today())
    ]
    write(db, entry, letters, now=now, event_id=event.event_id)


def on_event_approved(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the person who asked, or where nobody is known to have asked, to the one who
    planned the event.
    """
    event, request = _event(db, entry), _request(db, entry)
    to = _asker(db, event, request)
    if event is None or to is None:
        return
    letter = compose(
        "approved",
        to,
        **about_event(to, _wished(event, request)),
        url=public_page(event.event_id),
        reason=one_line(request.answer) if request else "",
        is_moved=request is not None and request.is_move,
    )
    write(db, entry, [(to, letter)], now=now, event_id=event.event_id)


def on_event_returned(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes that an event is not authorized, that another hour is offered, or that it was given
    back after it had been approved.
    """
    event, request = _event(db, entry), _request(db, entry)
    to = _asker(db, event, request)
    if event is None or to is None:
        return
    page = request_page(entry.payload["request_id"]) if request else public_page(event.event_id)
    if request and request.is_offered and request.offered is not None:
        offered = replace(event, span=request.offered, timezone=request.timezone)
        letter = compose("hour-offered", to, **about_event(to, offered), url=page)
    else:
        note = request.answer if request else step_note(db, event.event_id, "return")
        letter = compose(
            "returned",
            to,
            **about_event(to, event),
            url=page,
            note=one_line(note),
            is_request=request is not None,
        )
    write(db, entry, [(to, letter)], now=now, event_id=event.event_id)


def on_approval_lapsed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    event, request = _event(db, entry), _request(db, entry)
    to = _asker(db, event, request)
    if event is None or request is None or to is None:
        return
    page = request_page(entry.payload["request_id"])
    letter = compose("request-lapsed", to, **about_event(to, _wished(event, request)), url=page)
    write(db, entry, [(to, letter)], now=now, event_id=event.event_id)


def _wished(event: EventNotice, request: RequestNotice | None) -> EventNotice:
    """Returns the event at the time that was asked for."""
    return replace(event, span=request.span, timezone=request.timezone) if request else event


def _request(db: Session, entry: JournalEntry) -> RequestNotice | None:
    """Returns None for what was asked before requests were kept."""
    request_id = entry.payload.get("request_id")
    return queries.request_notice(db, UUID(request_id)) if request_id else None


def _asker(
    db: Session, event: EventNotice | None, request: RequestNotice | None
) -> Recipient | None:
    if event is None:
        return None
    return (request.asked_by if request else None) or queries.owner_of(db, event.event_id)


def _event(db: Session, entry: JournalEntry) -> EventNotice | None:
    return queries.event_notice(db, UUID(entry.payload["event_id"]))


def on_conflict_case_opened(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes one letter to each organizer; none when the case settled itself before it could be
    written.
    """
    case = case_of(db, entry.payload["case_id"])
    if not case.is_open:
        return
    url, cause = f"{site_address()}/cases/{case.id}", cause_of(case)
    letters = []
    for to in queries.organizers(db, on=clock.today()):
        sentence = about_case(case, reader_timezone=to.timezone).in_(to.language)
        letters.append((to, compose("conflict-case", to, sentence=sentence, cause=cause, url=url)))
    write(db, entry, letters, now=now)
