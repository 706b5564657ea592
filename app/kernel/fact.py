"""Facts: what happened, in the past tense, frozen."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True)
class Fact:
    """Base of every fact. `subject` names what it is about, for example ("event", "<id>").

    The payload holds ids and plain values only, no personal data beyond ids, so that erasing a
    person needs no change in the journal.
    """

    subject_kind: ClassVar[str] = ""

    @property
    def subject_id(self) -> str:
        raise TypeError(f"{type(self).__name__} must say what it is about")

    @property
    def name(self) -> str:
        return type(self).__name__

    def payload(self) -> dict[str, Any]:
        return {key: _plain(value) for key, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list | frozenset | set):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
