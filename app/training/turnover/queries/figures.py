"""The answers: a country's coverage, its report, the region. Scoped by actor before anything is
read.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.infra.body import counted_course
from app.kernel.actor import Actor, Role
from app.kernel.paging import Paging
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.kernel.small_numbers import SMALLEST_TOLD
from app.kernel.text import LocalizedText
from app.people.directory.queries import roster
from app.people.directory.queries.roster import CountryName
from app.planning.events.queries.references import WORKING_GROUP
from app.planning.programme.queries.load import events_that_count
from app.planning.programme.queries.programme import all_groups
from app.planning.programme.rules import caps_of
from app.planning.scheduling.queries.settings import book_of
from app.training.turnover import policy, rules
from app.training.turnover.queries import records
from app.training.turnover.values import (
    CertificateLife,
    Concern,
    CountryCoverage,
    CourseSteps,
    Coverage,
    Exposure,
    Forecast,
    NamedPerson,
    PostTerm,
    Retention,
    ToAct,
    WeekLoad,
)

MONTHS = 24
WINDOW = timedelta(days=730)
LONGEST_LIST = 5
LISTED = 25
EVER = date(1990, 1, 1)


@dataclass(frozen=True)
class ActList:
    """How many there are, how many of them never took the course and, inside the country only, the
    first names.
    """

    total: int
    people: Sequence[tuple[NamedPerson, date]] = ()
    to_enrol: int = 0
    notes: "NoteCounts | None" = None


@dataclass(frozen=True)
class NoteCounts:
    """Of those who left with a certificate: how many handover notes are still to be asked for, were
    asked for, and have arrived.
    """

    to_ask: int
    asked: int
    received: int


@dataclass(frozen=True)
class CountryReport:
    """All of a country's page. Outside the country no list has names, and what would show a cell
    under 5 is None for everybody but the secretariat.
    """

    country: CountryName
    is_inside: bool
    coverage: Coverage | None
    series: tuple[Coverage | None, ...]
    forecast: Forecast | None = None
    exposure: Exposure | None = None
    retention: Retention | None = None
    lists: dict[str, ActList | None] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnCoverage:
    """Whoever just passed sees how their certificate moved the figure of their country."""

    name: LocalizedText
    coverage: Coverage


def country_coverage(
    db: Session, *, actor: Actor, country_code: str, on: date, course: str = ""
) -> Coverage | None:
    """Returns the coverage of one course on a day, in three statements.

    Returns None when it must not be seen outside the country.
    """
    course = course or counted_course()
    policy.require_may_see_country(actor, country_code)
    if roster.country_of(db, country_code) is None:
        raise NotFound
    terms = records.terms_by_country(db, country_code, on, on).get(country_code, [])
    (coverage,) = rules.coverage_on(
        (on,), terms, records.holdings_of(db, country_code, on, on, course)
    )
    return coverage if policy.sees_small_cells(actor, country_code) else rules.in_public(coverage)


def own_coverage(db: Session, *, actor: Actor, on: date, course: str = "") -> OwnCoverage | None:
    """Returns the country in which the actor serves, as everybody may read it, once the actor
    counts in it.

    None for whoever serves nowhere, holds no valid certificate or held another one already, and
    where the figures would show a cell under 5.
    """
    course = course or counted_course()
    code = next(iter(sorted(actor.scopes(Role.OFFICIAL))), "")
    country = roster.country_of(db, code) if code else None
    if country is None:
        return None
    terms = records.terms_by_country(db, code, on, on).get(code, [])
    holdings = records.holdings_of(db, code, on, on, course)
    if all(row.person_id != actor.person_id for row in terms):
        return None
    if sum(row.person_id == actor.person_id for row in holdings) != 1:
        return None
    (coverage,) = rules.coverage_on((on,), terms, holdings)
    shown = rules.in_public(coverage)
    return None if shown is None else OwnCoverage(country.name, shown)


def country_report(
    db: Session, *, actor: Actor, country_code: str, on: date, course: str = ""
) -> CountryReport:
    """Returns the country's page on a day; the number of statements does not depend on how many
    serve.
    """
    course = course or counted_course()
    policy.require_may_see_country(actor, country_code)
    country = roster.country_of(db, country_code)
    if country is None:
        raise NotFound
    on = policy.day_read(actor, country_code, on)
    terms = records.terms_by_country(db, country_code, EVER, on).get(country_code, [])
    holdings = records.holdings_of(db, country_code, EVER, on, course)
    series = rules.coverage_on(rules.month_days(on, MONTHS), terms, holdings)
    counted = rules.exposure(terms, holdings, on - WINDOW, on)
    enrolled = records.enrolled_among(db, country_code, on - rules.NEW, on, course)
    concerned = rules.to_act(terms, holdings, enrolled, on)
    kept = rules.retention(terms, holdings, on)
    if not policy.sees_small_cells(actor, country_code):
        return _outside(country, series, counted, kept, concerned)
    now, is_inside = series[-1], policy.is_inside(actor, country_code)
    outlook = rules.forecast(now, counted)
    lists = _lists(db, country_code, concerned, enrolled) if is_inside else _totals(concerned)
    return CountryReport(
        country=country,
        is_inside=is_inside,
        coverage=now,
        series=series,
        forecast=outlook,
        exposure=counted,
        retention=kept,
        lists=lists,
    )


def region(db: Session, *, actor: Actor, on: date, course: str = "") -> Sequence[CountryCoverage]:
    """Returns all countries with their last months, in three statements; small cells hidden from
    other countries.
    """
    course = course or counted_course()
    policy.require_may_see_region(actor)
    days = rules.month_days(on, MONTHS)
    since = min(days[0], on - WINDOW)
    terms = records.terms_by_country(db, None, since, on)
    holdings = _by_country(terms, records.holdings_of(db, None, since, on, course))
    shown_countries = []
    for country in roster.countries(db):
        series = rules.coverage_on(
            days, terms.get(country.code, []), holdings.get(country.code, [])
        )
        sees_all = policy.sees_small_cells(actor, country.code)
        shown = series if sees_all else _public(series)
        ahead = None
        if shown[-1] is not None:
            counted = rules.exposure(
                terms.get(country.code, []), holdings.get(country.code, []), on - WINDOW, on
            )
            if sees_all or _is_told_outside(counted):
                outlook = rules.forecast(shown[-1], counted)
                ahead = outlook.certified if outlook else None
        shown_countries.append(
            CountryCoverage(
                code=country.code,
                name=country.name,
                coverage=shown[-1],
                series=tuple(shown),
                ahead=ahead,
            )
        )
    return shown_countries


def course_steps(db: Session, *, actor: Actor, course: str = "") -> CourseSteps:
    """Returns the steps from enrolment to completion, of all countries together."""
    course = course or counted_course()
    policy.require_may_see_region(actor)
    return records.steps_of(db, course)


def calendar_load(db: Session, *, actor: Actor, mondays: Sequence[date]) -> tuple[WeekLoad, ...]:
    """Returns the events that start in each of the weeks, by working group and in all, as the actor
    may see them.

    Weeks are those of the reference zone.
    """
    policy.require_may_see_region(actor)
    zone = ZoneInfo(REFERENCE_ZONE)
    first = datetime.combine(mondays[0], time(), zone)
    last = datetime.combine(mondays[-1] + timedelta(days=7), time(), zone)
    entries = events_that_count(db, actor=actor, starts_at=first, ends_at=last)
    events = [
        (entry.starts_at.astimezone(zone).date(), entry.groups)
        for entry in entries
        if entry.starts_at is not None
    ]
    groups = [group for group in all_groups(db) if group.kind == WORKING_GROUP]
    return rules.weeks_of_load(events, groups, mondays)


def group_week_limit(db: Session, on: date) -> int:
    """Returns how many events the rule book lets a group have in a week; 0 for no limit."""
    return caps_of(book_of(db), on).group_week


def _is_told_outside(counted: Exposure) -> bool:
    return min(counted.certified_departures, counted.lapses) >= SMALLEST_TOLD


@dataclass(frozen=True)
class NamedList:
    """A page of one of the lists to act on, with the names; of all pages `to_enrol` as in ActList, and
    how many handover notes are to be asked for.
    """

    country: CountryName
    people: Sequence[tuple[NamedPerson, date]]
    paging: Paging
    to_enrol: int
    to_ask: int


def act_list(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    on: date,
    name: str,
    number: int = 1,
    course: str = "",
) -> NamedList:
    """Returns everybody on one of the country's lists to act on, page by page; for those inside the
    country only.
    """
    course = course or counted_course()
    policy.require_may_see_country(actor, country_code)
    country = roster.country_of(db, country_code)
    if country is None or not policy.is_inside(actor, country_code):
        raise NotFound
    on = policy.day_read(actor, country_code, on)
    enrolled = records.enrolled_among(db, country_code, on - rules.NEW, on, course)
    concerned = _by_name(_concerned(db, country_code, on, course, enrolled)).get(name)
    if concerned is None:
        raise NotFound
    paging = Paging(len(concerned), LISTED, number)
    shown = concerned[paging.offset : paging.last]
    left = concerned if name == "certified_left" else ()
    wanted = {person for person, _ in (*shown, *left)}
    names = records.names_of(db, wanted, country_code, enrolled)
    return NamedList(
        country=country,
        people=[(names[person], day) for person, day in shown if person in names],
        paging=paging,
        to_enrol=sum(person not in enrolled for person, _ in concerned),
        to_ask=sum(person in names and names[person].is_note_to_ask for person, _ in left),
    )


def people_to_act_on(
    db: Session, *, actor: Actor, country_code: str, on: date, course: str = ""
) -> dict[str, tuple[int, ...]]:
    """Returns the person ids of every list to act on, by its name; for those inside the country
    only.

    Of `not_certified` those who never took the course (`not_begun`) and those who do (`underway`)
    are given once more.
    """
    course = course or counted_course()
    policy.require_may_see_country(actor, country_code)
    if roster.country_of(db, country_code) is None or not policy.is_inside(actor, country_code):
        raise NotFound
    enrolled = records.enrolled_among(db, country_code, on - rules.NEW, on, course)
    lists = _by_name(_concerned(db, country_code, on, course, enrolled))
    ids = {name: tuple(person for person, _ in concerned) for name, concerned in lists.items()}
    without = ids["not_certified"]
    return {
        **ids,
        "not_begun": tuple(one for one in without if one not in enrolled),
        "underway": tuple(one for one in without if one in enrolled),
    }


def notes_to_ask(db: Session, *, actor: Actor, country_code: str, on: date) -> tuple[int, ...]:
    """Returns the people of `certified_left` of whom no handover note was asked or received yet.

    For those inside the country only.
    """
    left = people_to_act_on(db, actor=actor, country_code=country_code, on=on)["certified_left"]
    names = records.names_of(db, set(left), country_code, ())
    return tuple(one for one in left if one in names and names[one].is_note_to_ask)


def _concerned(
    db: Session, country_code: str, on: date, course: str, enrolled: Collection[int]
) -> ToAct:
    terms = records.terms_by_country(db, country_code, EVER, on).get(country_code, [])
    holdings = records.holdings_of(db, country_code, EVER, on, course)
    return rules.to_act(terms, holdings, enrolled, on)


def _outside(
    country: CountryName,
    series: Sequence[Coverage],
    counted: Exposure,
    kept: Retention,
    concerned: ToAct,
) -> CountryReport:
    shown = _public(series)
    totals = {name: len(ids) for name, ids in _by_name(concerned).items()}
    lists = {
        name: ActList(total) if total >= SMALLEST_TOLD else None for name, total in totals.items()
    }
    now = shown[-1]
    if now is None or not _is_told_outside(counted):
        return CountryReport(
            country=country, is_inside=False, coverage=now, series=shown, lists=lists
        )
    return CountryReport(
        country=country,
        is_inside=False,
        coverage=now,
        series=shown,
        forecast=rules.forecast(now, counted),
        exposure=counted,
        retention=kept,
        lists=lists,
    )


def _public(series: Iterable[Coverage]) -> tuple[Coverage | None, ...]:
    return tuple(rules.in_public(coverage) for coverage in series)


def _by_name(concerned: ToAct) -> dict[str, tuple[Concern, ...]]:
    return {
        "newcomers": concerned.newcomers,
        "lapsing": concerned.lapsing,
        "not_certified": concerned.not_certified,
        "certified_left": concerned.certified_left,
    }


def _totals(concerned: ToAct) -> dict[str, ActList | None]:
    """Returns how many there are in each list, naming nobody."""
    return {name: ActList(len(people)) for name, people in _by_name(concerned).items()}


def _lists(
    db: Session, country_code: str, concerned: ToAct, enrolled: Collection[int]
) -> dict[str, ActList | None]:
    """Returns the first names of each list, all in one statement."""
    lists = _by_name(concerned)
    wanted = {person for people in lists.values() for person, _ in people[:LONGEST_LIST]}
    wanted |= {person for person, _ in lists["certified_left"]}
    names = records.names_of(db, wanted, country_code, enrolled)
    return {
        name: ActList(
            total=len(people),
            people=[(names[person], on) for person, on in people[:LONGEST_LIST] if person in names],
            to_enrol=sum(person not in enrolled for person, _ in people),
            notes=_notes(names[person] for person, _ in people if person in names)
            if name == "certified_left"
            else None,
        )
        for name, people in lists.items()
    }


def _notes(people: Iterable[NamedPerson]) -> NoteCounts:
    left = list(people)
    received = sum(one.note_received_on is not None for one in left)
    to_ask = sum(one.is_note_to_ask for one in left)
    return NoteCounts(to_ask=to_ask, asked=len(left) - to_ask - received, received=received)


def _by_country(
    terms: dict[str, list[PostTerm]], holdings: Iterable[CertificateLife]
) -> dict[str, list[CertificateLife]]:
    held: dict[int, list[CertificateLife]] = {}
    for holding in holdings:
        held.setdefault(holding.person_id, []).append(holding)
    return {
        code: [h for person in {term.person_id for term in served} for h in held.get(person, ())]
        for code, served in terms.items()
    }
