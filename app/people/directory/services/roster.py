"""Keeps the roster: who still serves, who left, who is new. The only writers of appointments."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_, LocalizedText, languages
from app.people.directory import policy
from app.people.directory.facts import (
    AppointmentConfirmed,
    AppointmentDoubted,
    AppointmentEnded,
    AppointmentReopened,
    AppointmentStarted,
    HandoverNoteAsked,
    HandoverNoteReceived,
    NewcomerHeld,
    NewcomerSettled,
    RosterExported,
)
from app.people.directory.models import (
    Appointment,
    Country,
    HeldNewcomer,
    Institution,
    Person,
    Post,
)
from app.people.directory.queries import roster
from app.people.directory.rules import people as rules
from app.people.directory.services.confirming import forget_choices
from app.people.directory.services.counts_only import require_names
from app.people.directory.services.protecting import withhold_in_unit, write_email
from app.people.directory.values import EndReason, Newcomer, RosterAnswer


@dataclass(frozen=True)
class RosterOutcome:
    """How many rows an answer changed. An answer that repeats what is known counts for nothing.
    `moved` went on in another post of their institution. `left_in_doubt` were said to be
    still here by somebody who had not seen that nobody knew.
    """

    confirmed: int = 0
    moved: int = 0
    ended: int = 0
    doubted: int = 0
    left_in_doubt: int = 0


def record_answers(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    answers: Sequence[RosterAnswer],
    today: date,
    now: datetime,
) -> RosterOutcome:
    """Records a whole page of answers or none of it. Errors of dates are named by field:
    `on-<appointment id>`.
    """
    policy.require_may_keep_roster(actor, country_code)
    rows = _locked(db, country_code, [answer.appointment_id for answer in answers])
    errors: dict[str, Sentence] = {}
    for answer in answers:
        defect = answer.reason and rules.end_defect(
            rows[answer.appointment_id][0].valid_from, answer.on, today
        )
        if isinstance(defect, Sentence):
            errors[f"on-{answer.appointment_id}"] = defect
        if answer.new_post and not rules.is_title(answer.new_post):
            errors[f"to-{answer.appointment_id}"] = Sentence(
                N_("Write the post in at most 200 letters.")
            )
    if errors:
        raise InvalidInput(errors)
    confirmed = moved = ended = doubted = left_in_doubt = 0
    for answer in answers:
        appointment, name = rows[answer.appointment_id]
        if answer.is_unsure:
            doubted += _doubt(
                db, appointment, name, country_code, actor=actor, today=today, now=now
            )
        elif answer.reason is None:
            if appointment.doubted_on is not None and not answer.saw_doubt:
                left_in_doubt += 1
                continue
            confirmed += _confirm(
                db, appointment, name, country_code, actor=actor, today=today, now=now
            )
        else:
            end = (answer.on, answer.reason)
            is_ended = _end(
                db, appointment, name, country_code, end, actor=actor, today=today, now=now
            )
            if is_ended and answer.new_post:
                _go_on(db, appointment, country_code, answer, actor=actor, today=today, now=now)
                moved += 1
            else:
                ended += is_ended
    forget_choices(db, set(rows))
    db.flush()
    return RosterOutcome(
        confirmed=confirmed,
        moved=moved,
        ended=ended,
        doubted=doubted,
        left_in_doubt=left_in_doubt,
    )


def start_appointment(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    newcomer: Newcomer,
    today: date,
    now: datetime,
    keeps_address: bool = False,
) -> int:
    """Starts a newcomer in a post; returns the appointment's id.

    Somebody of that name and address who is known in the country is the same person, whose record
    goes on. Where only the name is known, `newcomer.same_as` must say who is meant; raises
    NamesakeKnown when it does not. A vacant post of that title is filled; where there is none, one
    is made. Starting a post counts as its first confirmation. `keeps_address`: the person goes on
    with the address on record, because an account signs in with it.
    """
    policy.require_may_keep_roster(actor, country_code)
    name, email, title = _sound(db, country_code, newcomer, today)
    person = _person(db, country_code, name, email, newcomer.same_as, keeps_address=keeps_address)
    return _start(db, person, country_code, newcomer, title, actor=actor, today=today, now=now)


def _sound(db: Session, country_code: str, newcomer: Newcomer, today: date) -> tuple[str, str, str]:
    """Returns name, address and post as they are kept. Refuses at the fields what cannot be, and a
    country that gives no names.
    """
    name, email, title = (
        rules.tidy(newcomer.full_name),
        newcomer.email.strip(),
        rules.tidy(newcomer.post_title),
    )
    rules.require_newcomer(name, email, title, newcomer.valid_from, today)
    require_names(db, country_code)
    require_institution(db, country_code, newcomer.institution_id)
    return name, email, title


def require_institution(db: Session, country_code: str, institution_id: int) -> None:
    """Refuses, at its field, what is no open institution of the country.

    Locks them all, so that of two who write down the same person the second sees the first.
    """
    there = (
        select(Institution.id)
        .where(Institution.country_code == country_code, Institution.closed_on.is_(None))
        .order_by(Institution.id)
    )
    if institution_id not in set(db.scalars(there.with_for_update())):
        raise InvalidInput({"institution_id": Sentence(N_("Choose an institution from the list."))})


def start_for_secretariat(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    newcomer: Newcomer,
    person_id: int | None,
    today: date,
    now: datetime,
) -> int:
    """Starts an appointment that waited for the secretariat; returns the person's id. None: a
    person not yet known.
    """
    policy.require_may_decide_held(actor)
    require_names(db, country_code)
    person = (
        db.get_one(Person, person_id)
        if person_id
        else new_person(db, country_code, newcomer.full_name, newcomer.email)
    )
    _start(
        db, person, country_code, newcomer, newcomer.post_title, actor=actor, today=today, now=now
    )
    return person.id


def _start(
    db: Session,
    person: Person,
    country_code: str,
    newcomer: Newcomer,
    title: str,
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> int:
    require_names(db, country_code)
    _require_not_serving(db, person, newcomer.institution_id, title, newcomer.valid_from)
    post_id = roster.vacant_post(
        db, newcomer.institution_id, title, newcomer.valid_from
    ) or new_post(
        db,
        newcomer.institution_id,
        title,
        is_target=roster.is_in_scope(db, newcomer.institution_id, title),
    )
    row = Appointment(
        person_id=person.id, post_id=post_id, valid_from=newcomer.valid_from, confirmed_on=today
    )
    db.add(row)
    withhold_in_unit(db, person, newcomer.institution_id)
    db.flush()
    fact = AppointmentStarted(row.id, person.id, country_code, newcomer.valid_from)
    journal.record(db, fact, actor=actor, now=now)
    return row.id


def move_to_post(db: Session, row: Appointment, institution_id: int, title: str) -> Post:
    """Moves an appointment whose post was written down wrongly to the right one, and takes the wrong
    one out where nobody ever served in it.
    """
    person, wrong = db.get_one(Person, row.person_id), row.post_id
    is_target = db.get_one(Post, wrong).is_target
    _require_not_serving(db, person, institution_id, title, row.valid_from)
    row.post_id = roster.vacant_post(db, institution_id, title, row.valid_from) or new_post(
        db, institution_id, title, is_target=is_target
    )
    withhold_in_unit(db, person, institution_id)
    drop_post_without_past(db, wrong)
    return db.get_one(Post, row.post_id)


def drop_post_without_past(db: Session, post_id: int) -> None:
    """Takes out a post in which nobody ever served."""
    db.flush()
    if db.scalar(select(Appointment.id).where(Appointment.post_id == post_id).limit(1)) is None:
        db.delete(db.get_one(Post, post_id))
        db.flush()


def export_roster(
    db: Session, *, actor: Actor, country_code: str, on: date, now: datetime
) -> Sequence[roster.RosterRow]:
    """Returns the whole roster and records the export."""
    rows = roster.whole_roster(db, actor=actor, country_code=country_code, on=on)
    journal.record(db, RosterExported(country_code, len(rows)), actor=actor, now=now)
    return rows


def _locked(
    db: Session, country_code: str, ids: Sequence[int]
) -> dict[int, tuple[Appointment, str]]:
    """Returns the rows to change, by id, locked in one order. Refuses when one of them is not of
    this country.
    """
    query = (
        select(Appointment, Person.full_name)
        .join(Person, Person.id == Appointment.person_id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Appointment.id.in_(ids), Institution.country_code == country_code)
        .order_by(Appointment.id)
        .with_for_update(of=Appointment)
    )
    rows = {appointment.id: (appointment, name) for appointment, name in db.execute(query)}
    if set(ids) - set(rows):
        raise NotFound
    return rows


def _confirm(
    db: Session,
    row: Appointment,
    name: str,
    country_code: str,
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> bool:
    if row.valid_until is not None:
        raise rules.AlreadyEnded(name=name, on=row.valid_until)
    if row.confirmed_on is not None and row.confirmed_on >= today and row.doubted_on is None:
        return False
    row.confirmed_on, row.doubted_on = today, None
    journal.record(
        db, AppointmentConfirmed(row.id, row.person_id, country_code, today), actor=actor, now=now
    )
    return True


def _doubt(
    db: Session,
    row: Appointment,
    name: str,
    country_code: str,
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> bool:
    """Records that nobody knows. Nothing ends, and the person is to be confirmed until somebody is
    sure.
    """
    if row.valid_until is not None:
        raise rules.AlreadyEnded(name=name, on=row.valid_until)
    if row.doubted_on is not None:
        return False
    row.doubted_on = today
    journal.record(
        db, AppointmentDoubted(row.id, row.person_id, country_code, today), actor=actor, now=now
    )
    return True


def reopen_appointment(
    db: Session, *, actor: Actor, country_code: str, appointment_id: int, today: date, now: datetime
) -> bool:
    """Takes back an end that was a mistake: the person served all the time, and is confirmed today.

    Returns whether anything changed. Where somebody took the post over meanwhile, another of its
    title is made. Refuses after 90 days, and when the person serves in such a post again; what is
    not the country's is not found.
    """
    policy.require_may_keep_roster(actor, country_code)
    row, name = _locked(db, country_code, [appointment_id])[appointment_id]
    if row.valid_until is None:
        return False
    if not rules.may_undo_end(row.valid_until, row.end_recorded_on, today):
        raise rules.TooLateToUndo(name=name, on=row.end_recorded_on or row.valid_until)
    person, post = db.get_one(Person, row.person_id), db.get_one(Post, row.post_id)
    if roster.is_erased(person.id, person.full_name):
        raise NotFound
    _take_back_move(db, row)
    _require_not_serving(db, person, post.institution_id, post.title.in_(), today)
    if roster.is_taken(db, post.id, row.valid_until):
        another = Post(
            institution_id=post.institution_id, title=post.title, is_target=post.is_target
        )
        db.add(another)
        db.flush()
        row.post_id = another.id
    taken_back, row.valid_until, row.end_reason, row.end_recorded_on = (
        row.valid_until,
        None,
        "",
        None,
    )
    row.confirmed_on, row.doubted_on = today, None
    db.flush()
    journal.record(
        db,
        AppointmentReopened(row.id, row.person_id, country_code, taken_back),
        actor=actor,
        now=now,
    )
    return True


def _end(
    db: Session,
    row: Appointment,
    name: str,
    country_code: str,
    end: tuple[date, EndReason],
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> bool:
    if not rules.require_consistent_end(name, row.valid_until, row.end_reason, end):
        return False
    row.valid_until, row.end_reason = end
    row.end_recorded_on = today
    journal.record(
        db, AppointmentEnded(row.id, row.person_id, country_code, *end), actor=actor, now=now
    )
    return True


def _go_on(
    db: Session,
    row: Appointment,
    country_code: str,
    answer: RosterAnswer,
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> None:
    """Starts the post to which somebody moved within their institution; the two point to each
    other, so that undoing the one undoes the other.
    """
    person, institution_id = (
        db.get_one(Person, row.person_id),
        db.get_one(Post, row.post_id).institution_id,
    )
    newcomer = Newcomer(
        full_name=person.own_name,
        email=person.own_email,
        institution_id=institution_id,
        post_title=rules.tidy(answer.new_post),
        valid_from=answer.on,
    )
    row.moved_to_id = _start(
        db, person, country_code, newcomer, newcomer.post_title, actor=actor, today=today, now=now
    )


def _take_back_move(db: Session, row: Appointment) -> None:
    """Takes away the appointment that a mistaken move began, while it stands open."""
    moved_to = db.get(Appointment, row.moved_to_id) if row.moved_to_id else None
    row.moved_to_id = None
    if moved_to is None or moved_to.valid_until is not None:
        return
    forget_choices(db, {moved_to.id})
    db.delete(moved_to)
    drop_post_without_past(db, moved_to.post_id)


def _person(
    db: Session,
    country_code: str,
    name: str,
    email: str,
    same_as: int | None,
    *,
    keeps_address: bool,
) -> Person:
    known = roster.person_known_as(db, country_code, name, email)
    if known is not None and same_as in (None, known.id):
        return known
    people = roster.people_called(db, country_code, name)
    if same_as is None and people:
        raise rules.NamesakeKnown(name, people)
    if same_as:
        if same_as not in people:
            raise InvalidInput({"same_as": Sentence(N_("Choose one of the answers."))})
        person = db.get_one(Person, same_as)
        if not keeps_address:
            write_email(person, email)
        return person
    return new_person(db, country_code, name, email)


def new_person(db: Session, country_code: str, name: str, email: str) -> Person:
    """Adds the record of somebody of a country, with its language and zone."""
    require_names(db, country_code)
    country = db.get_one(Country, country_code)
    person = Person(
        full_name=name,
        sort_key=rules.sort_key(name),
        email=email,
        country_code=country_code,
        language=country.language,
        timezone=country.timezone,
    )
    db.add(person)
    db.flush()
    return person


def new_post(db: Session, institution_id: int, title: str, *, is_target: bool) -> int:
    """Adds a post; returns its number."""
    text = LocalizedText({languages()[0]: title})
    post = Post(institution_id=institution_id, title=text, is_target=is_target)
    db.add(post)
    db.flush()
    return post.id


def _require_not_serving(
    db: Session, person: Person, institution_id: int, title: str, on: date
) -> None:
    since = roster.serving_since(db, person.id, institution_id, title, on)
    if since is not None:
        raise rules.AlreadyServing(name=person.own_name, on=since)


# Newcomers whose address belongs to somebody of another country: the secretariat decides who is
# meant.


def hold_newcomer(
    db: Session, *, actor: Actor, country_code: str, newcomer: Newcomer, today: date, now: datetime
) -> bool:
    """Keeps a newcomer for the secretariat to decide on. Returns False when the same person waits
    already.
    """
    policy.require_may_keep_roster(actor, country_code)
    name, email, title = _sound(db, country_code, newcomer, today)
    same = select(HeldNewcomer.id).where(
        HeldNewcomer.country_code == country_code,
        HeldNewcomer.email == email,
        HeldNewcomer.full_name == name,
    )
    if db.scalar(same) is not None:
        return False
    row = HeldNewcomer(
        country_code=country_code,
        full_name=name,
        email=email,
        institution_id=newcomer.institution_id,
        post_title=title,
        valid_from=newcomer.valid_from,
        asked_at=now,
    )
    db.add(row)
    db.flush()
    journal.record(db, NewcomerHeld(row.id, country_code), actor=actor, now=now)
    return True


def accept_newcomer(
    db: Session, *, actor: Actor, held_id: int, person_id: int | None, today: date, now: datetime
) -> int:
    """Starts the appointment that waited; returns the person's id.

    `person_id`: the person known by the address, who serves in the other country from now on; None
    for somebody else who shares the mailbox. Refuses, at the field, anybody who does not have the
    address.
    """
    row = _held(db, actor, held_id)
    if person_id is not None:
        if person_id not in {
            one.person_id for one in roster.people_of_address(db, email=row.email)
        }:
            raise InvalidInput({"person": Sentence(rules.NOBODY_CHOSEN)})
        db.get_one(Person, person_id).country_code = row.country_code
    newcomer = Newcomer(
        row.full_name, row.email, row.institution_id, row.post_title, row.valid_from
    )
    started = start_for_secretariat(
        db,
        actor=actor,
        country_code=row.country_code,
        newcomer=newcomer,
        person_id=person_id,
        today=today,
        now=now,
    )
    _settle(db, row, "accepted", actor=actor, now=now)
    return started


def decline_newcomer(db: Session, *, actor: Actor, held_id: int, now: datetime) -> None:
    """Declines the newcomer. The focal point may add the person again with another address."""
    _settle(db, _held(db, actor, held_id), "declined", actor=actor, now=now)


def _held(db: Session, actor: Actor, held_id: int) -> HeldNewcomer:
    policy.require_may_decide_held(actor)
    row = db.get(HeldNewcomer, held_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _settle(db: Session, row: HeldNewcomer, decision: str, *, actor: Actor, now: datetime) -> None:
    journal.record(db, NewcomerSettled(row.id, row.country_code, decision), actor=actor, now=now)
    db.delete(row)
    db.flush()


# Keeps of whom a handover note was asked and whose has arrived.


def note_asked(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    person_ids: Collection[int],
    today: date,
    now: datetime,
) -> int:
    """Records that a letter asks these people for a note, each in the post they left last; returns
    how many were not asked before.
    """
    policy.require_may_keep_roster(actor, country_code)
    asked = 0
    for row in _left(db, country_code, person_ids, today):
        if row.note_asked_on is not None or row.note_received_on is not None:
            continue
        row.note_asked_on = today
        fact = HandoverNoteAsked(row.id, row.person_id, country_code, today)
        journal.record(db, fact, actor=actor, now=now)
        asked += 1
    db.flush()
    return asked


def receive_note(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    appointment_id: int,
    is_received: bool,
    today: date,
    now: datetime,
) -> bool:
    """Records that the note of somebody who left has arrived, or that this was a mistake. Returns
    whether anything changed; an appointment of another country, or one that goes on, is not found.
    """
    policy.require_may_keep_roster(actor, country_code)
    row = db.scalar(_ended_in(country_code, today).where(Appointment.id == appointment_id))
    if row is None:
        raise NotFound
    if (row.note_received_on is not None) == is_received:
        return False
    row.note_received_on = today if is_received else None
    fact = HandoverNoteReceived(row.id, row.person_id, country_code, today, is_received)
    journal.record(db, fact, actor=actor, now=now)
    db.flush()
    return True


def _left(
    db: Session, country_code: str, person_ids: Collection[int], today: date
) -> list[Appointment]:
    """Returns the last post that each of them left in the country, locked in one order."""
    rows = db.scalars(
        _ended_in(country_code, today)
        .where(Appointment.person_id.in_(person_ids))
        .order_by(Appointment.valid_from, Appointment.id)
    )
    return list({row.person_id: row for row in rows}.values())


def _ended_in(country_code: str, today: date) -> Select[Appointment]:
    return (
        select(Appointment)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Institution.country_code == country_code, Appointment.valid_until <= today)
        .with_for_update(of=Appointment)
    )
