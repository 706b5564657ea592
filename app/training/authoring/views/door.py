"""The blueprint, and what its pages share: names of parts, addresses, states in words."""

from flask import Blueprint, url_for
from flask_babel import gettext as _

from app.infra.language import translate
from app.kernel.text import Language
from app.training.authoring.forms.parts import first_line, shortened
from app.training.authoring.rules.assembly import figure_of
from app.training.authoring.values import CoursePart, CoursePartKind, Draft
from app.training.authoring.wording import KINDS, field_msgid
from app.web.locale import reader_language
from app.web.markdown import Picture

bp = Blueprint("authoring", __name__, url_prefix="/authoring")


def kind_word(kind: CoursePartKind) -> str:
    return translate(reader_language(), KINDS[kind])


def field_word(name: str) -> str:
    """Returns the word for a localized field of a part."""
    return translate(reader_language(), field_msgid(name))


def part_name(part: CoursePart) -> str:
    """Returns what a part is called in a list: the beginning of what it says."""
    text = part.name.in_(reader_language())
    if part.kind is CoursePartKind.SCREEN:
        text = first_line(text)
    if part.kind is not CoursePartKind.COURSE:
        text = shortened(text)
    return text or _("(not written yet)")


def part_url(draft: Draft, part: CoursePart) -> str:
    if part.kind is CoursePartKind.COURSE:
        return url_for("authoring.draft", draft_id=draft.id)
    return url_for("authoring.part", draft_id=draft.id, part_id=part.id)


def pictures_of(draft: Draft, module: CoursePart, language: Language) -> tuple[Picture, ...]:
    """Returns the pictures that the texts of a module may show in a language."""
    return tuple(
        Picture(
            part.code,
            url_for("authoring.picture", draft_id=draft.id, part_id=part.id, language=language),
            figure.width,
            figure.height,
        )
        for part in draft.children(module.id, CoursePartKind.PICTURE)
        if (figure := figure_of(part, language))
    )


bp.add_app_template_global(part_name, "part_name")
bp.add_app_template_global(kind_word, "part_kind")
bp.add_app_template_global(field_word, "part_field")
