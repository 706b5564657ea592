"""Sets the rule book: rules, pairs of groups and meeting licences.

Decisions are added and never changed. Afterwards the engagements of the calendar are claimed again:
a stricter rule opens conflict cases and cancels nothing, a softer one releases what it held.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, LocalizedText
from app.people.directory.queries.reference import group_slugs
from app.planning.scheduling import policy
from app.planning.scheduling.facts import LicenceChanged, PairDeclared, PairWithdrawn, RuleSet
from app.planning.scheduling.models import GroupPair, Resource, RuleSetting
from app.planning.scheduling.queries.settings import decisions_of
from app.planning.scheduling.rules import judging, settings
from app.planning.scheduling.rules.book import spec_of
from app.planning.scheduling.rules.overlaps import pair_of
from app.planning.scheduling.services.claims import lock, retile_all
from app.planning.scheduling.values import PartyKind, Severity

LICENCE = PartyKind.LICENCE.value


def set_rule(
    db: Session,
    *,
    actor: Actor,
    rule: str,
    severity: Severity,
    threshold: int | None,
    valid_from: date,
    valid_until: date | None,
    reason: str,
    now: datetime,
    seen: str = "",
) -> None:
    """Sets a rule for events that start within [valid_from, valid_until) in the reference zone;
    without `valid_until` for good.

    The last decision over again changes nothing. A rule that does not count takes no threshold.
    `seen`: the mark of what was decided about the rule when the form was shown. Raises RuleIsFixed,
    NotAllowed, InvalidInput by field, and ChangedMeanwhile where more has been decided since.
    """
    spec = spec_of(rule)
    policy.require_may_set_rule(actor, spec)
    if spec.limits.is_fixed:
        raise settings.RuleIsFixed
    today = reference_day(now)
    number = threshold if spec.limits.counts else None
    errors = settings.defects_of(spec, severity, number, valid_from, valid_until, today=today)
    try:
        why = judging.require_reason("reason", reason)
    except InvalidInput as too_short:
        raise InvalidInput({**errors, **too_short.errors}) from None
    if errors:
        raise InvalidInput(errors)
    lock(db)
    decided = decisions_of(db, actor=actor, rule=rule)
    if decided and decided[0].says(severity, number, valid_from, valid_until, why):
        return
    require_as_seen(seen, decided)
    db.add(
        RuleSetting(
            rule=str(spec.name),
            severity=severity.value,
            threshold=number,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=why,
            decided_by=actor.account_id or None,
            decided_at=now,
        )
    )
    fact = RuleSet(
        rule=str(spec.name),
        severity=severity.value,
        threshold=number,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    journal.record(db, fact, actor=actor, now=now)
    _claim_anew(db, now=now)


def declare_pair(db: Session, *, actor: Actor, first: str, second: str, now: datetime) -> None:
    """Declares that two working groups, named by slug, never meet at once from now on."""
    policy.require_may_set_rules(actor)
    lock(db)
    known = group_slugs(db, kind="working-group")
    choose = Sentence(N_("Choose a working group from the list."))
    errors: Mapping[str, Sentence] = {
        f: choose for f, slug in (("first", first), ("second", second)) if slug not in known
    }
    if not errors and first == second:
        errors = {"second": Sentence(N_("Choose two different groups."))}
    one, other = pair_of(first, second)
    if not errors and _pair(db, one, other) is not None:
        errors = {"second": Sentence(N_("These two groups have already been declared."))}
    if errors:
        raise InvalidInput(errors)
    db.add(GroupPair(first=one, second=other))
    journal.record(db, PairDeclared(one, other), actor=actor, now=now)
    _claim_anew(db, now=now)


def withdraw_pair(db: Session, *, actor: Actor, first: str, second: str, now: datetime) -> None:
    """Withdraws a pair, which only the presidency may. Does nothing where the pair is not declared."""
    policy.require_may_decide_alone(actor)
    lock(db)
    pair = _pair(db, *pair_of(first, second))
    if pair is None:
        return
    db.execute(delete(GroupPair).where(GroupPair.id == pair.id))
    journal.record(db, PairWithdrawn(pair.first, pair.second), actor=actor, now=now)
    _claim_anew(db, now=now)


def add_licence(
    db: Session, *, actor: Actor, key: str, label: LocalizedText, capacity: int, now: datetime
) -> None:
    """Adds a licence with a key, which never changes. `capacity`: how many meetings it carries at
    once.
    """
    policy.require_may_set_rules(actor)
    errors = settings.licence_defects(key, label, capacity)
    lock(db)
    if not errors and _licence(db, key) is not None:
        errors = {"key": Sentence(N_("There is already a licence with this key."))}
    if errors:
        raise InvalidInput(errors)
    db.add(Resource(kind=LICENCE, key=key, label=label, capacity=capacity))
    journal.record(db, LicenceChanged(key, capacity, None), actor=actor, now=now)


def change_licence(
    db: Session,
    *,
    actor: Actor,
    key: str,
    label: LocalizedText,
    capacity: int,
    now: datetime,
    seen: str = "",
) -> None:
    """Changes the name or the number of meetings at once.

    The same again changes nothing. `seen`: the mark of what the form was filled from. Raises
    ChangedMeanwhile where something else is stored now.
    """
    policy.require_may_set_rules(actor)
    errors = settings.licence_defects(key, label, capacity)
    lock(db)
    licence = _licence(db, key)
    if licence is None:
        raise NotFound
    if errors:
        raise InvalidInput(errors)
    if (licence.label, licence.capacity) == (label, capacity):
        return
    require_as_seen(seen, (licence.label, licence.capacity))
    previous, licence.label, licence.capacity = licence.capacity, label, capacity
    journal.record(db, LicenceChanged(key, capacity, previous), actor=actor, now=now)
    if previous != capacity:
        _claim_anew(db, now=now)


def _claim_anew(db: Session, *, now: datetime) -> None:
    db.flush()
    retile_all(db, now=now)


def _pair(db: Session, first: str, second: str) -> GroupPair | None:
    return db.scalar(select(GroupPair).where(GroupPair.first == first, GroupPair.second == second))


def _licence(db: Session, key: str) -> Resource | None:
    return db.scalar(select(Resource).where(Resource.kind == LICENCE, Resource.key == key))
