"""What is typed on the pages of terms and handovers, as values or sentences at their fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.kernel.refusal import Sentence
from app.web.fields import NOT_A_DAY, day_in, number_in

CODE = re.compile(r"[A-Z]{2}")


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
        country, day_in(sent.get("valid_from", "")), day_in(sent.get("valid_until", ""))
    )
    form.errors = {
        name: Sentence(NOT_A_DAY)
        for name in ("valid_from", "valid_until")
        if getattr(form, name) is None
    }
    return form


def read_person(sent: Mapping[str, str]) -> int:
    """0 when nobody was chosen."""
    return number_in(sent.get("person", "")) or 0
