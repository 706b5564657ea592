"""How long the units of an edition take, by the number of words in their texts."""

from collections import defaultdict

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.training.learning.models import Item, ItemOption, Module, Unit, UnitRendition
from app.training.learning.rules.duration import (
    asks_to_think,
    quiz_minutes,
    reading_minutes,
    told_in,
    words_in,
    words_of,
)
from app.training.learning.values import UnitKind

_TEXTS = (
    select(
        Unit.id, Unit.module_id, Unit.kind, Unit.draw, UnitRendition.language, UnitRendition.body
    )
    .join(Module, Module.id == Unit.module_id)
    .outerjoin(UnitRendition, UnitRendition.unit_id == Unit.id)
    .where(Module.edition_id == bindparam("edition_id"))
)
_BANKS = (
    select(Item.id, Item.module_id, Item.stem, ItemOption.text, ItemOption.feedback)
    .join(Module, Module.id == Item.module_id)
    .join(ItemOption, ItemOption.item_id == Item.id)
    .where(Module.edition_id == bindparam("edition_id"))
)


_MEASURED = (
    select(Unit.id, Unit.measured)
    .join(Module, Module.id == Unit.module_id)
    .where(Module.edition_id == bindparam("edition_id"))
)


def measured_minutes(db: Session, edition_id: int) -> dict[int, int]:
    """Returns whole minutes by the ids of the units of an edition. They are measured when an
    edition is published; for one that was published before that existed, they are measured now.
    """
    of_edition = {"edition_id": edition_id}
    kept = dict(db.execute(_MEASURED, of_edition).all())
    if None not in kept.values():
        return {unit_id: minutes or 1 for unit_id, minutes in kept.items()}
    banks = _words_of_banks(db, of_edition)
    texts: defaultdict[int, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    quizzes: dict[int, int] = {}
    for unit_id, module_id, kind, draw, language, body in db.execute(_TEXTS, of_edition):
        if kind == UnitKind.QUIZ:
            quizzes[unit_id] = quiz_minutes(sum(draw.values()), banks[module_id])
        else:
            texts[unit_id][language or ""].append(body or "")
    return quizzes | {
        unit_id: _minutes_to_read(bodies[told_in(bodies)]) for unit_id, bodies in texts.items()
    }


def _minutes_to_read(screens: list[str]) -> int:
    return reading_minutes(
        sum(words_in(screen) for screen in screens), sum(asks_to_think(one) for one in screens)
    )


def _words_of_banks(db: Session, of_edition: dict[str, int]) -> defaultdict[int, list[int]]:
    """Returns the number of words of each question with its options and feedback, by module."""
    texts: dict[int, tuple[int, list[LocalizedText]]] = {}
    for item_id, module_id, stem, option, feedback in db.execute(_BANKS, of_edition):
        texts.setdefault(item_id, (module_id, [stem]))[1].extend((option, feedback))
    banks: defaultdict[int, list[int]] = defaultdict(list)
    for module_id, parts in texts.values():
        banks[module_id].append(words_of(parts))
    return banks
