"""Placeholders in texts that people write: {name}, {event}; pure."""

import re
from collections.abc import Collection, Mapping

from app.kernel.text import N_

PLACEHOLDER = re.compile(r"\{([^{}\n]{0,40})\}")
UNKNOWN_PLACEHOLDER = N_("{%(name)s} means nothing here. Use only %(known)s.")
NONE_KNOWN = N_("{%(name)s} stands for nothing here: this text has no placeholders.")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Returns the text with each known placeholder replaced."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def placeholders_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text)))


def unknown_placeholders(text: str, known: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in placeholders_in(text) if name not in known)
