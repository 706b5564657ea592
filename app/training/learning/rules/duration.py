"""How long a course takes, measured from what it holds: nobody writes the hours down."""

from collections.abc import Iterable

WORDS_A_MINUTE = 200
"""Reading in order to learn, not merely to follow (Carver, Reading Rate, 1990: 200 words a minute
against 300).
"""

MINUTES_A_QUESTION = 1
"""To think and answer; the words of the question and of its feedback count as reading besides."""

MARKS = "#*_->–—|:;.,()[]!?"


def words_in(text: str) -> int:
    """How many words a reader of the Markdown meets; signs that stand alone and addresses of links
    are none.
    """
    return sum(1 for piece in text.split() if piece.strip(MARKS))


def reading_minutes(words: int) -> int:
    """Whole minutes to read a text in order to learn it, at least one."""
    return max(1, round(words / WORDS_A_MINUTE))


def quiz_minutes(questions: int, words_of_items: Iterable[int]) -> int:
    """Whole minutes for a quiz that draws so many questions from a bank.

    `words_of_items` are the words of each question of the bank with its options and feedback; a
    quiz holds the average question as often as it asks one.
    """
    bank = list(words_of_items)
    average = sum(bank) / len(bank) if bank else 0
    return max(1, round(questions * (MINUTES_A_QUESTION + average / WORDS_A_MINUTE)))


def number_spans(numbers: Iterable[int]) -> str:
    """Numbers of modules as short as they can be said: 1, 2, 3, 5 are "1–3, 5"."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], number]
        else:
            spans.append([number])
    return ", ".join("–".join(map(str, span)) for span in spans)
