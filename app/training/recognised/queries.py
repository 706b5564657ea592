"""Training taken elsewhere: of a country, of its holder, and whom the rows of a list mean."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.infra.body import counted_course
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.participation.attendance.rules.matching import Matcher, address
from app.participation.attendance.rules.readers.tables import folded
from app.participation.attendance.values import Known, MatchProposal, ReportParticipant, Verdict
from app.people.directory.models import Country, Person
from app.people.directory.queries.roster import is_erased
from app.people.identity.models import Account
from app.training.certificates.models import CertificateFile
from app.training.certificates.rules import last_valid_day
from app.training.learning.models import Course, CourseEdition
from app.training.recognised import policy, rules
from app.training.recognised.models import RecognisedTraining
from app.training.recognised.values import (
    CompletionLine,
    CompletionList,
    CompletionOutcome,
    JudgedLine,
    JudgedList,
    RecognisedSource,
    TrainingState,
)


@dataclass(frozen=True)
class CourseOfOurs:
    """A published course with how long certificates of its newest edition are valid; 0 for ever."""

    id: int
    slug: str
    title: LocalizedText
    validity_months: int

    def last_valid_on(self, completed_on: date) -> date | None:
        """Returns the last day on which training counts for the course, None for ever."""
        return last_valid_day(completed_on, self.validity_months)


@dataclass(frozen=True)
class TrainingView:
    """Training taken elsewhere, as a page shows it. `is_brought`: its holder brought it. The names of
    who accepted and who ended it are "" where nobody did.
    """

    id: int
    person_id: int
    person: str
    country_code: str
    country: LocalizedText
    course: LocalizedText
    source: RecognisedSource
    title: str
    completed_on: date
    hours: str
    last_valid_on: date | None
    file_key: str
    media_type: str
    state: TrainingState
    is_brought: bool
    batch_id: UUID | None
    brought_at: datetime
    brought_by: str
    accepted_at: datetime | None
    accepted_by: str
    ended_at: datetime | None
    ended_by: str
    end_reason: str

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


@dataclass(frozen=True)
class CountryTrainings:
    """All of a country: what waits, what counts or counted, and what was declined or taken back.
    `sheets`: what waits of sheets of earlier years, together those of one.
    """

    country: LocalizedText
    waiting: Sequence[TrainingView]
    sheets: Sequence[Sequence[TrainingView]]
    standing: Sequence[TrainingView]
    ended: Sequence[TrainingView]


def courses(db: Session) -> tuple[CourseOfOurs, ...]:
    """Returns every published course, the one that is counted by default first."""
    newest = (
        select(CourseEdition.course_id, func.max(CourseEdition.published_at).label("at"))
        .group_by(CourseEdition.course_id)
        .subquery()
    )
    rows = db.execute(
        select(Course.id, Course.slug, Course.title, func.max(CourseEdition.validity_months))
        .join(CourseEdition, CourseEdition.course_id == Course.id)
        .join(
            newest,
            (newest.c.course_id == CourseEdition.course_id)
            & (newest.c.at == CourseEdition.published_at),
        )
        .group_by(Course.id, Course.slug, Course.title)
        .order_by(Course.id)
    )
    found = (CourseOfOurs(*row) for row in rows)
    return tuple(sorted(found, key=lambda one: one.slug != counted_course()))


def course_of(db: Session, slug: str) -> CourseOfOurs:
    """Raises NotFound for a course that is not published."""
    for one in courses(db):
        if one.slug == slug:
            return one
    raise NotFound


def trainings_of_country(
    db: Session, *, actor: Actor, country_code: str, today: date
) -> CountryTrainings:
    """Returns the training of a country's people, for its focal point and the secretariat; not found
    for everybody else.
    """
    policy.require_may_see_country(actor, country_code)
    country = db.get(Country, country_code)
    if country is None:
        raise NotFound
    views = [
        _view(row, today)
        for row in db.execute(
            _rows()
            .where(RecognisedTraining.country_code == country_code)
            .order_by(RecognisedTraining.completed_on.desc(), RecognisedTraining.id.desc())
        )
    ]
    ended = (TrainingState.DECLINED, TrainingState.TAKEN_BACK)
    waiting = [one for one in views if one.state is TrainingState.WAITING]
    sheets: dict[UUID, list[TrainingView]] = {}
    for one in waiting:
        if one.batch_id is not None:
            sheets.setdefault(one.batch_id, []).append(one)
    return CountryTrainings(
        country=country.name,
        waiting=[one for one in waiting if one.batch_id is None],
        sheets=tuple(sheets.values()),
        standing=[one for one in views if one.state not in (TrainingState.WAITING, *ended)],
        ended=[one for one in views if one.state in ended],
    )


def training_of(db: Session, *, actor: Actor, training_id: int, today: date) -> TrainingView:
    """Returns one, for its holder and for those of `trainings_of_country`; not found for everybody
    else.
    """
    view = training_for_letter(db, training_id, today=today)
    if view is None:
        raise NotFound
    policy.require_may_see(actor, owner_id=view.person_id, country_code=view.country_code)
    return view


def training_for_letter(db: Session, training_id: int, *, today: date) -> TrainingView | None:
    """Returns one; not scoped, for letters to whom it concerns. None where it is gone."""
    row = db.execute(_rows().where(RecognisedTraining.id == training_id)).one_or_none()
    return None if row is None else _view(row, today)


def own_trainings(db: Session, *, actor: Actor, today: date) -> Sequence[TrainingView]:
    """Returns the actor's own, the newest first; none for somebody without a person."""
    rows = db.execute(
        _rows()
        .where(RecognisedTraining.person_id == actor.person_id)
        .order_by(RecognisedTraining.completed_on.desc(), RecognisedTraining.id.desc())
    )
    return [_view(row, today) for row in rows]


WAITING_IN = (
    select(func.count())
    .select_from(RecognisedTraining)
    .where(
        RecognisedTraining.country_code == bindparam("country"),
        RecognisedTraining.accepted_at.is_(None),
        RecognisedTraining.ended_at.is_(None),
    )
)
"""Counts what waits for the focal point of a country, to be asked together with other numbers."""


def people_of(db: Session, *, actor: Actor, country_code: str) -> Sequence[Known]:
    """Returns the people of a country with their addresses, by name, for its focal point."""
    policy.require_may_bring_in(actor, country_code)
    rows = db.execute(
        select(Person.id, Person.own_name, Person.own_email, Account.email)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(
            Person.country_code == country_code,
            Person.is_guest.is_(False),
            Person.merged_into_id.is_(None),
        )
        .order_by(Person.own_key, Person.id)
    )
    return [
        Known(person_id, name, frozenset(address(one) for one in (email, signs_in_with) if one))
        for person_id, name, email, signs_in_with in rows
        if not is_erased(person_id, name)
    ]


@dataclass(frozen=True)
class ListTerms:
    """What is said of a whole list: the course of ours, how it is called there, where, and by row the
    person who is meant (0 for nobody).
    """

    course: str
    source: RecognisedSource
    title: str = ""
    hours: str = ""
    people: Mapping[int, int] | None = None


def judged(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    completions: CompletionList,
    terms: ListTerms,
    today: date,
) -> JudgedList:
    """Returns what becomes of each row of a list. People of other countries are nobody here, whether
    the platform knows them or not. The number of statements does not grow with the list.
    """
    known = people_of(db, actor=actor, country_code=country_code)
    course = course_of(db, terms.course)
    names = {one.person_id: one.name for one in known}
    matcher = Matcher(known)
    lines = [
        _matched(one, matcher, names, completions=completions, terms=terms)
        for one in completions.lines
    ]
    stored = _stored(db, course.id, {one.person_id for one in lines if one.person_id})
    latest: dict[int, tuple[date, int]] = {}
    for one in lines:
        if one.person_id and one.on and one.on <= today:
            best = latest.get(one.person_id)
            if best is None or one.on > best[0]:
                latest[one.person_id] = (one.on, one.line.number)
    told = [_settled(one, course, stored, latest=latest, actor=actor, today=today) for one in lines]
    meant = {person for one in told for person in (*one.people, one.person_id) if person}
    return JudgedList(told, {person: names[person] for person in meant})


def _matched(
    line: CompletionLine,
    matcher: Matcher,
    names: Mapping[int, str],
    *,
    completions: CompletionList,
    terms: ListTerms,
) -> JudgedLine:
    """Says whom a row means. Somebody's name with another address than ours is asked about."""
    if terms.title and line.title and folded(line.title) != folded(terms.title):
        return JudgedLine(line, CompletionOutcome.OTHER_COURSE)
    if not line.is_done:
        return JudgedLine(line, CompletionOutcome.NOT_COMPLETED)
    proposal = matcher.propose(ReportParticipant(line.name, line.email, (), 0))
    people = tuple(one.person_id for one in proposal.suggestions)
    chosen = (terms.people or {}).get(line.number)
    if chosen == 0:
        return JudgedLine(line, CompletionOutcome.LEFT_OUT, people, on=completions.day_of(line))
    person = chosen if chosen in names else None
    if person is None and _is_sure(proposal, line):
        person = people[0]
    if person is None:
        outcome = CompletionOutcome.ASKED if people else CompletionOutcome.NOBODY
        return JudgedLine(line, outcome, people, on=completions.day_of(line))
    offered = people if chosen is not None else ()
    if not line.days:
        return JudgedLine(line, CompletionOutcome.NO_DAY, offered, person)
    if len(line.days) > 1 and completions.asks is not None:
        return JudgedLine(line, CompletionOutcome.OPEN_DAY, offered, person)
    return JudgedLine(
        line, CompletionOutcome.RECOGNISED, offered, person, on=completions.day_of(line)
    )


def _is_sure(proposal: MatchProposal, line: CompletionLine) -> bool:
    return proposal.verdict is Verdict.SURE and (proposal.by_email or not line.email)


def _settled(
    one: JudgedLine,
    course: CourseOfOurs,
    stored: "Mapping[tuple[int, date], CompletionOutcome]",
    *,
    latest: Mapping[int, tuple[date, int]],
    actor: Actor,
    today: date,
) -> JudgedLine:
    if one.outcome is not CompletionOutcome.RECOGNISED or one.on is None or one.person_id is None:
        return one
    last = course.last_valid_on(one.on)
    outcome: CompletionOutcome = one.outcome
    if one.person_id == actor.person_id:
        outcome = CompletionOutcome.OWN
    elif one.on > today:
        outcome = CompletionOutcome.FUTURE
    elif (one.person_id, one.on) in stored:
        outcome = stored[one.person_id, one.on]
    elif latest[one.person_id][1] != one.line.number:
        outcome = CompletionOutcome.AGAIN
    elif last is not None and last < today:
        outcome = CompletionOutcome.OVER
    return JudgedLine(one.line, outcome, one.people, one.person_id, one.on, last)


def _stored(
    db: Session, course_id: int, people: Collection[int]
) -> dict[tuple[int, date], CompletionOutcome]:
    """Returns what is on record for the course already: what stands wins over what ended."""
    rows = db.execute(
        select(
            RecognisedTraining.person_id,
            RecognisedTraining.completed_on,
            RecognisedTraining.ended_at,
        ).where(RecognisedTraining.course_id == course_id, RecognisedTraining.person_id.in_(people))
    )
    stored: dict[tuple[int, date], CompletionOutcome] = {}
    for person_id, on, ended_at in rows:
        if ended_at is None:
            stored[person_id, on] = CompletionOutcome.KNOWN
        else:
            stored.setdefault((person_id, on), CompletionOutcome.TAKEN_BACK)
    return stored


def titles_in(completions: CompletionList) -> tuple[str, ...]:
    """Returns the courses that a list names, each once as it is first written."""
    titles: dict[str, str] = {}
    for one in completions.lines:
        if one.title:
            titles.setdefault(folded(one.title), one.title)
    return tuple(titles.values())


def is_named(db: Session, file_key: str) -> bool:
    """Returns True while a row names the file: another training, or a certificate of ours."""
    sha256 = file_key.rpartition("/")[2]
    own = select(RecognisedTraining.id).where(RecognisedTraining.file_key == file_key).limit(1)
    drawn = select(CertificateFile.certificate_id).where(CertificateFile.sha256 == sha256).limit(1)
    return db.scalar(own) is not None or db.scalar(drawn) is not None


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the training taken elsewhere that is on record for a person, with what became of it."""
    rows = db.scalars(
        select(RecognisedTraining)
        .where(RecognisedTraining.person_id == person_id)
        .order_by(RecognisedTraining.id)
    )
    return {
        "recognised_training": [
            {
                "source": row.source,
                "title": row.source_title,
                "completed_on": row.completed_on.isoformat(),
                "hours": row.hours,
                "brought_at": row.brought_at.isoformat(),
                "accepted_at": row.accepted_at.isoformat() if row.accepted_at else None,
                "ended_at": row.ended_at.isoformat() if row.ended_at else None,
                "reason": row.end_reason,
                "has_file": bool(row.file_key),
            }
            for row in rows
        ]
    }


_ACCEPTER, _ENDER = aliased(Account), aliased(Account)
_ACCEPTER_PERSON, _ENDER_PERSON = aliased(Person), aliased(Person)
_BRINGER, _BRINGER_PERSON = aliased(Account), aliased(Person)


def _rows() -> Select[
    RecognisedTraining, str, LocalizedText, LocalizedText, int | None, str, str, str
]:
    return (
        select(
            RecognisedTraining,
            Person.own_name.label("full_name"),
            Country.name.label("country"),
            Course.title.label("course"),
            _BRINGER.person_id.label("bringer"),
            func.coalesce(_BRINGER_PERSON.full_name, "").label("brought_by"),
            func.coalesce(_ACCEPTER_PERSON.full_name, "").label("accepted_by"),
            func.coalesce(_ENDER_PERSON.full_name, "").label("ended_by"),
        )
        .join(Person, Person.id == RecognisedTraining.person_id)
        .join(Country, Country.code == RecognisedTraining.country_code)
        .join(Course, Course.id == RecognisedTraining.course_id)
        .join(_BRINGER, _BRINGER.id == RecognisedTraining.brought_by)
        .outerjoin(_BRINGER_PERSON, _BRINGER_PERSON.id == _BRINGER.person_id)
        .outerjoin(_ACCEPTER, _ACCEPTER.id == RecognisedTraining.accepted_by)
        .outerjoin(_ACCEPTER_PERSON, _ACCEPTER_PERSON.id == _ACCEPTER.person_id)
        .outerjoin(_ENDER, _ENDER.id == RecognisedTraining.ended_by)
        .outerjoin(_ENDER_PERSON, _ENDER_PERSON.id == _ENDER.person_id)
    )


def _view(row: Any, today: date) -> TrainingView:
    training: RecognisedTraining = row[0]
    return TrainingView(
        id=training.id,
        person_id=training.person_id,
        person=row.full_name,
        country_code=training.country_code,
        country=row.country,
        course=row.course,
        source=RecognisedSource(training.source),
        title=training.source_title,
        completed_on=training.completed_on,
        hours=training.hours,
        last_valid_on=training.last_valid_on,
        file_key=training.file_key,
        media_type=training.media_type,
        state=rules.state_of(
            is_accepted=training.accepted_at is not None,
            is_ended=training.ended_at is not None,
            last_valid_on=training.last_valid_on,
            today=today,
        ),
        is_brought=row.bringer == training.person_id,
        batch_id=training.batch_id,
        brought_at=training.brought_at,
        brought_by=row.brought_by,
        accepted_at=training.accepted_at,
        accepted_by=row.accepted_by,
        ended_at=training.ended_at,
        ended_by=row.ended_by,
        end_reason=training.end_reason,
    )
