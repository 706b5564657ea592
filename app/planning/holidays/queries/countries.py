"""The countries of the region as whoever plans needs them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.directory.models import Country
from app.planning.scheduling.values import InvitedCountry


def invited_countries(db: Session) -> tuple[InvitedCountry, ...]:
    """All of the region, with the zone that each capital keeps."""
    countries = db.scalars(select(Country).order_by(Country.code))
    return tuple(
        InvitedCountry(country.code, country.name, country.timezone) for country in countries
    )
