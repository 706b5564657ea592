"""What a country and the region take along for who does not open Convoca: all figures at once."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.people.directory.values import SharedFigures
from app.training.turnover import policy
from app.training.turnover.queries.figures import (
    CountryReport,
    country_report,
    course_steps,
    region,
)
from app.training.turnover.queries.movement import (
    CountryMovement,
    RegionMovement,
    country_movement,
    region_movement,
)
from app.training.turnover.queries.outlook import CountryOutlook, outlook
from app.training.turnover.values import CourseSteps, RegionCoverage


@dataclass(frozen=True)
class CountryBrief:
    """A country on a day. `is_whole`: with small groups, the offices and the plan, as its own focal
    point takes it along; else as it may be read by anybody. `movement` is None where the country
    gives no names, or does not share it.
    """

    on: date
    is_whole: bool
    report: CountryReport
    movement: CountryMovement | None
    plan: CountryOutlook | None


@dataclass(frozen=True)
class RegionBrief:
    """The region on a day, as anybody may read it."""

    on: date
    coverage: RegionCoverage
    movement: RegionMovement
    steps: CourseSteps


def country_brief(
    db: Session, *, actor: Actor, country_code: str, on: date, now: datetime, course: str
) -> CountryBrief:
    """Returns a country to take along (decision 92). Raises NotFound where it shares nothing."""
    is_whole = policy.is_inside(actor, country_code)
    report = country_report(
        db,
        actor=actor,
        country_code=country_code,
        on=on,
        course=course,
        handed_on=not is_whole,
    )
    if report.shared is SharedFigures.NOTHING:
        raise NotFound
    return CountryBrief(
        on=policy.day_read(actor, country_code, on),
        is_whole=is_whole,
        report=report,
        movement=None
        if report.gives_no_names or report.shared is not SharedFigures.ALL
        else country_movement(
            db,
            actor=actor,
            country_code=country_code,
            on=on,
            course=course,
            handed_on=not is_whole,
        ),
        plan=outlook(
            db,
            actor=actor,
            country_code=country_code,
            on=on,
            now=now,
            course=course,
            is_tested=False,
        )
        if is_whole
        else None,
    )


def region_brief(db: Session, *, actor: Actor, on: date, course: str) -> RegionBrief:
    """Returns the region to take along."""
    coverage = region(db, actor=actor, on=on, course=course, handed_on=True)
    return RegionBrief(
        on=on,
        coverage=coverage,
        movement=region_movement(db, actor=actor, on=on, course=course, handed_on=True),
        steps=course_steps(db, actor=actor, countries=coverage.countries, course=course),
    )
