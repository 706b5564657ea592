"""What is asked of the rule book, what a rule is, and a book of rules with its settings."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.kernel import dated
from app.kernel.actor import Actor
from app.kernel.reference import reference_day
from app.kernel.timespan import Timespan
from app.planning.scheduling.values import (
    Approver,
    EngagementDraft,
    Finding,
    Holiday,
    InvitedCountry,
    Nature,
    Party,
    Rule,
    Setting,
    Severity,
    Standing,
)

Delegations = Mapping[str, Mapping[str, Collection[int]]]
"""By a group's slug and a country's code: the ids of the people who sit in the group for the
country.
"""


@dataclass(frozen=True)
class Question:
    """Is this time free, for whom, and what must be confirmed? `holder` is the asker's own
    engagement, left out.

    `holidays` are those that bind nobody: binding ones stand in the calendar. `permitted`: (rule,
    against) overridden now. Without `is_timely` nothing is said about notice: for what is past, or
    was agreed elsewhere. `is_agreed` leaves only the rules that hold time (`binds_holds`): for what
    was agreed elsewhere, and for what stands already just as it is asked about. `also`: what would
    be claimed in the same act and stands nowhere yet. `sittings`: the parts of the event with the
    people whom only these need; a free slot must suit them too.
    """

    span: Timespan
    parties: tuple[Party, ...]
    now: datetime
    holder: str | None = None
    countries: tuple[InvitedCountry, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    in_person: bool = False
    is_timely: bool = True
    is_agreed: bool = False
    delegations: Delegations = field(default_factory=dict)
    permitted: frozenset[tuple[str, str]] = frozenset()
    side_event_of: str = ""
    also: tuple[Standing, ...] = ()
    sittings: tuple[tuple[Timespan, tuple[Party, ...]], ...] = ()


def holds_only(engagement: EngagementDraft, *, actor: Actor, is_agreed: bool = False) -> bool:
    """Returns whether only the rules that hold time are asked, which is decided here alone.

    So it is for a hold, for what is no event of its own, for what the system records, which was
    agreed elsewhere, and for what stands already just as it is asked about (`is_agreed`).
    """
    return (
        is_agreed
        or actor.is_system
        or engagement.tentative_until is not None
        or engagement.nature is not Nature.EVENT
    )


def agreed(engagement: EngagementDraft, parties: Sequence[Party], *, now: datetime) -> Question:
    """Returns the question about an engagement that was agreed elsewhere: it only must not clash."""
    return Question(
        span=engagement.span,
        parties=tuple(parties),
        now=now,
        holder=engagement.holder,
        is_agreed=True,
        side_event_of=engagement.side_event_of,
    )


# What a rule is, and a book of rules with its settings.
#
# CONFIRM and BLOCK both refuse; with BLOCK the database holds the time too. Who may override a rule
# belongs to the rule and cannot be set.

REFUSED = (Severity.BLOCK, Severity.CONFIRM)


@dataclass(frozen=True)
class Limits:
    """What the secretariat and the presidency may choose: severities, and thresholds from `lowest`
    to `highest`.

    A rule that does not count has no thresholds (both None). A rule with one severity can never be
    lowered. Msgids: `label` names what the number counts, `sentence` says the number (%(count)s),
    `at_zero` is said instead of 0. `is_quorum`: from the threshold on it must be confirmed, however
    lenient the severity is.
    """

    severities: tuple[Severity, ...]
    lowest: int | None = None
    highest: int | None = None
    label: str = ""
    sentence: str = ""
    at_zero: str = ""
    is_quorum: bool = False

    @property
    def counts(self) -> bool:
        return self.lowest is not None

    @property
    def is_fixed(self) -> bool:
        return len(self.severities) == 1 and not self.counts

    def allow(self, severity: Severity, threshold: int | None) -> bool:
        if severity not in self.severities:
            return False
        if self.lowest is None or self.highest is None:
            return threshold is None
        return threshold is not None and self.lowest <= threshold <= self.highest


Overlap = Callable[[Sequence[Party], Standing, "Terms"], tuple[Party, ...]]
"""Of another engagement that overlaps: the parties that cannot be shared with it, or none."""
Judge = Callable[[Question, Sequence[Standing], "Terms"], Iterable[Finding]]
"""What a rule finds about a question, beside the engagements that it is given."""


@dataclass(frozen=True)
class RuleSpec:
    """A rule: the only place that knows all of it.

    `title` and `explanation` are msgids for the page of the rule book; `sentence` is the msgid that
    says a finding, or a function that chooses it (`wording.words` lists what it may name);
    `refusal` is the msgid of the refusal, for rules that have one of their own; `exception` is said
    where nobody may override it, instead of the usual words.

    A rule has one function or more. `overlap` speaks of another engagement that overlaps. `near` is
    given the engagements around the span and finds what depends on the hour. `counts` is given the
    engagements that the limits count, and finds what is alike for all spans of the same length that
    start on the same day. `binds_holds`: a draft's hold and a part of an event must keep the rule
    too, not only what is published. `holds`: the kind of resource whose claims it makes firm.
    """

    name: str
    title: str
    explanation: str
    setting: Setting
    limits: Limits
    sentence: str | Callable[[Finding], str]
    refusal: str = ""
    exception: str = ""
    overlap: Overlap | None = None
    near: Judge | None = None
    counts: Judge | None = None
    binds_holds: bool = False
    holds: str = ""

    def approver_at(self, severity: Severity) -> Approver:
        """Returns who may override the rule at that severity. A rule that nobody may override while
        it blocks can be confirmed by the presidency once it is lowered.
        """
        approver = self.setting.approver
        if severity is Severity.CONFIRM and approver is Approver.NOBODY:
            return Approver.PRESIDENCY
        return approver

    @property
    def owner(self) -> Approver:
        """Returns who may set the rule: the presidency alone where the secretariat may not override
        it.
        """
        is_secretariats = self.setting.approver is Approver.SECRETARIAT
        return Approver.SECRETARIAT if is_secretariats else Approver.PRESIDENCY

    def msgid_of(self, finding: Finding) -> str:
        return self.sentence if isinstance(self.sentence, str) else self.sentence(finding)


@dataclass(frozen=True)
class Decision:
    """A setting of a rule for events that start within [valid_from, valid_until); without
    `valid_until` it has no end.
    """

    rule: str
    severity: Severity
    threshold: int | None
    valid_from: date
    valid_until: date | None
    decided_at: datetime

    def applies(self, on: date) -> bool:
        return dated.in_force(self.valid_from, self.valid_until, on)


@dataclass(frozen=True)
class RuleBook:
    """Rules in the order of the book, with their settings. Of several decisions that apply to a day
    the latest counts; of two of the same instant, the one that comes later in `decisions`.

    A decision about an unknown rule, or outside the limits, is left out.
    """

    specs: tuple[RuleSpec, ...]
    decisions: tuple[Decision, ...] = ()
    places: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    overlapping: tuple[RuleSpec, ...] = field(default=(), init=False, repr=False, compare=False)
    _specs: dict[str, RuleSpec] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_rule: dict[str, tuple[Decision, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        self._specs.update({spec.name: spec for spec in self.specs})
        self.places.update({spec.name: place for place, spec in enumerate(self.specs)})
        overlapping = tuple(spec for spec in self.specs if spec.overlap is not None)
        object.__setattr__(self, "overlapping", overlapping)
        for one in sorted(filter(self._allows, self.decisions), key=lambda one: one.decided_at):
            self._by_rule[one.rule] = (one, *self._by_rule.get(one.rule, ()))

    def _allows(self, decision: Decision) -> bool:
        spec = self._specs.get(decision.rule)
        return spec is not None and spec.limits.allow(decision.severity, decision.threshold)

    def spec(self, rule: str) -> RuleSpec:
        return self._specs[rule]

    def decision(self, rule: str, on: date) -> Decision | None:
        """Returns the decision that counts for events that start on the day; None where the rule
        was not changed.
        """
        return next((one for one in self._by_rule.get(rule, ()) if one.applies(on)), None)

    def setting(self, rule: str, on: date) -> Setting:
        """Returns how the rule is set for an event that starts on the day in the reference zone."""
        spec, decision = self._specs[rule], self.decision(rule, on)
        if decision is None:
            return spec.setting
        return Setting(decision.severity, spec.approver_at(decision.severity), decision.threshold)

    def setting_for(self, rule: str, span: Timespan) -> Setting:
        return self.setting(rule, reference_day(span.starts_at))


@dataclass(frozen=True)
class Terms:
    """What a calendar is read with: the rule book, the declared pairs of groups and, for a side
    event, the holder of the congress or governance meeting during which it may take place.
    """

    book: RuleBook
    pairs: frozenset[tuple[str, str]] = frozenset()
    beside: str = ""

    def setting(self, rule: str, span: Timespan) -> Setting:
        return self.book.setting_for(rule, span)

    def buffer(self, span: Timespan) -> timedelta:
        """Returns how much free time the rule book wants after an engagement."""
        setting = self.setting(Rule.QUIET_BUFFER, span)
        is_wanted = setting.severity in REFUSED
        return timedelta(minutes=setting.threshold or 0) if is_wanted else timedelta()
