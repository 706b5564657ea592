"""The rules about another engagement that overlaps, and the quiet time around it.

Of all rules against two engagements the hardest names the finding, so that each is named once.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.spec import REFUSED, Delegations, Question, RuleBook, Terms
from app.planning.scheduling.values import (
    Approver,
    Finding,
    Nature,
    Party,
    PartyKind,
    Rule,
    Severity,
    Standing,
)

SOFT = (Nature.EXTERNAL, Nature.BUSY)
BUFFERED = (PartyKind.WORKING_GROUP, PartyKind.PERSON)
Parties = Sequence[Party]
HARDNESS = {severity: place for place, severity in enumerate(Severity)}
STRICTNESS = {approver: place for place, approver in enumerate(Approver)}


def of_kind(kind: PartyKind, parties: Iterable[Party]) -> tuple[Party, ...]:
    return tuple(party for party in parties if party.kind is kind)


def shared(kind: PartyKind, own: Iterable[Party], theirs: Iterable[Party]) -> tuple[Party, ...]:
    """Returns the parties of the kind among `theirs` that are among the `own` as well."""
    keys = {party.key for party in of_kind(kind, own)}
    return tuple(party for party in of_kind(kind, theirs) if party.key in keys)


def same_group(own: Parties, other: Standing, _terms: Terms) -> tuple[Party, ...]:
    """Returns the working groups in common: each meets once at a time."""
    return shared(PartyKind.WORKING_GROUP, own, other.parties)


def blackout(own: Parties, other: Standing, terms: Terms) -> tuple[Party, ...]:
    """Returns the region where one of the two closes its calendar.

    A congress or a governance meeting has the region's calendar to itself; ordinary events share
    it, and its own side events are held beside it.
    """
    return () if terms.beside == other.holder else _closed(PartyKind.REGION, own, other)


def binding_holiday(own: Parties, other: Standing, _terms: Terms) -> tuple[Party, ...]:
    """Returns the countries that are not invited on that day, because they made a holiday binding."""
    return _closed(PartyKind.COUNTRY, own, other)


def _closed(kind: PartyKind, own: Parties, other: Standing) -> tuple[Party, ...]:
    closed = {party.key for party in of_kind(kind, own) if party.exclusive}
    return tuple(
        party
        for party in shared(kind, own, other.parties)
        if party.exclusive or party.key in closed
    )


def declared_pair(own: Parties, other: Standing, terms: Terms) -> tuple[Party, ...]:
    """Returns the other's groups that were declared never to meet at the same time as one of ours."""
    keys = {party.key for party in of_kind(PartyKind.WORKING_GROUP, own)}
    others = of_kind(PartyKind.WORKING_GROUP, other.parties)
    return tuple(
        party for party in others if any(pair_of(party.key, key) in terms.pairs for key in keys)
    )


def pair_of(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def cross_group(own: Parties, other: Standing, _terms: Terms) -> tuple[Party, ...]:
    """Returns the other's working groups where both have some: activities do "not overlap with
    other working groups' activities", in the words of the congress.
    """
    if not of_kind(PartyKind.WORKING_GROUP, own):
        return ()
    return of_kind(PartyKind.WORKING_GROUP, other.parties)


def congress_cycle(own: Parties, other: Standing, _terms: Terms) -> tuple[Party, ...]:
    """Returns the cycle and the groups that an event of the congress may not be held beside.

    It calls on the people of every working group, so it is held beside no event of any, nor beside
    another of its own.
    """
    groups = of_kind(PartyKind.WORKING_GROUP, other.parties)
    cycle = of_kind(PartyKind.CONGRESS, other.parties)
    if of_kind(PartyKind.CONGRESS, own):
        return (*cycle, *groups)
    return cycle if of_kind(PartyKind.WORKING_GROUP, own) else ()


def same_person(own: Parties, other: Standing, _terms: Terms) -> tuple[Party, ...]:
    """Returns the people in common: nobody speaks, interprets or sits in two places at once."""
    return shared(PartyKind.PERSON, own, other.parties)


def whole_licence(own: Parties, other: Standing, _terms: Terms) -> tuple[Party, ...]:
    """Returns the licences of which one of the two needs all lanes: none is left to the other,
    whoever came first.
    """
    return _closed(PartyKind.LICENCE, own, other)


def clash_with(other: Standing, span: Timespan, parties: Parties, terms: Terms) -> Finding | None:
    """Returns the hardest rule against an engagement that overlaps, and whoever may override them
    all; people shared besides are added. None where no rule speaks of it.
    """
    if other.nature in SOFT or not other.span.overlaps(span):
        return None
    broken = []
    for place, spec in enumerate(terms.book.overlapping):
        assert spec.overlap is not None  # noqa: S101 - what `overlapping` selects
        concerned = spec.overlap(parties, other, terms)
        if concerned:
            broken.append((terms.setting(spec.name, span), place, spec.name, concerned))
    if not broken:
        return None
    setting, _, rule, concerned = min(broken, key=lambda one: (HARDNESS[one[0].severity], one[1]))
    approver = min(
        (s.approver for s, *_ in broken if s.severity in REFUSED),
        key=STRICTNESS.__getitem__,
        default=setting.approver,
    )
    people = () if rule == Rule.SAME_PERSON else same_person(parties, other, terms)
    return Finding(
        rule=rule,
        severity=setting.severity,
        span=span,
        other=other,
        parties=concerned,
        also=people,
        approver=approver,
    )


def is_sibling(other: Standing, main: str) -> bool:
    """Returns True for a part of the event `main`: between the parts of one event nobody needs a
    quiet time.
    """
    return (
        bool(main)
        and other.nature is Nature.SITTING
        and (Rule.BLACKOUT.value, main) in other.permits
    )


def quiet_buffer(
    question: Question, standing: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Finds engagements too close before or after: a group and a person have some quiet minutes
    between two.
    """
    findings = []
    for other in standing:
        if other.nature not in SOFT and not other.span.overlaps(question.span):
            finding = too_close(other, question.span, question.parties, terms)
            if finding is not None:
                findings.append(finding)
    return tuple(findings)


def too_close(
    other: Standing, span: Timespan, parties: Sequence[Party], terms: Terms
) -> Finding | None:
    """Returns what the quiet time has against an engagement that does not overlap."""
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
        rule=Rule.QUIET_BUFFER,
        severity=setting.severity,
        span=span,
        other=other,
        parties=concerned,
        limit=setting.threshold,
        count=minutes,
        approver=setting.approver,
    )


def licences_taken(
    question: Question, standing: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Finds licences that carry as many meetings at once as they can; a meeting keeps the lane it
    was given.
    """
    findings = []
    for licence in of_kind(PartyKind.LICENCE, question.parties):
        holders = [
            (other, held)
            for other in standing
            if other.span.overlaps(question.span) and other.nature not in SOFT
            for held in other.parties
            if held.is_same(licence)
        ]
        if licence.exclusive or any(held.exclusive for _, held in holders):
            continue  # said by whole_licence, which names the other
        if len({held.lane for _, held in holders}) >= licence.capacity:
            setting = terms.setting(Rule.LICENCE, question.span)
            others = tuple(other for other, _ in holders)
            findings.append(
                Finding(
                    rule=Rule.LICENCE,
                    severity=setting.severity,
                    span=question.span,
                    other=others[0],
                    parties=(licence,),
                    others=others,
                    limit=licence.capacity,
                    count=len(others) + 1,
                    approver=setting.approver,
                )
            )
    return tuple(findings)


def in_order(findings: Iterable[Finding], book: RuleBook) -> tuple[Finding, ...]:
    """Returns the findings hardest first, then in the order of the book."""

    def order(finding: Finding) -> tuple[int, int, datetime, str]:
        other = finding.other
        start = other.span.starts_at if other else finding.span.starts_at
        return (
            HARDNESS[finding.severity],
            book.places[finding.rule],
            start,
            other.holder if other else "",
        )

    return tuple(sorted(findings, key=order))


# Groups that share delegates: the ministries are small, and the same person often sits in two
# groups for a country.


def countries_sharing(
    own: Collection[str], theirs: Collection[str], delegations: Delegations
) -> frozenset[str]:
    """Returns codes of the countries that have the same person in one of the `own` groups and
    in one of `theirs`.
    """
    return frozenset(
        code
        for one in own
        for other in theirs
        for code, people in delegations.get(one, {}).items()
        if set(people) & set(delegations.get(other, {}).get(code, ()))
    )


def shared_delegates(
    question: Question, standing: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Finds the invited countries that would send the same delegate to both; groups in common do
    not count here.

    The finding names the countries in the order of their codes, and as `parties` the other
    engagement's groups that share somebody.
    """
    own = {party.key for party in of_kind(PartyKind.WORKING_GROUP, question.parties)}
    if not own or not question.delegations:
        return ()
    return tuple(
        finding
        for other in standing
        if other.nature not in SOFT and other.span.overlaps(question.span)
        for finding in _shared_with(other, own, question, terms)
    )


def _shared_with(
    other: Standing, own: Collection[str], question: Question, terms: Terms
) -> tuple[Finding, ...]:
    setting = terms.setting(Rule.SHARED_DELEGATES, question.span)
    groups = [p for p in of_kind(PartyKind.WORKING_GROUP, other.parties) if p.key not in own]
    sharing = {p: countries_sharing(own, (p.key,), question.delegations) for p in groups}
    codes = frozenset().union(*sharing.values())
    countries = tuple(
        sorted((c for c in question.countries if c.code in codes), key=lambda country: country.code)
    )
    if not countries or len(countries) < (setting.threshold or 1):
        return ()
    return (
        Finding(
            rule=Rule.SHARED_DELEGATES,
            severity=setting.severity,
            span=question.span,
            other=other,
            parties=tuple(p for p in groups if sharing[p]),
            countries=countries,
            limit=setting.threshold,
            count=len(countries),
            approver=setting.approver,
        ),
    )
