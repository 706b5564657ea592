"""Aiken: single choice in plain text, one line each, without feedback."""

import re
import string

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.training.exchange.forms.aiken import ANSWER, OPTION, SHORTEST_LINE
from app.training.exchange.rules.questions import Unwritable, has_pictures, one_line
from app.training.exchange.values import (
    FULL,
    NOTHING,
    Bank,
    BankQuestion,
    ChoiceQuestion,
    Skipped,
    Written,
)

SINGLE_ONLY = N_("Aiken holds single choice only, with one right answer.")
TOO_MANY = N_("Aiken holds at most %(limit)s answers.")
PICTURES = N_("Aiken holds no pictures.")
LOOKS_OTHERWISE = N_("Aiken would take its text for an answer.")
TOO_SHORT = N_("Aiken cannot hold a text this short.")
FEEDBACK = N_("Aiken holds it without feedback.")
LETTERS = string.ascii_uppercase
STEM_LIKE_ANSWER = re.compile(rf"(?:{OPTION.pattern}|{ANSWER.pattern})", re.IGNORECASE)


def write(bank: Bank) -> Written:
    texts: list[str] = []
    skipped, reduced = [], []
    for question in bank.questions:
        try:
            texts.append(written_question(question))
        except Unwritable as problem:
            skipped.append(Skipped(question.place, question.name, problem.sentence))
            continue
        if says_more(question):
            reduced.append(Skipped(question.place, question.name, Sentence(FEEDBACK)))
    return Written("\n".join(texts).encode(), tuple(skipped), tuple(reduced))


def written_question(question: BankQuestion) -> str:
    """Raises Unwritable."""
    options = _options(question)
    if has_pictures(question):
        raise Unwritable(PICTURES)
    if len(options) > len(LETTERS):
        raise Unwritable(TOO_MANY, limit=len(LETTERS))
    stem = one_line(question.text)
    if STEM_LIKE_ANSWER.match(stem):
        raise Unwritable(LOOKS_OTHERWISE)
    if len(stem) < SHORTEST_LINE or not all(text for text, _ in options):
        raise Unwritable(TOO_SHORT)
    lines = [f"{letter}) {text}" for letter, (text, _) in zip(LETTERS, options, strict=False)]
    right = next(letter for letter, (_, right) in zip(LETTERS, options, strict=False) if right)
    return "\n".join([stem, *lines, f"ANSWER: {right}"]) + "\n"


def _options(question: BankQuestion) -> list[tuple[str, bool]]:
    if not isinstance(question, ChoiceQuestion) or not question.is_single:
        raise Unwritable(SINGLE_ONLY)
    weights = sorted(answer.weight for answer in question.answers)
    if weights[-1:] != [FULL] or any(weight > NOTHING for weight in weights[:-1]):
        raise Unwritable(SINGLE_ONLY)
    return [(one_line(answer.text), answer.weight == FULL) for answer in question.answers]


def says_more(question: BankQuestion) -> bool:
    if question.feedback:
        return True
    return isinstance(question, ChoiceQuestion) and any(
        answer.feedback for answer in question.answers
    )
