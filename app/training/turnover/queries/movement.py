"""How people come to a country and go, and to the region: as the actor may see it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.infra.body import counted_course
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.small_numbers import hidden
from app.people.directory.queries import roster
from app.people.directory.queries.roster import CountryName
from app.people.directory.rules.people import GivesNoNames
from app.people.directory.values import Mandate, SharedFigures
from app.training.learning.models import Course, CourseEdition
from app.training.turnover import policy
from app.training.turnover.queries.figures import (
    EVER,
    WINDOW,
    holdings_of,
    seats_of,
    shared_of,
    terms_by_country,
)
from app.training.turnover.rules import posts
from app.training.turnover.rules.coverage import by_edition
from app.training.turnover.rules.movement import (
    freshness_outside,
    movement,
    movement_outside,
    post_coverage_outside,
)
from app.training.turnover.rules.separation import separations
from app.training.turnover.rules.spans import parted
from app.training.turnover.values import (
    CertificateLife,
    EditionLife,
    Movement,
    OfficeReadiness,
    PostCoverage,
    PostTerm,
    RosterFreshness,
    Separations,
)

_EDITIONS = (
    select(CourseEdition.id, CourseEdition.label)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(Course.slug == bindparam("course"))
    .order_by(CourseEdition.published_at.desc(), CourseEdition.id.desc())
)


@dataclass(frozen=True)
class CountryMovement:
    """All of a country's page of movement: of the years from `since` to the day. `parts` are by what
    the institutions deal with, and empty like `editions` for whoever reads no small cell; then `posts`,
    `offices` and `freshness` may be None.
    """

    country: CountryName
    is_inside: bool
    since: date
    whole: Movement
    parts: Sequence[tuple[Mandate | None, Movement]] = ()
    editions: Sequence[EditionLife] = ()
    posts: PostCoverage | None = None
    offices: OfficeReadiness | None = None
    freshness: RosterFreshness | None = None


@dataclass(frozen=True)
class RegionMovement:
    """The region's movement, and who left each country; None where it is hidden."""

    since: date
    whole: Movement
    countries: Sequence[tuple[CountryName, Separations | None]]


def country_movement(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    on: date,
    course: str = "",
    handed_on: bool = False,
) -> CountryMovement:
    """Returns how people came to a country and left it; the number of statements does not depend on
    how many did. `handed_on`: as it may be read outside the country, whoever asks.
    """
    course = course or counted_course()
    policy.require_may_see_country(actor, country_code)
    country = roster.country_of(db, country_code)
    if country is None:
        raise NotFound
    policy.require_shares_all(actor, country_code, country.shares_figures)
    if country.gives_no_names:
        raise GivesNoNames
    on = policy.day_read(actor, country_code, on)
    since = on - WINDOW
    terms = terms_by_country(db, country_code, EVER, on).get(country_code, [])
    holdings = holdings_of(db, country_code, EVER, on, course)
    seats = seats_of(db, country_code)
    covered = posts.post_coverage(on, seats, terms, holdings)
    fresh = posts.freshness(on, terms)
    whole = movement(terms, holdings, since, on)
    if handed_on or not policy.sees_small_cells(actor, country_code):
        return CountryMovement(
            country=country,
            is_inside=False,
            since=since,
            whole=movement_outside(whole),
            posts=post_coverage_outside(covered),
            freshness=freshness_outside(fresh),
        )
    by_mandate = parted(terms, lambda term: term.mandate)
    return CountryMovement(
        country=country,
        is_inside=policy.is_inside(actor, country_code),
        since=since,
        whole=whole,
        parts=[
            (mandate, movement(by_mandate[mandate], holdings, since, on))
            for mandate in (*Mandate, None)
            if mandate in by_mandate
        ],
        editions=_editions(db, on, terms, holdings, course),
        posts=covered,
        offices=posts.readiness(on, seats, terms, holdings),
        freshness=fresh,
    )


def _editions(
    db: Session,
    on: date,
    terms: Sequence[PostTerm],
    holdings: Sequence[CertificateLife],
    course: str,
) -> list[EditionLife]:
    """Returns the editions that somebody of the country completed, the latest first."""
    people: defaultdict[int, set[int]] = defaultdict(set)
    for held in holdings:
        people[held.edition_id].add(held.person_id)
    serving = by_edition(on, terms, holdings)
    return [
        EditionLife(label, len(people[edition_id]), serving.get(edition_id, 0))
        for edition_id, label in db.execute(_EDITIONS, {"course": course})
        if edition_id in people
    ]


def region_movement(
    db: Session, *, actor: Actor, on: date, course: str = "", handed_on: bool = False
) -> RegionMovement:
    """Returns how people came to the posts of all countries and left them, and who left each.
    `handed_on`: every country as it may be read outside, whoever asks. A country that does not share
    it stands in no sum.
    """
    course = course or counted_course()
    policy.require_may_see_region(actor)
    since = on - WINDOW
    countries = roster.countries(db)
    all_terms = terms_by_country(db, None, EVER, on)
    terms = {
        one.code: all_terms.get(one.code, [])
        for one in countries
        if shared_of(actor, one, handed_on=handed_on) is SharedFigures.ALL
        and not one.gives_no_names
    }
    everybody = [term for served in terms.values() for term in served]
    whole = movement(everybody, holdings_of(db, None, EVER, on, course), since, on)
    counted = {code: separations(served, since, on) for code, served in terms.items()}
    sees_all = policy.sees_all_small_cells(actor) and not handed_on
    known = (
        set() if handed_on else {code for code in counted if policy.sees_small_cells(actor, code)}
    )
    # What the reader knows of the own country is no cover for another's.
    hides = hidden({code: one.leavers for code, one in counted.items() if code not in known})
    return RegionMovement(
        since=since,
        whole=whole if sees_all else movement_outside(whole),
        countries=[
            (country, None if country.code in hides else counted.get(country.code))
            for country in countries
        ],
    )
