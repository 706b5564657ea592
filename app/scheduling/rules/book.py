"""The rules about engagements that overlap. RULES is read from top to bottom; the first to speak names the finding."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from app.kernel.timespan import Timespan
from app.scheduling.values import Finding, Party, PartyKind, Rule, Severity, Standing


def of_kind(kind: PartyKind, parties: Iterable[Party]) -> tuple[Party, ...]:
    return tuple(party for party in parties if party.kind is kind)


def shared(kind: PartyKind, mine: Iterable[Party], theirs: Iterable[Party]) -> tuple[Party, ...]:
    """Those of theirs that are mine too."""
    own = {party.key for party in of_kind(kind, mine)}
    return tuple(party for party in of_kind(kind, theirs) if party.key in own)


# The rules about another engagement that overlaps: the parties each one speaks of, or none.


def same_group(mine: Sequence[Party], theirs: Sequence[Party]) -> tuple[Party, ...]:
    """A working group meets once at a time."""
    return shared(PartyKind.WORKING_GROUP, mine, theirs)


def blackout(mine: Sequence[Party], theirs: Sequence[Party]) -> tuple[Party, ...]:
    """A congress or an organ of governance has the region's calendar to itself; ordinary events share it."""
    regions = shared(PartyKind.REGION, mine, theirs)
    closed = any(party.exclusive for party in of_kind(PartyKind.REGION, mine))
    return tuple(party for party in regions if closed or party.exclusive)


def cross_group(mine: Sequence[Party], theirs: Sequence[Party]) -> tuple[Party, ...]:
    """Activities do "not overlap with other working groups' activities", in the words of the congress."""
    if not of_kind(PartyKind.WORKING_GROUP, mine):
        return ()
    return of_kind(PartyKind.WORKING_GROUP, theirs)


def same_person(mine: Sequence[Party], theirs: Sequence[Party]) -> tuple[Party, ...]:
    """Nobody speaks, interprets or sits in two places at once."""
    return shared(PartyKind.PERSON, mine, theirs)


RULES: tuple[tuple[Rule, Severity, Callable[[Sequence[Party], Sequence[Party]], tuple[Party, ...]]], ...] = (
    (Rule.SAME_GROUP, Severity.BLOCK, same_group),
    (Rule.BLACKOUT, Severity.BLOCK, blackout),
    (Rule.CROSS_GROUP, Severity.BLOCK, cross_group),
    (Rule.SAME_PERSON, Severity.BLOCK, same_person),
)
HARDNESS = {severity: place for place, severity in enumerate(Severity)}
PLACE_IN_BOOK = {rule: place for place, rule in enumerate(Rule)}


def clash_with(other: Standing, span: Timespan, parties: Sequence[Party]) -> Finding | None:
    """The first rule that forbids the two together; people shared besides are added to it."""
    for rule, severity, speaks_of in RULES:
        concerned = speaks_of(parties, other.parties)
        if concerned:
            people = same_person(parties, other.parties)
            return Finding(rule, severity, span, other, concerned, () if rule is Rule.SAME_PERSON else people)
    return None


def clashes(span: Timespan, parties: Sequence[Party], standing: Iterable[Standing]) -> tuple[Finding, ...]:
    """One finding for each engagement that overlaps by as little as a minute and shares what cannot be shared."""
    overlapping = (other for other in standing if other.span.overlaps(span))
    found = [finding for other in overlapping if (finding := clash_with(other, span, parties))]
    return in_order(found)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    def order(finding: Finding) -> tuple[int, int, datetime, str]:
        other = finding.other
        start = other.span.starts_at if other else finding.span.starts_at
        return HARDNESS[finding.severity], PLACE_IN_BOOK[finding.rule], start, other.holder if other else ""

    return tuple(sorted(findings, key=order))
