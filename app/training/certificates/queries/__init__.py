"""Reads of certificates: `records` of what was issued, `achievements` that may be certified,
`renewals` of those that end or that the course has left behind.
"""

from app.training.certificates.queries.achievements import (
    Earned,
    achievements_of,
    lock_people,
    signatories_on,
)
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
    "Earned",
    "achievements_of",
    "certificates_of_country",
    "lock_people",
    "my_certificate_of",
    "my_certificates",
    "pdf_source",
    "pdf_to_draw",
    "public_certificate",
    "renewals_of",
    "signatories_on",
]
