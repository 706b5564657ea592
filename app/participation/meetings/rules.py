"""When an event wants a meeting, what to do next so that it has it, and when to ask for the report;
pure.
"""

from datetime import datetime, timedelta

from app.kernel.text import N_
from app.participation.meetings.values import EventWish, MeetingAct, MeetingState, MeetingTold
from app.planning.events.rules.joining import NUMBER_OF_ZOOM
from app.planning.events.values import EventDetail, EventKind, EventStatus, Mode

LONGEST = timedelta(hours=24)
LONGEST_TOPIC = 200
REPORT_PAUSES = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(days=1),
)
"""After the end of the event: when the report is asked for, and again while there is none."""
SHORTEST_PAUSE = timedelta(minutes=5)
DISCONNECTED = N_("The connection it was made with is no longer there.")
KEYS_LOST = N_("The keys of the connection can no longer be read: enter them again.")


def wish_of(event: EventDetail, topic: str, now: datetime) -> EventWish:
    span = event.span
    is_over = span is not None and span.ends_at <= now
    is_wanted = (
        event.status is EventStatus.PUBLISHED
        and event.mode is not Mode.IN_PERSON
        and event.kind is not EventKind.EXTERNAL
        and span is not None
        and not is_over
        and span.ends_at - span.starts_at <= LONGEST
    )
    return EventWish(
        is_wanted=is_wanted,
        is_over=is_over,
        topic=" ".join(topic.split())[:LONGEST_TOPIC],
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        timezone=event.timezone,
        join_url=event.join_url,
    )


def next_act(wish: EventWish, told: MeetingTold | None) -> MeetingAct:
    """Returns what to do next so that the event has the meeting that it wants. What is over stays
    as it was. A link of the event's own means that no meeting is wanted.
    """
    if wish.is_over:
        return MeetingAct.NOTHING
    is_ours = not wish.join_url or (told is not None and is_link_of(wish.join_url, told))
    is_wanted = wish.is_wanted and is_ours
    if told is None or told.state is MeetingState.GONE:
        return MeetingAct.CREATE if is_wanted else MeetingAct.NOTHING
    if not is_wanted:
        return MeetingAct.CANCEL
    if told.state is MeetingState.ASKED:
        return MeetingAct.CREATE
    if (told.topic, told.starts_at, told.ends_at) != (wish.topic, wish.starts_at, wish.ends_at):
        return MeetingAct.MOVE
    return MeetingAct.NOTHING if wish.join_url else MeetingAct.LINK


def is_link_of(join_url: str, told: MeetingTold) -> bool:
    """Returns True for the link that we wrote, and for another way to write that meeting of Zoom."""
    number = NUMBER_OF_ZOOM.search(join_url)
    return join_url == told.join_url or (number is not None and number[1] == told.external_id)


def report_due_at(ends_at: datetime, tries: int, now: datetime) -> datetime | None:
    """Returns when the report is asked for after so many tries without one; None when no more."""
    if tries >= len(REPORT_PAUSES):
        return None
    due = ends_at + REPORT_PAUSES[tries]
    return max(due, now + SHORTEST_PAUSE) if tries else due
