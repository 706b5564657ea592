"""GIFT, as Moodle reads it: https://docs.moodle.org/en/GIFT_format

More patient than Moodle in four things: an empty line may stand inside braces, a question may
follow a `$CATEGORY:` line or begin with `::` without an empty line before it, `true` counts as
`TRUE`, and a weight may have a decimal comma. What Moodle would read as something else than it says,
such as a second pair of braces, is skipped with its line.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.kernel.text import N_
from app.training.exchange.rules.questions import (
    SPACE,
    Unreadable,
    defect_of,
    name_of,
    number_of,
    refuse_too_many,
    require_few_answers,
    stripped,
)
from app.training.exchange.values import (
    FULL,
    NO_TEXT,
    NOTHING,
    Bank,
    BankQuestion,
    ChoiceQuestion,
    Description,
    Essay,
    MarkedText,
    Matching,
    MatchingPair,
    NumberAnswer,
    Numerical,
    Ordering,
    Place,
    ShortAnswer,
    Skipped,
    TextFormat,
    TrueFalse,
    WeighedAnswer,
)

NOT_CLOSED = N_("The braces of line %(line)s are not closed.")
NOT_OPENED = N_("The brace that closes on line %(line)s was not opened.")
TWO_SECTIONS = N_(
    "There is a second brace on line %(line)s. Put an empty line between two questions, and a"
    " backslash before a brace that belongs to the text."
)
NO_ARROW = N_("A pair has no “->” between its two halves.")
NOT_A_NUMBER = N_("“%(what)s” is not a number. Write it with a point, such as 3.14.")
NO_NUMBER = N_("There is no number to compare with.")

ESCAPE = re.compile(r"\\([\\:#={}~n])")
COMMENT_ID = re.compile(r"\[id:((?:\\\]|[^\]\x00-\x1f]){1,200})\]")
COMMENT_TAG = re.compile(r"\[tag:((?:\\\]|[^\]<>`\x00-\x1f]){1,200})\]")
CATEGORY = "$CATEGORY:"
FORMAT = re.compile(r"\[(moodle|html|plain|markdown)\]")
WEIGHT = re.compile(r"%(-*)(\d{1,2}[.,]?\d*)%")
TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
ORDER = re.compile(r">[ \t]*\d+")
NO_BRACE = re.compile(r"[^{}]+")
ANY_BRACE = re.compile(r"[{}]")
ORDER_WORDS = frozenset(
    [
        "ALL",
        "EXACT",
        "RANDOM",
        "REL",
        "CONTIGUOUS",
        "CONTIG",
        "HORIZONTAL",
        "HORI",
        "H",
        "1",
        "VERTICAL",
        "VERT",
        "V",
        "0",
        "ALL_OR_NOTHING",
        "ABSOLUTE_POSITION",
        "ABSOLUTE",
        "ABS",
        "RELATIVE_NEXT_EXCLUDE_LAST",
        "RELATIVE_NEXT_INCLUDE_LAST",
        "RELATIVE_ONE_PREVIOUS_AND_NEXT",
        "RELATIVE_ALL_PREVIOUS_AND_NEXT",
        "RELATIVE_TO_CORRECT",
        "RELATIVE",
        "LONGEST_ORDERED_SUBSET",
        "LONGEST_CONTIGUOUS_SUBSET",
        "SHOW",
        "TRUE",
        "YES",
        "HIDE",
        "FALSE",
        "NO",
    ]
)
GAP = "_____"
LONGEST_COMMENT = 5_000
MOST_PIECES_EACH = 4
"""How many pieces between empty lines a question has at most, on the average of a file."""


@dataclass(frozen=True)
class GiftText:
    """GIFT text beside itself with every escaped pair blanked out, so that what is found in `mask`
    has a meaning and stands at the same place in `raw`.
    """

    raw: str
    mask: str

    @classmethod
    def of(cls, raw: str) -> "GiftText":
        return cls(raw, ESCAPE.sub("\0\0", raw))

    def __getitem__(self, part: slice) -> "GiftText":
        return GiftText(self.raw[part], self.mask[part])

    def __bool__(self) -> bool:
        return bool(self.raw)

    def strip(self) -> "GiftText":
        start = len(self.raw) - len(self.raw.lstrip(SPACE))
        return self[start : max(start, len(self.raw.rstrip(SPACE)))]

    def split(self, marks: str) -> list["GiftText"]:
        """Returns the parts, each but the first beginning with the mark that opens it."""
        require_few_answers(sum(self.mask.count(mark) for mark in marks))
        ends = [0, *(i for i, letter in enumerate(self.mask) if letter in marks), len(self.raw)]
        return [self[start:end] for start, end in pairwise(ends)]

    def cut(self, mark: str) -> tuple["GiftText", "GiftText | None"]:
        """Returns what stands before and after the first mark; None where there is no mark."""
        at = self.mask.find(mark)
        return (self, None) if at < 0 else (self[:at], self[at + len(mark) :])

    def words(self) -> str:
        return stripped(ESCAPE.sub(lambda pair: _meaning(pair[1]), self.raw))

    def text(self, usual: TextFormat = TextFormat.MOODLE) -> MarkedText:
        """Returns the text with the format that `[html]` and its like name at the start."""
        own = self.strip()
        named = FORMAT.match(own.mask)
        if named is None:
            return MarkedText(own.words(), usual)
        return MarkedText(own[named.end() :].words(), TextFormat(named[1]))


def _meaning(letter: str) -> str:
    return "\n" if letter == "n" else letter


@dataclass(frozen=True)
class GiftLine:
    """A line without the space around it; `braces` are those of its braces that mean something."""

    number: int
    text: str
    braces: str

    @classmethod
    def of(cls, number: int, text: str) -> "GiftLine":
        braces = ""
        if ("{" in text or "}" in text) and not text.startswith(("//", CATEGORY)):
            braces = NO_BRACE.sub("", ESCAPE.sub("", text))
        return cls(number, text, braces)

    @property
    def is_comment(self) -> bool:
        return self.text.startswith("//")


Block = list[GiftLine]


def read(text: str) -> Bank:
    questions: list[BankQuestion] = []
    skipped: list[Skipped] = []
    category = ""
    for block in blocks(text):
        first = next((line for line in block if not line.is_comment), None)
        if first is None:
            continue
        if first.text.startswith(CATEGORY):
            category = first.text.removeprefix(CATEGORY).strip(SPACE)
            continue
        place = Place(first.number, len(questions) + len(skipped) + 1)
        refuse_too_many(place.number)
        try:
            question = replace(question_of(block), category=category, place=place)
        except Unreadable as problem:
            skipped.append(Skipped(place, name_of(MarkedText(first.text)), problem.sentence))
            continue
        reason = defect_of(question)
        if reason is None:
            questions.append(question)
        else:
            skipped.append(Skipped(place, question.name, reason))
    return Bank(tuple(questions), tuple(skipped))


def blocks(text: str) -> list[Block]:
    """Returns the lines of each question: divided by empty lines, and put together again where one
    of them stands inside braces.
    """
    pieces: list[Block] = []
    current: Block = []
    for number, written in enumerate(stripped_lines(text), 1):
        if not written:
            current = []
            continue
        line = GiftLine.of(number, written)
        begins = written.startswith(CATEGORY) or (
            written.startswith("::") and _braces(current).endswith("}")
        )
        if begins or not current:
            current = []
            pieces.append(current)
            refuse_too_many(len(pieces) // MOST_PIECES_EACH)
        current.append(line)
        if written.startswith(CATEGORY):
            current = []
    return _joined(pieces)


def _joined(pieces: Sequence[Block]) -> list[Block]:
    joined: list[Block] = []
    at = 0
    while at < len(pieces):
        block, after = pieces[at], at + 1
        if _braces(block).endswith("{"):
            end = after
            while end < len(pieces) and not _braces(pieces[end]):
                end += 1
            if end < len(pieces) and _braces(pieces[end]).startswith("}"):
                block = [line for piece in pieces[at : end + 1] for line in piece]
                after = end + 1
        joined.append(block)
        at = after
    return joined


def _braces(block: Block) -> str:
    return "".join(line.braces for line in block)


def stripped_lines(text: str) -> list[str]:
    ends = text.replace("\r\n", "\n").replace("\r", "\n")
    return [line.strip(SPACE) for line in ends.split("\n")]


def question_of(block: Block) -> BankQuestion:
    """Returns the question of a block, without its category. Raises Unreadable."""
    kept = [line for line in block if not line.is_comment]
    comments = "\n".join(line.text for line in block if line.is_comment)[:LONGEST_COMMENT]
    whole = GiftText.of("\n".join(line.text for line in kept))
    name, start = _title(whole)
    body = whole[start:]
    answers_at = _answers(body, lambda at: kept[whole.raw.count("\n", 0, start + at)].number)
    if answers_at is None:
        stem, answers = body, None
    else:
        opened, closed = answers_at
        rest = body[closed + 1 :].strip()
        gap = GAP if rest else ""
        stem = GiftText(
            body.raw[:opened] + gap + body.raw[closed + 1 :],
            body.mask[:opened] + gap + body.mask[closed + 1 :],
        )
        answers = body[opened + 1 : closed].strip()
    text = stem.text()
    feedback = NO_TEXT
    if answers is not None and (at := answers.mask.rfind("####")) >= 0:
        feedback = answers[at + 4 :].text(text.format)
        answers = answers[:at].strip()
    idnumber = COMMENT_ID.search(comments)
    common: dict[str, Any] = {
        "name": name or name_of(text),
        "text": text,
        "feedback": feedback,
        "idnumber": _unescaped(idnumber[1]) if idnumber else "",
        "tags": tuple(_unescaped(tag) for tag in COMMENT_TAG.findall(comments)),
    }
    return _kind_of(answers, text.format)(answers or GiftText("", ""), common)


def _title(whole: GiftText) -> tuple[str, int]:
    """Returns the title, and where the text behind it begins."""
    if not whole.mask.startswith("::"):
        return "", 0
    end = whole.mask.find("::", 2)
    if end < 0:
        return "", 2
    start = end + 2
    while start < len(whole.raw) and whole.raw[start] in SPACE:
        start += 1
    return whole[2:end].words(), start


def _answers(body: GiftText, line_at: Callable[[int], int]) -> tuple[int, int] | None:
    """Returns where the braces open and close; None where there are none."""
    opened, closed = body.mask.find("{"), body.mask.find("}")
    if opened < 0 and closed < 0:
        return None
    if closed < 0:
        raise Unreadable(NOT_CLOSED, line=line_at(opened))
    if opened < 0 or closed < opened:
        raise Unreadable(NOT_OPENED, line=line_at(closed))
    second = ANY_BRACE.search(body.mask, opened + 1, closed) or ANY_BRACE.search(
        body.mask, closed + 1
    )
    if second is not None:
        raise Unreadable(TWO_SECTIONS, line=line_at(second.start()))
    return opened, closed


def _unescaped(tag: str) -> str:
    return tag.replace("\\]", "]").strip(SPACE)


Common = dict[str, Any]
Make = Callable[[GiftText, Common], BankQuestion]


def _kind_of(answers: GiftText | None, usual: TextFormat) -> Make:
    """Returns the function that reads answers of this look, in Moodle's order of asking."""
    if answers is None:
        return lambda _answers, common: Description(**common, grade=NOTHING)
    if not answers:
        return lambda _answers, common: Essay(**common)
    mask = answers.mask
    if ORDER.match(mask):
        return _ordering
    if mask.startswith("#"):
        return lambda answers, common: _numerical(answers, common, usual)
    if "~" in mask:
        return lambda answers, common: _choice(answers, common, usual)
    if "=" in mask and "->" in mask:
        return lambda answers, common: _matching(answers, common, usual)
    if mask.partition("#")[0].strip(SPACE).upper() in TRUTH:
        return lambda answers, common: _true_false(answers, common, usual)
    return lambda answers, common: _short_answer(answers, common, usual)


def _choice(source: GiftText, common: Common, usual: TextFormat) -> BankQuestion:
    answers = []
    for part in source.split("~="):
        is_right = part.mask.startswith("=")
        own = (part[1:] if part.mask[:1] in ("~", "=") else part).strip()
        if own:
            weight, rest = (FULL, own) if is_right else _weight(own, NOTHING)
            answers.append(_answer(rest, weight, usual))
    return ChoiceQuestion(**common, is_single="=" in source.mask, answers=tuple(answers))


def _short_answer(source: GiftText, common: Common, usual: TextFormat) -> BankQuestion:
    answers = []
    for own in _equal_parts(source):
        weight, rest = _weight(own, FULL)
        answer = _answer(rest, weight, usual)
        answers.append(replace(answer, text=MarkedText(answer.text.body, TextFormat.PLAIN)))
    return ShortAnswer(**common, answers=tuple(answers))


def _equal_parts(source: GiftText) -> Iterator[GiftText]:
    for part in source.split("="):
        own = (part[1:] if part.mask.startswith("=") else part).strip()
        if own:
            yield own


def _weight(source: GiftText, usual: Decimal) -> tuple[Decimal, GiftText]:
    written = WEIGHT.match(source.mask)
    if written is None:
        return usual, source
    number = Decimal(written[2].replace(",", ".").rstrip(".") or "0")
    return (-number if len(written[1]) else number), source[written.end() :]


def _answer(source: GiftText, weight: Decimal, usual: TextFormat) -> WeighedAnswer:
    answer, feedback = source.cut("#")
    return WeighedAnswer(answer.text(usual), weight, feedback.text(usual) if feedback else NO_TEXT)


def _matching(source: GiftText, common: Common, usual: TextFormat) -> BankQuestion:
    pairs = []
    for own in _equal_parts(source):
        left, right = own.cut("->")
        if right is None:
            raise Unreadable(NO_ARROW)
        pairs.append(MatchingPair(left.text(usual), right.words()))
    return Matching(**common, pairs=tuple(pairs))


def _true_false(source: GiftText, common: Common, usual: TextFormat) -> BankQuestion:
    answer, feedback = source.cut("#")
    is_true = TRUTH[answer.words().upper()]
    wrong, right = feedback.cut("#") if feedback else (GiftText("", ""), None)
    on_wrong = wrong.text(usual)
    on_right = right.text(usual) if right else NO_TEXT
    return TrueFalse(
        **common,
        penalty=Decimal(1),
        is_true=is_true,
        if_true=on_right if is_true else on_wrong,
        if_false=on_wrong if is_true else on_right,
    )


def _numerical(source: GiftText, common: Common, usual: TextFormat) -> BankQuestion:
    right, otherwise = source[1:].cut("~")
    answers = []
    for own in _equal_parts(right):
        weight, rest = _weight(own, FULL)
        answer = _answer(rest, weight, usual)
        value, tolerance = _interval(answer.text.body)
        answers.append(NumberAnswer(value, tolerance, weight, answer.feedback))
    if not answers:
        raise Unreadable(NO_NUMBER)
    if otherwise is not None:
        feedback = _answer(otherwise, NOTHING, usual).feedback
        answers.append(NumberAnswer(None, NOTHING, NOTHING, feedback))
    return Numerical(**common, answers=tuple(answers))


def _interval(written: str) -> tuple[Decimal | None, Decimal]:
    """Returns middle and half width of `1..5`, `3:0.1`, `3`; no middle for the `*` that stands for any
    number, whatever tolerance Moodle writes after it.
    """
    if written.partition(":")[0].strip(SPACE) == "*":
        return None, NOTHING
    if ".." in written:
        low, _, high = written.partition("..")
        ends = _number(low), _number(high)
        middle = (ends[0] + ends[1]) / 2
        return middle, abs(ends[1] - middle)
    value, colon, tolerance = written.partition(":")
    return _number(value), abs(_number(tolerance)) if colon else NOTHING


def _number(written: str) -> Decimal:
    number = number_of(written.strip(SPACE))
    if number is None:
        raise Unreadable(NOT_A_NUMBER, what=written.strip(SPACE)[:40])
    return number


def _ordering(source: GiftText, common: Common) -> BankQuestion:
    first, *lines = source.raw.split("\n")
    require_few_answers(len(lines))
    words = deque(ORDER.sub("", first, count=1).split())
    while words and words[0].upper() in ORDER_WORDS:
        words.popleft()
    items = [GiftText.of(line).words() for line in (" ".join(words), *lines)]
    return Ordering(
        **common, items=tuple(MarkedText(item, TextFormat.MOODLE) for item in items if item)
    )
