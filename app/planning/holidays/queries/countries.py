"""The countries of the region, for whoever plans."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.directory.models import Country
from app.planning.scheduling.values import InvitedCountry

COUNTRIES = select(Country.code, Country.name, Country.timezone).order_by(Country.code)


def invited_countries(db: Session) -> tuple[InvitedCountry, ...]:
    """Returns all countries of the region, each with the time zone of its capital."""
    return tuple(InvitedCountry(*row) for row in db.execute(COUNTRIES))
