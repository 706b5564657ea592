"""Who may search; pure."""

from app.kernel.actor import Actor


def may_search(actor: Actor) -> bool:
    """Returns True for whoever has signed in; each hit is then read as its reader may see it."""
    return actor.signed_in
