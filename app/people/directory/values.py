"""Values of the directory: offices and who holds them, answers about the roster, newcomers."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class EndReason(StrEnum):
    """Why somebody no longer serves in a post. Moved: to another post or unit, a loss for this one
    all the same.
    """

    LEFT = "left"
    MOVED = "moved"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RosterAnswer:
    """What a focal point says about one row of the roster: `reason` None is "still here".

    `on` is the first day on which the person no longer served; it means nothing for "still here".
    `is_unsure` is "I do not know", which ends nothing: the person is to be confirmed.
    """

    appointment_id: int
    reason: EndReason | None
    on: date
    is_unsure: bool = False


SOMEBODY_ELSE = 0


@dataclass(frozen=True)
class Newcomer:
    """Somebody who takes up a post: the name as on the ID, unsplit.

    `same_as` answers whether a person of that name who is known in the country is meant: their id,
    SOMEBODY_ELSE, or None where nobody was asked.
    """

    full_name: str
    email: str
    institution_id: int
    post_title: str
    valid_from: date
    same_as: int | None = None


@dataclass(frozen=True, order=True)
class Office:
    """What somebody is designated for: a country's delegate to a working group (by slug), or its
    focal point ("").
    """

    country_code: str
    group: str = ""

    @property
    def is_focal_point(self) -> bool:
        return not self.group


@dataclass(frozen=True)
class OfficeHolding:
    """Somebody holds an office from–until; `valid_until` is the first day without it, None while it
    is open.
    """

    id: int
    office: Office
    person_id: int
    valid_from: date
    valid_until: date | None
