"""What was ticked under "Registration", out of what a browser sent."""

from app.planning.events.forms.typed import Typed
from app.planning.events.values.places import ConsentPurpose


def purposes_in(sent: Typed) -> frozenset[ConsentPurpose]:
    """The purposes ticked; what is none is left out, as no browser sends it."""
    return frozenset(
        ConsentPurpose(value) for value in sent.getlist("consent") if value in set(ConsentPurpose)
    )
