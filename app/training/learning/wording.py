"""States of learning in words, and instants in the reader's own zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.infra.language import translate
from app.kernel.text import N_, Language
from app.training.learning.values import CitedKind, ModuleState, UnitKind
from app.web.render import day_text, zone_label

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


def instant_text(at: datetime, timezone: str, language: Language) -> str:
    """Returns an instant as "15:40 (Honduras, UTC−6), martes, 24 de noviembre de 2026"."""
    local = at.astimezone(ZoneInfo(timezone))
    return (
        f"{local:%H:%M} ({zone_label(timezone, at, language)}), {day_text(local.date(), language)}"
    )
