"""What every installation starts with (R43, R71): countries, working groups and organs of governance."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.body import Body, current_body
from app.people.directory.models import Country, WorkingGroup


def seed_reference(db: Session, body: Body | None = None) -> int:
    """Adds the countries and groups of a body that are missing, by default of the application's own.

    Leaves what is there as the users keep it; returns how many rows were added.
    """
    body = body or current_body()
    countries = set(db.scalars(select(Country.code)))
    slugs = set(db.scalars(select(WorkingGroup.slug)))
    rows: list[Country | WorkingGroup] = [
        Country(code=c.code, name=c.name, timezone=c.timezone, language=c.language)
        for c in body.countries
        if c.code not in countries
    ]
    groups = [("working-group", group) for group in body.working_groups]
    groups += [("governance", organ) for organ in body.organs]
    rows += [
        WorkingGroup(slug=g.slug, code=g.code, kind=kind, name=g.name, position=position)
        for position, (kind, g) in enumerate(groups)
        if g.slug not in slugs
    ]
    db.add_all(rows)
    db.flush()
    return len(rows)


def countries_of_another_body(db: Session, body: Body) -> list[str]:
    """Returns the codes of countries in the database that the body's file does not list."""
    return sorted(set(db.scalars(select(Country.code))) - body.country_names.keys())
