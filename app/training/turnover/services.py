"""The roster answered and added to, with what that did to the country's coverage; what posts ask
for; copies taken along; and the counts of a country that gives no names.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.body import counted_course
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_
from app.people.directory.facts import ExportMade
from app.people.directory.models import Appointment
from app.people.directory.queries.roster import is_address_elsewhere
from app.people.directory.rules.people import AlreadyServing, NamesakeKnown, plain_key
from app.people.directory.services import roster
from app.people.directory.services.counts_only import require_counts
from app.people.directory.services.institutions import add_written_institution
from app.people.directory.services.posts import posts_of_kind, set_scope
from app.people.directory.services.roster import RosterOutcome, accept_newcomer, hold_newcomer
from app.people.directory.values import Newcomer, RosterAnswer
from app.people.identity.queries import is_account_elsewhere
from app.people.identity.services.inviting import invite_person
from app.training.certificates.services.renewing import renew_ending
from app.training.learning.policy import require_may_enrol_officials_of
from app.training.learning.services.study import enrol_official
from app.training.turnover import policy
from app.training.turnover.facts import CountsDeclared, PostCoursesChanged
from app.training.turnover.models import Declaration, DeclaredCount, PostCourse
from app.training.turnover.queries.brief import (
    CountryBrief,
    RegionBrief,
    country_brief,
    region_brief,
)
from app.training.turnover.queries.declared import open_institutions
from app.training.turnover.queries.figures import country_coverage, has_account, people_to_act_on
from app.training.turnover.queries.posts import asked_courses, course_ids
from app.training.turnover.rules.declared import FIGURES, mistakes_in
from app.training.turnover.rules.pasted import PastedLine
from app.training.turnover.values import Coverage

NOBODY_TICKED = N_("Tick whom you enrol.")
NOBODY_TO_RENEW = N_("Tick whose certificates you renew.")
NOT_THERE = N_("This post or course is no longer there. Look at the page again.")
ENROLLED_WHOLE = {"newcomers": "newcomers", "not_certified": "not_begun"}
"""Which people of a list to act on are enrolled by the button that names their number."""


@dataclass(frozen=True)
class RosterChange:
    """What was changed and the coverage before and after, both as of today."""

    outcome: RosterOutcome
    before: Coverage | None
    after: Coverage | None


class Arrival(StrEnum):
    """What becomes of a line that is added: somebody on the roster who gets a letter of invitation,
    or none because their address, or they themselves, have an account; somebody who was there; who
    waits for the secretariat, because the address belongs to somebody of another country; whose
    name is known, so that it must be said who is meant; or nobody, for a reason.
    """

    INVITED = "invited"
    UNINVITED = "uninvited"
    KNOWN = "known"
    HELD = "held"
    ASKED = "asked"
    REFUSED = "refused"


@dataclass(frozen=True)
class ArrivedLine:
    """A line with what became of it. `people`: those of the name who are known; `errors`: reasons by
    field; `person_id`: who was added.
    """

    line: PastedLine
    arrival: Arrival
    people: tuple[int, ...] = ()
    errors: Mapping[str, Sentence] = field(default_factory=dict)
    person_id: int | None = None

    @property
    def arrival_order(self) -> tuple[int, int]:
        """Returns the sort key that puts first what needs somebody's eyes, then goes by line."""
        first = (Arrival.REFUSED, Arrival.ASKED, Arrival.HELD)
        place = first.index(self.arrival) if self.arrival in first else len(first)
        return (place, self.line.number)


@dataclass(frozen=True)
class Imported:
    """What became of newcomers, line by line; `places` institutions were added for them. Coverage
    before and after, as of today.
    """

    lines: tuple[ArrivedLine, ...] = ()
    places: int = 0
    before: Coverage | None = None
    after: Coverage | None = None

    def of(self, *arrivals: Arrival) -> tuple[ArrivedLine, ...]:
        return tuple(one for one in self.lines if one.arrival in arrivals)

    @property
    def created(self) -> int:
        return len(self.of(Arrival.INVITED, Arrival.UNINVITED))

    @property
    def held(self) -> int:
        return len(self.of(Arrival.HELD))

    @property
    def counts(self) -> dict[str, int]:
        """Returns how many there are of each that sentences tell of."""
        return {
            "places": self.places,
            "created": self.created,
            "invited": len(self.of(Arrival.INVITED)),
            "uninvited": len(self.of(Arrival.UNINVITED)),
            "known": len(self.of(Arrival.KNOWN)),
            "held": self.held,
            "asked": len(self.asked),
            "open": len(self.open),
            "bad": len(self.bad),
        }

    @property
    def asked(self) -> tuple[ArrivedLine, ...]:
        return self.of(Arrival.ASKED)

    @property
    def bad(self) -> tuple[ArrivedLine, ...]:
        """Returns the lines that were refused, without those that wait for an answer or were left
        out.
        """
        refused = self.of(Arrival.REFUSED)
        return tuple(one for one in refused if not (one.line.is_open or one.line.is_left_out))

    @property
    def open(self) -> tuple[ArrivedLine, ...]:
        """Returns the lines that wait for an answer about their institution or day."""
        return tuple(one for one in self.of(Arrival.REFUSED) if one.line.is_open)


def answer_roster(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    answers: Sequence[RosterAnswer],
    today: date,
    now: datetime,
) -> RosterChange:
    before = country_coverage(db, actor=actor, country_code=country_code, on=today)
    outcome = roster.record_answers(
        db, actor=actor, country_code=country_code, answers=answers, today=today, now=now
    )
    return RosterChange(
        outcome, before, country_coverage(db, actor=actor, country_code=country_code, on=today)
    )


@dataclass(frozen=True)
class EnrolledOfficials:
    """How many were enrolled, and how many of those chosen were enrolled before or are no longer on
    the list.
    """

    enrolled: int
    passed_over: int


def enrol_officials(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    person_ids: Collection[int],
    course: str,
    today: date,
    now: datetime,
    whole_list: str = "",
) -> EnrolledOfficials:
    """Enrols in the course whoever of the chosen serves in the country without a valid certificate
    of it; with a `whole_list`, all of it who never took the course. Refuses (at `person`) when
    nobody is chosen. The same choice again enrols nobody.
    """
    require_may_enrol_officials_of(actor, country_code)
    lists = people_to_act_on(db, actor=actor, country_code=country_code, on=today, course=course)
    if whole_list in ENROLLED_WHOLE:
        person_ids = lists[ENROLLED_WHOLE[whole_list]]
    if not person_ids:
        raise InvalidInput({"person": Sentence(NOBODY_TICKED)})
    untrained = set(person_ids) & {*lists["newcomers"], *lists["not_certified"]}
    made = [
        enrol_official(
            db,
            actor=actor,
            country_code=country_code,
            person_id=person_id,
            course_slug=course,
            now=now,
        )
        for person_id in sorted(untrained)
    ]
    enrolled = sum(one is not None for one in made)
    return EnrolledOfficials(enrolled, len(set(person_ids)) - enrolled)


def import_newcomers(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    lines: Sequence[PastedLine],
    today: date,
    now: datetime,
) -> Imported:
    """Adds the good lines and invites the people, the only way in which a focal point does: one
    typed or many pasted. The others come back with their reasons; a second time adds nobody.
    """
    before = country_coverage(db, actor=actor, country_code=country_code, on=today)
    places = _add_places(db, actor=actor, country_code=country_code, lines=lines, now=now)
    found = []
    for line in lines:
        if line.newcomer is None:
            reason = {} if line.reason is None else {"": line.reason}
            found.append(ArrivedLine(line, Arrival.REFUSED, errors=reason))
            continue
        newcomer = line.newcomer
        if line.is_new_place:
            newcomer = replace(newcomer, institution_id=places[plain_key(line.institution)])
        try:
            with db.begin_nested():
                found.append(
                    _arrive(db, line, newcomer, country_code, actor=actor, today=today, now=now)
                )
        except NamesakeKnown as refusal:
            found.append(ArrivedLine(line, Arrival.ASKED, people=refusal.people))
        except AlreadyServing:
            found.append(ArrivedLine(line, Arrival.KNOWN))
        except Refusal as refusal:
            reason = {"": refusal.sentence}
            if isinstance(refusal, InvalidInput):
                reason = dict(refusal.errors)
            bad = replace(line, reason=next(iter(reason.values())))
            found.append(ArrivedLine(bad, Arrival.REFUSED, errors=reason))
    after = country_coverage(db, actor=actor, country_code=country_code, on=today)
    return Imported(tuple(found), len(places), before, after)


def _add_places(
    db: Session, *, actor: Actor, country_code: str, lines: Sequence[PastedLine], now: datetime
) -> dict[str, int]:
    """Adds each new institution of the lines once; returns their ids by simplified name."""
    wanted = {plain_key(line.institution): line.institution for line in lines if line.is_new_place}
    return {
        key: add_written_institution(db, actor=actor, country_code=country_code, name=name, now=now)
        for key, name in wanted.items()
    }


def is_elsewhere(db: Session, newcomer: Newcomer, country_code: str) -> bool:
    """Returns whether the newcomer's address belongs to somebody of another country, as a contact
    or to sign in.
    """
    return is_address_elsewhere(
        db, email=newcomer.email, country_code=country_code
    ) or is_account_elsewhere(db, email=newcomer.email, country_code=country_code)


def accept_held(
    db: Session, *, actor: Actor, held_id: int, person_id: int | None, today: date, now: datetime
) -> None:
    """Records who a newcomer is, as the secretariat says, and invites whoever has no account with
    an address of their own.
    """
    accepted = accept_newcomer(
        db, actor=actor, held_id=held_id, person_id=person_id, today=today, now=now
    )
    invite_person(db, actor=actor, person_id=accepted, now=now)


def _start(
    db: Session, newcomer: Newcomer, country_code: str, *, actor: Actor, today: date, now: datetime
) -> int:
    """Starts the appointment; somebody who has an account keeps the address that it has.

    A focal point must not lead its letters elsewhere.
    """
    keeps_address = bool(newcomer.same_as) and has_account(db, newcomer.same_as or 0)
    return roster.start_appointment(
        db,
        actor=actor,
        country_code=country_code,
        newcomer=newcomer,
        today=today,
        now=now,
        keeps_address=keeps_address,
    )


def undo_departure(
    db: Session, *, actor: Actor, country_code: str, appointment_id: int, today: date, now: datetime
) -> RosterChange:
    """Takes back that somebody left, within 90 days of the answer."""
    before = country_coverage(db, actor=actor, country_code=country_code, on=today)
    roster.reopen_appointment(
        db,
        actor=actor,
        country_code=country_code,
        appointment_id=appointment_id,
        today=today,
        now=now,
    )
    return RosterChange(
        RosterOutcome(),
        before,
        country_coverage(db, actor=actor, country_code=country_code, on=today),
    )


def _arrive(
    db: Session,
    line: PastedLine,
    newcomer: Newcomer,
    country_code: str,
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> ArrivedLine:
    if is_elsewhere(db, newcomer, country_code):
        hold_newcomer(
            db, actor=actor, country_code=country_code, newcomer=newcomer, today=today, now=now
        )
        return ArrivedLine(line, Arrival.HELD)
    started = _start(db, newcomer, country_code, actor=actor, today=today, now=now)
    person_id = db.get_one(Appointment, started).person_id
    is_invited = invite_person(db, actor=actor, person_id=person_id, now=now)
    arrival = Arrival.INVITED if is_invited else Arrival.UNINVITED
    return ArrivedLine(line, arrival, person_id=person_id)


def ask_courses(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    institution_id: int,
    wanted: Mapping[str, Collection[str]],
    now: datetime,
) -> int:
    """Stores which courses the posts of an institution ask for, by kind of post; returns of how many
    kinds that changed.

    A post asks for the counted course by being in the scope of coverage. Refuses (at `kind`) kinds
    of posts and courses that are not there.
    """
    asked = asked_courses(db, actor=actor, country_code=country_code, institution_id=institution_id)
    known = {one.kind: one.courses for one in asked.kinds}
    courses = course_ids(db)
    if not known.keys() >= wanted.keys() or any(
        slug not in courses for slugs in wanted.values() for slug in slugs
    ):
        raise InvalidInput({"kind": Sentence(NOT_THERE)})
    changed = [kind for kind, slugs in sorted(wanted.items()) if set(slugs) != known[kind]]
    for kind in changed:
        posts = posts_of_kind(db, institution_id=institution_id, kind=kind)
        ids = [post.id for post in posts]
        set_scope(posts, counts=counted_course() in wanted[kind])
        db.execute(delete(PostCourse).where(PostCourse.post_id.in_(ids)))
        others = [courses[slug] for slug in sorted(wanted[kind]) if slug != counted_course()]
        db.add_all(
            PostCourse(post_id=post_id, course_id=course_id)
            for post_id in ids
            for course_id in others
        )
        fact = PostCoursesChanged(institution_id, country_code, kind, tuple(sorted(wanted[kind])))
        journal.record(db, fact, actor=actor, now=now)
    db.flush()
    return len(changed)


def renew_officials(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    person_ids: Collection[int],
    course: str,
    today: date,
    now: datetime,
) -> int:
    """Enrols those of the chosen in the renewal whose certificate of the course ends soon; returns
    how many. Refuses (at `person`) when nobody is chosen. The same choice again enrols nobody.
    """
    require_may_enrol_officials_of(actor, country_code)
    if not person_ids:
        raise InvalidInput({"person": Sentence(NOBODY_TO_RENEW)})
    return renew_ending(
        db,
        actor=actor,
        country_code=country_code,
        course_slug=course,
        person_ids=person_ids,
        now=now,
        today=today,
    )


# Copies that are taken along.


def export_country(
    db: Session, *, actor: Actor, country_code: str, course: str, today: date, now: datetime
) -> CountryBrief:
    """Returns a country to take along, and records that it was taken."""
    brief = country_brief(
        db, actor=actor, country_code=country_code, on=today, now=now, course=course
    )
    rows = 1 + len(brief.report.institutions or ())
    journal.record(db, ExportMade("country-report", country_code, rows), actor=actor, now=now)
    return brief


def export_region(
    db: Session, *, actor: Actor, course: str, today: date, now: datetime
) -> RegionBrief:
    """Returns the region to take along, and records that it was taken."""
    brief = region_brief(db, actor=actor, on=today, course=course)
    rows = len(brief.coverage.countries)
    journal.record(db, ExportMade("region-report", "", rows), actor=actor, now=now)
    return brief


def declare_counts(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    counts: Mapping[int, Mapping[str, int | None]],
    today: date,
    now: datetime,
) -> None:
    """Stores what the focal point counted today, in place of what was declared earlier today. An
    institution that was closed meanwhile is left out. Errors are named by field:
    `posts-<institution id>`, `serving-…`, `trained-…`.
    """
    policy.require_may_declare(actor, country_code)
    require_counts(db, country_code)
    there = [one.id for one in open_institutions(db, country_code, today)]
    known = {number: counts[number] for number in there if number in counts}
    errors = mistakes_in(known)
    if errors:
        raise InvalidInput(errors)
    earlier = select(Declaration.id).where(
        Declaration.country_code == country_code, Declaration.declared_on == today
    )
    replaced = db.scalars(earlier).all()
    db.execute(delete(DeclaredCount).where(DeclaredCount.declaration_id.in_(replaced)))
    db.execute(delete(Declaration).where(Declaration.id.in_(replaced)))
    row = Declaration(country_code=country_code, declared_on=today)
    db.add(row)
    db.flush()
    db.add_all(
        DeclaredCount(declaration_id=row.id, institution_id=number, **typed)
        for number, typed in known.items()
    )
    db.flush()
    totals = {figure: sum(typed[figure] or 0 for typed in known.values()) for figure in FIGURES}
    journal.record(db, CountsDeclared(country_code, **totals), actor=actor, now=now)
