"""libical through ctypes: the C library behind Evolution, GNOME Calendar and KOrganizer (Debian:
libical3).

It expands RRULE, RDATE and EXDATE; putting a RECURRENCE-ID in the place of its instance it leaves
to the program.
"""

import ctypes
from collections.abc import Iterator
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_long, c_void_p
from datetime import UTC, date, datetime
from functools import cache

LIBRARY = "libical.so.3"


class Time(Structure):
    """struct icaltimetype of libical 3."""

    _fields_ = [
        (name, c_int)
        for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_dst")
    ] + [("zone", c_void_p)]


class Span(Structure):
    """struct icaltime_span."""

    _fields_ = (("start", c_long), ("end", c_long), ("is_busy", c_int))


Told = CFUNCTYPE(None, c_void_p, POINTER(Span), c_void_p)
Moment = datetime | date
Found = tuple[str, Moment, Moment, int, bool]

SIGNATURES = {
    "icalparser_parse_string": (c_void_p, [c_char_p]),
    "icalcomponent_string_to_kind": (c_int, [c_char_p]),
    "icalcomponent_get_first_component": (c_void_p, [c_void_p, c_int]),
    "icalcomponent_get_next_component": (c_void_p, [c_void_p, c_int]),
    "icalcomponent_get_dtstart": (Time, [c_void_p]),
    "icalcomponent_get_dtend": (Time, [c_void_p]),
    "icalcomponent_get_first_property": (c_void_p, [c_void_p, c_int]),
    "icalproperty_string_to_kind": (c_int, [c_char_p]),
    "icalproperty_get_datetime_with_component": (Time, [c_void_p, c_void_p]),
    "icalcomponent_get_uid": (c_char_p, [c_void_p]),
    "icalcomponent_get_sequence": (c_int, [c_void_p]),
    "icalcomponent_get_status": (c_int, [c_void_p]),
    "icalcomponent_free": (None, [c_void_p]),
    "icalproperty_status_to_string": (c_char_p, [c_int]),
    "icaltime_as_timet_with_zone": (c_long, [Time, c_void_p]),
    "icaltime_from_timet_with_zone": (Time, [c_long, c_int, c_void_p]),
    "icaltimezone_get_utc_timezone": (c_void_p, []),
    "icalcomponent_foreach_recurrence": (None, [c_void_p, Time, Time, Told, c_void_p]),
}


@cache
def library() -> ctypes.CDLL:
    """Raises OSError where it is not installed."""
    loaded = ctypes.CDLL(LIBRARY)
    for name, (result, arguments) in SIGNATURES.items():
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    return loaded


def read(text: bytes, first: datetime, last: datetime) -> Iterator[Found]:
    """Every instance that starts between two instants: UID, start, end, SEQUENCE, whether it is
    cancelled.
    """
    c = library()
    root = c.icalparser_parse_string(text)
    try:
        events = list(_events(root))
        replaced: dict[str, set[Moment]] = {}
        for event in events:
            instead_of = _instead_of(event)
            if instead_of is not None:
                replaced.setdefault(_uid(event), set()).add(instead_of)
                yield _found(event, _moment(c.icalcomponent_get_dtstart(event)), _end(event))
        for event in events:
            if _instead_of(event) is None:
                for start, end in _instances(event, first, last):
                    if start not in replaced.get(_uid(event), ()):
                        yield _found(event, start, end)
    finally:
        c.icalcomponent_free(root)


def _events(root: int) -> Iterator[int]:
    c = library()
    kind = c.icalcomponent_string_to_kind(b"VEVENT")
    event = c.icalcomponent_get_first_component(root, kind)
    while event:
        yield event
        event = c.icalcomponent_get_next_component(root, kind)


def _instead_of(event: int) -> Moment | None:
    """Its RECURRENCE-ID, by the zone that the property names."""
    c = library()
    found = c.icalcomponent_get_first_property(
        event, c.icalproperty_string_to_kind(b"RECURRENCE-ID")
    )
    return _moment(c.icalproperty_get_datetime_with_component(found, event)) if found else None


def _instances(event: int, first: datetime, last: datetime) -> list[tuple[Moment, Moment]]:
    c, spans = library(), []

    def note(_event: int, span: "ctypes._Pointer[Span]", _data: int) -> None:
        spans.append((span.contents.start, span.contents.end))

    utc = c.icaltimezone_get_utc_timezone()
    window = [c.icaltime_from_timet_with_zone(int(at.timestamp()), 0, utc) for at in (first, last)]
    c.icalcomponent_foreach_recurrence(event, *window, Told(note), None)
    if c.icalcomponent_get_dtstart(event).is_date:
        # libical gives days as seconds of UTC; the end of a day is told as one second before it.
        return [(_instant(start).date(), _instant(end + 1).date()) for start, end in spans]
    return [(_instant(start), _instant(end)) for start, end in spans]


def _found(event: int, start: Moment, end: Moment) -> Found:
    c = library()
    status = c.icalproperty_status_to_string(c.icalcomponent_get_status(event)) or b""
    return _uid(event), start, end, c.icalcomponent_get_sequence(event), status == b"CANCELLED"


def _uid(event: int) -> str:
    found: bytes = library().icalcomponent_get_uid(event)
    return found.decode()


def _end(event: int) -> Moment:
    return _moment(library().icalcomponent_get_dtend(event))


def _moment(time: Time) -> Moment:
    if time.is_date:
        return date(time.year, time.month, time.day)
    return _instant(library().icaltime_as_timet_with_zone(time, time.zone))


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
