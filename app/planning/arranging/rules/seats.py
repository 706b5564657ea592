"""Seats: places at an event that follow whoever holds an office, so that a new delegate reaches the
calendar.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.kernel import dated
from app.people.directory.values import Office, OfficeHolding

LONGEST = 200
FOCAL_POINT, DELEGATE = "focal-point", "delegate"


@dataclass(frozen=True, order=True)
class SeatedPerson:
    """Who sits in which role, as the holder of which offices; none: this person and nobody else."""

    person_id: int
    role: str
    seats: tuple[Office, ...] = ()


def seat_text(seat: Office) -> str:
    """Returns a seat as it is stored: "focal-point:HN" or "delegate:protection:HN"."""
    return (
        f"{FOCAL_POINT}:{seat.country_code}"
        if seat.is_focal_point
        else f"{DELEGATE}:{seat.group}:{seat.country_code}"
    )


def written(seats: Iterable[Office]) -> str:
    return " ".join(sorted({seat_text(seat) for seat in seats}))


def is_delegate(text: str) -> bool:
    """Returns True when somebody is needed as a delegate to a working group, and not in person or
    as a focal point.
    """
    return any(office.group for office in parse(text))


def parse(text: str) -> tuple[Office, ...]:
    """Returns the seats that a text names, with a space between them.

    What is no seat is left out.
    """
    return tuple(sorted({seat for word in text.split() if (seat := _seat(word)) is not None}))


def _seat(word: str) -> Office | None:
    match word.split(":"):
        case [kind, country] if kind == FOCAL_POINT and country:
            return Office(country)
        case [kind, group, country] if kind == DELEGATE and group and country:
            return Office(country, group)
    return None


def holder_on(seat: Office, on: date, holdings: Iterable[OfficeHolding]) -> int | None:
    """Returns the person who holds a seat on a day: of several the latest to come; None while it is
    vacant.
    """
    standing = [
        h for h in holdings if h.office == seat and dated.in_force(h.valid_from, h.valid_until, on)
    ]
    latest = max(standing, key=lambda holding: (holding.valid_from, holding.id), default=None)
    return latest.person_id if latest else None


def seated(
    places: Iterable[SeatedPerson], on: date, holdings: Sequence[OfficeHolding]
) -> tuple[SeatedPerson, ...]:
    """Returns the same places with whoever fills each seat on a day.

    A vacant seat stays with whoever had it. Nobody is there twice: who fills several seats has them
    all, in the first one's role, and who is wanted in person besides keeps that.
    """
    holders: dict[int, SeatedPerson] = {}
    for place in sorted(places):
        for person_id, seats in _fillers(place, on, holdings).items():
            known = holders.get(person_id)
            both = bool(known and known.seats and seats)
            kept = (
                tuple(sorted({*known.seats, *seats})) if known and both else () if known else seats
            )
            holders[person_id] = SeatedPerson(person_id, known.role if known else place.role, kept)
    return tuple(sorted(holders.values()))


def _fillers(
    place: SeatedPerson, on: date, holdings: Sequence[OfficeHolding]
) -> dict[int, tuple[Office, ...]]:
    if not place.seats:
        return {place.person_id: ()}
    fillers: dict[int, tuple[Office, ...]] = {}
    for seat in place.seats:
        filler = holder_on(seat, on, holdings)
        person_id = place.person_id if filler is None else filler
        fillers[person_id] = (*fillers.get(person_id, ()), seat)
    return fillers


def vacant(
    places: Iterable[SeatedPerson], on: date, holdings: Sequence[OfficeHolding]
) -> tuple[SeatedPerson, ...]:
    """Returns the places with a seat that nobody holds on the day."""
    return tuple(
        place
        for place in places
        if any(holder_on(seat, on, holdings) is None for seat in place.seats)
    )
