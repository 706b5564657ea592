"""What a package says while it is played: kept once, and never believed beyond what it may say."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import NotFound
from app.training.packages.facts import PackageCompleted
from app.training.packages.models import (
    PackageEnrolment,
    PackageResult,
    PackageSession,
    PackageVersion,
)
from app.training.packages.queries.catalogue import standings
from app.training.packages.rules import runtime
from app.training.packages.rules.words import SessionIsOver, StateTooLarge
from app.training.packages.values import DONE, Manifest, PlayStatus, Saved, VisitMode


def save_commit(
    db: Session,
    *,
    session_id: UUID,
    sequence: int,
    sent: Mapping[str, object],
    ended: bool,
    now: datetime,
) -> Saved:
    """Adds what was sent to the session; `ended` closes it. For whoever holds the launch's key.

    The same or an older `sequence` changes nothing and gets the same answer, so a browser may send
    again what it does not know to have arrived. Raises SessionIsOver for a session that was closed,
    StateTooLarge for more than a package may keep.
    """
    session = db.scalar(
        select(PackageSession).where(PackageSession.id == session_id).with_for_update()
    )
    if session is None:
        raise NotFound
    enrolment = db.scalars(
        select(PackageEnrolment)
        .where(PackageEnrolment.id == session.enrolment_id)
        .with_for_update()
    ).one()
    if sequence <= session.sequence:
        return Saved(session.sequence, session.closed_at is not None, _status(db, session))
    if session.closed_at is not None or session.expires_at <= now:
        raise SessionIsOver
    version = db.get_one(PackageVersion, enrolment.version_id)
    manifest = Manifest.from_dict(version.manifest)
    item = manifest.item(session.item_key)
    if item is None:
        raise NotFound
    state = {**session.state, **runtime.kept_values(manifest.standard, sent.items())}
    if runtime.suspend_is_too_long(sent) or runtime.is_too_large(state):
        raise StateTooLarge
    session.state, session.sequence = state, sequence
    if ended:
        session.ended_at = session.closed_at = now
    if session.mode == VisitMode.NORMAL:
        passed = int((now - session.opened_at).total_seconds())
        before = session.seconds
        session.seconds = max(
            before, runtime.session_seconds(manifest.standard, state, passed=passed)
        )
        told = runtime.outcome(item, manifest.standard, state, ended=ended)
        record_outcome(
            db,
            enrolment,
            session,
            version,
            told,
            more_seconds=session.seconds - before,
            actor=SYSTEM,
            now=now,
        )
    db.flush()
    return Saved(sequence, ended, _status(db, session))


def record_outcome(
    db: Session,
    enrolment: PackageEnrolment,
    session: PackageSession,
    version: PackageVersion,
    told: runtime.PackageOutcome,
    *,
    actor: Actor,
    now: datetime,
    more_seconds: int = 0,
) -> None:
    """Brings the item's summary up to date, and the whole package's when its last item is done."""
    result = db.get(PackageResult, (enrolment.id, session.item_key))
    if result is None:
        result = PackageResult(
            enrolment_id=enrolment.id,
            item_key=session.item_key,
            status=PlayStatus.NOT_ATTEMPTED.value,
            score=None,
            seconds=0,
            completed_at=None,
        )
        db.add(result)
    status = runtime.later(PlayStatus(result.status), told.status)
    known = float(result.score) if result.score is not None else None
    score = runtime.best(known, told.score)
    result.status = status.value
    result.score = Decimal(f"{score:.2f}") if score is not None else None
    result.seconds += more_seconds
    result.changed_at = now
    if status in DONE and result.completed_at is None:
        result.completed_at = now
    db.flush()
    if enrolment.completed_at is None and status in DONE:
        _complete(db, enrolment, version, actor, now)


def _complete(
    db: Session, enrolment: PackageEnrolment, version: PackageVersion, actor: Actor, now: datetime
) -> None:
    """Completes the package once every item that is offered is done, as the package itself recorded
    it. Items that the manifest hides cannot be opened and are not waited for.
    """
    known = standings(db, enrolment)
    items = Manifest.from_dict(version.manifest).offered
    if all(item.key in known and known[item.key].status in DONE for item in items):
        enrolment.completed_at = now
        db.flush()
        fact = PackageCompleted(version.package_id, enrolment.id, enrolment.person_id, now)
        journal.record(db, fact, actor=actor, now=now)


def _status(db: Session, session: PackageSession) -> PlayStatus:
    result = db.get(PackageResult, (session.enrolment_id, session.item_key))
    return PlayStatus(result.status) if result is not None else PlayStatus.NOT_ATTEMPTED
