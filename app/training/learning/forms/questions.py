"""Questions of a module's folder as values: the bank with its vignettes, and the checks inside
lessons.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText
from app.training.learning.forms.document import Node
from app.training.learning.rules.kinds import KINDS, WHOLE, QuestionKind, answered_by
from app.training.learning.rules.marking import ANY_OTHER, NUMBER
from app.training.learning.values import Answering, ItemKind, Strictness
from app.training.learning.values.content import (
    CaseContent,
    CheckContent,
    ItemContent,
    OptionContent,
)

CODE = 20
MOST_WEIGHT, LONGEST_NUMBER = 10, 40
NO_WORDS = LocalizedText()
SCREEN = re.compile(r"(?P<unit>[^#\s]{1,20})#(?P<number>[1-9][0-9]{0,2})")
BAD_WEIGHT = N_("A weight is a number from -100 to 100.")
BAD_WEIGHTS = N_(
    "The right options of a question with weights give 100 together, or one of them alone."
)
BAD_NUMBER = N_("Write a number with a decimal point, or * for any other number.")
BAD_TOLERANCE = N_("A tolerance is a number from 0 on, with a decimal point.")
WRONG_ANSWERS = N_("A question of this kind needs %(wanted)s.")
NO_SUCH_SCREEN = N_("There is no such screen: write the unit and the number, as M2-L1#3.")
CHECKS = answered_by(Answering.CHOOSING)
"""Kinds of the checks inside lessons."""
NOT_A_CHECK = N_("A check inside a lesson is single, multiple or truefalse.")


def item_of(node: Node, objectives: Sequence[str], sections: Sequence[str]) -> ItemContent:
    """Returns a question of the bank; whether its screen exists is asked by `refuse_lost_places`."""
    kind = node.choice("kind", ItemKind)
    options = _options(node, kind)
    objective, section = node.known("objective", objectives), node.known("section", sections)
    return ItemContent(
        code=node.text("code", CODE),
        objective=objective,
        kind=kind,
        section=section,
        stem=node.localized("stem"),
        options=options,
        explanation=node.localized("feedback", optional=not KINDS[kind].needs_explanation),
        is_critical=node.flag("critical", default=False),
        screen=_optional_text(node, "screen"),
        case=_optional_text(node, "case"),
        weight=_item_weight(node),
        strict=_strict(node) if KINDS[kind].can_be_strict else (),
    )


def _item_weight(node: Node) -> int:
    """Returns how often a question counts; 0 where it counts once."""
    if node.child("weight").value is None:
        return 0
    weight = node.integer("weight", 1, MOST_WEIGHT)
    return weight if weight > 1 else 0


def _strict(node: Node) -> tuple[Strictness, ...]:
    if node.child("strict").value is None:
        return ()
    return tuple(map(Strictness, node.codes("strict", [one.value for one in Strictness])))


def _optional_text(node: Node, key: str) -> str:
    return node.text(key, 2 * CODE) if node.child(key).value is not None else ""


def _options(node: Node, kind: ItemKind) -> tuple[OptionContent, ...]:
    spec = KINDS[kind]
    options = tuple(_option(given, spec) for given in node.children("options"))
    if not spec.fits(options):
        node.refuse(WRONG_ANSWERS, "options", wanted=Sentence(spec.needs))
    elif not _weights_fit(spec, options):
        node.refuse(BAD_WEIGHTS, "options")
    return options


def _weights_fit(spec: QuestionKind, options: Sequence[OptionContent]) -> bool:
    """Returns True where the right options make up the whole, as thirds nearly do.

    Nobody could be wholly right otherwise.
    """
    if spec.whole is None or not any(option.weight for option in options):
        return True
    whole = spec.whole(option.weight for option in options if option.weight > 0)
    return abs(whole - WHOLE) < Decimal("0.1")


def _option(given: Node, spec: QuestionKind) -> OptionContent:
    """Returns an option as its kind has it; what other kinds have is left out."""

    def words(member: str) -> LocalizedText:
        if not spec.has(member) and member not in spec.unasked:
            return NO_WORDS
        return given.localized(member, optional=member not in spec.members)

    def number(member: str, sentence: str) -> str:
        is_there = member in spec.members or given.child(member).value is not None
        return _decimal(given, member, sentence) if spec.has(member) and is_there else ""

    text = words("text")
    weight = _weight(given) if spec.has("weight") else Decimal(0)
    return OptionContent(
        is_correct=_is_correct(given, spec, weight, text),
        text=text,
        feedback=words("feedback"),
        weight=weight,
        match=words("match"),
        number=number("number", BAD_NUMBER),
        tolerance=number("tolerance", BAD_TOLERANCE),
    )


def _is_correct(given: Node, spec: QuestionKind, weight: Decimal, text: LocalizedText) -> bool:
    """Returns True for a right option.

    With a weight, that follows from it; a line to match is right where it has a text. A kind whose
    options are neither right nor wrong may not have any that is marked: `fits` refuses it.
    """
    if spec.has("match"):
        return bool(text)
    needs_flag = spec.has("correct") and not weight
    return weight > 0 or given.flag("correct", default=None if needs_flag else False)


def _weight(given: Node) -> Decimal:
    value = given.child("weight").value
    if value is None:
        return Decimal(0)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not -WHOLE <= value <= WHOLE
    ):
        given.refuse(BAD_WEIGHT, "weight")
        return Decimal(0)
    return Decimal(_shortest(Decimal(str(value)).quantize(Decimal("0.00001"))))


def _decimal(given: Node, key: str, sentence: str) -> str:
    """Returns a number as text with a decimal point, as short as it can be written."""
    value = given.child(key).value
    text = str(value) if isinstance(value, int | float | str) else ""
    if key == "number" and text == ANY_OTHER:
        return text
    if isinstance(value, bool) or not NUMBER.fullmatch(text) or len(text) > LONGEST_NUMBER:
        given.refuse(sentence, key)
        return "0"
    if key == "tolerance" and Decimal(text) < 0:
        given.refuse(sentence, key)
    return _shortest(Decimal(text))


def _shortest(number: Decimal) -> str:
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def cases_of(bank: Node) -> tuple[CaseContent, ...]:
    if not isinstance(bank.value, dict) or bank.value.get("cases") is None:
        return ()
    return tuple(
        CaseContent(given.text("code", CODE), given.localized("text"))
        for given in bank.children("cases")
    )


def checks_of(document: Node, screens: Mapping[str, int]) -> tuple[CheckContent, ...]:
    """Returns the checks inside lessons; `screens` says how many screens each unit has."""
    checks = []
    for given in document.children("checks"):
        kind = given.choice("kind", ItemKind)
        if kind not in CHECKS:
            given.refuse(NOT_A_CHECK, "kind")
        unit = given.known("unit", screens)
        checks.append(
            CheckContent(
                code=given.text("code", CODE),
                unit=unit,
                after=given.integer("after", 1, screens.get(unit, 1)),
                kind=kind,
                stem=given.localized("stem"),
                options=_options(given, kind),
            )
        )
    return tuple(checks)


def refuse_lost_places(
    bank: Node, items: Sequence[ItemContent], cases: Sequence[str], screens: Mapping[str, int]
) -> None:
    """Refuses each question that leads to a screen or a vignette that is not there."""
    for index, item in enumerate(items):
        if item.screen:
            place = SCREEN.fullmatch(item.screen)
            if place is None or int(place["number"]) > screens.get(place["unit"], 0):
                bank.refuse(NO_SUCH_SCREEN, f"items[{index}].screen")
    for given in bank.children("items"):
        if given.child("case").value is not None:
            given.known("case", cases)
