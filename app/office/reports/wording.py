"""A report in one language, ready for the template and independent of a request."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from app.followup.agreements.wording import BODIES, STATUSES, VERBS
from app.followup.congress.wording import PROGRESS
from app.infra.language import ntranslate, translate
from app.kernel.text import Language, interface_language
from app.office.reports.values import EventReport
from app.participation.surveys.wording import OPEN_QUESTION, QUESTIONS
from app.web.render import day_text, days_text, hours_text, short_day_text, zone_label


def when_words(
    starts_at: datetime | None, ends_at: datetime | None, timezone: str, language: Language
) -> str:
    """Returns day, hours and zone; "" where only a part of the date is known."""
    if starts_at is None or ends_at is None:
        return ""
    day = days_text(starts_at, ends_at, timezone, language)
    return f"{day}, {hours_text(starts_at, ends_at, timezone)} ({zone_label(timezone, starts_at, language)})"


def paper(
    report: EventReport, *, language: Language, made_at: datetime, address: str
) -> Mapping[str, Any]:
    """Returns what `reports/print.html` needs. `address` is the public address of the site."""
    event = report.event
    return {
        "lang": language,
        "_": partial(translate, language),
        "report": report,
        "countries": sorted(
            report.countries,
            key=lambda cell: (not cell.key, (cell.name.in_(language) or "").casefold()),
        ),
        "event": event,
        "when": when_words(event.starts_at, event.ends_at, event.timezone, language),
        "made_on": day_text(made_at.astimezone(ZoneInfo(event.timezone)).date(), language),
        "url": f"{address}/events/{event.id}",
        "verbs": VERBS,
        "statuses": STATUSES,
        "bodies": BODIES,
        "progress_words": PROGRESS,
        "questions": QUESTIONS,
        "open_question": OPEN_QUESTION,
        "short_day": partial(short_day_text, skeleton="yMMMd", language=language),
        "downloaded": lambda times: ntranslate(
            language, "downloaded %(n)s time", "downloaded %(n)s times", times
        ),
        "mean": lambda value: f"{value:.1f}".replace(
            ".", "," if interface_language(language) == "es" else "."
        ),
    }
