"""The order of a congress cycle (R45): what prepares it ends before its start, what follows up
starts after its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from app.kernel.reference import REFERENCE
from app.kernel.refusal import Refusal, Sentence
from app.kernel.text import N_, LocalizedText
from app.kernel.timespan import Timespan
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


def breach(
    span: Timespan, links: Sequence[EditionLink], cycle: Sequence[CycleEvent]
) -> OutOfOrder | None:
    """Returns the first thing that breaks the order of a cycle (R45), or None.

    `cycle` leaves out the event itself.
    """
    for link in links:
        for other in cycle:
            if other.edition == link.edition:
                found = _breach_between(span, link.role, other)
                if found is not None:
                    return found
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
    found = breach(span, links, cycle)
    stands = found.other.span if found is not None else None
    if stands is not None and isinstance(found, PreparatoryTooLate):
        return span.moved_to(stands.starts_at - span.duration - timedelta(days=1))
    if stands is not None and isinstance(found, FollowUpTooEarly):
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
