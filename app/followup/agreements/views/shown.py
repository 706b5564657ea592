"""What the pages of agreements have in common: words, days, and a form that was refused."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from werkzeug.wrappers import Response

from app.followup.agreements import wording
from app.followup.agreements.exports import names_of
from app.followup.agreements.queries.choices import NamedChoice
from app.followup.agreements.values import AgreementView, Status
from app.infra import clock
from app.kernel.text import LocalizedText, date_locale
from app.web.locale import reader_language, reader_timezone

Answer = Response | tuple[str, int]


def short_day(on: date) -> str:
    return format_date(on, "d MMM y", locale=date_locale(reader_language()))


def day_of(at: datetime) -> str:
    return short_day(at.astimezone(ZoneInfo(reader_timezone())).date())


def state_of(one: AgreementView) -> str:
    """Returns its status as a mark; overdue is one of its own."""
    return "overdue" if one.is_overdue(clock.today()) else one.status.value


def who(one: AgreementView) -> str:
    return names_of(one.responsible, reader_language())


def choices_of(countries: Iterable[NamedChoice]) -> list[tuple[str, str]]:
    """Returns the choices of a field: what is sent, and what is read."""
    return [(one.key, one.name.in_(reader_language())) for one in countries]


def sections_of(sections: Mapping[str, LocalizedText]) -> list[tuple[str, str]]:
    return [(code, f"{code} · {title.in_(reader_language())}") for code, title in sections.items()]


WORDS: Mapping[str, Any] = {
    "verbs": wording.VERBS,
    "statuses": wording.STATUSES,
    "all_statuses": tuple(Status),
    "issue_kinds": wording.ISSUE_KINDS,
    "finding_kinds": wording.FINDING_KINDS,
    "bodies": wording.BODIES,
    "short_day": short_day,
    "day_of": day_of,
    "state_of": state_of,
    "who": who,
}
