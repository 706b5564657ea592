"""Moodle XML as Moodle writes it."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.training.exchange.rules.questions import bodies
from app.training.exchange.values import (
    FULL,
    NO_TEXT,
    NOTHING,
    Bank,
    BankCategory,
    BankQuestion,
    ChoiceQuestion,
    Combined,
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

BAD_CHARACTER = N_("XML cannot hold a character of its text.")
NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NEEDS_CDATA = re.compile(r"[&<>\"]")
FORMATS = {
    TextFormat.HTML: "html",
    TextFormat.MOODLE: "moodle_auto_format",
    TextFormat.PLAIN: "plain_text",
    TextFormat.MARKDOWN: "markdown",
}
KINDS: dict[type[BankQuestion], str] = {
    ChoiceQuestion: "multichoice",
    TrueFalse: "truefalse",
    ShortAnswer: "shortanswer",
    Numerical: "numerical",
    Matching: "matching",
    Essay: "essay",
    Description: "description",
    Ordering: "ordering",
}
NO_UNITS, OPTIONAL_UNITS = 3, 0
"""How Moodle treats the unit of a number: there is none, or it may be left out."""


@dataclass(frozen=True)
class Empty:
    """An element that only has to be there, such as <shownumcorrect/>."""

    name: str


def write(bank: Bank) -> Written:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    skipped = []
    known = {category.path: category for category in bank.categories}
    category = ""
    for question in bank.questions:
        if any(NOT_IN_XML.search(body) for body in bodies(question)):
            reason = Sentence(BAD_CHARACTER)
            skipped.append(Skipped(question.place, question.name, reason))
            continue
        if question.category != category:
            category = question.category
            lines += _category(known.pop(category, BankCategory(category)))
        lines += _question(question)
    lines.append("</quiz>\n")
    return Written("\n".join(lines).encode(), tuple(skipped))


def _category(category: BankCategory) -> Iterator[str]:
    yield '  <question type="category">'
    yield f"    <category>{_words(category.path)}</category>"
    yield from _text("info", category.info)
    yield from _plain("idnumber", category.idnumber)
    yield "  </question>"


def _question(question: BankQuestion) -> Iterator[str]:
    yield f'  <question type="{KINDS[type(question)]}">'
    yield f"    <name>{_words(question.name)}</name>"
    yield from _text("questiontext", question.text)
    yield from _text("generalfeedback", question.feedback)
    yield from _plain("defaultgrade", number_text(question.grade))
    yield from _plain("penalty", number_text(question.penalty))
    yield from _plain("hidden", "1" if question.is_hidden else "0")
    yield from _plain("idnumber", question.idnumber)
    yield from _own(question)
    for hint in question.hints:
        marks = [Empty("shownumcorrect")] if hint.counts else []
        marks += [Empty("clearwrong")] if hint.clears else []
        yield from _text("hint", hint.text, *marks)
    if question.tags:
        tags = "".join(f"<tag>{_words(tag)}</tag>" for tag in question.tags)
        yield f"    <tags>{tags}</tags>"
    yield "  </question>"


def _own(question: BankQuestion) -> Iterator[str]:
    """Yields what only this kind of question has."""
    if isinstance(question, ChoiceQuestion):
        yield from _plain("single", _truth(question.is_single))
        yield from _plain("shuffleanswers", _truth(question.is_shuffled))
        yield from _plain("answernumbering", question.numbering)
        yield from _combined(question.combined)
        yield from _answers(question.answers)
    elif isinstance(question, TrueFalse):
        for word, feedback, right in (
            ("true", question.if_true, question.is_true),
            ("false", question.if_false, not question.is_true),
        ):
            text = MarkedText(word, TextFormat.MOODLE)
            yield from _answers((WeighedAnswer(text, FULL if right else NOTHING, feedback),))
    elif isinstance(question, ShortAnswer):
        yield from _plain("usecase", "1" if question.is_case_sensitive else "0")
        yield from _answers(question.answers)
    elif isinstance(question, Numerical):
        yield from _numerical(question)
    elif isinstance(question, Matching):
        yield from _plain("shuffleanswers", _truth(question.is_shuffled))
        yield from _combined(question.combined)
        for pair in question.pairs:
            answer = f"<answer>{_words(pair.answer)}</answer>"
            yield from _text("subquestion", pair.text, answer)
    elif isinstance(question, Essay):
        yield from _plain("responseformat", "editor")
        yield from _text("graderinfo", question.guidance)
        yield from _text("responsetemplate", question.template)
    elif isinstance(question, Ordering):
        yield from _ordering(question)


def _numerical(question: Numerical) -> Iterator[str]:
    for answer in question.answers:
        yield from _number(answer)
    if question.units:
        yield "    <units>"
        for unit in question.units:
            multiplier = f"<multiplier>{number_text(unit.multiplier)}</multiplier>"
            yield f"      <unit>{multiplier}<unit_name>{_escaped(unit.name)}</unit_name></unit>"
        yield "    </units>"
    yield from _plain("showunits", str(OPTIONAL_UNITS if question.units else NO_UNITS))


def _number(answer: NumberAnswer) -> Iterator[str]:
    value = "*" if answer.value is None else number_text(answer.value)
    yield f'    <answer fraction="{number_text(answer.weight)}" format="plain_text">'
    yield f"      <text>{value}</text>"
    yield from _text("feedback", answer.feedback)
    yield from _plain("tolerance", number_text(answer.tolerance))
    yield "    </answer>"


def _ordering(question: Ordering) -> Iterator[str]:
    yield from _plain("layouttype", "VERTICAL")
    yield from _plain("selecttype", "ALL")
    yield from _plain("selectcount", str(len(question.items)))
    yield from _plain("gradingtype", "ALL_OR_NOTHING")
    yield from _plain("showgrading", "SHOW")
    yield from _combined(question.combined)
    yield from _answers(
        WeighedAnswer(item, Decimal(rank)) for rank, item in enumerate(question.items, 1)
    )


def _combined(combined: Combined) -> Iterator[str]:
    yield from _text("correctfeedback", combined.right)
    yield from _text("partiallycorrectfeedback", combined.partly)
    yield from _text("incorrectfeedback", combined.wrong)
    if combined.counts:
        yield "    <shownumcorrect/>"


def _answers(answers: "Iterator[WeighedAnswer] | tuple[WeighedAnswer, ...]") -> Iterator[str]:
    for answer in answers:
        feedback = "".join(_text("feedback", answer.feedback)).strip()
        fraction = f' fraction="{number_text(answer.weight)}"'
        yield from _text("answer", answer.text, feedback, attributes=fraction)


def _text(
    name: str, text: MarkedText = NO_TEXT, *more: object, attributes: str = ""
) -> Iterator[str]:
    """Yields a text with its format and pictures, then the elements that stand beside them."""
    parts = [_words(text.body)]
    for picture in text.pictures:
        where = f"name={quoteattr(picture.name)} path={quoteattr(picture.path)}"
        data = base64.b64encode(picture.data).decode()
        parts.append(f'<file {where} encoding="base64">{data}</file>')
    parts += [f"<{inner.name}/>" if isinstance(inner, Empty) else str(inner) for inner in more]
    yield f'    <{name}{attributes} format="{FORMATS[text.format]}">{"".join(parts)}</{name}>'


def _words(text: str) -> str:
    return f"<text>{_escaped(text)}</text>"


def _plain(name: str, text: str) -> Iterator[str]:
    yield f"    <{name}>{_escaped(text)}</{name}>"


def _escaped(text: str) -> str:
    """Returns a text for XML, in CDATA where Moodle would write it so: HTML stays readable."""
    if NEEDS_CDATA.search(text):
        return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
    return escape(text)


def _truth(value: object) -> str:
    return "true" if value else "false"
