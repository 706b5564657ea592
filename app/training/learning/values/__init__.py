"""Values of learning: what a course holds (`content`) and how a learner sees it (`outline`)."""

from enum import StrEnum


class UnitKind(StrEnum):
    PAGE = "page"
    CASE = "case"
    QUIZ = "quiz"


class ItemKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUEFALSE = "truefalse"
