"""Newcomers by paste: the good lines come in and are invited, the bad ones come back, a second time
adds nobody.
"""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.office.outbox.models import Message
from app.people.directory.models import Appointment, Institution, Person
from app.people.identity.models import Account
from app.training.turnover.rules.pasted import line_key, read_pasted
from tests.support.actors import csrf_token, sign_in
from tests.support.following import let_follow
from tests.training.turnover.builders import an_institution, an_official

OFFICE = "Dirección de Migración"
PATH = "/countries/HN/officials/paste"


def a_line(number: int) -> str:
    name, address = f"Persona Nueva Número {number:03d} Ñúñez", f"nueva{number}@example.org"
    return f"{name}\t{address}\t{OFFICE}\tOficial de enlace\t2026-03-02"


@pytest.fixture
def sixty(app: Flask) -> str:
    """Fifty-seven good lines under a heading, and three that lack something."""
    with app.app_context(), transaction() as db:
        an_institution(db)
    lines = ["Nombre\tCorreo\tInstitución\tCargo\tDesde", *map(a_line, range(57))]
    lines += [
        f"Sin Correo\tno es correo\t{OFFICE}\tOficial",
        "Otra Persona\totra@example.org\tMinisterio X\tOficial",
        f"Con Fecha Mala\tmala@example.org\t{OFFICE}\tOficial\t31/02/2026",
    ]
    return "\n".join(lines)


def counts(app: Flask) -> tuple[int, int, int]:
    """People of the paste, their posts, their accounts."""
    named = Person.full_name.startswith("Persona Nueva")
    with app.app_context(), reading() as db:
        ids = select(Person.id).where(named)
        return (
            db.scalar(select(func.count(Person.id)).where(named)) or 0,
            db.scalar(select(func.count(Appointment.id)).where(Appointment.person_id.in_(ids)))
            or 0,
            db.scalar(select(func.count(Account.id)).where(Account.person_id.in_(ids))) or 0,
        )


def test_r21_of_sixty_fifty_seven_come_in_three_are_named_and_again_adds_nobody(
    app: Flask, client: FlaskClient, sixty: str
) -> None:
    """Each is invited by one letter in the country's language."""
    sign_in(client, "focal-point-hn")
    token = csrf_token(client)
    answer = client.post(PATH, data={"people": sixty, "csrf_token": token})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert counts(app) == (57, 57, 57)
    for reason in ("Escriba un correo de trabajo", "Ministerio X", "año-mes-día"):
        assert reason in page
    kept = page.partition("<textarea")[2].partition("</textarea>")[0]
    assert "Sin Correo" in kept
    assert "Persona Nueva" not in kept
    again = client.post(PATH, data={"people": sixty, "csrf_token": token})
    assert counts(app) == (57, 57, 57)
    assert "57 ya estaban en la lista" in again.get_data(as_text=True)
    let_follow(app, "notifications.on_account_invited")
    with app.app_context(), reading() as db:
        letters = db.scalars(select(Message).where(Message.recipient.startswith("nueva"))).all()
    assert len({letter.recipient for letter in letters}) == len(letters) == 57
    assert {letter.language for letter in letters} == {"es"}
    assert "/invited/" in letters[0].body


def test_a_shared_mailbox_is_invited_once_and_both_are_on_the_list(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        an_institution(db)
    lines = [
        f"Persona Nueva {name};consulado@example.org;{OFFICE};Oficial" for name in ("Una", "Dos")
    ]
    sign_in(client, "focal-point-hn")
    client.post(PATH, data={"people": "\n".join(lines), "csrf_token": csrf_token(client)})
    assert counts(app) == (2, 2, 1)


@pytest.mark.parametrize(
    ("typed", "status"), [("", 422), ("\n \n", 422), ("x;" * 3000, 422), ("a\n" * 600, 422)]
)
def test_what_is_no_list_is_a_sentence_at_the_field(
    app: Flask, client: FlaskClient, typed: str, status: int
) -> None:
    with app.app_context(), transaction() as db:
        an_institution(db)
    sign_in(client, "focal-point-hn")
    answer = client.post(PATH, data={"people": typed, "csrf_token": csrf_token(client)})
    assert answer.status_code == status
    assert 'href="#people"' in answer.get_data(as_text=True)


def test_r50_another_country_is_not_found(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        an_institution(db, "GT")
    sign_in(client, "focal-point-hn")
    data = {"people": a_line(1), "csrf_token": csrf_token(client)}
    assert client.post(PATH.replace("HN", "GT"), data=data).status_code == 404
    assert counts(app) == (0, 0, 0)
    with app.app_context(), reading() as db:
        assert (
            db.scalar(select(func.count(Institution.id)).where(Institution.country_code == "GT"))
            == 1
        )


@given(st.text(max_size=300))
def test_every_line_is_somebody_or_has_a_reason(text: str) -> None:
    for line in read_pasted(text, institutions={OFFICE: 1}, today=date(2026, 11, 24)):
        assert (line.newcomer is None) != (line.reason is None)


def test_known_names_in_a_paste_are_asked_about_line_by_line(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        institution = an_institution(db)
        first = an_official(db, institution, name="Persona Nueva Ñúñez", until=date(2026, 5, 1))[1]
        an_official(db, institution, name="Persona Nueva Paz", until=date(2026, 5, 1))
    lines = [
        f"Persona Nueva Ñúñez;una@example.org;{OFFICE};Cónsul;2026-06-01",
        f"Persona Nueva Paz;dos@example.org;{OFFICE};Cónsul;2026-06-01",
        f"Persona Nueva Ruiz;tres@example.org;{OFFICE};Cónsul;2026-06-01",
    ]
    sign_in(client, "focal-point-hn")
    token = csrf_token(client)
    asked = client.post(PATH, data={"people": "\n".join(lines), "csrf_token": token})
    page = asked.get_data(as_text=True)
    assert asked.status_code == 200
    assert counts(app)[0] == 3, "whoever is new by name came in; nobody was doubled"
    kept = page.partition("<textarea")[2].partition("</textarea>")[0]
    assert ("Ñúñez" in kept, "Paz" in kept, "Ruiz" in kept) == (True, True, False)
    keys = [line_key(line) for line in lines]
    assert [page.count(f'name="who-{key}"') for key in keys] == [2, 2, 0]
    answers = {f"who-{keys[0]}": str(first), f"who-{keys[1]}": "0"}
    done = client.post(PATH, data={"people": "\n".join(lines[:2]), "csrf_token": token, **answers})
    assert done.status_code == 303
    assert counts(app)[0] == 4, "one record went on, one is new"
    with app.app_context(), reading() as db:
        assert len(db.scalars(select(Appointment).where(Appointment.person_id == first)).all()) == 2
        assert db.get_one(Person, first).email == "una@example.org"


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02",
        "2/3/2026",
        "02.03.2026",
        "2-3-26",
        "2 de marzo de 2026",
        "March 2, 2026",
        "02 mar. 2026",
        "2026-03-02 00:00:00",
    ],
)
def test_r21_day_is_read_as_people_write_it(written: str) -> None:
    line = f"Persona Nueva Una;una@example.org;{OFFICE};Oficial;{written}"
    (read,) = read_pasted(line, institutions={OFFICE: 1}, today=date(2026, 11, 24))
    assert read.newcomer is not None
    assert read.newcomer.valid_from == date(2026, 3, 2)


def test_r21_institution_written_otherwise_is_shown_before_any_letter_leaves(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        an_institution(db)
    sign_in(client, "focal-point-hn")
    typed = "Persona Nueva Una;una@example.org;Dir. de Migracion;Oficial;2/3/2026"
    token = csrf_token(client)
    shown = client.post(PATH, data={"people": typed, "csrf_token": token}).text
    assert "Dir. de Migracion" in shown
    assert f'<td data-label="Entendimos">{OFFICE}</td>' in shown
    assert counts(app) == (0, 0, 0)
    client.post(PATH, data={"people": typed, "csrf_token": token, "seen": "1"})
    assert counts(app) == (1, 1, 1)
