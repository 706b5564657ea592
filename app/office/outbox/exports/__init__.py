"""Messages as bytes."""

from app.office.outbox.exports.mail import as_email

__all__ = ["as_email"]
