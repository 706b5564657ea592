"""Files for a printer: asked for, made in the background, deleted after some days."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.training.certificates.facts import CertificatePrintAsked
from app.training.certificates.models import CertificatePrint
from app.training.certificates.rules import BETWEEN_CODES, PRINT_KEPT_FOR
from app.training.certificates.services.files import end_file

MOST_PAGES = 2000

_PROGRESS = (
    update(CertificatePrint)
    .where(CertificatePrint.id == bindparam("print_id"))
    .values(drawn=bindparam("pages"))
)


class NothingToPrint(Refusal):
    kind = Kind.INVALID
    rule = "no-certificate-to-print"
    msgid = N_("None of these certificates is in force, so there is nothing to print.")


class TooManyPages(Refusal):
    kind = Kind.INVALID
    rule = "too-many-pages-to-print"
    msgid = N_(
        "One file holds at most %(most)s pages. Choose a month, a course or a country first."
    )


def ask_for_print(
    db: Session, *, actor: Actor, codes: Sequence[str], country: str, now: datetime
) -> UUID:
    """Records that these certificates are to be put into one file, in this order; returns its
    number. The caller has asked whether the actor may have each of them; `country` is "" for a list
    over all countries.

    Refuses with NothingToPrint and TooManyPages.
    """
    if not codes:
        raise NothingToPrint
    if len(codes) > MOST_PAGES:
        raise TooManyPages(most=MOST_PAGES)
    row = CertificatePrint(
        id=uuid4(),
        account_id=actor.account_id,
        country_code=country,
        codes=BETWEEN_CODES.join(codes),
        asked_at=now,
    )
    db.add(row)
    db.flush()
    fact = CertificatePrintAsked(row.id, country, len(codes))
    journal.record(db, fact, actor=actor, now=now)
    return row.id


def note_progress(db: Session, *, print_id: UUID, pages: int) -> None:
    """Records how many pages were written."""
    db.execute(_PROGRESS, {"print_id": print_id, "pages": pages})


def note_print(
    db: Session, *, print_id: UUID, pages: int, missing: int, sha256: str, size: int, now: datetime
) -> bool:
    """Records that the file lies in the storage. Returns False where nobody waits for it any more,
    or another worker was first: the caller deletes it.
    """
    row = db.get(CertificatePrint, print_id, with_for_update=True)
    if row is None or row.sha256:
        return row is not None and row.sha256 == sha256
    row.drawn, row.missing = pages, missing
    row.sha256, row.size, row.made_at = sha256, size, now
    end_file(db, sha256=sha256)
    return True


def old_print(db: Session, *, now: datetime) -> CertificatePrint | None:
    """Returns a file that was kept long enough, locked; None where there is none."""
    old = CertificatePrint.asked_at < now - PRINT_KEPT_FOR
    return db.scalar(select(CertificatePrint).where(old).limit(1).with_for_update())


def print_naming(db: Session, *, code: str) -> CertificatePrint | None:
    """Returns a file, made or in the making, that a certificate is a page of, locked; None where
    there is none.
    """
    naming = CertificatePrint.codes.contains(code, autoescape=True)
    return db.scalar(select(CertificatePrint).where(naming).limit(1).with_for_update())
