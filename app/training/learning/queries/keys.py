"""What is right in questions: for marking, and for whoever handed a quiz in."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.training.learning.models import Item, ItemOption
from app.training.learning.rules.marking import NONE, AnswerKey, KeyOption
from app.training.learning.values import ItemKind, Strictness

NO_TEXT = LocalizedText()
_KEYS = (
    select(ItemOption, Item.kind, Item.strict)
    .join(Item, Item.id == ItemOption.item_id)
    .where(ItemOption.item_id.in_(bindparam("item_ids", expanding=True)))
    .order_by(ItemOption.item_id, ItemOption.position)
)


def keys_of(db: Session, item_ids: Sequence[int]) -> dict[int, AnswerKey]:
    """Returns the keys of questions by their ids, in one statement."""
    options: dict[int, list[KeyOption]] = defaultdict(list)
    told: dict[int, tuple[ItemKind, frozenset[Strictness]]] = {}
    for option, kind, strict in db.execute(_KEYS, {"item_ids": list(item_ids)}):
        options[option.item_id].append(key_option(option))
        told[option.item_id] = ItemKind(kind), frozenset(map(Strictness, strict or ()))
    return {
        item_id: AnswerKey(kind, tuple(options[item_id]), strict)
        for item_id, (kind, strict) in told.items()
    }


def key_of(item: Item, options: Iterable[ItemOption]) -> AnswerKey:
    """Returns the key of a question that was read with its options, in the order of the author."""
    return AnswerKey(
        ItemKind(item.kind),
        tuple(map(key_option, options)),
        frozenset(map(Strictness, item.strict or ())),
    )


def key_option(option: ItemOption) -> KeyOption:
    return KeyOption(
        id=option.id,
        is_correct=option.is_correct,
        text=option.text,
        weight=option.weight or NONE,
        match=option.match or NO_TEXT,
        number=option.number or "",
        tolerance=option.tolerance or "",
    )
