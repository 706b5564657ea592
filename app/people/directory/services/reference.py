"""What every installation starts with (R43): countries, working groups and organs of governance."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.directory.models import Country, WorkingGroup
from app.people.directory.values import MEMBER_COUNTRIES, STANDING_GROUPS


def seed_reference(db: Session) -> int:
    """Adds what is missing and leaves what is there as the users keep it; returns how many rows
    were added.
    """
    countries = set(db.scalars(select(Country.code)))
    groups = set(db.scalars(select(WorkingGroup.slug)))
    fresh: list[Country | WorkingGroup] = [
        Country(code=c.code, name=c.name, timezone=c.timezone, language=c.language)
        for c in MEMBER_COUNTRIES
        if c.code not in countries
    ]
    fresh += [
        WorkingGroup(slug=g.slug, code=g.code, kind=g.kind, name=g.name, position=position)
        for position, g in enumerate(STANDING_GROUPS)
        if g.slug not in groups
    ]
    db.add_all(fresh)
    db.flush()
    return len(fresh)
