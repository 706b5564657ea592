"""What happened on the home page."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class FirstWeekPutAside(Fact):
    """Somebody wants to read no more of the guide to the first week of their role (`task`, a slug)."""

    subject_kind: ClassVar[str] = "first-week"

    account_id: int
    task: str

    @property
    def subject_id(self) -> str:
        return str(self.account_id)
