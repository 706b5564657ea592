"""Good practices: nobody reads one before the secretariat has, and none points to a person."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.followup.practices import services
from app.followup.practices.models import GoodPractice
from app.followup.practices.rules import holds_personal_number
from app.followup.practices.values import Category, OrganisationType, PracticeDraft
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.participation.registrations.values import Way
from tests.participation.invitations.world import an_invitation, come, key_of
from tests.planning.events.rows import NOW, an_event, counted_statements
from tests.support.actors import actor_of, csrf_token, sign_in

FORM = {
    "category": "good-practice",
    "title_es": "Ventanilla que escucha",
    "title_en": "",
    "summary_es": "Una sala aparte y turnos sin nombre en voz alta: 31 de 40 mujeres volvieron a su cita.",
    "summary_en": "",
    "organisation": "Red de Mujeres Ñandú",
    "organisation_type": "womens-organisation",
    "country_code": "HN",
    "url": "https://example.org/ventanilla",
}


def post(client: FlaskClient, path: str = "/good-practices/new", **changes: str) -> Any:
    return client.post(path, data={**FORM, **changes, "csrf_token": csrf_token(client)})


def rows(app: Flask) -> list[GoodPractice]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(GoodPractice)))


def a_practice(app: Flask, number: int = 0, *, accepted: bool = False) -> UUID:
    draft = PracticeDraft(
        Category.SUCCESS_STORY,
        LocalizedText(es=f"Historia {number}", en=f"Story {number}"),
        LocalizedText(es="Se hizo.", en="Done."),
        "Alianza",
        OrganisationType.CIVIL_SOCIETY,
    )
    official, organizer = actor_of(app, "official-hn"), actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        practice_id = services.submit_practice(
            db, actor=official, draft=draft, event_id=None, now=NOW
        )
        if accepted:
            services.accept_practice(db, actor=organizer, practice_id=practice_id, now=NOW)
    return practice_id


def test_r5_guest_from_civil_society_submits_a_practice_that_shows_after_review(
    app: Flask, client: FlaskClient
) -> None:
    """Given a guest without an account, when they send a practice by their link, then everybody
    reads it with category and kind of organisation once the secretariat has accepted it.
    """
    event_id = an_event(app)
    invited = key_of(app, an_invitation(app, event_id, Way.GUEST, now=clock.now()))
    key = come(app, invited, now=clock.now()).key
    page = f"/guest/{key}/good-practice"
    assert post(client, page, organisation_type="civil-society").status_code == 303
    [row] = rows(app)
    visitor = app.test_client()
    assert FORM["title_es"] not in visitor.get("/good-practices").text
    sign_in(client, "organizer")
    token = {"csrf_token": csrf_token(client)}
    assert client.post(f"/good-practices/{row.id}/acceptance", data=token).status_code == 303
    shown = visitor.get("/good-practices?category=good-practice&type=civil-society").text
    assert FORM["title_es"] in shown
    assert "Buena práctica · Sociedad civil · Honduras" in shown
    assert "Rigoberta" not in shown


def test_r5_it_shows_after_review_with_category_and_kind_of_organisation(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, "official-hn")
    assert post(client).status_code == 303
    [row] = rows(app)
    public = app.test_client()
    assert "Ventanilla que escucha" not in public.get("/good-practices").get_data(as_text=True)
    sign_in(client, "organizer")
    assert "Ventanilla que escucha" in client.get("/good-practices/review").get_data(as_text=True)
    accepted = client.post(
        f"/good-practices/{row.id}/acceptance", data={"csrf_token": csrf_token(client)}
    )
    assert accepted.status_code == 303
    page = public.get("/good-practices?category=good-practice&type=womens-organisation").get_data(
        as_text=True
    )
    assert "Ventanilla que escucha" in page
    assert "Buena práctica · Organización de mujeres · Honduras" in page
    assert "María José" not in page
    other = public.get("/good-practices?category=policy").get_data(as_text=True)
    assert "Ventanilla que escucha" not in other


def test_r42_an_english_reader_is_told_that_it_is_in_spanish(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, "official-hn")
    post(client)
    organizer, practice_id = actor_of(app, "organizer"), rows(app)[0].id
    with app.app_context(), transaction() as db:
        services.accept_practice(db, actor=organizer, practice_id=practice_id, now=NOW)
    page = app.test_client().get("/good-practices?lang=en").get_data(as_text=True)
    assert "Available only in Spanish." in page
    assert '<span lang="es">Ventanilla que escucha</span>' in page


def test_what_is_returned_says_why_to_its_author_only(app: Flask, client: FlaskClient) -> None:
    practice_id = a_practice(app)
    sign_in(client, "organizer")
    path = f"/good-practices/{practice_id}/return"
    short = client.post(path, data={"note": "corto", "csrf_token": csrf_token(client)})
    assert short.status_code == 422
    assert "corto" in short.get_data(as_text=True)
    note = "Falta decir qué resultó de la medida."
    assert (
        client.post(path, data={"note": note, "csrf_token": csrf_token(client)}).status_code == 303
    )
    again = client.post(path, data={"note": note, "csrf_token": csrf_token(client)})
    assert again.status_code == 409
    sign_in(client, "official-hn")
    assert note in client.get("/good-practices").get_data(as_text=True)
    sign_in(client, "official-gt")
    assert note not in client.get("/good-practices").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_es": ""}, "title_es"),
        ({"title_es": "x" * 201}, "title_es"),
        ({"summary_es": ""}, "summary_es"),
        ({"summary_es": "x" * 1201}, "summary_es"),
        ({"summary_es": "Con pasaporte G12345678 la atendieron."}, "summary_es"),
        ({"summary_es": "Llame al +504 9999-1234 a cualquier hora."}, "summary_es"),
        ({"organisation": " "}, "organisation"),
        ({"organisation_type": "army"}, "organisation_type"),
        ({"country_code": "XX"}, "country_code"),
        ({"url": "javascript:alert(1)"}, "url"),
    ],
)
def test_bad_input_is_a_sentence_at_its_field(
    app: Flask, client: FlaskClient, changes: dict[str, str], field: str
) -> None:
    sign_in(client, "official-hn")
    answer = post(client, **changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.get_data(as_text=True)
    assert rows(app) == []


def test_one_person_cannot_fill_the_desk(app: Flask, client: FlaskClient) -> None:
    for number in range(services.MOST_WAITING):
        a_practice(app, number)
    sign_in(client, "official-hn")
    assert post(client).status_code == 429


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_one_as_for_three(app: Flask, count: int) -> None:
    for number in range(count):
        a_practice(app, number, accepted=True)
    client = app.test_client()
    client.get("/good-practices")
    with counted_statements(app) as statements:
        page = client.get("/good-practices").get_data(as_text=True)
    assert page.count('<li class="panel">') == count
    assert len(statements) == 2


@given(st.integers(1950, 2090), st.integers(0, 99_999))
def test_years_and_plain_numbers_point_to_nobody(year: int, count: int) -> None:
    assert not holds_personal_number(
        f"En {year}-{min(year + 1, 2099)} participaron {count} mujeres (Decreto 37554)."
    )


@given(st.from_regex(r"[A-Z]{1,2}[0-9]{7}", fullmatch=True))
def test_a_passport_number_is_seen_wherever_it_stands(number: str) -> None:
    assert holds_personal_number(f"La señora con documento {number}, vino.")


@pytest.mark.parametrize(
    "text",
    [
        "Pasaporte: A 1234567",
        "pasaporte a1234567",
        "Llame al 5555 5555.",
        "tel. 2222-3333",
        "tel. 2222.3333",
    ],
)
def test_numbers_as_the_region_writes_them_are_seen(text: str) -> None:
    assert holds_personal_number(text)


@pytest.mark.parametrize(
    "text", ["Plan 2026-2027", "de 120000 personas", "A 120 personas", "Decreto 27-2016"]
)
def test_what_a_good_practice_counts_is_not_taken_for_a_person(text: str) -> None:
    assert not holds_personal_number(text)


def test_title_with_a_line_break_is_refused_at_its_field(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "official-hn")
    answer = post(client, title_es="Ventanilla\r\nBcc: otro@example.org")
    assert answer.status_code == 422
    assert "en una sola línea" in answer.text
    assert rows(app) == []
