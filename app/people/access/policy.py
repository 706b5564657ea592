"""Who sees and manages which accounts."""

from app.kernel.actor import Actor
from app.people.directory.policy import may_answer_for
from app.people.identity.policy import may_manage_accounts


def may_open(actor: Actor) -> bool:
    """Returns True for the secretariat, which opens all accounts, and for focal points, who open
    those of their country.
    """
    return may_manage_accounts(actor) or bool(actor.countries_named())


def may_invite(actor: Actor) -> bool:
    """Invites by name and address; a focal point adds officials to the roster instead."""
    return may_manage_accounts(actor)


def may_ask_correction(actor: Actor) -> bool:
    """Returns True for a signed-in actor with a person record, who may ask to correct that record."""
    return actor.signed_in and actor.person_id is not None


def countries_seen(actor: Actor) -> frozenset[str] | None:
    """Returns the countries whose accounts the actor sees; None for all, also those of no country."""
    return None if may_manage_accounts(actor) else actor.countries_named()


def may_decide(actor: Actor, country_code: str) -> bool:
    """Returns True for who may decide on a request for access: the secretariat, and the focal point
    of the country.

    A focal point who handed the role over still reads the requests, so the answer is True for them
    too; `acts_on_requests` leaves them out.
    """
    if may_manage_accounts(actor):
        return True
    return country_code in actor.countries_named()


def acts_on_requests(actor: Actor, country_code: str) -> bool:
    """Returns True for who may decide and act on it: as `may_decide`, without those who may only
    read.
    """
    if may_manage_accounts(actor):
        return True
    return may_answer_for(actor, country_code)
