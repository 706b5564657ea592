"""Reads Moodle XML as Moodle does: https://docs.moodle.org/en/Moodle_XML_format

The file is read question by question, with no DTD, no entities of its own and a bounded depth.
Where the file breaks off, the questions before are kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.sax import SAXParseException  # the parser is defusedxml's
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import Locator

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.training.exchange.forms.pictures import PictureRefused, picture_of
from app.training.exchange.rules.questions import (
    SPACE,
    Unreadable,
    defect_of,
    name_of,
    number_of,
    refuse_too_many,
    stripped,
)
from app.training.exchange.values import (
    FULL,
    NO_TEXT,
    NOTHING,
    USUAL_PENALTY,
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
    Place,
    ShortAnswer,
    Skipped,
    TextFormat,
    TrueFalse,
    WeighedAnswer,
)

MOST_DEPTH = 20
MOST_ELEMENTS = 5_000
"""Elements of one question."""
PIECE = 65_536
QTI = {
    "questestinterop",
    "assessmentitem",
    "assessmenttest",
    "qti-assessment-item",
    "qti-assessment-test",
}
NOT_MOODLE = N_(
    "This XML file is not one of Moodle's: it begins with <%(name)s> where <quiz> is expected."
)
IS_QTI = N_(
    "These are questions in QTI, which are not read here. Export them as Moodle XML, GIFT or Aiken, and import that."
)
DOCTYPE = N_("A file of questions has no DOCTYPE and no entities of its own.")
TOO_DEEP = N_("Line %(line)s is more than %(limit)s elements deep.")
NOT_XML = N_("This file cannot be read as XML, line %(line)s: %(reason)s")
BREAKS_OFF = N_("The file cannot be read from line %(line)s on: %(reason)s")
TOO_MUCH = N_("It has more than %(limit)s parts.")
UNKNOWN_KIND = N_("Questions of the kind “%(kind)s” are not supported.")
NO_KIND = N_("It does not say of which kind it is.")
NOT_A_NUMBER = N_("“%(what)s” is not a number. Write it with a point, such as 3.14.")
FORMATS = {
    "html": TextFormat.HTML,
    "moodle_auto_format": TextFormat.MOODLE,
    "plain_text": TextFormat.PLAIN,
    "markdown": TextFormat.MARKDOWN,
    "wiki_like": TextFormat.PLAIN,
}
THIRD, NEAR = Decimal("0.3333333"), Decimal("0.005")


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    line: int
    written: list[str] = field(default_factory=list)
    children: list["Element"] = field(default_factory=list)

    def all(self, name: str) -> Iterator["Element"]:
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Element | None":
        return next(self.all(name), None)

    def path(self, *names: str) -> "Element | None":
        element: Element | None = self
        for name in names:
            element = element.first(name) if element else None
        return element

    @property
    def words(self) -> str:
        return stripped("".join(self.written))

    def value(self, *names: str, usual: str = "") -> str:
        element = self.path(*names)
        return element.words if element else usual


def read(text: str) -> Bank:
    """Raises InvalidInput for the field `file` where the whole file is refused."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.expatreader import create_parser

    parser = create_parser(forbid_dtd=True)
    reader = _QuizReader(parser)
    parser.setContentHandler(reader)
    try:
        for start in range(0, len(text), PIECE):
            parser.feed(text[start : start + PIECE])
        parser.close()
    except DefusedXmlException as error:
        raise InvalidInput({"file": Sentence(DOCTYPE)}) from error
    except SAXParseException as error:
        reader.break_off(error.getLineNumber() or 0, error.getMessage())
    return reader.bank()


class _QuizReader(ContentHandler):
    """Builds one question at a time and reads it when its element ends."""

    def __init__(self, locator: Locator) -> None:
        super().__init__()
        self.locator = locator
        self.questions: list[BankQuestion] = []
        self.skipped: list[Skipped] = []
        self.categories: dict[str, BankCategory] = {}
        self.category = ""
        self.open: list[Element] = []
        self.depth = 0
        self.elements = 0

    @property
    def line(self) -> int:
        return self.locator.getLineNumber() or 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX's name
        self.depth += 1
        if self.depth == 1 and name != "quiz":
            is_qti = name.rpartition(":")[2].lower() in QTI
            raise InvalidInput(
                {"file": Sentence(IS_QTI if is_qti else NOT_MOODLE, {"name": name[:40]})}
            )
        if self.depth > MOST_DEPTH:
            raise InvalidInput(
                {"file": Sentence(TOO_DEEP, {"line": self.line, "limit": MOST_DEPTH})}
            )
        if self.open or (self.depth == 2 and name == "question"):  # noqa: PLR2004 - under <quiz>
            self._begin(name, dict(attrs.items()))

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if not self.open:
            self.elements = 0
        self.elements += 1
        element = Element(name, attributes, self.line)
        if self.open and self.elements <= MOST_ELEMENTS:
            self.open[-1].children.append(element)
        self.open.append(element)

    def characters(self, content: str) -> None:
        if self.open:
            self.open[-1].written.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX's name
        self.depth -= 1
        if self.open:
            element = self.open.pop()
            if not self.open:
                self._question(element)

    def _question(self, element: Element) -> None:
        if element.attributes.get("type", "").strip() == "category":
            self._category(element)
            return
        place = Place(element.line, len(self.questions) + len(self.skipped) + 1)
        refuse_too_many(place.number)
        try:
            if self.elements > MOST_ELEMENTS:
                raise Unreadable(TOO_MUCH, limit=MOST_ELEMENTS)
            question = question_of(element, self.category, place)
        except Unreadable as problem:
            self._skip(place, element, problem.sentence)
        except PictureRefused as problem:
            self._skip(place, element, problem.sentence)
        else:
            defect = defect_of(question)
            if defect is None:
                self.questions.append(question)
            else:
                self._skip(place, element, defect)

    def _skip(self, place: Place, element: Element, reason: Sentence) -> None:
        name = element.value("name", "text") or name_of(
            MarkedText(element.value("questiontext", "text"))
        )
        self.skipped.append(Skipped(place, name[:255], reason))

    def _category(self, element: Element) -> None:
        path = element.value("category", "text")
        info = element.first("info")
        text = _text(info, TextFormat.MOODLE)
        idnumber = element.value("idnumber")
        self.category = path
        if text or idnumber:
            self.categories[path] = BankCategory(path, text, idnumber)

    def break_off(self, line: int, reason: str) -> None:
        if not self.questions and not self.skipped:
            sentence = Sentence(NOT_XML, {"line": line, "reason": reason})
            raise InvalidInput({"file": sentence})
        place = Place(line, len(self.questions) + len(self.skipped) + 1)
        sentence = Sentence(BREAKS_OFF, {"line": line, "reason": reason})
        self.skipped.append(Skipped(place, "", sentence))

    def bank(self) -> Bank:
        return Bank(tuple(self.questions), tuple(self.skipped), tuple(self.categories.values()))


def question_of(element: Element, category: str, place: Place) -> BankQuestion:
    """Raises Unreadable or PictureRefused."""
    kind = element.attributes.get("type", "").strip()
    if not kind:
        raise Unreadable(NO_KIND)
    make = KINDS.get(kind)
    if make is None:
        raise Unreadable(UNKNOWN_KIND, kind=kind[:60])
    text = _text(element.first("questiontext"), TextFormat.HTML)
    text = _with_old_picture(text, element)
    common: dict[str, Any] = {
        "name": element.value("name", "text")[:255] or name_of(text),
        "text": text,
        "feedback": _text(element.first("generalfeedback"), text.format),
        "category": category,
        "idnumber": element.value("idnumber"),
        "tags": tuple(
            tag.value("text")
            for group in ("coursetags", "tags")
            for tags in element.all(group)
            for tag in tags.all("tag")
        ),
        "grade": _number(element, "defaultgrade", Decimal(1)),
        "penalty": _penalty(element),
        "is_hidden": element.value("hidden") == "1",
        "hints": tuple(_hint(hint, text.format) for hint in element.all("hint")),
        "place": place,
    }
    return make(element, common, text.format)


Common = dict[str, Any]


def _text(element: Element | None, usual: TextFormat) -> MarkedText:
    if element is None:
        return NO_TEXT
    format_ = FORMATS.get(element.attributes.get("format", "").strip())
    if format_ is None:
        format_ = TextFormat.HTML if "format" in element.attributes else usual
    body = element.value("text") if element.first("text") else element.words
    return MarkedText(body, format_, _pictures(element))


def _pictures(element: Element) -> tuple[EmbeddedPicture, ...]:
    pictures: dict[str, EmbeddedPicture] = {}
    for file in element.all("file"):
        name, path = file.attributes.get("name", ""), file.attributes.get("path", "/")
        pictures.setdefault(path + name, picture_of(name, path, "".join(file.written)))
    return tuple(pictures.values())


def _with_old_picture(text: MarkedText, element: Element) -> MarkedText:
    """Returns the text with the picture that files of Moodle 1.9 have beside it."""
    name, data = element.value("image").replace("/", "_"), element.first("image_base64")
    if not name or data is None or not data.words:
        return text
    picture = picture_of(name, "/", data.words)
    body = f'{text.body} <img src="@@PLUGINFILE@@/{picture.name}" />'
    return MarkedText(body, text.format, (*text.pictures, picture))


def _number(element: Element, name: str, usual: Decimal) -> Decimal:
    written = element.value(name)
    return _decimal(written) if written else usual


def _decimal(written: str) -> Decimal:
    number = number_of(written.strip(SPACE))
    if number is None:
        raise Unreadable(NOT_A_NUMBER, what=written.strip(SPACE)[:40])
    return number


def _penalty(element: Element) -> Decimal:
    """Returns the penalty. Old files round a third differently; as in Moodle it becomes one of the
    choices.
    """
    penalty = _number(element, "penalty", USUAL_PENALTY)
    return THIRD if abs(penalty - THIRD) < NEAR else penalty


def _is_set(element: Element, name: str, *, usual: bool) -> bool:
    child = element.first(name)
    return usual if child is None else child.words not in ("", "0", "false")


def _hint(element: Element, usual: TextFormat) -> Hint:
    return Hint(
        _text(element.first("hintcontent") or element, usual),
        element.first("shownumcorrect") is not None,
        element.first("clearwrong") is not None,
    )


def _combined(element: Element, usual: TextFormat) -> Combined:
    return Combined(
        _text(element.first("correctfeedback"), usual),
        _text(element.first("partiallycorrectfeedback"), usual),
        _text(element.first("incorrectfeedback"), usual),
        element.first("shownumcorrect") is not None,
    )


def _weight(element: Element) -> Decimal:
    old = element.value("fraction")
    if old:
        return _decimal(old) * 100
    written = element.attributes.get("fraction", "").strip()
    return _decimal(written) if written else NOTHING


def _answers(
    element: Element, usual: TextFormat, *, plain: bool = False
) -> tuple[WeighedAnswer, ...]:
    answers = []
    for given in element.all("answer"):
        text = _text(given, usual)
        if plain:
            text = MarkedText(text.body, TextFormat.PLAIN)
        if text or text.pictures:
            feedback = _text(given.first("feedback"), usual)
            answers.append(WeighedAnswer(text, _weight(given), feedback))
    return tuple(answers)


def _choice(element: Element, common: Common, usual: TextFormat) -> BankQuestion:
    return ChoiceQuestion(
        **common,
        is_single=_is_set(element, "single", usual=True),
        answers=_answers(element, usual),
        is_shuffled=_is_set(element, "shuffleanswers", usual=False),
        numbering=element.value("answernumbering") or "abc",
        combined=_combined(element, usual),
    )


def _true_false(element: Element, common: Common, usual: TextFormat) -> BankQuestion:
    """Reads a true/false question. Old files name the answers in their own language; the first is
    then the true one.
    """
    is_true, feedback = False, {True: NO_TEXT, False: NO_TEXT}
    for index, given in enumerate(element.all("answer")):
        word = given.value("text").lower()
        says_true = word == "true" if word in ("true", "false") else index == 0
        feedback[says_true] = _text(given.first("feedback"), usual)
        is_true = (_weight(given) == FULL) is says_true
    return TrueFalse(**common, is_true=is_true, if_true=feedback[True], if_false=feedback[False])


def _short_answer(element: Element, common: Common, usual: TextFormat) -> BankQuestion:
    return ShortAnswer(
        **common,
        answers=_answers(element, usual, plain=True),
        is_case_sensitive=_is_set(element, "usecase", usual=False),
    )


def _numerical(element: Element, common: Common, usual: TextFormat) -> BankQuestion:
    answers = []
    for given in element.all("answer"):
        written = _text(given, usual).body
        answers.append(
            NumberAnswer(
                None if written in ("*", "") else _decimal(written),
                abs(_number(given, "tolerance", NOTHING)),
                _weight(given),
                _text(given.first("feedback"), usual),
            )
        )
    units = element.first("units")
    return Numerical(
        **common,
        answers=tuple(answers),
        units=tuple(
            NumberUnit(unit.value("unit_name"), _number(unit, "multiplier", Decimal(1)))
            for unit in (units.all("unit") if units else ())
        ),
    )


def _matching(element: Element, common: Common, usual: TextFormat) -> BankQuestion:
    pairs = tuple(
        MatchingPair(_text(given, usual), given.value("answer", "text"))
        for given in element.all("subquestion")
    )
    return Matching(
        **common,
        pairs=tuple(pair for pair in pairs if pair.answer),
        is_shuffled=_is_set(element, "shuffleanswers", usual=True),
        combined=_combined(element, usual),
    )


def _essay(element: Element, common: Common, usual: TextFormat) -> BankQuestion:
    return Essay(
        **common,
        guidance=_text(element.first("graderinfo"), usual),
        template=_text(element.first("responsetemplate"), usual),
    )


def _description(element: Element, common: Common, usual: TextFormat) -> BankQuestion:
    return Description(**{**common, "grade": NOTHING})


def _ordering(element: Element, common: Common, usual: TextFormat) -> BankQuestion:
    """Reads an ordering. The weights of its answers are their ranks, but Moodle goes by the order
    in the file.
    """
    items = tuple(_text(given, usual) for given in element.all("answer"))
    return Ordering(
        **common,
        items=tuple(item for item in items if item or item.pictures),
        combined=_combined(element, usual),
    )


KINDS: dict[str, Callable[[Element, Common, TextFormat], BankQuestion]] = {
    "multichoice": _choice,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "numerical": _numerical,
    "matching": _matching,
    "match": _matching,
    "essay": _essay,
    "description": _description,
    "ordering": _ordering,
}
