"""Newcomers by paste: the good lines come in and are invited, the bad ones come back, a second time
adds nobody.
"""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.office.outbox.models import Message
from app.people.directory.models import Appointment, Institution, Person
from app.people.directory.rules.institutions import KnownInstitution, country_index
from app.people.directory.rules.places import line_key
from app.people.identity.models import Account
from app.training.turnover.rules.pasted import PasteAnswers, PastedNewcomers, read_pasted
from tests.support.actors import csrf_token, sign_in
from tests.support.following import let_follow
from tests.support.kept import shown_again
from tests.training.turnover.builders import an_institution, an_official
from tests.training.turnover.pressing import press_twice, shown

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
    before = client.post(PATH, data={"people": sixty, "csrf_token": token})
    assert before.status_code == 200
    assert counts(app) == (0, 0, 0), "nobody is added before all is shown"
    for told in (
        "57 personas recibirán esta carta",
        "Agregar e invitar a 57 personas",
        "Ministerio X",
    ):
        assert told in before.text
    assert before.text.count("Se agrega; sale una carta de invitación a nueva") == 57
    data = {"people": sixty, "csrf_token": token, **shown(before.text)}
    answer = client.post(PATH, data=data)
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
    assert "57 ya están en la lista" in again.get_data(as_text=True)
    assert "Con esto no se envía ninguna carta" in again.text
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
    press_twice(client, PATH, {"people": "\n".join(lines), "csrf_token": csrf_token(client)})
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


def read(text: str, answers: PasteAnswers | None = None) -> PastedNewcomers:
    known = (KnownInstitution(1, "HN", (OFFICE, "Migration Office")),)
    countries = country_index([("HN", ("Honduras",))])
    today = date(2026, 11, 24)
    return read_pasted(
        text, known=known, names={1: OFFICE}, countries=countries, today=today, answers=answers
    )


def test_a_heading_says_the_order_of_columns_and_other_rows_that_of_days() -> None:
    text = "\n".join(
        [
            "Correo;Apellidos;Nombres;Teléfono;Cargo;Dependencia;Fecha de ingreso",
            f"una@example.org;Ñúñez Paz;Ana;22;Cónsul;{OFFICE};03/02/2026",
            f"dos@example.org;Mejía;Luis;22;Jefe;{OFFICE};25/02/2026",
        ]
    )
    pasted = read(text)
    newcomers = [line.newcomer for line in pasted.lines if line.newcomer]
    assert [(one.full_name, one.email, one.post_title, one.valid_from) for one in newcomers] == [
        ("Ana Ñúñez Paz", "una@example.org", "Cónsul", date(2026, 2, 3)),
        ("Luis Mejía", "dos@example.org", "Jefe", date(2026, 2, 25)),
    ]
    assert pasted.days is not None
    assert pasted.days.chosen == "day", "it may still be said otherwise"


@given(st.text(max_size=300))
def test_every_line_is_somebody_or_has_a_reason(text: str) -> None:
    for line in read(text).lines:
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
    data = {"people": "\n".join(lines), "csrf_token": token}
    asked = client.post(PATH, data=data)
    keys = [line_key(line) for line in lines]
    assert [asked.text.count(f'name="who-{key}"') for key in keys] == [2, 2, 0]
    assert "Agregar e invitar a 1 persona" in asked.text
    answers = {f"who-{keys[0]}": str(first), f"who-{keys[1]}": "0"}
    changed = client.post(PATH, data=data | shown(asked.text) | answers)
    assert counts(app)[0] == 2, "an answer changes what happens, so it is shown first"
    assert "Se agregan 3 personas" in changed.text
    assert "El registro anterior y sus certificados continúan" in changed.text
    done = client.post(PATH, data=data | shown(changed.text))
    assert done.status_code == 303
    assert counts(app)[0] == 4, "one record went on, two are new"
    with app.app_context(), reading() as db:
        assert len(db.scalars(select(Appointment).where(Appointment.person_id == first)).all()) == 2
        assert db.get_one(Person, first).email == "una@example.org"


def test_known_names_without_an_answer_come_back_and_the_others_come_in(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        institution = an_institution(db)
        an_official(db, institution, name="Persona Nueva Paz", until=date(2026, 5, 1))
    lines = [
        f"Persona Nueva Paz;dos@example.org;{OFFICE};Cónsul;2026-06-01",
        f"Persona Nueva Ruiz;tres@example.org;{OFFICE};Cónsul;2026-06-01",
    ]
    sign_in(client, "focal-point-hn")
    data = {"people": "\n".join(lines), "csrf_token": csrf_token(client)}
    page = press_twice(client, PATH, data).text
    kept = page.partition("<textarea")[2].partition("</textarea>")[0]
    assert ("Paz" in kept, "Ruiz" in kept) == (True, False)
    assert counts(app)[0] == 2, "nobody was doubled"


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02",
        "02.03.2026",
        "2 de marzo de 2026",
        "March 2, 2026",
        "02 mar. 2026",
        "02-mar-2026",
        "2-mar-26",
        "02/mar/2026",
        "2026-mar-02",
        "2026-03-02 00:00:00",
        "46083",
        "46083.0",
    ],
)
def test_r21_day_is_read_as_offices_write_it(written: str) -> None:
    """Also as spreadsheets number it: 46083 is 2 March 2026."""
    pasted = read(f"Persona Nueva Una;una@example.org;{OFFICE};Oficial;{written}")
    [line] = pasted.lines
    assert line.newcomer is not None, line.reason
    assert line.newcomer.valid_from == date(2026, 3, 2)
    assert pasted.days is None


@pytest.mark.parametrize(
    ("written", "order", "since"),
    [
        ("3/11/2026", "day", date(2026, 11, 3)),
        ("3/11/2026", "month", date(2026, 3, 11)),
        ("2-3-26", "day", date(2026, 3, 2)),
        ("25/3/2026", "", date(2026, 3, 25)),
        ("3/25/2026", "", date(2026, 3, 25)),
        ("3/3/2026", "", date(2026, 3, 3)),
    ],
)
def test_r21_day_that_can_be_read_in_two_ways_is_asked_about(
    written: str, order: str, since: date
) -> None:
    text = f"Persona Nueva Una;una@example.org;{OFFICE};Oficial;{written}"
    asked = read(text)
    assert (asked.days is not None) == bool(order)
    assert (asked.lines[0].newcomer is None) == bool(order), "nobody comes in before the answer"
    [line] = read(text, PasteAnswers(order=order)).lines
    assert line.newcomer is not None
    assert line.newcomer.valid_from == since


def test_r21_question_about_days_is_answered_on_the_page(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        an_institution(db)
    sign_in(client, "focal-point-hn")
    line = f"Persona Nueva Una;una@example.org;{OFFICE};Oficial;3/11/2025"
    data = {"people": line, "csrf_token": csrf_token(client)}
    asked = client.post(PATH, data=data).text
    assert "¿Qué día es 3/11/2025?" in asked
    assert "3 nov 2025" in asked
    assert "11 mar 2025" in asked
    assert 'name="seen"' not in asked
    told = client.post(PATH, data=data | {"order": "month"}).text
    client.post(PATH, data=data | shown(told))
    with app.app_context(), reading() as db:
        assert db.scalars(select(Appointment.valid_from)).all() == [date(2025, 3, 11)]


def test_r21_sixty_of_an_institution_without_its_country_come_in_by_one_answer(
    app: Flask, client: FlaskClient
) -> None:
    """The name on record ends with the country, as in the body's file; sixty lines do without."""
    name = LocalizedText(es="Dirección General de Migración (Honduras)")
    with app.app_context(), transaction() as db:
        an_institution(db)
        db.add(Institution(country_code="HN", name=name, kind="migration"))
    lines = [
        f"Persona Nueva {n:02d} Paz;nueva{n}@example.org;Dirección General de Migración;Oficial"
        for n in range(60)
    ]
    sign_in(client, "focal-point-hn")
    data = {"people": "\n".join(lines), "csrf_token": csrf_token(client)}
    page = client.post(PATH, data=data).text
    assert "«Dirección General de Migración»" in page
    assert "60 líneas" in page
    assert "Agregar e invitar a 60 personas" in page, "the one that is surely meant is proposed"
    client.post(PATH, data=data | shown(page))
    assert counts(app) == (60, 60, 60)


@pytest.mark.parametrize(("answer", "people", "places"), [("new", 2, 2), ("out", 1, 1)])
def test_r21_unknown_institution_is_asked_about_added_or_left_out(
    app: Flask, client: FlaskClient, answer: str, people: int, places: int
) -> None:
    with app.app_context(), transaction() as db:
        an_institution(db)
    lines = [
        "Persona Nueva Una;una@example.org;Ministerio de Economía;Oficial;2026-01-05",
        f"Persona Nueva Dos;dos@example.org;{OFFICE};Oficial;2026-01-05",
    ]
    sign_in(client, "focal-point-hn")
    data = {"people": "\n".join(lines), "csrf_token": csrf_token(client)}
    asked = client.post(PATH, data=data).text
    assert "Diga arriba qué institución es «Ministerio de Economía»" in asked
    key = line_key("ministerio de economia")
    told = client.post(PATH, data=data | {f"place-{key}": answer}).text
    done = client.post(PATH, data=data | shown(told))
    assert done.status_code == 303, "whoever is left out does not come back"
    assert counts(app) == (people, people, people)
    with app.app_context(), reading() as db:
        here = select(func.count(Institution.id)).where(Institution.country_code == "HN")
        assert db.scalar(here) == places


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("https://example.org")',
        "=1+1",
        "@SUM(A1)",
        "https://example.org/maria",
        "<b>María</b>",
        "maria@example.org",
    ],
)
@pytest.mark.parametrize("column", [0, 2, 3])
def test_r21_formula_address_or_markup_is_no_person_post_or_institution(
    cell: str, column: int
) -> None:
    cells = ["Persona Nueva", "una@example.org", OFFICE, "Oficial"]
    cells[column] = cell
    pasted = read("\t".join(cells))
    assert [line.newcomer for line in pasted.lines] == [None] or column == 2
    assert pasted.places == ()


def test_no_institution_is_chosen_before_somebody_chooses_it(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        an_institution(db)
        db.add(Institution(country_code="HN", name=LocalizedText(es="Mecanismo"), kind="labour"))
    sign_in(client, "focal-point-hn")
    path = "/countries/HN/officials/new"
    assert 'value="">Elija una institución</option>' in client.get(path).text
    data = {
        "full_name": "Persona Nueva Una",
        "email": "nueva@example.org",
        "institution_id": "",
        "post_title": "Oficial",
        "valid_from": "2026-03-02",
        "csrf_token": csrf_token(client),
    }
    refused = client.post(path, data=data)
    assert refused.status_code == 422
    assert 'id="institution_id-error"' in refused.text
    assert "Persona Nueva Una" in refused.text


def test_r21_one_typed_newcomer_is_shown_first_gets_an_account_and_the_letter_leaves(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        institution = an_institution(db)
    sign_in(client, "focal-point-hn")
    path = "/countries/HN/officials/new"
    data = {
        "full_name": "Persona Nueva Una",
        "email": "nueva@example.org",
        "institution_id": str(institution),
        "post_title": "Oficial",
        "valid_from": "2026-03-02",
        "csrf_token": csrf_token(client),
    }
    before = client.post(path, data=data)
    assert before.status_code == 200
    assert "sale una carta de invitación a nueva@example.org" in before.text
    assert "1 persona recibirá esta carta" in before.text
    assert counts(app) == (0, 0, 0)
    changed = client.post(path, data=data | shown(before.text) | {"email": "otra@example.org"})
    assert "otra@example.org" in changed.text
    assert counts(app) == (0, 0, 0), "what was changed is shown again"
    done = client.post(path, data=data | shown(before.text))
    assert done.status_code == 303
    assert "Sale 1 carta de invitación" in client.get(done.location).text
    assert counts(app) == (1, 1, 1)
    let_follow(app, "notifications.on_account_invited")
    with app.app_context(), reading() as db:
        [letter] = db.scalars(select(Message)).all()
    assert letter.recipient == "nueva@example.org"
    assert "/invited/" in letter.body


def test_r21_institution_written_otherwise_is_shown_before_any_letter_leaves(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        an_institution(db)
    sign_in(client, "focal-point-hn")
    typed = "Persona Nueva Una;una@example.org;Dir. de Migracion;Oficial;2026-03-02"
    data = {"people": typed, "csrf_token": csrf_token(client)}
    page = client.post(PATH, data=data).text
    assert "Dir. de Migracion" in page
    assert f"Es {OFFICE}" in page
    assert counts(app) == (0, 0, 0)
    client.post(PATH, data=data | shown(page))
    assert counts(app) == (1, 1, 1)


def test_answers_given_in_a_preview_that_came_too_late_are_asked_for_no_second_time(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        institution = an_institution(db)
        known = an_official(db, institution, name="Persona Nueva Ñúñez", until=date(2026, 5, 1))[1]
    line = f"Persona Nueva Ñúñez;una@example.org;{OFFICE};Cónsul;2026-06-01"
    other = "Persona Nueva Dos;dos@example.org;Ministerio de Economía;Oficial;01/02/2026"
    who, place = f"who-{line_key(line)}", f"place-{line_key('ministerio de economia')}"
    answers = {who: str(known), place: "new", "order": "month"}
    typed = {"people": f"{line}\n{other}", "seen": "anything", **answers}
    sign_in(client, "focal-point-hn")
    html = shown_again(client, PATH, PATH, typed)
    assert "Persona Nueva Dos" in html.partition("<textarea")[2].partition("</textarea>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="(\w+)"', html))
    assert {name: hidden.get(name) for name in answers} == answers
    assert "seen" not in hidden, "what happens is shown before it does"
    assert counts(app)[0] == 1


def test_newcomer_typed_in_a_form_that_came_too_late_is_shown_with_the_answer(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        institution = an_institution(db)
        known = an_official(db, institution, name="Ana Paz", until=date(2026, 5, 1))[1]
    typed = {
        "full_name": "Ana Paz",
        "email": "ana@example.org",
        "institution_id": institution,
        "post_title": "Cónsul",
        "valid_from": "2026-06-01",
        "same_as": known,
    }
    sign_in(client, "focal-point-hn")
    path = "/countries/HN/officials/new"
    html = shown_again(client, path, path, typed)
    assert 'value="ana@example.org"' in html
    assert re.search(rf'name="same_as" value="{known}" checked', html)
