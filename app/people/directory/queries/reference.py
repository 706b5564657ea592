"""The body as this office has it: what is used, and what of the body's file was left out."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.body import NEEDED_ORGANS, current_body
from app.kernel.text import LocalizedText
from app.people.directory.models import Country, WorkingGroup


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
