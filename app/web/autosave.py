"""Forms that save themselves while one writes: htmx sends what was typed, and puts beside it that it
is saved or why not. Without JavaScript the same form has a button and answers with a page.

The templates' part is components/autosave.html.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _
from wtforms.form import BaseForm

from app.infra import clock
from app.web.locale import reader_language, reader_timezone
from app.web.render import short_day_text


def is_autosave() -> bool:
    """Returns True where htmx sent a form by itself, False where its button was pressed."""
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def mistakes_in(form: BaseForm) -> list[str]:
    """Returns the sentences of a form that could not be saved, those about all of it first."""
    return [*form.form_errors, *(sentence for field in form for sentence in field.errors)]


def saved_text(at: datetime) -> str:
    """Returns when something was saved: today with the hour in the reader's zone, else the day."""
    zone = ZoneInfo(reader_timezone())
    local, today = at.astimezone(zone), clock.now().astimezone(zone).date()
    if local.date() == today:
        return str(_("Saved today, %(hour)s", hour=f"{local:%H:%M}"))
    return str(_("Saved on %(day)s", day=short_day_text(local.date(), "MMMd", reader_language())))
