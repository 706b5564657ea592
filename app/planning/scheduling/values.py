"""What the calendar of record speaks of: parties, engagements, findings, free slots."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.kernel.text import LocalizedText, untranslated
from app.kernel.timespan import Timespan


class Severity(StrEnum):
    """BLOCK is refused; CONFIRM needs a reason and a role; WARN and INFO are said and nothing
    else.
    """

    BLOCK = "block"
    CONFIRM = "confirm"
    WARN = "warn"
    INFO = "info"


class Rule(StrEnum):
    """The stable names of the rules that code refers to; they stand in API answers and in the
    database. The book (`rules.book`) decides which rules there are: a rule that no other code
    mentions needs no member here.
    """

    SAME_GROUP = "same-working-group"
    BLACKOUT = "blackout"
    GROUP_PAIR = "declared-pair"
    CROSS_GROUP = "two-working-groups"
    CONGRESS_CYCLE = "congress-cycle"
    SAME_PERSON = "same-person"
    LICENCE = "licence"
    BINDING_HOLIDAY = "binding-holiday"
    QUIET_BUFFER = "quiet-buffer"
    SHARED_DELEGATES = "shared-delegates"
    NOTICE = "minimum-notice"
    GROUP_WEEK = "group-week"
    GROUP_MONTH = "group-month"
    COUNTRY_WEEK = "country-week"
    PERSON_LOAD = "person-load"
    COUNTRY_LOAD = "country-load"
    HOLIDAY = "holiday"
    OUTSIDE_HOURS = "outside-hours"
    EXTERNAL = "external-process"
    BUSY = "busy-calendar"
    REGIONAL_HOLIDAY = "regional-holiday"


class Approver(StrEnum):
    """Who may let something stand against a rule, with a reason. What the secretariat may, the
    presidency may too.
    """

    NOBODY = "nobody"
    PRESIDENCY = "presidency"
    SECRETARIAT = "secretariat"


@dataclass(frozen=True)
class Setting:
    """How hard a rule is, from which number on it speaks (None where it does not count), and who
    may override it.
    """

    severity: Severity
    approver: Approver = Approver.NOBODY
    threshold: int | None = None


class PartyKind(StrEnum):
    WORKING_GROUP = "working-group"
    PERSON = "person"
    REGION = "region"
    COUNTRY = "country"
    LICENCE = "licence"
    GROUP_PAIR = "group-pair"
    CONGRESS = "congress"


class Nature(StrEnum):
    """What an engagement is. External and busy ones are soft: they warn and hold nothing. A sitting
    is a part of an event: it holds people like one and is counted as none.
    """

    EVENT = "event"
    SITTING = "sitting"
    HOLIDAY = "holiday"
    EXTERNAL = "external"
    BUSY = "busy"


@dataclass(frozen=True)
class Party:
    """Whoever or whatever an engagement occupies. Exclusive parties have no room for anything else
    at the same time.

    `lane` is the place that a standing engagement has been given in a licence of `capacity` lanes.
    """

    kind: PartyKind
    key: str
    label: LocalizedText
    exclusive: bool = True
    capacity: int = 1
    lane: int | None = field(default=None, compare=False)

    @classmethod
    def working_group(cls, slug: str, name: LocalizedText) -> "Party":
        """Returns a standing working group, or an organ that takes part in an ordinary event, as a
        party.
        """
        return cls(PartyKind.WORKING_GROUP, slug, name)

    @classmethod
    def person(cls, person_id: int, full_name: str) -> "Party":
        return cls(PartyKind.PERSON, str(person_id), untranslated(full_name))

    @classmethod
    def region(cls, *, exclusive: bool) -> "Party":
        """Returns the region as a party: closed by a congress or a governance meeting, shared by
        all ordinary events.
        """
        return cls(
            PartyKind.REGION, "rcm", LocalizedText(es="la región", en="the region"), exclusive
        )

    @classmethod
    def congress(cls) -> "Party":
        """Returns the cycle of the congress as a party, for its events that no group convenes.

        Whoever sits in any working group is called to them.
        """
        label = LocalizedText(es="el ciclo del congreso", en="the congress cycle")
        return cls(PartyKind.CONGRESS, "cycle", label, exclusive=False)

    @classmethod
    def country(cls, code: str, name: LocalizedText, *, exclusive: bool = False) -> "Party":
        """Returns a country that is invited; a binding holiday has its calendar to itself."""
        return cls(PartyKind.COUNTRY, code, name, exclusive)

    @classmethod
    def licence(cls, key: str, name: LocalizedText, capacity: int) -> "Party":
        """Returns a party that needs one of the `capacity` meetings that a licence carries at once."""
        return cls(PartyKind.LICENCE, key, name, exclusive=False, capacity=capacity)

    def is_same(self, other: "Party") -> bool:
        """Returns True for the same resource, whatever the label says today."""
        return self.kind is other.kind and self.key == other.key


@dataclass(frozen=True)
class EngagementDraft:
    """What a claimant asks for. `timezone`: the one it was agreed in. A tentative hold lapses at
    `tentative_until`.

    `side_event_of` is the holder of the congress or governance meeting that this belongs to, "" for
    none; of a sitting, the event that it is a part of.
    """

    holder: str
    title: LocalizedText
    span: Timespan
    timezone: str
    is_confidential: bool = False
    tentative_until: datetime | None = None
    nature: Nature = Nature.EVENT
    side_event_of: str = ""


@dataclass(frozen=True)
class OverrideAsked:
    """Somebody wants an engagement to stand against a rule, and says why. `against`: the other's
    holder, or "".
    """

    rule: str
    against: str
    reason: str


@dataclass(frozen=True)
class Permission:
    """Somebody entitled lets an engagement stand against a rule. `against`: the other's holder, ""
    for no single one.

    `decided_by` is an account, None where the book itself permits it. `decided_at` is None for what
    is decided now.
    """

    rule: str
    against: str
    reason: str
    decided_by: int | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """An engagement that stands, with its parties: at least its working groups and those it shares
    with the asker.
    """

    holder: str
    title: LocalizedText
    span: Timespan
    timezone: str
    is_confidential: bool
    parties: tuple[Party, ...]
    nature: Nature = Nature.EVENT
    permits: frozenset[tuple[str, str]] = frozenset()
    """(rule, holder) of what it stands against by an override."""


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
    scope: str = "national"
    is_binding: bool = False


@dataclass(frozen=True)
class Finding:
    """What a rule found about `span`, the time asked for.

    `parties` are those the rule speaks of (of the other engagement), `also` people shared besides.
    Rules about the clock have no `other` but name `countries`, and `holidays` in the same order.
    Rules that count give the `limit`, the `count` reached with the time asked for, and in `others`
    what was counted already, in order of time. `approver` may let the engagement stand all the
    same; `is_overridden` tells that it was done.
    """

    rule: str
    severity: Severity
    span: Timespan
    other: Standing | None = None
    parties: tuple[Party, ...] = ()
    also: tuple[Party, ...] = ()
    countries: tuple[InvitedCountry, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    others: tuple[Standing, ...] = ()
    limit: int | None = None
    count: int | None = None
    approver: Approver = Approver.NOBODY
    is_overridden: bool = False

    @property
    def against(self) -> str:
        """Returns the holder that an override of this finding is about; "" when it is about no
        single one.
        """
        return self.other.holder if self.other else ""

    @property
    def is_refused(self) -> bool:
        return self.severity in (Severity.BLOCK, Severity.CONFIRM) and not self.is_overridden


@dataclass(frozen=True)
class FreeSlot:
    """A span that would not be refused, with what is to be said about it."""

    span: Timespan
    findings: tuple[Finding, ...] = ()

    def countries_found(self, rule: str) -> int:
        return sum(len(finding.countries) for finding in self.findings if finding.rule == rule)
