"""Countries, groups and institutions by key, and the body as this office has it: what is used, and
what of the body's file was left out. They are public: nothing here is scoped by an actor.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.body import NEEDED_ORGANS, current_body
from app.kernel.text import LocalizedText
from app.people.directory.models import Country, Institution, WorkingGroup

COUNTRY_CODES = select(Country.code)
GROUP_SLUGS = select(WorkingGroup.slug)


@dataclass(frozen=True)
class ReferenceRow:
    """A country (key: its code) or a group (key: its slug). `kind` is a group's; `is_needed`: it
    cannot be left out.
    """

    key: str
    code: str
    name: LocalizedText
    kind: str = ""
    timezone: str = ""
    is_used: bool = True
    is_needed: bool = False


class InstitutionPlace(NamedTuple):
    """Of which country and which kind an institution is."""

    country_code: str
    kind: str


def body_countries(db: Session) -> tuple[ReferenceRow, ...]:
    """Returns the countries of the database, then those of the body's file that were left out."""
    there = [
        ReferenceRow(row.code, row.code, row.name, timezone=row.timezone)
        for row in db.scalars(select(Country))
    ]
    used = {row.key for row in there}
    left = [
        ReferenceRow(one.code, one.code, one.name, timezone=one.timezone, is_used=False)
        for one in current_body().countries
        if one.code not in used
    ]
    return (*there, *left)


def body_groups(db: Session) -> tuple[ReferenceRow, ...]:
    """Returns the groups as `body_countries` does, in the order of the body."""
    wanted = select(WorkingGroup).order_by(
        WorkingGroup.kind.desc(), WorkingGroup.position, WorkingGroup.id
    )
    there = [
        ReferenceRow(row.slug, row.code, row.name, row.kind, is_needed=row.slug in NEEDED_ORGANS)
        for row in db.scalars(wanted)
    ]
    used = {row.key for row in there}
    body = current_body()
    left = [
        ReferenceRow(one.slug, one.code, one.name, kind, is_used=False)
        for kind, groups in (("working-group", body.working_groups), ("governance", body.organs))
        for one in groups
        if one.slug not in used
    ]
    return (*there, *left)


def country_codes(db: Session) -> frozenset[str]:
    return frozenset(db.scalars(COUNTRY_CODES))


def is_country(db: Session, code: str) -> bool:
    return db.get(Country, code) is not None


def lock_country(db: Session, code: str) -> None:
    """Locks what belongs to a country for one writer at a time."""
    db.scalars(select(Country.code).where(Country.code == code).with_for_update()).one()


def group_slugs(db: Session, *, kind: str = "") -> frozenset[str]:
    """Returns the slugs of the groups of one kind, such as "working-group", or of all."""
    query = GROUP_SLUGS.where(WorkingGroup.kind == kind) if kind else GROUP_SLUGS
    return frozenset(db.scalars(query))


def group_id_of(db: Session, slug: str) -> int | None:
    return db.scalar(select(WorkingGroup.id).where(WorkingGroup.slug == slug))


def is_institution(db: Session, institution_id: int) -> bool:
    return db.get(Institution, institution_id) is not None


def institution_place(db: Session, institution_id: int) -> InstitutionPlace | None:
    row = db.get(Institution, institution_id)
    return InstitutionPlace(row.country_code, row.kind) if row else None


def countries_of_institutions(db: Session, ids: Collection[int]) -> dict[int, str]:
    """Returns the country of each institution that exists."""
    rows = db.execute(
        select(Institution.id, Institution.country_code).where(Institution.id.in_(ids))
    )
    return {row.id: row.country_code for row in rows}
