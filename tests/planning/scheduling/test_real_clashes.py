"""What really happened, put to the rule book: the clash of December 2023, the Panama cluster of
June and July 2023.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.kernel.text import LocalizedText, languages
from app.kernel.timespan import Timespan
from app.planning.scheduling import wording
from app.planning.scheduling.values import Approver, Nature, Party, Rule, Severity, Standing
from tests.planning.scheduling import rulings
from tests.support.body import MEMBER_COUNTRIES, RCM

EVERY_COUNTRY = tuple(Party.country(country.code, country.name) for country in MEMBER_COUNTRIES)
GROUPS = {
    group.slug: Party.working_group(group.slug, group.name)
    for group in (*RCM.working_groups, *RCM.organs)
}
OPEN, CLOSED = Party.region(exclusive=False), Party.region(exclusive=True)


def days(first: date, last: date, timezone: str = "America/Panama") -> Timespan:
    """From 08:00 of the first day to 17:00 of the last, there."""
    zone = ZoneInfo(timezone)
    starts_at, ends_at = (
        datetime(d.year, d.month, d.day, hour, tzinfo=zone) for d, hour in ((first, 8), (last, 17))
    )
    return Timespan(starts_at, ends_at)


def held(
    holder: str, es: str, en: str, when: Timespan, *parties: Party, nature: Nature = Nature.EVENT
) -> Standing:
    return Standing(
        holder, LocalizedText(es=es, en=en), when, "America/Panama", False, parties, nature
    )


SACM = held(
    "event:sacm",
    "XXI Conferencia Suramericana sobre Migraciones",
    "XXI South American Conference on Migration",
    days(date(2023, 12, 5), date(2023, 12, 6), "America/Lima"),
    nature=Nature.EXTERNAL,
)
FORUM = held(
    "event:forum",
    "Foro de Comunicación",
    "Communication Forum",
    days(date(2023, 6, 22), date(2023, 6, 23)),
    *EVERY_COUNTRY,
    OPEN,
)
LABOUR = GROUPS["labour-migration"]
WORKSHOP = held(
    "event:workshop",
    "Taller de migración laboral",
    "Labour workshop",
    days(date(2023, 6, 28), date(2023, 6, 29)),
    *EVERY_COUNTRY,
    OPEN,
    LABOUR,
)
CONGRESS = held(
    "event:congress",
    "V Congreso",
    "V Congress",
    days(date(2023, 7, 6), date(2023, 7, 7)),
    *EVERY_COUNTRY,
    CLOSED,
)
CLUSTER = (FORUM, WORKSHOP, CONGRESS)


def test_r41_the_south_american_conference_is_named_when_the_region_meets_beside_it() -> None:
    regional_meeting = days(date(2023, 12, 4), date(2023, 12, 7))
    parties = (*EVERY_COUNTRY, CLOSED)
    assert rulings.clashes(regional_meeting, parties, [SACM]) == ()
    (finding,) = rulings.all_limits(regional_meeting, parties=parties, around=[SACM])
    assert (finding.rule, finding.severity) == (Rule.EXTERNAL, Severity.WARN)
    text = wording.sentence(finding, reader_timezone="America/Costa_Rica")
    assert "«XXI Conferencia Suramericana sobre Migraciones»" in text["es"]
    assert "“XXI South American Conference on Migration”" in text["en"]
    assert "5 de diciembre" in text["es"]
    before = days(date(2023, 12, 1), date(2023, 12, 4))
    assert rulings.all_limits(before, parties=parties, around=[SACM]) == ()


@pytest.mark.parametrize("asked", CLUSTER, ids=lambda event: event.holder)
def test_the_panama_cluster_passes_overlap_and_fails_limited(asked: Standing) -> None:
    """Whichever of the three is planned last is refused, and the two others are named."""
    others = [event for event in CLUSTER if event is not asked]
    assert rulings.clashes(asked.span, asked.parties, others) == ()
    (finding,) = rulings.all_limits(asked.span, parties=asked.parties, around=others)
    assert (finding.rule, finding.count, finding.limit) == (Rule.COUNTRY_LOAD, 3, 2)
    assert finding.is_refused
    assert finding.approver is Approver.PRESIDENCY
    assert finding.others == tuple(others)
    text = wording.sentence(finding, reader_timezone="America/Panama")
    for other in others:
        assert all(other.title.in_(language) in text.in_(language) for language in languages())


def test_any_two_of_the_cluster_would_have_passed_and_so_would_webinars() -> None:
    assert rulings.all_limits(CONGRESS.span, parties=CONGRESS.parties, around=[WORKSHOP]) == ()
    webinar = Timespan(CONGRESS.span.starts_at, CONGRESS.span.starts_at.replace(hour=15))
    assert rulings.all_limits(webinar, parties=CONGRESS.parties, around=[FORUM, WORKSHOP]) == ()
    three_weeks_on = days(date(2023, 7, 13), date(2023, 7, 14))
    assert (
        rulings.all_limits(three_weeks_on, parties=CONGRESS.parties, around=[FORUM, WORKSHOP]) == ()
    )
