"""Forms of authoring: parts of a draft, starting and publishing one, files that authors bring."""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms.validators import DataRequired, NumberRange, Optional, ValidationError

from app.infra.pictures import NotAPicture, size_of, written_anew
from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language, LocalizedText, fields_of, languages
from app.training.authoring.rules.assembly import KEYS, question_node
from app.training.authoring.rules.publishing import ObjectiveDifference
from app.training.authoring.values import (
    LOCALIZED,
    MOST_OPTIONS,
    OPTION_TEXTS,
    CoursePart,
    CoursePartKind,
    Draft,
    kind_of,
)
from app.training.authoring.wording import CHANGES, CITED, LESSON_KINDS, STRICT, WEBINAR_WORDS
from app.training.learning.forms.document import LONGEST_TEXT, Problems
from app.training.learning.forms.drawing import DrawingRefused, drawing_size
from app.training.learning.forms.folder import (
    BAD_WEIGHT,
    CHECKS,
    MOST_ATTEMPTS,
    MOST_QUESTIONS,
    MOST_WEIGHT,
    NOT_A_SLUG,
    RESERVED,
    SLUG,
    SLUG_LENGTH,
    TAKEN_ADDRESS,
    item_of,
)
from app.training.learning.rules.kinds import (
    ANY_OTHER,
    KINDS,
    WHOLE,
    QuestionKind,
    number_text,
    numbers_in,
)
from app.training.learning.values import ItemContent, ItemKind
from app.web.fields import (
    DateField,
    IntegerField,
    Needed,
    RadioField,
    SelectField,
    SelectMultipleField,
    Typed,
    text_field,
    web_address,
)
from app.web.forms import Form
from app.web.locale import language_name
from app.web.text_fields import LocalizedField, LocalizedForm, Texts

MEGABYTE = 1024 * 1024
LARGEST_PICTURE, LARGEST_FILM = MEGABYTE, 20 * MEGABYTE
MOST_PIXELS = 4_000
SVG = "image/svg+xml"
NOT_A_PICTURE = N_("This is not a picture that we can show: use PNG, JPEG, WebP or SVG.")
PICTURE_TOO_LARGE = N_("The picture is larger than %(most)s MB. Make it smaller first.")
TOO_MANY_PIXELS = N_("The picture has %(width)s × %(height)s pixels; at most %(most)s each way.")
NOT_A_FILM = N_("This is not a video that browsers play: use MP4 or WebM.")
FILM_TOO_LARGE = N_(
    "The video is larger than %(most)s MB. Make it smaller, or write the address where it is."
)
EMPTY = N_("The file is empty.")
NOT_CAPTIONS = N_(
    "Captions begin with the line WEBVTT and have times such as 00:00:01.000 --> 00:00:04.000."
)
CUE = re.compile(
    r"^(?:\d{2,}:)?\d{2}:\d{2}\.\d{3}[ \t]+-->[ \t]+(?:\d{2,}:)?\d{2}:\d{2}\.\d{3}", re.MULTILINE
)


class MediaRefused(Exception):
    def __init__(self, msgid: str, **params: Any) -> None:
        super().__init__(msgid)
        self.sentence = Sentence(msgid, params)


def picture_from(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Returns the fields of a picture's file and the bytes to keep; an SVG is kept in the fields
    and has none. Raises MediaRefused. Other pictures are decoded and written anew, which leaves
    out what a camera wrote into them (place, person) and whatever else lies in the file.
    """
    if not content:
        raise MediaRefused(EMPTY)
    if len(content) > LARGEST_PICTURE:
        raise MediaRefused(PICTURE_TOO_LARGE, most=LARGEST_PICTURE // MEGABYTE)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _drawing(content)
    try:
        width, height = size_of(content)
        if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
            raise MediaRefused(TOO_MANY_PIXELS, width=width, height=height, most=MOST_PIXELS)
        own = written_anew(content)
    except NotAPicture as refused:
        raise MediaRefused(NOT_A_PICTURE) from refused
    fields = {"media_type": own.media_type, "width": own.width, "height": own.height, "svg": ""}
    return fields, own.content


def _drawing(content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        svg = content.decode("utf-8-sig")
        width, height = drawing_size(svg)
    except UnicodeDecodeError as error:
        raise MediaRefused(NOT_A_PICTURE) from error
    except DrawingRefused as refused:
        raise MediaRefused(refused.sentence.msgid, **refused.sentence.params) from refused
    return {"media_type": SVG, "width": width, "height": height, "svg": svg}, b""


def film_type(content: bytes) -> str:
    """Returns the media type of a film. Raises MediaRefused for what browsers do not play."""
    if not content:
        raise MediaRefused(EMPTY)
    if len(content) > LARGEST_FILM:
        raise MediaRefused(FILM_TOO_LARGE, most=LARGEST_FILM // MEGABYTE)
    if content[4:8] == b"ftyp" and content[8:12]:  # who made it stands there
        return "video/mp4"
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm"
    raise MediaRefused(NOT_A_FILM)


def are_captions(text: str) -> bool:
    """Returns True for WebVTT with at least one cue."""
    return text.startswith("WEBVTT") and CUE.search(text) is not None


# A part of a draft as it is typed. A draft may be unfinished: only what cannot be stored is refused
# here, the rest is said when somebody wants to publish.

LINE, TEXT, LONGEST_CAPTIONS = 200, 2_000, 20_000
NUMBERS = ("number", "tolerance", "weight")
NOT_A_NUMBER = N_("Write a number in figures, such as 12 or 3.5.")
OPTION_KEYS = tuple(KEYS[:MOST_OPTIONS])
FEWEST_ROWS = 3
A_NUMBER = N_("Write a whole number from %(min)s to %(max)s.")


def _number(label: Any, *, low: int, high: int, default: int) -> wtforms.Field:
    between = NumberRange(low, high, _l(A_NUMBER, min=low, max=high))
    return IntegerField(label, [Optional(), between], default=default)


class PartForm(LocalizedForm):
    """Base of the forms of parts. `kind` is the part's, `plain` its fields that are no texts."""

    kind_: CoursePartKind
    plain: tuple[str, ...] = ()
    seen = wtforms.HiddenField()

    def offer(self, draft: Draft, part: CoursePart, language: Language) -> None:
        """Fills the lists to choose from. `part` is the one that is written, or for a new one its
        parent.
        """

    def show(self, part: CoursePart) -> None:
        """Fills the form from a part."""

    def take(self, typed: Mapping[str, str]) -> bool:
        """Reads what is not made of fields; false when some of it cannot be."""
        return True

    def texts_of(self, name: str) -> Texts:
        """Returns the fields of a text, which is named as in `CoursePart.fields`."""
        texts: Texts = getattr(self, name)
        return texts

    def data_of(self) -> dict[str, Any]:
        """Returns the fields of the part as they were typed."""
        texts = {name: dict(self.texts_of(name).data) for name in LOCALIZED[self.kind_]}
        return {**texts, **{name: self[name].data for name in self.plain}}


class CourseForm(PartForm):
    kind_ = CoursePartKind.COURSE
    plain = ("validity_months",)
    title = LocalizedField(N_("Title in %(language)s"), text_field, LINE)
    summary = LocalizedField(N_("What it is about, in %(language)s"), text_field, TEXT, area=True)
    validity_months = _number(
        _l("Months that a certificate stays valid"), low=1, high=240, default=24
    )
    document_title = LocalizedField(
        N_("Title of the document it is based on, in %(language)s"), text_field, LINE
    )
    document_note = LocalizedField(
        N_("Where that document comes from, in %(language)s"), text_field, TEXT, area=True
    )


class SectionForm(PartForm):
    kind_ = CoursePartKind.SECTION
    plain = ("code", "is_verified")
    code = text_field(_l("Number of the section, such as III.2"), 20)
    title = LocalizedField(N_("Title in %(language)s"), text_field, LINE)
    is_verified = wtforms.BooleanField(_l("Compared with the document itself"))


def _address(_form: wtforms.Form, field: wtforms.Field) -> None:
    if field.data and (not SLUG.fullmatch(field.data) or len(field.data) > SLUG_LENGTH):
        raise ValidationError(_(NOT_A_SLUG))
    if field.data in RESERVED:
        raise ValidationError(_(TAKEN_ADDRESS))


class ModuleForm(PartForm):
    kind_ = CoursePartKind.MODULE
    plain = ("slug", "is_announced", "minutes")
    title = LocalizedField(N_("Title in %(language)s"), text_field, LINE)
    outcome = LocalizedField(
        N_("What learners can do afterwards, in %(language)s"), text_field, TEXT, area=True
    )
    slug = text_field(_l("Address of the module"), 60, _address)
    is_announced = wtforms.BooleanField(_l("Only announce this module: it is not finished yet"))
    minutes = _number(
        _l("About how many minutes, while it is only announced"), low=1, high=600, default=30
    )


class ObjectiveForm(PartForm):
    kind_ = CoursePartKind.OBJECTIVE
    plain = ("sections",)
    text = LocalizedField(N_("Objective in %(language)s"), text_field, TEXT, area=True)
    sections = SelectMultipleField(_l("Sections it is based on"))

    def offer(self, draft: Draft, part: CoursePart, language: Language) -> None:
        self.sections.choices = section_choices(draft, language)


def section_choices(draft: Draft, language: Language) -> list[tuple[str, str]]:
    sections = draft.children(draft.course.id, CoursePartKind.SECTION)
    return [(one.code, f"{one.code} {one.name.in_(language)}") for one in sections]


class LessonForm(PartForm):
    kind_ = CoursePartKind.LESSON
    plain = ("kind",)
    title = LocalizedField(N_("Title in %(language)s"), text_field, LINE)
    kind = SelectField(_l("Kind"))

    def offer(self, draft: Draft, part: CoursePart, language: Language) -> None:
        self.kind.choices = [(kind.value, _(msgid)) for kind, msgid in LESSON_KINDS.items()]


class ScreenForm(PartForm):
    kind_ = CoursePartKind.SCREEN
    body = LocalizedField(N_("Text in %(language)s"), text_field, LONGEST_TEXT, area=True)


def _weight(_form: wtforms.Form, field: wtforms.Field) -> None:
    number = numbers_in(field.data or "")
    if field.data and (not number or not -WHOLE <= number[0] <= WHOLE):
        raise ValidationError(_(BAD_WEIGHT))


def _an_answer(_form: wtforms.Form, field: wtforms.Field) -> None:
    if field.data and field.data != ANY_OTHER and not numbers_in(field.data):
        raise ValidationError(_(NOT_A_NUMBER))


def _a_tolerance(_form: wtforms.Form, field: wtforms.Field) -> None:
    number = numbers_in(field.data or "")
    if field.data and (not number or number[0] < 0):
        raise ValidationError(_(NOT_A_NUMBER))


def _plain(typed: str | None) -> str:
    """Returns a number that was typed with a comma or a point as it is stored; "*" stays."""
    number = numbers_in(typed or "")
    return number_text(number[0]) if number else (typed or "").strip()


class OptionForm(LocalizedForm):
    """A row of an option; a question's kind says which of its fields are shown."""

    text = LocalizedField(N_("Option in %(language)s"), text_field, 1_000, area=True)
    feedback = LocalizedField(N_("Feedback in %(language)s"), text_field, 1_000, area=True)
    match = LocalizedField(N_("What belongs to it, in %(language)s"), text_field, 500)
    number = text_field(_l("Number"), 40, _an_answer)
    tolerance = text_field(_l("Tolerance, more or less"), 40, _a_tolerance)
    weight = text_field(_l("Weight in per cent"), 10, _weight)
    is_correct = wtforms.BooleanField(_l("Right answer"))

    @property
    def is_written(self) -> bool:
        """Returns True where the row holds more than a mark or a weight."""
        return bool(self.text.data or self.feedback.data or self.match.data or self.number.data)

    def data_of(self) -> dict[str, Any]:
        """Returns the option as it was typed; what only some kinds have, where it was written."""
        extras = {
            "match": dict(self.match.data),
            **{name: _plain(self[name].data) for name in NUMBERS},
        }
        return {
            "text": dict(self.text.data),
            "feedback": dict(self.feedback.data),
            "is_correct": bool(self.is_correct.data),
            **{name: value for name, value in extras.items() if value},
        }


def _row() -> wtforms.Field:
    return wtforms.FormField(OptionForm, separator="_")


class _WithOptions(PartForm):
    """Twelve rows of an option each, of which the page shows those that are written and one more."""

    order = wtforms.HiddenField()
    step = wtforms.HiddenField()
    option_a = _row()
    option_b = _row()
    option_c = _row()
    option_d = _row()
    option_e = _row()
    option_f = _row()
    option_g = _row()
    option_h = _row()
    option_i = _row()
    option_j = _row()
    option_k = _row()
    option_l = _row()

    @property
    def spec(self) -> QuestionKind:
        """Returns the kind that is chosen: it says which fields an option has."""
        return kind_of({"kind": self.kind.data if self.kind.data in set(ItemKind) else None})

    @property
    def keys(self) -> list[str]:
        """Returns the rows in the author's order: at least three, and one that is empty."""
        named = [key for key in (self.order.data or "").split(",") if key in OPTION_KEYS]
        rows = list(dict.fromkeys(named))
        spare = [key for key in OPTION_KEYS if key not in rows]
        if self.spec.most and len(rows) >= self.spec.most:
            return rows
        wanted = max(FEWEST_ROWS, len(rows) + 1)
        return rows + spare[: wanted - len(rows)]

    def show(self, part: CoursePart) -> None:
        self.order.data = ",".join(str(one["key"]) for one in part.options)

    def row(self, key: str) -> OptionForm:
        row: OptionForm = self[f"option_{key}"].form
        return row

    def texts_of(self, name: str) -> Texts:
        if not name.startswith("option."):
            return super().texts_of(name)
        _, key, member = name.split(".")
        texts: Texts = getattr(self.row(key), member)
        return texts

    def data_of(self) -> dict[str, Any]:
        step = self.step.data or ""
        keys = self.keys
        verb, _dash, key = step.partition("-")
        if verb in ("up", "down") and key in keys:
            here = keys.index(key)
            there = min(max(here + (-1 if verb == "up" else 1), 0), len(keys) - 1)
            keys.insert(there, keys.pop(here))
        options = [
            {"key": one, **self.row(one).data_of()}
            for one in keys
            if self.row(one).is_written and not (verb == "drop" and key == one)
        ]
        return {**super().data_of(), "options": options}


class CheckForm(_WithOptions):
    kind_ = CoursePartKind.CHECK
    plain = ("kind",)
    kind = SelectField(_l("Kind of question"))
    stem = LocalizedField(N_("Question in %(language)s"), text_field, TEXT, area=True)

    def offer(self, draft: Draft, part: CoursePart, language: Language) -> None:
        self.kind.choices = [(kind.value, _(KINDS[kind].title)) for kind in KINDS if kind in CHECKS]


class QuestionForm(_WithOptions):
    kind_ = CoursePartKind.QUESTION
    plain = ("kind", "section", "is_critical", "weight", "strict")
    kind = SelectField(_l("Kind of question"))
    objective = SelectField(_l("Objective it tests"))
    section = SelectField(_l("Section it is based on"))
    screen = SelectField(_l("Screen that explains the answer"))
    case = SelectField(_l("Case above the question"))
    is_critical = wtforms.BooleanField(_l("Critical: without it nobody passes"))
    weight = _number(_l("Points it gives"), low=1, high=MOST_WEIGHT, default=1)
    strict = SelectMultipleField(_l("What must be right in a short answer"))
    stem = LocalizedField(N_("Question in %(language)s"), text_field, TEXT, area=True)
    explanation = LocalizedField(N_("Explanation in %(language)s"), text_field, TEXT, area=True)

    def offer(self, draft: Draft, part: CoursePart, language: Language) -> None:
        module = draft.module_of(part) or part
        none = ("", _("Not chosen yet"))

        def named(parts: Iterable[CoursePart]) -> list[tuple[str, str]]:
            return [
                (str(one.id), f"{one.code} {shortened(one.name.in_(language))}") for one in parts
            ]

        self.kind.choices = [(kind.value, _(spec.title)) for kind, spec in KINDS.items()]
        self.strict.choices = [(one.value, _(msgid)) for one, msgid in STRICT.items()]
        self.objective.choices = [none, *named(draft.children(module.id, CoursePartKind.OBJECTIVE))]
        self.section.choices = [none, *section_choices(draft, language)]
        self.case.choices = [
            ("", _("No case")),
            *named(draft.children(module.id, CoursePartKind.CASE)),
        ]
        self.screen.choices = [("", _("No screen")), *screen_choices(draft, module, language)]
        # what the list does not know any more is shown as not chosen
        for name in ("objective", "section", "case", "screen"):
            field = self[name]
            if field.data not in {value for value, _label in field.choices}:
                field.data = ""

    def show(self, part: CoursePart) -> None:
        super().show(part)
        self.weight.data = part.data.get("weight") or 1
        self.strict.data = list(part.data.get("strict") or ())
        for name in ("objective", "screen", "case"):
            self[name].data = str(part.data.get(name) or "")

    def data_of(self) -> dict[str, Any]:
        chosen = {
            name: int(self[name].data) if self[name].data else None
            for name in ("objective", "screen", "case")
        }
        data = {**super().data_of(), **chosen}
        return {**data, "weight": data["weight"] if (data["weight"] or 1) > 1 else None}


def screen_choices(draft: Draft, module: CoursePart, language: Language) -> list[tuple[str, str]]:
    return [
        (
            str(screen.id),
            f"{lesson.code}, {number}. {shortened(first_line(screen.name.in_(language)))}",
        )
        for lesson in draft.children(module.id, CoursePartKind.LESSON)
        for number, screen in enumerate(draft.children(lesson.id, CoursePartKind.SCREEN), start=1)
    ]


def first_line(body: str) -> str:
    """Returns the first line of a Markdown text, without the signs of a heading."""
    lines = [line.strip("# ").strip() for line in body.splitlines()]
    return next((line for line in lines if line), "")


def shortened(text: str) -> str:
    """Returns the first words of a text, on one line of at most 70 characters."""
    return textwrap.shorten(text, 70, placeholder="…")


class QuizForm(PartForm):
    kind_ = CoursePartKind.QUIZ
    plain = ("pass_percent", "pause_minutes", "max_attempts")
    title = LocalizedField(N_("Title in %(language)s"), text_field, LINE)
    pass_percent = _number(
        _l("Right answers needed to pass, in per cent"), low=1, high=100, default=75
    )
    pause_minutes = _number(
        _l("Minutes to wait before the next attempt"), low=0, high=10_080, default=10
    )

    max_attempts = IntegerField(
        _l("How many attempts there are; empty for any number"),
        [
            Optional(),
            NumberRange(1, MOST_ATTEMPTS, _l(A_NUMBER, min=1, max=MOST_ATTEMPTS)),
        ],
    )

    draws: Sequence["Draw"] = ()
    draw_errors: Sequence[tuple[str, str]] = ()
    """Names of controls with what is wrong there."""

    def offer(self, draft: Draft, part: CoursePart, language: Language) -> None:
        module = draft.module_of(part) or part
        questions = draft.children(module.id, CoursePartKind.QUESTION)
        given = part.data.get("draw", {}) if part.kind is CoursePartKind.QUIZ else {}
        self.draws = [
            Draw(
                one,
                sum(question.data.get("objective") == one.id for question in questions),
                str(given.get(str(one.id), "")),
            )
            for one in draft.children(module.id, CoursePartKind.OBJECTIVE)
        ]

    def take(self, typed: Mapping[str, str]) -> bool:
        self.draws = [
            replace(one, typed=typed.get(one.control, one.typed).strip()) for one in self.draws
        ]
        most = MOST_QUESTIONS
        sentence = _(A_NUMBER, min=0, max=most)
        self.draw_errors = [
            (one.control, sentence)
            for one in self.draws
            if not re.fullmatch("[0-9]{0,3}", one.typed) or int(one.typed or 0) > most
        ]
        return not self.draw_errors

    def data_of(self) -> dict[str, Any]:
        draw = {str(one.objective.id): int(one.typed) for one in self.draws if one.typed.strip("0")}
        return {**super().data_of(), "draw": draw}


@dataclass(frozen=True)
class Draw:
    """How many questions of an objective the quiz draws, as it is typed; `held`: its bank."""

    objective: CoursePart
    held: int
    typed: str

    @property
    def control(self) -> str:
        return f"draw_{self.objective.id}"


class WebinarForm(PartForm):
    """Series and single webinars are offered by the view, which asks the calendar."""

    kind_ = CoursePartKind.WEBINAR
    plain = ("kinds", "series", "events", "percent", "minutes", "is_optional")
    title = LocalizedField(N_("Title in %(language)s"), text_field, LINE)
    kinds = SelectMultipleField(_l("Every event of these kinds counts"))
    series = SelectMultipleField(_l("Every webinar of these series counts"))
    events = SelectMultipleField(_l("These webinars count"))
    percent = _number(
        _l("Minutes of a webinar that are needed, in per cent"), low=1, high=100, default=80
    )
    minutes = _number(_l("About how many minutes it takes"), low=1, high=600, default=60)
    is_optional = wtforms.BooleanField(_l("Optional: the module is complete without it"))

    def offer(self, draft: Draft, part: CoursePart, language: Language) -> None:
        self.kinds.choices = [(kind, _(msgid)) for kind, msgid in WEBINAR_WORDS.items()]
        self.series.choices = self.series.choices or []
        self.events.choices = self.events.choices or []

    def offer_webinars(
        self, series: Sequence[tuple[str, str]], events: Sequence[tuple[str, str]]
    ) -> None:
        """Fills the lists. What was chosen before and is offered no longer stays chosen."""
        for field, offered in ((self.series, series), (self.events, events)):
            known = {value for value, _label in offered}
            kept = [
                (one, _("Chosen before: %(id)s", id=one))
                for one in (field.data or ())
                if one not in known and _is_uuid(one)
            ]
            field.choices = [*offered, *kept]


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


class CaseForm(PartForm):
    kind_ = CoursePartKind.CASE
    text = LocalizedField(N_("The case in %(language)s"), text_field, LONGEST_TEXT, area=True)


class GlossaryForm(PartForm):
    kind_ = CoursePartKind.TERM
    term = LocalizedField(N_("Term in %(language)s"), text_field, LINE)
    meaning = LocalizedField(N_("What it means, in %(language)s"), text_field, TEXT, area=True)


class CitedForm(PartForm):
    kind_ = CoursePartKind.SOURCE
    plain = ("kind", "year", "url")
    kind = SelectField(_l("Kind"))
    title = LocalizedField(N_("Title in %(language)s"), text_field, LINE)
    body = LocalizedField(N_("Who adopted it, in %(language)s"), text_field, LINE)
    year = IntegerField(
        _l("Year"), [Optional(), NumberRange(1800, 2100, _l(A_NUMBER, min=1800, max=2100))]
    )
    url = text_field(_l("Address"), 300, web_address)
    note = LocalizedField(
        N_("What the module uses it for, in %(language)s"), text_field, TEXT, area=True
    )

    def offer(self, draft: Draft, part: CoursePart, language: Language) -> None:
        self.kind.choices = [(kind.value, _(msgid)) for kind, msgid in CITED.items()]


class PictureForm(PartForm):
    kind_ = CoursePartKind.PICTURE
    words = LocalizedField(N_("What it shows, in words, in %(language)s"), text_field, 500)
    file = LocalizedField(N_("File for %(language)s"), wtforms.FileField, [Optional()])


class VideoForm(PartForm):
    kind_ = CoursePartKind.VIDEO
    plain = ("url",)
    title = LocalizedField(N_("Title in %(language)s"), text_field, LINE)
    file = wtforms.FileField(_l("File"), [Optional()])
    url = text_field(_l("Or the address where it is"), 300, web_address)
    transcript = LocalizedField(
        N_("What is said and shown, in %(language)s"), text_field, LONGEST_CAPTIONS, area=True
    )
    captions = LocalizedField(
        N_("Captions (WebVTT) in %(language)s"), text_field, LONGEST_CAPTIONS, area=True
    )

    def validate(self, extra_validators: Any = None) -> bool:
        is_sound: bool = super().validate(extra_validators)
        for field in self.captions:
            if field.data and not are_captions(field.data):
                field.errors = [*field.errors, _(NOT_CAPTIONS)]
                is_sound = False
        return is_sound


FORMS: Mapping[CoursePartKind, type[PartForm]] = {
    form.kind_: form
    for form in (
        CourseForm,
        SectionForm,
        ModuleForm,
        ObjectiveForm,
        LessonForm,
        ScreenForm,
        CheckForm,
        QuizForm,
        WebinarForm,
        CaseForm,
        QuestionForm,
        GlossaryForm,
        CitedForm,
        PictureForm,
        VideoForm,
    )
}


def answers_of(part: CoursePart) -> dict[str, Any]:
    """Returns the fields of a part as its form has them."""
    answers: dict[str, Any] = {
        name: value for name, value in part.data.items() if not isinstance(value, dict)
    }
    for name in LOCALIZED[part.kind]:
        answers |= fields_of(name, part.text(name))
    for one in part.options:
        key = one["key"]
        row = {name: one.get(name) or "" for name in NUMBERS}
        for name in OPTION_TEXTS:
            row |= fields_of(name, LocalizedText(one.get(name) or {}))
        answers[f"option_{key}"] = {**row, "is_correct": bool(one.get("is_correct"))}
    return answers


def item_typed(part: CoursePart) -> ItemContent:
    """Returns a question as far as it is written: what is missing is empty, and what other kinds
    have is left out. It leads to no objective, section, screen or case.
    """
    return item_of(question_node(part, {}, Problems()), (), ())


# Starting a course, choosing what it rests on, publishing a draft, and the day of a review.

NO_TITLE = N_("Write a title in at least one language.")
TOLD = N_("What those who learned it before should know, in %(language)s")
LONGEST_TOLD = 300
Documents = Sequence[tuple[str, LocalizedText]]
"""Documents of the library: label and title."""


def document_choices(documents: Documents, language: Language) -> list[tuple[str, str]]:
    return [(label, f"{title.in_(language)} ({label})") for label, title in documents]


class StartForm(LocalizedForm):
    title = LocalizedField(N_("Title in %(language)s"), text_field, LINE)
    summary = LocalizedField(N_("What it is about, in %(language)s"), text_field, TEXT, area=True)
    document = SelectField(_l("What it is based on"))

    def offer(self, documents: Documents, language: Language) -> None:
        self.document.choices = [
            *document_choices(documents, language),
            ("", _("A document of its own, which I name next")),
        ]

    def validate(self, extra_validators: object = None) -> bool:
        is_sound: bool = super().validate(extra_validators)
        if not self.title.data:
            self.title.first.errors = [_(NO_TITLE)]
            return False
        return is_sound


class DocumentForm(Form):
    document = SelectField(_l("Document"))

    def offer(self, documents: Documents, language: Language) -> None:
        self.document.choices = document_choices(documents, language)


class PublishForm(LocalizedForm):
    """`change_keys`: the names of the fields in which the author says how much an objective changed;
    `told_keys`: those in which they tell it to whoever learned it before.
    """

    change_keys: tuple[str, ...] = ()
    told_keys: tuple[str, ...] = ()
    label = text_field(_l("Name of the edition"), 20, Needed())
    sure = wtforms.BooleanField(
        _l("I have read it as a learner sees it"),
        [DataRequired(_l("Read it as a learner sees it, then mark this."))],
    )

    def changes(self) -> dict[str, str]:
        """Returns what was chosen, by the keys of the objectives; the service refuses a key without a
        choice.
        """
        return {key: self[key].data or "" for key in self.change_keys}

    def told(self) -> dict[str, LocalizedText]:
        return {key: Texts(self, key).data for key in self.told_keys}

    def told_of(self, objective: ObjectiveDifference) -> Texts:
        return Texts(self, objective.told_key)


def publish_form(
    objectives: Iterable[ObjectiveDifference],
    language: Language,
    typed: Typed | None = None,
    label: str = "",
) -> PublishForm:
    """Returns the form with a choice for each objective that changed; about a new one nothing is
    asked.
    """
    learned_before = [one for one in objectives if not one.is_new]
    choices = {
        one.key: RadioField(
            f"{one.code} {one.text.in_(language)}", choices=_changes(), validate_choice=False
        )
        for one in learned_before
    }
    told = {one.told_key: LocalizedField(TOLD, text_field, LONGEST_TOLD) for one in learned_before}
    form: PublishForm = type("PublishForm", (PublishForm,), {**choices, **told})(typed, label=label)
    form.change_keys, form.told_keys = tuple(choices), tuple(told)
    for name in ("label", "sure"):  # they stand below the choices
        form._fields.move_to_end(name)
    return form


def _changes() -> list[tuple[str, Markup]]:
    meaning = Markup('{} <span class="muted">{}</span>')
    return [(one.value, meaning.format(_(word), _(what))) for one, (word, what) in CHANGES.items()]


class ReviewForm(Form):
    due_on = DateField(_l("Next review"), [DataRequired(_l("Choose a day."))])


class BankForm(Form):
    file = wtforms.FileField(_l("File"), [Needed()])
    language = SelectField(_l("Language of the questions"))
    objective = SelectField(_l("Objective they test"))
    section = SelectField(_l("Section they are based on"))

    def offer(self, draft: Draft, module: CoursePart, language: Language) -> None:
        none = ("", _("Not chosen yet"))
        self.language.choices = [(code, language_name(code)) for code in languages()]
        self.objective.choices = [
            none,
            *(
                (str(one.id), f"{one.code} {shortened(one.name.in_(language))}")
                for one in draft.children(module.id, CoursePartKind.OBJECTIVE)
            ),
        ]
        self.section.choices = [none, *section_choices(draft, language)]
