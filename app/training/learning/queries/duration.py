"""How long the units of an edition take, measured from their texts."""

from collections import defaultdict

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText, languages
from app.training.learning.models import Item, ItemOption, Module, Unit, UnitRendition
from app.training.learning.rules.duration import quiz_minutes, reading_minutes, words_in
from app.training.learning.values import UnitKind

_UNITS = (
    select(
        Unit.id, Unit.module_id, Unit.kind, Unit.draw, UnitRendition.language, UnitRendition.body
    )
    .join(Module, Module.id == Unit.module_id)
    .outerjoin(UnitRendition, UnitRendition.unit_id == Unit.id)
    .where(Module.edition_id == bindparam("edition_id"))
)
_QUESTIONS = (
    select(Item.id, Item.module_id, Item.stem, ItemOption.text, ItemOption.feedback)
    .join(Module, Module.id == Item.module_id)
    .join(ItemOption, ItemOption.item_id == Item.id)
    .where(Module.edition_id == bindparam("edition_id"))
)


def measured_minutes(db: Session, edition_id: int) -> dict[int, int]:
    """Whole minutes of each unit of an edition, by the unit's id. Two statements however much the
    edition holds.

    Where Spanish and English differ in length, the longer text counts: the hours are the same in
    both languages.
    """
    asked = {"edition_id": edition_id}
    banks = _words_of_banks(db, asked)
    words: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    quizzes: dict[int, int] = {}
    for unit_id, module_id, kind, draw, language, body in db.execute(_UNITS, asked):
        if kind == UnitKind.QUIZ:
            quizzes[unit_id] = quiz_minutes(sum(draw.values()), banks[module_id])
        else:
            words[unit_id][language or ""] += words_in(body or "")
    return quizzes | {
        unit_id: reading_minutes(max(counts.values())) for unit_id, counts in words.items()
    }


def _words_of_banks(db: Session, asked: dict[str, int]) -> defaultdict[int, list[int]]:
    """The words of each question with its options and feedback, by module."""
    texts: dict[int, tuple[int, list[LocalizedText]]] = {}
    for item_id, module_id, stem, option, feedback in db.execute(_QUESTIONS, asked):
        texts.setdefault(item_id, (module_id, [stem]))[1].extend((option, feedback))
    banks: defaultdict[int, list[int]] = defaultdict(list)
    for module_id, parts in texts.values():
        banks[module_id].append(
            max(sum(words_in(part.in_(language)) for part in parts) for language in languages())
        )
    return banks
