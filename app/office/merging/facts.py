"""What happened to records of people. Ids only."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class MergeFact(Fact):
    """Base: about one merge of two records."""

    subject_kind: ClassVar[str] = "person-merge"

    merge_id: int
    kept_id: int
    gone_id: int

    @property
    def subject_id(self) -> str:
        return str(self.merge_id)


@dataclass(frozen=True)
class PeopleMerged(MergeFact):
    """`moved` and `removed` name rows as "table:key"; removed ones would have counted twice."""

    moved: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True)
class MergeUndone(MergeFact):
    """`left_over` counts rows that had changed since and stay where they are."""

    left_over: int
