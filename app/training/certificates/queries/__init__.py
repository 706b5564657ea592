"""Reads of certificates: `records` of what was issued, `achievements` that may be certified."""

from app.training.certificates.queries.achievements import achievement_of, lock_person, signatory_on
from app.training.certificates.queries.records import (
    certificates_of_country,
    my_certificate_of,
    my_certificates,
    pdf_source,
    pdf_to_draw,
    public_certificate,
)

__all__ = [
    "achievement_of",
    "certificates_of_country",
    "lock_person",
    "my_certificate_of",
    "my_certificates",
    "pdf_source",
    "pdf_to_draw",
    "public_certificate",
    "signatory_on",
]
