"""The words for a pattern of dates."""

from collections.abc import Mapping
from typing import Any

from babel.dates import format_date, get_day_names

from app.infra.language import both
from app.kernel.refusal import Sentence
from app.kernel.text import LANGUAGES, N_, LocalizedText
from app.planning.series.rules.recurrence import LAST, Recurrence

NTHS: Mapping[int, str] = {
    1: N_("first"),
    2: N_("second"),
    3: N_("third"),
    4: N_("fourth"),
    LAST: N_("last"),
}


def recurrence_in_words(recurrence: Recurrence) -> LocalizedText:
    """ "Every 2 weeks on Tuesday, 10 times". Its first date is not in it."""
    day = LocalizedText(
        *(get_day_names("wide", locale=language)[recurrence.weekday] for language in LANGUAGES)
    )
    words: dict[str, Any] = {"day": day, "interval": recurrence.interval}
    if recurrence.nth is None:
        rule = Sentence(EVERY_WEEK if recurrence.interval == 1 else EVERY_WEEKS, words)
    else:
        words["nth"] = Sentence(NTHS[recurrence.nth])
        rule = Sentence(EVERY_MONTH if recurrence.interval == 1 else EVERY_MONTHS, words)
    if recurrence.until is None:
        return both(N_("%(rule)s, %(count)d times"), rule=rule, count=recurrence.count)
    until = LocalizedText(
        *(format_date(recurrence.until, DAY[language], locale=language) for language in LANGUAGES)
    )
    return both(N_("%(rule)s, until %(day)s"), rule=rule, day=until)


DAY = {"es": "d 'de' MMMM 'de' y", "en": "d MMMM y"}


EVERY_WEEK = N_("Every week on %(day)s")


EVERY_WEEKS = N_("Every %(interval)d weeks on %(day)s")


EVERY_MONTH = N_("The %(nth)s %(day)s of every month")


EVERY_MONTHS = N_("The %(nth)s %(day)s of every %(interval)d months")
