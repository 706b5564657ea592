"""The only writers of packages: importing, taking and recording, and erasing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.training.packages import policy
from app.training.packages.facts import (
    PackageAccepted,
    PackageCompleted,
    PackageStarted,
    PackageWithdrawn,
)
from app.training.packages.models import (
    Package,
    PackageEnrolment,
    PackageFile,
    PackageResult,
    PackageSession,
    PackageUpload,
    PackageVersion,
)
from app.training.packages.queries import keys_in_use, newest_version, package_of, standings
from app.training.packages.rules import runtime
from app.training.packages.rules import words as rules
from app.training.packages.rules.archive import shown
from app.training.packages.rules.words import (
    PackageIsWithdrawn,
    PartNotOpen,
    SessionIsOver,
    StateTooLarge,
)
from app.training.packages.values import (
    DONE,
    Inspection,
    ItemStanding,
    Manifest,
    PackageItem,
    PackageWords,
    PackedFile,
    PartKind,
    PlayStatus,
    Saved,
    Standard,
    VisitEntry,
    VisitMode,
)

KEPT = timedelta(days=1)
RESERVED = {"import"}
LONGEST_FILENAME = 120


def keep_upload(
    db: Session,
    *,
    actor: Actor,
    inspection: Inspection,
    stored: PackedFile,
    sha256: str,
    package_slug: str,
    now: datetime,
) -> UUID:
    """Stores the result of a dry run for a day. `package_slug`: the package that gets a new
    version, "" for a new package. Raises SamePackage where a version has the same bytes.
    """
    policy.require_may_import(actor)
    if inspection.is_blocked:
        raise rules.BlockedPackage
    package = package_of(db, package_slug) if package_slug else None
    if package is not None:
        _require_new(db, package.id, sha256)
    row = PackageUpload(
        id=uuid4(),
        package_id=package.id if package else None,
        sha256=sha256,
        file_key=stored.key,
        filename=shown(stored.path.rpartition("/")[2])[:LONGEST_FILENAME],
        size_bytes=stored.size,
        report=inspection.report(),
        uploaded_by=actor.account_id or None,
        uploaded_at=now,
    )
    db.add(row)
    db.flush()
    return row.id


def _require_new(db: Session, package_id: int, sha256: str) -> None:
    number = db.scalar(
        select(PackageVersion.number).where(
            PackageVersion.package_id == package_id, PackageVersion.sha256 == sha256
        )
    )
    if number is not None:
        raise rules.SamePackage(number=number)


def accept_upload(
    db: Session,
    *,
    actor: Actor,
    upload_id: UUID,
    words: PackageWords | None,
    files: Sequence[PackedFile],
    now: datetime,
) -> str:
    """Makes an upload a version; returns the package's slug. `files` are stored before, so that no
    row names a file that is missing. `words` is None for a further version. Learners of an older
    version finish that one.
    """
    policy.require_may_import(actor)
    upload = db.scalar(select(PackageUpload).where(PackageUpload.id == upload_id).with_for_update())
    if upload is None or upload.uploaded_by != (actor.account_id or None):
        raise NotFound
    if upload.package_id is not None:
        package = db.get_one(Package, upload.package_id, with_for_update=True)
        _require_new(db, package.id, upload.sha256)
        number = newest_version(db, package.id).number + 1
        package.withdrawn_at = None
    else:
        package, number = _added(db, actor, words, now), 1
    version = PackageVersion(
        package_id=package.id,
        number=number,
        sha256=upload.sha256,
        file_key=upload.file_key,
        filename=upload.filename,
        size_bytes=upload.size_bytes,
        unpacked_bytes=upload.report["unpacked_bytes"],
        manifest=upload.report["manifest"],
        accepted_by=actor.account_id or None,
        accepted_at=now,
    )
    db.add(version)
    db.flush()
    db.add_all(
        PackageFile(
            version_id=version.id,
            path=file.path,
            file_key=file.key,
            media_type=file.media_type,
            size_bytes=file.size,
        )
        for file in files
    )
    db.delete(upload)
    db.flush()
    fact = PackageAccepted(package.id, number, version.sha256)
    journal.record(db, fact, actor=actor, now=now)
    return package.slug


def _added(db: Session, actor: Actor, words: PackageWords | None, now: datetime) -> Package:
    given = words or PackageWords(LocalizedText(), LocalizedText(), "")
    rules.require_sound(given)
    taken = set(db.scalars(select(Package.slug))) | RESERVED
    package = Package(
        slug=rules.slug_for(given.title.in_(), taken),
        title=given.title,
        summary=given.summary,
        origin=given.origin,
        added_by=actor.account_id or None,
        added_at=now,
        withdrawn_at=None,
    )
    db.add(package)
    db.flush()
    return package


def discard_upload(db: Session, *, actor: Actor, upload_id: UUID) -> frozenset[str]:
    """Deletes an upload. Returns the keys of files that no row of packages names any more."""
    policy.require_may_import(actor)
    own = (PackageUpload.id == upload_id) & (PackageUpload.uploaded_by == actor.account_id)
    return _let_go(db, own)


def let_go_of_old_uploads(db: Session, *, actor: Actor, now: datetime) -> frozenset[str]:
    """Deletes uploads that nobody accepted or discarded within a day; returns keys as
    `discard_upload` does.
    """
    policy.require_may_import(actor)
    return _let_go(db, PackageUpload.uploaded_at < now - KEPT)


def _let_go(db: Session, gone: ColumnElement[bool]) -> frozenset[str]:
    keys = set(db.scalars(delete(PackageUpload).where(gone).returning(PackageUpload.file_key)))
    db.flush()
    return frozenset(keys) - keys_in_use(db, keys) if keys else frozenset()


def withdraw_package(db: Session, *, actor: Actor, slug: str, now: datetime) -> None:
    """Ends new enrolments in the package. A second call changes nothing; a new version reopens it."""
    policy.require_may_import(actor)
    package = package_of(db, slug)
    if package.withdrawn_at is None:
        package.withdrawn_at = now
        db.flush()
        journal.record(db, PackageWithdrawn(package.id), actor=actor, now=now)


# What a package says while it is played: kept once, and never believed beyond what it may say.


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


# Beginning a package, and opening one of its items.

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
        return runtime.holds(item.prerequisites, statuses)
    except runtime.UnreadableScript:
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


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Empties the state of the person's visits, which holds answers and notes, and closes those
    that are open.
    """
    enrolments = select(PackageEnrolment.id).where(PackageEnrolment.person_id == person_id)
    own = PackageSession.enrolment_id.in_(enrolments)
    db.execute(update(PackageSession).where(own).values(state={}))
    db.execute(
        update(PackageSession).where(own, PackageSession.closed_at.is_(None)).values(closed_at=now)
    )
    db.flush()
