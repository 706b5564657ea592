"""People: recorded, corrected, joined with another record, erased."""

from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.infra.email_address import LONGEST_EMAIL, is_email
from app.infra.orm import not_over
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, Language, languages
from app.people.directory import policy
from app.people.directory.facts import (
    AppointmentEnded,
    CorrectionAsked,
    CorrectionSettled,
    DelegateEnded,
    FocalPointEnded,
    PersonCorrected,
)
from app.people.directory.models import (
    Appointment,
    CorrectionRequest,
    Country,
    FocalPoint,
    HeldNewcomer,
    Institution,
    Membership,
    Person,
    PersonCorrection,
    Post,
    WorkingGroup,
)
from app.people.directory.queries import roster
from app.people.directory.queries.designations import DELEGATE
from app.people.directory.queries.people import record_for_mark
from app.people.directory.queries.roster import ERASED
from app.people.directory.rules import people as rules
from app.people.directory.rules.people import sort_key
from app.people.directory.services.protecting import forget_withheld, write_email, write_name
from app.people.directory.services.roster import (
    drop_post_without_past,
    move_to_post,
    require_institution,
)
from app.people.directory.values import CorrectionDecision, CorrectionWish, EndReason, PersonDraft


def record_person(
    db: Session,
    *,
    full_name: str,
    email: str,
    country_code: str | None,
    language: str,
    timezone: str,
) -> int:
    """Returns the id of the person of that name, address and country: the record that is there, or
    a new one.

    The caller has proved that the address is the person's own. `country_code` None is for who
    serves in none of the Member Countries; `timezone` holds for those only, others keep their
    country's. `language` "" is that of the country. Refuses at the fields "full_name" and
    "country".
    """
    name = rules.tidy(full_name)
    errors: dict[str, Sentence] = {}
    if not rules.is_name(name):
        errors["full_name"] = Sentence(N_("Write the full name as it appears on the ID."))
    country = None if country_code is None else db.get(Country, country_code)
    if country_code is not None and country is None:
        errors["country"] = Sentence(N_("Choose one of the answers."))
    if errors:
        raise InvalidInput(errors)
    known = _known(db, name, email, country_code)
    if known is not None:
        return known
    person = Person(
        full_name=name,
        sort_key=rules.sort_key(name),
        email=email,
        country_code=country_code,
        language=language or (country.language if country else languages()[0]),
        timezone=timezone if country is None else country.timezone,
    )
    db.add(person)
    db.flush()
    return person.id


def _known(db: Session, name: str, email: str, country_code: str | None) -> int | None:
    """Returns the person whom a focal point wrote down under the same name and address. Guests do
    not count: their record is for one event.
    """
    if country_code is None:
        same = select(Person.id).where(
            Person.country_code.is_(None),
            Person.sort_key == rules.sort_key(name),
            Person.email == email,
            Person.is_guest.is_(False),
        )
        return db.scalar(same.order_by(Person.id).limit(1))
    person = roster.person_known_as(db, country_code, name, email)
    return None if person is None or person.is_guest else person.id


def add_guest(
    db: Session, *, name: str, email: str, organisation: str, language: Language, timezone: str
) -> int:
    """Adds a person for one event, whom the directory does not list; returns the number. They are
    erased some time after the event (`office.privacy`).
    """
    person = Person(
        full_name=name,
        sort_key=sort_key(name),
        email=email.lower(),
        is_guest=True,
        organisation=organisation,
        language=language,
        timezone=timezone,
    )
    db.add(person)
    db.flush()
    return person.id


def rename_guest(db: Session, *, person_id: int, name: str) -> None:
    """Puts a chosen name in the place of all that is kept of a guest: name, address, organisation."""
    person = db.get_one(Person, person_id, with_for_update=True)
    _forget(db, person)
    person.full_name, person.sort_key = name, sort_key(name)
    db.flush()


def lock_joined_records(db: Session) -> None:
    """Lets one transaction at a time join, separate or erase records. Services that lock anything
    else but organizers call it first.
    """
    lock_by_name(db, "joined-records")


# Puts right what is wrong on a person's record, and keeps the wishes of who finds a mistake on the
# own one. Both versions stay; certificates that were issued keep what they say.

LONGEST_POST_WISH, LONGEST_NOTE = 300, 1000
WRONG_NAME = N_("Write the full name as it appears on the ID.")
WRONG_EMAIL = N_("Write a work e-mail address, such as name@example.org.")


def correct_record(
    db: Session, *, actor: Actor, person_id: int, draft: PersonDraft, seen: str, now: datetime
) -> tuple[str, ...]:
    """Puts name and post right; returns the names of what changed. The address is `correct_email`'s.

    Refuses at the fields, and with ChangedMeanwhile what is no longer as the writer saw it.
    """
    person = _locked(db, actor, person_id)
    require_as_seen(seen, record_for_mark(db, person_id))
    name = rules.tidy(draft.full_name)
    if not rules.is_name(name):
        raise InvalidInput({"full_name": Sentence(WRONG_NAME)})
    changed: list[str] = []
    if name != person.own_name:
        _keep(db, person, "full_name", person.own_name, name, actor=actor, now=now)
        write_name(person, name)
        changed.append("full_name")
    if draft.appointment_id is not None and _correct_post(db, actor, person, draft, now=now):
        changed.append("post")
    db.flush()
    _tell(db, person, changed, actor=actor, now=now)
    return tuple(changed)


def correct_email(
    db: Session, *, actor: Actor, person_id: int, email: str, now: datetime, is_proven: bool = False
) -> bool:
    """Puts the contact right; returns whether it differs. `is_proven`: the owner has confirmed it,
    so nobody's permission is asked.
    """
    person = (
        db.get_one(Person, person_id, with_for_update=True)
        if is_proven
        else _locked(db, actor, person_id)
    )
    require_email(email)
    if email == person.own_email:
        return False
    _keep(db, person, "email", person.own_email, email, actor=actor, now=now)
    write_email(person, email)
    db.flush()
    _tell(db, person, ["email"], actor=actor, now=now)
    return True


def require_email(email: str) -> None:
    if not is_email(email) or len(email) > LONGEST_EMAIL:
        raise InvalidInput({"email": Sentence(WRONG_EMAIL)})


def ask_correction(db: Session, *, actor: Actor, wish: CorrectionWish, now: datetime) -> int:
    """Notes what somebody finds wrong on the own record; returns the request's id. A second wish
    takes the place of the one that waits.
    """
    if actor.person_id is None:
        raise NotFound
    person = db.get_one(Person, actor.person_id, with_for_update=True)
    _require_wish(wish)
    waiting = select(CorrectionRequest).where(
        CorrectionRequest.person_id == person.id, CorrectionRequest.decision == ""
    )
    row = db.scalar(waiting)
    is_new = row is None
    if row is None:
        row = CorrectionRequest(person_id=person.id)
        db.add(row)
    row.full_name, row.email = rules.tidy(wish.full_name), wish.email.strip()
    row.post, row.note, row.asked_at = rules.tidy(wish.post), wish.note.strip(), now
    row.reissue = wish.reissue
    db.flush()
    if is_new:
        fact = CorrectionAsked(person.id, person.country_code or "", row.id)
        journal.record(db, fact, actor=actor, now=now)
    return row.id


def settle_correction(
    db: Session,
    *,
    actor: Actor,
    person_id: int,
    decision: CorrectionDecision,
    reason: str = "",
    now: datetime,
) -> bool:
    """Ends the wish that waits, if any; returns whether there was one."""
    person = _locked(db, actor, person_id)
    row = db.scalar(
        select(CorrectionRequest)
        .where(CorrectionRequest.person_id == person_id, CorrectionRequest.decision == "")
        .with_for_update()
    )
    if row is None:
        return False
    row.decision, row.reason, row.decided_at = decision.value, reason.strip(), now
    db.flush()
    fact = CorrectionSettled(person.id, person.country_code or "", row.id, decision.value)
    journal.record(db, fact, actor=actor, now=now)
    return True


def _require_wish(wish: CorrectionWish) -> None:
    errors: dict[str, Sentence] = {}
    if wish.is_empty:
        errors["full_name"] = Sentence(N_("Write at least one thing that should change."))
    if wish.full_name and not rules.is_name(rules.tidy(wish.full_name)):
        errors["full_name"] = Sentence(WRONG_NAME)
    if wish.email and not is_email(wish.email.strip()):
        errors["email"] = Sentence(WRONG_EMAIL)
    for field, most in (("post", LONGEST_POST_WISH), ("note", LONGEST_NOTE)):
        if len(getattr(wish, field)) > most:
            errors[field] = Sentence(N_("Write at most %(most)s characters."), {"most": most})
    if errors:
        raise InvalidInput(errors)


def _locked(db: Session, actor: Actor, person_id: int) -> Person:
    """Returns a person whom the actor may put right. Guests, joined and erased records are none."""
    person = db.get(Person, person_id, with_for_update=True)
    if person is None or person.is_guest or person.merged_into_id is not None:
        raise NotFound
    if roster.is_erased(person.id, person.full_name):
        raise NotFound
    policy.require_may_correct(actor, person.country_code or "")
    return person


def _correct_post(
    db: Session, actor: Actor, person: Person, draft: PersonDraft, *, now: datetime
) -> bool:
    row = db.get(Appointment, draft.appointment_id, with_for_update=True)
    if row is None or row.person_id != person.id:
        raise NotFound
    title = rules.tidy(draft.post_title)
    before = db.get_one(Post, row.post_id)
    if before.institution_id == draft.institution_id and title in before.title.values():
        return False
    if not 0 < len(title) <= rules.LONGEST_TITLE or not rules.is_words(title):
        raise InvalidInput({"post_title": Sentence(N_("Write the post in at most 200 letters."))})
    house = db.get_one(Institution, before.institution_id)
    require_institution(db, house.country_code, draft.institution_id)
    was = f"{before.title.in_()}, {house.name.in_()}"
    after = move_to_post(db, row, draft.institution_id, title)
    now_in = db.get_one(Institution, after.institution_id)
    words = f"{after.title.in_()}, {now_in.name.in_()}"
    _keep(db, person, "post", was, words, actor=actor, now=now, appointment_id=row.id)
    return True


def _keep(
    db: Session,
    person: Person,
    field: str,
    before: str,
    after: str,
    *,
    actor: Actor,
    now: datetime,
    appointment_id: int | None = None,
) -> None:
    db.add(
        PersonCorrection(
            person_id=person.id,
            appointment_id=appointment_id,
            field=field,
            before=before[:500],
            after=after[:500],
            corrected_at=now,
            corrected_by=actor.account_id or None,
        )
    )


def _tell(db: Session, person: Person, changed: list[str], *, actor: Actor, now: datetime) -> None:
    if changed:
        fact = PersonCorrected(person.id, person.country_code or "", tuple(changed))
        journal.record(db, fact, actor=actor, now=now)


# Erases who somebody is. What is counted stays, under a number.


def erased_name(person_id: int) -> str:
    """Returns the text that replaces the name."""
    return f"{ERASED}{person_id}"


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Erases name, address, sex and organisation. Present posts and offices end today, and facts
    about that are recorded.
    """
    person = db.get_one(Person, person_id, with_for_update=True)
    if email := person.own_email:
        db.execute(delete(HeldNewcomer).where(func.lower(HeldNewcomer.email) == email.lower()))
    _forget(db, person)
    today = reference_day(now)
    _end_posts(db, person_id, today, now)
    _end_offices(db, person, today, now)
    db.flush()


def take_out_person(db: Session, *, person_id: int) -> None:
    """Takes somebody out who was written down by mistake: the appointments go as if they had never
    been, with posts in which nobody else served. The caller knows that nothing hangs on the record.
    """
    person = db.get_one(Person, person_id, with_for_update=True)
    held = select(Appointment).where(Appointment.person_id == person_id)
    for row in db.scalars(held).all():
        db.delete(row)
        drop_post_without_past(db, row.post_id)
    _forget(db, person)
    db.flush()


def _forget(db: Session, person: Person) -> None:
    for table in (PersonCorrection, CorrectionRequest):
        db.execute(delete(table).where(table.person_id == person.id))
    forget_withheld(person)
    person.full_name = person.sort_key = erased_name(person.id)
    person.email = person.sex = person.organisation = ""


def _end_posts(db: Session, person_id: int, today: date, now: datetime) -> None:
    standing = (
        select(Appointment, Institution.country_code)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Appointment.person_id == person_id, not_over(Appointment, today))
    )
    for row, code in db.execute(standing).all():
        row.valid_until, row.end_reason = max(today, row.valid_from), EndReason.UNKNOWN
        fact = AppointmentEnded(row.id, person_id, code, row.valid_until, EndReason.UNKNOWN)
        journal.record(db, fact, actor=SYSTEM, now=now)


def _end_offices(db: Session, person: Person, today: date, now: datetime) -> None:
    answers = select(FocalPoint).where(
        FocalPoint.person_id == person.id, not_over(FocalPoint, today)
    )
    for office in db.scalars(answers).all():
        office.valid_until = max(today, office.valid_from)
        told = FocalPointEnded(office.id, person.id, office.country_code, "", office.valid_until)
        journal.record(db, told, actor=SYSTEM, now=now)
    sits = (
        select(Membership, WorkingGroup.slug)
        .join(WorkingGroup, WorkingGroup.id == Membership.working_group_id)
        .where(Membership.person_id == person.id, not_over(Membership, today))
    )
    for seat, slug in db.execute(sits).all():
        seat.valid_until = max(today, seat.valid_from)
        if seat.role == DELEGATE:
            fact = DelegateEnded(
                seat.id, person.id, person.country_code or "", slug, seat.valid_until
            )
            journal.record(db, fact, actor=SYSTEM, now=now)
