"""Who reads what is done together with other bodies."""

from app.kernel.actor import Actor


def may_read_bodies(actor: Actor) -> bool:
    """Returns True for whoever has signed in; which events they find there is asked for each."""
    return actor.signed_in or actor.is_system
