"""Where one stands in a long list that is shown a part at a time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paging:
    """Any `number` may be asked for: it becomes the nearest there is. An empty list has one part,
    with nothing in it.

    `first` and `last` are positions as people count, from 1; both are 0 where there is nothing.
    What is shown is `[offset:last]` of a sequence, or a query's `size` rows from `offset`.
    """

    total: int
    size: int
    number: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", min(max(self.number, 1), self.pages))

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.offset + self.size, self.total)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None
