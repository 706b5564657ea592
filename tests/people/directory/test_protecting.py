"""Names that stay inside their country: of a sensitive unit, and of one person."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.people.directory.models import Institution, Person
from app.people.directory.queries.people import name_for, record_of
from app.people.directory.queries.roster import roster_of
from app.people.directory.queries.who_is_who import country_entry
from app.people.directory.services.people import erase_person
from app.people.directory.services.protecting import protect_institution, protect_person
from app.people.directory.services.roster import start_appointment
from app.people.directory.values import Newcomer
from tests.people.directory.test_who_is_who import (
    BERTA,
    CONVENOR,
    GUATEMALA,
    HONDURAS,
    NOW,
    OFFICIAL,
    ORGANIZER,
    TODAY,
    entries,
    seen,
    world,
)

__all__ = ["world"]
UNIT = 10 + BERTA


def within(app: Flask, act: Callable[[Session], object]) -> object:
    with app.app_context(), transaction() as db:
        return act(db)


def protect(db: Session, actor: Actor = HONDURAS, *, is_sensitive: bool = True) -> int:
    return protect_institution(
        db, actor=actor, institution_id=UNIT, is_sensitive=is_sensitive, today=TODAY, now=NOW
    )


def keep(db: Session, is_withheld: bool, actor: Actor = HONDURAS) -> bool:
    return protect_person(
        db, actor=actor, person_id=BERTA, is_withheld=is_withheld, today=TODAY, now=NOW
    )


def name_read_by(app: Flask, actor: Actor, person_id: int = BERTA) -> str:
    with app.app_context(), reading() as db:
        return db.scalar(select(name_for(actor)).where(Person.id == person_id)) or ""


@pytest.mark.both_databases
def test_r50_names_of_a_sensitive_unit_stay_inside_the_country(world: Flask) -> None:
    assert within(world, protect) == 1
    assert within(world, protect) == 0, "twice changes nothing"
    for who in (ORGANIZER, GUATEMALA, OFFICIAL, CONVENOR):
        assert "Berta Paz" not in seen(world, who)
        assert "Berta" not in name_read_by(world, who)
        with world.app_context(), reading() as db:
            assert country_entry(db, actor=who, code="HN", on=TODAY).hidden == 1
    with world.app_context(), reading() as db, pytest.raises(NotFound):
        record_of(db, actor=ORGANIZER, person_id=BERTA)
    assert seen(world, HONDURAS)["Berta Paz"] == "p2@example.org"
    assert name_read_by(world, HONDURAS) == "Berta Paz"
    with world.app_context(), reading() as db:
        assert record_of(db, actor=HONDURAS, person_id=BERTA).email == "p2@example.org"
        row = db.get_one(Person, BERTA)
        assert "Berta" not in f"{row.full_name}{row.sort_key}{row.email}"
        roster = roster_of(db, actor=HONDURAS, country_code="HN", on=TODAY)
        assert [one.full_name for one in roster.rows if one.is_withheld] == ["Berta Paz"]
    assert within(world, lambda db: protect(db, is_sensitive=False)) == 1
    assert seen(world, ORGANIZER)["Berta Paz"] == "p2@example.org"
    told = [
        (entry.fact, entry.payload["people"])
        for name in ("InstitutionProtected", "InstitutionNamed")
        for entry in entries(world, name)
    ]
    assert told == [("InstitutionProtected", 1), ("InstitutionNamed", 1)]


def test_r50_whoever_begins_in_a_sensitive_unit_is_withheld_from_the_first_day(
    world: Flask,
) -> None:
    within(world, protect)

    def start(db: Session) -> int:
        newcomer = Newcomer(
            full_name="Carla Mejía",
            email="carla@example.org",
            institution_id=UNIT,
            post_title="Fiscal",
            valid_from=TODAY,
        )
        start_appointment(
            db, actor=HONDURAS, country_code="HN", newcomer=newcomer, today=TODAY, now=NOW
        )
        return db.scalars(select(Person.id).where(Person.own_name == "Carla Mejía")).one()

    number = within(world, start)
    assert isinstance(number, int)
    assert "Carla" not in name_read_by(world, ORGANIZER, number)
    assert name_read_by(world, HONDURAS, number) == "Carla Mejía"


def test_r50_a_person_is_protected_alone_and_stays_so_when_the_unit_is_named(
    world: Flask,
) -> None:
    assert within(world, lambda db: keep(db, True))
    assert within(world, protect) == 0
    assert within(world, lambda db: protect(db, is_sensitive=False)) == 0
    assert "Berta" not in name_read_by(world, ORGANIZER)
    within(world, protect)
    within(world, lambda db: keep(db, False))
    assert "Berta" not in name_read_by(world, ORGANIZER), "the unit is sensitive"
    within(world, lambda db: protect(db, is_sensitive=False))
    assert name_read_by(world, ORGANIZER) == "Berta Paz"


@pytest.mark.parametrize("who", [ORGANIZER, GUATEMALA, OFFICIAL])
def test_r50_only_the_own_focal_point_says_whose_name_stays(world: Flask, who: Actor) -> None:
    for act in (lambda db: protect(db, who), lambda db: keep(db, True, who)):
        with pytest.raises(NotFound):
            within(world, act)
    with world.app_context(), reading() as db:
        assert not db.get_one(Institution, UNIT).is_sensitive


def test_r55_erasing_empties_what_was_withheld(world: Flask) -> None:
    within(world, lambda db: keep(db, True))
    within(world, lambda db: erase_person(db, person_id=BERTA, now=NOW))
    with world.app_context(), reading() as db:
        row = db.get_one(Person, BERTA)
        assert (row.withheld, row.withheld_name, row.withheld_email) == ("", "", "")
        assert "Berta" not in row.own_name
