"""Forms of inviting: text in, values or errors at the fields out. No database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from app.kernel.text import N_, Language, as_language, languages
from app.participation.invitations import wording
from app.participation.invitations.rules import LONGEST_NOTE, NO_COUNTRY
from app.participation.invitations.values import GuestDraft, InvitationClass, InvitationDraft
from app.participation.registrations.forms import ConsentForm
from app.participation.registrations.values import NAMING, Way
from app.people.directory.rules.people import LONGEST_NAME
from app.web.fields import (
    NOT_A_DAY,
    DateField,
    IntegerField,
    Needed,
    RadioField,
    SelectField,
    SelectMultipleField,
    Typed,
    number_in,
    numbers_in,
    stripped,
)
from app.web.forms import Form
from app.web.locale import own_language_names

LONGEST_LIST = 60_000
TEXT_TOO_LONG = N_("Paste at most %(most)s characters at once. Nobody has been invited yet.")
LATEST_YEAR = 2100
BESIDES, ONLY_THESE = "besides", "only"
CHOOSE_OPEN = N_("Say whether the event stays open to all or becomes one for those invited.")
CHOOSE_CLASS = N_("Choose a class.")
COMING_DAY = N_("Choose today or a later day.")
NOTE_HINT = _l("Appears in the letter as you write it.")
COUNTED = _l("Empty: as many as the focal point wishes. Places of the event still count.")
PLAIN = {"autocomplete": "off"}
Choices = Sequence[tuple[str, str]]


def way_in(text: str) -> Way:
    """Returns the way that the text names, by default a person of the directory."""
    return Way(text) if text in set(Way) else Way.PERSON


def _in_one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _coming(form: "TermsForm", field: wtforms.Field) -> None:
    if field.data is None:
        return
    if field.data.year > LATEST_YEAR:
        raise ValidationError(_(NOT_A_DAY))
    if field.data < form.today:
        raise ValidationError(_(COMING_DAY))


def _short(_form: wtforms.Form, field: wtforms.Field) -> None:
    if len(field.data or "") > LONGEST_LIST:
        raise ValidationError(_(TEXT_TOO_LONG, most=LONGEST_LIST))


def _any_ticked(_form: wtforms.Form, field: wtforms.Field) -> None:
    if not field.data:
        raise ValidationError(_(NO_COUNTRY))


class TermsForm(Form):
    """The fields of every invitation. Days are of the event's zone."""

    _fields: dict[str, wtforms.Field]

    places = IntegerField(_l("How many people"), [Optional()], description=COUNTED)
    respond_by = DateField(_l("Names due by"), [Optional(), _coming])
    note = wtforms.TextAreaField(
        _l("A few words of your own"),
        [Optional()],
        filters=[stripped],
        description=NOTE_HINT,
        render_kw={"maxlength": LONGEST_NOTE},
    )
    open_to = RadioField(
        _l("Who is the event for, then?"),
        invalid_choice_message=_l(CHOOSE_OPEN),
        choices=[
            (BESIDES, _l("It stays open to all; those I invite get a letter as well")),
            (ONLY_THESE, _l("Only those invited or nominated")),
        ],
    )

    def __init__(
        self,
        typed: Typed | None = None,
        *,
        today: date,
        must_choose: bool,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Takes `must_choose` for an event that is open to all, of which it has to be said whether
        it stays so.
        """
        self.today = today
        super().__init__(typed, data=data)
        if not must_choose:
            del self.open_to

    def _keep(self, *names: str) -> None:
        """Leaves these fields, in the order in which the page shows them and their mistakes."""
        for name in [name for name in self._fields if name not in names]:
            del self[name]
        self._fields = {name: self._fields[name] for name in names if name in self._fields}

    @property
    def keeps_open(self) -> bool:
        return "open_to" in self and self.open_to.data == BESIDES


class CountriesForm(TermsForm):
    """The ticked countries, and the terms for all of them."""

    country = SelectMultipleField(_l("Countries"), [_any_ticked])

    def offer(self, countries: Choices) -> "CountriesForm":
        self._keep("country", "places", "respond_by", "note", "open_to")
        self.country.choices = list(countries)
        self.places.label.text = _("How many people each")
        return self

    def draft(self) -> InvitationDraft:
        """Returns what was typed; call it after `validate()`."""
        return InvitationDraft(
            InvitationClass.MEMBER_COUNTRY,
            Way.COUNTRY,
            places=self.places.data,
            respond_by=self.respond_by.data,
            note=self.note.data,
            keeps_open=self.keeps_open,
        )


FIELDS_OF_WAY: Mapping[Way, Sequence[str]] = {
    Way.PERSON: ("person",),
    Way.INSTITUTION: ("institution",),
    Way.GROUP: ("group",),
    Way.COUNTRY: ("country", "places", "respond_by"),
    Way.GUEST: ("name", "organisation", "email", "language"),
    Way.LINK: ("name", "places", "closes_on", "language"),
}
FIELDS_OF_EVERY_WAY = ("open_to", "invitation_class", "note", "way")


class InvitationForm(TermsForm):
    """One invitation: the fields of its way."""

    way = wtforms.HiddenField()
    person = RadioField(_l("Person"), choices=[], validate_choice=False)
    institution = SelectField(_l("Institution"), default="")
    group = SelectField(_l("Working group"), default="")
    country = SelectField(
        _l("Country"),
        default="",
        description=_l("Its focal point is asked to nominate people from the country's list."),
    )
    name = wtforms.StringField(filters=[_in_one_line], render_kw=PLAIN)
    organisation = wtforms.StringField(_l("Organisation"), filters=[_in_one_line], render_kw=PLAIN)
    email = wtforms.EmailField(
        _l("E-mail address"),
        filters=[_in_one_line],
        description=_l("The guest gets a link for this one event and needs no account."),
        render_kw=PLAIN,
    )
    closes_on = DateField(
        _l("Works until"),
        [Optional(), _coming, Needed()],
        description=_l("The last day on which someone may register with it."),
    )
    language = SelectField(_l("Language of the invitation"))
    invitation_class = RadioField(
        _l("Class"), name="class", invalid_choice_message=_l(CHOOSE_CLASS)
    )

    def __init__(
        self, way: Way, typed: Typed | None = None, *, today: date, must_choose: bool
    ) -> None:
        self.of = way
        super().__init__(typed, today=today, must_choose=must_choose and way in NAMING)
        self._keep(*FIELDS_OF_WAY[way], *FIELDS_OF_EVERY_WAY)
        self.way.data = way.value
        self.invitation_class.choices = [(one.value, _(m)) for one, m in wording.CLASSES.items()]
        if way is Way.LINK:
            self.name.label.text = _("What you call it")
            self.name.description = _("Only you see this, for example: civil society network.")
            self.places.label.text = _("How many may register")
            self.places.description = ""
            self.places.flags.required = True
        if way is Way.GUEST:
            self.name.label.text = _("Name")
            self.name.flags.required = self.email.flags.required = True
        if "language" in self:
            self.language.choices = own_language_names()
            self.language.data = self.language.data or languages()[0]

    def offer(
        self, *, countries: Choices, groups: Choices, institutions: Mapping[str, Choices]
    ) -> "InvitationForm":
        """Offers countries, groups and institutions; `institutions` by the name of their country."""
        nothing = ("", _("Choose"))
        if "country" in self:
            self.country.choices = [nothing, *countries]
        if "group" in self:
            self.group.choices = [nothing, *groups]
        if "institution" in self:
            self.institution.choices = [
                SelectChoice(*nothing),
                *(
                    SelectChoice(value, label, optgroup=country)
                    for country, houses in institutions.items()
                    for value, label in houses
                ),
            ]
        return self

    def draft(self, *, shown: Collection[int], timezone: str) -> InvitationDraft:
        """Returns what was typed; call it after `validate()`.

        `shown`: the people whom the search has shown to this planner; nobody else can be invited by
        number. A link that closes on a day works until its end in `timezone`.
        """
        person = number_in(self._data("person") or "")
        return InvitationDraft(
            InvitationClass(self.invitation_class.data),
            self.of,
            person_id=person if person in shown else None,
            institution_id=number_in(self._data("institution") or ""),
            group=self._data("group") or "",
            country_code=self._data("country") or "",
            name=self._data("name") or "",
            organisation=self._data("organisation") or "",
            email=self._data("email") or "",
            language=as_language(self._data("language")),
            places=self._data("places"),
            closes_at=_end_of(self._data("closes_on"), timezone),
            respond_by=self._data("respond_by"),
            note=self.note.data,
            keeps_open=self.keeps_open,
        )

    def _data(self, name: str) -> Any:
        return self[name].data if name in self else None


class PasteForm(Form):
    """Several guests at once, one a line."""

    lines = wtforms.TextAreaField(
        _l("One guest per line"),
        [Needed(), _short],
        name="list",
        description=_l(
            "Name; organisation; e-mail; language (es or en). A table copied from a spreadsheet "
            "works too. Whoever is invited already gets no second invitation."
        ),
        render_kw={"spellcheck": "false"},
    )
    invitation_class = SelectField(
        _l("Class for all of them"), default="", name="class", id="class-of-list"
    )

    def offer(self) -> "PasteForm":
        classes = [(one.value, _(msgid)) for one, msgid in wording.CLASSES.items()]
        self.invitation_class.choices = [("", _("Choose")), *classes]
        return self

    def validate_invitation_class(self, field: wtforms.Field) -> None:
        if not field.data:
            raise ValidationError(_(CHOOSE_CLASS))


class GuestForm(ConsentForm):
    """What a guest types. `form_key`: the secret of this very form, by which a second click finds
    the place that the first one took. What is wrong with the texts the service says.
    """

    name = wtforms.StringField(
        _l("Full name"),
        [Needed()],
        filters=[_in_one_line],
        description=_l("As it should appear on the attendance list."),
        render_kw={"autocomplete": "name", "maxlength": LONGEST_NAME},
    )
    organisation = wtforms.StringField(
        _l("Organisation"),
        filters=[_in_one_line],
        render_kw={"autocomplete": "organization", "maxlength": LONGEST_NAME},
    )
    email = wtforms.EmailField(
        _l("E-mail address"),
        [Needed()],
        filters=[_in_one_line],
        description=_l("Your link to join is sent here."),
        render_kw={"autocomplete": "email"},
    )
    country = SelectField(
        _l("Country"), default="", description=_l("Leave it empty if it is another one.")
    )
    form_key = wtforms.HiddenField()

    def offer(self, countries: Choices) -> "GuestForm":
        self.country.choices = [("", "—"), *countries]
        return self

    def draft(self, language: Language) -> GuestDraft:
        """Returns what was typed; call it after `validate()`."""
        return GuestDraft(
            name=self.name.data or "",
            organisation=self.organisation.data or "",
            email=self.email.data or "",
            country_code=self.country.data or "",
            language=language,
            form_key=(self.form_key.data or "")[:64],
        )


class SuccessorForm(Form):
    """Who takes part instead of a nominated person. There is one for each of them, so its control
    is named after the nomination.
    """

    successor = SelectField(default="")

    def offer(self, nomination_id: int, name: str, people: Choices) -> "SuccessorForm":
        """Offers the successors of the person who was nominated, whose `name` the label says."""
        self.successor.id = f"successor-{nomination_id}"
        self.successor.label.text = _("Who takes part instead of %(name)s", name=name)
        self.successor.choices = [("", _("Choose")), *people]
        return self

    @property
    def person_id(self) -> int | None:
        return number_in(self.successor.data or "")


def ids_in(values: Iterable[str]) -> tuple[int, ...]:
    """Returns the ticked numbers; other texts are left out, as no browser sends them."""
    return tuple(numbers_in(values))


def _end_of(day: date | None, timezone: str) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone))
