"""How many registered, were present, partly or not at all; and what of it may be shown without
names.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.kernel.small_numbers import is_small
from app.kernel.text import LocalizedText


@dataclass(frozen=True)
class AttendanceCounts:
    """`listed` is the base of the others: who registered, and who came without. Absent: no minutes
    are written down.
    """

    listed: int
    registered: int
    present: int
    partly: int

    @property
    def absent(self) -> int:
        return self.listed - self.present - self.partly

    @staticmethod
    def sum(countries: Iterable["CountryCounts"]) -> "AttendanceCounts":
        rows = list(countries)
        return AttendanceCounts(
            listed=sum(row.listed for row in rows),
            registered=sum(row.registered for row in rows),
            present=sum(row.present for row in rows),
            partly=sum(row.partly for row in rows),
        )


@dataclass(frozen=True)
class CountryCounts:
    """Of one country, or of those without one (code "")."""

    code: str
    name: LocalizedText
    listed: int
    registered: int
    present: int
    partly: int


def in_public(
    countries: Iterable[CountryCounts], seen: Collection[str] | None
) -> tuple[CountryCounts, ...]:
    """Returns the counts for who may see the names of the countries `seen` (None: of all): without
    the others that are too small.
    """
    return tuple(row for row in countries if seen is None or row.code in seen or not _is_small(row))


def has_small(*cells: int) -> bool:
    return any(is_small(number) for number in cells)


def _is_small(row: CountryCounts) -> bool:
    return has_small(
        row.listed, row.registered, row.present, row.partly, row.listed - row.present - row.partly
    )
