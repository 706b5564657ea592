"""Forms that move an event to another day and hour, or swap the times of two events."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms.validators import InputRequired

from app.kernel.refusal import Sentence
from app.kernel.seen import mark_of
from app.kernel.timespan import Timespan
from app.planning.arranging.forms import instant_of_event
from app.planning.arranging.rules.clock import MIDNIGHT, moved_span
from app.web.fields import DateField, SelectField, TimeField, Typed, uuid_in
from app.web.forms import Form


class MoveForm(Form):
    """Day and hour on the clock of the zone that `move_form` is given; an event of whole days has
    no hour. `seen`: the mark of the time at which the event stood when the form was shown.
    """

    on = DateField(_l("Day"), [InputRequired(_l("Choose the date."))])
    start = TimeField(_l("Starts"), [InputRequired(_l("Choose the time it starts."))])

    seen = wtforms.HiddenField()

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        for name, sentence in errors.items():
            field = self.on if name == "ends_at" or "start" not in self._fields else self.start
            field.errors = [*field.errors, _(sentence.msgid, **sentence.params)]


class SwapForm(Form):
    """Chooses the event with which another one swaps its time. The service decides whether they
    can.
    """

    other = SelectField(
        _l("The other event"), coerce=lambda text: uuid_in(str(text)), validate_choice=False
    )


def move_form(
    typed: Typed | None, span: Timespan, *, typed_in: str, timezone: str, is_all_day: bool
) -> MoveForm:
    """Returns the form as it was typed, or filled with the present time of the event. A free time
    that was pressed (`slot`) replaces day and hour.
    """
    zone = ZoneInfo(timezone if is_all_day else typed_in)
    slot = instant_of_event(typed.get("slot", "")) if typed is not None else None
    starts = (slot or span.starts_at).astimezone(zone)
    if slot is not None:
        typed = MultiDict({"on": f"{starts:%Y-%m-%d}", "start": f"{starts:%H:%M}"})
    form = MoveForm(
        typed, data={"on": starts.date(), "start": starts.time(), "seen": mark_of(span)}
    )
    if is_all_day:
        del form.start
    return form


def span_asked(
    form: MoveForm, span: Timespan, *, typed_in: str, timezone: str, is_all_day: bool
) -> Timespan:
    """Returns the time to which the form asks to move the event. Raises InvalidInput with sentences
    by field.
    """
    start = MIDNIGHT if is_all_day else form.start.data
    return moved_span(
        span,
        on=form.on.data,
        start=start,
        typed_in=typed_in,
        timezone=timezone,
        is_all_day=is_all_day,
    )
