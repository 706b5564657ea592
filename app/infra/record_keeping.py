"""Keeps the record of this installation: begins it, links what was written, anchors and verifies it
every night, and says how it is.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import inspect

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.health import HealthCheck, moment
from app.infra.platform import platform
from app.infra.record import (
    START,
    Recorded,
    RecordLink,
    RecordPort,
    RecordUnfit,
    begin_key,
    has_begun,
    head_of,
    key_in_use,
    mark_earlier,
    require_keys,
    seal_next,
    waiting,
)
from app.infra.record_check import (
    Anchor,
    Verification,
    anchor_file,
    is_seen,
    keep_result,
    last_check,
    sentences,
    verify_record,
    write_anchor,
    written_anchors,
)
from app.infra.record_keys import RecordKeysUnfit, add_key, record_keys

log = structlog.get_logger()
VERIFIED_WITHIN = timedelta(days=3)


def tables_on_record() -> Sequence[Recorded]:
    return platform().port(RecordPort).all


def new_key(*, on_step: Callable[[str, int], object] = lambda _kind, _rows: None) -> None:
    """Begins the record, or goes on with a new key. Raises RecordUnfit and RecordKeysUnfit.

    What is there when it begins is entered as it is, from the first row on, in batches; a begin that
    was killed is taken up where it was. `on_step` is told how many rows of a table are entered.
    """
    settings = platform().settings
    keys = record_keys(settings)
    with reading() as db:
        used = key_in_use(db)
    if used and not keys:
        raise RecordUnfit("the file of the record's keys is missing: bring it back from its copy")
    if not used and written_anchors(anchor_file(settings)):
        raise RecordUnfit("the record is gone from the database: an anchor says that there was one")
    if used:
        seal()
    if len(keys) == used:  # more of them: a call before this one was killed in between
        add_key(settings)
        keys = record_keys(settings)
    if not used:
        _enter_earlier(keys[-1], on_step)
    with transaction() as db:
        begin_key(db, keys=keys, now=clock.now())
    seal()
    anchor()


def _enter_earlier(key: bytes, on_step: Callable[[str, int], object]) -> None:
    for table in tables_on_record():
        entered, after = 0, tuple[Any, ...]()
        while True:
            with transaction() as db:
                rows, after = mark_earlier(db, table, key=key, after=after)
            if not rows and not after:
                break
            if not rows:
                after = ()  # from the beginning: PostgreSQL may commit a lower number later
                continue
            entered += rows
            on_step(table.kind, entered)


def seal(*, below: bool = False) -> int:
    """Links all that is marked and waits for its link; returns how many rows. `below`: also those
    that came very late.
    """
    tables, keys = tables_on_record(), record_keys(platform().settings)
    if not keys:
        return 0
    with reading() as db:  # what may take long is asked before others have to wait
        if not has_begun(db) or not waiting(db, tables, now=clock.now(), below=below):
            return 0
    total, read_to = 0, dict[str, int]()
    while True:
        before = dict(read_to)
        with transaction() as db:
            linked = seal_next(db, tables, keys=keys, now=clock.now(), below=below, read_to=read_to)
        total += linked
        if read_to == before:  # and not where a batch held nothing but what is not ours
            return total


def seal_due() -> None:
    """Links what was written; every minute."""
    try:
        seal()
    except (RecordUnfit, RecordKeysUnfit) as unfit:
        log.error("the record does not go on", reason=str(unfit))


def anchor() -> Anchor | None:
    """Writes the anchor of the day; None where there is one, or nothing to anchor."""
    path, now = anchor_file(platform().settings), clock.now()
    anchors = written_anchors(path)
    with reading() as db:
        if not has_begun(db) or (anchors and anchors[-1].told_on == f"{now:%Y-%m-%d}"):
            return None
        return write_anchor(head_of(db), path, now=now)


def accept_restored() -> Anchor:
    """Notes beside the anchors that a copy of before was put back, so that what is lost since is
    known to be. Where the copy is of before the record, or of another one than had begun here, no
    anchor of before holds any longer. Raises RecordUnfit where there is no record.
    """
    path, now = anchor_file(platform().settings), clock.now()
    anchors = written_anchors(path)
    with reading() as db:
        is_there = inspect(db.connection()).has_table(RecordLink.__tablename__)
        head = head_of(db) if is_there else START
        if not head.count and not anchors:
            raise RecordUnfit("the record was not begun")
        if head.count and not all(
            is_seen(db, one) for one in anchors if one.head.count <= head.count
        ):
            write_anchor(START, path, now=now, restored=True)
    return write_anchor(head, path, now=now, restored=True)


def verify(
    *,
    told: Sequence[Anchor] = (),
    on_step: Callable[[int], object] = lambda _places: None,
) -> Verification:
    """Verifies the record, and keeps for the status page what came of it. `told`: anchors from
    elsewhere, a letter or an archive. Raises RecordUnfit and RecordKeysUnfit.
    """
    settings = platform().settings
    keys = record_keys(settings)
    seal(below=True)
    result = verify_record(
        tables_on_record(),
        keys=keys,
        anchors=[*written_anchors(anchor_file(settings)), *told],
        now=clock.now(),
        on_step=on_step,
    )
    if not keys or not result.head.count:
        raise RecordUnfit("no record is kept here: `flask journal new-key` begins it")
    with transaction() as db:
        keep_result(db, result, now=clock.now())
    return result


def verify_nightly() -> Verification | None:
    """Verifies the record and writes the anchor of the day; says in the log what it found. None where
    there is no record, or not with these keys.
    """
    if not record_keys(platform().settings):
        return None
    try:
        result = verify()
        anchor()
    except (RecordUnfit, RecordKeysUnfit) as unfit:
        log.error("the record cannot be verified", reason=str(unfit))
        return None
    for sentence in sentences(result, tables_on_record()):
        log.error("the record is not whole", finding=sentence)
    return result


def record() -> HealthCheck:
    """Says how the record is: figures alone."""
    try:
        keys = record_keys(platform().settings)
        with reading() as db:
            if not keys and not has_begun(db):
                return HealthCheck("record", "off", {"journal": "no record is kept yet"})
            require_keys(db, keys)
            check, head = last_check(db), head_of(db)
            left = waiting(db, tables_on_record(), now=clock.now())
    except (RecordUnfit, RecordKeysUnfit) as unfit:
        return HealthCheck("record", "degraded", {"error": str(unfit)})
    details = {
        "links": head.count,
        "waiting": left,
        "verified_at": moment(check.verified_at if check else None),
        "findings": check.findings if check else None,
        "broken_since": moment(check.broken_since if check else None),
    }
    is_late = check is not None and clock.now() - check.verified_at > VERIFIED_WITHIN
    is_broken = check is not None and check.findings > 0
    return HealthCheck("record", "degraded" if is_broken or is_late else "ok", details)
