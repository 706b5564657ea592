"""Services of letters to many."""

from app.office.writing.services.writing import (
    write_to_country_audiences,
    write_to_event,
    write_to_office_audiences,
)

__all__ = ["write_to_country_audiences", "write_to_event", "write_to_office_audiences"]
