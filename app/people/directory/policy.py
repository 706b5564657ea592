"""Who may keep and read a country's roster. Names stay inside the country: everybody else sees
aggregates. A country that gives no names has no roster here, so nobody keeps or reads one.
"""

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.people.directory.values import Office, SharedFigures


def may_keep_roster(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's own focal point; no other role helps."""
    return country_code in actor.countries_named()


def may_speak_for_some(actor: Actor) -> bool:
    return actor.holds(Role.FOCAL_POINT)


def speaks_for(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's focal point in office, whether the country gives names or not."""
    return bool(country_code) and actor.acts_as(Role.FOCAL_POINT, country_code)


def may_choose_names(actor: Actor, country_code: str) -> bool:
    """Returns True for who says whether a country gives names: its focal point, and the secretariat
    on their written word.
    """
    return may_keep_reference(actor) or speaks_for(actor, country_code)


def may_choose_some_names(actor: Actor) -> bool:
    """Returns True when the page is open at all; for which country is asked for each."""
    return may_keep_reference(actor) or actor.holds(Role.FOCAL_POINT)


def require_may_see_choice(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing whoever neither chooses nor did so until lately."""
    if not (may_choose_names(actor, country_code) or actor.holds(Role.FOCAL_POINT, country_code)):
        raise NotFound


def require_may_choose_names(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not may_choose_names(actor, country_code):
        raise NotFound


def may_answer_for(actor: Actor, country_code: str) -> bool:
    """Returns True when the actor may change the roster, not only read it after handing it over."""
    return speaks_for(actor, country_code) and country_code not in actor.counts_only


def may_keep_some_roster(actor: Actor) -> bool:
    return bool(actor.countries_named())


def may_answer_for_some(actor: Actor) -> bool:
    """Returns True as `may_keep_some_roster` does, without those who handed it over and only read."""
    return any(may_answer_for(actor, code) for code in actor.scopes(Role.FOCAL_POINT))


def may_correct(actor: Actor, country_code: str) -> bool:
    """Returns True when the actor may correct a record: the secretariat any, a focal point those of
    the own country.
    """
    return may_keep_reference(actor) or may_answer_for(actor, country_code)


def may_see_record(actor: Actor, country_code: str) -> bool:
    """Returns True as `may_correct` does, and for who handed the country over and only reads."""
    return actor.is_system or actor.holds(Role.ORGANIZER) or may_keep_roster(actor, country_code)


def require_may_correct(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that people of other countries cannot be probed."""
    if not may_see_record(actor, country_code):
        raise NotFound
    if not may_correct(actor, country_code):
        raise NotAllowed


def may_see_names(actor: Actor, country_code: str) -> bool:
    return may_keep_roster(actor, country_code)


def may_decide_held(actor: Actor) -> bool:
    """Returns True for the secretariat, which decides on newcomers with an address of somebody in
    another country.
    """
    return actor.is_system or actor.holds(Role.ORGANIZER)


def require_may_decide_held(actor: Actor) -> None:
    if not may_decide_held(actor):
        raise NotAllowed


def may_search_the_region(actor: Actor) -> bool:
    """Returns True when the actor finds people of every country by a part of their name: the
    secretariat and the presidency.
    """
    return sees_all_delegations(actor)


def require_may_keep_roster(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that countries cannot be probed."""
    if not may_keep_roster(actor, country_code):
        raise NotFound


def may_see_delegations(actor: Actor) -> bool:
    """Returns True for who sees who speaks for a country.

    The secretariat and the presidency see all, a focal point their own.
    """
    return sees_all_delegations(actor) or actor.holds(Role.FOCAL_POINT)


def sees_all_delegations(actor: Actor) -> bool:
    return actor.is_system or actor.holds(Role.ORGANIZER) or actor.holds(Role.PRESIDENCY)


def may_see_delegation(actor: Actor, country_code: str) -> bool:
    return sees_all_delegations(actor) or actor.holds(Role.FOCAL_POINT, country_code)


def may_designate(actor: Actor, office: Office) -> bool:
    """Returns True for the secretariat, and for a country's focal point when the office is a
    delegate's.

    A focal point does not choose their own successor.
    """
    if actor.is_system or actor.holds(Role.ORGANIZER):
        return True
    return not office.is_focal_point and may_answer_for(actor, office.country_code)


def require_may_designate(actor: Actor, office: Office) -> None:
    """Raises NotFound for what the actor may not see, NotAllowed for what they may not change."""
    if not may_see_delegation(actor, office.country_code):
        raise NotFound
    if not may_designate(actor, office):
        raise NotAllowed


def sees_every_name_shared(actor: Actor) -> bool:
    """Returns True when the actor reads delegates and addresses of every country in who is who,
    whatever a country shares: those who speak for the region, and the focal points.
    """
    return sees_all_delegations(actor) or actor.holds(Role.FOCAL_POINT)


def may_copy_addresses(actor: Actor) -> bool:
    """Returns True when the actor gets the addresses of a list in one field: those who write to
    partners.
    """
    return sees_every_name_shared(actor) or actor.holds(Role.CONVENOR)


def may_change_sharing(actor: Actor, country_code: str) -> bool:
    """Returns True for the country's own focal point alone."""
    return speaks_for(actor, country_code)


def shared_with(actor: Actor | None, country_code: str, shares_figures: str) -> SharedFigures:
    """Returns what the actor reads of a country's figures: all of it inside, and outside, the
    secretariat included, what the country shares (decision 90). None: whoever a copy may reach.
    """
    if actor is not None and (actor.is_system or actor.holds(Role.FOCAL_POINT, country_code)):
        return SharedFigures.ALL
    return SharedFigures(shares_figures)


def require_may_see_sharing(actor: Actor, country_code: str) -> None:
    if not actor.holds(Role.FOCAL_POINT, country_code):
        raise NotFound


def require_may_change_sharing(actor: Actor, country_code: str) -> None:
    if not may_change_sharing(actor, country_code):
        raise NotFound


def may_keep_reference(actor: Actor) -> bool:
    """Returns True for the secretariat, which keeps the body's countries, groups and institutions."""
    return actor.is_system or actor.acts_as(Role.ORGANIZER)


def require_may_keep_reference(actor: Actor) -> None:
    if not may_keep_reference(actor):
        raise NotAllowed


def may_see_institutions(actor: Actor) -> bool:
    return actor.is_system or actor.holds(Role.ORGANIZER) or actor.holds(Role.FOCAL_POINT)


def may_keep_institutions(actor: Actor, country_code: str) -> bool:
    """Returns True for the secretariat in every country, and for a focal point in their own."""
    return may_keep_reference(actor) or speaks_for(actor, country_code)


def require_may_keep_institutions(actor: Actor, country_code: str) -> None:
    """Refuses as if there were nothing, so that other countries cannot be probed."""
    if not may_keep_institutions(actor, country_code):
        raise NotFound
