"""A speaker as they were typed: by the office, or by themselves."""

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.kernel.text import N_, as_language, languages
from app.participation.speakers import rules
from app.participation.speakers.values import SpeakerAnswer, SpeakerDraft, SpeakerState
from app.people.directory.rules.people import LONGEST_NAME
from app.web.fields import Needed, SelectField, text_field
from app.web.forms import Form
from app.web.locale import language_name
from app.web.text_fields import LocalizedField, LocalizedForm

PHOTO = "photo"


class DescribedForm(LocalizedForm):
    """The texts and the photo, which both forms have."""

    lines = LocalizedField(
        N_("Who they are, in %(language)s"), text_field, rules.LONGEST_LINES, area=True
    )
    photo = wtforms.FileField(_l("Photo"), [Optional()])


class SpeakerForm(DescribedForm):
    name = text_field(_l("Name, as it appears in the programme"), LONGEST_NAME)
    organisation = text_field(_l("Organisation"), LONGEST_NAME)
    email = text_field(_l("E-mail address"), 254)
    language = SelectField(_l("Language of the letter"))
    is_protected = wtforms.BooleanField(_l("This person speaks under a chosen name"))

    def offer(self) -> "SpeakerForm":
        self.name.flags.required = self.email.flags.required = True
        self.language.choices = [(code, language_name(code)) for code in languages()]
        return self

    def draft(self, photo: bytes | None) -> SpeakerDraft:
        return SpeakerDraft(
            name=" ".join((self.name.data or "").split()),
            organisation=" ".join((self.organisation.data or "").split()),
            email=(self.email.data or "").strip(),
            language=as_language(self.language.data),
            lines=self.lines.data,
            photo=photo,
            is_protected=bool(self.is_protected.data),
        )


class ChosenNameForm(Form):
    """Stands on its page once for each speaker, so its control is named after that one."""

    name = text_field(_l("Chosen name"), LONGEST_NAME, Needed())

    def of(self, person_id: int) -> "ChosenNameForm":
        self.name.id = f"chosen-{person_id}"
        return self


class OwnForm(DescribedForm):
    lines = LocalizedField(
        N_("Who you are, in %(language)s"), text_field, rules.LONGEST_LINES, area=True
    )
    drop_photo = wtforms.BooleanField(_l("Remove my photo"))
    answer = wtforms.HiddenField()
    """By the button that was pressed."""

    def speaker_answer(self, photo: bytes | None) -> SpeakerAnswer:
        said = self.answer.data
        state = SpeakerState(said) if said in {"confirmed", "declined"} else None
        return SpeakerAnswer(
            state=state, lines=self.lines.data, photo=photo, drops_photo=bool(self.drop_photo.data)
        )
