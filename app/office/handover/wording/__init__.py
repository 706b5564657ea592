"""Terms, offices and facts in words."""

from app.office.handover.wording.offices import day_text, last_day_text, role_of, title_of

__all__ = ["day_text", "last_day_text", "role_of", "title_of"]
