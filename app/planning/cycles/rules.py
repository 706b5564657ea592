"""What is allowed or true of editions, work tables, checklists and day plans; pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_, LocalizedText, field_in
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.clock import OUT_OF_YEARS
from app.planning.arranging.rules.plans import YEAR_DIGITS, is_year, text_defect, text_defects
from app.planning.events.values import EditionDraft, TableDraft

LONGEST_LABEL, LONGEST_THEME, LONGEST_PLACE, LONGEST_REF, LONGEST_WORDS, LONGEST_NAME = (
    20,
    300,
    200,
    120,
    200,
    120,
)
MOST_TABLES = 99
PREFIX = "congress-"

LABEL_TAKEN = N_("There is already an edition called “%(label)s”.")
NO_LABEL = N_("Write what it is called, for example VII or 2027.")
NOT_A_DATE = N_("Write a day, a month or a year: 2027-07-06, 2027-07 or 2027.")
ENDS_EARLY = N_("It ends before it starts.")
NO_THEME = N_("Write the theme in Spanish or in English.")
NO_WORDS = N_("Write what is to be done, in Spanish or in English.")
NO_NAME = N_("Write the name in Spanish or in English.")
NOT_A_POSITION = N_("Write a number from 1 to 99.")
NAME_TAKEN = N_("This source is already in the list.")


class TableInUse(Refusal):
    rule = "table-in-use"
    msgid = N_(
        "A session of the agenda belongs to this table, so it stays. Change the session first."
    )


class TableHasFindings(Refusal):
    rule = "table-has-findings"
    msgid = N_("What this table found is written down, so it stays. Take its findings out first.")


class NothingToLayOut(Refusal):
    rule = "nothing-to-lay-out"
    msgid = N_("There is no day plan to lay out, or the congress has sessions already.")


class CongressNotDated(Refusal):
    rule = "congress-not-dated"
    msgid = N_("The congress has no time yet. Give it its date first.")


class CongressTooShort(Refusal):
    rule = "congress-too-short"
    msgid = N_(
        "The day plan lasts longer than the congress: it ends %(length)s (hours and minutes) after its start."
    )


def slug_of(label: str, prefix: str = PREFIX) -> str:
    """Returns the slug for a label: "congress-vii" for "VII", "" where no letter is left."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return f"{prefix}{name}"[:40] if name else ""


def is_partial_date(text: str) -> bool:
    """Returns True for a day, a month or a year in ISO form."""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        return False
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def require_sound_label(label: str) -> None:
    """Raises InvalidInput at `label`."""
    errors = text_defect("label", label, LONGEST_LABEL)
    if not slug_of(label):
        errors = {"label": Sentence(NO_LABEL)}
    if errors:
        raise InvalidInput(errors)


def require_sound_edition(draft: EditionDraft) -> None:
    """Raises InvalidInput with a sentence for each wrong field."""
    errors = {
        **text_defect("label", draft.label, LONGEST_LABEL),
        **text_defect("place", draft.place, LONGEST_PLACE),
        **text_defect("decision_ref", draft.decision_ref, LONGEST_REF),
        **_text_defects("theme", draft.theme),
    }
    if not slug_of(draft.label):
        errors["label"] = Sentence(NO_LABEL)
    for field, text in (("starts_on", draft.starts_on), ("ends_on", draft.ends_on)):
        if text and not is_partial_date(text):
            errors[field] = Sentence(NOT_A_DATE)
        elif text and not is_year(int(text[:YEAR_DIGITS])):
            errors[field] = Sentence(OUT_OF_YEARS)
    are_dates = not {"starts_on", "ends_on"} & errors.keys() and draft.starts_on and draft.ends_on
    shorter = min(len(draft.starts_on), len(draft.ends_on))
    if are_dates and draft.ends_on[:shorter] < draft.starts_on[:shorter]:
        errors["ends_on"] = Sentence(ENDS_EARLY)
    if errors:
        raise InvalidInput(errors)


def require_sound_table(draft: TableDraft) -> None:
    """Raises InvalidInput with a sentence for each wrong field."""
    errors = _text_defects("theme", draft.theme)
    if not draft.theme:
        errors[field_in("theme")] = Sentence(NO_THEME)
    if not 1 <= draft.position <= MOST_TABLES:
        errors["position"] = Sentence(NOT_A_POSITION)
    if errors:
        raise InvalidInput(errors)


def require_words(
    field: str, words: LocalizedText, missing: str, most: int = LONGEST_WORDS
) -> LocalizedText:
    """Returns the text without blanks around it. Raises InvalidInput at the field of a language,
    such as `words_es`, where it is empty in all of them.
    """
    words = words.map(str.strip)
    errors = text_defects(field, words, most)
    if not words:
        errors[field_in(field)] = Sentence(missing)
    if errors:
        raise InvalidInput(errors)
    return words


def _text_defects(field: str, text: LocalizedText) -> dict[str, Sentence]:
    return text_defects(field, text, LONGEST_THEME)


# A day plan without its date: from sessions to minutes after the start on the wall clock, and
# back.

Held = tuple[str, LocalizedText, int | None, datetime, datetime]
"""Kind, title, work table and the instants of a session that was held."""


@dataclass(frozen=True)
class OutlineItem:
    """A session without date and people; minutes are wall time after the congress's start."""

    kind: str
    title: LocalizedText
    after_minutes: int
    minutes: int
    work_table_id: int | None = None


def outlined(
    sessions: Iterable[Held], starts_at: datetime, zone: ZoneInfo
) -> tuple[OutlineItem, ...]:
    """Returns the sessions in order of time. One that an agenda holds before the congress's start
    is not among them.
    """
    first = starts_at.astimezone(zone).replace(tzinfo=None)
    items = []
    for kind, title, table, begins, ends in sessions:
        start = begins.astimezone(zone).replace(tzinfo=None)
        after, lasting = _minutes(start - first), _minutes(ends - begins)
        if after >= 0 and lasting > 0:
            items.append(
                OutlineItem(
                    kind=kind,
                    title=title,
                    after_minutes=after,
                    minutes=lasting,
                    work_table_id=table,
                )
            )
    return tuple(sorted(items, key=lambda one: (one.after_minutes, one.minutes)))


def laid_out(
    sittings: Sequence[OutlineItem], starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> tuple[tuple[OutlineItem, Timespan], ...]:
    """Returns each with its instants.

    Refuses CongressTooShort when one would end after the congress.
    """
    first = starts_at.astimezone(zone).replace(tzinfo=None)
    placed = []
    for one in sittings:
        begins = (
            (first + timedelta(minutes=one.after_minutes))
            .replace(tzinfo=zone)
            .astimezone(starts_at.tzinfo)
        )
        placed.append((one, Timespan(begins, begins + timedelta(minutes=one.minutes))))
    if any(span.ends_at > ends_at for _one, span in placed):
        hours, minutes = divmod(max(one.after_minutes + one.minutes for one in sittings), 60)
        raise CongressTooShort(length=f"{hours}:{minutes:02d}")
    return tuple(placed)


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
