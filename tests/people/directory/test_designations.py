"""Focal points and delegates: one at a time, by whoever may say so, with names that stay inside the
country.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.ctx import AppContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import (
    Appointment,
    Institution,
    Membership,
    Person,
    Post,
    WorkingGroup,
)
from app.people.directory.queries import designations
from app.people.directory.rules.people import NothingToEnd, overlapping, sort_key
from app.people.directory.services.designations import designate, end_designation
from app.people.directory.services.reference import seed_reference
from app.people.directory.values import Office, OfficeHolding

pytestmark = pytest.mark.both_databases
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
NEW_YEAR = date(2027, 1, 1)
PROTECTION, FOCAL_POINT = Office("HN", "protection"), Office("HN")
ANA, BERTA, GUATEMALAN, LEFT = 1, 2, 3, 4


def actor(role: Role, scope: str = "") -> Actor:
    return Actor(account_id=0, name="Persona", grants=frozenset({Grant(role, scope)}))


ORGANIZER, HONDURAS, GUATEMALA = (
    actor(Role.ORGANIZER),
    actor(Role.FOCAL_POINT, "HN"),
    actor(Role.FOCAL_POINT, "GT"),
)
PRESIDENCY = actor(Role.PRESIDENCY, "DO")


@pytest.fixture(autouse=True)
def _world(app: Flask) -> None:
    people = (
        (ANA, "Ana Núñez", "HN"),
        (BERTA, "Berta Paz", "HN"),
        (GUATEMALAN, "Gaby Ixchel", "GT"),
        (LEFT, "Lía Santos", "HN"),
    )
    with app.app_context(), transaction() as db:
        seed_reference(db)
        for code in ("HN", "GT"):
            place = Institution(
                country_code=code,
                name=LocalizedText(es="Instituto", en="Institute"),
                kind="migration",
            )
            db.add(place)
            db.flush()
            for number, name, country in people:
                if country == code:
                    _person(db, number, name, code, place.id)


def _person(db: Session, number: int, name: str, code: str, institution_id: int) -> None:
    post = Post(institution_id=institution_id, title=LocalizedText(es="Puesto", en="Post"))
    db.add_all(
        [
            post,
            Person(
                id=number,
                full_name=name,
                sort_key=sort_key(name),
                country_code=code,
                timezone="America/Tegucigalpa",
            ),
        ]
    )
    db.flush()
    gone = date(2026, 5, 1) if number == LEFT else None
    db.add(
        Appointment(
            person_id=number, post_id=post.id, valid_from=date(2025, 1, 1), valid_until=gone
        )
    )
    db.flush()


def say(
    person: int,
    office: Office = PROTECTION,
    who: Actor = ORGANIZER,
    valid_from: date = NEW_YEAR,
    **more: object,
) -> int:
    with transaction() as db:
        return designate(
            db,
            actor=who,
            office=office,
            person_id=person,
            valid_from=valid_from,
            today=TODAY,
            now=NOW,
            **more,  # type: ignore[arg-type]
        )


def end(on: date, office: Office = PROTECTION, who: Actor = ORGANIZER) -> bool:
    with transaction() as db:
        return end_designation(db, actor=who, office=office, on=on, today=TODAY, now=NOW)


def facts() -> list[str]:
    with reading() as db:
        return list(db.scalars(select(JournalEntry.fact).order_by(JournalEntry.id)))


def held(office: Office = PROTECTION) -> list[tuple[int, date, date | None]]:
    with reading() as db:
        found = sorted(
            designations.holdings_of(db, offices=[office]), key=lambda one: one.valid_from
        )
    return [(one.person_id, one.valid_from, one.valid_until) for one in found]


@pytest.mark.parametrize("office", [PROTECTION, FOCAL_POINT])
def test_designated_once_however_often_it_is_said(app_context: AppContext, office: Office) -> None:
    assert say(ANA, office) == say(ANA, office)
    assert held(office) == [(ANA, NEW_YEAR, None)]
    assert facts() == ["FocalPointDesignated" if office is FOCAL_POINT else "DelegateDesignated"]


def test_an_overlap_is_refused_at_its_field_and_names_who_stands(app_context: AppContext) -> None:
    say(ANA)
    with pytest.raises(InvalidInput) as refused:
        say(BERTA, valid_from=NEW_YEAR + timedelta(days=30))
    sentence = refused.value.errors["valid_from"]
    assert sentence.params == {"name": "Ana Núñez", "on": NEW_YEAR}
    assert held() == [(ANA, NEW_YEAR, None)]


@pytest.mark.parametrize("office", [PROTECTION, FOCAL_POINT])
def test_a_successor_ends_the_predecessor_on_the_same_day(
    app_context: AppContext, office: Office
) -> None:
    handover = NEW_YEAR + timedelta(days=59)
    say(ANA, office)
    say(BERTA, office, valid_from=handover, replacing=True)
    say(BERTA, office, valid_from=handover, replacing=True)
    assert held(office) == [(ANA, NEW_YEAR, handover), (BERTA, handover, None)]
    assert [fact.removeprefix("FocalPoint").removeprefix("Delegate") for fact in facts()] == [
        "Designated",
        "Ended",
        "Designated",
    ]


def test_a_mistake_is_put_right_on_the_same_day(app_context: AppContext) -> None:
    say(ANA)
    say(BERTA, replacing=True)
    assert sorted(held()) == [(ANA, NEW_YEAR, NEW_YEAR), (BERTA, NEW_YEAR, None)]
    with reading() as db:
        (rows,) = designations.designations_of(
            db, actor=ORGANIZER, offices=[PROTECTION], on=TODAY
        ).values()
    assert [row.full_name for row in rows] == ["Berta Paz"]


def test_before_one_who_is_to_come_only_until_then(app_context: AppContext) -> None:
    say(ANA)
    with pytest.raises(InvalidInput):
        say(BERTA, valid_from=TODAY, replacing=True)
    say(BERTA, valid_from=TODAY, valid_until=NEW_YEAR)
    assert held() == [(BERTA, TODAY, NEW_YEAR), (ANA, NEW_YEAR, None)]


def test_ending_twice_changes_nothing_and_too_early_is_refused(app_context: AppContext) -> None:
    say(ANA)
    with pytest.raises(InvalidInput) as refused:
        end(TODAY)
    assert set(refused.value.errors) == {"valid_until"}
    assert end(date(2027, 6, 1)) is True
    assert end(date(2027, 6, 1)) is False
    assert held() == [(ANA, NEW_YEAR, date(2027, 6, 1))]
    assert facts()[-1:] == ["DelegateEnded"]


def test_ending_an_office_that_nobody_holds_is_refused(app_context: AppContext) -> None:
    with pytest.raises(NothingToEnd):
        end(TODAY)


def test_one_ended_before_it_began_may_be_designated_again(app_context: AppContext) -> None:
    say(ANA)
    end(NEW_YEAR)
    say(ANA)
    assert held() == [(ANA, NEW_YEAR, None)]


def test_days_out_of_reason_are_refused_at_their_fields(app_context: AppContext) -> None:
    for days, field in (
        ({"valid_from": date(2031, 1, 1)}, "valid_from"),
        ({"valid_until": NEW_YEAR}, "valid_until"),
    ):
        with pytest.raises(InvalidInput) as refused:
            say(ANA, **days)  # type: ignore[arg-type]
        assert set(refused.value.errors) == {field}


def test_somebody_of_another_country_is_refused(app_context: AppContext) -> None:
    with pytest.raises(InvalidInput) as refused:
        say(GUATEMALAN)
    assert set(refused.value.errors) == {"person"}


def test_a_convenor_of_the_same_day_is_left_alone(app_context: AppContext) -> None:
    with transaction() as db:
        group = db.scalars(select(WorkingGroup.id).where(WorkingGroup.slug == "protection")).one()
        db.add(
            Membership(working_group_id=group, person_id=ANA, role="convenor", valid_from=NEW_YEAR)
        )
    with pytest.raises(InvalidInput):
        say(ANA)
    assert held() == []


def test_who_may_say_so(app_context: AppContext) -> None:
    say(ANA, who=HONDURAS)
    say(ANA, FOCAL_POINT, who=ORGANIZER)
    for office, who, refusal in (
        (FOCAL_POINT, HONDURAS, NotAllowed),
        (PROTECTION, PRESIDENCY, NotAllowed),
        (PROTECTION, GUATEMALA, NotFound),
        (PROTECTION, actor(Role.CONVENOR, "protection"), NotFound),
        (Office("HN", "unknown"), ORGANIZER, NotFound),
        (Office("HN", "rcgm"), ORGANIZER, NotFound),
        (Office("XX", "protection"), ORGANIZER, NotFound),
    ):
        with pytest.raises(refusal):
            say(BERTA, office, who=who, valid_from=TODAY, valid_until=NEW_YEAR)


def test_names_stay_inside_the_country(app_context: AppContext) -> None:
    say(ANA)
    say(GUATEMALAN, Office("GT", "protection"))
    with reading() as db:
        offices = [name.office for name in designations.offices_for(db, actor=HONDURAS)]
        assert {office.country_code for office in offices} == {"HN"}
        everywhere = [PROTECTION, Office("GT", "protection")]
        seen = designations.designations_of(db, actor=HONDURAS, offices=everywhere, on=TODAY)
        assert [row.full_name for rows in seen.values() for row in rows] == ["Ana Núñez"]
        assert len(
            designations.designations_of(db, actor=ORGANIZER, offices=everywhere, on=TODAY)
        ) == len(everywhere)
        with pytest.raises(NotFound):
            designations.candidates_for(db, actor=HONDURAS, country_code="GT", on=TODAY)


def test_candidates_serve_in_the_country_and_are_found_without_accents(
    app_context: AppContext,
) -> None:
    with reading() as db:
        found = designations.candidates_for(db, actor=HONDURAS, country_code="HN", on=TODAY)
        assert [one.full_name for one in found] == ["Ana Núñez", "Berta Paz"]
        found = designations.candidates_for(
            db, actor=HONDURAS, country_code="HN", on=TODAY, words="nunez"
        )
        assert [one.person_id for one in found] == [ANA]


def test_two_at_once_make_one(app: Flask) -> None:
    def run(person: int) -> str:
        with app.app_context():
            try:
                say(person)
            except InvalidInput:
                return "refused"
            return "designated"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(run, [ANA, BERTA] * 4))
    with app.app_context():
        assert len(held()) == 1
    assert (
        outcomes.count("designated") == len(outcomes) // 2
    )  # who won says the same again without harm


def test_overlapping_counts_days_half_open() -> None:
    def holding(start: int, stop: int | None) -> OfficeHolding:
        until = None if stop is None else TODAY + timedelta(days=stop)
        return OfficeHolding(1, PROTECTION, ANA, TODAY + timedelta(days=start), until)

    before, empty, here, open_end = holding(-9, 0), holding(3, 3), holding(4, 5), holding(10, None)
    ten = TODAY + timedelta(days=10)
    assert overlapping([open_end, here, empty, before], TODAY, ten) == (here,)
    assert overlapping([open_end, here], TODAY, None) == (here, open_end)
