"""Beginning a package, and opening one of its items."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.training.packages import policy
from app.training.packages.facts import PackageStarted
from app.training.packages.models import (
    PackageEnrolment,
    PackageSession,
    PackageVersion,
)
from app.training.packages.queries.catalogue import newest_version, package_of, standings
from app.training.packages.rules import prerequisites, runtime
from app.training.packages.rules.words import PackageIsWithdrawn, PartNotOpen
from app.training.packages.services.recording import record_outcome
from app.training.packages.values import (
    ItemStanding,
    Manifest,
    PackageItem,
    PartKind,
    PlayStatus,
    Standard,
    VisitEntry,
    VisitMode,
)

LASTS = timedelta(hours=12)


def enrol(db: Session, *, actor: Actor, slug: str, now: datetime) -> UUID:
    """Begins the newest version, or goes on with it: a second time changes nothing."""
    person_id = policy.require_taker(actor)
    package = package_of(db, slug)
    version = newest_version(db, package.id)
    known = db.scalar(
        select(PackageEnrolment.id).where(
            PackageEnrolment.person_id == person_id, PackageEnrolment.version_id == version.id
        )
    )
    if known is not None:
        return known
    if package.withdrawn_at is not None:
        raise PackageIsWithdrawn
    row = PackageEnrolment(
        id=uuid4(), person_id=person_id, version_id=version.id, started_at=now, completed_at=None
    )
    db.add(row)
    db.flush()
    fact = PackageStarted(package.id, row.id, person_id)
    journal.record(db, fact, actor=actor, now=now)
    return row.id


def open_session(
    db: Session,
    *,
    actor: Actor,
    enrolment_id: UUID,
    item_key: str,
    now: datetime,
    is_anew: bool = False,
) -> UUID:
    """Opens an item and returns the launch's id. An earlier launch of the same item, perhaps in
    another tab, takes nothing more from then on. An asset, which says nothing, is complete at once.
    `is_anew` begins another attempt, which finds nothing of those before and counts.
    """
    person_id = policy.require_taker(actor)
    enrolment = db.scalar(
        select(PackageEnrolment).where(PackageEnrolment.id == enrolment_id).with_for_update()
    )
    if enrolment is None or enrolment.person_id != person_id:
        raise NotFound
    version = db.get_one(PackageVersion, enrolment.version_id)
    manifest = Manifest.from_dict(version.manifest)
    item = manifest.item(item_key)
    if item is None:
        raise NotFound
    known = standings(db, enrolment)
    if not is_open(manifest, item, known):
        raise PartNotOpen
    status = known.get(item.key, ItemStanding()).status
    session = _session(
        db, enrolment, item, standard=manifest.standard, status=status, is_anew=is_anew, now=now
    )
    if item.kind is PartKind.ASSET:
        session.ended_at = session.closed_at = now
        record_outcome(
            db,
            enrolment,
            session,
            version,
            runtime.PackageOutcome(PlayStatus.COMPLETED, None),
            actor=actor,
            now=now,
        )
    db.flush()
    return session.id


def is_open(manifest: Manifest, item: PackageItem, known: dict[str, ItemStanding]) -> bool:
    """Returns True when what the item asks for beforehand is done."""
    statuses = {one.key: known.get(one.key, ItemStanding()).status for one in manifest.items}
    # Nobody can open what the manifest hides, so nothing waits for it.
    hidden = set(manifest.launchable) - set(manifest.offered)
    statuses |= {one.key: PlayStatus.COMPLETED for one in hidden}
    try:
        return prerequisites.holds(item.prerequisites, statuses)
    except prerequisites.UnreadableScript:
        return True


def _session(
    db: Session,
    enrolment: PackageEnrolment,
    item: PackageItem,
    *,
    standard: Standard,
    status: PlayStatus,
    is_anew: bool,
    now: datetime,
) -> PackageSession:
    of_item = (
        PackageSession.enrolment_id == enrolment.id,
        PackageSession.item_key == item.key,
    )
    last = db.scalar(
        select(PackageSession).where(*of_item).order_by(PackageSession.number.desc()).limit(1)
    )
    before = (
        runtime.Before(last.state, last.ended_at is not None, VisitMode(last.mode))
        if last is not None
        else None
    )
    begins = runtime.begins_with(standard, before, status, is_anew=is_anew)
    db.execute(
        update(PackageSession)
        .where(*of_item, PackageSession.closed_at.is_(None))
        .values(closed_at=now)
    )
    session = PackageSession(
        id=uuid4(),
        enrolment_id=enrolment.id,
        item_key=item.key,
        number=last.number + 1 if last is not None else 1,
        mode=begins.mode.value if item.kind is PartKind.SCO else VisitMode.NORMAL.value,
        entry=begins.entry.value if item.kind is PartKind.SCO else VisitEntry.NEITHER.value,
        state=dict(begins.kept),
        sequence=0,
        seconds=0,
        opened_at=now,
        expires_at=now + LASTS,
        ended_at=None,
        closed_at=None,
    )
    db.add(session)
    db.flush()
    return session
