"""What a fresh installation holds; that it is loaded on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.infra import clock
from app.infra.database import is_sqlite, reading, transaction
from app.infra.journal import Delivery
from app.infra.orm import text_in
from app.office.demo.services import events, training
from app.office.demo.services.events import load_history, read_history
from app.office.demo.services.load import is_empty, load_demo
from app.office.demo.services.people import PERSONAS
from app.office.demo.services.reference import load_reference, shipped_courses
from app.office.outbox.models import Message
from app.participation.registrations.models import Registration
from app.people.directory.models import (
    Appointment,
    Country,
    Institution,
    Person,
    Post,
    WorkingGroup,
)
from app.people.identity.models import Account
from app.planning.events.models import Edition, Event, EventLink
from app.planning.holidays.models import CountryHoliday
from app.planning.scheduling.models import Claim
from app.training.certificates.models import Certificate
from app.training.learning.models import AttemptItem, Course, Item, ItemOption
from app.training.learning.queries.records import audit
from app.training.requests.models import SuccessorRequest
from tests.support import databases
from tests.support.actors import sign_in
from tests.support.lifetime import close_app

FEW_CAREERS, FEW_LEARNERS, FEW_WEEKS = 20, 4, 16


def test_r43_a_fresh_install_has_eleven_countries_four_groups_zones_and_languages(
    app_context: Flask,
) -> None:
    for _ in range(2):  # twice: nothing is doubled
        with transaction() as db:
            load_reference(db, now=clock.now())
    with reading() as db:
        countries = {c.code: c for c in db.scalars(select(Country))}
        groups = db.scalars(
            select(WorkingGroup.slug)
            .where(WorkingGroup.kind == "working-group")
            .order_by(WorkingGroup.position)
        )
        assert sorted(countries) == [
            "BZ",
            "CA",
            "CR",
            "DO",
            "GT",
            "HN",
            "MX",
            "NI",
            "PA",
            "SV",
            "US",
        ]
        assert countries["HN"].timezone == "America/Tegucigalpa"
        assert (countries["BZ"].language, countries["HN"].language) == ("en", "es")
        assert list(groups) == [
            "protection",
            "labour-migration",
            "border-management",
            "irregular-mass-migration",
        ]
        assert db.scalar(select(func.count(Course.id))) == len(shipped_courses())


def test_a_fresh_install_has_the_official_holidays_and_names_their_source(
    app_context: Flask,
) -> None:
    with transaction() as db:
        load_reference(db, now=clock.now())
    with reading() as db:
        rows = db.execute(
            select(CountryHoliday.country_code, func.count(), func.min(CountryHoliday.source))
            .where(CountryHoliday.source.like("python-holidays %"))
            .group_by(CountryHoliday.country_code)
        ).all()
    assert len(rows) == 11
    assert all(count >= 7 * 4 for _code, count, _source in rows), "of four years"
    assert {source for _code, _count, source in rows} == {f"python-holidays {version('holidays')}"}


def test_r53_partial_dates_are_kept_as_found_and_claim_nothing(app_context: Flask) -> None:
    with transaction() as db:
        load_reference(db, now=clock.now())
        assert load_history(db) == len(list(read_history())) == 83
    with reading() as db:
        partial = list(
            db.scalars(select(Event).where(Event.date_precision.in_(("month", "year", "unknown"))))
        )
        assert len(partial) == 43
        assert all(event.starts_at is None and event.ends_at is None for event in partial)
        assert {"2021-09", "2022", ""} <= {event.found_start for event in partial}
        assert db.scalar(select(func.count(Claim.id))) == 0
        third = db.scalar(select(Edition).where(Edition.slug == "congress-3"))
        assert third is not None
        assert (third.label, third.starts_on) == ("III", "2021-09")
        roles = db.execute(
            select(EventLink.role, Edition.label)
            .join(Edition)
            .join(Event)
            .where(text_in(Event.title, "es").like("Webinar sobre%"))
        )
        assert {tuple(row) for row in roles} == {("follow-up", "II"), ("preparatory", "III")}


@pytest.fixture
def loaded(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on what `flask demo load` made of an empty database."""
    data = tmp_path / "demo"
    with databases.demo_copy(database_url, data) as url:
        app = create_app(databases.settings_for(url, data, demo=True))
        with app.app_context():
            yield app
        close_app(app)


def test_an_installation_without_people_is_empty(app_context: Flask) -> None:
    with reading() as db:
        assert is_empty(db)


def test_the_demo_is_believable_and_silent(loaded: Flask) -> None:
    with reading() as db:
        assert not is_empty(db)
        assert {persona.email for persona in PERSONAS} <= set(db.scalars(select(Account.email)))
        assert (db.scalar(select(func.count(Person.id))) or 0) > 400
        assert (db.scalar(select(func.count(Certificate.id))) or 0) > 150
        assert (db.scalar(select(func.count(Registration.id))) or 0) > 500
        assert (db.scalar(select(func.count(Item.id))) or 0) >= 48
        owed = select(func.count(Delivery.id)).where(Delivery.state == "pending")
        assert db.scalar(owed) == 0, "history must send no mail and draw no PDF"
        coming = db.scalar(
            select(Event).where(Event.kind == "congress", Event.starts_at > clock.now())
        )
        assert coming is not None
        answered = db.execute(
            select(AttemptItem.response, AttemptItem.is_correct, ItemOption.id)
            .join(ItemOption, ItemOption.item_id == AttemptItem.item_id)
            .join(Item, Item.id == AttemptItem.item_id)
            .where(Item.kind == "single", ItemOption.is_correct)
        ).all()
        kept = [row for row in answered if row.response]  # one country gave its names up
        assert len(kept) > 1000
        assert all((response == [correct]) is marked for response, marked, correct in kept)
        assert list(audit(db)) == []
        asked = db.scalars(select(SuccessorRequest).order_by(SuccessorRequest.asked_on)).all()
        assert [one.answered_on is None for one in asked] == [False, True]
        letters = select(Message).where(Message.subject.like("¿Quién asume?%"))
        assert sorted(one.recipient for one in db.scalars(letters) if one.sent_at) == sorted(
            db.get_one(Institution, one.institution_id).contact_email for one in asked
        ), "what is said to be asked left to the mailbox"
        (unit,) = db.scalars(select(Institution).where(Institution.is_sensitive))
        staff = db.scalars(
            select(Person)
            .join(Appointment, Appointment.person_id == Person.id)
            .join(Post, Post.id == Appointment.post_id)
            .where(Post.institution_id == unit.id)
        ).all()
        assert len(staff) == 3
        assert all(one.withheld and one.full_name != one.own_name for one in staff)
        outsiders = select(func.count(Person.id)).where(
            Person.email != "", ~Person.email.like("%@example.org")
        )
        assert db.scalar(outsiders) == 0
        canada = select(Person.email).where(Person.country_code == "CA", Person.email != "")
        assert db.scalars(canada).all() == ["focal-point-ca@example.org"], "it gives no names"
    client = loaded.test_client()
    sign_in(client, "focal-point-ca@example.org")
    page = client.get("/my-country?lang=es", follow_redirects=True).text
    assert "/countries/CA/declaration" in page
    assert "declarado" in page
    assert "<td>0</td>" not in page, "no month before the first declaration"
    page = client.get("/handover/countries/CA?lang=es").text
    assert "Traspaso del punto focal: Canadá" in page
    assert "Lista de funcionarios" not in page, "nobody is on a list here"


DAYS = {"sqlite": date(2027, 7, 7), "postgresql": date(2028, 2, 29)}


@pytest.mark.both_databases
def test_the_demo_loads_on_any_day(app_context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a day of the congress, and on one that most years lack. A year of webinars and hundreds of
    certificates are half of the demo and the same on any day: here there are some of the one, and a
    few people take courses.
    """
    monkeypatch.setattr(events, "WEEKS_BEHIND", FEW_WEEKS)
    careers = training._careers
    monkeypatch.setattr(training, "_careers", lambda db: careers(db)[:FEW_CAREERS])
    monkeypatch.setattr(training, "LEARNERS_OF_A_SHORT_COURSE", FEW_LEARNERS)
    with reading() as db:
        on = DAYS["sqlite" if is_sqlite(db) else "postgresql"]
    with time_machine.travel(datetime.combine(on, time(22, 30), UTC)), transaction() as db:
        load_demo(db, today=clock.today(), now=(now := clock.now()), address="http://localhost")
    with reading() as db:
        coming = list(db.scalars(select(Event.kind).where(Event.starts_at > now)))
        assert coming.count("congress") == 1
        assert coming.count("webinar") > 10
