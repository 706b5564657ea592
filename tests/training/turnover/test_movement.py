"""How people come and go: the figures on their pages, with base and bounds, and what is hidden from
whom (R49, R56).
"""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.people.directory.models import Appointment, Institution
from app.people.directory.values import Mandate
from app.training.learning.models import CourseEdition
from app.training.turnover.queries.movement import country_movement, region_movement
from app.training.turnover.rules.separation import rate_bounds
from app.training.turnover.values import EditionLife, Separations
from tests.support.actors import sign_in
from tests.training.turnover.builders import (
    ORGANIZER,
    PRESIDENCY,
    TODAY,
    a_certificate,
    an_edition,
    an_institution,
    an_official,
    focal_point,
)
from tests.training.turnover.test_queries import statements

pytestmark = pytest.mark.usefixtures("day_of_figures")

HN, GT = focal_point("HN"), focal_point("GT")
ENDS = ("moved", "left", "unknown")


def a_country(db: Session, country: str, *, gone: int) -> str:
    """Eight who serve, three of them unconfirmed, four certified; `gone` who left within two years,
    all certified, their reasons taking turns; and one who began lately. Returns the edition.
    """
    migration, women = an_institution(db, country), an_institution(db, country)
    db.get_one(Institution, women).kind = "womens-mechanism"
    edition = an_edition(db)
    for number in range(8):
        known = date(2026, 11, 1) if number > 2 else None
        name = f"Secreta {country} {number}"
        _, person = an_official(db, migration, name=name, confirmed_on=known)
        if number % 2:
            a_certificate(db, person, edition)
    for number in range(gone):
        until = date(2026, 1, 1) + timedelta(days=7 * number)
        place = women if number == 0 else migration
        appointment, person = an_official(db, place, name=f"Ida {country}", until=until)
        db.get_one(Appointment, appointment).end_reason = ENDS[number % 3]
        a_certificate(db, person, edition)
    _, newcomer = an_official(db, migration, name=f"Nueva {country}", since=date(2026, 3, 1))
    a_certificate(db, newcomer, edition, on=date(2026, 4, 10))
    return db.get_one(CourseEdition, edition).label


def test_r49_movement_of_a_country_splits_who_left_and_tells_base_and_bounds(app: Flask) -> None:
    """Given people who left, came and stayed, when the country's movement is asked for, then each
    figure is that of the definitions, by hand.
    """
    with app.app_context(), transaction() as db:
        label = a_country(db, "HN", gone=12)
        a_country(db, "GT", gone=6)
    with app.app_context(), reading() as db:
        found = country_movement(db, actor=HN, country_code="HN", on=TODAY)
    whole = found.whole
    assert whole.separations is not None
    assert (whole.separations.transfers, whole.separations.exits, whole.separations.unknown) == (
        4,
        4,
        4,
    )
    assert (whole.serving, whole.doubted, whole.doubted_certified) == (9, 3, 1)
    assert whole.leaked is not None
    assert (whole.leaked.ever, whole.leaked.left) == (17, 12)
    assert whole.onboarding is not None
    assert (whole.onboarding.followed, whole.onboarding.certified) == (1, 1)
    assert (whole.onboarding.due, whole.onboarding.in_time) == (1, 1)
    assert whole.onboarding.median_days == (date(2026, 4, 10) - date(2026, 3, 1)).days
    assert whole.retention is not None
    assert whole.retention.departures == 12
    assert all(point.low <= point.share <= point.high for point in whole.retention.curve)
    parts = dict(found.parts)
    assert parts[Mandate.GENDER].separations.leavers == 1  # type: ignore[union-attr]
    assert parts[Mandate.MIGRATION].separations.leavers == 11  # type: ignore[union-attr]
    assert list(found.editions) == [EditionLife(label, ever=17, serving=5)]
    assert found.posts is not None
    assert (found.posts.posts, found.posts.held, found.posts.certified) == (21, 9, 5)
    assert found.freshness is not None
    assert (found.freshness.appointments, found.freshness.confirmed) == (9, 6)


@given(
    leavers=st.integers(min_value=0, max_value=300),
    person_days=st.integers(min_value=1, max_value=400_000),
)
def test_bounds_of_the_rate_hold_the_rate(leavers: int, person_days: int) -> None:
    counted = Separations(0, leavers, 0, person_days=person_days, days=730)
    low, high = rate_bounds(counted)
    assert 0 <= low <= (counted.rate or 0) <= high


def test_bounds_of_the_rate_are_those_of_garwood() -> None:
    """Frozen: scipy.stats.chi2.ppf((0.1, 0.9), (2·14, 2·15)) ÷ 2 ÷ 31."""
    counted = Separations(4, 5, 5, person_days=round(31 * 365.25), days=730)
    assert rate_bounds(counted) == pytest.approx((0.3054, 0.6493), abs=1e-3)


def test_r56_movement_tells_no_group_under_five_outside_the_country(
    app: Flask, client: FlaskClient
) -> None:
    """Given a country that few left, when others ask, then no figure of it is told, nobody is named,
    and the region does not let it be worked out.
    """
    with app.app_context(), transaction() as db:
        a_country(db, "HN", gone=3)
        a_country(db, "GT", gone=24)
        a_country(db, "SV", gone=21)
        a_country(db, "PA", gone=9)
    with app.app_context(), reading() as db:
        closed = country_movement(db, actor=PRESIDENCY, country_code="HN", on=TODAY)
        told = country_movement(db, actor=PRESIDENCY, country_code="GT", on=TODAY)
        of_region = region_movement(db, actor=GT, on=TODAY)
        whole = region_movement(db, actor=ORGANIZER, on=TODAY)
    assert (closed.whole.separations, closed.whole.leaked, closed.whole.onboarding) == (None,) * 3
    assert (closed.whole.retention, closed.whole.doubted, closed.parts) == (None, None, ())
    assert told.whole.separations is not None
    assert told.whole.separations.leavers == 24
    assert told.whole.retention is not None
    assert told.whole.retention.curve == ()
    shown = {one.code: left and left.leavers for one, left in of_region.countries}
    assert (shown["HN"], shown["PA"], shown["GT"], shown["SV"]) == (None, None, 24, 21)
    assert {one.code: left and left.leavers for one, left in whole.countries}["HN"] == 3
    assert whole.whole.separations is not None
    assert whole.whole.separations.leavers == 57
    for who, status in (
        ("focal-point-hn", 200),
        ("organizer", 200),
        ("presidency", 200),
        ("focal-point-gt", 404),
        ("official-hn", 403),
    ):
        sign_in(client, who)
        answer = client.get("/countries/HN/movement")
        assert answer.status_code == status, who
        text = answer.get_data(as_text=True) + client.get("/region/movement").get_data(as_text=True)
        assert not re.search("Secreta|Ida |Nueva ", text)
        assert ("No se muestra quién se fue" in text) == (who == "presidency")


def test_statements_do_not_grow_with_the_staff(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        a_country(db, "HN", gone=3)

    def ask(db: Session) -> None:
        country_movement(db, actor=HN, country_code="HN", on=TODAY)
        region_movement(db, actor=ORGANIZER, on=TODAY)

    with app.app_context():
        before = statements(ask)
    with app.app_context(), transaction() as db:
        a_country(db, "HN", gone=12)
    with app.app_context():
        assert statements(ask) == before
