"""Kinds of parts and of questions in words, one word for each."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from app.kernel.text import N_, Language
from app.training.authoring.rules.publishing import ObjectiveDifference
from app.training.authoring.values import CoursePartKind
from app.training.exchange.values import Format
from app.training.learning.values import (
    ChangeClass,
    CitedKind,
    Strictness,
    UnitKind,
)

KINDS: Mapping[CoursePartKind, str] = {
    CoursePartKind.COURSE: N_("Course"),
    CoursePartKind.SECTION: N_("Section"),
    CoursePartKind.MODULE: N_("Module"),
    CoursePartKind.OBJECTIVE: N_("Objective"),
    CoursePartKind.LESSON: N_("Lesson"),
    CoursePartKind.SCREEN: N_("Screen"),
    CoursePartKind.CHECK: N_("Check inside the lesson"),
    CoursePartKind.QUIZ: N_("Quiz"),
    CoursePartKind.WEBINAR: N_("Webinar"),
    CoursePartKind.CASE: N_("Case"),
    CoursePartKind.QUESTION: N_("Question"),
    CoursePartKind.TERM: N_("Term of the glossary"),
    CoursePartKind.SOURCE: N_("Source"),
    CoursePartKind.PICTURE: N_("Picture"),
    CoursePartKind.VIDEO: N_("Video"),
}
LISTS: Mapping[CoursePartKind, str] = {
    CoursePartKind.SECTION: N_("What the course is based on"),
    CoursePartKind.MODULE: N_("Modules"),
    CoursePartKind.OBJECTIVE: N_("Objectives"),
    CoursePartKind.LESSON: N_("Lessons"),
    CoursePartKind.SCREEN: N_("Screens"),
    CoursePartKind.CHECK: N_("Checks under this screen"),
    CoursePartKind.QUIZ: N_("Quiz"),
    CoursePartKind.WEBINAR: N_("Webinars to attend"),
    CoursePartKind.CASE: N_("Cases above questions"),
    CoursePartKind.QUESTION: N_("Questions"),
    CoursePartKind.TERM: N_("Glossary"),
    CoursePartKind.SOURCE: N_("Sources"),
    CoursePartKind.PICTURE: N_("Pictures"),
    CoursePartKind.VIDEO: N_("Videos"),
}
ADD: Mapping[CoursePartKind, str] = {
    CoursePartKind.SECTION: N_("Add a section"),
    CoursePartKind.MODULE: N_("Add a module"),
    CoursePartKind.OBJECTIVE: N_("Add an objective"),
    CoursePartKind.LESSON: N_("Add a lesson"),
    CoursePartKind.SCREEN: N_("Add a screen"),
    CoursePartKind.CHECK: N_("Add a check"),
    CoursePartKind.QUIZ: N_("Add the quiz"),
    CoursePartKind.WEBINAR: N_("Add a webinar to attend"),
    CoursePartKind.CASE: N_("Add a case"),
    CoursePartKind.QUESTION: N_("Add a question"),
    CoursePartKind.TERM: N_("Add a term"),
    CoursePartKind.SOURCE: N_("Add a source"),
    CoursePartKind.PICTURE: N_("Add a picture"),
    CoursePartKind.VIDEO: N_("Add a video"),
}
FIELDS: Mapping[str, str] = {
    "title": N_("Title"),
    "summary": N_("What it is about"),
    "document_title": N_("Title of the document"),
    "document_note": N_("Where the document comes from"),
    "outcome": N_("What learners can do afterwards"),
    "text": N_("Text"),
    "body": N_("Text"),
    "stem": N_("Question"),
    "explanation": N_("Explanation"),
    "feedback": N_("Feedback"),
    "match": N_("What belongs to it"),
    "term": N_("Term"),
    "meaning": N_("What it means"),
    "note": N_("What it is used for"),
    "words": N_("What it shows, in words"),
    "transcript": N_("What is said and shown"),
    "captions": N_("Captions"),
}
STRICT: Mapping[Strictness, str] = {
    Strictness.CASE: N_("Capital letters"),
    Strictness.ACCENTS: N_("Accents"),
}
WEBINAR_WORDS: Mapping[str, str] = {
    "webinar": N_("Webinars"),
    "workshop": N_("Workshops"),
    "meeting": N_("Meetings"),
    "training": N_("Trainings"),
}
LESSON_KINDS: Mapping[UnitKind, str] = {UnitKind.PAGE: N_("Lesson"), UnitKind.CASE: N_("Case")}
CITED: Mapping[CitedKind, str] = {
    CitedKind.TREATY: N_("Treaty"),
    CitedKind.DECLARATION: N_("Declaration"),
    CitedKind.GUIDANCE: N_("Guide"),
    CitedKind.CASE: N_("Judgment or opinion"),
    CitedKind.LAW_MODEL: N_("Model law"),
}
CHANGES: Mapping[ChangeClass, tuple[str, str]] = {
    ChangeClass.EDITORIAL: (N_("Editorial"), N_("Only the words: nobody learns anything new.")),
    ChangeClass.MINOR: (N_("Minor"), N_("Something was added that changes nobody's practice.")),
    ChangeClass.MATERIAL: (
        N_("Material"),
        N_("Whoever learned the earlier edition should learn it again."),
    ),
}

TRUE, FALSE = N_("True"), N_("False")
"""What the formats of question banks leave out."""
FORMATS: Mapping[Format, str] = {
    Format.GIFT: "GIFT",
    Format.MOODLE_XML: "Moodle XML",
    Format.AIKEN: "Aiken",
}


def field_msgid(name: str) -> str:
    """Returns the word for a localized field, as "stem" or "option.b.feedback"."""
    last = name.rpartition(".")[2]
    return N_("Option") if name.startswith("option.") and last == "text" else FIELDS.get(last, last)


def changes_of(objective: ObjectiveDifference, language: Language) -> str:
    """Returns what changed of an objective: "2 new questions; 1 question removed"."""
    parts = [_("its words or sections")] if objective.is_reworded else []
    if objective.added:
        parts.append(ngettext("%(num)d new question", "%(num)d new questions", objective.added))
    if objective.changed:
        parts.append(
            ngettext("%(num)d changed question", "%(num)d changed questions", objective.changed)
        )
    if objective.removed:
        parts.append(
            ngettext("%(num)d question removed", "%(num)d questions removed", objective.removed)
        )
    parts += [_("lesson “%(title)s”", title=title.in_(language)) for title in objective.lessons]
    return "; ".join(parts)
