"""Questions of a module's folder as values: the bank with its vignettes, and the checks inside
lessons.
"""

import re
from collections.abc import Mapping, Sequence

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.training.learning.forms.document import Node
from app.training.learning.values import ItemKind
from app.training.learning.values.content import (
    CaseContent,
    CheckContent,
    ItemContent,
    OptionContent,
)

CODE = 20
FEWEST_OPTIONS, TRUE_AND_FALSE, MOST_TO_ORDER = 3, 2, 7
SCREEN = re.compile(r"(?P<unit>[^#\s]{1,20})#(?P<number>[1-9][0-9]{0,2})")
WRONG_ANSWERS = N_("A question of this kind needs %(wanted)s.")
NO_SUCH_SCREEN = N_("There is no such screen: write the unit and the number, as M2-L1#3.")
NOT_A_CHECK = N_("A check inside a lesson is single, multiple or truefalse.")
ANSWERS_OF = {
    ItemKind.SINGLE: N_("three or more options, exactly one of them correct"),
    ItemKind.MULTIPLE: N_("three or more options, two or more of them correct"),
    ItemKind.TRUEFALSE: N_("two options, exactly one of them correct"),
    ItemKind.ORDERING: N_("three to seven options in the right order, none of them marked correct"),
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
    )


def _optional(node: Node, key: str) -> str:
    return node.text(key, 2 * CODE) if node.child(key).value is not None else ""


def _options(node: Node, kind: ItemKind) -> tuple[OptionContent, ...]:
    ordered = kind is ItemKind.ORDERING
    options = tuple(
        OptionContent(
            given.flag("correct", default=False if ordered else None),
            given.localized("text"),
            given.localized("feedback", optional=ordered),
        )
        for given in node.children("options")
    )
    right = sum(option.is_correct for option in options)
    fits = {
        ItemKind.SINGLE: len(options) >= FEWEST_OPTIONS and right == 1,
        ItemKind.MULTIPLE: len(options) >= FEWEST_OPTIONS and right > 1,
        ItemKind.TRUEFALSE: len(options) == TRUE_AND_FALSE and right == 1,
        ItemKind.ORDERING: FEWEST_OPTIONS <= len(options) <= MOST_TO_ORDER and right == 0,
    }
    if not fits[kind]:
        node.refuse(WRONG_ANSWERS, "options", wanted=Sentence(ANSWERS_OF[kind]))
    return options


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
        if kind is ItemKind.ORDERING:
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
