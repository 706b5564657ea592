"""Parties and engagements for tests: one morning, two working groups, a few people who do not
exist.
"""

from datetime import UTC, datetime, timedelta

from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.values import EngagementDraft, InvitedCountry, Nature, Party, Standing

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
THE_DAY = datetime(2026, 12, 10, tzinfo=UTC)  # a Thursday
PROTECTION = Party.working_group(
    "protection", LocalizedText(es="Grupo de Trabajo de Protección", en="Protection Working Group")
)
LABOUR = Party.working_group(
    "labour-migration",
    LocalizedText(es="Grupo de Trabajo de Migración Laboral", en="Labour Migration Working Group"),
)
ANA = Party.person(9_001, "Ana Núñez")
BEATRIZ = Party.person(9_002, "Beatriz Ixchel")
OPEN_REGION = Party.region(exclusive=False)
CLOSED_REGION = Party.region(exclusive=True)
COSTA_RICA = InvitedCountry(
    "CR", LocalizedText(es="Costa Rica", en="Costa Rica"), "America/Costa_Rica"
)
PANAMA = InvitedCountry("PA", LocalizedText(es="Panamá", en="Panama"), "America/Panama")
DOMINICAN_REPUBLIC = InvitedCountry(
    "DO", LocalizedText(es="República Dominicana", en="Dominican Republic"), "America/Santo_Domingo"
)
UNITED_STATES = InvitedCountry(
    "US", LocalizedText(es="Estados Unidos", en="United States"), "America/New_York"
)


def at(clock: str, *, days: int = 0) -> datetime:
    """An instant of the day of these tests, in UTC: `at("15:00")`."""
    hour, minute = map(int, clock.split(":"))
    return THE_DAY + timedelta(days=days, hours=hour, minutes=minute)


def span(starts: str, ends: str, *, days: int = 0) -> Timespan:
    return Timespan(at(starts, days=days), at(ends, days=days))


def minutes(start: int, end: int) -> Timespan:
    return Timespan(THE_DAY + timedelta(minutes=start), THE_DAY + timedelta(minutes=end))


def a_draft(
    holder: str = "event:7777",
    title: str = "Taller de prueba",
    when: Timespan | None = None,
    *,
    timezone: str = "America/Costa_Rica",
    is_confidential: bool = False,
    tentative_until: datetime | None = None,
) -> EngagementDraft:
    text = LocalizedText(es=title, en=f"{title} (EN)")
    return EngagementDraft(
        holder, text, when or span("15:00", "17:00"), timezone, is_confidential, tentative_until
    )


def a_standing(
    *parties: Party,
    when: Timespan | None = None,
    holder: str = "event:7777",
    timezone: str = "America/Costa_Rica",
    is_confidential: bool = False,
    nature: Nature = Nature.EVENT,
) -> Standing:
    title = LocalizedText(es="Casos complejos", en="Complex cases")
    return Standing(
        holder, title, when or span("16:00", "17:30"), timezone, is_confidential, parties, nature
    )
