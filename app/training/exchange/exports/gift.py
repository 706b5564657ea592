"""GIFT as Moodle writes it, so that Moodle and `forms.gift` read the same from it."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.training.exchange.rules.questions import Unwritable, has_pictures
from app.training.exchange.values import (
    FULL,
    NOT_COMBINED,
    NOTHING,
    USUAL_PENALTY,
    Bank,
    BankQuestion,
    ChoiceQuestion,
    Description,
    Essay,
    MarkedText,
    Matching,
    NumberAnswer,
    Numerical,
    Ordering,
    ShortAnswer,
    Skipped,
    TextFormat,
    TrueFalse,
    WeighedAnswer,
    Written,
)
from app.training.learning.rules.kinds import number_text

PICTURES = N_("GIFT holds no pictures.")
ARROW = N_("GIFT takes the “->” in it for a pair.")
ORDERED = N_("GIFT cannot hold a step of several lines, with braces or with a backslash.")
ODD_CATEGORY = N_("GIFT cannot hold a category of several lines.")
HINTS = N_("GIFT holds it without its hints.")
HIDDEN = N_("GIFT does not hold that it is hidden.")
GRADE = N_("GIFT holds neither its grade nor what a further try costs.")
COMBINED = N_("GIFT holds it without the feedback on the whole answer.")
CASE = N_("GIFT does not hold that capital letters count.")
UNITS = N_("GIFT holds it without its units.")
GUIDANCE = N_("GIFT holds it without guidance for marking and without a template.")
DESCRIBED = N_("GIFT holds it without its feedback.")
TAGS = N_("GIFT holds it without some of its tags.")
SPECIAL = re.compile(r"[\\#=~{}:\n]")
STARTS_LIKE_A_WEIGHT = "%"
NOT_ORDERED = re.compile(r"[\\{}\n]|^//|####")
TAGGED = re.compile(r"[<>`\x00-\x1f]")


def write(bank: Bank) -> Written:
    lines: list[str] = []
    skipped, reduced = [], []
    category = ""
    for question in bank.questions:
        try:
            written = written_question(question)
            if "\n" in question.category:
                raise Unwritable(ODD_CATEGORY)
        except Unwritable as problem:
            skipped.append(Skipped(question.place, question.name, problem.sentence))
            continue
        if question.category != category:
            category = question.category
            lines.append(f"$CATEGORY: {category}\n")
        lines.append(written)
        reduced += [
            Skipped(question.place, question.name, Sentence(part)) for part in lost_parts(question)
        ]
    return Written("\n".join(lines).encode(), tuple(skipped), tuple(reduced))


def written_question(question: BankQuestion) -> str:
    """Raises Unwritable."""
    if has_pictures(question):
        raise Unwritable(PICTURES)
    head = f"{_comment(question)}::{escaped(question.name)}::{_text(question.text)}"
    if isinstance(question, Description):
        return f"{head}\n"
    usual = question.text.format
    general = f"####{_text(question.feedback, usual)}" if question.feedback else ""
    if isinstance(question, Essay):
        return f"{head}{{{general}}}\n"
    if isinstance(question, TrueFalse):
        return f"{head}{{{_true_false(question)}{general}}}\n"
    sign = "#" if isinstance(question, Numerical) else ""
    if isinstance(question, Ordering):
        sign = f">{len(question.items)} ALL VERTICAL ALL_OR_NOTHING SHOW"
    answers = "".join(f"{line}\n" for line in _lines(question))
    return f"{head}{{{sign}\n{answers}{general and general + chr(10)}}}\n"


def escaped(text: str) -> str:
    return SPECIAL.sub(lambda special: "\\n" if special[0] == "\n" else f"\\{special[0]}", text)


def _text(text: MarkedText, usual: TextFormat = TextFormat.MOODLE) -> str:
    """Returns a text with its format where it is not the usual one, or where the text looks as if it
    named one.
    """
    named = text.body and (text.format is not usual or text.body.startswith("["))
    return (f"[{text.format}]" if named else "") + escaped(text.body)


def _comment(question: BankQuestion) -> str:
    marks = [f"[id:{_bracketed(question.idnumber)}]"] if question.idnumber else []
    marks += [f"[tag:{_bracketed(tag)}]" for tag in question.tags if not TAGGED.search(tag)]
    return f"// {' '.join(marks)}\n" if marks else ""


def _bracketed(text: str) -> str:
    return text.replace("]", "\\]")


def _lines(question: BankQuestion) -> Iterator[str]:
    """Yields the lines between the braces, without the general feedback."""
    usual = question.text.format
    if isinstance(question, ChoiceQuestion):
        yield from _choice(question.answers, usual, is_single=question.is_single)
    elif isinstance(question, ShortAnswer):
        lines = [
            f"\t=%{number_text(answer.weight)}%{_text(answer.text, TextFormat.PLAIN)}"
            f"#{_text(answer.feedback, usual)}"
            for answer in question.answers
        ]
        if any("->" in line for line in (*lines, question.feedback.body)):
            raise Unwritable(ARROW)
        yield from lines
    elif isinstance(question, Numerical):
        yield from _numbers(question.answers, usual)
    elif isinstance(question, Matching):
        for pair in question.pairs:
            if "->" in pair.text.body:
                raise Unwritable(ARROW)
            yield f"\t={_text(pair.text, usual)} -> {escaped(pair.answer)}"
    elif isinstance(question, Ordering):
        for item in question.items:
            if NOT_ORDERED.search(item.body):
                raise Unwritable(ORDERED)
            yield item.body


def _choice(
    answers: Iterable[WeighedAnswer], usual: TextFormat, *, is_single: bool
) -> Iterator[str]:
    """Yields the line of each answer. A text that begins like a weight gets one before it. Only one
    answer of a single choice is written as `=` where all are right: without a `~` it would be a
    short answer.
    """
    has_equal = False
    answers = tuple(answers)
    all_right = all(answer.weight == FULL for answer in answers)
    for answer in answers:
        text = _text(answer.text, usual)
        if is_single and answer.weight == FULL and not (has_equal and all_right):
            sign, has_equal = "=", True
        elif answer.weight == NOTHING and not text.startswith(STARTS_LIKE_A_WEIGHT):
            sign = "~"
        else:
            sign = f"~%{number_text(answer.weight)}%"
        feedback = f"#{_text(answer.feedback, usual)}" if answer.feedback else ""
        yield f"\t{sign}{text}{feedback}"


def _numbers(answers: Iterable[NumberAnswer], usual: TextFormat) -> Iterator[str]:
    """Yields the line of each answer; the one for any other number stands last."""
    for answer in sorted(answers, key=lambda answer: answer.value is None):
        if answer.value is None and answer.weight == NOTHING:
            yield f"\t~#{_text(answer.feedback, usual)}"
            return
        value = "*" if answer.value is None else f"{number_text(answer.value)}"
        tolerance = "" if answer.value is None else f":{number_text(answer.tolerance)}"
        weight = f"%{number_text(answer.weight)}%"
        yield f"\t={weight}{value}{tolerance}#{_text(answer.feedback, usual)}"


def _true_false(question: TrueFalse) -> str:
    usual = question.text.format
    right, wrong = question.if_true, question.if_false
    if not question.is_true:
        right, wrong = wrong, right
    answer = "TRUE" if question.is_true else "FALSE"
    if right:
        return f"{answer}#{_text(wrong, usual)}#{_text(right, usual)}"
    return f"{answer}#{_text(wrong, usual)}" if wrong else answer


def lost_parts(question: BankQuestion) -> Iterator[str]:
    """Yields what GIFT does not hold of the question, a sentence for each."""
    if question.hints:
        yield HINTS
    if question.is_hidden:
        yield HIDDEN
    if any(TAGGED.search(tag) for tag in question.tags):
        yield TAGS
    usual_grade = NOTHING if isinstance(question, Description) else Decimal(1)
    usual_penalty = Decimal(1) if isinstance(question, TrueFalse) else USUAL_PENALTY
    if question.grade != usual_grade or question.penalty != usual_penalty:
        yield GRADE
    if isinstance(question, ChoiceQuestion | Matching | Ordering) and _says_something(question):
        yield COMBINED
    if isinstance(question, ShortAnswer) and question.is_case_sensitive:
        yield CASE
    if isinstance(question, Numerical) and question.units:
        yield UNITS
    if isinstance(question, Essay) and (question.guidance or question.template):
        yield GUIDANCE
    if isinstance(question, Description) and question.feedback:
        yield DESCRIBED


def _says_something(question: ChoiceQuestion | Matching | Ordering) -> bool:
    own = question.combined
    return own != NOT_COMBINED and bool(own.right or own.partly or own.wrong)
