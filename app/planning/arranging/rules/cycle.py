"""The order of a congress's cycle, and what a congress needs before it is public."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from app.kernel.reference import REFERENCE
from app.kernel.refusal import Refusal, Sentence
from app.kernel.text import N_, LocalizedText, languages
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.plans import Lack
from app.planning.events.values import EditionLink, LinkRole

ISO_DAY_LENGTH = 10


@dataclass(frozen=True)
class CycleEvent:
    """What stands in an edition's cycle already: an event, or (with `event_id` None) the edition's
    own dates. `span` is None for a congress whose hours are not known yet.
    """

    event_id: UUID | None
    title: LocalizedText | Sentence
    edition: str
    label: str
    role: LinkRole
    span: Timespan | None


class OutOfOrder(Refusal):
    """A preparatory event ends before its congress starts; a follow-up starts after it has
    ended.
    """

    def __init__(self, other: CycleEvent) -> None:
        super().__init__(edition=other.label, title=other.title)
        self.other = other


class PreparatoryTooLate(OutOfOrder):
    rule = "preparatory-before-congress"
    msgid = N_(
        "A preparatory event must end before the congress of edition %(edition)s starts (“%(title)s”)."
    )


class FollowUpTooEarly(OutOfOrder):
    rule = "follow-up-after-congress"
    msgid = N_(
        "A follow-up must start after the congress of edition %(edition)s has ended (“%(title)s”)."
    )


class CycleBroken(OutOfOrder):
    """Moving a congress over what prepares it or follows it up."""

    rule = "congress-keeps-its-cycle"
    msgid = N_(
        "The congress of edition %(edition)s cannot be then: “%(title)s” prepares it or follows it up."
    )


class EditionTaken(OutOfOrder):
    rule = "one-congress-per-edition"
    msgid = N_("Edition %(edition)s already has its congress: “%(title)s”.")


def breach_of(
    span: Timespan, links: Sequence[EditionLink], cycle: Sequence[CycleEvent]
) -> OutOfOrder | None:
    """Returns the first thing that breaks the order of a cycle (R45), or None.

    `cycle` leaves out the event itself.
    """
    for link in links:
        for other in cycle:
            if other.edition == link.edition:
                broken = _breach_between(span, link.role, other)
                if broken is not None:
                    return broken
    return None


def _breach_between(span: Timespan, role: LinkRole, other: CycleEvent) -> OutOfOrder | None:
    if role is other.role is LinkRole.CONGRESS:
        return EditionTaken(other) if other.event_id is not None else None
    if other.span is None:
        return None
    if role is LinkRole.CONGRESS:
        early, late = (
            (other.span, span) if other.role is LinkRole.PREPARATORY else (span, other.span)
        )
        return CycleBroken(other) if early.ends_at > late.starts_at else None
    if other.role is not LinkRole.CONGRESS:
        return None
    if role is LinkRole.PREPARATORY:
        return PreparatoryTooLate(other) if span.ends_at > other.span.starts_at else None
    return FollowUpTooEarly(other) if span.starts_at < other.span.ends_at else None


def nearest_lawful_wish(
    span: Timespan, links: Sequence[EditionLink], cycle: Sequence[CycleEvent]
) -> Timespan:
    """Returns where to look for free slots when the order of a cycle was broken: just outside what
    stands in the way.
    """
    broken = breach_of(span, links, cycle)
    stands = broken.other.span if broken is not None else None
    if stands is not None and isinstance(broken, PreparatoryTooLate):
        return span.moved_to(stands.starts_at - span.duration - timedelta(days=1))
    if stands is not None and isinstance(broken, FollowUpTooEarly):
        return span.moved_to(stands.ends_at + timedelta(days=1))
    return span


def days_of_edition(starts_on: str, ends_on: str) -> Timespan | None:
    """Returns an edition's own dates, when both are known to the day ("2023-07-06"), as a span in
    the reference zone.
    """
    if len(starts_on) != ISO_DAY_LENGTH or len(ends_on) != ISO_DAY_LENGTH:
        return None
    first, last = date.fromisoformat(starts_on), date.fromisoformat(ends_on)
    zone = REFERENCE
    return Timespan(
        datetime.combine(first, time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )


# What a congress needs: before it may be published (R22, R29), and what its edition's checklist
# shows.

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
    """Returns True when a preparatory event is over before the congress starts (R22).

    Hours are half-open: what ends when the congress starts still prepares it.
    """
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
    """Yields for each line its key, words, reason ("" when done) and where it is mended."""
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
    sentence = N_("Name who moderates and who reports. Missing at table: %(tables)s.")
    return Sentence(sentence, {"tables": numbers}) if lacking else ""
