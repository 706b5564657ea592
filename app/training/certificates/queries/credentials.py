"""What credentials are signed with, and which certificates a status list says are ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.infra.installation import SETTINGS, installation
from app.infra.issuer_keys import IssuerKeys, IssuerKeysUnfit, did_of, issuer_keys
from app.infra.orm import BigId
from app.kernel.refusal import NotFound
from app.training.certificates import rules
from app.training.certificates.models import Certificate, Revocation, StatusSeed
from app.training.certificates.queries.register import public_certificate
from app.training.certificates.rules import CredentialsFail
from app.training.certificates.values import CertificateFacts

_BEGINS, _ENDS = bindparam("begins", type_=BigId), bindparam("ends", type_=BigId)
_REVOKED = select(Revocation.certificate_id, Revocation.revoked_at).where(
    Revocation.certificate_id >= _BEGINS, Revocation.certificate_id < _ENDS
)
_Later = aliased(Certificate)
_REPLACED = select(_Later.replaces_id, _Later.issued_at).where(
    _Later.replaces_id >= _BEGINS, _Later.replaces_id < _ENDS
)
_SEED = select(StatusSeed.seed)
_LAST = select(func.max(Certificate.id))
_ID = select(Certificate.id).where(Certificate.code == bindparam("code"))


@dataclass(frozen=True)
class CredentialIssuer:
    """Who signs credentials, at which public address they are verified, and the seed by which their
    places in status lists are found.
    """

    keys: IssuerKeys
    address: str
    seed: str

    @property
    def did(self) -> str:
        return did_of(self.address)


@dataclass(frozen=True)
class Ended:
    """The certificates of a status list that vouch for nobody any more, by their places in it, and
    since when the list says so.
    """

    places: Sequence[int]
    since: datetime | None


def credential_issuer(db: Session) -> CredentialIssuer | None:
    """Returns who signs credentials here; None without keys and while there is no public address,
    to which a credential leads. Raises IssuerKeysUnfit.
    """
    keys = issuer_keys(db, db.info[SETTINGS])
    if keys is None:
        return None
    place = installation(db)
    return CredentialIssuer(keys, place.address, _seed(db)) if place.has_address else None


def issuer_to_ask(db: Session) -> CredentialIssuer:
    """Returns who signs credentials, for whoever asks for something signed. Raises NotFound where
    there is nobody, CredentialsFail where the keys do not work.
    """
    try:
        found = credential_issuer(db)
    except IssuerKeysUnfit as unfit:
        raise CredentialsFail from unfit
    if found is None:
        raise NotFound
    return found


def credential_source(db: Session, code: str, *, today: date) -> tuple[CertificateFacts, int]:
    """Returns the facts of a certificate and its number in the database, for whoever holds the
    code.

    Raises NotFound, VouchesForNobody for one that was revoked or replaced, NameTakenAway.
    """
    record = public_certificate(db, code, today=today)
    if record.facts is None:
        raise NotFound
    if record.status not in rules.AUTHENTIC:
        raise rules.VouchesForNobody
    if not record.has_name:
        raise rules.NameTakenAway
    return record.facts, db.execute(_ID, {"code": code}).scalar_one()


def status_lists(db: Session) -> int:
    """Returns how many status lists there are; the first is there before any certificate."""
    return rules.status_list_of(db.scalar(_LAST) or 0)


def ended_in(db: Session, number: int) -> Ended:
    """Returns which certificates of a status list were revoked or replaced by others.

    A certificate that is expired says so itself, and one that is superseded was earned and is true.
    """
    first = (number - 1) * rules.STATUS_PLACES
    block = {"begins": first, "ends": first + rules.STATUS_PLACES}
    ended: list[Any] = [row for query in (_REVOKED, _REPLACED) for row in db.execute(query, block)]
    seed = _seed(db)
    places = {rules.status_place(certificate, seed) for certificate, _at in ended}
    return Ended(tuple(sorted(places)), max((at for _certificate, at in ended), default=None))


def _seed(db: Session) -> str:
    return db.scalars(_SEED).one()
