"""Strategies for questions with nasty characters, within what every format but Aiken can hold."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.training.exchange.rules.questions import stripped
from app.training.exchange.values import (
    FULL,
    NOTHING,
    Bank,
    BankCategory,
    BankQuestion,
    ChoiceQuestion,
    Combined,
    Description,
    EmbeddedPicture,
    Essay,
    Hint,
    MarkedText,
    Matching,
    MatchingPair,
    NumberAnswer,
    NumberUnit,
    Numerical,
    Ordering,
    ShortAnswer,
    TextFormat,
    TrueFalse,
    WeighedAnswer,
)

NASTY = [*"~=#{}:\\\n[]%/$-><&\"'`*_ \t", "\u2028", "\x85", "\xa0", "ñ", "¿", "😀", "//", "::"]
NASTY += ["\\n", "####", "]]>", "[html]", "%50%", "A) ", "ANSWER: B", "$CATEGORY:", "n", "0", "T"]
PIECES = st.lists(st.sampled_from(NASTY) | st.text("abcá1", min_size=1, max_size=4), max_size=6)
WORDS = PIECES.map("".join).map(stripped)
SAID = WORDS.filter(bool)
LINE = SAID.map(lambda text: text.replace("\n", " ")).map(stripped).filter(bool)
FORMATS = st.sampled_from(list(TextFormat))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
WEIGHTS = st.sampled_from([*map(Decimal, ("-100", "-33.33333", "0.5", "25", "33.33333", "50"))])
NUMBERS = st.decimals(-1000, 1000, places=3, allow_nan=False, allow_infinity=False)


def texts(
    format_: TextFormat, body: st.SearchStrategy[str] = WORDS
) -> st.SearchStrategy[MarkedText]:
    return st.builds(MarkedText, body, st.just(format_) | FORMATS)


@st.composite
def questions(draw: st.DrawFn, *, whole: bool) -> BankQuestion:
    """`whole` adds what GIFT cannot hold."""
    usual = draw(FORMATS)
    text = draw(texts(usual, SAID))
    usual = text.format
    own = texts(usual)
    named = texts(usual, SAID)
    common: dict[str, Any] = {
        "name": draw(LINE),
        "text": text,
        "feedback": draw(own),
        "idnumber": draw(st.text("ab-]1", max_size=5)),
        "tags": tuple(draw(st.lists(st.text("ab-]1", min_size=1, max_size=5), max_size=2))),
    }
    combined = Combined()
    if whole:
        combined = Combined(draw(own), draw(own), draw(own), draw(st.booleans()))
        common["grade"] = draw(st.sampled_from([Decimal("0.5"), Decimal(1)]))
        common["penalty"] = draw(st.sampled_from([NOTHING, Decimal("0.25"), Decimal("0.3333333")]))
        common["is_hidden"] = draw(st.booleans())
        common["hints"] = tuple(draw(st.lists(st.builds(Hint, own, st.booleans()), max_size=1)))
        picture = EmbeddedPicture("a b&.png", "image/png", PNG)
        common["text"] = MarkedText(text.body, usual, (picture,) if draw(st.booleans()) else ())
    kind = draw(st.sampled_from(BankQuestion.__subclasses__()))
    if kind is ChoiceQuestion:
        is_single = draw(st.booleans())
        weights = [FULL if is_single else Decimal("50")]
        weights += draw(
            st.lists(WEIGHTS | st.just(NOTHING) | st.just(FULL), min_size=1, max_size=3)
        )
        answers = tuple(WeighedAnswer(draw(named), weight, draw(own)) for weight in weights)
        more: dict[str, Any] = {"is_shuffled": False, "numbering": "ABCD"} if whole else {}
        return ChoiceQuestion(
            **common, is_single=is_single, answers=answers, combined=combined, **more
        )
    if kind is TrueFalse:
        common["penalty"] = Decimal(1)
        return TrueFalse(
            **common, is_true=draw(st.booleans()), if_true=draw(own), if_false=draw(own)
        )
    if kind is ShortAnswer:
        plain = st.builds(MarkedText, SAID, st.just(TextFormat.PLAIN))
        answers = tuple(
            WeighedAnswer(draw(plain), weight, draw(own)) for weight in (FULL, Decimal(25))
        )
        return ShortAnswer(**common, answers=answers, is_case_sensitive=whole)
    if kind is Numerical:
        numbers = [
            NumberAnswer(draw(NUMBERS), abs(draw(NUMBERS)), weight, draw(own))
            for weight in (FULL, Decimal("12.5"))
        ]
        if draw(st.booleans()):
            numbers.append(NumberAnswer(None, NOTHING, NOTHING, draw(own)))
        units = (NumberUnit("m/s & h", Decimal("3.6")),) if whole else ()
        return Numerical(**common, answers=tuple(numbers), units=units)
    if kind is Matching:
        pairs = [MatchingPair(draw(named), draw(SAID)) for _ in range(draw(st.integers(2, 3)))]
        return Matching(**common, pairs=tuple(pairs), combined=combined)
    if kind is Essay:
        guidance = draw(own) if whole else MarkedText()
        return Essay(**common, guidance=guidance)
    if kind is Description:
        common["grade"] = NOTHING
        if not whole:
            common["feedback"] = MarkedText()
        return Description(**common)
    steps = named if whole else st.builds(MarkedText, LINE, st.just(TextFormat.MOODLE))
    items = tuple(draw(st.lists(steps, min_size=2, max_size=4)))
    return Ordering(**common, items=items, combined=combined)


@st.composite
def banks(draw: st.DrawFn, *, whole: bool) -> Bank:
    paths = [""] * draw(st.integers(0, 1)) + ["$course$/top/Niñez // 1", "a{b"]
    drawn: list[BankQuestion] = []
    for path in paths:
        for question in draw(st.lists(questions(whole=whole), min_size=1, max_size=2)):
            drawn.append(type(question)(**{**vars(question), "category": path}))
    info = BankCategory("a{b", MarkedText("<b>x</b>"), "n-1")
    return Bank(tuple(drawn), categories=(info,) if whole else ())
