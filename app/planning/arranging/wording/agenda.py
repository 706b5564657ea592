"""The words for what an agenda and a brief hold: kinds of sessions, languages."""

from collections.abc import Mapping
from enum import StrEnum

from app.kernel.text import N_
from app.planning.events.values import SessionKind

SESSION_KINDS: Mapping[StrEnum, str] = {
    SessionKind.OPENING: N_("Opening"),
    SessionKind.PLENARY: N_("Plenary"),
    SessionKind.PANEL: N_("Panel"),
    SessionKind.WORK_TABLE: N_("Work table"),
    SessionKind.GUIDELINES_REVIEW: N_("Review of the Guidelines"),
    SessionKind.AGREEMENTS: N_("Agreements"),
    SessionKind.BREAK: N_("Break"),
    SessionKind.CLOSING: N_("Closing"),
}
LANGUAGES: Mapping[str, str] = {
    "es": N_("Spanish"),
    "en": N_("English"),
    "fr": N_("French"),
    "pt": N_("Portuguese"),
}
PAIRS: Mapping[str, str] = {
    "es-en": N_("Spanish and English"),
    "es-fr": N_("Spanish and French"),
    "es-pt": N_("Spanish and Portuguese"),
    "en-fr": N_("English and French"),
}
