"""Values of merging."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.kernel.text import LocalizedText


@dataclass(frozen=True)
class RecordView:
    """One record, to be held beside another. `counts`: how many rows of each kind are about it,
    by the kind's msgid.
    """

    person_id: int
    full_name: str
    email: str
    country_code: str
    country: LocalizedText | None
    account_email: str
    posts: tuple[tuple[LocalizedText, LocalizedText], ...]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Pair:
    """Two records that may be of one person."""

    one_id: int
    other_id: int
    one_name: str
    other_name: str
    country: LocalizedText | None
    is_same_address: bool


@dataclass(frozen=True)
class MergeRow:
    """A merge as it is listed. `moved` and `removed` count rows by the kind's msgid."""

    id: int
    kept_id: int
    gone_id: int
    kept_name: str
    gone_name: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None
    left_over: int
    moved: Mapping[str, int]
    removed: Mapping[str, int]
    may_undo: bool


@dataclass(frozen=True)
class LockedRecord:
    """A record that is locked. `may_merge`: of no guest, not erased and not merged already."""

    email: str
    sex: str
    may_merge: bool
