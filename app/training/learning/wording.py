"""States of learning in words, and instants in the reader's own zone."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app.infra.language import ntranslate, translate
from app.kernel.text import N_, Language
from app.training.learning.rules.duration import number_spans
from app.training.learning.values import CitedKind, ModuleState, UnitKind
from app.web.render import day_text, zone_label

HOUR = 60
STATE_WORDS = {
    ModuleState.DONE: N_("Done"),
    ModuleState.IN_PROGRESS: N_("In progress"),
    ModuleState.NOT_STARTED: N_("Not started"),
    ModuleState.LOCKED: N_("Opens later"),
    ModuleState.IN_PREPARATION: N_("In preparation"),
}
# The shape beside the word: a name of templates/components/icons.html and a colour that only
# repeats what both say.
STATE_LOOKS = {
    ModuleState.DONE: ("check", "good"),
    ModuleState.IN_PROGRESS: ("half", "warn"),
    ModuleState.NOT_STARTED: ("dashed", "quiet"),
    ModuleState.LOCKED: ("lock", "quiet"),
    ModuleState.IN_PREPARATION: ("clock", "quiet"),
}
CITED_WORDS = {
    CitedKind.TREATY: N_("Treaties"),
    CitedKind.DECLARATION: N_("Declarations"),
    CitedKind.GUIDANCE: N_("Guides"),
    CitedKind.CASE: N_("Judgments and opinions"),
    CitedKind.LAW_MODEL: N_("Model laws"),
}
KIND_WORDS = {
    UnitKind.PAGE: N_("Lesson"),
    UnitKind.CASE: N_("Case"),
    UnitKind.QUIZ: N_("Quiz"),
    UnitKind.WEBINAR: N_("Webinar"),
}


def state_word(state: ModuleState, language: Language) -> str:
    return translate(language, STATE_WORDS[state])


def kind_word(kind: UnitKind, language: Language) -> str:
    return translate(language, KIND_WORDS[kind])


def cited_kind_word(kind: CitedKind, language: Language) -> str:
    return translate(language, CITED_WORDS[kind])


def length_text(minutes: int, language: Language) -> str:
    """Returns "40 minutes", or "1 h 05 min" from an hour on."""
    if minutes < HOUR:
        return ntranslate(language, "%(num)d minute", "%(num)d minutes", minutes)
    hours, rest = divmod(minutes, HOUR)
    return translate(language, "%(hours)s h %(minutes)s min", hours=hours, minutes=f"{rest:02d}")


def modules_text(numbers: Sequence[int], total: int, language: Language) -> str:
    """Returns "modules 1–2 of 8", or "all 8 modules"."""
    count = len(numbers)
    if count >= total:
        return ntranslate(language, "the only module", "all %(num)d modules", count)
    return ntranslate(
        language,
        "module %(numbers)s of %(total)s",
        "modules %(numbers)s of %(total)s",
        count,
        numbers=number_spans(numbers),
        total=total,
    )


def instant_text(at: datetime, timezone: str, language: Language) -> str:
    """Returns an instant as "15:40 (Honduras, UTC−6), martes, 24 de noviembre de 2026"."""
    local = at.astimezone(ZoneInfo(timezone))
    return (
        f"{local:%H:%M} ({zone_label(timezone, at, language)}), {day_text(local.date(), language)}"
    )
