"""Whom a country may send: who serves there today, once each, as many as were asked for; pure."""

from app.kernel.refusal import Refusal
from app.kernel.text import N_

MOST_AT_ONCE = 40


class NotServing(Refusal):
    rule = "not-serving"
    msgid = N_("You can nominate only people who serve in your country today. Reload the list.")


class NoneChosen(Refusal):
    rule = "nobody-chosen"
    msgid = N_("Tick at least one person.")


class TooManyNominated(Refusal):
    rule = "too-many-nominated"
    msgid = N_(
        "Your country was asked for %(places)s people. Withdraw someone first, or swap one person for another."
    )


class NominationOver(Refusal):
    rule = "nomination-withdrawn-already"
    msgid = N_("This nomination has already been withdrawn. Reload the list.")


class SamePerson(Refusal):
    rule = "nominated-already"
    msgid = N_("This person is already nominated. Choose somebody else.")


def require_within(places: int | None, standing: int, added: int) -> None:
    """Refuses more people than the country was asked for. `places` None: as many as the focal point
    wishes; whoever finds the event full waits.
    """
    if places is not None and standing + added > places:
        raise TooManyNominated(places=places)
