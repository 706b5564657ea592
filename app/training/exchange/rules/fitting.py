"""Which questions of a bank a quiz here can hold, and a quiz's own questions as a bank.

A quiz shows plain text in one language. It has single and multiple choice, true or false, and
ordering, each wholly right or wrong. For the editor of courses: `to_items(bank)` after reading a
file gives `QuizItem`s, whose kinds have the same names as `ItemKind`; objective, section, criticality
and the second language are the author's to add. `from_items(items)` before writing one.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from app.kernel.text import N_
from app.training.exchange.rules.plain import name_of, plain_text, shows_a_picture
from app.training.exchange.rules.questions import Unfit
from app.training.exchange.values import (
    FULL,
    NOTHING,
    Bank,
    BankQuestion,
    ChoiceQuestion,
    Description,
    Essay,
    Fitting,
    MarkedText,
    Matching,
    Numerical,
    Ordering,
    QuizItem,
    QuizKind,
    QuizOption,
    ShortAnswer,
    Skipped,
    TextFormat,
    TrueFalse,
    WeighedAnswer,
)

FEWEST_OPTIONS, MOST_TO_ORDER, TRUE_AND_FALSE = 3, 7, 2
LONGEST_TEXT = 8_000
NO_SUCH_KIND = {
    ShortAnswer: N_("A quiz here has no questions with a short answer to type."),
    Numerical: N_("A quiz here has no questions with a number to type."),
    Matching: N_("A quiz here has no matching questions."),
    Essay: N_("A quiz here has no essays: nobody would mark them."),
    Description: N_("It is a text without a question."),
}
PICTURE = N_("It shows a picture, sound or video, which a question here cannot.")
PARTLY_RIGHT = N_(
    "Several of its answers are right in different degree. Here an answer is right or wrong."
)
TOO_FEW = N_("It has fewer than %(limit)s answers.")
ONE_RIGHT_OF_MANY = N_("It allows several answers, but only one is right.")
NOT_TO_ORDER = N_("An ordering here has %(low)s to %(high)s steps.")
EMPTY = N_("A text is empty without its markup.")
TOO_LONG = N_("A text is longer than %(limit)s characters.")
SAME = N_("Two of its answers are the same.")
TRUE_WORDS = ("true", "verdadero")


def to_items(bank: Bank, *, true: str, false: str) -> Fitting:
    """The questions as a quiz holds them; `true` and `false` are these words in the language of the
    bank, which the formats leave out.
    """
    items, skipped = [], []
    for question in bank.questions:
        try:
            items.append(_item(question, true, false))
        except Unfit as problem:
            skipped.append(Skipped(question.place, question.name, problem.sentence))
    return Fitting(tuple(items), tuple(skipped))


def _item(question: BankQuestion, true: str, false: str) -> QuizItem:
    if type(question) in NO_SUCH_KIND:
        raise Unfit(NO_SUCH_KIND[type(question)])
    kind, options = _options(question, true, false)
    item = QuizItem(
        kind,
        _words(question.text),
        options,
        _words(question.feedback),
        question.name,
        question.category,
        question.tags,
        question.place,
    )
    texts = [item.stem, *(option.text for option in item.options)]
    if not all(texts):
        raise Unfit(EMPTY)
    if len(set(texts[1:])) < len(texts) - 1:
        raise Unfit(SAME)
    texts += [item.explanation, *(option.feedback for option in item.options)]
    if max(map(len, texts)) > LONGEST_TEXT:
        raise Unfit(TOO_LONG, limit=LONGEST_TEXT)
    return item


def _words(text: MarkedText) -> str:
    if shows_a_picture(text):
        raise Unfit(PICTURE)
    return plain_text(text)


def _options(
    question: BankQuestion, true: str, false: str
) -> tuple[QuizKind, tuple[QuizOption, ...]]:
    if isinstance(question, TrueFalse):
        return QuizKind.TRUEFALSE, (
            QuizOption(question.is_true, true, _words(question.if_true)),
            QuizOption(not question.is_true, false, _words(question.if_false)),
        )
    if isinstance(question, Ordering):
        if not FEWEST_OPTIONS <= len(question.items) <= MOST_TO_ORDER:
            raise Unfit(NOT_TO_ORDER, low=FEWEST_OPTIONS, high=MOST_TO_ORDER)
        return QuizKind.ORDERING, tuple(QuizOption(False, _words(item)) for item in question.items)
    if isinstance(question, ChoiceQuestion):
        return _kind_of(question), tuple(
            QuizOption(answer.weight > 0, _words(answer.text), _words(answer.feedback))
            for answer in question.answers
        )
    raise Unfit(NO_SUCH_KIND[Description])


def _kind_of(question: ChoiceQuestion) -> QuizKind:
    """Two options, one of them right, are as good as true or false. The weights of a multiple
    choice may differ in the last digits only: 33.33333, 33.33333, 33.33334.
    """
    right = [answer.weight for answer in question.answers if answer.weight > 0]
    count = len(question.answers)
    if question.is_single:
        if right != [FULL]:
            raise Unfit(PARTLY_RIGHT)
        if count == TRUE_AND_FALSE:
            return QuizKind.TRUEFALSE
        if count < FEWEST_OPTIONS:
            raise Unfit(TOO_FEW, limit=FEWEST_OPTIONS)
        return QuizKind.SINGLE
    if len(right) < 2:  # noqa: PLR2004 - several
        raise Unfit(ONE_RIGHT_OF_MANY)
    if max(right) - min(right) > Decimal("0.01"):
        raise Unfit(PARTLY_RIGHT)
    if count < FEWEST_OPTIONS:
        raise Unfit(TOO_FEW, limit=FEWEST_OPTIONS)
    return QuizKind.MULTIPLE


def from_items(items: Iterable[QuizItem]) -> Bank:
    """The questions of a quiz as a bank. An option right among n costs what it gives: whoever marks
    all gets nothing.
    """
    return Bank(tuple(_question(item) for item in items))


def _plain(body: str) -> MarkedText:
    return MarkedText(body, TextFormat.PLAIN)


def _question(item: QuizItem) -> BankQuestion:
    text = _plain(item.stem)
    common: dict[str, Any] = {
        "name": item.name or name_of(text),
        "text": text,
        "feedback": _plain(item.explanation),
        "category": item.category,
        "tags": item.tags,
        "place": item.place,
    }
    if item.kind is QuizKind.ORDERING:
        return Ordering(**common, items=tuple(_plain(option.text) for option in item.options))
    if item.kind is QuizKind.TRUEFALSE and _is_true_or_false(item):
        first, second = item.options
        return TrueFalse(
            **common,
            penalty=Decimal(1),
            is_true=first.is_correct,
            if_true=_plain(first.feedback),
            if_false=_plain(second.feedback),
        )
    is_single = item.kind is not QuizKind.MULTIPLE
    return ChoiceQuestion(
        **common, is_single=is_single, answers=_weighed(item, is_single=is_single)
    )


def _is_true_or_false(item: QuizItem) -> bool:
    """False where the two options say something else, as “Yes” and “No”: words that the formats
    would lose.
    """
    return item.options[0].text.casefold() in TRUE_WORDS


def _weighed(item: QuizItem, *, is_single: bool) -> tuple[WeighedAnswer, ...]:
    right = sum(option.is_correct for option in item.options)
    share = (FULL / max(right, 1)).quantize(Decimal("0.00001"))
    gain, cost = (FULL, NOTHING) if is_single else (share, -share)
    return tuple(
        WeighedAnswer(
            _plain(option.text), gain if option.is_correct else cost, _plain(option.feedback)
        )
        for option in item.options
    )
