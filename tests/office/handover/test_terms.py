"""Terms of the presidency: one at a time, with its people's roles, and nothing to do on the day
itself.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.refusal import InvalidInput, NotAllowed
from app.people.directory.models import Person, PresidencyTerm
from app.people.directory.services.designations import designate, end_designation
from app.people.directory.services.reference import seed_reference
from app.people.directory.values import Office
from app.people.identity import queries
from app.people.identity.models import Account, RoleGrant
from app.people.identity.rules import NoAddress, NotInTerm, TermOver
from app.people.identity.services.offices import (
    appoint_to_presidency,
    designate_presidency,
    dismiss_from_presidency,
)

pytestmark = pytest.mark.both_databases
TODAY, NOW = date(2026, 11, 24), datetime(2026, 11, 24, 15, tzinfo=UTC)
NEW_YEAR, YEAR_AFTER = date(2027, 1, 1), date(2028, 1, 1)
ANA, BERTA, NOBODY, GABY = 501, 502, 503, 504


@pytest.fixture(autouse=True)
def _world(app: Flask) -> None:
    people = (
        (ANA, "Ana Núñez", "HN"),
        (BERTA, "Berta Paz", "HN"),
        (NOBODY, "Lía Santos", "HN"),
        (GABY, "Gaby", "GT"),
    )
    with app.app_context(), transaction() as db:
        seed_reference(db)
        for number, name, code in people:
            address = "" if number == NOBODY else f"person{number}@example.org"
            db.add(
                Person(
                    id=number,
                    full_name=name,
                    sort_key=name,
                    email=address,
                    country_code=code,
                    timezone="America/Tegucigalpa",
                )
            )


@pytest.fixture(autouse=True)
def _context(app: Flask, _world: None) -> object:
    with app.app_context() as context:
        yield context


def preside(code: str, first: date, until: date, *people: int, who: Actor = SYSTEM) -> int:
    with transaction() as db:
        return designate_presidency(
            db,
            actor=who,
            country_code=code,
            valid_from=first,
            valid_until=until,
            person_ids=people,
            today=TODAY,
            now=NOW,
        )


def terms() -> list[tuple[str, date, date]]:
    with reading() as db:
        found = db.scalars(select(PresidencyTerm).order_by(PresidencyTerm.valid_from))
        return [(one.country_code, one.valid_from, one.valid_until) for one in found]


def actor_on(person_id: int, day: date) -> Actor:
    with reading() as db:
        account = db.scalars(select(Account.id).where(Account.person_id == person_id)).one()
        found = queries.actor_of_account(db, account, day)
    assert found is not None
    return found


def test_r2_on_the_day_powers_move_by_themselves() -> None:
    preside("GT", TODAY, YEAR_AFTER, GABY)
    preside("HN", NEW_YEAR, YEAR_AFTER, ANA)
    assert terms() == [("GT", TODAY, NEW_YEAR), ("HN", NEW_YEAR, YEAR_AFTER)]
    eve = NEW_YEAR - timedelta(days=1)
    assert actor_on(GABY, eve).holds(Role.PRESIDENCY, "GT")
    assert not actor_on(ANA, eve).holds(Role.PRESIDENCY)
    assert actor_on(ANA, NEW_YEAR).holds(Role.PRESIDENCY, "HN")
    gone = actor_on(GABY, NEW_YEAR)
    assert not gone.holds(Role.PRESIDENCY)
    assert gone.reads_as(Role.PRESIDENCY, "GT")
    assert not actor_on(GABY, NEW_YEAR + timedelta(days=60)).reads_as(Role.PRESIDENCY)
    assert not actor_on(ANA, YEAR_AFTER).holds(Role.PRESIDENCY)


def test_a_person_without_an_account_gets_one_and_a_letter() -> None:
    preside("HN", NEW_YEAR, YEAR_AFTER, ANA)
    with reading() as db:
        facts = list(db.scalars(select(JournalEntry.fact).order_by(JournalEntry.id)))
        address = db.scalars(select(Account.email).where(Account.person_id == ANA)).one()
    assert address == f"person{ANA}@example.org"
    assert facts == ["PresidencyDesignated", "AccountCreated", "AccountInvited", "RoleGranted"]


def test_somebody_without_an_address_is_named_and_nothing_is_half_done() -> None:
    with pytest.raises(NoAddress) as refused:
        preside("HN", NEW_YEAR, YEAR_AFTER, ANA, NOBODY)
    assert refused.value.sentence.params == {"name": "Lía Santos"}
    assert terms() == []


def test_a_term_may_not_reach_into_the_next() -> None:
    preside("HN", NEW_YEAR, YEAR_AFTER)
    with pytest.raises(InvalidInput) as refused:
        preside("GT", TODAY, NEW_YEAR + timedelta(days=1))
    assert refused.value.errors["valid_until"].params == {"on": NEW_YEAR}
    preside("GT", TODAY, NEW_YEAR)
    assert terms() == [("GT", TODAY, NEW_YEAR), ("HN", NEW_YEAR, YEAR_AFTER)]


@pytest.mark.parametrize(
    ("field", "first", "until"),
    [
        ("valid_from", TODAY - timedelta(days=1), NEW_YEAR),
        ("valid_from", TODAY + timedelta(days=732), TODAY + timedelta(days=800)),
        ("valid_until", NEW_YEAR, NEW_YEAR),
        ("valid_until", NEW_YEAR, NEW_YEAR + timedelta(days=732)),
    ],
)
def test_days_that_will_not_do_are_refused_at_their_field(
    field: str, first: date, until: date
) -> None:
    with pytest.raises(InvalidInput) as refused:
        preside("HN", first, until)
    assert set(refused.value.errors) == {field}


def test_the_same_first_day_puts_the_term_right() -> None:
    first = preside("HN", NEW_YEAR, YEAR_AFTER, ANA)
    assert preside("GT", NEW_YEAR, date(2027, 7, 1), GABY) == first
    assert terms() == [("GT", NEW_YEAR, date(2027, 7, 1))]
    assert not actor_on(ANA, NEW_YEAR).holds(Role.PRESIDENCY)
    assert not actor_on(ANA, NEW_YEAR).outgoing
    assert actor_on(GABY, date(2027, 6, 30)).holds(Role.PRESIDENCY, "GT")


def test_a_country_that_presides_twice_in_a_row_keeps_its_people_apart() -> None:
    preside("HN", TODAY, NEW_YEAR, ANA)
    preside("HN", NEW_YEAR, YEAR_AFTER, BERTA)
    assert not actor_on(ANA, NEW_YEAR).holds(Role.PRESIDENCY)
    assert actor_on(BERTA, NEW_YEAR).holds(Role.PRESIDENCY, "HN")


def test_people_come_and_go_within_a_term() -> None:
    term = preside("HN", TODAY, YEAR_AFTER, ANA)
    with transaction() as db:
        grant = appoint_to_presidency(
            db, actor=SYSTEM, term_id=term, person_id=BERTA, today=TODAY, now=NOW
        )
        again = appoint_to_presidency(
            db, actor=SYSTEM, term_id=term, person_id=BERTA, today=TODAY, now=NOW
        )
    assert grant == again
    later = TODAY + timedelta(days=9)
    with transaction() as db:
        dismiss_from_presidency(
            db, actor=SYSTEM, term_id=term, grant_id=grant, today=later, now=NOW
        )
    assert not actor_on(BERTA, later).holds(Role.PRESIDENCY)
    with transaction() as db, pytest.raises(NotInTerm):
        dismiss_from_presidency(db, actor=SYSTEM, term_id=term, grant_id=987, today=later, now=NOW)
    with transaction() as db, pytest.raises(InvalidInput):
        appoint_to_presidency(db, actor=SYSTEM, term_id=term, person_id=GABY, today=later, now=NOW)
    with transaction() as db, pytest.raises(TermOver):
        appoint_to_presidency(
            db, actor=SYSTEM, term_id=term, person_id=BERTA, today=YEAR_AFTER, now=NOW
        )


@pytest.mark.parametrize("role", [Role.PRESIDENCY, Role.CONVENOR, Role.FOCAL_POINT])
def test_only_the_secretariat_designates(role: Role) -> None:
    with pytest.raises(NotAllowed):
        preside(
            "HN",
            NEW_YEAR,
            YEAR_AFTER,
            who=Actor(account_id=1, grants=frozenset({Grant(role, "HN")})),
        )


def test_two_designations_at_once_leave_no_overlap(app: Flask) -> None:
    barrier = Barrier(2)

    def say(code: str, first: date) -> None:
        with app.app_context():
            barrier.wait()
            with suppress(InvalidInput):
                preside(code, first, first + timedelta(days=365))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(say, ("HN", "GT"), (NEW_YEAR, NEW_YEAR + timedelta(days=100))))
    found = terms()
    assert found
    assert all(one[2] <= other[1] for one, other in pairwise(found))


def drain(app: Flask) -> None:
    platform(app).jobs.drain()


def grants() -> list[tuple[int | None, str, date, date | None]]:
    with reading() as db:
        asked = select(Account.person_id, RoleGrant).join(
            RoleGrant, RoleGrant.account_id == Account.id
        )
        return [
            (person, g.scope, g.valid_from, g.valid_until)
            for person, g in db.execute(asked.order_by(RoleGrant.id))
        ]


def answer_for(person: int, first: date, **more: object) -> None:
    with transaction() as db:
        designate(
            db,
            actor=SYSTEM,
            office=Office("HN"),
            person_id=person,
            valid_from=first,
            today=TODAY,
            now=NOW,
            replacing=True,
            **more,  # type: ignore[arg-type]
        )


def test_r54_the_role_follows_the_designation_day_by_day(app: Flask) -> None:
    answer_for(ANA, TODAY)
    answer_for(BERTA, NEW_YEAR)
    drain(app)
    assert grants() == [(ANA, "HN", TODAY, NEW_YEAR), (BERTA, "HN", NEW_YEAR, None)]
    with transaction() as db:
        end_designation(
            db, actor=SYSTEM, office=Office("HN"), on=YEAR_AFTER, today=NEW_YEAR, now=NOW
        )
    drain(app)
    assert grants()[1] == (BERTA, "HN", NEW_YEAR, YEAR_AFTER)
    assert actor_on(ANA, NEW_YEAR).reads_as(Role.FOCAL_POINT, "HN")
    assert not actor_on(ANA, NEW_YEAR).holds(Role.FOCAL_POINT)


def test_r54_a_role_given_by_hand_before_ends_with_the_designation(app: Flask) -> None:
    from tests.support.actors import an_account

    an_account(app, "by-hand@example.org", roles=[(Role.FOCAL_POINT, "HN")], country="HN")
    with reading() as db:
        person = db.scalars(
            select(Account.person_id).where(Account.email == "by-hand@example.org")
        ).one()
    assert person is not None
    answer_for(person, TODAY)
    answer_for(ANA, NEW_YEAR)
    drain(app)
    assert actor_on(person, NEW_YEAR - timedelta(days=1)).holds(Role.FOCAL_POINT, "HN")
    assert not actor_on(person, NEW_YEAR).holds(Role.FOCAL_POINT)


def test_r54_one_who_never_began_gets_no_role(app: Flask) -> None:
    answer_for(ANA, NEW_YEAR)
    drain(app)
    answer_for(BERTA, NEW_YEAR)
    drain(app)
    assert not actor_on(ANA, NEW_YEAR).holds(Role.FOCAL_POINT)
    assert not actor_on(ANA, NEW_YEAR).outgoing
    assert actor_on(BERTA, NEW_YEAR).holds(Role.FOCAL_POINT, "HN")
