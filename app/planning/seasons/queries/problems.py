"""A season as a problem for the rules: to be solved, where choices of people are fixed, or to be
checked as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.planning.arranging.services import holder_of
from app.planning.scheduling.queries import terms_of
from app.planning.scheduling.values import Rule, Severity
from app.planning.seasons.queries.seasons import SeasonDetail, WishDetail
from app.planning.seasons.queries.standing import countries, holidays, taken
from app.planning.seasons.rules import SeasonProblem, TakenTime, Wish, working_days_after
from app.planning.seasons.rules.pins import settled
from app.planning.seasons.values import Breach

RULE_OF = {
    Breach.GROUPS: Rule.CROSS_GROUP,
    Breach.PERSON: Rule.SAME_PERSON,
    Breach.LICENCE: Rule.LICENCE,
    Breach.BLACKOUT: Rule.BLACKOUT,
    Breach.BINDING_HOLIDAY: Rule.BINDING_HOLIDAY,
    Breach.TOO_SOON: Rule.NOTICE,
    Breach.GROUP_WEEK: Rule.GROUP_WEEK,
    Breach.GROUP_MONTH: Rule.GROUP_MONTH,
    Breach.PERSON_MONTH: Rule.PERSON_LOAD,
    Breach.COUNTRY_WEEK: Rule.COUNTRY_WEEK,
}


@dataclass(frozen=True)
class ProblemContext:
    """A problem with the titles of the events around it, by holder, and with the severity that the
    rule book in force at the season's start gives each breach.
    """

    problem: SeasonProblem
    titles: dict[str, LocalizedText]
    severities: dict[Breach, Severity]


def problem_to_solve(db: Session, season: SeasonDetail, *, now: datetime) -> SeasonProblem:
    """Returns the problem for the solver. Wishes that a person has placed are taken time; published
    events may move only where their place is lawful.
    """
    chosen = [wish for wish in season.wishes if wish.chosen_at is not None and not wish.is_gone]
    free = [wish for wish in season.wishes if wish.chosen_at is None]
    problem = setting_of(db, season, free, now=now, leaving_out=holders_of(season.wishes)).problem
    held = tuple(_held(wish) for wish in chosen)
    return settled(replace(problem, taken=(*problem.taken, *held)))


def problem_as_it_is(db: Session, season: SeasonDetail, *, now: datetime) -> ProblemContext:
    """Returns the problem with all wishes, to be checked where they are now."""
    return setting_of(db, season, season.wishes, now=now, leaving_out=holders_of(season.wishes))


def holders_of(wishes: Iterable[WishDetail]) -> set[str]:
    """Returns the holder keys with which events of the wishes hold time already."""
    ids = {wish.pinned_event_id for wish in wishes} | {wish.event_id for wish in wishes}
    return {holder_of(event_id) for event_id in ids if event_id is not None}


def setting_of(
    db: Session,
    season: SeasonDetail,
    wishes: Iterable[WishDetail],
    *,
    now: datetime,
    leaving_out: set[str],
) -> ProblemContext:
    first, last = season.starts_on, season.ends_on
    standing, titles = taken(db, first, last, now=now, leaving_out=leaving_out)
    resting, closed = holidays(db, first, last)
    problem = SeasonProblem(
        tuple(wish_in(wish) for wish in wishes if not wish.is_gone),
        first,
        last,
        (*standing, *closed),
        countries(db),
        resting,
        season.limits,
        season.timezone,
        not_before(season, now),
    )
    return ProblemContext(problem, titles, severities(db, first))


def severities(db: Session, on: date) -> dict[Breach, Severity]:
    """Returns the severity of each breach: that of the rule book where a rule knows it, CONFIRM for
    holidays, and a warning for what only the season asks for (its days and hours, spacing).
    """
    book = terms_of(db).book
    of_book = {breach: book.setting(rule, on).severity for breach, rule in RULE_OF.items()}
    return dict.fromkeys(Breach, Severity.WARN) | {Breach.HOLIDAYS: Severity.CONFIRM} | of_book


def not_before(season: SeasonDetail, now: datetime) -> date:
    today = now.astimezone(ZoneInfo(season.timezone)).date()
    return working_days_after(today, season.limits.notice)


def wish_in(wish: WishDetail) -> Wish:
    """Returns the wish. Its preferred day is the middle of the days that it names, where it names
    both.
    """
    middle = (
        wish.earliest + (wish.latest - wish.earliest) / 2 if wish.earliest and wish.latest else None
    )
    return Wish(
        wish.position,
        wish.minutes,
        frozenset(wish.groups),
        frozenset(wish.people),
        frozenset(wish.countries),
        wish.earliest,
        wish.latest,
        wish.spacing,
        middle,
        wish.published_at,
        frozenset(wish.after),
    )


def _held(wish: WishDetail) -> TakenTime:
    if wish.span is None:
        raise ValueError("a wish without a place holds nothing")
    return TakenTime(
        wish.span,
        f"wish:{wish.position}",
        frozenset(wish.groups),
        frozenset(wish.people),
        frozenset(wish.countries),
        spacing=wish.spacing,
    )
