"""A mark tells two states apart, and whoever began from another one than what stands is refused."""

from dataclasses import dataclass, replace

import pytest

from app.kernel.seen import ChangedMeanwhile, mark_of, require_as_seen
from app.kernel.text import LocalizedText


@dataclass(frozen=True)
class Draft:
    title: LocalizedText
    number: int | None = None


STANDING = Draft(LocalizedText(es="Uno", en="One"), 7)


def test_the_mark_is_another_one_whenever_anything_is() -> None:
    others = (
        replace(STANDING, number=None),
        replace(STANDING, number=8),
        replace(STANDING, title=LocalizedText(es="Uno")),
        replace(STANDING, title=LocalizedText(es="Un", en="oOne")),
    )
    assert mark_of(Draft(LocalizedText(es="Uno", en="One"), 7)) == mark_of(STANDING)
    assert len({mark_of(STANDING), *map(mark_of, others)}) == 1 + len(others)


def test_who_began_from_what_stands_or_does_not_say_goes_on() -> None:
    require_as_seen(mark_of(STANDING), STANDING)
    require_as_seen("", STANDING)


@pytest.mark.parametrize("seen", [mark_of(replace(STANDING, number=8)), "x", "ñ" * 5000])
def test_the_refusal_carries_the_mark_with_which_one_goes_on_knowingly(seen: str) -> None:
    with pytest.raises(ChangedMeanwhile) as refused:
        require_as_seen(seen, STANDING)
    require_as_seen(refused.value.mark, STANDING)
