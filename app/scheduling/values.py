"""What the calendar of record speaks of: parties, engagements, findings, free slots."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan


class Severity(StrEnum):
    """BLOCK is refused; CONFIRM needs a reason and a role; WARN and INFO are said and nothing else."""

    BLOCK = "block"
    CONFIRM = "confirm"
    WARN = "warn"
    INFO = "info"


class Rule(StrEnum):
    """The names of the rules, stable: they stand in API answers."""

    SAME_GROUP = "same-working-group"
    CROSS_GROUP = "two-working-groups"
    SAME_PERSON = "same-person"
    BLACKOUT = "blackout"
    OUTSIDE_HOURS = "outside-hours"
    HOLIDAY = "holiday"


class PartyKind(StrEnum):
    WORKING_GROUP = "working-group"
    PERSON = "person"
    REGION = "region"


@dataclass(frozen=True)
class Party:
    """Whoever or whatever an engagement occupies. Exclusive parties have no room for anything else at the same time."""

    kind: PartyKind
    key: str
    label: LocalizedText
    exclusive: bool = True

    @classmethod
    def working_group(cls, slug: str, name: LocalizedText) -> "Party":
        """A standing working group. Organs of governance are none: they close the region's calendar instead."""
        return cls(PartyKind.WORKING_GROUP, slug, name)

    @classmethod
    def person(cls, person_id: int, full_name: str) -> "Party":
        return cls(PartyKind.PERSON, str(person_id), LocalizedText(full_name, full_name))

    @classmethod
    def region(cls, *, exclusive: bool) -> "Party":
        """The region's calendar: closed by a congress or an organ of governance, shared by all ordinary events."""
        return cls(PartyKind.REGION, "rcm", LocalizedText("RCM", "RCM"), exclusive)

    def is_same(self, other: "Party") -> bool:
        """The same resource, whatever the label says today."""
        return self.kind is other.kind and self.key == other.key


@dataclass(frozen=True)
class EngagementDraft:
    """What a claimant asks for. `timezone`: the one it was agreed in. A tentative hold lapses at `tentative_until`."""

    holder: str
    title: LocalizedText
    span: Timespan
    timezone: str
    is_confidential: bool = False
    tentative_until: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """An engagement that stands, with its parties: at least its working groups and those it shares with the asker."""

    holder: str
    title: LocalizedText
    span: Timespan
    timezone: str
    is_confidential: bool
    parties: tuple[Party, ...]


@dataclass(frozen=True)
class InvitedCountry:
    """A country whose officials are invited; `timezone` is the one its capital keeps."""

    code: str
    name: LocalizedText
    timezone: str


@dataclass(frozen=True)
class Holiday:
    country_code: str
    on: date
    name: LocalizedText


@dataclass(frozen=True)
class Finding:
    """What a rule found about `span`, the time asked for.

    `parties` are those the rule speaks of (of the other engagement), `also` people shared besides. Rules about the
    clock have no `other` but name `countries`, and `holidays` in the same order.
    """

    rule: Rule
    severity: Severity
    span: Timespan
    other: Standing | None = None
    parties: tuple[Party, ...] = ()
    also: tuple[Party, ...] = ()
    countries: tuple[InvitedCountry, ...] = ()
    holidays: tuple[Holiday, ...] = ()


@dataclass(frozen=True)
class FreeSlot:
    """A span that would not be refused, with what is to be said about it."""

    span: Timespan
    findings: tuple[Finding, ...] = ()

    def countries_found(self, rule: Rule) -> int:
        return sum(len(finding.countries) for finding in self.findings if finding.rule is rule)
