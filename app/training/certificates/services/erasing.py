"""Takes a holder's name away from their certificates, and what was drawn with it."""

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.installation import secret_keys
from app.infra.record_keys import mark
from app.kernel.actor import Actor
from app.training.certificates import rules
from app.training.certificates.facts import CertificateNameErased
from app.training.certificates.models import Certificate, NameErasure, NameKey
from app.training.certificates.queries.names import PURPOSE, name_keys
from app.training.certificates.queries.record import ERASURES
from app.training.certificates.values import facts_from, without_name


def erase_names(db: Session, *, actor: Actor, people: Collection[int], now: datetime) -> None:
    """Puts a hash, keyed with a secret of the installation, in the place of the name on every
    certificate of these people; a second time changes nothing.

    The caller has asked whether the actor may. The files go after the commit, because they follow
    from the fact.
    """
    certificates = db.scalars(
        select(Certificate)
        .where(
            Certificate.person_id.in_(people),
            ~exists().where(NameErasure.certificate_id == Certificate.id),
        )
        .order_by(Certificate.id)
        .with_for_update()
    ).all()
    secret = _name_key(db) if certificates else ""
    for certificate in certificates:
        name = facts_from(certificate.facts).holder_name
        values = {
            "certificate_id": certificate.id,
            "name_hash": rules.name_hash(certificate.code, name, secret=secret),
            "erased_at": now,
        }
        db.add(NameErasure(**values, record_mark=mark(db, ERASURES.content_of(values))))
    db.flush()  # the database lets go of a name only where its hash is
    for certificate in certificates:
        certificate.facts = without_name(certificate.facts)
    facts_told = [CertificateNameErased(one.code, one.person_id) for one in certificates]
    journal.record_all(db, facts_told, actor=actor, now=now)


def _name_key(db: Session) -> str:
    """Returns the newest key of names that can be read; makes one where there is none."""
    known = next((key for key in name_keys(db) if key), None)
    if known is not None:
        return known
    key = secrets.token_urlsafe(32)
    db.add(NameKey(sealed=secret_keys(db).seal(key, purpose=PURPOSE)))
    db.flush()
    return key
