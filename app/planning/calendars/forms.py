"""The form that adds a calendar."""

from collections.abc import Collection, Mapping, Sequence

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional

from app.infra.fetching import FetchFailed, place_of
from app.kernel.refusal import Sentence
from app.kernel.text import N_, field_in
from app.planning.calendars.values import SourceDraft, SourceKind
from app.web.fields import RadioField, printable
from app.web.text_fields import LocalizedField, LocalizedForm

PROCESS, MINE, SOMEBODY = "process", "mine", "somebody"
LONGEST_NAME = 120
LONGEST_URL = 2000
NOBODY_YET = N_(
    "Your account does not say yet who you are, so there is nobody whose calendar this would be. "
    "Begin a course to say it, or ask the secretariat."
)


def stripped(text: str | None) -> str:
    """Returns the text on one line, without blanks around it. It is never cut, so that a text that
    is too long is shown again as typed.
    """
    return " ".join((text or "").split())


def line_field(label: object, most: int) -> wtforms.StringField:
    length = Length(max=most, message=_l("Write at most %(max)d characters."))
    return wtforms.StringField(
        label, [Optional(), length, printable], filters=[stripped], render_kw={"maxlength": most}
    )


class AddForm(LocalizedForm):
    """Call `offer` before anything else."""

    whose = RadioField(_l("Whose calendar is it?"), validate_choice=False)
    name = LocalizedField(N_("Name in %(language)s"), line_field, LONGEST_NAME)
    person_words = line_field(_l("Name or e-mail of the person"), 100)
    person_id = RadioField(_l("Which person?"), validate_choice=False)
    url = line_field(_l("Address of the calendar"), LONGEST_URL)
    file = wtforms.FileField(_l("Or a file"), render_kw={"accept": ".ics,text/calendar"})

    def offer(self, whose: Sequence[tuple[str, str]], people: Sequence[tuple[int, str]]) -> None:
        self.whose.choices = list(whose)
        self.person_id.choices = [(str(number), name) for number, name in people]
        if self.whose.data not in dict(whose):
            self.whose.data = whose[0][0] if whose else ""

    def draft(
        self, *, own_person_id: int | None, has_file: bool, allow: Collection[str]
    ) -> SourceDraft | None:
        """Returns the calendar as typed, or None after putting sentences at the fields."""
        is_sound = self.validate()
        if not self.whose.data:
            self._say("whose", _(NOBODY_YET))
        kind = SourceKind.PROCESS if self.whose.data == PROCESS else SourceKind.PERSON
        person_id = own_person_id if self.whose.data == MINE else self._chosen_person()
        if self.whose.data == SOMEBODY and person_id is None:
            self._say("person_words", _("Find the person, then choose."))
        if kind is SourceKind.PROCESS and not self.name.data:
            self._say(field_in("name"), _("Write what the calendar is called."))
        url = self._address(has_file, allow)
        if not is_sound or self.errors_added:
            return None
        name = self.name.data
        return SourceDraft(kind, name, person_id if kind is SourceKind.PERSON else None, url)

    errors_added = False

    def _say(self, name: str, sentence: str) -> None:
        field = self._fields[name]
        field.errors = [*field.errors, sentence]
        self.errors_added = True

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        for name, sentence in errors.items():
            self._say(name if name in self._fields else "url", _(sentence.msgid, **sentence.params))

    def _chosen_person(self) -> int | None:
        offered = {value for value, _name in self.person_id.choices}
        if self.person_id.data in offered:
            return int(self.person_id.data)
        return int(next(iter(offered))) if len(offered) == 1 else None

    def _address(self, has_file: bool, allow: Collection[str]) -> str:
        url = str(self.url.data or "")
        if bool(url) == has_file:
            self._say("url", _("Give either an address or a file."))
            return ""
        if not url:
            return ""
        try:
            place_of(url, allow)
        except FetchFailed as failed:
            self._say("url", _(failed.msgid, **failed.params))
        return secure(url)


def secure(url: str) -> str:
    """Returns the address with https: in place of webcal:, which calendars write for it."""
    scheme, colon, rest = url.partition(":")
    return f"https:{rest}" if colon and scheme.lower() in ("webcal", "webcals") else url
