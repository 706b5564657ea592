"""What an event occupies: its claim in scheduling, what must be confirmed for it, and by whom it
was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.planning.events import policy
from app.planning.events.facts import RuleOverridden
from app.planning.events.queries.asking import question_of
from app.planning.events.queries.references import References, parties_of
from app.planning.events.values import EventDraft, EventKind, OverrideAsked, holder_of
from app.planning.scheduling import queries
from app.planning.scheduling import rules as book
from app.planning.scheduling import services as scheduling
from app.planning.scheduling.values import EngagementDraft, Finding, Nature, Party, Permission

HOLD = timedelta(days=14)
"""How long a draft keeps its time before the next organizer may take it."""
HOLD_WHEN_ASKED = timedelta(days=30)
"""From asking the presidency on; an approved draft keeps its time for at least the usual hold from
then on.
"""
OVERRIDE_FIELD = "override_reason"


@dataclass(frozen=True)
class Occupying:
    """Somebody wants an event to be at a time."""

    actor: Actor
    event_id: UUID
    draft: EventDraft
    known: References
    overrides: tuple[OverrideAsked, ...]
    now: datetime
    held_until: datetime | None = None
    """Until when a draft holds its time where that is later than the usual hold: the presidency has
    been asked.
    """

    @property
    def lapses_at(self) -> datetime:
        usual = self.now + HOLD
        return max(usual, self.held_until) if self.held_until else usual


def occupy(db: Session, asked: Occupying, *, is_firm: bool, is_counted: bool) -> None:
    """Partial dates occupy nothing; other processes' meetings are only known of; a draft holds its
    time for a while.

    `is_counted`: what the rule book counts (caps, notice, load) must be confirmed too. Whoever
    plans finds that when it is published; what the system records was agreed elsewhere and needs no
    confirmation. Refuses with Clash.
    """
    draft, holder = asked.draft, holder_of(asked.event_id)
    if draft.span is None:
        scheduling.release(db, holder=holder, now=asked.now)
        return
    is_external = draft.kind is EventKind.EXTERNAL
    engagement = EngagementDraft(
        holder=holder,
        title=draft.title,
        span=draft.span,
        timezone=draft.timezone,
        is_confidential=draft.is_confidential,
        tentative_until=None if is_firm else asked.lapses_at,
        nature=Nature.EXTERNAL if is_external else Nature.EVENT,
        side_event_of=holder_of(draft.side_event_of) if draft.side_event_of else "",
    )
    parties = (Party.region(exclusive=False),) if is_external else parties_of(draft, asked.known)
    permissions = _permissions(db, asked, is_counted=is_counted and not asked.actor.is_system)
    scheduling.claim(
        db, engagement=engagement, parties=parties, now=asked.now, permissions=permissions
    )
    for permission in permissions:
        fact = RuleOverridden(asked.event_id, permission.rule.value, permission.against)
        journal.record(db, fact, actor=asked.actor, now=asked.now)


def occupies_same(before: EventDraft, after: EventDraft) -> bool:
    """Whether nothing changed that the rule book speaks of."""
    return (
        before.span,
        before.kind,
        before.groups,
        before.people,
        before.countries,
        before.licence,
        before.mode,
        before.side_event_of,
    ) == (
        after.span,
        after.kind,
        after.groups,
        after.people,
        after.countries,
        after.licence,
        after.mode,
        after.side_event_of,
    )


def _permissions(db: Session, asked: Occupying, *, is_counted: bool) -> tuple[Permission, ...]:
    """The overrides asked for, each proved to be the actor's to give; refuses with Clash what none
    of them covers.
    """
    if not is_counted and not asked.overrides:
        return ()
    question = question_of(
        db,
        draft=asked.draft,
        known=asked.known,
        now=asked.now,
        event_id=asked.event_id,
        overrides=asked.overrides,
    )
    if question is None:
        return ()
    findings = queries.answer(db, question)
    if is_counted:
        book.require_free(findings)
    return permissions_of(asked.actor, asked.overrides, findings)


def permissions_of(
    actor: Actor, overrides: Sequence[OverrideAsked], findings: Sequence[Finding]
) -> tuple[Permission, ...]:
    """Returns the permissions that the overrides give. Refuses with NotAllowed what is not the
    actor's to permit, and with InvalidInput a reason that says too little.
    """
    return tuple(_permission(actor, override, findings) for override in _meant(overrides, findings))


def _meant(overrides: Sequence[OverrideAsked], findings: Sequence[Finding]) -> list[OverrideAsked]:
    """Those that override something: what is no longer in the way is not put on record."""
    found = {(finding.rule, finding.against) for finding in findings if finding.is_overridden}
    return [override for override in overrides if (override.rule, override.against) in found]


def _permission(actor: Actor, override: OverrideAsked, findings: Sequence[Finding]) -> Permission:
    key = (override.rule, override.against)
    approvers = {finding.approver for finding in findings if (finding.rule, finding.against) == key}
    if not all(policy.may_override(actor, approver) for approver in approvers):
        raise NotAllowed
    reason = book.require_reason(OVERRIDE_FIELD, override.reason)
    return Permission(override.rule, override.against, reason, actor.account_id or None)
