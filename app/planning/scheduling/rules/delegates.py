"""Groups that share delegates: the ministries are small, and the same person often sits in two
groups for a country.
"""

from collections.abc import Collection, Sequence

from app.planning.scheduling.rules.overlaps import SOFT, of_kind
from app.planning.scheduling.rules.question import Delegations, Question
from app.planning.scheduling.rules.spec import Terms
from app.planning.scheduling.values import Finding, PartyKind, Rule, Standing


def countries_sharing(
    mine: Collection[str], theirs: Collection[str], delegations: Delegations
) -> frozenset[str]:
    """Codes of the countries that have the same person in one of my groups and in one of theirs."""
    return frozenset(
        code
        for one in mine
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
    found = tuple(
        sorted((c for c in question.countries if c.code in codes), key=lambda country: country.code)
    )
    if not found or len(found) < (setting.threshold or 1):
        return ()
    return (
        Finding(
            rule=Rule.SHARED_DELEGATES,
            severity=setting.severity,
            span=question.span,
            other=other,
            parties=tuple(p for p in groups if sharing[p]),
            countries=found,
            limit=setting.threshold,
            count=len(found),
            approver=setting.approver,
        ),
    )
