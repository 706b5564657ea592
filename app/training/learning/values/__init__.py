"""Values of learning: what a course holds (`content`) and how a learner sees it (`outline`)."""

from enum import StrEnum

GUIDELINES = "guidelines"
"""The course on the body's Guidelines; every other one rests on documents of its own."""


class UnitKind(StrEnum):
    PAGE = "page"
    CASE = "case"
    QUIZ = "quiz"
    WEBINAR = "webinar"


class ItemKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUEFALSE = "truefalse"
    ORDERING = "ordering"
    SHORT = "short"
    NUMERICAL = "numerical"
    MATCHING = "matching"


class Answering(StrEnum):
    """How questions are answered. What is accepted of written answers is never shown; lines to match
    have an answer each.
    """

    CHOOSING = "choosing"
    ORDERING = "ordering"
    MATCHING = "matching"
    WRITING = "writing"


class Strictness(StrEnum):
    """What an author of a short answer does not let pass."""

    CASE = "case"
    ACCENTS = "accents"


class ChangeClass(StrEnum):
    """What an edition changed in an objective, as its author judges it: words only, small, or what
    is taught.
    """

    EDITORIAL = "editorial"
    MINOR = "minor"
    MATERIAL = "material"


class CitedKind(StrEnum):
    TREATY = "treaty"
    DECLARATION = "declaration"
    GUIDANCE = "guidance"
    CASE = "case"
    LAW_MODEL = "law-model"
