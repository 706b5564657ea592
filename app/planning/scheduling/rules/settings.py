"""How hard each rule is: as the book is written, within which limits it may be set otherwise, and
what holds on a day.

CONFIRM and BLOCK are both refused; what BLOCK adds is that the database itself holds the time. Who
may let something stand all the same belongs to the rule and cannot be set.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from app.kernel.reference import reference_day
from app.kernel.refusal import Kind, Refusal, Sentence
from app.kernel.text import N_, LocalizedText, field_in, languages
from app.kernel.timespan import Timespan
from app.planning.scheduling.values import Approver, Rule, Setting, Severity

IN_PERSON_FACTOR = 2
"""Whoever travels needs twice the notice: 30 working days for the 15 of a webinar."""

_ANY = tuple(Severity)
_HELD = (Severity.BLOCK, Severity.CONFIRM)
_SAID = (Severity.CONFIRM, Severity.WARN, Severity.INFO)
_HELD_OR_SAID = (Severity.BLOCK, Severity.CONFIRM, Severity.WARN)


@dataclass(frozen=True)
class Limits:
    """What the secretariat and the presidency may choose: severities, and thresholds from `lowest`
    to `highest`.

    A rule that does not count has no thresholds (both None). A rule with one severity can never be
    lowered.
    """

    severities: tuple[Severity, ...]
    lowest: int | None = None
    highest: int | None = None

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


DEFAULTS: dict[Rule, Setting] = {
    Rule.SAME_GROUP: Setting(Severity.BLOCK),
    Rule.BLACKOUT: Setting(Severity.BLOCK),
    Rule.SAME_PERSON: Setting(Severity.BLOCK),
    Rule.LICENCE: Setting(Severity.BLOCK),
    Rule.GROUP_PAIR: Setting(Severity.BLOCK, Approver.PRESIDENCY),
    Rule.CROSS_GROUP: Setting(Severity.BLOCK, Approver.PRESIDENCY),
    Rule.BINDING_HOLIDAY: Setting(Severity.BLOCK, Approver.PRESIDENCY),
    Rule.QUIET_BUFFER: Setting(Severity.CONFIRM, Approver.SECRETARIAT, 0),  # minutes; 0: none
    Rule.SHARED_DELEGATES: Setting(Severity.CONFIRM, Approver.SECRETARIAT, 1),  # countries
    Rule.NOTICE: Setting(Severity.CONFIRM, Approver.PRESIDENCY, 15),  # working days, of a webinar
    Rule.GROUP_WEEK: Setting(Severity.CONFIRM, Approver.PRESIDENCY, 1),
    Rule.GROUP_MONTH: Setting(Severity.CONFIRM, Approver.PRESIDENCY, 3),
    Rule.COUNTRY_WEEK: Setting(
        Severity.WARN, Approver.PRESIDENCY, 2
    ),  # every country is invited to most of them
    Rule.PERSON_LOAD: Setting(Severity.CONFIRM, Approver.SECRETARIAT, 3),  # roles in a month
    Rule.COUNTRY_LOAD: Setting(
        Severity.CONFIRM, Approver.PRESIDENCY, 2
    ),  # meetings of several days in three weeks
    Rule.HOLIDAY: Setting(
        Severity.WARN, Approver.SECRETARIAT, 3
    ),  # countries, from which on it must be confirmed
    Rule.OUTSIDE_HOURS: Setting(Severity.WARN, Approver.SECRETARIAT),
    Rule.EXTERNAL: Setting(Severity.WARN, Approver.SECRETARIAT),
    Rule.BUSY: Setting(Severity.WARN, Approver.SECRETARIAT),
    Rule.REGIONAL_HOLIDAY: Setting(Severity.INFO, Approver.SECRETARIAT),
}

LIMITS: dict[Rule, Limits] = {
    Rule.SAME_GROUP: Limits(_HELD),
    Rule.BLACKOUT: Limits(_HELD),
    Rule.SAME_PERSON: Limits(
        (Severity.BLOCK,)
    ),  # nobody is in two places at once, whatever is decided
    Rule.LICENCE: Limits((Severity.BLOCK,)),  # nor does a licence carry more meetings than it does
    Rule.GROUP_PAIR: Limits(_HELD_OR_SAID),
    Rule.CROSS_GROUP: Limits(_HELD_OR_SAID),
    Rule.BINDING_HOLIDAY: Limits(_HELD_OR_SAID),
    Rule.QUIET_BUFFER: Limits(_SAID, 0, 240),
    Rule.SHARED_DELEGATES: Limits(_SAID, 1, 11),
    Rule.NOTICE: Limits(_ANY, 0, 60),
    Rule.GROUP_WEEK: Limits(_ANY, 1, 7),
    Rule.GROUP_MONTH: Limits(_ANY, 1, 20),
    Rule.COUNTRY_WEEK: Limits(_ANY, 1, 10),
    Rule.PERSON_LOAD: Limits(_ANY, 1, 20),
    Rule.COUNTRY_LOAD: Limits(_ANY, 1, 10),
    Rule.HOLIDAY: Limits(_SAID, 1, 12),  # 12 of 11 countries: never
    Rule.OUTSIDE_HOURS: Limits(_SAID),
    Rule.EXTERNAL: Limits(_SAID),
    Rule.BUSY: Limits(_SAID),
    Rule.REGIONAL_HOLIDAY: Limits(_SAID),
}


def approver_of(rule: Rule, severity: Severity) -> Approver:
    """What nobody may override while it blocks, the presidency may confirm once it was lowered to
    that.
    """
    approver = DEFAULTS[rule].approver
    if severity is Severity.CONFIRM and approver is Approver.NOBODY:
        return Approver.PRESIDENCY
    return approver


def owner_of(rule: Rule) -> Approver:
    """Who may set the rule: the presidency alone where the secretariat may not override it
    either.
    """
    return (
        Approver.SECRETARIAT
        if DEFAULTS[rule].approver is Approver.SECRETARIAT
        else Approver.PRESIDENCY
    )


@dataclass(frozen=True)
class Decision:
    """A rule set otherwise for events that start within [valid_from, valid_until); no
    `valid_until`: for good.
    """

    rule: Rule
    severity: Severity
    threshold: int | None
    valid_from: date
    valid_until: date | None
    decided_at: datetime

    def applies(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


@dataclass(frozen=True)
class RuleBook:
    """The rules as they were set. Of several decisions that apply to a day the latest counts, and
    of two of the same instant the one that comes later in `decisions`.
    """

    decisions: tuple[Decision, ...] = ()
    _by_rule: dict[Rule, tuple[Decision, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        by_rule: dict[Rule, tuple[Decision, ...]] = {}
        for decision in sorted(self.decisions, key=lambda one: one.decided_at):
            by_rule[decision.rule] = (decision, *by_rule.get(decision.rule, ()))
        object.__setattr__(self, "_by_rule", by_rule)

    def decision(self, rule: Rule, on: date) -> Decision | None:
        """The one that counts for events that start on the day; None where the book stands as it is
        written.
        """
        return next((one for one in self._by_rule.get(rule, ()) if one.applies(on)), None)

    def setting(self, rule: Rule, on: date) -> Setting:
        """For an event that starts on the day `on` in the reference zone."""
        decision = self.decision(rule, on)
        if decision is None:
            return DEFAULTS[rule]
        threshold = decision.threshold if LIMITS[rule].counts else None
        return Setting(decision.severity, approver_of(rule, decision.severity), threshold)

    def setting_for(self, rule: Rule, span: Timespan) -> Setting:
        return self.setting(rule, reference_day(span.starts_at))


AS_WRITTEN = RuleBook()


def book_of(decisions: Iterable[Decision]) -> RuleBook:
    """The book without what lies outside the limits, should such a row have found its way into the
    database.
    """
    return RuleBook(
        tuple(one for one in decisions if LIMITS[one.rule].allow(one.severity, one.threshold))
    )


LONGEST_AHEAD = 3_660
"""Days: nobody decides today how hard a rule will be in eleven years."""
MOST_PLACES = 100
A_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_KEY, LONGEST_LABEL = 60, 120


def defects_of(
    rule: Rule,
    severity: Severity,
    threshold: int | None,
    valid_from: date,
    valid_until: date | None,
    *,
    today: date,
) -> dict[str, Sentence]:
    """What is wrong with a decision, by field. It cannot begin in the past: nothing is judged anew
    that was planned.
    """
    limits, found = LIMITS[rule], {}
    if severity not in limits.severities:
        found["severity"] = Sentence(
            N_("This rule cannot be made like that. Choose one of the answers.")
        )
    if limits.counts and not limits.allow(limits.severities[0], threshold):
        between = {"lowest": limits.lowest, "highest": limits.highest}
        found["threshold"] = Sentence(
            N_("Write a whole number from %(lowest)s to %(highest)s."), between
        )
    if not 0 <= (valid_from - today).days <= LONGEST_AHEAD:
        found["valid_from"] = Sentence(N_("Choose today or a day within the next ten years."))
    elif valid_until is not None and not 0 < (valid_until - valid_from).days <= LONGEST_AHEAD:
        found["valid_until"] = Sentence(
            N_("Choose a day from the first one on, at most ten years later, or none.")
        )
    return found


def licence_defects(key: str, label: LocalizedText, capacity: int) -> dict[str, Sentence]:
    found = {}
    if not A_KEY.fullmatch(key) or len(key) > LONGEST_KEY:
        found["key"] = Sentence(N_("Write small letters, digits and hyphens, such as zoom-500."))
    for language in languages():
        if label.lacks(language) or len(label[language]) > LONGEST_LABEL:
            found[field_in("label", language)] = Sentence(
                N_("Write a name of at most %(most)s letters."), {"most": LONGEST_LABEL}
            )
    if not 1 <= capacity <= MOST_PLACES:
        between = {"lowest": 1, "highest": MOST_PLACES}
        found["capacity"] = Sentence(
            N_("Write a whole number from %(lowest)s to %(highest)s."), between
        )
    return found


class RuleIsFixed(Refusal):
    """Nobody is in two places at once and no licence carries more than it does, whoever decides
    what.
    """

    kind = Kind.CONFLICT
    rule = "rule-is-fixed"
    msgid = N_("This rule cannot be changed by anybody.")
