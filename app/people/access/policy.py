"""Who sees and manages which accounts."""

from app.kernel.actor import Actor, Role
from app.people.identity.policy import may_manage_accounts


def may_open(actor: Actor) -> bool:
    """The secretariat for all accounts, a focal point for those of their country."""
    return may_manage_accounts(actor) or actor.holds(Role.FOCAL_POINT)


def may_invite(actor: Actor) -> bool:
    """Invites by name and address; a focal point adds officials to the roster instead."""
    return may_manage_accounts(actor)


def may_ask_correction(actor: Actor) -> bool:
    """Whoever is signed in as a person, of the own record."""
    return actor.signed_in and actor.person_id is not None


def countries_seen(actor: Actor) -> frozenset[str] | None:
    """The countries whose accounts the actor sees; None for all, also those of no country."""
    return None if may_manage_accounts(actor) else actor.scopes(Role.FOCAL_POINT)


def may_decide(actor: Actor, country_code: str) -> bool:
    """On a request for access: the secretariat, and the focal point of the country. Whoever handed
    that over reads on.
    """
    if may_manage_accounts(actor):
        return True
    return bool(country_code) and actor.holds(Role.FOCAL_POINT, country_code)


def acts_on_requests(actor: Actor, country_code: str) -> bool:
    """Like `may_decide`, without those who may only read."""
    if may_manage_accounts(actor):
        return True
    return bool(country_code) and actor.acts_as(Role.FOCAL_POINT, country_code)
