"""R77: two records of one person become one, nothing counts twice, and what was done is read and
undone.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

import app.wiring  # noqa: F401 - every table
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.orm import Base
from app.kernel.actor import SYSTEM, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.office.merging import queries
from app.office.merging.models import PersonMerge
from app.office.merging.queries import JOINS, NOT_JOINED
from app.office.merging.rules import (
    HoldsAnOffice,
    KeepTheOther,
    MergeOver,
    NotMergeable,
    SameRecord,
)
from app.office.merging.services import merge_people, undo_merge
from app.office.privacy.models import Consent
from app.office.privacy.services import erase, take_along
from app.participation.registrations.models import Registration, RegistrationConsent
from app.people.directory.models import (
    Appointment,
    FocalPoint,
    Institution,
    Membership,
    Person,
    Post,
    WorkingGroup,
)
from app.people.directory.queries.roster import people_called
from app.people.identity.models import Account
from app.people.identity.services.accounts import create_account
from app.planning.events.models import Attendance, Event, EventPerson
from app.training.certificates.models import Certificate
from app.training.learning.models import Enrolment
from app.wiring.personal import PERSONAL_DATA
from tests.planning.events.rows import an_event
from tests.support.actors import actor_of, an_account, csrf_token, sign_in
from tests.support.kept import checked_in, shown_again
from tests.training.certificates.builders import finished

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
LONG_AGO = date(2024, 1, 1)
KEPT, GONE, OTHER = 701, 702, 703


def _furnish(app: Flask) -> None:
    """Two records of Ana in Honduras, and Berta; no accounts."""
    actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        for number, name, email in (
            (KEPT, "Ana Núñez", ""),
            (GONE, "Ana Nuñez Paz", "ana@example.org"),
            (OTHER, "Berta Paz", "berta@example.org"),
        ):
            db.add(
                Person(
                    id=number,
                    full_name=name,
                    sort_key=name.lower(),
                    email=email,
                    country_code="HN",
                    timezone="America/Tegucigalpa",
                )
            )


@pytest.fixture
def world(app: Flask) -> Flask:
    _furnish(app)
    return app


def add(app: Flask, *rows: Any) -> None:
    with app.app_context(), transaction() as db:
        for row in rows:
            db.add(row)
            db.flush()


def merge(app: Flask, who: str = "organizer", kept: int = KEPT, gone: int = GONE) -> int:
    actor = actor_of(app, who)
    with app.app_context(), transaction() as db:
        return merge_people(db, actor=actor, kept_id=kept, gone_id=gone, now=NOW)


def undo(app: Flask, merge_id: int, who: str = "organizer") -> int:
    actor = actor_of(app, who)
    with app.app_context(), transaction() as db:
        return undo_merge(db, actor=actor, merge_id=merge_id, now=NOW)


def of(app: Flask, column: Any, *more: Any) -> list[Any]:
    """The column's values, in order of the rows' ids."""
    with app.app_context(), reading() as db:
        return list(db.scalars(select(column).order_by(*more or (column.class_.id,))))


def registration(event_id: UUID, person_id: int, status: str = "registered") -> Registration:
    return Registration(
        event_id=event_id, person_id=person_id, status=status, created_at=NOW, changed_at=NOW
    )


def attendance(event_id: UUID, person_id: int, minutes: int) -> Attendance:
    return Attendance(
        event_id=event_id, person_id=person_id, minutes=minutes, source="manual", recorded_at=NOW
    )


def test_every_column_that_names_a_person_is_joined_or_named_as_not() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    }
    assert found == {f"{join.table.name}.{join.column.key}" for join in JOINS} | NOT_JOINED


@pytest.mark.both_databases
def test_r77_what_is_about_one_record_joins_the_other_and_goes_back(world: Flask) -> None:
    both, hers = an_event(world, people=[GONE]), an_event(world)
    with world.app_context(), transaction() as db:
        group = db.scalars(select(WorkingGroup.id).where(WorkingGroup.slug == "protection")).one()
    name = LocalizedText(es="Instituto", en="Institute")
    place = Institution(id=1, country_code="HN", name=name, kind="migration")
    add(
        world,
        place,
        Post(id=1, institution_id=1, title=name),
        Appointment(person_id=GONE, post_id=1, valid_from=LONG_AGO),
        Membership(working_group_id=group, person_id=GONE, valid_from=LONG_AGO),
        registration(both, KEPT, "waiting"),
        registration(both, GONE),
        registration(hers, GONE),
        attendance(both, KEPT, 50),
        attendance(both, GONE, 20),
        attendance(hers, GONE, 60),
    )
    add(
        world,
        *(
            RegistrationConsent(registration_id=n, purpose="statistics", version="1", given_at=NOW)
            for n in of(world, Registration.id)
        ),
    )
    before = _picture(world)
    merge_id = merge(world)
    assert of(world, Registration.person_id) == [KEPT, KEPT]
    assert of(world, Registration.status) == ["registered", "registered"]
    assert of(world, Attendance.person_id) == [KEPT, KEPT]
    assert of(world, Attendance.minutes) == [50, 60]
    assert of(world, Appointment.person_id) == of(world, Membership.person_id) == [KEPT]
    assert of(world, EventPerson.person_id, EventPerson.person_id) == [KEPT]
    with world.app_context(), reading() as db:
        assert people_called(db, "HN", "Ana Nuñez Paz") == ()
        assert db.get_one(Person, KEPT).email == "ana@example.org"
        fact = db.scalars(select(JournalEntry).where(JournalEntry.fact == "PeopleMerged")).one()
        row = queries.merges(db, actor=actor_of(world, "organizer"), merge_id=merge_id)[0]
    assert len(fact.payload["removed"]) == 3  # a registration, its consent, an attendance
    assert row.removed == {"registrations": 1, "attendance": 1}
    assert row.moved["registrations"] == 2
    assert undo(world, merge_id) == 0
    assert _picture(world) == before
    with pytest.raises(MergeOver):
        undo(world, merge_id)


def _picture(app: Flask) -> dict[str, list[Any]]:
    tables = (Registration, RegistrationConsent, Attendance, Appointment, Membership, EventPerson)
    with app.app_context(), reading() as db:
        found = {
            model.__tablename__: sorted(
                tuple(map(str, row)) for row in db.execute(select(model.__table__))
            )
            for model in (*tables, Person)
        }
    return found


@pytest.mark.both_databases
def test_r77_certificates_and_courses_join_and_nothing_else_of_them_may_change(
    world: Flask,
) -> None:
    with world.app_context(), transaction() as db:
        learner = finished(db, country="HN")
        learner.certificate(db)
        kept = Person(full_name="María José", sort_key="maria", country_code="HN", timezone="UTC")
        db.add(kept)
        db.flush()
        kept_id, gone_id = kept.id, learner.person_id
    merge_id = merge(world, kept=kept_id, gone=gone_id)
    assert of(world, Certificate.person_id) == of(world, Enrolment.person_id) == [kept_id]
    with (
        pytest.raises(DBAPIError, match="append_only"),
        world.app_context(),
        transaction() as db,
    ):
        db.execute(update(Certificate).values(facts="{}"))
    assert undo(world, merge_id) == 0
    assert of(world, Certificate.person_id) == of(world, Enrolment.person_id) == [gone_id]
    with world.app_context(), transaction() as db:
        enrolment = db.scalars(select(Enrolment)).one()
        db.add(
            Enrolment(
                person_id=kept_id,
                course_id=enrolment.course_id,
                edition_id=enrolment.edition_id,
                language="es",
                started_at=NOW,
            )
        )
    with pytest.raises(KeepTheOther):
        merge(world, kept=kept_id, gone=gone_id)
    assert merge(world, kept=gone_id, gone=kept_id)


def test_r77_an_undo_leaves_what_changed_since(world: Flask) -> None:
    event_id = an_event(world)
    add(world, registration(event_id, GONE), attendance(event_id, GONE, 30))
    merge_id = merge(world)
    with world.app_context(), transaction() as db:
        db.scalars(select(Attendance)).one().minutes = 45
    assert undo(world, merge_id) == 1
    assert of(world, Registration.person_id) == [GONE]
    assert of(world, Attendance.person_id) == [KEPT]


def test_a_place_that_becomes_free_goes_to_the_first_in_line(world: Flask) -> None:
    soon = datetime.now(tz=UTC) + timedelta(days=30)
    event_id = an_event(
        world, starts_at=soon, ends_at=soon + timedelta(hours=1), status="published", capacity=2
    )
    waiting = registration(event_id, OTHER, "waiting")
    waiting.waiting_since = NOW
    add(world, registration(event_id, KEPT), registration(event_id, GONE), waiting)
    with world.app_context(), reading() as db:
        assert db.get_one(Event, event_id).capacity == 2
    merge(world)
    assert of(world, Registration.status) == ["registered", "registered"]
    assert set(of(world, Registration.person_id)) == {KEPT, OTHER}


def test_of_two_accounts_one_remains_and_roles_pass_to_nobody(world: Flask) -> None:
    one = an_account(world, "una@example.org", name="Ana Uno", country="HN")
    two = an_account(
        world, "dos@example.org", name="Ana Dos", country="HN", roles=[(Role.ORGANIZER, "")]
    )
    with world.app_context(), reading() as db:
        kept, gone = (db.get_one(Account, number).person_id or 0 for number in (one, two))
    with pytest.raises(NotAllowed):
        merge(world, "focal-point-hn", kept, gone)
    merge_id = merge(world, kept=kept, gone=gone)
    with world.app_context(), reading() as db:
        assert db.get_one(Account, one).active
        assert not db.get_one(Account, two).active
    undo(world, merge_id)
    with world.app_context(), reading() as db:
        assert db.get_one(Account, two).active


def test_r77_who_may_merge_what(world: Flask) -> None:
    with pytest.raises(NotFound):
        merge(world, "focal-point-gt")
    for who in ("official-hn", "convenor-protection"):
        with pytest.raises(NotFound):
            merge(world, who)
    with pytest.raises(SameRecord):
        merge(world, kept=KEPT, gone=KEPT)
    merge_id = merge(world, "focal-point-hn")
    with pytest.raises(NotMergeable):
        merge(world, kept=GONE, gone=OTHER)
    with pytest.raises(NotFound):
        undo(world, merge_id, "focal-point-gt")
    assert undo(world, merge_id, "focal-point-hn") == 0


@pytest.mark.parametrize("record", [KEPT, GONE])
def test_r77_focal_point_does_not_choose_the_own_successor_by_a_merge(
    client: FlaskClient, world: Flask, record: int
) -> None:
    """Ana, without an account, is designated from next month on; nobody but the secretariat merges
    her.
    """
    following = clock.today() + timedelta(days=30)
    add(world, FocalPoint(person_id=record, country_code="HN", valid_from=following))
    sign_in(client, "focal-point-hn")
    page = client.get(f"/merges/compare?person={KEPT}&person={GONE}").text
    assert "Solo la secretaría puede unir sus registros" in page
    assert "Unir los registros" not in page
    data = {"person": [KEPT, GONE], "keep": KEPT, "csrf_token": csrf_token(client)}
    answer = client.post("/merges", data=data)
    assert answer.status_code == 403
    assert "Solo la secretaría puede unir sus registros" in answer.text
    assert of(world, PersonMerge.id) == []
    sign_in(client, "organizer")
    assert (
        client.post("/merges", data={**data, "csrf_token": csrf_token(client)}).status_code == 303
    )


def test_r77_delegate_is_the_secretariats_to_merge_and_who_left_the_office_is_not(
    world: Flask,
) -> None:
    with world.app_context(), reading() as db:
        group = db.scalars(select(WorkingGroup.id).where(WorkingGroup.slug == "protection")).one()
    add(world, Membership(working_group_id=group, person_id=GONE, valid_from=LONG_AGO))
    with pytest.raises(HoldsAnOffice):
        merge(world, "focal-point-hn")
    with world.app_context(), transaction() as db:
        db.execute(update(Membership).values(valid_until=date(2026, 11, 1)))
    assert merge(world, "focal-point-hn")


def test_a_focal_points_role_follows_the_record_that_goes_on(world: Flask) -> None:
    add(world, FocalPoint(person_id=GONE, country_code="HN", valid_from=LONG_AGO))
    merge(world)
    assert of(world, FocalPoint.person_id) == [KEPT]
    with world.app_context(), reading() as db:
        account = db.scalars(select(Account).where(Account.person_id == KEPT)).one()
        assert account.email == "ana@example.org"


@pytest.mark.parametrize("asked", [KEPT, GONE, OTHER])
def test_r55_erasing_reaches_every_record_that_was_joined(world: Flask, asked: int) -> None:
    """Accounts and consents of the absorbed record stay with it, so they are forgotten there."""
    with world.app_context(), transaction() as db:
        for number in (KEPT, GONE):
            account = create_account(
                db, actor=SYSTEM, email=f"ana{number}@example.org", person_id=number, now=NOW
            )
            consent = Consent(person_id=number, purpose="contact", version="1", given_at=NOW)
            db.add(consent)
    merges = [merge(world), merge(world, kept=OTHER, gone=KEPT)]
    organizer = actor_of(world, "organizer")
    with world.app_context(), transaction() as db:
        data = take_along(db, actor=organizer, person_id=asked, domains=PERSONAL_DATA, now=NOW)
        assert len(data["joined_records"]) == 2
        erase(db, actor=organizer, person_id=asked, domains=PERSONAL_DATA, now=NOW)
    for merge_id in merges:
        with pytest.raises(MergeOver):
            undo(world, merge_id)
    with world.app_context(), reading() as db:
        for number in (KEPT, GONE, OTHER):
            person = db.get_one(Person, number)
            assert "Ana" not in person.full_name + person.email
            assert "Berta" not in person.full_name + person.email
        addresses = db.scalars(select(Account.email).where(Account.email.contains("ana")))
        assert addresses.all() == []
        assert db.get_one(Account, account).person_id is None
        assert db.scalars(select(Consent).where(Consent.withdrawn_at.is_(None))).all() == []


def test_r77_pages_find_compare_join_and_undo(client: FlaskClient, world: Flask) -> None:
    sign_in(client, "organizer")
    page = client.get("/merges?search=ana").text
    assert f'value="{KEPT}"' in page
    assert f'value="{GONE}"' in page
    assert client.get(f"/merges/compare?person={KEPT}").status_code == 422
    assert "Ana Nuñez Paz" in client.get(f"/merges/compare?person={KEPT}&person={GONE}").text
    typed = {"csrf_token": csrf_token(client), "person": [str(KEPT), str(GONE)]}
    for keep in ("", "x", "0"):
        refused = client.post("/merges", data={**typed, "keep": keep})
        assert (refused.status_code, 'href="#keep-0"' in refused.text) == (422, True)
    done = client.post("/merges", data={**typed, "keep": str(KEPT)})
    assert done.status_code == 303
    page = client.get(done.headers["Location"]).text
    assert "Deshacer la unión" in page
    answer = client.post(
        done.headers["Location"] + "/undo", data={"csrf_token": csrf_token(client)}
    )
    assert answer.status_code == 303
    with world.app_context(), reading() as db:
        assert db.get_one(Person, GONE).merged_into_id is None
        count = db.scalar(select(func.count(PersonMerge.id)))
    assert count == 1
    sign_in(client, "focal-point-gt")
    assert client.get(done.headers["Location"]).status_code == 404
    assert "Ana Nu" not in client.get("/merges?search=ana").text


def test_records_of_one_name_are_suggested(world: Flask) -> None:
    add(
        world,
        *(
            Person(
                id=number,
                full_name="Rosa Méndez",
                sort_key="rosa mendez",
                country_code="HN",
                timezone="America/Tegucigalpa",
            )
            for number in (801, 802)
        ),
    )
    with world.app_context(), reading() as db:
        pairs = queries.likely_pairs(db, actor=SYSTEM)
        none = queries.likely_pairs(db, actor=actor_of(world, "focal-point-gt"))
    assert [(pair.one_id, pair.other_id) for pair in pairs] == [(801, 802)]
    assert none == ()


def test_record_chosen_in_a_form_that_came_too_late_is_shown_chosen(
    client: FlaskClient, world: Flask
) -> None:
    sign_in(client, "organizer")
    path = f"/merges/compare?person={KEPT}&person={GONE}"
    typed = {"person": [KEPT, GONE], "keep": GONE}
    html = shown_again(client, path, "/merges", typed)
    assert checked_in(html) == ["keep-1"]
    assert of(world, PersonMerge.id) == []
