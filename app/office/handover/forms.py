"""What is typed on the pages of terms and handovers, as values or sentences at their fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.kernel.refusal import Sentence
from app.kernel.text import N_

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CODE = re.compile(r"[A-Z]{2}")
NUMBER = re.compile(r"[0-9]{1,18}")
NO_DAY = N_("Write the date as year-month-day, for example 2026-05-01.")


@dataclass
class TermForm:
    """A country and the days of its term; None where nothing readable was written."""

    country: str
    valid_from: date | None
    valid_until: date | None
    errors: dict[str, Sentence] = field(default_factory=dict)


def read_term(sent: Mapping[str, str]) -> TermForm:
    code = sent.get("country", "")
    country = code if CODE.fullmatch(code) else ""
    form = TermForm(
        country, day_of(sent.get("valid_from", "")), day_of(sent.get("valid_until", ""))
    )
    form.errors = {
        name: Sentence(NO_DAY)
        for name in ("valid_from", "valid_until")
        if getattr(form, name) is None
    }
    return form


def read_person(sent: Mapping[str, str]) -> int:
    """0 when nobody was chosen."""
    return int(sent["person"]) if NUMBER.fullmatch(sent.get("person", "")) else 0


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if DAY.fullmatch(text.strip()) else None
    except ValueError:
        return None
