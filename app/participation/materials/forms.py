"""A material as it was typed: text and a file in, a draft or errors out."""

from collections.abc import Mapping, Sequence
from typing import Self
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.kernel.seen import mark_of
from app.kernel.text import N_, field_in
from app.participation.materials import rules
from app.participation.materials.values import (
    GivenFile,
    LibraryFilters,
    MaterialDescription,
    MaterialDraft,
    MaterialKind,
    Visibility,
)
from app.participation.materials.wording import KINDS, LANGUAGES, VISIBILITIES
from app.web.fields import RadioField, SelectField, SelectMultipleField
from app.web.text_fields import LocalizedField, LocalizedForm

FILE = "file"


def one_line(text: str) -> str:
    return " ".join(text.split())


class DescriptionForm(LocalizedForm):
    """`seen`: the mark of the description that stood when the form was shown."""

    seen = wtforms.HiddenField()
    kind = SelectField(_l("Kind"))
    title = LocalizedField(
        N_("Title in %(language)s"),
        wtforms.StringField,
        [Optional()],
        render_kw={"maxlength": rules.LONGEST_TITLE},
    )
    language = SelectField(_l("Language of the material"))
    visibility = RadioField(_l("Who may open it"), default=Visibility.MEMBERS.value)
    session = SelectField(_l("Session"))
    sections = SelectMultipleField(_l("Sections of the Guidelines it is about"), default=())
    theme = wtforms.StringField(
        _l("Theme"), [Optional()], render_kw={"maxlength": rules.LONGEST_THEME}
    )

    def offer(self, sessions: Sequence[tuple[UUID, str]], sections: Mapping[str, str]) -> Self:
        """Sets the choices. `sections`: titles by code, in the document's order."""
        self.sections.choices = [
            (code, f"{code} {title}".strip()) for code, title in sections.items()
        ]
        self.kind.choices = [(kind.value, _(msgid)) for kind, msgid in KINDS.items()]
        self.language.choices = [(code, _(msgid)) for code, msgid in LANGUAGES.items()]
        self.visibility.choices = [(one.value, _(msgid)) for one, msgid in VISIBILITIES.items()]
        self.session.choices = [
            ("", _("The whole event")),
            *((str(number), title) for number, title in sessions),
        ]
        return self

    def description(self) -> MaterialDescription:
        """Returns what was typed; call it after `validate()`, as the choices are then among those
        offered.
        """
        session = self.session.data
        return MaterialDescription(
            kind=MaterialKind(self.kind.data),
            title=self.title.data.map(one_line),
            language=self.language.data,
            visibility=Visibility(self.visibility.data),
            session_id=UUID(session) if session else None,
            sections=tuple(self.sections.data or ()),
            theme=one_line(self.theme.data or ""),
        )


class MaterialForm(DescriptionForm):
    file = wtforms.FileField(_l("File"), [Optional()])
    url = wtforms.StringField(_l("Or a link"), [Optional()])

    def draft(self, file: GivenFile | None) -> MaterialDraft:
        """Returns what was typed, as `description()` does, with the file or the link."""
        return MaterialDraft(
            **vars(self.description()), url=one_line(self.url.data or ""), file=file
        )


def typed_as(description: MaterialDescription) -> dict[str, object]:
    """Returns the fields of a form that begins from a description, with its mark."""
    return {
        **{field_in("title", code): text for code, text in description.title.items()},
        "kind": description.kind.value,
        "language": description.language,
        "visibility": description.visibility.value,
        "session": str(description.session_id or ""),
        "sections": description.sections,
        "theme": description.theme,
        "seen": mark_of(description),
    }


def library_filters(args: Mapping[str, str]) -> LibraryFilters:
    """Returns what the address of the library narrows it to; what is not offered is left out."""
    kind, language = args.get("kind", ""), args.get("language", "")
    return LibraryFilters(
        kind=MaterialKind(kind) if kind in set(MaterialKind) else None,
        section=_plain(args.get("section", "")),
        theme=_plain(args.get("theme", "")),
        language=language if language in LANGUAGES else "",
    )


def _plain(text: str) -> str:
    """Returns one short line of text, "" for anything else."""
    return text if text.isprintable() and len(text) <= rules.LONGEST_THEME else ""
