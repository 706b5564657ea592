"""What a congress needs: before it may be published (R22, R29), and what its edition's checklist
shows; pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText, languages
from app.planning.arranging.rules.publishing import Lack

NO_EDITION = N_("it does not say which edition it is the congress of")
NO_START = N_("its dates are not known to the day")
NO_WEBINAR = N_("no published preparatory event of edition %(edition)s ends before it starts")
NO_REVIEW = N_("its agenda has no session of the kind “Guidelines review”")


@dataclass(frozen=True)
class Cycle:
    """An edition as publishing its congress sees it. `preparatory_ends`: when its preparatory
    events end that are published, not cancelled and known to the hour.
    """

    slug: str
    label: str
    preparatory_ends: tuple[datetime, ...] = ()


def lacks_of_congress(
    starts_at: datetime | None, cycles: Sequence[Cycle], *, has_guidelines_review: bool
) -> tuple[Lack, ...]:
    """Returns what a congress of these editions lacks before it may be published."""
    if not cycles:
        return (Lack("edition-of-congress", Sentence(NO_EDITION)),)
    lacks = [
        Lack("preparatory-webinar", Sentence(NO_WEBINAR, {"edition": cycle.label}), cycle.slug)
        for cycle in cycles
        if not is_prepared(starts_at, cycle.preparatory_ends)
    ]
    if starts_at is None:
        lacks.insert(0, Lack("dates-of-congress", Sentence(NO_START), cycles[0].slug))
    if not has_guidelines_review:
        lacks.append(Lack("guidelines-review", Sentence(NO_REVIEW), cycles[0].slug))
    return tuple(lacks)


def is_prepared(starts_at: datetime | None, preparatory_ends: Sequence[datetime]) -> bool:
    """R22: half-open hours, so that what ends when the congress starts still prepares it."""
    return starts_at is not None and any(end <= starts_at for end in preparatory_ends)


class ChecklistPage(StrEnum):
    """Where something on the checklist is mended."""

    EDITION = "edition"
    CONGRESS = "congress"
    AGENDA = "agenda"
    EVENTS = "events"
    TABLES = "tables"
    PLAN = "plan"


@dataclass(frozen=True)
class ChecklistLine:
    """One line of the checklist that the platform sees by itself. `words` is a msgid; no `reason`:
    it is done.
    """

    key: str
    words: str
    reason: Sentence | None
    place: ChecklistPage

    @property
    def is_done(self) -> bool:
        return self.reason is None


@dataclass(frozen=True)
class TableState:
    position: int
    theme: LocalizedText
    has_moderator: bool
    has_rapporteur: bool


@dataclass(frozen=True)
class EditionState:
    """What stands of an edition. `are_days_known`: those of its congress where one is planned, else
    its own. `starts_at` is its congress's; `texts` are all that readers see of it.
    """

    are_days_known: bool
    is_congress_planned: bool
    starts_at: datetime | None
    preparatory_ends: tuple[datetime, ...]
    has_guidelines_review: bool
    tables: tuple[TableState, ...]
    texts: tuple[LocalizedText, ...]
    has_presidency: bool
    is_decided: bool


DATES = N_("Its dates are known")
CONGRESS = N_("The congress is planned")
WEBINAR = N_("A preparatory event is published and ends before the congress")
REVIEW = N_("The agenda has a Guidelines review")
TABLES = N_("Each work table has a moderator and a rapporteur")
LANGUAGES = N_("Everything is in both languages")
PRESIDENCY = N_("The presidency is named")
DECIDED = N_("It rests on an entry of the annual plan or on a Decision")


def checklist(state: EditionState) -> tuple[ChecklistLine, ...]:
    """Returns everything the platform can see by itself, in the order in which it is usually done."""
    return tuple(
        ChecklistLine(key=key, words=words, reason=_reason(said), place=place)
        for key, words, said, place in _lines(state)
    )


def _reason(said: str | Sentence) -> Sentence | None:
    return said if isinstance(said, Sentence) else Sentence(said) if said else None


def _lines(state: EditionState) -> Iterator[tuple[str, str, str | Sentence, ChecklistPage]]:
    """Key, words, reason ("" when done) and where it is mended."""
    yield (
        "dates",
        DATES,
        _undated(state),
        ChecklistPage.CONGRESS if state.is_congress_planned else ChecklistPage.EDITION,
    )
    named = "" if state.has_presidency else N_("Choose the country that presides.")
    yield "presidency", PRESIDENCY, named, ChecklistPage.EDITION
    decided = (
        ""
        if state.is_decided
        else N_("Write the Decision, or choose a plan entry for the congress.")
    )
    yield "decision", DECIDED, decided, ChecklistPage.PLAN
    planned = (
        ""
        if state.is_congress_planned
        else N_("Plan an event of the kind “congress” for this edition.")
    )
    yield "congress", CONGRESS, planned, ChecklistPage.EVENTS
    yield "preparatory", WEBINAR, _unprepared(state), ChecklistPage.EVENTS
    yield (
        "guidelines-review",
        REVIEW,
        _unreviewed(state),
        ChecklistPage.AGENDA if state.is_congress_planned else ChecklistPage.EVENTS,
    )
    yield "tables", TABLES, _unstaffed(state.tables), ChecklistPage.TABLES
    translated = not any(text.lacks(code) for text in state.texts for code in languages())
    lacking = (
        "" if translated else N_("Complete the theme and the tables in Spanish and in English.")
    )
    yield "languages", LANGUAGES, lacking, ChecklistPage.EDITION


def _undated(state: EditionState) -> str:
    if state.are_days_known:
        return ""
    if state.is_congress_planned:
        return N_("The congress has no date yet. Give it its date and hours.")
    return N_("Write the first and the last day.")


def _unprepared(state: EditionState) -> str:
    if is_prepared(state.starts_at, state.preparatory_ends):
        return ""
    if state.starts_at is None:
        return N_("The congress has no time yet, so nothing can come before it.")
    if state.preparatory_ends:
        return N_("The preparatory events end after the congress has started. Plan one before it.")
    return N_("Plan and publish a webinar that prepares this edition.")


def _unreviewed(state: EditionState) -> str:
    return (
        ""
        if state.has_guidelines_review
        else N_("Add a session of the kind “Guidelines review” to its agenda.")
    )


def _unstaffed(tables: Sequence[TableState]) -> str | Sentence:
    if not tables:
        return N_("Add the work tables.")
    lacking = [one for one in tables if not (one.has_moderator and one.has_rapporteur)]
    numbers = ", ".join(str(one.position) for one in lacking)
    said = N_("Name who moderates and who reports. Missing at table: %(tables)s.")
    return Sentence(said, {"tables": numbers}) if lacking else ""
