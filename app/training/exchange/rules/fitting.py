"""Which questions of a bank a quiz here can hold, and a quiz's own questions as a bank.

A quiz shows plain text in one language. It has every kind but the essay. For the editor of courses:
`to_items(bank)` after reading a file gives `QuizItem`s; objective, section, criticality and the
second language are the author's to add. `from_items(items)` before writing one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.training.exchange.rules.questions import (
    MOST_MARKS,
    Unfit,
    is_overloaded,
    name_of,
    plain_text,
    shows_a_picture,
)
from app.training.exchange.values import (
    FULL,
    NOT_COMBINED,
    NOTHING,
    Bank,
    BankQuestion,
    ChoiceQuestion,
    Description,
    Essay,
    Fitting,
    MarkedText,
    Matching,
    MatchingPair,
    NumberAnswer,
    Numerical,
    Ordering,
    QuizItem,
    QuizOption,
    ShortAnswer,
    Skipped,
    TextFormat,
    TrueFalse,
    WeighedAnswer,
)
from app.training.learning.rules.kinds import (
    FEWEST_OPTIONS,
    FEWEST_PAIRS,
    MOST_TO_ORDER,
    TRUE_AND_FALSE,
    number_text,
)
from app.training.learning.values import ItemKind

MOST_OPTIONS, LONGEST_TEXT, LONGEST_MATCH, MOST_WEIGHT = 12, 8_000, 500, 10
PENALIZED = (ChoiceQuestion, ShortAnswer, Numerical)
NO_SUCH_KIND = {
    Essay: N_("A quiz here has no essays: nobody would mark them."),
    Description: N_("It is a text without a question."),
}
PICTURE = N_("It shows a picture, sound or video, which a question here cannot.")
SEVERAL_WHOLE = N_("Only one answer may be chosen, but not exactly one is wholly right.")
NOT_WHOLE = N_("Its right answers do not make 100 per cent together.")
NONE_WHOLE = N_("No answer is wholly right.")
UNITS = N_("Its number may be written in several units, which a quiz here does not convert.")
TOO_FEW = N_("It has fewer than %(limit)s answers.")
TOO_MANY = N_("It has more than %(limit)s answers.")
ONE_RIGHT_OF_MANY = N_("It allows several answers, but only one is right.")
NOT_TO_ORDER = N_("An ordering here has %(low)s to %(high)s steps.")
ONE_MATCH = N_("All its pairs have the same answer.")
EMPTY = N_("A text is empty without its markup.")
TOO_LONG = N_("A text is longer than %(limit)s characters.")
SAME = N_("Two of its answers are the same.")
OVERLOADED = N_("A text has more than %(limit)s marks or tags.")
PENALTIES = N_(
    "Penalties: in %(count)s questions a wrong answer costs points in the file. Here it costs nothing."
)
ALL_OR_NOTHING = N_(
    "Partly right answers: %(count)s questions count here only when exactly the right answers are chosen."
)
NAMES = N_("Names: %(count)s questions have one of their own. Here they are numbered.")
CATEGORIES = N_("Categories: %(count)s. All questions come into this module.")
IDNUMBERS = N_("ID numbers: %(count)s.")
TAGS = N_("Tags: %(count)s.")
HINTS = N_("Hints for a further try: %(count)s.")
WHOLE_FEEDBACK = N_(
    "Feedback on the whole answer: %(count)s questions have some. Here each answer has its own."
)
TRUE_WORDS = ("true", "verdadero")


def to_items(bank: Bank, *, true: str, false: str) -> Fitting:
    """Returns the questions as a quiz holds them; `true` and `false` are these words in the language
    of the bank, which the formats leave out.
    """
    items, skipped, taken = [], [], []
    grades = [
        one.grade for one in bank.questions if one.grade > 0 and type(one) not in NO_SUCH_KIND
    ]
    usual = min(grades, default=Decimal(1))
    for question in bank.questions:
        try:
            item = _item(question, true, false)
            items.append(replace(item, weight=_weight_of(question, usual)))
            taken.append(question)
        except Unfit as problem:
            skipped.append(Skipped(question.place, question.name, problem.sentence))
    return Fitting(tuple(items), tuple(skipped), tuple(_left_out(taken)))


def _left_out(questions: Sequence[BankQuestion]) -> Iterator[Sentence]:
    """Returns what the questions have in the file and not in a quiz, each thing with its count."""
    counts = {
        PENALTIES: sum(map(_loses_penalties, questions)),
        ALL_OR_NOTHING: sum(map(_counts_as_a_whole, questions)),
        NAMES: sum(one.name != name_of(one.text) for one in questions),
        CATEGORIES: len({one.category for one in questions if one.category}),
        IDNUMBERS: sum(bool(one.idnumber) for one in questions),
        TAGS: len({tag for one in questions for tag in one.tags}),
        HINTS: sum(len(one.hints) for one in questions),
        WHOLE_FEEDBACK: sum(map(_has_whole_feedback, questions)),
    }
    return (Sentence(msgid, {"count": count}) for msgid, count in counts.items() if count)


def _loses_penalties(question: BankQuestion) -> bool:
    if isinstance(question, ChoiceQuestion) and not question.is_single and _has_weights(question):
        return False
    answers = question.answers if isinstance(question, PENALIZED) else ()
    return any(answer.weight < 0 for answer in answers)


def _counts_as_a_whole(question: BankQuestion) -> bool:
    if not isinstance(question, ChoiceQuestion) or question.is_single:
        return False
    return not _has_weights(question)


def _has_whole_feedback(question: BankQuestion) -> bool:
    combined = getattr(question, "combined", NOT_COMBINED)
    return bool(combined.right or combined.partly or combined.wrong)


def _weight_of(question: BankQuestion, usual: Decimal) -> int:
    """Returns how many times it counts beside the question of the bank that gives least."""
    return min(MOST_WEIGHT, max(1, round(question.grade / usual)))


def _item(question: BankQuestion, true: str, false: str) -> QuizItem:
    if type(question) in NO_SUCH_KIND:
        raise Unfit(NO_SUCH_KIND[type(question)])
    kind, options = _options(question, true, false)
    item = QuizItem(
        kind,
        stem=_words(question.text) + _unit(question),
        options=options,
        explanation=_words(question.feedback),
        name=question.name,
        category=question.category,
        tags=question.tags,
        place=question.place,
        is_case_sensitive=isinstance(question, ShortAnswer) and question.is_case_sensitive,
    )
    if len(options) > MOST_OPTIONS:
        raise Unfit(TOO_MANY, limit=MOST_OPTIONS)
    shown = [option for option in options if not option.match and not option.number]
    texts = [item.stem, *(option.text for option in shown)]
    if not all(texts):
        raise Unfit(EMPTY)
    if len(set(texts[1:])) < len(texts) - 1:
        raise Unfit(SAME)
    texts += [option.text for option in options if option.match]
    texts += [item.explanation, *(option.feedback for option in item.options)]
    if max(map(len, texts)) > LONGEST_TEXT:
        raise Unfit(TOO_LONG, limit=LONGEST_TEXT)
    return item


def _unit(question: BankQuestion) -> str:
    """Returns the only unit of a number, which is not written beside it here."""
    units = question.units if isinstance(question, Numerical) else ()
    return f" ({units[0].name})" if units else ""


def _words(text: MarkedText) -> str:
    if is_overloaded(text):
        raise Unfit(OVERLOADED, limit=MOST_MARKS)
    if shows_a_picture(text):
        raise Unfit(PICTURE)
    return plain_text(text)


def _options(
    question: BankQuestion, true: str, false: str
) -> tuple[ItemKind, tuple[QuizOption, ...]]:
    if isinstance(question, TrueFalse):
        return ItemKind.TRUEFALSE, (
            QuizOption(question.is_true, true, _words(question.if_true)),
            QuizOption(not question.is_true, false, _words(question.if_false)),
        )
    if isinstance(question, Ordering):
        if not FEWEST_OPTIONS <= len(question.items) <= MOST_TO_ORDER:
            raise Unfit(NOT_TO_ORDER, low=FEWEST_OPTIONS, high=MOST_TO_ORDER)
        return ItemKind.ORDERING, tuple(QuizOption(False, _words(item)) for item in question.items)
    if isinstance(question, ChoiceQuestion):
        return _choice(question)
    if isinstance(question, ShortAnswer):
        return ItemKind.SHORT, _short(question)
    if isinstance(question, Numerical):
        return ItemKind.NUMERICAL, _numbers(question)
    if isinstance(question, Matching):
        return ItemKind.MATCHING, _pairs(question)
    raise Unfit(NO_SUCH_KIND[Description])


def _choice(question: ChoiceQuestion) -> tuple[ItemKind, tuple[QuizOption, ...]]:
    kind, has_weights = _kind_of(question), _has_weights(question)
    return kind, tuple(
        QuizOption(
            answer.weight > 0,
            _words(answer.text),
            _words(answer.feedback),
            answer.weight if has_weights else NOTHING,
        )
        for answer in question.answers
    )


def _kind_of(question: ChoiceQuestion) -> ItemKind:
    """Returns the kind that a quiz has for it: two options, one of them right, are true or false."""
    right = [answer.weight for answer in question.answers if answer.weight > 0]
    count = len(question.answers)
    if question.is_single:
        if right.count(FULL) != 1:
            raise Unfit(SEVERAL_WHOLE)
        if count == TRUE_AND_FALSE and len(right) == 1:
            return ItemKind.TRUEFALSE
    elif len(right) < 2:  # noqa: PLR2004 - several
        raise Unfit(ONE_RIGHT_OF_MANY)
    elif abs(sum(right) - FULL) > Decimal("0.1"):
        raise Unfit(NOT_WHOLE)
    if count < FEWEST_OPTIONS:
        raise Unfit(TOO_FEW, limit=FEWEST_OPTIONS)
    return ItemKind.SINGLE if question.is_single else ItemKind.MULTIPLE


def _has_weights(question: ChoiceQuestion) -> bool:
    """Returns False where an answer is wholly right or wrong: the right ones give the same, in all
    but the last digits, and the wrong ones cost nothing, as much, or all.
    """
    right = [answer.weight for answer in question.answers if answer.weight > 0]
    wrong = [answer.weight for answer in question.answers if answer.weight <= 0]
    near = Decimal("0.01")
    if question.is_single:
        return len(right) > 1
    if max(right) - min(right) > near:
        return True
    return any(weight > -FULL and weight != 0 and abs(weight + right[0]) > near for weight in wrong)


def _part(weight: Decimal) -> Decimal:
    """Returns the weight of an answer that is right in part; 0 for one that is wholly right or
    wrong.
    """
    return weight if NOTHING < weight < FULL else NOTHING


def _short(question: ShortAnswer) -> tuple[QuizOption, ...]:
    """Returns the accepted answers, each text once."""
    options: dict[str, QuizOption] = {}
    for answer in question.answers:
        text = _words(answer.text)
        feedback = _words(answer.feedback)
        option = QuizOption(answer.weight > 0, text, feedback, _part(answer.weight))
        options.setdefault(text, option)
    _require_whole(answer.weight for answer in question.answers)
    return tuple(options.values())


def _numbers(question: Numerical) -> tuple[QuizOption, ...]:
    if len(question.units) > 1 or any(unit.multiplier != 1 for unit in question.units):
        raise Unfit(UNITS)
    _require_whole(answer.weight for answer in question.answers if answer.value is not None)
    return tuple(
        QuizOption(
            answer.weight > 0,
            "",
            _words(answer.feedback),
            _part(answer.weight),
            number="*" if answer.value is None else number_text(answer.value),
            tolerance=number_text(answer.tolerance) if answer.tolerance > 0 else "",
        )
        for answer in question.answers
    )


def _require_whole(weights: Iterable[Decimal]) -> None:
    if FULL not in weights:
        raise Unfit(NONE_WHOLE)


def _pairs(question: Matching) -> tuple[QuizOption, ...]:
    options = tuple(
        QuizOption(bool(pair.text), _words(pair.text), match=pair.answer.strip())
        for pair in question.pairs
    )
    if sum(bool(option.text) for option in options) < FEWEST_PAIRS:
        raise Unfit(TOO_FEW, limit=FEWEST_PAIRS)
    if not all(option.match for option in options):
        raise Unfit(EMPTY)
    if len({option.match for option in options}) < FEWEST_PAIRS:
        raise Unfit(ONE_MATCH)
    if max(len(option.match) for option in options) > LONGEST_MATCH:
        raise Unfit(TOO_LONG, limit=LONGEST_MATCH)
    return options


def from_items(items: Iterable[QuizItem]) -> Bank:
    """Returns the questions of a quiz as a bank.

    An option right among n costs what it gives: whoever marks all gets nothing.
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
        "grade": Decimal(item.weight),
    }
    match item.kind:
        case ItemKind.SHORT:
            return ShortAnswer(
                **common,
                answers=_weighed(item, is_single=True),
                is_case_sensitive=item.is_case_sensitive,
            )
        case ItemKind.NUMERICAL:
            return Numerical(**common, answers=tuple(map(_number, item.options)))
        case ItemKind.MATCHING:
            pairs = (MatchingPair(_plain(option.text), option.match) for option in item.options)
            return Matching(**common, pairs=tuple(pairs))
        case ItemKind.ORDERING:
            return Ordering(**common, items=tuple(_plain(option.text) for option in item.options))
        case ItemKind.TRUEFALSE if _is_true_or_false(item):
            first, second = item.options
            return TrueFalse(
                **common,
                penalty=Decimal(1),
                is_true=first.is_correct,
                if_true=_plain(first.feedback),
                if_false=_plain(second.feedback),
            )
        case ItemKind.SINGLE | ItemKind.MULTIPLE | ItemKind.TRUEFALSE:
            is_single = item.kind is not ItemKind.MULTIPLE
            return ChoiceQuestion(
                **common, is_single=is_single, answers=_weighed(item, is_single=is_single)
            )


def _is_true_or_false(item: QuizItem) -> bool:
    """Returns False where the two options say something else, as “Yes” and “No”: words that the
    formats would lose.
    """
    return item.options[0].text.casefold() in TRUE_WORDS


def _weighed(item: QuizItem, *, is_single: bool) -> tuple[WeighedAnswer, ...]:
    right = sum(option.is_correct for option in item.options)
    share = (FULL / max(right, 1)).quantize(Decimal("0.00001"))
    gain, cost = (FULL, NOTHING) if is_single else (share, -share)
    if not is_single and any(option.weight for option in item.options):
        cost = NOTHING
    return tuple(
        WeighedAnswer(
            _plain(option.text),
            option.weight or (gain if option.is_correct else cost),
            _plain(option.feedback),
        )
        for option in item.options
    )


def _number(option: QuizOption) -> NumberAnswer:
    return NumberAnswer(
        None if option.number == "*" else Decimal(option.number),
        Decimal(option.tolerance or 0),
        option.weight or (FULL if option.is_correct else NOTHING),
        _plain(option.feedback),
    )
