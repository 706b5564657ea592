"""What was ticked under "Registration", out of what a browser sent."""

from app.planning.events.values.places import ConsentPurpose
from app.web.fields import Typed


def purposes_in(sent: Typed) -> frozenset[ConsentPurpose]:
    """The purposes ticked; what is none is left out, as no browser sends it."""
    return frozenset(
        ConsentPurpose(value) for value in sent.getlist("consent") if value in set(ConsentPurpose)
    )
