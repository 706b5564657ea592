"""Coverage from the database: as the rules say, in few statements, and no further than the actor
may see.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.ctx import AppContext
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.infra.database import database, reading, transaction
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Post
from app.people.directory.queries.roster import countries, roster_of, unconfirmed_by_country
from app.people.directory.services.roster import record_answers
from app.people.directory.values import EndReason, Mandate, RosterAnswer
from app.people.identity.models import Account
from app.training.certificates.models import Certificate, Revocation
from app.training.learning.models import Completion, CourseEdition, Enrolment, Module
from app.training.turnover.queries import figures
from app.training.turnover.values import CourseSteps, Coverage
from app.web.site import site
from tests.support.roster import end_appointment
from tests.training.turnover.builders import (
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    TODAY,
    a_certificate,
    a_staff,
    an_edition,
    an_institution,
    an_official,
    focal_point,
)

HN = focal_point("HN")


def coverage(on: date = TODAY, *, actor: Actor = HN, country: str = "HN") -> Coverage | None:
    with reading() as db:
        return figures.country_coverage(db, actor=actor, country_code=country, on=on)


def statements(ask: Callable[[Session], object]) -> int:
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    with reading() as db:
        ask(db)
    event.remove(database.engine, "before_cursor_execute", note)
    return len([text for text in sent if text.lstrip().upper().startswith(("SELECT", "WITH"))])


@pytest.mark.both_databases
def test_r27_somebody_certified_who_leaves_on_1_may_is_missing_on_the_2nd(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        leaver, *_ = a_staff(db, serving=10, certified=6)
    with transaction() as db:
        end_appointment(
            db,
            actor=HN,
            country_code="HN",
            appointment_id=leaver,
            reason=EndReason.LEFT,
            on=date(2026, 5, 1),
            today=TODAY,
            now=NOW,
        )
    before, after = coverage(date(2026, 4, 30)), coverage(date(2026, 5, 2))
    assert before == Coverage(date(2026, 4, 30), 10, 6, 6, 0)
    assert after == Coverage(date(2026, 5, 2), 9, 5, 5, 0)
    with reading() as db:
        certificates = db.scalars(select(Certificate)).all()
        assert len(certificates) == 6
        assert all(c.last_valid_on and c.last_valid_on > TODAY for c in certificates), (
            "hers stays valid"
        )
        assert not db.scalar(select(Revocation.certificate_id))


def test_whoever_serves_is_counted_also_without_an_account(app_context: AppContext) -> None:
    """What others got wrong: the report of a country misses whoever was added on another page
    (IOMAD, issue 1365). Here everybody with an appointment is counted, and nobody else.
    """
    with transaction() as db:
        a_staff(db, serving=7, certified=3)
        assert db.scalar(select(func.count()).select_from(Account)) == 0
        assert db.scalar(select(func.count()).select_from(Enrolment)) == 0
    found = coverage()
    assert found is not None
    assert (found.serving, found.certified) == (7, 3)


@pytest.mark.both_databases
def test_what_counts_and_what_does_not(app_context: AppContext) -> None:
    """Only target posts, each person once; only certificates that hold on the day, to the local day
    of a revocation.
    """
    with transaction() as db:
        here, edition, away = an_institution(db), an_edition(db), an_institution(db, "GT")
        _, one = an_official(db, here)
        an_official(db, here, person_id=one)
        a_certificate(db, one, edition, until=None)
        _, aside = an_official(db, here, is_target=False)
        a_certificate(db, aside, edition)
        _, late = an_official(db, here, since=date(2026, 12, 1))
        a_certificate(db, late, edition)
        _, expired = an_official(db, here, confirmed_on=date(2026, 1, 1))
        a_certificate(db, expired, edition, until=date(2026, 11, 23))
        _, revoked = an_official(db, here)
        certificate = a_certificate(db, revoked, edition)
        db.add(
            Revocation(
                certificate_id=certificate,
                reason="error",
                revoked_at=datetime(2026, 11, 24, 5, 59, tzinfo=UTC),
            )
        )
        _, foreign = an_official(db, away)
        a_certificate(db, foreign, edition)
    assert coverage(date(2026, 11, 22)) == Coverage(date(2026, 11, 22), 3, 3, 2, 1)
    assert coverage(date(2026, 11, 23)) == Coverage(date(2026, 11, 23), 3, 2, 1, 1), (
        "revoked at 23:59 in Costa Rica"
    )
    assert coverage(TODAY) == Coverage(TODAY, 3, 1, 1, 1)
    assert coverage(date(2023, 1, 1)) == Coverage(date(2023, 1, 1), 0, 0, 0, 0)


def test_the_number_of_statements_does_not_grow(app_context: AppContext) -> None:
    asked: dict[str, Callable[[Session], object]] = {
        "coverage": lambda db: figures.country_coverage(db, actor=HN, country_code="HN", on=TODAY),
        "report": lambda db: figures.country_report(db, actor=HN, country_code="HN", on=TODAY),
        "region": lambda db: figures.region(db, actor=HN, on=TODAY),
    }
    counts = []
    for more in (1, 2):
        with transaction() as db:
            a_staff(db, serving=more, certified=more)
            a_staff(db, "GT", serving=more)
        counts.append({name: statements(ask) for name, ask in asked.items()})
    assert counts[0] == counts[1] == {"coverage": 4, "report": 16, "region": 2}


def test_home_says_of_a_country_what_its_page_says(app_context: AppContext) -> None:
    with transaction() as db:
        a_staff(db, "GT", serving=20, certified=10)
        for appointment in db.scalars(select(Appointment).order_by(Appointment.id.desc()).limit(6)):
            appointment.valid_from = TODAY - timedelta(days=20)
        known = countries(db)
    given: dict[str, Any] = {"country_code": "GT", "on": TODAY}
    for actor in (focal_point("GT"), PRESIDENCY):
        with reading() as db:
            home = figures.country_today(db, actor=actor, **given, countries=known)
            report = figures.country_report(db, actor=actor, **given)
        newcomers = report.lists["newcomers"]
        assert newcomers is not None
        assert (home.coverage, home.not_begun) == (report.coverage, newcomers.total)
        assert newcomers.total == 6
    with pytest.raises(NotFound), reading() as db:
        figures.country_today(db, actor=HN, **given, countries=known)


def test_r50_a_foreign_focal_point_finds_nothing_and_others_no_names(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        a_staff(db, "GT", serving=20, certified=10, name="Secreta")
    for actor in (HN, OFFICIAL, Actor()):
        with pytest.raises(NotFound), reading() as db:
            figures.country_report(db, actor=actor, country_code="GT", on=TODAY)
        with pytest.raises(NotFound):
            coverage(actor=actor, country="GT")
    for actor in (ORGANIZER, PRESIDENCY):
        with reading() as db:
            report = figures.country_report(db, actor=actor, country_code="GT", on=TODAY)
        assert report.coverage is not None
        assert "Secreta" not in repr(report)
    with reading() as db:
        own = figures.country_report(db, actor=focal_point("GT"), country_code="GT", on=TODAY)
    assert "Secreta" in repr(own)
    with pytest.raises(NotFound), reading() as db:
        figures.country_report(db, actor=ORGANIZER, country_code="ZZ", on=TODAY)
    with pytest.raises(NotFound), reading() as db:
        figures.region(db, actor=OFFICIAL, on=TODAY)


def test_r56_small_cells_stay_inside_the_country(app_context: AppContext) -> None:
    with transaction() as db:
        a_staff(db, "GT", serving=12, certified=4)
        a_staff(db, "HN", serving=12, certified=5)
    assert coverage(actor=PRESIDENCY, country="GT") is None
    assert coverage(actor=focal_point("GT"), country="GT") == Coverage(TODAY, 12, 4, 4, 0)
    assert coverage(actor=PRESIDENCY) == Coverage(TODAY, 12, 5, 5, 0)
    with reading() as db:
        shown = {each.code: each for each in figures.region(db, actor=HN, on=TODAY).countries}
        report = figures.country_report(db, actor=PRESIDENCY, country_code="GT", on=TODAY)
    assert shown["GT"].coverage is None
    assert shown["HN"].coverage == Coverage(TODAY, 12, 5, 5, 0)
    assert len(shown) == 11
    assert report.coverage is None
    assert (report.forecast, report.exposure, report.retention) == (None, None, None)
    assert report.lists["lapsing"] is None


def test_the_secretariat_reads_every_count_of_a_country_and_no_name(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        a_staff(db, "GT", serving=12, certified=4, name="Secreta")
    assert coverage(actor=ORGANIZER, country="GT") == Coverage(TODAY, 12, 4, 4, 0)
    with reading() as db:
        shown = {
            each.code: each.coverage
            for each in figures.region(db, actor=ORGANIZER, on=TODAY).countries
        }
        report = figures.country_report(db, actor=ORGANIZER, country_code="GT", on=TODAY)
    assert shown["GT"] == report.coverage == Coverage(TODAY, 12, 4, 4, 0)
    assert report.exposure is not None
    assert {name: found and found.total for name, found in report.lists.items()}[
        "not_certified"
    ] == 8
    assert "Secreta" not in repr(report)
    listed = report.lists["not_certified"]
    assert listed is not None
    assert (listed.total, list(listed.people)) == (8, [])


def test_r49_dashboard_says_what_was_worked_out_by_hand(app: Flask, client: FlaskClient) -> None:
    """The example of the domain, as appointments and certificates: in two years 14 departures in 31
    certified person-years, 85 of 100 certified today. λ has the median of Gamma(2 + 14, 8 + 31).
    """
    site(app).load_actor = lambda: HN
    with app.app_context(), transaction() as db:
        place, edition = an_institution(db), an_edition(db)
        began, whole = TODAY - timedelta(days=730), date(2020, 1, 1)
        stay = [an_official(db, place, since=whole)[1] for _ in range(9)]
        for left_after in (*[339] * 13, 346):  # with 9 × 730 days: 31 × 365.25
            until = began + timedelta(days=left_after)
            stay.append(an_official(db, place, since=whole, until=until)[1])
        for person in stay:
            a_certificate(db, person, edition, on=whole, until=None)
        new = [an_official(db, place, since=whole) for _ in range(76)]
        for _appointment, person in new:
            a_certificate(db, person, edition, on=TODAY, until=None)
        for _ in range(15):
            an_official(db, place, since=whole)
    with app.app_context(), reading() as db:
        report = figures.country_report(db, actor=HN, country_code="HN", on=TODAY)
    assert report.coverage == Coverage(TODAY, 100, 85, 85, 0)
    assert report.exposure is not None
    assert round(report.exposure.certified_years, 2) == 31
    assert report.exposure.certified_departures == 14
    told = report.forecast
    assert told is not None
    assert told.months_to_floor is not None

    def rounded(found: Any, digits: int) -> tuple[float, ...]:
        return tuple(round(one, digits) for one in (found.low, found.median, found.high))

    assert rounded(told.leaving, 2) == (0.29, 0.40, 0.55)
    assert rounded(told.half_life_years, 1) == (1.3, 1.7, 2.4)
    assert rounded(told.months_to_floor, 1) == (7.7, 10.4, 14.6)
    page = client.get("/countries/HN?lang=es").text
    assert "de 100 personas, 85\u00a0%" in page
    assert "21 meses" in page, "half of the coverage is lost in: 12 × ln 2 ÷ 0.402"

    with app.app_context(), transaction() as db:
        unsure = [RosterAnswer(one, None, TODAY, is_unsure=True) for one, _person in new[:5]]
        record_answers(db, actor=HN, country_code="HN", answers=unsure, today=TODAY, now=NOW)
    with app.app_context(), reading() as db:
        doubted = figures.country_report(db, actor=HN, country_code="HN", on=TODAY).coverage
    assert doubted == Coverage(TODAY, 100, 85, 80, 5)
    assert (doubted.low, doubted.high) == (0.8, 0.85)


def test_r49_the_series_shows_each_month(app_context: AppContext) -> None:
    with transaction() as db:
        institution, edition = an_institution(db), an_edition(db)
        for month in (1, 4, 7):
            _, person = an_official(db, institution, since=date(2026, month, 1))
            a_certificate(db, person, edition, on=date(2026, month + 1, 15))
    with reading() as db:
        report = figures.country_report(db, actor=HN, country_code="HN", on=TODAY)
    counts = {
        c.on: (c.serving, c.certified) for c in report.series if c and c.on >= date(2026, 1, 1)
    }
    assert len(report.series) == 25
    assert counts == {
        date(2026, 1, 1): (1, 0),
        date(2026, 2, 1): (1, 0),
        date(2026, 3, 1): (1, 1),
        date(2026, 4, 1): (2, 1),
        date(2026, 5, 1): (2, 1),
        date(2026, 6, 1): (2, 2),
        date(2026, 7, 1): (3, 2),
        date(2026, 8, 1): (3, 2),
        date(2026, 9, 1): (3, 3),
        date(2026, 10, 1): (3, 3),
        date(2026, 11, 1): (3, 3),
        TODAY: (3, 3),
    }


def test_certified_among_agrees_with_coverage(app_context: AppContext) -> None:
    with transaction() as db:
        institution, edition = an_institution(db), an_edition(db)
        people = [an_official(db, institution)[1] for _ in range(3)]
        a_certificate(db, people[0], edition)
        a_certificate(db, people[1], edition, until=date(2026, 11, 23))
    with reading() as db:
        assert figures.certified_among(db, people, TODAY) == {people[0]}
        assert figures.certified_among(db, [], TODAY) == frozenset()


def test_r19_coverage_counts_one_course(app_context: AppContext) -> None:
    """Whoever is certified in another course is not certified in this one, on any page."""
    with transaction() as db:
        institution = an_institution(db)
        guidelines, other = an_edition(db), an_edition(db, "psea")
        people = [an_official(db, institution)[1] for _ in range(12)]
        for person in people[:4]:
            a_certificate(db, person, guidelines)
        for person in people[3:9]:
            a_certificate(db, person, other)
    with reading() as db:

        def certified(course: str) -> int:
            found = figures.country_coverage(
                db, actor=HN, country_code="HN", on=TODAY, course=course
            )
            assert found is not None
            report = figures.country_report(
                db, actor=HN, country_code="HN", on=TODAY, course=course
            )
            assert report.coverage == found
            (shown,) = (
                c
                for c in figures.region(db, actor=HN, on=TODAY, course=course).countries
                if c.code == "HN"
            )
            assert shown.coverage == found
            assert len(figures.certified_among(db, people, TODAY, course)) == found.certified
            return found.certified

        assert (certified("guidelines"), certified("psea"), certified("none")) == (4, 6, 0)
        assert [course.slug for course in figures.courses(db)] == ["guidelines", "psea"]
        (extent,) = figures.courses_and_extents(db, "psea")[1]
        assert (extent.modules, extent.total) == ((1, 2), 3)


@pytest.mark.both_databases
def test_to_confirm_is_one_number_everywhere(app_context: AppContext) -> None:
    """Somebody in two posts, in a post that does not count, doubted, never confirmed, gone: home,
    country page, API, handover and roster count the same persons.
    """
    long_ago = date(2026, 1, 1)
    with transaction() as db:
        institution = an_institution(db)
        an_official(db, institution, name="Sin Confirmar", confirmed_on=None)
        an_official(db, institution, name="Confirmada Hace Mucho", confirmed_on=long_ago)
        an_official(db, institution, name="Último Día", confirmed_on=TODAY - timedelta(days=90))
        an_official(db, institution, name="Un Día Más", confirmed_on=TODAY - timedelta(days=91))
        an_official(db, institution, name="Fuera Del Conteo", confirmed_on=None, is_target=False)
        two_posts = an_official(db, institution, name="Dos Cargos", confirmed_on=long_ago)[1]
        an_official(db, institution, person_id=two_posts)
        twice = an_official(db, institution, name="Dos Veces Sin Confirmar", confirmed_on=long_ago)[
            1
        ]
        an_official(db, institution, person_id=twice, confirmed_on=None)
        doubted = an_official(db, institution, name="No Se Sabe")[0]
        db.get_one(Appointment, doubted).doubted_on = TODAY
        an_official(db, institution, name="Se Fue", confirmed_on=None, until=date(2026, 11, 1))
        an_official(db, an_institution(db, "GT"), name="Otro País", confirmed_on=None)
    unsure = {
        "Sin Confirmar",
        "Confirmada Hace Mucho",
        "Un Día Más",
        "Dos Veces Sin Confirmar",
        "No Se Sabe",
    }
    with reading() as db:
        page = roster_of(db, actor=HN, country_code="HN", on=TODAY, to_confirm=True)
        assert {row.full_name for row in page.rows} == unsure
        assert (page.people, page.paging.total) == (5, 6)
        everybody = roster_of(db, actor=HN, country_code="HN", on=TODAY)
        assert {row.full_name for row in everybody.rows if row.is_to_confirm} == unsure
        counted = figures.country_coverage(db, actor=HN, country_code="HN", on=TODAY)
        assert counted is not None
        assert everybody.in_coverage == counted.serving < everybody.people
        assert unconfirmed_by_country(db, actor=SYSTEM, on=TODAY) == (("HN", 5), ("GT", 1))
        assert unconfirmed_by_country(db, actor=HN, on=TODAY) == ()
    now = coverage()
    assert now is not None
    assert now.unconfirmed == 5


def test_list_to_act_on_names_everybody_page_by_page(app_context: AppContext) -> None:
    with transaction() as db:
        a_staff(db, serving=30, certified=0)
    with reading() as db:
        report = figures.country_report(db, actor=HN, country_code="HN", on=TODAY)
        begun = report.lists["not_certified"]
        assert begun is not None
        assert (begun.total, len(begun.people)) == (30, 5)
        pages = [
            figures.act_list(
                db, actor=HN, country_code="HN", on=TODAY, name="not_certified", number=number
            )
            for number in (1, 2)
        ]
        names = [person.full_name for page in pages for person, _day in page.people]
        assert (len(names), len(set(names)), pages[0].paging.total) == (30, 30, 30)
        for actor, name in (
            (ORGANIZER, "not_certified"),
            (focal_point("GT"), "not_certified"),
            (HN, "nothing"),
        ):
            with pytest.raises(NotFound):
                figures.act_list(db, actor=actor, country_code="HN", on=TODAY, name=name)


@pytest.mark.both_databases
def test_steps_of_the_course_count_each_person_once_a_step(app_context: AppContext) -> None:
    """Three enrolled, one completed one of two open modules, one the course, and enrolled again."""
    with transaction() as db:
        edition, later = an_edition(db), an_edition(db)
        institution = an_institution(db)
        people = [an_official(db, institution)[1] for _ in range(3)]
        for number, person in enumerate(people):
            taken = start(db, person, edition, is_closed=number == 2)
            if number == 1:
                db.add(completed(taken, first_module(db, edition)))
            if number == 2:
                db.add(completed(taken, None))
        start(db, people[2], later)
    with reading() as db:
        shown = figures.region(db, actor=HN, on=TODAY).countries
        steps = figures.course_steps(db, actor=HN, countries=shown)
    assert steps == CourseSteps(enrolled=3, began=2, halfway=2, passed=1)


def start(db: Session, person_id: int, edition_id: int, *, is_closed: bool = False) -> UUID:
    row = Enrolment(
        person_id=person_id,
        course_id=db.get_one(CourseEdition, edition_id).course_id,
        edition_id=edition_id,
        language="es",
        started_at=NOW,
        closed_at=NOW if is_closed else None,
    )
    db.add(row)
    db.flush()
    return row.id


def completed(enrolment_id: UUID, module_id: int | None) -> Completion:
    return Completion(
        enrolment_id=enrolment_id, module_id=module_id, rule_version="1", decided_at=NOW
    )


def first_module(db: Session, edition_id: int) -> int:
    found = select(Module.id).where(Module.edition_id == edition_id, Module.number == 1)
    return db.scalars(found).one()


@pytest.mark.parametrize(
    ("left", "lapsed", "is_told"), [(5, 5, True), (4, 5, False), (5, 4, False)]
)
def test_r56_forecast_of_another_country_needs_five_departures_and_five_lapses(
    app_context: AppContext, left: int, lapsed: int, is_told: bool
) -> None:
    """The forecast of fewer would tell how many left, or whose certificates ended."""
    lately = TODAY - timedelta(days=100)
    with transaction() as db:
        institution, edition = an_institution(db, "GT"), an_edition(db)
        for _ in range(6):
            a_certificate(db, an_official(db, institution)[1], edition)
        for n in range(5):
            _, person = an_official(db, institution)
            if n < lapsed:
                a_certificate(db, person, edition, until=lately)
        for _ in range(left):
            _, person = an_official(db, institution, until=lately)
            a_certificate(db, person, edition)
    told = []
    for actor in (PRESIDENCY, HN, ORGANIZER, focal_point("GT")):
        with reading() as db:
            shown = {one.code: one for one in figures.region(db, actor=actor, on=TODAY).countries}
        assert shown["GT"].coverage is not None
        told.append(shown["GT"].ahead is not None)
    assert told == [is_told, is_told, True, True]


@pytest.mark.both_databases
def test_target_posts_stand_from_the_day_on_which_somebody_first_held_them(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        here, away = an_institution(db), an_institution(db, "GT")
        first, _ = an_official(db, here, since=date(2025, 3, 1), until=date(2026, 3, 1))
        an_official(db, here, is_target=False)
        an_official(db, away)
        post = db.get_one(Appointment, first).post_id
        never_held = Post(institution_id=here, title=LocalizedText(es="Oficial", en="Officer"))
        db.add(never_held)
        db.flush()
        unheld = never_held.id
    with reading() as db:
        seats = {seat.post_id: seat for seat in figures.seats_of(db, "HN")}
        (term,) = figures.terms_by_country(db, "HN", date(2025, 1, 1), TODAY)["HN"]
    assert {key: seat.valid_from for key, seat in seats.items()} == {
        post: date(2025, 3, 1),
        unheld: None,
    }
    assert seats[post].institution_id == here
    assert seats[post].mandate is Mandate.MIGRATION
    assert (term.post_id, term.institution_id, term.end_reason) == (post, here, EndReason.LEFT)
