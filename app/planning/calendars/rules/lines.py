"""Bytes → components, each with the line it begins on. Forgiving: what is no calendar line is
passed over.

Lines are joined before they are decoded, because a fold may stand within a character (RFC 5545
§3.1).
"""

import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.kernel.first_bytes import BZIP2, GZIP, RAR, SEVEN_ZIP, ZIP
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_

LARGEST = 5 * 1024 * 1024
LONGEST_LINE = 100_000
MOST_COMPONENTS = 12_000
MOST_BEGINNINGS = 50_000  # reminders, tasks and whatever else stands in the file
READ = ("VEVENT", "VFREEBUSY", "VTIMEZONE")
PARTS_OF_ZONES = ("STANDARD", "DAYLIGHT")
WANTED = re.compile(
    r"(BEGIN|END|UID|SUMMARY|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|EXRULE|RECURRENCE-ID|STATUS|TRANSP|SEQUENCE|"
    r"FREEBUSY|TZID|TZOFFSETFROM|TZOFFSETTO|X-WR-TIMEZONE|X-MICROSOFT-CDO-BUSYSTATUS)(?=[;:])",
    re.IGNORECASE,
)


class NotACalendar(Refusal):
    kind = Kind.INVALID
    rule = "not-a-calendar"
    msgid = N_("This is not a calendar: an .ics file begins with BEGIN:VCALENDAR.")


class NothingInside(NotACalendar):
    msgid = N_("The file is empty.")


class WebPage(NotACalendar):
    msgid = N_(
        "This is a web page, not a calendar. Look for the address that ends in .ics or is called iCal."
    )


class Packed(NotACalendar):
    msgid = N_("This is a compressed file. Unpack it first and choose the .ics file inside.")


class TooLarge(NotACalendar):
    rule = "calendar-too-large"
    msgid = N_("The calendar is larger than 5 MB.")


@dataclass(frozen=True)
class Property:
    name: str
    params: dict[str, str]
    value: str


@dataclass
class Component:
    """`is_closed` is false when its END never came."""

    name: str
    line: int
    properties: list[Property] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)
    is_closed: bool = False

    def first(self, name: str) -> Property | None:
        return next((one for one in self.properties if one.name == name), None)

    def all(self, name: str) -> list[Property]:
        return [one for one in self.properties if one.name == name]

    def text(self, name: str) -> str:
        prop = self.first(name)
        return prop.value.strip() if prop else ""


@dataclass
class CalendarContents:
    """The events, busy lists and zones of a file in its order, and the zone it names for itself (or
    ""). `most` is the number of components after which the rest was not read; None for a file that
    was read to its end.
    """

    components: list[Component] = field(default_factory=list)
    timezone: str = ""
    most: int | None = None


def components_in(content: bytes) -> CalendarContents:
    """Reads until the file ends or has too many components. Refuses with NotACalendar what is
    none.
    """
    contents = CalendarContents()
    open_ones: list[Component] = []
    beginnings = taken = 0
    for number, line in logical_lines(_checked(content)):
        prop = _property(line)
        if prop is None:
            continue
        if prop.name == "BEGIN":
            component = Component(prop.value.strip().upper(), number)
            beginnings += 1
            taken += component.name in (*READ, *PARTS_OF_ZONES)
            if taken > MOST_COMPONENTS or beginnings > MOST_BEGINNINGS:
                contents.most = MOST_COMPONENTS if taken > MOST_COMPONENTS else MOST_BEGINNINGS
                break
            _begin(component, open_ones, contents.components)
        elif prop.name == "END":
            _end(prop.value.strip().upper(), open_ones)
        elif open_ones and open_ones[-1].name in (*READ, *PARTS_OF_ZONES):
            open_ones[-1].properties.append(prop)
        elif prop.name == "X-WR-TIMEZONE" and not contents.timezone:
            contents.timezone = prop.value.strip()
    return contents


def logical_lines(content: bytes) -> Iterator[tuple[int, str]]:
    """Yields each line with its number, folds undone; ends of lines may be CRLF, LF or CR."""
    began, parts = 0, [b""]
    for number, raw in enumerate(
        content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), start=1
    ):
        if raw[:1] in (b" ", b"\t") and began:
            parts.append(raw[1:])
            continue
        if began:
            yield began, _decoded(b"".join(parts))
        began, parts = number, [raw]
    yield began, _decoded(b"".join(parts))


def _checked(content: bytes) -> bytes:
    """Returns the content in UTF-8 or a single-byte encoding; refuses what is no calendar at all."""
    if len(content) > LARGEST:
        raise TooLarge
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = content.decode("utf-16", "replace").encode("utf-8", "replace")
    content = content.removeprefix(codecs.BOM_UTF8)
    head = content[:4096].lstrip().lower()
    if not content.strip():
        raise NothingInside
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        raise WebPage
    if content.startswith((ZIP, GZIP, BZIP2, SEVEN_ZIP, RAR)):
        raise Packed
    if b"begin:vcalendar" not in content.lower():
        raise NotACalendar
    return content


def _decoded(raw: bytes) -> str:
    raw = raw[:LONGEST_LINE]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _property(line: str) -> Property | None:
    wanted = WANTED.match(line)
    if wanted is None:
        return None
    line = line.replace("\x00", "")
    if (
        line[wanted.end()] == ":" and "\\" not in line and "%" not in line
    ):  # icalendar takes 8 µs for each
        return Property(wanted[1].upper(), {}, line[wanted.end() + 1 :])
    from icalendar.parser import Contentline

    try:
        name, params, value = Contentline(line).parts()  # type: ignore[no-untyped-call]  # icalendar's
        given = {
            str(k).upper(): one if isinstance(one, str) else str(next(iter(one), ""))
            for k, one in params.items()
        }
    except ValueError:  # a blank parameter, a stray quote
        name, given, value = _roughly(line)
    value = str(value)
    if given.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":  # vCalendar 1.0
        value = _decoded(quopri.decodestring(value.encode("utf-8")))
    return Property(str(name).upper(), given, value)


def _roughly(line: str) -> tuple[str, dict[str, str], str]:
    head, _, value = line.partition(":")
    name, *params = head.split(";")
    pairs = (param.partition("=") for param in params)
    return name, {key.upper(): text.strip('"') for key, _, text in pairs}, value


def _begin(component: Component, open_ones: list[Component], components: list[Component]) -> None:
    """Opens a component; an event within an event means that the outer one was never closed."""
    if component.name in READ:
        open_ones.clear()
        components.append(component)
    elif open_ones and open_ones[-1].name == "VTIMEZONE" and component.name in PARTS_OF_ZONES:
        open_ones[-1].parts.append(component)
    open_ones.append(component)


def _end(name: str, open_ones: list[Component]) -> None:
    """Closes the nearest of that name, and whatever was left open within it. An END of nothing is
    passed over.
    """
    if all(one.name != name for one in open_ones):
        return
    while open_ones:
        closed = open_ones.pop()
        closed.is_closed = True
        if closed.name == name:
            return
