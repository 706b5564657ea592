"""Who took the demo's courses and when: enrolments, answers, completions, certificates, refreshers
and a package.
"""

import hashlib
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, exists, insert, select
from sqlalchemy.orm import Session, selectinload

from app.infra.files import files
from app.kernel import dated
from app.kernel.actor import ANONYMOUS, SYSTEM
from app.kernel.text import LocalizedText
from app.office.demo.data import DATA, demo_data
from app.people.directory.models import Appointment, Person
from app.people.directory.services.people import ask_correction
from app.people.directory.values import CorrectionWish
from app.people.identity.models import Account
from app.people.identity.queries import actor_of_account
from app.planning.events.models import Event
from app.training.certificates.models import Certificate, Revocation
from app.training.certificates.queries.achievements import Earned
from app.training.certificates.queries.events import UNISSUED
from app.training.certificates.rules import ATTESTED_KINDS
from app.training.certificates.services.ending import propose_revocation, revoke_certificate
from app.training.certificates.services.erasing import erase_names
from app.training.certificates.services.events import issue_for_event
from app.training.certificates.services.issuing import issue_certificates
from app.training.certificates.values import (
    OF_EVENTS,
    CertificateKind,
    IssuedFrom,
    RevocationReason,
)
from app.training.learning.models import (
    Attempt,
    AttemptItem,
    Completion,
    Course,
    CourseEdition,
    Enrolment,
    Item,
    ItemOption,
    Module,
    Pretest,
    Unit,
    UnitProgress,
)
from app.training.learning.queries.courses import seat_of
from app.training.learning.queries.quiz import pools_of, pretest_states
from app.training.learning.rules import quiz
from app.training.learning.services.quiz import save_pretest_answer, start_pretest, submit_pretest
from app.training.learning.services.study import (
    Credit,
    carry_over,
    credit_editions,
    start_enrolment,
)
from app.training.learning.values import GUIDELINES, ItemKind
from app.training.packages import forms, services
from app.training.packages.rules.archive import media_type
from app.training.packages.values import PackageWords, PackedFile
from app.training.refreshers.queries import refreshers_by_id
from app.training.refreshers.services import answer_all, make_next, make_next_of, start_refreshers
from app.training.refreshers.values import RefresherAnswer, RefresherQuestion, Rhythm

SHARE_TRAINED = {
    "HN": 0.72,
    "GT": 0.6,
    "MX": 0.66,
    "CR": 0.75,
    "DO": 0.62,
    "BZ": 0.5,
    "NI": 0.28,
    "PA": 0.55,
}
SHARE_DEFAULT = 0.5
LOCAL_HOURS = (8, 19)
LEARNERS_OF_A_SHORT_COURSE, LEAST_DAYS = 24, 12
COURSE_TAKES = timedelta(days=9)
_MODULES = (
    select(Module.id)
    .where(Module.edition_id == bindparam("edition_id"), Module.is_available)
    .order_by(Module.number)
)


def load_training(
    db: Session,
    *,
    chance: Random,
    today: date,
    now: datetime,
    editions: dict[int, date],
    address: str,
) -> int:
    """Enrols officials and completes courses over the years. `editions`: id → first day on which it
    was taken, oldest first. Returns how many certificates were issued.
    """
    taken = []
    for appointment, person in _careers(db):
        share = SHARE_TRAINED.get(person.country_code or "", SHARE_DEFAULT)
        wanted = max(appointment.valid_from, min(editions.values())) + timedelta(
            days=chance.randint(20, 300)
        )
        is_persona = "-" in person.email
        if (
            is_persona
            or chance.random() > share
            or wanted >= min(appointment.valid_until or today, today)
        ):
            continue
        edition = max(
            (id_ for id_, since in editions.items() if since <= wanted),
            key=lambda id_: editions[id_],
            default=None,
        )
        if edition is None:
            continue
        hour, minute = chance.randint(*LOCAL_HOURS), chance.randrange(60)
        done_at = datetime.combine(wanted, time(hour, minute), ZoneInfo(person.timezone))
        taken.append((person, edition, done_at.astimezone(UTC)))
    codes = _complete(db, taken, address=address)
    for code in chance.sample(codes, 2):
        revoke_certificate(
            db, actor=SYSTEM, now=now, code=code, reason=RevocationReason.ERROR, note="demo"
        )
    return len(codes)


CERTIFIED_PERSONA, REVOKING_PERSONA = "official-gt", "organizer-second"
ENDS_IN_DAYS, SHORT_COURSE_DAYS_AGO = 21, 40
VALIDITY = timedelta(days=730)


def load_own_certificates(
    db: Session, *, people: Mapping[str, int], editions: dict[int, date], today: date, address: str
) -> None:
    """Gives an official whom visitors may be a certificate of the first edition that ends in three
    weeks, and one of a short course.
    """
    person = db.get_one(Person, people[CERTIFIED_PERSONA])
    zone = ZoneInfo(person.timezone)
    first = min(editions, key=lambda one: editions[one])
    short = db.scalars(
        select(CourseEdition.id)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug != GUIDELINES)
        .order_by(CourseEdition.id)
    ).first()
    done = today + timedelta(days=ENDS_IN_DAYS) - VALIDITY
    taken = [(person, first, datetime.combine(done, time(10, 20), zone).astimezone(UTC))]
    if short is not None:
        lately = today - timedelta(days=SHORT_COURSE_DAYS_AGO)
        taken.append((person, short, datetime.combine(lately, time(16, 5), zone).astimezone(UTC)))
    _complete(db, taken, address=address)


def load_certificates_to_decide(db: Session, *, people: Mapping[str, int], now: datetime) -> None:
    """Lets the second organizer propose a revocation, and an official ask for another name."""
    own_accounts = select(Account.id).where(
        Account.person_id.in_([people[REVOKING_PERSONA], people[CERTIFIED_PERSONA]])
    )
    actors = [actor_of_account(db, one, now.date()) for one in db.scalars(own_accounts)]
    by_person = {one.person_id: one for one in actors if one is not None}
    proposer, holder = by_person[people[REVOKING_PERSONA]], by_person[people[CERTIFIED_PERSONA]]
    wrong = db.scalars(
        select(Certificate.code)
        .where(
            Certificate.country_code == "PA",
            Certificate.kind == CertificateKind.COMPLETION,
            Certificate.last_valid_on > now.date() + timedelta(days=365),
            ~exists().where(Revocation.certificate_id == Certificate.id),
        )
        .order_by(Certificate.id.desc())
    ).first()
    if wrong is not None:
        propose_revocation(
            db,
            actor=proposer,
            now=now - timedelta(days=1),
            code=wrong,
            reason=RevocationReason.ERROR,
            note=demo_data("people")["note_of_revocation"],
        )
    wish = CorrectionWish(**demo_data("people")["correction"], reissue=True)
    ask_correction(db, actor=holder, wish=wish, now=now - timedelta(days=2))


def load_name_erasure(db: Session, *, now: datetime) -> None:
    """Takes the name away from the certificates of one official who has left."""
    serves = exists().where(
        Appointment.person_id == Certificate.person_id, Appointment.valid_until.is_(None)
    )
    left = select(Certificate.person_id).where(~serves).order_by(Certificate.id).limit(1)
    erase_names(db, actor=SYSTEM, people=db.scalars(left).all(), now=now)


def load_short_courses(db: Session, *, chance: Random, today: date, address: str) -> int:
    """Lets a few of those in post take the courses beside the Guidelines. Returns how many
    certificates were issued.
    """
    editions = db.execute(
        select(CourseEdition.id, CourseEdition.published_at)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug != GUIDELINES)
        .order_by(CourseEdition.id)
    ).all()
    serving = [
        (appointment, person)
        for appointment, person in _careers(db)
        if dated.not_over(appointment.valid_until, today) and "-" not in person.email
    ]
    taken = []
    for edition_id, published_at in editions:
        first, learners = published_at.date(), min(LEARNERS_OF_A_SHORT_COURSE, len(serving))
        for appointment, person in chance.sample(serving, learners):
            days = (today - max(first, appointment.valid_from)).days
            if days <= LEAST_DAYS:
                continue
            done_on = today - timedelta(days=chance.randint(1, days - LEAST_DAYS))
            done_at = datetime.combine(
                done_on, time(chance.randint(*LOCAL_HOURS)), ZoneInfo(person.timezone)
            )
            taken.append((person, edition_id, done_at.astimezone(UTC)))
    return len(_complete(db, taken, address=address))


def _careers(db: Session) -> list[tuple[Appointment, Person]]:
    rows = db.execute(select(Appointment, Person).join(Person).order_by(Appointment.id))
    return [(appointment, person) for appointment, person in rows]


def _complete(
    db: Session, taken: Sequence[tuple[Person, int, datetime]], *, address: str
) -> list[str]:
    """Returns the codes of the certificates of those who completed an edition at an instant, in
    that order.

    Each enrolment is closed from the beginning: of a person and course at most one may be open.
    """
    courses = {
        edition_id: db.get_one(CourseEdition, edition_id).course_id
        for edition_id in {edition_id for _person, edition_id, _done_at in taken}
    }
    modules = {one: tuple(db.scalars(_MODULES, {"edition_id": one})) for one in courses}
    enrolments = [
        Enrolment(
            person_id=person.id,
            course_id=courses[edition_id],
            edition_id=edition_id,
            language=person.language,
            started_at=done_at - COURSE_TAKES,
            closed_at=done_at,
        )
        for person, edition_id, done_at in taken
    ]
    db.add_all(enrolments)
    db.flush()
    credit_editions(
        db,
        credits_=[
            Credit(enrolment, modules[edition_id], done_at)
            for enrolment, (_person, edition_id, done_at) in zip(enrolments, taken, strict=True)
        ],
    )
    earned = [
        Earned(person_id=person.id, edition_id=edition_id, at=done_at, enrolment_id=enrolment.id)
        for enrolment, (person, edition_id, done_at) in zip(enrolments, taken, strict=True)
    ]
    return issue_certificates(
        db, actor=SYSTEM, earned=earned, place=IssuedFrom(address, is_demo=True)
    )


# Who was at the webinars of the last months, and who spoke at one of them.

CERTIFIED_SINCE = UNISSUED


def load_certificates_of_events(db: Session, *, now: datetime, address: str) -> int:
    """Issues the certificates of the events closed lately but for the last one, whose page has the
    presses that issue them. Returns how many.
    """
    closed = db.execute(
        select(Event.id, Event.closed_at)
        .where(
            Event.closed_at > now - CERTIFIED_SINCE,
            Event.kind.in_(sorted(ATTESTED_KINDS)),
            ~Event.is_confidential,
            Event.ends_at.is_not(None),
        )
        .order_by(Event.closed_at.desc(), Event.id)
    ).all()
    certified = [
        issue_for_event(
            db,
            actor=SYSTEM,
            now=closed_at,
            event_id=event_id,
            kind=kind,
            place=IssuedFrom(address, is_demo=True),
        )
        for event_id, closed_at in closed[1:]
        if closed_at is not None
        for kind in sorted(OF_EVENTS)
    ]
    return sum(certified)


# Officials who are in the middle of the course, and the lessons that everybody read so far.

MOST, DAYS_SINCE = 30, (4, 80)
MODULES_DONE = (0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 6, 7)
COUNTRIES_OF_PERSONAS = ("HN", "GT")
READ = ("page", "case")


def load_learners(db: Session, *, chance: Random, edition_id: int, now: datetime) -> int:
    """Returns how many are on the way; the countries of the personas are left as they are."""
    modules = db.scalars(
        select(Module.id)
        .where(Module.edition_id == edition_id, Module.is_available)
        .order_by(Module.number)
    ).all()
    course_id = db.scalars(
        select(CourseEdition.course_id).where(CourseEdition.id == edition_id)
    ).one()
    enrolled = select(Enrolment.id).where(Enrolment.person_id == Person.id)
    waiting = db.scalars(
        select(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.valid_until.is_(None),
            Person.country_code.not_in(COUNTRIES_OF_PERSONAS),
            ~Person.email.contains("-"),
            ~enrolled.exists(),
        )
        .order_by(Person.id)
    ).all()
    learners = chance.sample(waiting, min(MOST, len(waiting)))
    for person in learners:
        started_at = now - timedelta(days=chance.randint(*DAYS_SINCE), hours=chance.randint(1, 9))
        enrolment = Enrolment(
            person_id=person.id,
            course_id=course_id,
            edition_id=edition_id,
            language=person.language,
            started_at=started_at,
        )
        db.add(enrolment)
        db.flush()
        done = modules[: min(chance.choice(MODULES_DONE), len(modules) - 1)]
        carry_over(
            db,
            enrolment=enrolment,
            module_ids=done,
            now=min(now, started_at + timedelta(days=len(done))),
        )
    _load_progress(db, edition_id, modules)
    return len(learners)


def _load_progress(db: Session, edition_id: int, modules: Sequence[int]) -> None:
    """Records all lessons of the completed modules and the first screen of the next one. Whoever
    has completed none has not begun to read.
    """
    lessons: dict[int, list[Unit]] = {}
    units = select(Unit).where(Unit.module_id.in_(modules), Unit.kind.in_(READ))
    for unit in db.scalars(units.order_by(Unit.module_id, Unit.position)):
        lessons.setdefault(unit.module_id, []).append(unit)
    done: dict[Any, dict[int, datetime]] = {}
    completions = (
        select(Completion.enrolment_id, Completion.module_id, Completion.decided_at)
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .where(Enrolment.edition_id == edition_id, Completion.module_id.is_not(None))
    )
    for enrolment_id, module_id, at in db.execute(completions):
        if module_id is not None:
            done.setdefault(enrolment_id, {})[module_id] = at
    rows: list[dict[str, Any]] = []
    for enrolment_id in db.scalars(select(Enrolment.id).where(Enrolment.edition_id == edition_id)):
        completed = done.get(enrolment_id, {})
        for module_id, at in completed.items():
            rows += [_row(enrolment_id, unit, at) for unit in lessons.get(module_id, ())]
        following = _next(modules, completed)
        if completed and following in lessons:
            rows.append(_row(enrolment_id, lessons[following][0], None))
    if rows:
        db.execute(insert(UnitProgress).execution_options(render_nulls=True), rows)


def _row(enrolment_id: object, unit: Unit, at: datetime | None) -> dict[str, Any]:
    return {
        "enrolment_id": enrolment_id,
        "unit_id": unit.id,
        "screen": unit.screens if at else 1,
        "completed_at": at,
    }


def _next(modules: Sequence[int], completed: Collection[int]) -> int:
    return next((module_id for module_id in modules if module_id not in completed), 0)


# What the demo's learners answered in the quizzes of the course, so that its authors see figures.

DAYS_OF_A_COURSE = 9
ABLE, MOST_ABLE, ALL_KNOWN = 0.72, 0.98, 2.0
HARDEST, EASIEST = -0.32, 0.12
PRETESTED, PRETESTED_MODULES, LEARNED = 5, 3, 0.3
"""Every fifth learner took the pre-tests of the first modules, before learning so much."""

_COMPLETED = select(Completion.enrolment_id, Completion.module_id)


@dataclass(frozen=True)
class DemoQuestion:
    """`ease` is added to what a learner can do."""

    bank: quiz.BankItem
    correct: tuple[int, ...]
    is_critical: bool
    ease: float


def load_answers(db: Session, *, chance: Random, edition_id: int) -> int:
    """Records one attempt at the quiz of each module that somebody completed, and a second one
    where the first was not a pass. Returns how many attempts there are.
    """
    quizzes = [
        (unit, _bank(db, chance, unit.module_id))
        for unit in db.scalars(
            select(Unit)
            .where(Unit.pass_mark.is_not(None), Unit.module_id.in_(_modules(db, edition_id)))
            .order_by(Unit.module_id)
        )
    ]
    attempts: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    enrolments = select(Enrolment).where(Enrolment.edition_id == edition_id)
    pools = {
        module_id: frozenset(item.id for item in pool)
        for module_id, pool in pools_of(db, [unit.module_id for unit, _bank in quizzes]).items()
    }
    done = {tuple(row) for row in db.execute(_COMPLETED)}
    everybody = db.scalars(enrolments.order_by(Enrolment.started_at, Enrolment.person_id)).all()
    for turn, enrolment in enumerate(everybody):
        able = chance.uniform(ABLE, MOST_ABLE)
        step = timedelta(days=DAYS_OF_A_COURSE) / (len(quizzes) + 1)
        for number, (unit, bank_of_all) in enumerate(quizzes, start=1):
            if (enrolment.id, unit.module_id) not in done:
                continue
            at = enrolment.started_at + step * number
            bank, pool = bank_of_all, pools.get(unit.module_id, frozenset())
            if pool and turn % PRETESTED == 0 and number <= PRETESTED_MODULES:
                bank = {id_: one for id_, one in bank_of_all.items() if id_ not in pool}
                questions = [one for id_, one in bank_of_all.items() if id_ in pool]
                db.add(_pretest(chance, enrolment, unit, questions, able - LEARNED))
            first = _attempt(chance, enrolment, unit, at, 1)
            items += _answers(chance, unit.draw, bank, able, first)
            attempts.append(first)
            if not first["is_passed"]:
                again = at + timedelta(minutes=unit.pause_minutes + 20)
                second = _attempt(chance, enrolment, unit, again, 2)
                items += _answers(chance, unit.draw, bank, ALL_KNOWN, second)
                attempts.append(second)
    if attempts:
        db.execute(insert(Attempt), attempts)
        db.execute(insert(AttemptItem), items)
    return len(attempts)


def _modules(db: Session, edition_id: int) -> Sequence[int]:
    return db.scalars(
        select(Module.id).where(Module.edition_id == edition_id, Module.is_available)
    ).all()


def _bank(db: Session, chance: Random, module_id: int) -> Mapping[int, DemoQuestion]:
    rows = db.scalars(
        select(Item)
        .where(Item.module_id == module_id)
        .options(selectinload(Item.options))
        .order_by(Item.id)
    )
    return {
        item.id: DemoQuestion(
            bank=quiz.BankItem(
                id=item.id,
                objective=item.objective_code,
                kind=ItemKind(item.kind),
                option_ids=tuple(option.id for option in item.options),
            ),
            correct=tuple(option.id for option in item.options if option.is_correct),
            is_critical=item.is_critical,
            ease=chance.uniform(HARDEST, EASIEST),
        )
        for item in rows
    }


def _attempt(
    chance: Random, enrolment: Enrolment, unit: Unit, at: datetime, number: int
) -> dict[str, Any]:
    return {
        "id": UUID(int=chance.getrandbits(128), version=4),
        "enrolment_id": enrolment.id,
        "unit_id": unit.id,
        "number": number,
        "language": enrolment.language,
        "pass_mark": unit.pass_mark,
        "started_at": at,
        "submitted_at": at + timedelta(minutes=chance.randint(6, 19)),
    }


def _answers(
    chance: Random,
    plan: Mapping[str, int],
    bank: Mapping[int, DemoQuestion],
    able: float,
    attempt: dict[str, Any],
) -> list[dict[str, Any]]:
    """Draws, answers and marks as the course does; the attempt gets its score."""
    drawn = quiz.draw([question.bank for question in bank.values()], plan, chance)
    items = []
    right, critical_wrong = 0, 0
    for position, one in enumerate(drawn, start=1):
        question = bank[one.item_id]
        knows = chance.random() < able + question.ease
        right += knows
        critical_wrong += question.is_critical and not knows
        items.append(
            {
                "attempt_id": attempt["id"],
                "item_id": one.item_id,
                "position": position,
                "option_order": list(one.option_order),
                "response": _response(chance, question, one, knows=knows),
                "answered_at": attempt["started_at"] + timedelta(seconds=30 * position),
                "is_correct": knows,
            }
        )
    attempt["score"] = quiz.score(right, len(drawn))
    attempt["is_passed"] = quiz.is_pass(right, len(drawn), attempt["pass_mark"], critical_wrong)
    return items


def _pretest(
    chance: Random,
    enrolment: Enrolment,
    unit: Unit,
    questions: Sequence[DemoQuestion],
    able: float,
) -> Pretest:
    """Returns a pre-test that exempts nobody: the last question at least was not known."""
    rows, answers, right = [], [], 0
    for number, question in enumerate(questions, start=1):
        knows = number < len(questions) and chance.random() < able + question.ease
        drawn = quiz.DrawnItem(question.bank.id, question.bank.option_ids)
        rows.append([drawn.item_id, list(drawn.option_order)])
        answers.append(_response(chance, question, drawn, knows=knows))
        right += knows
    return Pretest(
        enrolment_id=enrolment.id,
        module_id=unit.module_id,
        language=enrolment.language,
        asked=rows,
        answers=answers,
        started_at=enrolment.started_at,
        submitted_at=enrolment.started_at + timedelta(minutes=8),
        right=right,
        is_passed=False,
    )


def _response(
    chance: Random, question: DemoQuestion, drawn: quiz.DrawnItem, *, knows: bool
) -> list[int]:
    """Returns the ids of the options that the course marks as right, or of wrong ones."""
    options = question.bank.option_ids
    if question.bank.kind is ItemKind.ORDERING:
        return list(options) if knows else [options[1], options[0], *options[2:]]
    if knows:
        return [option for option in drawn.option_order if option in question.correct]
    return [chance.choice([option for option in options if option not in question.correct])]


# Refreshers of the last four months: most were answered, a few people left three alone.

COUNTRIES = ("HN", "GT")
PEOPLE, ROUNDS, FIRST_DAYS_AGO = 9, 8, 118
SHARE_ANSWERED, SHARE_RIGHT = 0.85, 0.78
IDLE = 4
"""Every fourth person lets all lie."""
RHYTHM = Rhythm()


def load_refreshers(db: Session, *, chance: Random, today: date, now: datetime) -> None:
    begun = timedelta(days=FIRST_DAYS_AGO)
    diligence: dict[int, list[list[bool]]] = {}
    for code in COUNTRIES:
        done = (
            select(Enrolment.person_id)
            .join(Person, Person.id == Enrolment.person_id)
            .join(Completion, Completion.enrolment_id == Enrolment.id)
            .where(
                Person.country_code == code,
                Completion.module_id.is_(None),
                Completion.decided_at < now - timedelta(days=FIRST_DAYS_AGO + RHYTHM.days),
            )
            .distinct()
            .order_by(Enrolment.person_id)
            .limit(PEOPLE)
        )
        for number, person_id in enumerate(db.scalars(done).all()):
            actor = replace(ANONYMOUS, person_id=person_id)
            start_refreshers(db, actor=actor, rhythm=RHYTHM, today=today - begun, now=now - begun)
            is_idle = number % IDLE == IDLE - 1
            diligence[person_id] = [[] if is_idle else _knows(chance) for _turn in range(ROUNDS)]
    for turn in range(ROUNDS):
        ago = begun - timedelta(days=RHYTHM.days * (turn + 1))
        made = make_next_of(
            db, people=list(diligence), rhythm=RHYTHM, today=today - ago, now=now - ago
        )
        knows = {
            made[person_id]: turns[turn]
            for person_id, turns in diligence.items()
            if person_id in made
        }
        _answer(db, knows, now=now - ago + timedelta(hours=3))


def _knows(chance: Random) -> list[bool]:
    """Returns which questions of a refresher somebody knows; none where they let it lie."""
    if chance.random() > SHARE_ANSWERED:
        return []
    return [chance.random() < SHARE_RIGHT for _question in range(RHYTHM.questions)]


def _answer(db: Session, knows: Mapping[UUID, Sequence[bool]], *, now: datetime) -> None:
    answers = [
        RefresherAnswer(
            person_id=one.person_id,
            refresher_id=one.id,
            position=question.position,
            chosen=_chosen(question, is_right=is_right),
        )
        for one in refreshers_by_id(db, list(knows))
        for question, is_right in zip(one.questions, knows[one.id], strict=False)
    ]
    answer_all(db, actor=SYSTEM, answers=answers, now=now)


def _chosen(question: RefresherQuestion, *, is_right: bool) -> frozenset[int]:
    chosen = [one.number for one in question.options if one.is_correct is is_right]
    return frozenset(chosen if is_right else chosen[:1])


# An official who was exempted from the first module by its pre-test and gets refreshers since.

PERSONA, BEGUN_DAYS_AGO = "convenor-labour", 60
FIRST_MODULE = "01-framework"


def load_exemption(
    db: Session, *, people: dict[str, int], chance: Random, today: date, now: datetime
) -> None:
    actor = replace(ANONYMOUS, account_id=-1, person_id=people[PERSONA])
    begun = timedelta(days=BEGUN_DAYS_AGO)
    start_enrolment(db, actor=actor, course_slug=GUIDELINES, language="es", now=now - begun)
    seat = seat_of(db, actor=actor, slug=GUIDELINES)
    module = seat.outline.module(FIRST_MODULE)
    if module is None or not pretest_states(db, seat)[module.id].is_offered:
        return
    start_pretest(
        db,
        actor=actor,
        course_slug=GUIDELINES,
        module_slug=FIRST_MODULE,
        language="es",
        rng=chance,
        now=now - begun,
    )
    own = select(Enrolment.id).where(Enrolment.person_id == actor.person_id)
    row = db.scalars(select(Pretest).where(Pretest.enrolment_id.in_(own))).one()
    right = {
        position: db.scalars(
            select(ItemOption.id).where(ItemOption.item_id == item_id, ItemOption.is_correct)
        ).all()
        for position, (item_id, _order) in enumerate(row.asked, start=1)
    }
    place = {"course_slug": GUIDELINES, "module_slug": FIRST_MODULE}
    for position, option_ids in right.items():
        save_pretest_answer(db, actor=actor, position=position, option_ids=option_ids, **place)
    submit_pretest(db, actor=actor, now=now - begun, **place)
    start_refreshers(db, actor=actor, rhythm=RHYTHM, today=today - begun, now=now - begun)
    for ago in (timedelta(days=BEGUN_DAYS_AGO - RHYTHM.days), timedelta(days=3)):
        make_next(db, person_id=people[PERSONA], rhythm=RHYTHM, today=today - ago, now=now - ago)


FOLDER = DATA / "package"
NAME = "la-primera-llamada.zip"
WORDS = PackageWords(
    LocalizedText(es="La primera llamada", en="The first call"),
    LocalizedText(
        es="Un paquete SCORM de ejemplo: cuatro páginas, dos preguntas, unos cinco minutos.",
        en="A sample SCORM package: four pages, two questions, about five minutes.",
    ),
    "Convoca",
)


def sample_package() -> bytes:
    """Returns the archive of the sample, always with the same bytes."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(FOLDER.iterdir()):
            entry = zipfile.ZipInfo(path.name)  # without the hour of the file
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def load_packages(db: Session, *, now: datetime) -> str:
    """Brings the sample in as an author would; returns its address in the catalogue."""
    content = sample_package()
    inspection = forms.inspect(BytesIO(content))
    upload_id = services.keep_upload(
        db,
        actor=SYSTEM,
        inspection=inspection,
        stored=PackedFile(
            path=NAME, key=files().put(content), media_type="application/zip", size=len(content)
        ),
        sha256=hashlib.sha256(content).hexdigest(),
        package_slug="",
        now=now,
    )
    with forms.unpacked(BytesIO(content), inspection) as one_by_one:
        stored = [
            PackedFile(
                path=name,
                key=files().put(path.read_bytes()),
                media_type=media_type(name),
                size=path.stat().st_size,
            )
            for name, path in one_by_one
        ]
    return services.accept_upload(
        db, actor=SYSTEM, upload_id=upload_id, words=WORDS, files=stored, now=now
    )
