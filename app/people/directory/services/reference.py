"""What every installation starts with (R43, R71): countries, working groups and organs of
governance, and what an office changes in them.
"""

import re
from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.body import NEEDED_ORGANS, Body, current_body
from app.infra.database import lock_by_name
from app.infra.orm import table_of
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_, LocalizedText, is_one_line, languages
from app.people.directory import policy
from app.people.directory.facts import ReferenceChange, ReferenceChanged
from app.people.directory.models import Country, LeftOut, WorkingGroup
from app.people.directory.rules import people as rules

COUNTRY, GROUP, OWN_COUNTRY = "country", "group", "own"
CODE = re.compile(r"[A-Z]{2}")
LONGEST = 120
WORKING_GROUP, GOVERNANCE = "working-group", "governance"
NO_NAME = N_("Write the name in at most 120 letters.")

CODES, SLUGS = select(Country.code), select(WorkingGroup.slug)
LEFT_OUT = select(LeftOut.key).where(LeftOut.kind == bindparam("kind"))
COUNTRIES, GROUPS = insert(table_of(Country)), insert(table_of(WorkingGroup))


def seed_reference(db: Session, body: Body | None = None) -> int:
    """Adds the countries and groups of a body that are missing, by default of the application's
    own.

    Leaves what is there as the users keep it, and what they left out; returns how many rows were
    added.
    """
    body = body or current_body()
    countries = set(db.scalars(CODES)) | left_out(db, COUNTRY)
    slugs = set(db.scalars(SLUGS)) | left_out(db, GROUP)
    missing = [
        {"code": c.code, "name": c.name, "timezone": c.timezone, "language": c.language}
        for c in body.countries
        if c.code not in countries
    ]
    groups = [(WORKING_GROUP, group) for group in body.working_groups]
    groups += [(GOVERNANCE, organ) for organ in body.organs]
    missing_groups = [
        {"slug": g.slug, "code": g.code, "kind": kind, "name": g.name, "position": position}
        for position, (kind, g) in enumerate(groups)
        if g.slug not in slugs
    ]
    for adding, rows in ((COUNTRIES, missing), (GROUPS, missing_groups)):
        if rows:
            db.execute(adding, rows)
    return len(missing) + len(missing_groups)


def lock_reference(db: Session) -> None:
    """Lets one writer at a time change countries and groups: of two who add the same, the second
    sees the first.
    """
    lock_by_name(db, "reference")


def countries_of_another_body(db: Session, body: Body) -> list[str]:
    """Returns the codes of countries in the database that the body's file does not list, and that
    no office added.
    """
    there = set(db.scalars(CODES))
    return sorted(there - body.country_names.keys() - left_out(db, OWN_COUNTRY))


def left_out(db: Session, kind: str) -> set[str]:
    return set(db.scalars(LEFT_OUT, {"kind": kind}))


def rename_country(
    db: Session, *, actor: Actor, code: str, name: LocalizedText, now: datetime
) -> bool:
    """Returns whether the name changed. Refuses at the field "name"."""
    policy.require_may_keep_reference(actor)
    row = db.get(Country, code)
    if row is None:
        raise NotFound
    wanted = _named(name)
    if row.name == wanted:
        return False
    row.name = wanted
    _tell(db, COUNTRY, code, ReferenceChange.RENAMED, actor=actor, now=now)
    return True


def rename_group(
    db: Session, *, actor: Actor, slug: str, name: LocalizedText, now: datetime
) -> bool:
    """Renames a working group or an organ, as `rename_country` does."""
    policy.require_may_keep_reference(actor)
    row = _group(db, slug)
    wanted = _named(name)
    if row.name == wanted:
        return False
    row.name = wanted
    _tell(db, GROUP, slug, ReferenceChange.RENAMED, actor=actor, now=now)
    return True


def leave_out_country(db: Session, *, actor: Actor, code: str, now: datetime) -> None:
    """Removes a country that nothing refers to; its holidays are deleted before. Raises StillUsed
    where people, institutions or events belong to it.
    """
    policy.require_may_keep_reference(actor)
    lock_reference(db)
    row = db.get(Country, code)
    if row is None:
        raise NotFound
    _delete(db, row)
    _leave_out(db, COUNTRY, code, actor=actor, now=now)
    db.execute(delete(LeftOut).where(LeftOut.kind == OWN_COUNTRY, LeftOut.key == code))


def leave_out_group(db: Session, *, actor: Actor, slug: str, now: datetime) -> None:
    """Removes a group, as `leave_out_country` does. The presidency and the secretariat stay,
    because agreements and handovers need them.
    """
    policy.require_may_keep_reference(actor)
    lock_reference(db)
    row = _group(db, slug)
    if slug in NEEDED_ORGANS:
        raise rules.StillUsed(name=row.name)
    _delete(db, row)
    _leave_out(db, GROUP, slug, actor=actor, now=now)


def bring_back(db: Session, *, actor: Actor, kind: str, key: str, now: datetime) -> None:
    """Uses a country or group of the body's file again. Changes nothing when it is in use."""
    policy.require_may_keep_reference(actor)
    lock_reference(db)
    row = db.get(LeftOut, (kind, key))
    if row is None:
        return
    db.delete(row)
    db.flush()
    seed_reference(db)
    _tell(db, kind, key, ReferenceChange.BROUGHT_BACK, actor=actor, now=now)


def add_country(
    db: Session,
    *,
    actor: Actor,
    code: str,
    name: LocalizedText,
    timezone: str,
    language: str,
    now: datetime,
) -> None:
    """Adds a Member Country that the body's file does not list. Refuses by field."""
    policy.require_may_keep_reference(actor)
    lock_reference(db)
    errors: dict[str, Sentence] = {}
    if not CODE.fullmatch(code):
        errors["code"] = Sentence(N_("Write the country's code of two letters, for example CO."))
    elif db.get(Country, code) is not None:
        errors["code"] = Sentence(N_("This country is in the list."))
    if not _is_name(name):
        errors["name"] = Sentence(NO_NAME)
    if timezone not in available_timezones():
        errors["timezone"] = Sentence(N_("Choose a time zone from the list."))
    if language not in languages():
        errors["language"] = Sentence(N_("Choose a language from the list."))
    if errors:
        raise InvalidInput(errors)
    db.add(Country(code=code, name=_named(name), timezone=timezone, language=language))
    db.flush()
    if code not in current_body().country_names:
        db.merge(LeftOut(kind=OWN_COUNTRY, key=code))
    db.execute(delete(LeftOut).where(LeftOut.kind == COUNTRY, LeftOut.key == code))
    _tell(db, COUNTRY, code, ReferenceChange.ADDED, actor=actor, now=now)


def add_group(db: Session, *, actor: Actor, code: str, name: LocalizedText, now: datetime) -> str:
    """Adds a working group of this installation; returns its slug. Refuses by field."""
    policy.require_may_keep_reference(actor)
    lock_reference(db)
    errors: dict[str, Sentence] = {}
    groups = db.scalars(select(WorkingGroup)).all()
    if not CODE.fullmatch(code):
        errors["code"] = Sentence(N_("Write two letters that stand for the group, for example TR."))
    elif any(group.code == code for group in groups):
        errors["code"] = Sentence(N_("Another group has these letters."))
    if not _is_name(name):
        errors["name"] = Sentence(NO_NAME)
    if errors:
        raise InvalidInput(errors)
    base = re.sub(r"[^a-z0-9]+", "-", rules.plain_key(name.in_("en"))).strip("-")[:40] or "group"
    taken = {group.slug for group in groups}
    slug = next(one for one in (base, *(f"{base}-{n}" for n in range(2, 99))) if one not in taken)
    position = max((group.position for group in groups), default=0) + 1
    db.add(
        WorkingGroup(slug=slug, code=code, kind=WORKING_GROUP, name=_named(name), position=position)
    )
    db.flush()
    _tell(db, GROUP, slug, ReferenceChange.ADDED, actor=actor, now=now)
    return slug


def _group(db: Session, slug: str) -> WorkingGroup:
    row = db.scalar(select(WorkingGroup).where(WorkingGroup.slug == slug))
    if row is None:
        raise NotFound
    return row


def _delete(db: Session, row: Country | WorkingGroup) -> None:
    """Deletes the row; the database refuses while anything belongs to it."""
    name = row.name
    try:
        with db.begin_nested():
            db.delete(row)
            db.flush()
    except IntegrityError:
        raise rules.StillUsed(name=name) from None


def _leave_out(db: Session, kind: str, key: str, *, actor: Actor, now: datetime) -> None:
    db.merge(LeftOut(kind=kind, key=key))
    db.flush()
    _tell(db, kind, key, ReferenceChange.LEFT_OUT, actor=actor, now=now)


def _tell(
    db: Session, kind: str, key: str, change: ReferenceChange, *, actor: Actor, now: datetime
) -> None:
    db.flush()
    journal.record(db, ReferenceChanged(kind, key, change), actor=actor, now=now)


def _is_name(name: LocalizedText) -> bool:
    texts = [rules.tidy(text) for text in name.values()]
    return bool(texts) and all(
        text and len(text) <= LONGEST and text.isprintable() and is_one_line(text) for text in texts
    )


def _named(name: LocalizedText) -> LocalizedText:
    if not _is_name(name):
        raise InvalidInput({"name": Sentence(NO_NAME)})
    return name.map(rules.tidy)
