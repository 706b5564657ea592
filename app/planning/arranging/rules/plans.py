"""What an event needs to be published, and annual plans with their entries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from zoneinfo import ZoneInfo

from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import N_, SEVERAL_LINES, LocalizedText, field_in, is_one_line, is_printable
from app.planning.events.rules.stages import is_dated
from app.planning.events.values import EntryDraft, EventDraft

NO_DATE = N_("it has no date")
TWO = N_("%(first)s; %(second)s")


@dataclass(frozen=True)
class Lack:
    """One thing that is missing, as a clause without a full stop. `edition`: whose checklist shows
    it, or "".
    """

    rule: str
    sentence: Sentence
    edition: str = ""


class NotReady(Refusal):
    """Says everything that is missing in one sentence; `lacks` has it piece by piece."""

    rule = "not-ready-to-publish"
    msgid = N_("This event cannot be published yet: %(missing)s.")

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(missing=reduce(_and, (lack.sentence for lack in lacks)))
        self.lacks = tuple(lacks)

    @property
    def editions(self) -> tuple[str, ...]:
        """Returns slugs of the editions whose checklists say more, each once."""
        return tuple(dict.fromkeys(lack.edition for lack in self.lacks if lack.edition))


def lack_of_date(draft: EventDraft) -> Lack | None:
    """Returns what a draft without a date lacks: nobody can come to it."""
    return None if is_dated(draft) else Lack("no-date", Sentence(NO_DATE))


def require_ready(lacks: Sequence[Lack]) -> None:
    if lacks:
        raise NotReady(lacks)


def _and(first: Sentence, second: Sentence) -> Sentence:
    return Sentence(TWO, {"first": first, "second": second})


# Annual plans: what an event of a planned year must rest on (R3), and how a plan may change.

FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST_EVENTS, QUARTERS = 99, (1, 2, 3, 4)
LONGEST_TITLE, LONGEST_REF = 200, 120
YEAR_DIGITS = 4

NOT_IN_PLAN = N_(
    "the annual plan of %(year)s is approved, so choose one of its entries or name the Decision"
)
OTHER_YEAR = N_("the plan entry chosen is not of %(year)s")
OTHER_GROUP = N_("the plan entry chosen belongs to another working group")
NOT_APPROVED = N_(
    "it is not in the annual plan of %(year)s, so the presidency must approve it first"
)
NO_TITLE = N_("Write the title in Spanish or in English.")
NO_DECISION = N_("Name the Decision that it rests on.")
NOT_EVENTS = N_("Write a number from 1 to 99.")
NOT_A_QUARTER = N_("Choose a quarter, or any time of the year.")
TOO_LONG = N_("Write at most %(max)d characters.")
UNPRINTABLE = N_("This text holds characters that cannot be stored. Please type it again.")


class EmptyPlan(Refusal):
    rule = "empty-plan"
    msgid = N_("A plan without entries cannot be approved. Add what is planned for the year first.")


class PlanChanged(ChangedMeanwhile):
    rule = "plan-changed-meanwhile"
    msgid = N_(
        "Somebody else changed this plan since you opened it, so it is not approved. Read the entries below, as they "
        "are now; if you agree with them, approve the plan again."
    )


class OnlyThePresidency(Refusal):
    rule = "plan-is-approved"
    msgid = N_(
        "The plan of %(year)s is approved: only the presidency changes its entries. New ones can be added."
    )


class EntryInUse(Refusal):
    rule = "entry-in-use"
    msgid = N_("Events are held under this entry, so it stays.")


@dataclass(frozen=True)
class PlannedEntry:
    """A plan entry as publishing sees it; no group is the whole region."""

    year: int
    group: str = ""


def year_of(draft: EventDraft) -> int | None:
    """Returns the year in which it takes place on the clock of its own zone; None when not even
    that is known.
    """
    if draft.span is not None:
        return local_year(draft.span.starts_at, draft.timezone)
    typed = draft.found_start[:YEAR_DIGITS]
    return int(typed) if len(typed) == YEAR_DIGITS and typed.isascii() and typed.isdigit() else None


def local_year(instant: datetime, timezone: str) -> int:
    return instant.astimezone(ZoneInfo(timezone)).year


def lack_of_entry(year: int, entry: PlannedEntry | None) -> Lack | None:
    """Returns what an event lacks that names an entry of another year, where no plan of its own
    year is approved: the entry's count would hold what takes place in another year.
    """
    if entry is None or entry.year == year:
        return None
    return Lack("plan-entry", Sentence(OTHER_YEAR, {"year": year}))


def lack_of_plan(
    year: int,
    *,
    groups: Collection[str],
    entry: PlannedEntry | None,
    decision_ref: str,
    is_presidencys: bool,
) -> Lack | None:
    """Returns what an event lacks whose year has an approved plan.

    `is_presidencys`: the presidency publishes it, or has approved it. An entry of the year and of
    its groups, or of the whole region, is enough.
    """
    if entry is not None and entry.year == year and (not entry.group or entry.group in groups):
        return None
    if decision_ref:
        lack = Lack("presidency-approves", Sentence(NOT_APPROVED, {"year": year}))
        return None if is_presidencys else lack
    if entry is None:
        return Lack("plan-entry", Sentence(NOT_IN_PLAN, {"year": year}))
    msgid = OTHER_YEAR if entry.year != year else OTHER_GROUP
    return Lack("plan-entry", Sentence(msgid, {"year": year}))


def rests_on_same(before: EventDraft, after: EventDraft) -> bool:
    """Returns True when the presidency's approval covers what it rests on now: the Decision that it
    read, or the plan alone.
    """
    return not after.decision_ref or (before.plan_entry_id, before.decision_ref) == (
        after.plan_entry_id,
        after.decision_ref,
    )


def is_year(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def require_sound_entry(draft: EntryDraft, *, is_amendment: bool) -> None:
    """Refuses by field; what comes into an approved plan names the Decision that it rests on."""
    errors: dict[str, Sentence] = {}
    for field, text, most in (
        *(
            (field_in("title", language), text, LONGEST_TITLE)
            for language, text in draft.title.items()
        ),
        ("decision_ref", draft.decision_ref, LONGEST_REF),
    ):
        errors |= line_defect(field, text, most)
    if not draft.title:
        errors[field_in("title")] = Sentence(NO_TITLE)
    if not 1 <= draft.events_planned <= MOST_EVENTS:
        errors["events_planned"] = Sentence(NOT_EVENTS)
    if draft.quarter is not None and draft.quarter not in QUARTERS:
        errors["quarter"] = Sentence(NOT_A_QUARTER)
    if is_amendment and not draft.decision_ref:
        errors["decision_ref"] = Sentence(NO_DECISION)
    if errors:
        raise InvalidInput(errors)


def require_decision(decision_ref: str) -> str:
    """Returns the Decision that a plan is approved by, without blanks around it.

    Refuses at its field.
    """
    named = decision_ref.strip()
    errors = line_defect("decision_ref", named, LONGEST_REF)
    if not named:
        errors = {"decision_ref": Sentence(NO_DECISION)}
    if errors:
        raise InvalidInput(errors)
    return named


def text_defect(field: str, text: str, most: int) -> dict[str, Sentence]:
    """Returns by its field what no database takes of a text; empty when it is sound."""
    if len(text) > most:
        return {field: Sentence(TOO_LONG, {"max": most})}
    return {} if is_printable(text) else {field: Sentence(UNPRINTABLE)}


def text_defects(field: str, text: LocalizedText, most: int) -> dict[str, Sentence]:
    """Returns the same as `text_defect`, at the field of each language."""
    return {
        name: sentence
        for language, words in text.items()
        for name, sentence in text_defect(field_in(field, language), words, most).items()
    }


def line_defect(field: str, text: str, most: int) -> dict[str, Sentence]:
    """Returns the same as `text_defect`, for a text that stands on one line."""
    return text_defect(field, text, most) or (
        {} if is_one_line(text) else {field: Sentence(SEVERAL_LINES)}
    )
