"""What learners' forms send: who they are, an answer, the press that sent it and where to go next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.people.directory.rules.people import LONGEST_NAME
from app.training.learning.rules.quiz import Given, OrderUnclear, UnknownOption
from app.training.learning.values import Press
from app.web.fields import SelectField
from app.web.forms import PostedForm

NO_COUNTRY = "none"


class WhoForm(PostedForm):
    full_name = StringField(
        _l("Full name, as on the ID"),
        [
            InputRequired(_l("Write the full name as it appears on the ID.")),
            Length(max=LONGEST_NAME),
        ],
        render_kw={"autocomplete": "name"},
    )
    country = SelectField(
        _l("Country you work for"), [InputRequired(_l("Choose one of the answers."))]
    )

    @property
    def country_code(self) -> str | None:
        """Returns None for who serves in none of the Member Countries."""
        return None if self.country.data == NO_COUNTRY else str(self.country.data)


PRESS_ID, PRESSED_AT, LEARNER = "client_id", "pressed_at", "learner"
LONGEST_PRESS_FIELD = 40


def read_press(form: Mapping[str, str]) -> Press:
    """Returns the press as sent.

    A form without an id, or with what is none, is a press of its own; an instant that cannot be
    read is left out. Nothing here is refused: an answer is worth more than its label.
    """
    try:
        press_id = UUID(form.get(PRESS_ID, "")[:LONGEST_PRESS_FIELD])
    except ValueError:
        return Press()
    return Press(press_id, _instant(form.get(PRESSED_AT, "")[:LONGEST_PRESS_FIELD]))


def _instant(text: str) -> datetime | None:
    """Returns the browser's ISO 8601 with its offset, in UTC."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


# What a quiz question's form sends: option ids and where to go next.

LONGEST_ID = 18  # digits: below 2^63, so that no database stumbles over it
MOST_OPTIONS = 20
STEPS = ("next", "previous", "review")


@dataclass(frozen=True)
class Answer:
    """`step` is next, previous, review or the number of a question."""

    option_ids: frozenset[int]
    step: str


def read_answer(chosen: Iterable[str], step: str) -> Answer:
    """Refuses what cannot be an option's id; a step it does not know is "next"."""
    values = list(chosen)
    if len(values) > MOST_OPTIONS or not all(_is_id(value) for value in values):
        raise UnknownOption
    return Answer(
        frozenset(int(value) for value in values), step if step in STEPS or _is_id(step) else "next"
    )


PLACE = "place-"
"""An ordering sends "place-2": the number that the second line as shown was given."""


def places_in(form: Mapping[str, str]) -> dict[int, str]:
    """Returns what was written beside each line, by the line's number; also what is no number."""
    places = {}
    for name, value in form.items():
        row = name.removeprefix(PLACE)
        if name.startswith(PLACE) and _is_id(row) and 1 <= int(row) <= MOST_OPTIONS:
            places[int(row)] = value.strip()
    return places


def rows_in_order(places: Mapping[int, str]) -> tuple[int, ...]:
    """Returns the lines from first to last; nothing when every place is empty.

    Raises OrderUnclear where a number is missing, given twice or none of the lines'.
    """
    if not any(places.values()):
        return ()
    wanted = [str(number) for number in range(1, len(places) + 1)]
    if sorted(places.values()) != sorted(wanted):
        raise OrderUnclear(count=len(places))
    return tuple(sorted(places, key=lambda row: int(places[row])))


MATCH = "match-"
"""A matching question sends "match-2": the id of what the second line as shown was matched with."""


def pairs_in(form: Mapping[str, str]) -> tuple[int, ...]:
    """Returns what was chosen for each line, in order; 0 for none.

    Raises UnknownOption for what is no id.
    """
    pairs: dict[int, int] = {}
    for name, value in form.items():
        row = name.removeprefix(MATCH)
        if not name.startswith(MATCH) or not _is_id(row) or not 1 <= int(row) <= MOST_OPTIONS:
            continue
        if value and not _is_id(value):
            raise UnknownOption
        pairs[int(row)] = int(value or 0)
    return tuple(pairs.get(row, 0) for row in range(1, max(pairs, default=0) + 1))


def given_in(form: Mapping[str, str], option_ids: Iterable[int]) -> Given:
    """Returns the answer that a form sent, whatever the kind of its question."""
    return Given(
        option_ids=frozenset(option_ids),
        rows=rows_in_order(places_in(form)),
        pairs=pairs_in(form),
        text=form.get("text", ""),
    )


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= LONGEST_ID


def position_after(position: int, step: str) -> int | None:
    """Returns the question that a step leads to; nothing means the review of all answers."""
    if step == "review":
        return None
    if step == "previous":
        return max(1, position - 1)
    return position + 1 if step == "next" else int(step)
