"""Messages as bytes."""

from app.office.notifications.exports.mail import as_email

__all__ = ["as_email"]
