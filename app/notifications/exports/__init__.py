"""Messages as bytes."""

from app.notifications.exports.mail import as_email

__all__ = ["as_email"]
