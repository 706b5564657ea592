"""Groups that share delegates: the ministries are small, and the same person often sits in two
groups for a country.
"""

from collections.abc import Collection, Mapping, Sequence

from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.settings import AS_WRITTEN, RuleBook
from app.planning.scheduling.values import Finding, InvitedCountry, PartyKind, Rule, Standing

Delegations = Mapping[str, Mapping[str, Collection[int]]]
"""By a group's slug and a country's code: the ids of the people who sit in the group for the
country.
"""


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
    span: Timespan,
    mine: Collection[str],
    other: Standing,
    *,
    delegations: Delegations,
    countries: Sequence[InvitedCountry],
    book: RuleBook = AS_WRITTEN,
) -> tuple[Finding, ...]:
    """How many of the invited countries would send the same delegate to both; groups in common do
    not count here.

    `mine`: slugs of the groups that ask. The finding names the countries in the order of their
    codes, and as `parties` the other engagement's groups that share somebody.
    """
    setting = book.setting_for(Rule.SHARED_DELEGATES, span)
    groups = [p for p in other.parties if p.kind is PartyKind.WORKING_GROUP and p.key not in mine]
    sharing = {p: countries_sharing(mine, (p.key,), delegations) for p in groups}
    codes = frozenset().union(*sharing.values())
    found = tuple(
        sorted((c for c in countries if c.code in codes), key=lambda country: country.code)
    )
    if not other.span.overlaps(span) or not found or len(found) < (setting.threshold or 1):
        return ()
    return (
        Finding(
            Rule.SHARED_DELEGATES,
            setting.severity,
            span,
            other,
            tuple(p for p in groups if sharing[p]),
            countries=found,
            limit=setting.threshold,
            count=len(found),
            approver=setting.approver,
        ),
    )
