"""Reads of certificates: `records` of what was issued, `achievements` that may be certified,
`renewals` of those that end or that the course has left behind.
"""

from app.training.certificates.queries.achievements import achievement_of, lock_person, signatory_on
from app.training.certificates.queries.records import (
    certificates_of_country,
    my_certificate_of,
    my_certificates,
    pdf_source,
    pdf_to_draw,
    public_certificate,
)
from app.training.certificates.queries.renewals import renewals_of

__all__ = [
    "achievement_of",
    "certificates_of_country",
    "lock_person",
    "my_certificate_of",
    "my_certificates",
    "pdf_source",
    "pdf_to_draw",
    "public_certificate",
    "renewals_of",
    "signatory_on",
]
