"""Institutions at risk and posts by course: the order, the reasons, the four states, and who sees
them.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.ctx import AppContext
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Institution, Post
from app.people.directory.rules.people import post_kind
from app.people.directory.services.posts import (
    PostHeldBySomebody,
    close_post,
    note_acting,
    reopen_post,
)
from app.people.directory.values import Mandate
from app.training.learning.models import Enrolment
from app.training.learning.values import GUIDELINES
from app.training.turnover import services
from app.training.turnover.models import PostCourse
from app.training.turnover.queries import figures
from app.training.turnover.queries import posts as queries
from app.training.turnover.rules import offices as rules
from app.training.turnover.rules.acts import to_act
from app.training.turnover.values import (
    CertificateLife,
    CourseState,
    Exposure,
    InstitutionState,
    PostTerm,
    ReasonKind,
    TaggedInstitution,
    TargetPost,
)
from app.web.site import site
from tests.training.turnover.builders import (
    NOW,
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
from tests.training.turnover.test_queries import statements

pytestmark = pytest.mark.usefixtures("day_of_figures")

HN, GT = focal_point("HN"), focal_point("GT")
CALM = Exposure(years=40.0, departures=2, certified_years=30.0, certified_departures=1, lapses=0)
OTHER = "gender-based-violence"


def place(number: int, mandate: Mandate | None = Mandate.MIGRATION) -> TaggedInstitution:
    return TaggedInstitution(number, LocalizedText(es=f"Oficina {number}"), "migration", mandate)


def a_post(number: int, institution: int, *, closed_on: date | None = None) -> TargetPost:
    return TargetPost(
        post_id=number,
        institution_id=institution,
        valid_from=date(2020, 1, 1),
        valid_until=closed_on,
        title=LocalizedText(es="Oficial"),
        kind="oficial",
    )


def a_holder(
    person: int,
    institution: int,
    *,
    since: date = date(2024, 1, 1),
    until: date | None = None,
    confirmed_on: date | None = date(2026, 11, 1),
    is_acting: bool = False,
) -> PostTerm:
    """Somebody in the post that bears their own number."""
    return PostTerm(
        person_id=person,
        valid_from=since,
        valid_until=until,
        last_known_on=until or (confirmed_on and confirmed_on + timedelta(days=90)),
        institution_id=institution,
        post_id=person,
        appointment_id=person,
        confirmed_on=confirmed_on,
        is_acting=is_acting,
        acting_until=None,
        is_note_to_ask=True,
    )


def held(person: int, until: date | None = date(2028, 6, 1)) -> CertificateLife:
    return CertificateLife(person, date(2025, 6, 1), until)


def states(
    holders: list[PostTerm],
    lives: list[CertificateLife],
    *,
    more_posts: Collection[TargetPost] = (),
    taking: Collection[int] = (),
) -> tuple[InstitutionState, ...]:
    numbers = sorted({one.institution_id for one in holders})
    posts = [a_post(one.post_id, one.institution_id) for one in holders]
    found = rules.institution_states(
        [place(number) for number in numbers],
        [*posts, *more_posts],
        holders,
        lives,
        [],
        counted=CALM,
        concerned=to_act(holders, lives, (), TODAY),
        on=TODAY,
    )
    return rules.with_taking(found, taking)


def reasons_of(state: InstitutionState) -> list[tuple[ReasonKind, int]]:
    return [(one.kind, one.count) for one in rules.reasons(state, TODAY)]


def test_whoever_will_be_most_short_of_the_floor_comes_first() -> None:
    """Worked by hand: five posts want three certificates at 60 %. Nobody trained lacks three; five
    trained of whom three certificates end before May lack at least one; five that last lack none or,
    at the low end, fewer than the others.
    """
    untrained = [a_holder(person, 1) for person in range(1, 6)]
    ending = [a_holder(person, 2) for person in range(11, 16)]
    lasting = [a_holder(person, 3) for person in range(21, 26)]
    lives = [
        *(held(person, date(2027, 1, 15)) for person in (11, 12, 13)),
        *(held(person) for person in (14, 15, 21, 22, 23, 24, 25)),
    ]
    found = states([*lasting, *ending, *untrained], lives)
    assert [one.institution.id for one in found] == [1, 2, 3]
    assert [one.coverage.certified for one in found] == [0, 5, 5]
    assert found[0].missing == 3
    assert found[0].ahead == (0, 0)
    assert found[1].ahead[1] <= 2, "three certificates end before the day"
    assert found[1].missing == 3 - found[1].ahead[0]
    assert found[2].missing == max(0, 3 - found[2].ahead[0])
    assert [one.institution.id for one in rules.at_risk(found)][:2] == [1, 2]


def test_equal_ones_are_told_apart_by_what_is_lost_then_by_vacancy_then_by_confirmation() -> None:
    long_ago = date(2026, 6, 1)
    holders = [
        *(a_holder(person, 1) for person in (1, 2)),
        *(a_holder(person, 2, confirmed_on=long_ago) for person in (11, 12)),
        *(a_holder(person, 3) for person in (21,)),
        a_holder(22, 3, until=date(2026, 2, 1)),
    ]
    found = states(holders, [])
    assert [one.missing for one in found] == [2, 2, 2]
    assert [one.institution.id for one in found] == [3, 2, 1]


def test_reasons_name_vacancy_ends_leavers_and_silence() -> None:
    holders = [
        a_holder(1, 1, confirmed_on=date(2026, 7, 16)),
        a_holder(2, 1, confirmed_on=date(2026, 7, 16)),
        a_holder(3, 1, until=date(2026, 2, 3)),
    ]
    (state,) = states(holders, [held(1, date(2027, 1, 2)), held(2), held(3)])
    assert reasons_of(state) == [
        (ReasonKind.VACANT, 1),
        (ReasonKind.ENDING, 1),
        (ReasonKind.LEFT, 1),
    ]
    assert rules.reasons(state, TODAY)[0].since == date(2026, 2, 3)
    assert (state.posts, state.to_renew, state.left, state.to_ask) == (3, (1,), (3,), (3,))
    quiet = [a_holder(1, 1, confirmed_on=date(2026, 7, 16)), a_holder(2, 1, confirmed_on=None)]
    (state,) = states(quiet, [])
    assert reasons_of(state) == [(ReasonKind.UNTRAINED, 2), (ReasonKind.UNCONFIRMED, 131)]
    assert reasons_of(states([a_holder(1, 1, confirmed_on=None)], [])[0])[-1] == (
        ReasonKind.NEVER_CONFIRMED,
        1,
    )


def test_a_closed_post_is_not_vacant_and_whoever_takes_the_course_is_not_to_enrol() -> None:
    more = [a_post(8, 1, closed_on=TODAY), a_post(9, 1)]
    (state,) = states([a_holder(1, 1), a_holder(2, 1)], [], more_posts=more, taking={2})
    assert [one.post_id for one in state.vacant] == [9]
    assert (state.posts, state.to_enrol) == (3, (1,))


def test_each_state_of_a_cell_is_counted_once_and_not_asked_for_is_no_cell() -> None:
    holders = [a_holder(person, 1, is_acting=person == 4) for person in (1, 2, 3, 4)]
    posts = [a_post(one.post_id, 1) for one in holders]
    soon = rules.certified_state(TODAY + timedelta(days=90), TODAY)
    far = rules.certified_state(TODAY + timedelta(days=91), TODAY)
    assert (soon, far, rules.certified_state(None, TODAY)) == (
        CourseState.ENDING,
        CourseState.CERTIFIED,
        CourseState.CERTIFIED,
    )
    (row,) = rules.post_rows(
        [place(1)],
        posts,
        holders,
        courses=["a", "b"],
        asked={1: {"a"}, 2: {"a"}},
        states={
            ("a", 1): CourseState.CERTIFIED,
            ("a", 2): CourseState.ENDING,
            ("a", 3): CourseState.UNDERWAY,
            ("b", 4): CourseState.CERTIFIED,
        },
        on=TODAY,
    )
    first, second = row.cells
    assert second is None
    assert first is not None
    assert first.people == {
        CourseState.CERTIFIED: (1,),
        CourseState.UNDERWAY: (3,),
        CourseState.ENDING: (2,),
        CourseState.NONE: (4,),
    }
    assert [one.person_id for one in row.acting] == [4]
    missing = rules.most_missing(row)
    assert missing is not None
    assert missing[1] is CourseState.NONE


def a_country(db: Session, country: str = "HN") -> list[int]:
    """Appointments of ten people in an institution of migration, six of them certified."""
    return a_staff(db, country, serving=10, certified=6, name=f"Canaria {country}")


def newest_institution(db: Session, country: str) -> int:
    query = select(Institution.id).where(Institution.country_code == country)
    return db.scalars(query.order_by(Institution.id.desc())).first() or 0


@pytest.mark.both_databases
def test_offices_come_with_their_tag_and_only_to_who_may_read_small_cells(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        a_country(db)
        a_country(db, "GT")
    for actor in (HN, ORGANIZER):
        with reading() as db:
            _country, found = figures.states_of_institutions(
                db, actor=actor, country_code="HN", on=TODAY
            )
        assert [(one.institution.mandate, one.coverage.certified) for one in found] == [
            (Mandate.MIGRATION, 6)
        ]
    for actor in (GT, PRESIDENCY):
        with reading() as db, pytest.raises(NotFound):
            figures.states_of_institutions(db, actor=actor, country_code="HN", on=TODAY)
        with reading() as db, pytest.raises(NotFound):
            queries.post_table(db, actor=actor, country_code="HN", on=TODAY)


@pytest.mark.both_databases
def test_as_of_a_past_day_the_leaver_still_serves(app_context: AppContext) -> None:
    with transaction() as db:
        first, *_ = a_country(db)
        appointment = db.get_one(Appointment, first)
        appointment.valid_until, appointment.end_reason = date(2026, 5, 1), "left"
    found = {}
    for on in (date(2026, 4, 30), date(2026, 5, 2)):
        with reading() as db:
            _country, (state,) = figures.states_of_institutions(
                db, actor=HN, country_code="HN", on=on
            )
        found[on] = (state.coverage.serving, state.coverage.certified, len(state.vacant))
    assert list(found.values()) == [(10, 6, 0), (9, 5, 1)]


def test_the_number_of_statements_does_not_grow_with_offices(app_context: AppContext) -> None:
    def asked(institution: int) -> tuple[int, ...]:
        given: dict[str, Any] = {"actor": HN, "country_code": "HN", "on": TODAY}
        return (
            statements(lambda db: figures.states_of_institutions(db, **given)),
            statements(lambda db: queries.post_table(db, **given)),
            statements(
                lambda db: queries.institution_report(db, **given, institution_id=institution)
            ),
        )

    counts = []
    for _more in range(2):
        with transaction() as db:
            a_country(db)
            institution = newest_institution(db, "HN")
        counts.append(asked(institution))
    assert counts[0] == counts[1] == (16, 8, 15)


@pytest.mark.both_databases
def test_posts_ask_for_the_courses_that_were_ticked(app_context: AppContext) -> None:
    with transaction() as db:
        a_country(db)
        an_edition(db, OTHER)
        institution = newest_institution(db, "HN")
        kind = post_kind(LocalizedText(es="Oficial", en="Officer"))

    def ask(actor: Actor, *courses: str) -> int:
        with transaction() as db:
            return services.ask_courses(
                db,
                actor=actor,
                country_code="HN",
                institution_id=institution,
                wanted={kind: courses},
                now=NOW,
            )

    assert ask(HN, GUIDELINES, OTHER) == 1
    assert ask(ORGANIZER, GUIDELINES, OTHER) == 0
    with reading() as db:
        table = queries.post_table(db, actor=HN, country_code="HN", on=TODAY)
        assert [one.slug for one in table.courses] == [GUIDELINES, OTHER]
        (row,) = table.rows
        counted = [cell and len(cell.people[CourseState.NONE]) for cell in row.cells]
        assert counted == [4, 10]
        facts = db.scalars(select(JournalEntry).where(JournalEntry.fact == "PostCoursesChanged"))
        assert [one.payload["courses"] for one in facts] == [[OTHER, GUIDELINES]]
    with pytest.raises(NotFound):
        ask(GT, GUIDELINES)
    with pytest.raises(InvalidInput):
        ask(HN, "no-such-course")
    assert ask(HN) == 1, "nothing is asked: the posts leave the scope of coverage"
    with reading() as db:
        assert queries.post_table(db, actor=HN, country_code="HN", on=TODAY).rows == ()
        now = figures.country_coverage(db, actor=HN, country_code="HN", on=TODAY)
        assert now is not None
        assert now.serving == 0
        assert db.scalars(select(PostCourse.post_id)).all() == []


@pytest.mark.both_databases
def test_a_post_is_closed_once_nobody_holds_it(app_context: AppContext) -> None:
    with transaction() as db:
        institution = an_institution(db)
        appointment, _person = an_official(db, institution)
        post_id = db.get_one(Appointment, appointment).post_id
    with transaction() as db, pytest.raises(PostHeldBySomebody):
        close_post(db, actor=HN, post_id=post_id, today=TODAY, now=NOW)
    with transaction() as db:
        db.get_one(Appointment, appointment).valid_until = TODAY
    with transaction() as db, pytest.raises(NotFound):
        close_post(db, actor=GT, post_id=post_id, today=TODAY, now=NOW)
    for _again in range(2):
        with transaction() as db:
            close_post(db, actor=HN, post_id=post_id, today=TODAY, now=NOW)
    with transaction() as db:
        reopen_post(db, actor=HN, post_id=post_id, now=NOW)
        assert db.get_one(Post, post_id).closed_on is None
        facts = select(JournalEntry.fact).where(JournalEntry.subject_kind == "post")
        assert db.scalars(facts.order_by(JournalEntry.id)).all() == ["PostClosed", "PostReopened"]


@pytest.mark.both_databases
def test_somebody_acts_until_a_day_and_the_other_country_cannot_say_so(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        appointment, _person = an_official(db, an_institution(db), since=date(2026, 3, 1))

    def act(actor: Actor, until: date | None, *, is_acting: bool = True) -> bool:
        with transaction() as db:
            return note_acting(
                db,
                actor=actor,
                country_code="HN",
                appointment_id=appointment,
                is_acting=is_acting,
                until=until,
                today=TODAY,
                now=NOW,
            )

    assert act(HN, date(2027, 1, 31))
    assert not act(HN, date(2027, 1, 31))
    with pytest.raises(InvalidInput):
        act(HN, date(2026, 2, 1))
    with pytest.raises(NotFound):
        act(GT, None)
    assert act(HN, date(2027, 1, 31), is_acting=False)
    with reading() as db:
        row = db.get_one(Appointment, appointment)
        assert (row.is_acting, row.acting_until) == (False, None)


def sign_in(app: Flask, actor: Actor) -> None:
    site(app).load_actor = lambda: actor


@pytest.fixture
def offices(app: Flask) -> tuple[int, int]:
    """An institution of each country, with ten people of whom six are certified."""
    with app.app_context(), transaction() as db:
        a_country(db, "GT")
        a_country(db)
        return newest_institution(db, "HN"), newest_institution(db, "GT")


def test_the_country_names_its_offices_at_risk_with_the_reason_and_the_act(
    app: Flask, client: FlaskClient, offices: tuple[int, int]
) -> None:
    sign_in(app, HN)
    page = client.get("/countries/HN?lang=es").get_data(as_text=True)
    assert "1 oficina en riesgo" in page
    assert f'href="/countries/HN/offices/{offices[0]}#none"' in page
    assert "Inscribir a 4" in page
    everything = client.get("/countries/HN/offices?lang=es").get_data(as_text=True)
    assert "estará bajo el piso del 60 % en may 2027 si no se actúa" in everything
    sign_in(app, PRESIDENCY)
    assert "oficina" not in client.get("/countries/HN?lang=es").get_data(as_text=True).lower()


@pytest.mark.parametrize("path", ["offices", "offices/{0}", "posts", "offices/{0}/courses"])
def test_offices_of_another_country_are_not_found(
    app: Flask, client: FlaskClient, offices: tuple[int, int], path: str
) -> None:
    sign_in(app, HN)
    assert client.get(f"/countries/HN/{path.format(offices[0])}").status_code == 200
    foreign = client.get(f"/countries/GT/{path.format(offices[1])}")
    assert foreign.status_code == 404
    if "{0}" in path:
        assert client.get(f"/countries/HN/{path.format(offices[1])}").status_code == 404
    sign_in(app, ORGANIZER)
    page = client.get(f"/countries/GT/{path.format(offices[1])}")
    assert page.status_code == 200
    assert "Canaria" not in page.get_data(as_text=True), "the office reads no names"


def test_those_ticked_are_enrolled_and_whoever_completed_it_before_takes_it_again(
    app: Flask, client: FlaskClient, offices: tuple[int, int]
) -> None:
    with app.app_context(), reading() as db:
        report = queries.institution_report(
            db, actor=HN, country_code="HN", institution_id=offices[0], on=TODAY
        )
        ids = [person.person_id for person, _ in report.people[CourseState.NONE]]
    assert len(ids) == 4
    sign_in(app, HN)
    address = f"/countries/HN/offices/{offices[0]}/enrolments"
    for enrolled in (2, 2):
        client.post(address, data={"person": [str(one) for one in ids[:2]]})
        with app.app_context(), reading() as db:
            assert len(db.scalars(select(Enrolment.id)).all()) == enrolled
    assert client.post(address.replace("HN", "GT"), data={"person": "1"}).status_code == 404
    page = client.get(f"/countries/HN/offices/{offices[0]}?lang=es").get_data(as_text=True)
    assert "2 personas sin nada aún" in page


def test_renewing_asks_for_a_tick_and_stays_inside_the_country(
    app: Flask, client: FlaskClient, offices: tuple[int, int]
) -> None:
    with app.app_context(), transaction() as db:
        _appointment, person = an_official(db, offices[0], name="Alba Pronto")
        a_certificate(db, person, an_edition(db), until=date(2027, 1, 10))
    sign_in(app, HN)
    page = client.get(f"/countries/HN/offices/{offices[0]}?lang=es").get_data(as_text=True)
    assert "1 certificado por vencer" in page
    address = f"/countries/HN/offices/{offices[0]}/renewals"
    answer = client.post(address, data={}, follow_redirects=True)
    assert "Marque a quiénes les renueva el certificado." in answer.get_data(as_text=True)
    sign_in(app, GT)
    assert client.post(address, data={"person": str(person)}).status_code == 404


def test_a_day_that_is_no_past_day_says_so_and_a_past_one_offers_no_act(
    app: Flask, client: FlaskClient, offices: tuple[int, int]
) -> None:
    sign_in(app, HN)
    for typed in ("2031-01-01", "1875-01-01", "mayo"):
        page = client.get(f"/countries/HN?lang=es&on={typed}").get_data(as_text=True)
        assert "Escriba un día entre 1990 y hoy." in page
    page = client.get("/countries/HN?lang=es&on=2026-05-01").get_data(as_text=True)
    assert "Así estaba el 1 may 2026" in page
    for of_today in ("Inscribir a", "esta semana", "Inscríbalas", ">Qué hacer</h2>", ">hoy<"):
        assert of_today not in page


def test_country_without_posts_is_not_said_to_be_above_the_floor(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        an_institution(db)
    sign_in(app, HN)
    page = client.get("/countries/HN/offices?lang=es").get_data(as_text=True)
    assert "Ninguna oficina tiene aún un puesto que cuente" in page
    assert "bajo el piso" not in page
