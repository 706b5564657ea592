"""Whether a certificate counts on a day, in a statement; `rules.over_on` says it of values."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from app.training.certificates.models import Certificate, Revocation


def not_expired(on: Any) -> ColumnElement[bool]:
    """Says that the last valid day of a certificate is not before a day, revoked or not."""
    return or_(Certificate.last_valid_on.is_(None), Certificate.last_valid_on >= on)


def counts(on: Any) -> ColumnElement[bool]:
    """Says that a certificate is neither revoked nor over before a day."""
    return and_(not_expired(on), ~exists().where(Revocation.certificate_id == Certificate.id))
