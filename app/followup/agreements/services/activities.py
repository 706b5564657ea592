"""Writing the activities of a work plan, and bringing them into the register.

Who may write, and in which state of the plan, is decided by app/followup/plans, which holds the lock
on the plan and calls these; the database refuses what that package would let through.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.followup.agreements import rules
from app.followup.agreements.facts import ActivityPlanned, ActivityRemoved, ActivityWritten
from app.followup.agreements.models import Agreement, AgreementParty, TableFinding
from app.followup.agreements.queries.agreements import activities_of, agreements_called, sections
from app.followup.agreements.queries.events import takes_place
from app.followup.agreements.services.agreements import (
    UNKNOWN_RESPONSIBLE,
    UNKNOWN_SECTION,
    groups_to_plan_for,
    known_parties,
    party_row,
    propose_followup,
)
from app.followup.agreements.values import (
    ActivityDraft,
    AgreementView,
    Responsible,
    Status,
    Verb,
)
from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.planning.events.queries.events import funding_source_ids
from app.planning.scheduling.services import claims

UNKNOWN_FUND = N_("Choose a source of funds from the list.")
UNKNOWN_FINDING = N_("This finding is not of this table.")


def add_activity(
    db: Session,
    *,
    actor: Actor,
    plan_id: int,
    event_id: UUID,
    work_table_id: int,
    draft: ActivityDraft,
    now: datetime,
) -> int:
    """Adds an activity at the end of a draft plan and returns its id.

    One that was made of a finding before is not made again. Raises InvalidInput, by field.
    """
    if draft.finding_id is not None:
        made = select(Agreement.id).where(
            Agreement.plan_id == plan_id, Agreement.finding_id == draft.finding_id
        )
        known = db.scalar(made)
        if known is not None:
            return known
    draft, parties = _settled(db, draft, work_table_id)
    last = db.scalar(select(func.max(Agreement.number)).where(Agreement.plan_id == plan_id))
    row = Agreement(
        event_id=event_id,
        plan_id=plan_id,
        is_draft=True,
        number=1 + (last or 0),
        verb=Verb.COMMIT,
        status=Status.OPEN,
        created_by=actor.account_id or None,
        created_at=now,
    )
    _write(db, row, draft, now=now)
    db.add(row)
    db.flush()
    db.add_all(party_row(row.id, one, country) for one, country in parties.items())
    db.flush()
    journal.record(db, ActivityWritten(row.id, event_id, plan_id), actor=actor, now=now)
    return row.id


def change_activity(
    db: Session,
    *,
    actor: Actor,
    plan_id: int,
    work_table_id: int,
    activity_id: int,
    draft: ActivityDraft,
    now: datetime,
    seen: str = "",
) -> bool:
    """Changes an activity of a draft plan. Returns whether anything changed.

    `seen`: the mark of the draft that the writer began from. Raises ChangedMeanwhile when it is
    another one now, InvalidInput by field.
    """
    row = _activity(db, plan_id, activity_id)
    was = _draft_of(db, actor, plan_id, activity_id)
    draft, parties = _settled(db, replace(draft, finding_id=was.finding_id), work_table_id)
    if draft == was:
        return False
    require_as_seen(seen, was)
    _write(db, row, draft, now=now)
    db.execute(delete(AgreementParty).where(AgreementParty.agreement_id == row.id))
    db.add_all(party_row(row.id, one, country) for one, country in parties.items())
    db.flush()
    journal.record(db, ActivityWritten(row.id, row.event_id, plan_id), actor=actor, now=now)
    return True


def remove_activity(
    db: Session, *, actor: Actor, plan_id: int, activity_id: int, now: datetime
) -> None:
    """Removes an activity of a draft plan; those after it get the number before theirs."""
    row = _activity(db, plan_id, activity_id)
    number, event_id = row.number, row.event_id
    db.execute(delete(AgreementParty).where(AgreementParty.agreement_id == row.id))
    db.delete(row)
    db.flush()
    following = select(Agreement).where(Agreement.plan_id == plan_id, Agreement.number > number)
    for one in db.scalars(following.order_by(Agreement.number)).all():
        one.number -= 1
        db.flush()  # one by one, because no two may have a number even for a moment
    journal.record(db, ActivityRemoved(activity_id, event_id, plan_id), actor=actor, now=now)


def put_in_force(db: Session, *, plan_id: int, now: datetime) -> tuple[int, ...]:
    """Brings the activities of a plan into the register and returns their ids, in order."""
    db.execute(
        update(Agreement)
        .where(Agreement.plan_id == plan_id, Agreement.is_draft.is_(True))
        .values(is_draft=False, changed_at=now)
    )
    numbered = select(Agreement.id).where(Agreement.plan_id == plan_id)
    return tuple(db.scalars(numbered.order_by(Agreement.number)))


BEFORE_DUE = timedelta(weeks=6)
"""How long before its day the time of a webinar is looked for; notice takes half of that."""


def plan_webinar(db: Session, *, actor: Actor, activity_id: int, now: datetime) -> UUID:
    """Drafts a webinar of an activity in force, some weeks before the day that it is due, and
    returns its id. The countries that answer are invited; all of the region when none does. Its
    gender marker is that of the activity.

    A second time returns the webinar that it became, unless that was cancelled or deleted. Raises
    NotFound, NoFreeTime, and what planning an event raises.
    """
    claims.lock(db)
    called = agreements_called(db, actor=actor, ids=frozenset({activity_id}))
    activity = next((one for one in called if one.activity is not None), None)
    if activity is None:
        raise NotFound
    row = db.get_one(Agreement, activity.id)
    if row.webinar_id is not None and takes_place(db, row.webinar_id):
        return row.webinar_id
    due = datetime.combine(activity.due, time(), REFERENCE) if activity.due else now
    row.webinar_id = propose_followup(
        db,
        actor=actor,
        countries=sorted(activity.countries),
        title=rules.title_of_webinar(activity),
        summary=activity.text,
        edition=next((slug for slug, _label in reversed(activity.editions)), ""),
        after=max(now, due - BEFORE_DUE),
        now=now,
        groups=groups_to_plan_for(db, actor, {activity.event_id}),
        gender_marker=activity.activity.gender_marker if activity.activity else None,
    )
    db.flush()
    fact = ActivityPlanned(activity.id, activity.event_id, row.webinar_id)
    journal.record(db, fact, actor=actor, now=now)
    return row.webinar_id


def _activity(db: Session, plan_id: int, activity_id: int) -> Agreement:
    row = db.scalar(
        select(Agreement).where(Agreement.id == activity_id, Agreement.plan_id == plan_id)
    )
    if row is None:
        raise NotFound
    return row


def _draft_of(db: Session, actor: Actor, plan_id: int, activity_id: int) -> ActivityDraft:
    found: Iterable[AgreementView] = activities_of(db, actor=actor, plans=[plan_id])
    return next(one for one in found if one.id == activity_id).as_activity_draft()


def _settled(
    db: Session, draft: ActivityDraft, work_table_id: int
) -> tuple[ActivityDraft, dict[Responsible, str | None]]:
    """Returns the draft as it is stored, and by party the country that answers through it."""
    draft = replace(
        draft,
        text=draft.text.map(str.strip),
        responsible=tuple(sorted(set(draft.responsible))),
        indicator=draft.indicator.strip(),
        target=draft.target.strip(),
        partners=tuple(dict.fromkeys(name.strip() for name in draft.partners if name.strip())),
    )
    rules.require_sound_activity(draft)
    parties = known_parties(db, draft.responsible)
    errors = {}
    if set(parties) != set(draft.responsible):
        errors["responsible"] = Sentence(UNKNOWN_RESPONSIBLE)
    if draft.section and draft.section not in sections(db):
        errors["section"] = Sentence(UNKNOWN_SECTION)
    if draft.funding_source and draft.funding_source not in funding_source_ids(db):
        errors["funding_source"] = Sentence(UNKNOWN_FUND)
    if draft.finding_id is not None:
        finding = db.get(TableFinding, draft.finding_id)
        if finding is None or finding.work_table_id != work_table_id:
            errors["finding_id"] = Sentence(UNKNOWN_FINDING)
    if errors:
        raise InvalidInput(errors)
    return draft, parties


def _write(db: Session, row: Agreement, draft: ActivityDraft, *, now: datetime) -> None:
    row.text, row.due, row.section = draft.text, draft.due, draft.section
    row.indicator, row.target = draft.indicator, draft.target
    row.gender_marker = None if draft.gender_marker is None else int(draft.gender_marker)
    row.partners, row.finding_id = list(draft.partners), draft.finding_id
    row.funding_source_id = funding_source_ids(db).get(draft.funding_source)
    row.changed_at = now
