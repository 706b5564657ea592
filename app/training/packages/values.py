"""Words of packages as values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.kernel.refusal import Sentence
from app.kernel.text import LocalizedText


class Standard(StrEnum):
    SCORM_12 = "1.2"
    SCORM_2004 = "2004"


class PartKind(StrEnum):
    """A folder only groups; a SCO speaks with the platform; an asset is complete once opened."""

    FOLDER = "folder"
    SCO = "sco"
    ASSET = "asset"


class Weight(StrEnum):
    """What a finding means. A blocker keeps the package out; the others are said and let it in."""

    BLOCKER = "blocker"
    UNSUPPORTED = "unsupported"
    MISSING = "missing"
    WARNING = "warning"


@dataclass(frozen=True)
class PackageFinding:
    weight: Weight
    sentence: Sentence


@dataclass(frozen=True)
class PackageItem:
    """One line of the package's table of contents. `depth` counts from 0.

    `path` is a file of the package and `query` what follows it in the address, with its ? or #.
    `mastery` is 0–100 for SCORM 1.2 and −1 to 1 for 2004, as text; "" where there is none.
    `objectives` are the identifiers that a manifest of SCORM 2004 gives to its objectives.
    """

    key: str
    title: str
    kind: PartKind
    depth: int = 0
    path: str = ""
    query: str = ""
    launch_data: str = ""
    mastery: str = ""
    max_time: str = ""
    time_limit_action: str = ""
    prerequisites: str = ""
    completion_threshold: str = ""
    is_visible: bool = True
    objectives: tuple[str, ...] = ()

    @property
    def is_launchable(self) -> bool:
        return self.kind is not PartKind.FOLDER


@dataclass(frozen=True)
class Manifest:
    standard: Standard
    schema_version: str
    title: str
    items: tuple[PackageItem, ...]

    @property
    def launchable(self) -> tuple[PackageItem, ...]:
        return tuple(item for item in self.items if item.is_launchable)

    @property
    def offered(self) -> tuple[PackageItem, ...]:
        """Returns what learners are shown and must complete: the items that the manifest does not hide,
        or all where it hides all of them.
        """
        return tuple(item for item in self.launchable if item.is_visible) or self.launchable

    def item(self, key: str) -> PackageItem | None:
        return next((item for item in self.launchable if item.key == key), None)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Manifest":
        items = tuple(
            PackageItem(
                **{
                    **item,
                    "kind": PartKind(item["kind"]),
                    "objectives": tuple(item.get("objectives", ())),
                }
            )
            for item in kept["items"]
        )
        return cls(Standard(kept["standard"]), kept["schema_version"], kept["title"], items)


@dataclass(frozen=True)
class FileEntry:
    """A file of a package: its path in it, and its entry in the archive. Sizes in bytes."""

    path: str
    entry: str
    size: int


@dataclass(frozen=True)
class Inspection:
    """What a dry run found. `folder` wraps the whole package in the archive, "" where none does."""

    manifest: Manifest
    files: tuple[FileEntry, ...]
    findings: tuple[PackageFinding, ...] = ()
    folder: str = ""

    @property
    def unpacked_bytes(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def is_blocked(self) -> bool:
        return any(finding.weight is Weight.BLOCKER for finding in self.findings)

    def report(self) -> dict[str, Any]:
        """Returns what the dry run's page shows, without the files."""
        return {
            "manifest": self.manifest.as_dict(),
            "file_count": len(self.files),
            "unpacked_bytes": self.unpacked_bytes,
            "folder": self.folder,
            "findings": [
                {
                    "weight": finding.weight.value,
                    "msgid": finding.sentence.msgid,
                    "params": dict(finding.sentence.params),
                }
                for finding in self.findings
            ],
        }


@dataclass(frozen=True)
class Report:
    """The report of an inspection as it was kept."""

    manifest: Manifest
    file_count: int
    unpacked_bytes: int
    folder: str
    findings: tuple[PackageFinding, ...]

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Report":
        findings = tuple(
            PackageFinding(Weight(one["weight"]), Sentence(one["msgid"], one["params"]))
            for one in kept["findings"]
        )
        return cls(
            Manifest.from_dict(kept["manifest"]),
            kept["file_count"],
            kept["unpacked_bytes"],
            kept["folder"],
            findings,
        )


@dataclass(frozen=True)
class PackedFile:
    """A file of a package as it was put away."""

    path: str
    key: str
    media_type: str
    size: int


@dataclass(frozen=True)
class PackageWords:
    """What an author says of a package. `origin` is the institution that made it."""

    title: LocalizedText
    summary: LocalizedText
    origin: str


@dataclass(frozen=True)
class Upload:
    """A package that waits for its author's word. `package_slug` where it is a further version."""

    id: UUID
    file_key: str
    sha256: str
    filename: str
    size_bytes: int
    report: Report
    package_id: int | None
    package_slug: str
    package_title: LocalizedText | None
    uploaded_at: datetime


class PlayStatus(StrEnum):
    """What an item has come to; as SCORM 1.2 says it, which has one status where 2004 has two."""

    NOT_ATTEMPTED = "not attempted"
    INCOMPLETE = "incomplete"
    BROWSED = "browsed"
    FAILED = "failed"
    COMPLETED = "completed"
    PASSED = "passed"


DONE = frozenset({PlayStatus.COMPLETED, PlayStatus.PASSED})


class VisitEntry(StrEnum):
    FIRST = "ab-initio"
    RESUME = "resume"
    NEITHER = ""


class VisitMode(StrEnum):
    NORMAL = "normal"
    REVIEW = "review"


@dataclass(frozen=True)
class ItemStanding:
    """Where a learner stands in one item. `score` is 0–100, `seconds` the sum of its sessions."""

    status: PlayStatus = PlayStatus.NOT_ATTEMPTED
    score: float | None = None
    seconds: int = 0
    completed_at: datetime | None = None


@dataclass(frozen=True)
class Play:
    """A launch as the player needs it. `state` is the data model to begin with, by element."""

    session_id: UUID
    enrolment_id: UUID
    standard: Standard
    item: PackageItem
    mode: VisitMode
    entry: VisitEntry
    state: Mapping[str, str]
    sequence: int
    package_id: int
    version_id: int
    package_slug: str
    package_title: LocalizedText
    is_closed: bool
    expires_at: datetime


@dataclass(frozen=True)
class Saved:
    """What the server answers to a commit."""

    sequence: int
    is_closed: bool
    status: PlayStatus


@dataclass(frozen=True)
class PackageLine:
    """A package in a list, with where its reader stands."""

    slug: str
    title: LocalizedText
    summary: LocalizedText
    origin: str
    size_bytes: int
    standard: Standard
    state: str
    completed_at: datetime | None = None


@dataclass(frozen=True)
class VersionLine:
    number: int
    sha256: str
    filename: str
    size_bytes: int
    accepted_at: datetime
    learners: int


@dataclass(frozen=True)
class PackagePage:
    """A package with the version its reader takes, or would take."""

    id: int
    slug: str
    title: LocalizedText
    summary: LocalizedText
    origin: str
    is_withdrawn: bool
    version_id: int
    version_number: int
    newest_number: int
    manifest: Manifest
    unpacked_bytes: int
    enrolment_id: UUID | None
    completed_at: datetime | None
    standings: Mapping[str, ItemStanding] = field(default_factory=dict)


@dataclass(frozen=True)
class LearnerLine:
    """Who took a package, for those who may see it."""

    person_id: int
    name: str
    country: str
    version_number: int
    started_at: datetime
    completed_at: datetime | None
    score: float | None
    seconds: int
