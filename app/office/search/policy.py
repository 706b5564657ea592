"""Who may search; pure."""

from app.kernel.actor import Actor


def may_search(actor: Actor) -> bool:
    """Whoever has signed in; each hit is then asked for as its reader may see it."""
    return actor.signed_in
