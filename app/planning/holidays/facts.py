"""What happened to a country's holidays."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from app.kernel.fact import Fact


class HolidayChange(StrEnum):
    """What was done to a holiday. A binding holiday closes the country's calendar; an advisory one
    only warns.
    """

    ADDED = "added"
    RENAMED = "renamed"
    STRUCK_OUT = "struck-out"
    BROUGHT_BACK = "brought-back"
    MADE_BINDING = "made-binding"
    MADE_ADVISORY = "made-advisory"


@dataclass(frozen=True)
class HolidayChanged(Fact):
    subject_kind: ClassVar[str] = "holiday"

    country_code: str
    on: date
    change: HolidayChange

    @property
    def subject_id(self) -> str:
        return f"{self.country_code}:{self.on.isoformat()}"
