"""Forms of a national page: one line, and the notes under the lines."""

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.kernel.text import N_, LocalizedText, fields_of
from app.training.national import rules
from app.training.national.values import LineDraft, LineKind
from app.web.fields import DateField, SelectField, stripped
from app.web.text_fields import LocalizedField, LocalizedForm


def limit(most: int) -> dict[str, int]:
    """Returns the attribute from which the counter takes its limit. `components/forms.html` takes
    it off the control, so that no browser cuts a text.
    """
    return {"maxlength": most}


class LineForm(LocalizedForm):
    """The fields of every kind of line; `for_kind` removes those that the kind does not have."""

    name = LocalizedField(
        N_("Name in %(language)s"),
        wtforms.StringField,
        [Optional()],
        render_kw=limit(rules.LONGEST_NAME),
    )
    about = LocalizedField(
        N_("What people turn to it for, in %(language)s"),
        wtforms.TextAreaField,
        [Optional()],
        render_kw=limit(rules.LONGEST_ABOUT),
    )
    adopted_on = DateField(_l("Date"), [Optional()])
    url = wtforms.StringField(_l("Link"), [Optional()])
    address = wtforms.TextAreaField(
        _l("Address"), [Optional()], render_kw=limit(rules.LONGEST_ADDRESS)
    )
    telephone = wtforms.StringField(_l("Telephone"), [Optional()])
    email = wtforms.StringField(_l("E-mail"), [Optional()])
    is_of_office = wtforms.BooleanField(_l("It belongs to the office"))
    hours = LocalizedField(
        N_("Opening hours in %(language)s"),
        wtforms.StringField,
        [Optional()],
        render_kw=limit(rules.LONGEST_HOURS),
    )
    timezone = SelectField(_l("The hours are in"))
    spoken = LocalizedField(
        N_("Languages spoken there, in %(language)s"),
        wtforms.StringField,
        [Optional()],
        render_kw=limit(rules.LONGEST_HOURS),
    )

    def for_kind(self, kind: LineKind, zones: Sequence[tuple[str, str]]) -> "LineForm":
        """Removes the fields that the kind does not have. `zones`: the time zones to choose from,
        with their names.
        """
        self.kind = kind
        self.timezone.choices = [*zones]
        if not self.timezone.data and zones:
            self.timezone.data = zones[0][0]
        absent = {
            LineKind.LAW: (
                "address",
                "telephone",
                "email",
                "is_of_office",
                "hours",
                "timezone",
                "spoken",
            ),
            LineKind.NUMBER: (
                "adopted_on",
                "url",
                "address",
                "email",
                "hours",
                "timezone",
                "spoken",
            ),
            LineKind.OFFICE: ("adopted_on",),
        }[kind]
        for name in [one for one in self._fields if one.startswith(absent)]:
            del self[name]
        if kind is LineKind.NUMBER:
            self.telephone.flags.required = True
        return self

    def draft(self) -> LineDraft:
        """Returns the line as typed. Call it after `validate()`."""
        hours = self._texts("hours")
        return LineDraft(
            kind=self.kind,
            name=self._texts("name"),
            about=self._texts("about"),
            adopted_on=self._data("adopted_on") or None,
            url=stripped(self._data("url")),
            address=stripped(self._data("address")),
            telephone=stripped(self._data("telephone")),
            email=stripped(self._data("email")),
            hours=hours,
            timezone=(self._data("timezone") or "") if hours else "",
            spoken=self._texts("spoken"),
            is_of_office=bool(self._data("is_of_office")),
        )

    def _texts(self, name: str) -> LocalizedText:
        if not any(field.startswith(f"{name}_") for field in self._fields):
            return LocalizedText()
        texts: LocalizedText = getattr(self, name).data
        return texts.map(stripped)

    def _data(self, name: str) -> Any:
        return self[name].data if name in self else None


class NotesForm(LocalizedForm):
    notes = LocalizedField(
        N_("Notes in %(language)s"),
        wtforms.TextAreaField,
        [Optional()],
        render_kw=limit(rules.LONGEST_NOTES),
    )


def answers_of(draft: LineDraft) -> dict[str, object]:
    """Returns the values of the form's fields for a line."""
    return {
        **fields_of("name", draft.name),
        **fields_of("about", draft.about),
        **fields_of("hours", draft.hours),
        **fields_of("spoken", draft.spoken),
        "adopted_on": draft.adopted_on,
        "url": draft.url,
        "address": draft.address,
        "telephone": draft.telephone,
        "email": draft.email,
        "timezone": draft.timezone,
        "is_of_office": draft.is_of_office,
    }
