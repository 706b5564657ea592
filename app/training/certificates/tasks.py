"""Work that follows from facts: a completion becomes a certificate, a certificate becomes a PDF."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.training.certificates import queries, services
from app.training.certificates.exports import render_pdf
from config import Settings


class PdfLost(Refusal):
    """The stored file is gone and this machine would draw it differently: restore it from the
    backup.
    """

    kind = Kind.UNAVAILABLE
    rule = "certificate-file-lost"
    msgid = N_(
        "The file of this certificate is missing on our side. The record is not; please tell the secretariat."
    )


def on_course_completed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Inside the delivery's transaction, so that it happens once."""
    services.issue_certificate(
        db,
        actor=SYSTEM,
        now=now,
        person_id=entry.payload["person_id"],
        course_edition_id=entry.payload["edition_id"],
        address=_settings().address,
        is_demo=_settings().demo,
    )


def on_certificate_issued(entry: JournalEntry, *, now: datetime) -> None:
    """Outside: drawing takes long the first time. Idempotent."""
    stored_pdf(entry.subject_id, now=now)


def stored_pdf(code: str, *, now: datetime) -> Path:
    """The PDF of a certificate, drawn now if it was not before and never again once its hash is on
    record.

    One at a time on this machine, across threads and processes: whoever waited finds the file made.
    Not scoped by actor; the edge asks `queries.pdf_source` first.
    """
    folder = _settings().data / "certificates"
    with reading() as db:
        source = queries.pdf_to_draw(db, code)
    if source.sha256 is not None and (path := _path(folder, source.sha256)).exists():
        return path
    with _one_at_a_time(folder):
        with reading() as db:
            source = queries.pdf_to_draw(db, code)
        if source.sha256 is not None and (path := _path(folder, source.sha256)).exists():
            return path
        pdf = render_pdf(source.facts)
        sha256 = hashlib.sha256(pdf).hexdigest()
        if source.sha256 not in (None, sha256):
            raise PdfLost
        _write(_path(folder, sha256), pdf)
        with transaction() as db:
            kept = services.keep_pdf(
                db, now=now, certificate_id=source.certificate_id, sha256=sha256, size=len(pdf)
            )
    return _path(folder, kept)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["convoca_settings"]
    return settings


def _path(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / f"{sha256}.pdf"


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a reader never meets half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.half")
    half.write_bytes(content)
    half.replace(path)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "drawing.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
