"""What no single field of the planning form holds, out of what a browser sent."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.kernel.numbers import LARGEST_ID
from app.planning.events import rules
from app.planning.events.values import (
    Participant,
    PersonRole,
)
from app.planning.scheduling.rules.book import names
from app.planning.scheduling.values import OverrideAsked

Typed = MultiDict[str, str]
MOST_CONFIRMED = 50


def participants_in(typed: Typed) -> tuple[Participant, ...]:
    """The ticked people with their roles; what is no number or no role is left out, as no browser
    sends it.
    """
    found = []
    for value in typed.getlist("people"):
        number = number_in(value)
        if number is not None:
            role = typed.get(f"role-{value}", "")
            known = PersonRole(role) if role in set(PersonRole) else PersonRole.SPEAKER
            found.append(Participant(number, known))
    return tuple(found)


def number_in(text: str) -> int | None:
    """The number of a row, or None for what can be none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))
    return int(text) if is_number and int(text) <= LARGEST_ID else None


def overrides_in(typed: Typed) -> tuple[OverrideAsked, ...]:
    """What was ticked to stand all the same, "rule" or "rule|holder", each with the one reason that
    was written.
    """
    found = []
    for value in typed.getlist("confirm")[:MOST_CONFIRMED]:
        rule, _sep, against = value.partition("|")
        if rule in names():
            found.append(OverrideAsked(rule, against[:80], typed.get("override_reason", "")))
    return tuple(found)


def uuid_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def in_their_seats(
    people: tuple[Participant, ...], before: tuple[Participant, ...]
) -> tuple[Participant, ...]:
    """Whoever was asked for as the holder of a seat still is, as the form does not ask for it."""
    seats = {participant.person_id: participant.seat for participant in before}
    return tuple(
        replace(person, seat=person.seat or seats.get(person.person_id, "")) for person in people
    )


def instant_in(text: str) -> datetime | None:
    """ISO text with an offset, or None for anything else."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None and rules.is_in_years(instant) else None
