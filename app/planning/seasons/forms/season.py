"""The forms of season planning. No database."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange

from app.infra.language import say
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import Sentence
from app.planning.scheduling.rules.overrides import MOST_REASON
from app.planning.seasons.forms.table import heading, rows_in
from app.planning.seasons.values import SeasonDraft, SeasonLimits
from app.web.fields import (
    CHOOSE,
    DateField,
    IntegerField,
    SelectField,
    TimeField,
    printable,
    stripped,
    text_field,
)
from app.web.forms import Form
from app.web.locale import reader_language

USUAL = SeasonLimits()
MOST = 50
FIELD_OF = {"rows": "table"}
MOST_SAID = 30
TOO_LONG = _l("Write at most %(max)d characters.")


def row_words(field: str, sentence: str) -> str:
    """ "Row 3, groups: …" for the errors of a row, the sentence itself for others."""
    parts = field.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - rows.<number>.<column>
        return sentence
    column = heading(parts[2], reader_language())
    return str(
        _("Row %(row)s, %(column)s: %(sentence)s", row=parts[1], column=column, sentence=sentence)
    )


class SeasonForm(Form):
    title = wtforms.StringField(
        _l("Name of the season"),
        [
            InputRequired(_l("Give the season a title.")),
            Length(max=200, message=TOO_LONG),
            printable,
        ],
        filters=[stripped],
        render_kw={"maxlength": 200},
    )
    starts_on = DateField(_l("First day"), [InputRequired(_l("Choose the date."))])
    ends_on = DateField(_l("Last day"), [InputRequired(_l("Choose the date."))])
    timezone = SelectField(_l("Times are in"), default=REFERENCE_ZONE)
    table = wtforms.TextAreaField(_l("Webinars"), [InputRequired(_l("Give at least one webinar."))])
    moves_published = wtforms.BooleanField(
        _l("Published webinars of these days may be moved when that is better")
    )
    opens = TimeField(
        _l("Not before"), [InputRequired(_l("Choose the time it starts."))], default=USUAL.opens
    )
    closes = TimeField(
        _l("Ends by"), [InputRequired(_l("Choose the time it ends."))], default=USUAL.closes
    )
    per_day = IntegerField(
        _l("Events a day at most"),
        [
            InputRequired(_l("Write a whole number.")),
            NumberRange(1, MOST, _l("Between %(min)s and %(max)s.")),
        ],
        default=USUAL.per_day,
    )

    def draft(self) -> SeasonDraft:
        """Refuses with InvalidInput what is no table."""
        limits = SeasonLimits(
            opens=self.opens.data, closes=self.closes.data, per_day=self.per_day.data
        )
        return SeasonDraft(
            title=self.title.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            timezone=self.timezone.data,
            rows=rows_in(self.table.data),
            limits=limits,
            moves_published=bool(self.moves_published.data),
        )

    def show(self, errors: Mapping[str, Sentence]) -> None:
        """Refusals at their fields; those of rows below the table, the first thirty of them."""
        for name, sentence in errors.items():
            key = name.split(".", maxsplit=1)[0]
            field = self._fields.get(FIELD_OF.get(key, key), self.table)
            said = row_words(name, say(reader_language(), sentence))
            if len(field.errors) < MOST_SAID:
                field.errors = [*field.errors, said]


class AcceptForm(Form):
    publish = wtforms.RadioField(
        _l("The new events are"),
        choices=[
            ("yes", _l("Published at once")),
            ("no", _l("Drafts, which hold their time for 14 days")),
        ],
        default="yes",
        invalid_choice_message=_l(CHOOSE),
    )


class PlaceForm(Form):
    """Another day and hour for one webinar, on the clock of the season. `seen`: which choice stood
    before.
    """

    on = DateField(_l("Date"), [InputRequired(_l("Choose the date."))])
    start = TimeField(_l("Starts"), [InputRequired(_l("Choose the time it starts."))])
    seen = wtforms.HiddenField()
    ask_reason = text_field(_l("Why it has to be at this time"), MOST_REASON, area=True)

    def starts_at(self, timezone: str) -> datetime:
        return datetime.combine(self.on.data, self.start.data, ZoneInfo(timezone))
