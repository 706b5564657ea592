"""When somebody is reminded of an event: a week, a day and an hour before it starts, each once;
pure.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.office.notifications.values import Wishes


class ReminderKind(StrEnum):
    WEEK = "7d"
    DAY = "1d"
    HOUR = "1h"


LEAD = {
    ReminderKind.WEEK: timedelta(days=7),
    ReminderKind.DAY: timedelta(days=1),
    ReminderKind.HOUR: timedelta(hours=1),
}
FIRST = max(LEAD.values())
"""Nothing is due earlier than this before the start."""


EACH = tuple(ReminderKind)
PREFIX = "reminder."


def current_kind(
    starts_at: datetime, now: datetime, *, is_all_day: bool = False
) -> ReminderKind | None:
    """Returns the latest kind whose moment has come; None before the first moment and once the
    event has started.

    Days have no hour to remind of.
    """
    come = [
        kind
        for kind in ReminderKind
        if starts_at - LEAD[kind] <= now < starts_at
        and not (is_all_day and kind is ReminderKind.HOUR)
    ]
    return come[-1] if come else None


def due(
    starts_at: datetime,
    *,
    since: datetime,
    now: datetime,
    sent: Collection[ReminderKind] = (),
    wanted: Collection[ReminderKind] = EACH,
    is_all_day: bool = False,
) -> ReminderKind | None:
    """Returns which reminder somebody is to get now, if any: the latest wanted one whose moment has
    come.

    `since` is when the person was registered, and the event told to be at this time: who comes
    later than a moment gets no late reminder for it. After an outage the latest alone is sent, and
    nothing once the event has started. `sent` are those of this very start; a moved event begins
    anew.
    """
    now_at = current_kind(starts_at, now, is_all_day=is_all_day)
    come = [
        kind
        for kind in ReminderKind
        if kind in wanted and now_at is not None and LEAD[kind] >= LEAD[now_at]
    ]
    if not come:
        return None
    latest = come[-1]
    if (
        latest in sent
        or any(LEAD[kind] <= LEAD[latest] for kind in sent)
        or since > starts_at - LEAD[latest]
    ):
        return None
    return latest


class Key(NamedTuple):
    """Which reminder, to whom: the start is part of it, because a moved event reminds anew."""

    event_id: UUID
    kind: ReminderKind
    starts_at: int
    """Seconds of Unix."""
    person_id: int

    def dedupe(self) -> str:
        return f"{PREFIX}{self.event_id}.{self.kind.value}.{self.starts_at}.{self.person_id}"

    def later(self) -> tuple["Key", ...]:
        """Returns those of the same event to the same person that come after it."""
        return tuple(
            self._replace(kind=kind) for kind in ReminderKind if LEAD[kind] < LEAD[self.kind]
        )


def key_of(dedupe: str) -> Key | None:
    """Returns None for what is no reminder."""
    if not dedupe.startswith(PREFIX):
        return None
    event_id, kind, starts_at, person_id = dedupe.removeprefix(PREFIX).split(".")
    return Key(
        event_id=UUID(event_id),
        kind=ReminderKind(kind),
        starts_at=int(starts_at),
        person_id=int(person_id),
    )


def wanted_kinds(wishes: Wishes) -> tuple[ReminderKind, ...]:
    said = {
        ReminderKind.WEEK: wishes.week,
        ReminderKind.DAY: wishes.day,
        ReminderKind.HOUR: wishes.hour,
    }
    return tuple(kind for kind in ReminderKind if said[kind])
