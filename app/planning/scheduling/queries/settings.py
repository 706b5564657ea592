"""The rule book as it is set, with its history."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, untranslated
from app.people.directory.models import Person, WorkingGroup
from app.people.identity.models import Account
from app.planning.scheduling import policy
from app.planning.scheduling.models import GroupPair, Resource, RuleSetting
from app.planning.scheduling.rules.book import names, rule_book
from app.planning.scheduling.rules.spec import Decision, RuleBook, RuleSpec
from app.planning.scheduling.values import PartyKind, Setting, Severity

SEVERITIES = frozenset(Severity)
SETTINGS = select(RuleSetting).order_by(RuleSetting.decided_at, RuleSetting.id)


@dataclass(frozen=True)
class DecisionLine:
    """A decision about a rule: what, when, why and by whom (a name, or "" where no person decided)."""

    rule: str
    severity: Severity
    threshold: int | None
    valid_from: date
    valid_until: date | None
    reason: str
    decided_by: str
    decided_at: datetime

    def says(
        self,
        severity: Severity,
        threshold: int | None,
        valid_from: date,
        valid_until: date | None,
        reason: str,
    ) -> bool:
        said = (self.severity, self.threshold, self.valid_from, self.valid_until, self.reason)
        return said == (severity, threshold, valid_from, valid_until, reason)


@dataclass(frozen=True)
class RuleLine:
    """A rule as it is on a day, with the decision that made it so (None: as the book is written),
    those still to come, and whether the reader may set it.
    """

    spec: RuleSpec
    setting: Setting
    decision: DecisionLine | None
    coming: tuple[DecisionLine, ...]
    may_set: bool


@dataclass(frozen=True)
class PairLine:
    first: str
    second: str
    names: tuple[LocalizedText, LocalizedText]


@dataclass(frozen=True)
class LicenceLine:
    key: str
    label: LocalizedText
    capacity: int


def book_of(db: Session) -> RuleBook:
    """Returns the book in force, with one statement. Rows that name an unknown rule or severity are
    left out.
    """
    rows = db.scalars(SETTINGS)
    return rule_book(_decision(row) for row in rows if _is_known(row))


def rule_lines(db: Session, *, actor: Actor, on: date) -> tuple[RuleLine, ...]:
    """Returns every rule in the order of the book, as it is for events that start on the day."""
    policy.require_may_see_rules(actor)
    told = _told(db, _decisions())
    book = rule_book(decision for decision, _ in told)
    return tuple(
        _line(actor, spec, book, [pair for pair in told if pair[0].rule == spec.name], on)
        for spec in book.specs
    )


def rule_line(
    db: Session, *, actor: Actor, rule: str, on: date
) -> tuple[RuleLine, tuple[DecisionLine, ...]]:
    """Returns one rule with all decisions about it, the latest first."""
    policy.require_may_see_rules(actor)
    told = _told(db, _decisions().where(RuleSetting.rule == rule))
    book = rule_book(decision for decision, _ in told)
    return _line(actor, book.spec(rule), book, told, on), tuple(line for _, line in reversed(told))


def decisions_of(db: Session, *, actor: Actor, rule: str) -> tuple[DecisionLine, ...]:
    """Returns all decisions about a rule, the latest first."""
    policy.require_may_see_rules(actor)
    return tuple(
        line for _, line in reversed(_told(db, _decisions().where(RuleSetting.rule == rule)))
    )


def pairs_declared(db: Session, *, actor: Actor) -> tuple[PairLine, ...]:
    policy.require_may_see_rules(actor)
    names = {group.slug: group.name for group in db.scalars(select(WorkingGroup))}
    pairs = db.scalars(select(GroupPair).order_by(GroupPair.first, GroupPair.second))
    return tuple(
        PairLine(p.first, p.second, (_name(names, p.first), _name(names, p.second))) for p in pairs
    )


def working_groups(db: Session) -> tuple[tuple[str, LocalizedText], ...]:
    groups = select(WorkingGroup).where(WorkingGroup.kind == PartyKind.WORKING_GROUP.value)
    return tuple(
        (group.slug, group.name) for group in db.scalars(groups.order_by(WorkingGroup.position))
    )


def licences(db: Session, *, actor: Actor) -> tuple[LicenceLine, ...]:
    policy.require_may_see_rules(actor)
    rows = db.scalars(
        select(Resource).where(Resource.kind == PartyKind.LICENCE.value).order_by(Resource.key)
    )
    return tuple(LicenceLine(row.key, row.label, row.capacity) for row in rows)


def licence_called(db: Session, *, actor: Actor, key: str) -> LicenceLine:
    lines = [line for line in licences(db, actor=actor) if line.key == key]
    if not lines:
        raise NotFound
    return lines[0]


Told = list[tuple[Decision, DecisionLine]]


def _decisions() -> Select[RuleSetting, str | None]:
    return (
        select(RuleSetting, Person.full_name)
        .outerjoin(Account, Account.id == RuleSetting.decided_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .order_by(RuleSetting.decided_at, RuleSetting.id)
    )


def _told(db: Session, rows: Select[RuleSetting, str | None]) -> Told:
    return [
        (_decision(row), _told_of(row, name or ""))
        for row, name in db.execute(rows)
        if _is_known(row)
    ]


def _is_known(row: RuleSetting) -> bool:
    return row.rule in names() and row.severity in SEVERITIES


def _decision(row: RuleSetting) -> Decision:
    return Decision(
        rule=row.rule,
        severity=Severity(row.severity),
        threshold=row.threshold,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        decided_at=row.decided_at,
    )


def _told_of(row: RuleSetting, name: str) -> DecisionLine:
    return DecisionLine(
        rule=row.rule,
        severity=Severity(row.severity),
        threshold=row.threshold,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        reason=row.reason,
        decided_by=name,
        decided_at=row.decided_at,
    )


def _line(actor: Actor, spec: RuleSpec, book: RuleBook, told: Told, on: date) -> RuleLine:
    in_force = book.decision(spec.name, on)
    decision = next((line for one, line in told if one is in_force), None)
    coming = tuple(line for _, line in told if line.valid_from > on)
    may_set = policy.may_set_rule(actor, spec) and not spec.limits.is_fixed
    return RuleLine(
        spec=spec,
        setting=book.setting(spec.name, on),
        decision=decision,
        coming=coming,
        may_set=may_set,
    )


def _name(names: dict[str, LocalizedText], slug: str) -> LocalizedText:
    return names.get(slug, untranslated(slug))
