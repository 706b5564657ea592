"""Addresses are read in the background: hourly, when somebody adds one, and when somebody asks.

No transaction is open while the other side is asked or its answer read. A worker that is killed in
between has written nothing, and the next round finds the calendar due as before.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.fetching import FetchFailed, addresses_of, fetch
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.refusal import Sentence
from app.planning.calendars import queries, services
from app.planning.calendars.rules.lines import LARGEST, NotACalendar
from app.planning.calendars.rules.reading import read_calendar
from app.planning.calendars.values import CalendarReading, Errand

TIMEOUT_SECONDS = 20.0


def refresh_due() -> None:
    """Reads what is due, in one transaction for each calendar: what fails for one stays its own
    affair.
    """
    with reading() as db:
        waiting = queries.due(db, now=clock.now())
    for source_id in waiting:
        refresh(source_id)


def on_calendar_awaited(entry: JournalEntry, *, now: datetime) -> None:
    """Reads an address after it was added, and when somebody presses the button. Outside and
    idempotent.
    """
    refresh(int(entry.subject_id))


def refresh(source_id: int) -> None:
    """Asks one address and keeps what it says, or why it says nothing."""
    with reading() as db:
        errand = queries.errand_of(db, source_id=source_id)
    if errand is None:
        return
    try:
        found, kept = _read(errand, now=clock.now())
    except FetchFailed as failed:
        _note(errand, Sentence(failed.msgid, failed.params))
    except NotACalendar as refusal:
        _note(errand, refusal.sentence)
    else:
        with transaction() as db:
            services.keep_reading(db, errand=errand, reading=found, now=clock.now(), **kept)


def _read(errand: Errand, *, now: datetime) -> tuple[CalendarReading | None, dict[str, str]]:
    """Returns None when nothing is new.

    Once a day everything is read again though unchanged, because the window moves on.
    """
    is_fresh = errand.refreshed_at is not None and errand.refreshed_at.date() == now.date()
    answer = fetch(
        errand.url,
        etag=errand.etag if is_fresh else "",
        last_modified=errand.last_modified if is_fresh else "",
        limit_bytes=LARGEST,
        timeout=TIMEOUT_SECONDS,
        allow=allowed_hosts(),
        resolve=addresses_of,
    )
    if answer.content is None:
        return None, {}
    sha256 = hashlib.sha256(answer.content).hexdigest()
    kept = {"sha256": sha256, "etag": answer.etag, "last_modified": answer.last_modified}
    if is_fresh and sha256 == errand.content_sha256:
        return None, {}
    return read_calendar(answer.content, kind=errand.kind, now=now, timezone=errand.timezone), kept


def allowed_hosts() -> Collection[str]:
    settings = platform().settings
    return settings.fetch_allow


def _note(errand: Errand, sentence: Sentence) -> None:
    with transaction() as db:
        services.note_failure(db, errand=errand, sentence=sentence, now=clock.now())
