"""Files for a printer, for whoever asked for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.training.certificates import policy
from app.training.certificates.models import CertificatePrint
from app.training.certificates.queries.listing import HELD, RegisterRow
from app.training.certificates.rules import BETWEEN_CODES, PRINT_KEPT_FOR

_OWN = (
    select(CertificatePrint)
    .where(CertificatePrint.account_id == bindparam("account_id"))
    .order_by(CertificatePrint.asked_at.desc(), CertificatePrint.id)
)


@dataclass(frozen=True)
class PrintJob:
    """A file for a printer. `pages` are written of `total`, and `missing` were left out because
    their file is lost or their name was taken away meanwhile. It goes at `ends_at`.
    """

    id: UUID
    country: str
    codes: tuple[str, ...]
    pages: int
    missing: int
    sha256: str
    size: int
    asked_at: datetime

    @property
    def total(self) -> int:
        return len(self.codes)

    @property
    def is_made(self) -> bool:
        return bool(self.sha256)

    @property
    def ends_at(self) -> datetime:
        return self.asked_at + PRINT_KEPT_FOR


def printable_codes(rows: Sequence[RegisterRow]) -> list[str]:
    """Returns the codes of those that vouch for their holder and bear a name."""
    return [row.code for row in rows if row.state in HELD and row.record.has_name]


def print_job(db: Session, print_id: UUID) -> PrintJob | None:
    """Returns a file for a printer, for the background. Not scoped by actor."""
    row = db.get(CertificatePrint, print_id)
    return None if row is None else _job(row)


def own_print_job(db: Session, *, actor: Actor, print_id: UUID) -> PrintJob:
    """Returns a file for whoever asked for it and may still see what is in it. Raises NotFound."""
    job = next((one for one in own_print_jobs(db, actor=actor) if one.id == print_id), None)
    if job is None or not policy.may_print(actor, job.country):
        raise NotFound
    return job


def own_print_jobs(db: Session, *, actor: Actor) -> list[PrintJob]:
    """Returns the files that somebody asked for within the last days, the latest first."""
    return [_job(row) for row in db.scalars(_OWN, {"account_id": actor.account_id})]


def _job(row: CertificatePrint) -> PrintJob:
    return PrintJob(
        id=row.id,
        country=row.country_code,
        codes=tuple(row.codes.split(BETWEEN_CODES)),
        pages=row.drawn,
        missing=row.missing,
        sha256=row.sha256,
        size=row.size,
        asked_at=row.asked_at,
    )
