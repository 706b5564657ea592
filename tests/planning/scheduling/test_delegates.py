"""Groups that share delegates, and calendars that are not ours: what is found, and against
models.
"""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.text import LocalizedText, untranslated
from app.planning.scheduling import wording
from app.planning.scheduling.rules.book import AS_WRITTEN, rule_book
from app.planning.scheduling.rules.spec import Decision, RuleBook
from app.planning.scheduling.values import (
    Approver,
    Finding,
    InvitedCountry,
    Nature,
    Party,
    PartyKind,
    Rule,
    Severity,
)
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import (
    ANA,
    BEATRIZ,
    LABOUR,
    NOW,
    PROTECTION,
    THE_DAY,
    a_standing,
    minutes,
    span,
)

CODES = ("BZ", "CA", "CR", "DO", "GT", "HN", "MX", "NI", "PA", "SV", "US")
REGION = tuple(InvitedCountry(code, untranslated(code), "America/Costa_Rica") for code in CODES)
BORDER = Party.working_group(
    "border-management", LocalizedText(es="Grupo de Fronteras", en="Border Group")
)
SITTING = {
    "protection": {"SV": {1}, "GT": {2, 3}, "HN": {4}, "PA": {5}, "CR": {6}},
    "labour-migration": {"SV": {1}, "GT": {3, 9}, "HN": {4}, "PA": {5}, "CR": {8}, "MX": {6}},
    "border-management": {"CR": {6}},
}
Delegations = Mapping[str, Mapping[str, set[int]]]


def found(mine: str, *theirs: Party, book: RuleBook | None = None) -> tuple[Finding, ...]:
    return rulings.shared_delegates(
        span("16:00", "17:00"),
        [mine],
        a_standing(*theirs),
        delegations=SITTING,
        countries=REGION,
        book=book or AS_WRITTEN,
    )


def test_four_of_eleven_countries_send_the_same_delegate() -> None:
    (finding,) = found("labour-migration", PROTECTION)
    assert [country.code for country in finding.countries] == ["GT", "HN", "PA", "SV"]
    assert (finding.count, finding.parties, finding.approver) == (
        4,
        (PROTECTION,),
        Approver.SECRETARIAT,
    )
    assert (
        "4 of 11 countries send the same delegate (GT, HN, PA, SV)"
        in wording.sentence(finding, reader_timezone="America/Panama")["en"]
    )


def test_groups_without_anybody_in_common_are_not_named() -> None:
    (finding,) = found("labour-migration", PROTECTION, BORDER)
    assert finding.parties == (PROTECTION,)
    assert found("labour-migration", BORDER) == ()


def test_the_same_group_does_not_share_with_itself() -> None:
    assert found("protection", PROTECTION) == ()


def test_what_does_not_overlap_shares_nobody() -> None:
    after = rulings.shared_delegates(
        span("17:30", "18:00"),
        ["labour-migration"],
        a_standing(PROTECTION),
        delegations=SITTING,
        countries=REGION,
    )
    assert after == ()


def test_so_many_countries_as_the_threshold_says() -> None:
    def book(threshold: int) -> RuleBook:
        from_then = THE_DAY.date()
        return rule_book(
            (Decision(Rule.SHARED_DELEGATES, Severity.WARN, threshold, from_then, None, NOW),)
        )

    (finding,) = found("labour-migration", PROTECTION, book=book(4))
    assert (finding.severity, finding.limit) == (Severity.WARN, 4)
    assert found("labour-migration", PROTECTION, book=book(5)) == ()


seats = st.dictionaries(
    st.sampled_from(["protection", "labour-migration", "border-management"]),
    st.dictionaries(st.sampled_from(CODES[:5]), st.sets(st.integers(1, 5), max_size=2), max_size=5),
)
groups = st.lists(st.sampled_from([PROTECTION, LABOUR, BORDER]), unique=True, max_size=3)


@settings(max_examples=150)
@given(seats, groups, groups, st.integers(1, 3))
def test_shared_delegates_agree_with_the_model(
    sitting: Delegations, mine: list[Party], theirs: list[Party], least: int
) -> None:
    book = rule_book(
        (Decision(Rule.SHARED_DELEGATES, Severity.CONFIRM, least, NOW.date(), None, NOW),)
    )
    told = rulings.shared_delegates(
        span("16:00", "17:00"),
        [group.key for group in mine],
        a_standing(*theirs),
        delegations=sitting,
        countries=REGION,
        book=book,
    )
    seated = [
        (group, code, who)
        for group, by in sitting.items()
        for code, people in by.items()
        for who in people
    ]
    own, foreign = {g.key for g in mine}, {g.key for g in theirs} - {g.key for g in mine}
    expected = {
        code
        for group, code, person in seated
        for other, where, somebody in seated
        if group in own and other in foreign and where == code and somebody == person
    }
    assert bool(told) == (len(expected) >= least)
    for finding in told:
        assert {country.code for country in finding.countries} == expected


# Other people's calendars


def test_a_busy_calendar_concerns_only_whose_it_is() -> None:
    busy = a_standing(ANA, nature=Nature.BUSY)
    (finding,) = rulings.soft(span("16:00", "17:00"), (ANA, BEATRIZ), [busy])
    assert (finding.rule, finding.parties, finding.is_refused) == (Rule.BUSY, (ANA,), False)
    assert rulings.soft(span("16:00", "17:00"), (BEATRIZ,), [busy]) == ()
    assert rulings.soft(span("17:30", "18:00"), (ANA,), [busy]) == ()


def test_an_external_process_is_named_even_when_it_calls_on_nobody_of_ours() -> None:
    (finding,) = rulings.soft(
        span("16:00", "17:00"), (PROTECTION,), [a_standing(nature=Nature.EXTERNAL)]
    )
    assert (finding.rule, finding.severity) == (Rule.EXTERNAL, Severity.WARN)
    assert finding.other is not None


soft_ones = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.integers(1, 6),
        st.sampled_from(list(Nature)),
        st.lists(st.sampled_from([ANA, BEATRIZ, PROTECTION]), unique=True),
    ),
    max_size=6,
)


@settings(max_examples=150)
@given(
    st.integers(0, 20),
    st.lists(st.sampled_from([ANA, BEATRIZ, PROTECTION]), unique=True),
    soft_ones,
)
def test_soft_rules_agree_with_the_model(
    start: int, mine: list[Party], others: list[tuple[int, int, Nature, list[Party]]]
) -> None:
    standing = [
        a_standing(
            *theirs, when=minutes(first, first + lasting), holder=f"event:{n}", nature=nature
        )
        for n, (first, lasting, nature, theirs) in enumerate(others)
    ]
    told = rulings.soft(minutes(start, start + 4), mine, standing)
    own = {party.key for party in mine if party.kind is PartyKind.PERSON}
    expected = {
        f"event:{n}"
        for n, (first, lasting, nature, theirs) in enumerate(others)
        if set(range(start, start + 4)) & set(range(first, first + lasting))
        if nature is Nature.EXTERNAL
        or (nature is Nature.BUSY and own & {party.key for party in theirs})
    }
    assert {finding.against for finding in told} == expected
