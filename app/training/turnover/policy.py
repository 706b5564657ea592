"""Who may see how much of a country's staff is trained: names inside the country, aggregates above
it.
"""

from datetime import date, timedelta

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.people.directory import policy as directory
from app.people.directory.values import SharedFigures
from app.planning.events.policy import may_keep_editions


def may_see_region(actor: Actor) -> bool:
    """Returns True for who sees aggregates of all countries: organizers, the presidency and focal
    points.
    """
    return any(actor.holds(role) for role in (Role.ORGANIZER, Role.PRESIDENCY, Role.FOCAL_POINT))


def may_see_country(actor: Actor, country_code: str) -> bool:
    """Returns True for who opens a country's own page.

    Its focal point reads it with names, if it gives them; organizers and the presidency, without.
    """
    return (
        actor.holds(Role.FOCAL_POINT, country_code)
        or actor.holds(Role.ORGANIZER)
        or actor.holds(Role.PRESIDENCY)
    )


def is_inside(actor: Actor, country_code: str) -> bool:
    """Returns True when names may be shown."""
    return directory.may_see_names(actor, country_code)


def day_read(actor: Actor, country_code: str, on: date) -> date:
    """Returns the day as of which the actor reads a country.

    A focal point who handed it over reads it as of the last day in office.
    """
    ended = actor.ended_on(Role.FOCAL_POINT, country_code)
    return on if ended is None else min(on, ended - timedelta(days=1))


def sees_small_cells(actor: Actor, country_code: str) -> bool:
    """Returns True for the country itself and the secretariat, which plans for every office.

    Other countries, the presidency's among them, read no number from which fewer than five people
    could be recognised.
    """
    return actor.holds(Role.FOCAL_POINT, country_code) or sees_all_small_cells(actor)


def require_shares_all(actor: Actor, country_code: str, shares_figures: str) -> None:
    """Refuses as if there were nothing what a country keeps to itself."""
    if directory.shared_with(actor, country_code, shares_figures) is not SharedFigures.ALL:
        raise NotFound


def sees_all_small_cells(actor: Actor) -> bool:
    return actor.is_system or actor.holds(Role.ORGANIZER)


def may_plan_for(actor: Actor, country_code: str) -> bool:
    """Returns True for who plans a country's training by counts that others must not read."""
    return may_see_country(actor, country_code) and sees_small_cells(actor, country_code)


def may_plan_for_some(actor: Actor) -> bool:
    """Returns True when the page is open at all; for which country is asked for each."""
    return actor.holds(Role.FOCAL_POINT) or sees_all_small_cells(actor)


def may_put_cycles(actor: Actor) -> bool:
    """Returns True for who reads every country's plan and keeps the region's annual one."""
    return sees_all_small_cells(actor) and may_keep_editions(actor)


def may_have_country(actor: Actor) -> bool:
    return actor.holds(Role.FOCAL_POINT)


def may_declare(actor: Actor, country_code: str) -> bool:
    """Returns True for the focal point of a country that gives no names, who declares its counts."""
    return directory.speaks_for(actor, country_code) and country_code in actor.counts_only


def require_may_see_declaration(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing whoever neither declares nor did so until lately."""
    if not (actor.holds(Role.FOCAL_POINT, country_code) and country_code in actor.counts_only):
        raise NotFound


def may_declare_some(actor: Actor) -> bool:
    return actor.holds(Role.FOCAL_POINT)


def require_may_declare(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not may_declare(actor, country_code):
        raise NotFound


def may_keep_roster(actor: Actor) -> bool:
    return directory.may_keep_some_roster(actor)


def may_answer_for(actor: Actor, country_code: str) -> bool:
    """Returns True when the actor may say who serves, and not only read it after having handed it
    over.
    """
    return directory.may_answer_for(actor, country_code)


def may_ask_courses(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's focal point and the secretariat, who say which courses its
    posts ask for.
    """
    return directory.may_keep_institutions(actor, country_code)


def require_may_ask_courses(actor: Actor, country_code: str) -> None:
    directory.require_may_keep_institutions(actor, country_code)


def may_ask_some_courses(actor: Actor) -> bool:
    """Returns True when the page is open at all; which country is asked for each."""
    return directory.may_see_institutions(actor)


def may_enrol_some(actor: Actor) -> bool:
    """Returns True when the act is open at all; for which country is asked for each."""
    return actor.holds(Role.FOCAL_POINT)


def require_may_see_country(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not may_see_country(actor, country_code):
        raise NotFound


def require_may_plan_for(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing."""
    if not may_plan_for(actor, country_code):
        raise NotFound


def require_may_see_region(actor: Actor) -> None:
    if not may_see_region(actor):
        raise NotFound
