"""Questions of a module and of a bank in a file: the same ones, in one language."""

from collections.abc import Iterable
from typing import Any

from app.kernel.text import Language
from app.training.authoring.rules.assembly import KEYS
from app.training.authoring.values import CoursePartKind, NewPart
from app.training.exchange.rules.fitting import from_items
from app.training.exchange.rules.numbers import number_text
from app.training.exchange.values import Bank, QuizItem, QuizOption
from app.training.learning.values import Strictness
from app.training.learning.values.content import ItemContent


def parts_from(
    items: Iterable[QuizItem], language: Language, *, objective: int | None, section: str
) -> tuple[NewPart, ...]:
    """Returns new questions in one language; the others are still to translate. All get the same
    objective and section, because a file says nothing of them.
    """
    return tuple(
        NewPart(
            CoursePartKind.QUESTION,
            {
                "kind": item.kind.value,
                "objective": objective,
                "section": section,
                "screen": None,
                "case": None,
                "critical": False,
                "weight": item.weight if item.weight > 1 else None,
                "strict": ["case"] if item.is_case_sensitive else [],
                "stem": _in(language, item.stem),
                "explanation": _in(language, item.explanation),
                "options": [
                    {
                        "key": key,
                        "text": _in(language, option.text),
                        "feedback": _in(language, option.feedback),
                        "correct": option.is_correct,
                        **_more(language, option),
                    }
                    for key, option in zip(KEYS, item.options, strict=False)
                ],
            },
        )
        for item in items
    )


def _more(language: Language, option: QuizOption) -> dict[str, Any]:
    """Returns the members of an option that only some kinds of question have."""
    given = {
        "match": _in(language, option.match),
        "weight": number_text(option.weight) if option.weight else "",
        "number": option.number,
        "tolerance": option.tolerance,
    }
    return {name: value for name, value in given.items() if value}


def _in(language: Language, text: str) -> dict[Language, str]:
    return {language: text} if text else {}


def bank_of(questions: Iterable[ItemContent], language: Language) -> Bank:
    """Returns the questions that stand in a language, as a bank to write into a file."""
    return from_items(
        QuizItem(
            item.kind,
            stem=item.stem[language],
            options=tuple(
                QuizOption(
                    one.is_correct,
                    text=one.text[language],
                    feedback=one.feedback[language],
                    weight=one.weight,
                    match=one.match[language],
                    number=one.number,
                    tolerance=one.tolerance,
                )
                for one in item.options
            ),
            explanation=item.explanation[language],
            name=item.code,
            weight=item.weight or 1,
            is_case_sensitive=Strictness.CASE in item.strict,
        )
        for item in questions
        if not item.stem.lacks(language) and item.options
    )
