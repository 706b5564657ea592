"""Who may register by themselves, and whom others have to ask; pure. Organizers may register
anybody.
"""

from collections.abc import Collection

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.participation.registrations.values import Invited


class NotInvited(Refusal):
    kind = Kind.FORBIDDEN
    rule = "not-invited"
    msgid = N_(
        "This event is only for those invited. If you should be among them, write to the secretariat."
    )


class NamedByCountry(Refusal):
    kind = Kind.FORBIDDEN
    rule = "named-by-country"
    msgid = N_(
        "Your country names who takes part in this event. Ask its focal point to nominate you."
    )


def require_entitled(
    countries: Collection[str],
    country: str,
    invited: Invited,
    *,
    has_part: bool,
    is_confidential: bool,
) -> None:
    """Refuses whoever the event is not for. One that names no country and invites nobody is for all
    officials of the region, unless it is confidential.

    `countries`: whose officials it is for, none for all; `country`: the person's; `has_part`: who
    is needed there or runs it. A country that was asked to nominate must do so, even if the event
    is for all its officials: else it would send more than it was asked for.
    """
    if has_part or invited.is_meant or invited.is_nominated:
        return
    if invited.is_country_asked:
        raise NamedByCountry
    is_for_all = not countries and not invited.names_anybody
    if is_confidential or (not is_for_all and country not in countries):
        raise NotInvited


def is_free(
    countries: Collection[str], country: str, invited: Invited, *, is_confidential: bool
) -> bool:
    """Returns True if the person may register whatever their part in the event, which is the usual
    case.
    """
    is_of_country = not countries or country in countries
    return is_of_country and not (invited.names_anybody or is_confidential)


def comes_as_named(invited: Invited, *, has_part: bool) -> bool:
    """Returns True if the person may come only because the country nominated them: then the
    registration ends with the nomination.
    """
    return invited.is_nominated and not (invited.is_meant or has_part)
