"""A holiday of Honduras for tests, and a meeting to which a country is invited that day."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.values import EngagementDraft, Party
from tests.planning.events.planning_builders import NOW
from tests.planning.scheduling import rulings

DAY = date(2027, 4, 14)
NAME = LocalizedText(es="Día de las Américas", en="Pan American Day")
HONDURAS = LocalizedText(es="Honduras", en="Honduras")
NINE_THERE = datetime(2027, 4, 14, 15, tzinfo=UTC)


def meet(
    db: Session,
    *,
    starts_at: datetime = NINE_THERE,
    country: str = "HN",
    confidential: bool = False,
) -> None:
    title = LocalizedText(es="Seminario de protección", en="Protection webinar")
    span = Timespan(starts_at, starts_at + timedelta(hours=2))
    draft = EngagementDraft(
        "event:1", title, span, "America/Costa_Rica", is_confidential=confidential
    )
    rulings.claim(db, engagement=draft, parties=(Party.country(country, HONDURAS),), now=NOW)
