"""How long a course takes, measured from what it holds: nobody writes the hours down."""

import re
from collections.abc import Iterable, Mapping

from app.kernel.text import Language, LocalizedText, languages
from app.training.learning.values import ItemContent, ModuleContent, UnitContent

WORDS_A_MINUTE = 180
"""Reading in order to learn, on a telephone and with interruptions; Carver (Reading Rate, 1990) has
200 words a minute at a desk.
"""

MINUTES_AN_EXERCISE = 0.5
"""To answer a check inside a lesson, or to stop at an invitation to think; their words count as
reading besides.
"""

MINUTES_A_QUESTION = 1
"""To think and answer; the words of the question and of its feedback count as reading besides."""

MARKS = "#*_->–—|:;.,()[]!?"
THINK = re.compile(
    r"^[>\s]*\*\*(?:Piense un momento|Think for a moment)\b[^*\n]*\*\*",
    re.MULTILINE | re.IGNORECASE,
)
"""How a lesson invites its reader to stop and think."""


def asks_to_think(screen: str) -> bool:
    """Returns True for the Markdown of a screen that invites its reader to write a line of their
    own.
    """
    return THINK.search(screen) is not None


def told_in(by_language: Mapping[Language, object]) -> Language:
    """Returns the language a text is measured in: the first of the house, or the one there is.

    So the hours are the same for readers of both.
    """
    return next((code for code in languages() if code in by_language), languages()[0])


def words_in(text: str) -> int:
    """Returns how many words a reader of the Markdown meets; signs that stand alone and addresses
    of links are none.
    """
    return sum(1 for piece in text.split() if piece.strip(MARKS))


def reading_minutes(words: int, exercises: int = 0) -> int:
    """Returns the whole minutes, at least one, to learn a text by reading and do its exercises."""
    return max(1, round(words / WORDS_A_MINUTE + exercises * MINUTES_AN_EXERCISE))


def quiz_minutes(questions: int, words_of_items: Iterable[int]) -> int:
    """Returns the whole minutes for a quiz that draws so many questions from a bank.

    `words_of_items` are the words of each question of the bank with its options and feedback; a
    quiz holds the average question as often as it asks one.
    """
    bank = list(words_of_items)
    average = sum(bank) / len(bank) if bank else 0
    return max(1, round(questions * (MINUTES_A_QUESTION + average / WORDS_A_MINUTE)))


def words_of(texts: Iterable[LocalizedText]) -> int:
    """Returns how many words texts have together, each in the language it is measured in."""
    return sum(words_in(text.in_(told_in(text))) for text in texts)


def minutes_of(module: ModuleContent) -> dict[str, int]:
    """Returns the whole minutes of each unit of a module, by the unit's code."""
    bank = [words_of(_item_texts(item)) for item in module.items]
    return {unit.code: _unit_minutes(module, unit, bank) for unit in module.units}


def _unit_minutes(module: ModuleContent, unit: UnitContent, bank: list[int]) -> int:
    """Returns the minutes of a unit; those of a webinar are its author's."""
    if unit.quiz:
        return quiz_minutes(sum(unit.quiz.draw.values()), bank)
    if unit.webinar:
        return unit.minutes
    screens = unit.screens.get(told_in(unit.screens), ())
    checks = [check for check in module.checks if check.unit == unit.code]
    words = sum(words_in(screen) for screen in screens)
    words += sum(
        words_of((check.stem, *(option.text for option in check.options))) for check in checks
    )
    return reading_minutes(words, len(checks) + sum(asks_to_think(screen) for screen in screens))


def _item_texts(item: ItemContent) -> list[LocalizedText]:
    parts = [item.stem, item.explanation]
    for option in item.options:
        parts += [option.text, option.feedback]
    return parts


def number_spans(numbers: Iterable[int]) -> str:
    """Returns numbers of modules as short as they can be said: 1, 2, 3, 5 are "1–3, 5"."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], number]
        else:
            spans.append([number])
    return ", ".join("–".join(map(str, span)) for span in spans)
