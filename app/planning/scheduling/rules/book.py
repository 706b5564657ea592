"""The rules about engagements that overlap. SPEAKERS is read from top to bottom; the hardest names
the finding.

How hard each is, is said by the rule book in force on the day (settings).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.kernel.reference import reference_day
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.settings import AS_WRITTEN, RuleBook
from app.planning.scheduling.values import (
    Approver,
    Finding,
    Nature,
    Party,
    PartyKind,
    Rule,
    Setting,
    Severity,
    Standing,
)

REFUSED = (Severity.BLOCK, Severity.CONFIRM)
SOFT = (Nature.EXTERNAL, Nature.BUSY)
BUFFERED = (PartyKind.WORKING_GROUP, PartyKind.PERSON)
Parties = Sequence[Party]


@dataclass(frozen=True)
class Terms:
    """Under which the calendar is read: the rule book, the pairs of groups declared, and for a side
    event the holder of the congress or governance meeting that it may stand beside.
    """

    book: RuleBook = AS_WRITTEN
    pairs: frozenset[tuple[str, str]] = frozenset()
    beside: str = ""

    def setting(self, rule: Rule, span: Timespan) -> Setting:
        return self.book.setting(rule, day_of(span))

    def buffer(self, span: Timespan) -> timedelta:
        """The quiet time that the rule book wants after an engagement."""
        setting = self.setting(Rule.QUIET_BUFFER, span)
        return (
            timedelta(minutes=setting.threshold or 0)
            if setting.severity in REFUSED
            else timedelta()
        )


ORDINARY = Terms()


def day_of(span: Timespan) -> date:
    """The day that decides which settings apply: that of the start, in the reference zone."""
    return reference_day(span.starts_at)


def of_kind(kind: PartyKind, parties: Iterable[Party]) -> tuple[Party, ...]:
    return tuple(party for party in parties if party.kind is kind)


def shared(kind: PartyKind, mine: Iterable[Party], theirs: Iterable[Party]) -> tuple[Party, ...]:
    """Those of theirs that are mine too."""
    own = {party.key for party in of_kind(kind, mine)}
    return tuple(party for party in of_kind(kind, theirs) if party.key in own)


# The rules about another engagement that overlaps: the parties each one speaks of, or none.


def same_group(mine: Parties, theirs: Parties, _terms: Terms = ORDINARY) -> tuple[Party, ...]:
    """A working group meets once at a time."""
    return shared(PartyKind.WORKING_GROUP, mine, theirs)


def blackout(mine: Parties, theirs: Parties, _terms: Terms = ORDINARY) -> tuple[Party, ...]:
    """A congress or a governance meeting has the region's calendar to itself; ordinary events share
    it.
    """
    return _closed(PartyKind.REGION, mine, theirs)


def binding_holiday(mine: Parties, theirs: Parties, _terms: Terms = ORDINARY) -> tuple[Party, ...]:
    """A country that made a holiday binding is not invited on that day."""
    return _closed(PartyKind.COUNTRY, mine, theirs)


def _closed(kind: PartyKind, mine: Parties, theirs: Parties) -> tuple[Party, ...]:
    closed = {party.key for party in of_kind(kind, mine) if party.exclusive}
    return tuple(
        party for party in shared(kind, mine, theirs) if party.exclusive or party.key in closed
    )


def declared_pair(mine: Parties, theirs: Parties, terms: Terms = ORDINARY) -> tuple[Party, ...]:
    """Two groups that were declared never to meet at once."""
    own = {party.key for party in of_kind(PartyKind.WORKING_GROUP, mine)}
    others = of_kind(PartyKind.WORKING_GROUP, theirs)
    return tuple(
        party for party in others if any(pair_of(party.key, key) in terms.pairs for key in own)
    )


def pair_of(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def cross_group(mine: Parties, theirs: Parties, _terms: Terms = ORDINARY) -> tuple[Party, ...]:
    """Activities do "not overlap with other working groups' activities", in the words of the
    congress.
    """
    if not of_kind(PartyKind.WORKING_GROUP, mine):
        return ()
    return of_kind(PartyKind.WORKING_GROUP, theirs)


def same_person(mine: Parties, theirs: Parties, _terms: Terms = ORDINARY) -> tuple[Party, ...]:
    """Nobody speaks, interprets or sits in two places at once."""
    return shared(PartyKind.PERSON, mine, theirs)


def whole_licence(mine: Parties, theirs: Parties, _terms: Terms = ORDINARY) -> tuple[Party, ...]:
    """A meeting that needs all lanes of a licence leaves none to another, whoever came first."""
    return _closed(PartyKind.LICENCE, mine, theirs)


Speaker = Callable[[Parties, Parties, Terms], tuple[Party, ...]]
SPEAKERS: tuple[tuple[Rule, Speaker], ...] = (
    (Rule.SAME_GROUP, same_group),
    (Rule.BLACKOUT, blackout),
    (Rule.GROUP_PAIR, declared_pair),
    (Rule.CROSS_GROUP, cross_group),
    (Rule.SAME_PERSON, same_person),
    (Rule.LICENCE, whole_licence),
    (Rule.BINDING_HOLIDAY, binding_holiday),
)
HARDNESS = {severity: place for place, severity in enumerate(Severity)}
PLACE_IN_BOOK = {rule: place for place, rule in enumerate(Rule)}
STRICTNESS = {approver: place for place, approver in enumerate(Approver)}


def clash_with(
    other: Standing, span: Timespan, parties: Parties, terms: Terms = ORDINARY
) -> Finding | None:
    """The hardest rule against the two together, and whoever may override them all; people shared
    besides are added.

    Speaks of any two that meet within the quiet time after the first, so the caller looks that far.
    """
    if other.nature in SOFT:
        return None
    if not other.span.overlaps(span):
        return _too_close(other, span, parties, terms)
    found = []
    for place, (rule, speaks_of) in enumerate(SPEAKERS):
        concerned = speaks_of(parties, other.parties, terms)
        if concerned and not (rule is Rule.BLACKOUT and terms.beside == other.holder):
            found.append((terms.setting(rule, span), place, rule, concerned))
    if not found:
        return None
    setting, _, rule, concerned = min(found, key=lambda one: (HARDNESS[one[0].severity], one[1]))
    approver = min(
        (s.approver for s, *_ in found if s.severity in REFUSED),
        key=STRICTNESS.__getitem__,
        default=setting.approver,
    )
    people = () if rule is Rule.SAME_PERSON else same_person(parties, other.parties)
    return Finding(rule, setting.severity, span, other, concerned, people, approver=approver)


def is_sibling(other: Standing, main: str) -> bool:
    """Whether it is a sitting of the event `main`: between the parts of one event nobody needs a
    quiet time.
    """
    return (
        bool(main)
        and other.nature is Nature.SITTING
        and (Rule.BLACKOUT.value, main) in other.permits
    )


def _too_close(other: Standing, span: Timespan, parties: Parties, terms: Terms) -> Finding | None:
    if is_sibling(other, terms.beside):
        return None
    first, second = sorted((other.span, span))
    if second.starts_at >= first.ends_at + terms.buffer(first):
        return None
    concerned = tuple(party for kind in BUFFERED for party in shared(kind, parties, other.parties))
    if not concerned:
        return None
    setting = terms.setting(Rule.QUIET_BUFFER, span)
    minutes = int((second.starts_at - first.ends_at).total_seconds() // 60)
    return Finding(
        Rule.QUIET_BUFFER,
        setting.severity,
        span,
        other,
        concerned,
        limit=setting.threshold,
        count=minutes,
        approver=setting.approver,
    )


def clashes(
    span: Timespan, parties: Parties, standing: Iterable[Standing], terms: Terms = ORDINARY
) -> tuple[Finding, ...]:
    """One finding for each engagement that overlaps by as little as a minute and shares what cannot
    be shared.
    """
    around = tuple(standing)
    found = [finding for other in around if (finding := clash_with(other, span, parties, terms))]
    return in_order((*found, *licences_taken(span, parties, around, terms)))


def licences_taken(
    span: Timespan, parties: Parties, standing: Iterable[Standing], terms: Terms = ORDINARY
) -> tuple[Finding, ...]:
    """A licence carries so many meetings at once and no more; a meeting keeps the lane it was
    given.
    """
    found = []
    for licence in of_kind(PartyKind.LICENCE, parties):
        holders = [
            (other, held)
            for other in standing
            if other.span.overlaps(span) and other.nature not in SOFT
            for held in other.parties
            if held.is_same(licence)
        ]
        if licence.exclusive or any(held.exclusive for _, held in holders):
            continue  # said by whole_licence, which names the other
        if len({held.lane for _, held in holders}) >= licence.capacity:
            setting, others = (
                terms.setting(Rule.LICENCE, span),
                tuple(other for other, _ in holders),
            )
            found.append(
                Finding(
                    Rule.LICENCE,
                    setting.severity,
                    span,
                    others[0],
                    (licence,),
                    others=others,
                    limit=licence.capacity,
                    count=len(others) + 1,
                    approver=setting.approver,
                )
            )
    return tuple(found)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    def order(finding: Finding) -> tuple[int, int, datetime, str]:
        other = finding.other
        start = other.span.starts_at if other else finding.span.starts_at
        return (
            HARDNESS[finding.severity],
            PLACE_IN_BOOK[finding.rule],
            start,
            other.holder if other else "",
        )

    return tuple(sorted(findings, key=order))
