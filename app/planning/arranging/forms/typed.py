"""What no single field of the planning form holds, out of what a browser sent."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from app.kernel.timespan import Timespan
from app.planning.arranging import rules
from app.planning.events.values import (
    Participant,
    PersonRole,
)
from app.planning.scheduling.rules.book import names
from app.planning.scheduling.values import OverrideAsked
from app.web.fields import Typed, instant_in, number_in

MOST_CONFIRMED = 50


def participants_in(typed: Typed) -> tuple[Participant, ...]:
    """Returns the ticked people with their roles; what is no number or no role is left out, as no
    browser sends it.
    """
    found = []
    for value in typed.getlist("people"):
        number = number_in(value)
        if number is not None:
            role = typed.get(f"role-{value}", "")
            known = PersonRole(role) if role in set(PersonRole) else PersonRole.SPEAKER
            found.append(Participant(number, known))
    return tuple(found)


def overrides_in(typed: Typed) -> tuple[OverrideAsked, ...]:
    """Returns what was ticked to stand all the same, "rule" or "rule|holder", each with the one
    reason that was written.
    """
    found = []
    for value in typed.getlist("confirm")[:MOST_CONFIRMED]:
        rule, _sep, against = value.partition("|")
        if rule in names():
            found.append(OverrideAsked(rule, against[:80], typed.get("override_reason", "")))
    return tuple(found)


def in_their_seats(
    people: tuple[Participant, ...], before: tuple[Participant, ...]
) -> tuple[Participant, ...]:
    """Whoever was asked for as the holder of a seat still is, as the form does not ask for it."""
    seats = {participant.person_id: participant.seat for participant in before}
    return tuple(
        replace(person, seat=person.seat or seats.get(person.person_id, "")) for person in people
    )


def wished_in(given: Mapping[str, str]) -> Timespan | None:
    """Returns the time in the address of a page on which the presidency is to be asked for it."""
    starts, ends = instant_of_event(given.get("ask", "")), instant_of_event(given.get("until", ""))
    return Timespan(starts, ends) if starts and ends and starts < ends else None


def instant_of_event(text: str) -> datetime | None:
    """Returns the instant of an ISO text with an offset, within the years that events may have."""
    instant = instant_in(text)
    return instant if instant is not None and rules.is_in_years(instant) else None
