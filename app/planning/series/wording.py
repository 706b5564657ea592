"""The words for a pattern of dates."""

from collections.abc import Mapping
from typing import Any

from babel.dates import get_day_names

from app.infra.language import both
from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText, in_every_language, interface_language
from app.planning.series.rules import LAST, Recurrence

NTHS: Mapping[int, str] = {
    1: N_("first"),
    2: N_("second"),
    3: N_("third"),
    4: N_("fourth"),
    LAST: N_("last"),
}
EVERY_WEEK = N_("Every week on %(day)s")
EVERY_WEEKS = N_("Every %(interval)d weeks on %(day)s")
EVERY_MONTH = N_("The %(nth)s %(day)s of every month")
EVERY_MONTHS = N_("The %(nth)s %(day)s of every %(interval)d months")


def recurrence_in_words(recurrence: Recurrence) -> LocalizedText:
    """Returns a pattern as "Every 2 weeks on Tuesday, 10 times". Its first date is not in it."""
    day = in_every_language(
        lambda language: str(
            get_day_names("wide", locale=interface_language(language))[recurrence.weekday]
        )
    )
    words: dict[str, Any] = {"day": day, "interval": recurrence.interval}
    if recurrence.nth is None:
        rule = Sentence(EVERY_WEEK if recurrence.interval == 1 else EVERY_WEEKS, words)
    else:
        words["nth"] = Sentence(NTHS[recurrence.nth])
        rule = Sentence(EVERY_MONTH if recurrence.interval == 1 else EVERY_MONTHS, words)
    if recurrence.until is None:
        return both(N_("%(rule)s, %(count)d times"), rule=rule, count=recurrence.count)
    return both(N_("%(rule)s, until %(day)s"), rule=rule, day=recurrence.until)
