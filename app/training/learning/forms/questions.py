"""Questions of a module's folder as values: the bank with its vignettes, and the checks inside
lessons.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText
from app.training.learning.forms.document import Node
from app.training.learning.rules.marking import ANY_OTHER, NUMBER
from app.training.learning.values import CHOSEN, TYPED, ItemKind, Strictness
from app.training.learning.values.content import (
    CaseContent,
    CheckContent,
    ItemContent,
    OptionContent,
)

CODE = 20
FEWEST_OPTIONS, TRUE_AND_FALSE, MOST_TO_ORDER = 3, 2, 7
FEWEST_PAIRS, MOST_WEIGHT, LONGEST_NUMBER = 2, 10, 40
WHOLE = 100
SCREEN = re.compile(r"(?P<unit>[^#\s]{1,20})#(?P<number>[1-9][0-9]{0,2})")
BAD_WEIGHT = N_("A weight is a number from -100 to 100.")
BAD_WEIGHTS = N_(
    "The right options of a question with weights give 100 together, or one of them alone."
)
BAD_NUMBER = N_("Write a number with a decimal point, or * for any other number.")
BAD_TOLERANCE = N_("A tolerance is a number from 0 on, with a decimal point.")
WRONG_ANSWERS = N_("A question of this kind needs %(wanted)s.")
NO_SUCH_SCREEN = N_("There is no such screen: write the unit and the number, as M2-L1#3.")
NOT_A_CHECK = N_("A check inside a lesson is single, multiple or truefalse.")
ANSWERS_OF = {
    ItemKind.SINGLE: N_("three or more options, exactly one of them correct"),
    ItemKind.MULTIPLE: N_("three or more options, two or more of them correct"),
    ItemKind.TRUEFALSE: N_("two options, exactly one of them correct"),
    ItemKind.ORDERING: N_("three to seven options in the right order, none of them marked correct"),
    ItemKind.SHORT: N_("one or more answers, at least one of them wholly right"),
    ItemKind.NUMERICAL: N_("one or more numbers, at least one of them wholly right"),
    ItemKind.MATCHING: N_("two or more pairs, with at least two different matches"),
}


def item_of(node: Node, objectives: Sequence[str], sections: Sequence[str]) -> ItemContent:
    """A question of the bank; whether its screen exists is asked by `refuse_lost_screens`."""
    kind = node.choice("kind", ItemKind)
    options = _options(node, kind)
    objective, section = node.known("objective", objectives), node.known("section", sections)
    return ItemContent(
        node.text("code", CODE),
        objective,
        kind,
        section,
        node.localized("stem"),
        options,
        node.localized("feedback", optional=kind is not ItemKind.ORDERING),
        node.flag("critical", default=False),
        _optional(node, "screen"),
        _optional(node, "case"),
        _item_weight(node),
        _strict(node) if kind is ItemKind.SHORT else (),
    )


def _item_weight(node: Node) -> int:
    """0 where it counts once."""
    if node.child("weight").value is None:
        return 0
    weight = node.integer("weight", 1, MOST_WEIGHT)
    return weight if weight > 1 else 0


def _strict(node: Node) -> tuple[Strictness, ...]:
    if node.child("strict").value is None:
        return ()
    return tuple(map(Strictness, node.codes("strict", [one.value for one in Strictness])))


def _optional(node: Node, key: str) -> str:
    return node.text(key, 2 * CODE) if node.child(key).value is not None else ""


def _options(node: Node, kind: ItemKind) -> tuple[OptionContent, ...]:
    options = tuple(_option(given, kind) for given in node.children("options"))
    right = sum(option.is_correct for option in options)
    whole = sum(option.is_correct and option.weight in (0, WHOLE) for option in options)
    fits = {
        ItemKind.SINGLE: len(options) >= FEWEST_OPTIONS and whole == 1,
        ItemKind.MULTIPLE: len(options) >= FEWEST_OPTIONS and right > 1,
        ItemKind.TRUEFALSE: len(options) == TRUE_AND_FALSE and right == 1,
        ItemKind.ORDERING: FEWEST_OPTIONS <= len(options) <= MOST_TO_ORDER and right == 0,
        ItemKind.SHORT: whole > 0,
        ItemKind.NUMERICAL: whole > 0,
        ItemKind.MATCHING: right >= FEWEST_PAIRS
        and len({option.match for option in options}) >= FEWEST_PAIRS,
    }
    if not fits[kind]:
        node.refuse(WRONG_ANSWERS, "options", wanted=Sentence(ANSWERS_OF[kind]))
    elif kind in (ItemKind.SINGLE, ItemKind.MULTIPLE) and not _weights_fit(kind, options):
        node.refuse(BAD_WEIGHTS, "options")
    return options


def _weights_fit(kind: ItemKind, options: Sequence[OptionContent]) -> bool:
    """Nobody could be wholly right otherwise. Thirds may miss the whole by a little."""
    gains = [option.weight for option in options if option.weight > 0]
    if not any(option.weight for option in options):
        return True
    none = Decimal(0)
    whole = sum(gains, none) if kind is ItemKind.MULTIPLE else max(gains, default=none)
    return abs(whole - WHOLE) < Decimal("0.1")


def _option(given: Node, kind: ItemKind) -> OptionContent:
    """An option as its kind has it; what other kinds have is left out. With a weight, whether it is
    right follows from that.
    """
    ordered = kind is ItemKind.ORDERING
    if kind is ItemKind.MATCHING:
        text = given.localized("text", optional=True)
        match = given.localized("match")
        return OptionContent(bool(text), text, LocalizedText(), match=match)
    weight = _weight(given) if not ordered and kind is not ItemKind.TRUEFALSE else Decimal(0)
    is_correct = weight > 0 or given.flag("correct", default=False if ordered or weight else None)
    feedback = given.localized("feedback", optional=ordered or kind in TYPED)
    if kind is ItemKind.NUMERICAL:
        number, tolerance = _decimal(given, "number", BAD_NUMBER), ""
        if given.child("tolerance").value is not None:
            tolerance = _decimal(given, "tolerance", BAD_TOLERANCE)
        return OptionContent(
            is_correct, LocalizedText(), feedback, weight, number=number, tolerance=tolerance
        )
    return OptionContent(is_correct, given.localized("text"), feedback, weight)


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
    """A number as text with a decimal point, as short as it can be written."""
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
    """`screens` says how many screens each unit has."""
    checks = []
    for given in document.children("checks"):
        kind = given.choice("kind", ItemKind)
        if kind not in CHOSEN:
            given.refuse(NOT_A_CHECK, "kind")
        unit = given.known("unit", screens)
        checks.append(
            CheckContent(
                given.text("code", CODE),
                unit,
                given.integer("after", 1, screens.get(unit, 1)),
                kind,
                given.localized("stem"),
                _options(given, kind),
            )
        )
    return tuple(checks)


def refuse_lost_places(
    bank: Node, items: Sequence[ItemContent], cases: Sequence[str], screens: Mapping[str, int]
) -> None:
    """Names each question that leads to a screen or a vignette that is not there."""
    for index, item in enumerate(items):
        if item.screen:
            place = SCREEN.fullmatch(item.screen)
            if place is None or int(place["number"]) > screens.get(place["unit"], 0):
                bank.refuse(NO_SUCH_SCREEN, f"items[{index}].screen")
    for given in bank.children("items"):
        if given.child("case").value is not None:
            given.known("case", cases)
