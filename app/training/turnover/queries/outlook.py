"""What a country's plan is made from: the forecast, how past ones did, how many pass, and when the
next cycle can begin.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.infra.body import counted_course
from app.kernel.actor import Actor
from app.kernel.dated import ONE_DAY
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Appointment, Institution, Post, PresidencyTerm
from app.people.directory.queries import roster
from app.people.directory.queries.roster import CountryName
from app.people.directory.rules.people import GivesNoNames
from app.planning.holidays.queries import holidays_between
from app.planning.holidays.values import HolidayScope
from app.planning.scheduling.queries.calendar import standing_around
from app.planning.scheduling.rules import book
from app.planning.scheduling.rules.overlaps import binding_holiday, blackout
from app.planning.scheduling.values import Party
from app.training.learning.models import Completion, Course, Enrolment
from app.training.turnover import policy
from app.training.turnover.queries.figures import (
    EVER,
    WINDOW,
    figures_of_countries,
    holdings_of,
    prior_of,
    terms_by_country,
)
from app.training.turnover.rules import forecast
from app.training.turnover.rules.back_test import back_test, trial_days
from app.training.turnover.rules.cycle import COURSE, LEAD, next_cycle
from app.training.turnover.rules.planning import CompletionRate
from app.training.turnover.values import (
    BackTest,
    ClosedDays,
    CourseCycle,
    Coverage,
    Forecast,
    Prior,
    TurnoverFigures,
)

LOOKED_AT = timedelta(days=365)
"""Of how long the enrolments say how many pass, besides those that may still be under way."""
YEARS_AHEAD = timedelta(days=2 * 365)

_PASSED = exists().where(Completion.enrolment_id == Enrolment.id, Completion.module_id.is_(None))
_ENROLLED = (
    select(func.count(Enrolment.id), func.count(Enrolment.id).filter(_PASSED))
    .join(Course, Course.id == Enrolment.course_id)
    .where(
        Course.slug == bindparam("course"),
        Enrolment.started_at >= bindparam("since"),
        Enrolment.started_at < bindparam("until"),
    )
)
_ENROLLED_OF_COUNTRY = _ENROLLED.where(
    Enrolment.person_id.in_(
        select(Appointment.person_id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Institution.country_code == bindparam("country"))
    )
)
_HANDOVERS = select(PresidencyTerm.valid_until).where(
    PresidencyTerm.valid_until > bindparam("first"), PresidencyTerm.valid_until <= bindparam("last")
)


@dataclass(frozen=True)
class CountryOutlook:
    """All of a country's page of planning. `closed` and `upheavals` name what the cycle was moved for;
    a handover of the presidency has no name.
    """

    country: CountryName
    is_inside: bool
    now: Coverage
    figures: TurnoverFigures
    prior: Prior
    nothing: Forecast | None
    vacant: int
    completion: CompletionRate
    cycle: CourseCycle | None
    closed: Mapping[ClosedDays, LocalizedText]
    upheavals: Mapping[date, LocalizedText]
    tested: BackTest | None


def outlook(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    on: date,
    now: datetime,
    course: str = "",
    is_tested: bool = True,
) -> CountryOutlook:
    """Returns what the country's plan is made from; the number of statements does not depend on how
    many serve. For the country itself and the secretariat.
    """
    course = course or counted_course()
    policy.require_may_plan_for(actor, country_code)
    country = roster.country_of(db, country_code)
    if country is None:
        raise NotFound
    policy.require_shares_all(actor, country_code, country.shares_figures)
    on = policy.day_read(actor, country_code, on)
    figures = figures_of_countries(db, on, course, detailed=country_code)
    own = figures[country_code]
    if own.declared is not None:
        raise GivesNoNames  # nobody is followed, so there is nothing to forecast from
    prior = prior_of(figures, country_code)
    nothing = forecast.forecast(own.series[-1], own.exposure, own.ends, prior=prior)
    closed, upheavals = _calendar(db, country, on, now)
    return CountryOutlook(
        country=country,
        is_inside=policy.is_inside(actor, country_code),
        now=own.series[-1],
        figures=own,
        prior=prior,
        nothing=nothing,
        vacant=own.detail.vacant if own.detail else 0,
        completion=_completion(db, country_code, course, on),
        cycle=next_cycle(
            on, floor_on=_floor_on(on, nothing), closed=list(closed), upheavals=list(upheavals)
        ),
        closed=closed,
        upheavals=upheavals,
        tested=_tested(db, country_code, on, course) if is_tested else None,
    )


def _floor_on(on: date, nothing: Forecast | None) -> date:
    """Returns the earliest day of the floor; the day itself where coverage is below it, or nothing
    can be forecast because nobody is certified.
    """
    until = nothing.months_to_floor if nothing else None
    if until is None:
        return on
    return on + timedelta(days=min(until.low * forecast.DAYS_A_MONTH, YEARS_AHEAD.days))


def _tested(db: Session, country_code: str, on: date, course: str) -> BackTest | None:
    terms = terms_by_country(db, country_code, EVER, on).get(country_code, [])
    return back_test(
        trial_days(on, forecast.AHEAD_MONTHS),
        terms,
        holdings_of(db, country_code, EVER, on, course),
        months=forecast.AHEAD_MONTHS,
        window=WINDOW,
    )


def _completion(db: Session, country_code: str, course: str, on: date) -> CompletionRate:
    """Returns how many of the country's enrolments of a year led to completion, of all countries'
    where the country had few. Those of the last eight weeks are left out: they may be under way.
    """
    zone = ZoneInfo(REFERENCE_ZONE)
    until = datetime.combine(on - COURSE, time(), zone)
    given = {"course": course, "since": until - LOOKED_AT, "until": until}
    enrolled, passed = db.execute(_ENROLLED_OF_COUNTRY, {**given, "country": country_code}).one()
    everywhere, passed_everywhere = db.execute(_ENROLLED, given).one()
    return CompletionRate.observed((enrolled, passed), of_region=(everywhere, passed_everywhere))


def _calendar(
    db: Session, country: CountryName, on: date, now: datetime
) -> tuple[dict[ClosedDays, LocalizedText], dict[date, LocalizedText]]:
    """Returns what closes the region's calendar or the country's, with its name, and the days of
    elections and of the handover of the presidency, until the furthest cycle is over.
    """
    zone = ZoneInfo(REFERENCE_ZONE)
    last = on + YEARS_AHEAD + LEAD + COURSE
    span = Timespan(datetime.combine(on, time(), zone), datetime.combine(last, time(), zone))
    own = (
        Party.region(exclusive=False),
        Party.country(country.code, country.name),
    )
    closed: dict[ClosedDays, LocalizedText] = {}
    for standing in standing_around(db, span=span, parties=own, now=now):
        if blackout(own, standing, book.ORDINARY) or binding_holiday(own, standing, book.ORDINARY):
            first, until = (
                day.astimezone(ZoneInfo(standing.timezone)).date()
                for day in (standing.span.starts_at, standing.span.ends_at - timedelta(seconds=1))
            )
            closed[first, until + ONE_DAY] = (
                LocalizedText() if standing.is_confidential else standing.title
            )
    upheavals = {day: LocalizedText() for day in _handovers(db, on, last)}
    for holiday in holidays_between(db, first=on, last=last):
        if holiday.country.code != country.code:
            continue
        if holiday.scope is HolidayScope.ELECTION:
            upheavals[holiday.on] = holiday.name
        elif holiday.scope is HolidayScope.NATIONAL and not holiday.on.weekday():
            closed.setdefault((holiday.on, holiday.on + ONE_DAY), holiday.name)
    return closed, upheavals


def _handovers(db: Session, first: date, last: date) -> Sequence[date]:
    return list(db.scalars(_HANDOVERS, {"first": first, "last": last}))
