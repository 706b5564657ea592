"""R61: a pasted list of institutions is understood, and institutions are kept every day."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.body import read_body
from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.people.directory.models import Institution, Post
from app.people.directory.rules.institutions import (
    Doubt,
    InstitutionMatch,
    KnownInstitution,
    LineAnswer,
    Understood,
    country_index,
    country_of_text,
    kind_of,
    match_institution,
    understand,
)
from app.people.directory.services.reference import seed_reference
from app.people.directory.values import INSTITUTION_KINDS
from app.people.directory.wording import KINDS
from tests.people.identity.visitor import posting
from tests.support.actors import sign_in

BODY = read_body("rcm")
COUNTRIES = country_index((c.code, [*c.name.values(), *c.also]) for c in BODY.countries)
KNOWN = tuple(
    KnownInstitution(None, one.country, (*one.name.values(), *filter(None, (one.short,))))
    for one in BODY.suggested_institutions
)


def read(text: str, **answers: LineAnswer) -> Understood:
    return understand(text, countries=COUNTRIES, known=KNOWN, answers=answers)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("México", "MX"),
        ("mexico", "MX"),
        ("RD", "DO"),
        ("Rep. Dominicana", "DO"),
        ("Salvador", "SV"),
        ("República de Panamá", "PA"),
        ("EE. UU.", "US"),
        ("Belize", "BZ"),
        ("HND", "HN"),
        ("gt", "GT"),
        ("Colombia", ""),
    ],
)
def test_r61_country_is_understood_however_it_is_written(written: str, code: str) -> None:
    assert country_of_text(written, COUNTRIES) == code


@pytest.mark.parametrize(
    "line",
    [
        "Ministerio de Trabajo; Panamá",
        "Ministerio de Trabajo\tPanamá",
        "Ministerio de Trabajo, Panamá",
        "Panamá; Ministerio de Trabajo",
        "Ministerio de Trabajo (Panamá)",
        "- Ministerio de Trabajo – Panamá",
        "1. Ministerio de Trabajo; PA",
        "Panamá:\nMinisterio de Trabajo",
        "Institución;País\nMinisterio de Trabajo;Panamá",
    ],
)
def test_r61_line_is_understood_however_it_is_divided(line: str) -> None:
    (ready,) = read(line).ready
    assert (ready.name, ready.country_code) == ("Ministerio de Trabajo", "PA")


def test_r61_comma_inside_a_name_is_part_of_it() -> None:
    (ready,) = read("Ministerio de Justicia, Seguridad y Paz; Costa Rica").ready
    assert ready.name == "Ministerio de Justicia, Seguridad y Paz"


def test_r61_doubtful_lines_say_why() -> None:
    found = read(
        "INM Honduras\nInstituto Guatemalteco de Migración; Guatemala\n"
        "Instituto Guatemalteco de Migracion; GT\nDir. Gral. de Migración y Extranjería\n"
        "Ministerio de Salud; Colombia"
    )
    told = [(line.doubt, line.other, line.countries) for line in found.doubtful]
    assert told == [
        (Doubt.SHORT, "Instituto Nacional de Migración", ()),
        (Doubt.SAME, "Instituto Guatemalteco de Migración", ()),
        (Doubt.NO_COUNTRY, "", ("CR", "SV", "NI")),
        (Doubt.UNKNOWN_COUNTRY, "", ()),
    ]
    assert len(found.ready) == 1


SAME, ANOTHER = LineAnswer(is_same=True), LineAnswer(is_same=False)


def test_record_that_is_nearly_the_same_is_named_in_the_language_of_the_line() -> None:
    names = ("Directorate of Migration (Honduras)", "Dirección General de Migración (Honduras)")
    known = (KnownInstitution(7, "HN", names),)
    for name in names:
        text = f"{name.partition(' (')[0]}, Honduras"
        (line,) = understand(text, countries=COUNTRIES, known=known, answers={}).doubtful
        assert (line.doubt, line.other) == (Doubt.SAME, name)


def test_r61_answers_settle_a_doubt() -> None:
    text = "Instituto Guatemalteco de Migración; GT\nInstituto Guatemalteco de Migracion; GT"
    key = read(text).doubtful[0].key
    assert [len(read(text, **{key: one}).ready) for one in (ANOTHER, SAME)] == [2, 1]
    short = read("INM Honduras").doubtful[0].key
    (ready,) = read("INM Honduras", **{short: SAME}).ready
    assert ready.name == "Instituto Nacional de Migración"
    nowhere = read("Casa de la Mujer").doubtful[0].key
    (ready,) = read("Casa de la Mujer", **{nowhere: LineAnswer(country="CR")}).ready
    assert ready.country_code == "CR"


@pytest.mark.parametrize(("is_same", "ready"), [(True, 1), (False, 2)])
def test_loose_name_is_asked_once_for_its_country_and_once_whether_it_is_another(
    is_same: bool, ready: int
) -> None:
    text = "Casa de la Mujer; CR\nCasa de la mujér"
    (line,) = read(text).doubtful
    assert line.doubt is Doubt.NO_COUNTRY
    (line,) = read(text, **{line.key: LineAnswer(country="CR")}).doubtful
    assert line.doubt is Doubt.SAME
    found = read(text, **{line.key: LineAnswer(country="CR", is_same=is_same)})
    assert (len(found.ready), len(found.doubtful)) == (ready, 0)


@pytest.mark.parametrize(
    "text",
    [
        "INM Honduras\nInst. Nac. de Migración; HN",
        "Inst. Nac. de Migración; HN\nINM Honduras",
        "Instituto Nacional de Migración (Honduras)\nINM Honduras",
    ],
)
def test_name_that_is_said_to_be_another_makes_no_second_record(text: str) -> None:
    answers: dict[str, LineAnswer] = {}
    while doubtful := read(text, **answers).doubtful:
        assert len(answers) < 3
        answers[doubtful[0].key] = SAME
    assert len(read(text, **answers).ready) == 1


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("https://www.sre.gob.mx; MX", Doubt.NOT_A_NAME),
        ("<b>Cancillería</b>; SV", Doubt.NOT_A_NAME),
        ('=HYPERLINK("http://example.org"; "Pulse")', Doubt.NOT_A_NAME),
        ("2026-05-01; CR", Doubt.NOT_A_NAME),
        ("ana@example.org; CR", Doubt.NOT_A_NAME),
        ("Ana López; ana@example.org; Honduras", Doubt.PERSON),
        ("Licda. Ana López; Honduras", Doubt.PERSON),
    ],
)
def test_what_is_no_institution_is_not_ready_and_can_be_left_out(text: str, doubt: Doubt) -> None:
    found = read(text)
    assert [line.doubt for line in found.doubtful] == [doubt]
    assert not found.ready
    out = read(text, **{found.doubtful[0].key: LineAnswer(is_out=True)})
    assert (len(out.left_out), out.doubtful) == (1, ())
    again = read(found.doubtful[0].text)
    assert [line.doubt for line in again.doubtful] == [doubt]


def test_institution_with_its_mailbox_is_added_when_somebody_says_so() -> None:
    text = "Casa de la Mujer; casa@example.org; Costa Rica"
    key = read(text).doubtful[0].key
    (ready,) = read(text, **{key: LineAnswer(is_kept=True)}).ready
    assert (ready.name, ready.country_code) == ("Casa de la Mujer", "CR")


def test_r61_same_line_twice_counts_once() -> None:
    found = read("Ministerio de Salud; CR\nMinisterio de salud; Costa Rica")
    assert (len(found.ready), len(found.known), len(found.doubtful)) == (1, 1, 0)


def test_kind_is_guessed_from_the_name() -> None:
    names = ("Instituto Nacional de las Mujeres", "Cancillería", "Registro Civil")
    assert [kind_of(name) for name in names] == ["womens-mechanism", "foreign-affairs", "other"]
    assert tuple(KINDS) == INSTITUTION_KINDS


HONDURAN = (
    KnownInstitution(1, "HN", ("Dirección General de Migración (Honduras)",)),
    KnownInstitution(2, "HN", ("Ministerio de Relaciones Exteriores (Honduras)",)),
    KnownInstitution(3, "HN", ("Instituto Nacional de Migración (INM)", "Migration Institute")),
    KnownInstitution(None, "HN", ("Secretaría de Trabajo",)),
)


@pytest.mark.parametrize(
    "written",
    [
        "Dirección General de Migración",
        "direccion general de migracion",
        "Dir. Gral. de Migración",
        "Dirección General de Migración, Honduras",
        "DIRECCIÓN GENERAL DE MIGRACIÓN DE HONDURAS",
        "Dirección General de Migración (HN).",
    ],
)
def test_institution_is_known_by_its_name_without_the_country_in_brackets(written: str) -> None:
    assert match_institution(written, HONDURAN, countries=COUNTRIES) == InstitutionMatch(sure=1)


@pytest.mark.parametrize(
    ("written", "likely"),
    [
        ("INM", (3,)),
        ("I.N.M.", (3,)),
        ("Minis. Relac. Exter.", (2,)),
        ("Dirección de Migración", (1,)),
        ("Instituto Nacional de Migracón", (3,)),
        ("Registro Civil", ()),
        ("Secretaría de Trabajo", ()),
        ("", ()),
    ],
)
def test_institution_that_is_only_alike_is_asked_about(
    written: str, likely: tuple[int, ...]
) -> None:
    found = match_institution(written, HONDURAN, countries=COUNTRIES)
    assert found == InstitutionMatch(likely=likely)


def test_institutions_of_one_bare_name_are_asked_about() -> None:
    twice = (*HONDURAN, KnownInstitution(4, "HN", ("Dirección General de Migración",)))
    found = match_institution("Dirección General de Migración", twice, countries=COUNTRIES)
    assert found == InstitutionMatch(likely=(1, 4))


@pytest.fixture
def two(app: Flask) -> tuple[int, int]:
    """Two records of one institution of Honduras; the second has a post."""
    with app.app_context(), transaction() as db:
        seed_reference(db)
        rows = [
            Institution(country_code="HN", name=LocalizedText(es=name), kind="migration")
            for name in ("Instituto Nacional de Migración", "INM")
        ]
        db.add_all(rows)
        db.flush()
        db.add(Post(institution_id=rows[1].id, title=LocalizedText(es="Oficial")))
        return rows[0].id, rows[1].id


def test_r61_two_records_of_one_institution_become_one(
    app: Flask, client: FlaskClient, two: tuple[int, int]
) -> None:
    sign_in(client, "focal-point-hn")
    post = posting(client)
    assert post(f"/institutions/{two[0]}/join", other=str(two[1])).status_code == 303
    with app.app_context(), reading() as db:
        assert list(db.scalars(select(Post.institution_id))) == [two[0]]
        assert db.get_one(Institution, two[1]).closed_on is not None
    assert post(f"/institutions/{two[0]}/join", other="").status_code == 422


def test_r61_focal_point_keeps_the_institutions_of_the_own_country_only(
    app: Flask, client: FlaskClient, two: tuple[int, int]
) -> None:
    sign_in(client, "focal-point-hn")
    post = posting(client)
    assert post("/institutions", name_es="Registro Civil", kind="other").status_code == 303
    twice = post("/institutions", name_es="registro civil", kind="labour")
    assert (twice.status_code, 'href="#name_es"' in twice.text) == (422, True)
    assert 'value="registro civil"' in twice.text
    assert '<option selected value="labour">' in twice.text
    wrong = post(f"/institutions/{two[1]}", name_es="x" * 201, name_en="INM", kind="none")
    assert (wrong.status_code, 'href="#name_es"' in wrong.text) == (422, True)
    assert f'value="{"x" * 201}"' in wrong.text
    wrong = post(f"/institutions/{two[1]}", name_es="INM", kind="none")
    assert (wrong.status_code, 'href="#kind"' in wrong.text) == (422, True)
    page = client.get("/institutions").text
    assert "Registro Civil" in page
    assert 'id="GT"' not in page
    assert post("/institutions", country="GT", name_es="X", kind="other").status_code == 404
    changed = post(f"/institutions/{two[1]}", name_es="Otro nombre", kind="labour")
    assert changed.status_code == 303
    sign_in(client, "focal-point-gt")
    assert client.get(f"/institutions/{two[0]}").status_code == 404
    assert posting(client)(f"/institutions/{two[0]}/close").status_code == 404
