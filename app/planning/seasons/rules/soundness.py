"""What a season must be before it is planned, and when it may no longer be changed."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, available_timezones

from app.kernel.refusal import Kind, Refusal, Sentence
from app.kernel.text import N_
from app.planning.seasons.values import (
    LONGEST_SEASON_DAYS,
    MOST_WISHES,
    SeasonDraft,
    WishRow,
)

LONGEST_TITLE, LONGEST_NAME, MOST_NAMES = 200, 200, 60
SHORTEST, LONGEST = 15, 420
MOST_SPACING = 60

NO_TITLE = N_("Give the season a title.")
LONG_TITLE = N_("Write at most %(max)d characters.")
BAD_ORDER = N_("The season must end after it begins.")
TOO_LONG = N_("A season has at most %(days)d days.")
NO_ZONE = N_("There is no time zone called “%(value)s”.")
NO_WISHES = N_("Give at least one webinar.")
TOO_MANY_WISHES = N_("A season has at most %(most)d webinars; these are %(count)d.")
NO_WISH_TITLE = N_("The title is missing in both languages.")
NO_GROUP = N_("Name at least one group.")
BAD_MINUTES = N_("Between %(least)d and %(most)d minutes.")
BAD_SPACING = N_("Between 0 and %(most)d working days.")
BAD_WINDOW = N_("The latest day is before the earliest.")
OUTSIDE_SEASON = N_("These days are not within the season.")
BAD_PARENT = N_("Write the number of an earlier row.")
TOO_MANY_NAMES = N_("At most %(most)d names.")
UNPRINTABLE = N_("This text holds characters that cannot be stored. Please type it again.")
DOES_NOT_FIT = N_("It is longer than the hours of the day that the season uses.")


class AlreadyAccepted(Refusal):
    rule = "season-already-accepted"
    msgid = N_("This season was accepted; its events are in the programme. Change them there.")


class NotProposed(Refusal):
    rule = "season-not-proposed"
    msgid = N_("There is no finished proposal to accept yet.")


class AlreadyAsked(Refusal):
    rule = "season-wish-asked"
    msgid = N_(
        "The presidency was asked for a time for this webinar; it is an event of its own now."
    )


class NoSuchWish(Refusal):
    kind = Kind.MISSING
    rule = "no-such-wish"
    msgid = N_("The season has no such webinar.")


def defects(draft: SeasonDraft) -> Iterator[tuple[str, Sentence]]:
    """What cannot be accepted, by field; the fields of a row are "rows.3.minutes"."""
    yield from _of_season(draft)
    if not draft.rows:
        yield "rows", Sentence(NO_WISHES)
    if len(draft.rows) > MOST_WISHES:
        yield "rows", Sentence(TOO_MANY_WISHES, {"most": MOST_WISHES, "count": len(draft.rows)})
        return
    for number, row in enumerate(draft.rows, start=1):
        for column, sentence in _of_row(draft, row, number):
            yield f"rows.{number}.{column}", sentence


def _of_season(draft: SeasonDraft) -> Iterator[tuple[str, Sentence]]:
    if not draft.title.strip():
        yield "title", Sentence(NO_TITLE)
    elif len(draft.title) > LONGEST_TITLE:
        yield "title", Sentence(LONG_TITLE, {"max": LONGEST_TITLE})
    elif not is_printable(draft.title):
        yield "title", Sentence(UNPRINTABLE)
    if draft.ends_on < draft.starts_on:
        yield "ends_on", Sentence(BAD_ORDER)
    elif (draft.ends_on - draft.starts_on).days >= LONGEST_SEASON_DAYS:
        yield "ends_on", Sentence(TOO_LONG, {"days": LONGEST_SEASON_DAYS})
    if not is_zone(draft.timezone):
        yield "timezone", Sentence(NO_ZONE, {"value": draft.timezone[:60]})


def _of_row(draft: SeasonDraft, row: WishRow, number: int) -> Iterator[tuple[str, Sentence]]:
    if not row.title.map(str.strip):
        yield "title", Sentence(NO_WISH_TITLE)
    elif max(map(len, row.title.values())) > LONGEST_TITLE:
        yield "title", Sentence(LONG_TITLE, {"max": LONGEST_TITLE})
    elif not all(map(is_printable, row.title.values())):
        yield "title", Sentence(UNPRINTABLE)
    if not row.groups:
        yield "groups", Sentence(NO_GROUP)
    for column, named in (
        ("groups", row.groups),
        ("people", row.people),
        ("countries", row.countries),
    ):
        if len(named) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in named):
            yield column, Sentence(TOO_MANY_NAMES, {"most": MOST_NAMES})
    if not SHORTEST <= row.minutes <= LONGEST:
        yield "minutes", Sentence(BAD_MINUTES, {"least": SHORTEST, "most": LONGEST})
    elif row.minutes > _minutes_of_day(draft):
        yield "minutes", Sentence(DOES_NOT_FIT)
    if not 0 <= row.spacing <= MOST_SPACING:
        yield "spacing", Sentence(BAD_SPACING, {"most": MOST_SPACING})
    if row.earliest and row.latest and row.latest < row.earliest:
        yield "latest", Sentence(BAD_WINDOW)
    elif (row.earliest and row.earliest > draft.ends_on) or (
        row.latest and row.latest < draft.starts_on
    ):
        yield "earliest", Sentence(OUTSIDE_SEASON)
    if row.after is not None and not 1 <= row.after < number:
        yield "after", Sentence(BAD_PARENT)


def _minutes_of_day(draft: SeasonDraft) -> int:
    opens, closes = draft.limits.opens, draft.limits.closes
    return (closes.hour - opens.hour) * 60 + closes.minute - opens.minute


def is_printable(text: str) -> bool:
    return all(character.isprintable() for character in text)


def is_zone(name: str) -> bool:
    return name in available_timezones() and bool(ZoneInfo(name))
