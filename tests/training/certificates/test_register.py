"""The register: its filters and counts, what is taken along, whose it is."""

import csv
import io
import re
import zipfile
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Institution, Person
from app.people.directory.rules.people import sort_key
from app.training.certificates.models import Certificate
from app.training.certificates.queries.listing import (
    RegisterFilters,
    RegisterPage,
    register_page,
)
from app.training.certificates.queries.register import public_certificate
from app.training.certificates.rules import grouped
from app.training.certificates.services.renewing import note_notices
from app.training.certificates.tasks import stored_pdf
from app.training.certificates.values import CertificateKind, ListedState
from app.training.library.models import GuidelineVersion
from tests.planning.events.rows import counted_statements
from tests.support.actors import csrf_token
from tests.training.certificates.builders import (
    EVENING,
    a_correction,
    an_edition,
    an_organizer,
    finished,
    focal_point,
    revoke,
    sign_in,
)

pytestmark = pytest.mark.usefixtures("the_day")
TODAY = date(2026, 11, 24)
OFFICE = Actor(account_id=1, grants=frozenset({Grant(Role.ORGANIZER)}))
MARIA = "María José Ñáñez Güell de la O"


def page_of(
    app: Flask, filters: RegisterFilters | None = None, *, actor: Actor = OFFICE, number: int = 1
) -> RegisterPage:
    with app.app_context(), reading() as db:
        return register_page(
            db,
            actor=actor,
            filters=filters or RegisterFilters(),
            number=number,
            today=TODAY,
        )


def a_certificate(app: Flask, **of: object) -> str:
    with app.app_context(), transaction() as db:
        return finished(db, **of).certificate(db)  # type: ignore[arg-type]


def taken(client: FlaskClient, path: str, form: str, **fields: str) -> TestResponse:
    data = {"form": form, "csrf_token": csrf_token(client), **fields}
    return client.post(path, data=data, buffered=True)


def test_each_state_is_a_chip_whose_count_is_that_of_its_list(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        old = an_edition(db, validity_months=24, adopted_on=date(2019, 1, 1))
        short = an_edition(db, validity_months=2)
        past = an_edition(db, validity_months=0)
        endless = finished(db, edition_id=past).certificate(db)
        ending = finished(db, edition_id=short).certificate(db)
        early = finished(db, edition_id=old).certificate(db)
        wrong = finished(db, edition_id=past).certificate(db)
        ended = finished(db, edition_id=past).certificate(db)
        a_correction(db, wrong)
    revoke(app, ended)
    with app.app_context(), transaction() as db:
        text = LocalizedText(es="N", en="N")
        db.add(
            GuidelineVersion(
                label="2025", title=text, source_note=text, adopted_on=date(2019, 1, 2)
            )
        )
    page = page_of(app)
    assert page.counts == {
        ListedState.VALID: 2,  # the corrected one and the endless one
        ListedState.ENDS_SOON: 1,
        ListedState.SUPERSEDED: 1,
        ListedState.REPLACED: 1,
        ListedState.REVOKED: 1,
    }
    assert (page.total, page.every, page.holding) == (6, 6, 4)
    states = {row.code: row.state for row in page.rows}
    assert states[endless] is ListedState.VALID
    assert states[ending] is ListedState.ENDS_SOON
    assert states[early] is ListedState.SUPERSEDED
    assert states[wrong] is ListedState.REPLACED
    assert states[ended] is ListedState.REVOKED
    for state, number in page.counts.items():
        listed = page_of(app, RegisterFilters(state=state))
        assert listed.paging.total == len(listed.rows) == number
        assert {row.state for row in listed.rows} == {state}
    with app.app_context(), reading() as db:
        for row in page.rows:  # the public page says the same
            public = public_certificate(db, row.code, today=TODAY).status.value
            assert public == ("valid" if row.state is ListedState.ENDS_SOON else row.state.value)


def test_an_expired_certificate_is_listed_as_such(app: Flask, code: str) -> None:
    with app.app_context(), reading() as db:
        page = register_page(
            db, actor=OFFICE, filters=RegisterFilters(), number=1, today=date(2028, 11, 25)
        )
    assert page.counts == {ListedState.EXPIRED: 1}
    assert page.holding == 0


def test_names_are_found_without_accents_and_codes_by_their_beginning(app: Flask) -> None:
    maria = a_certificate(app)
    other = a_certificate(app, name="Iván Solórzano Yánez", sort_key="Solórzano Yánez, Iván")

    def found(text: str) -> list[str]:
        return [row.code for row in page_of(app, RegisterFilters(text=text)).rows]

    with app.app_context(), transaction() as db:
        for person in db.scalars(select(Person)):
            person.sort_key = sort_key(person.full_name)
    assert found("nanez maria") == [maria]
    assert found("SOLORZANO") == [other]
    assert found(grouped(other).lower()[:9]) == [other]
    assert found("%") == []
    assert found("nobody") == []


def test_kind_country_and_month_narrow_the_list(app: Flask) -> None:
    here = a_certificate(app)
    there = a_certificate(app, country="HN")
    assert [r.code for r in page_of(app, RegisterFilters(country="HN")).rows] == [there]
    assert page_of(app, RegisterFilters(kind=CertificateKind.SPEAKER)).total == 0
    # 03:10 UTC on 25 November is November in Costa Rica too; the month before holds none
    assert page_of(app, RegisterFilters(month=date(2026, 11, 1))).total == 2
    assert page_of(app, RegisterFilters(month=date(2026, 10, 1))).total == 0
    assert page_of(app, RegisterFilters(course="guidelines")).every == 2
    assert {here, there} == {row.code for row in page_of(app).rows}


def test_r50_a_focal_point_lists_and_exports_her_country_alone(
    app: Flask, client: FlaskClient
) -> None:
    a_certificate(app)
    code = a_certificate(app, country="HN", name="Dunia Zúñiga", sort_key="Zúñiga, Dunia")
    with app.app_context(), reading() as db, pytest.raises(NotFound):
        register_page(
            db,
            actor=focal_point("HN"),
            filters=RegisterFilters(country="CR"),
            number=1,
            today=TODAY,
        )
    with app.app_context(), reading() as db, pytest.raises(NotAllowed):
        register_page(db, actor=focal_point("HN"), filters=RegisterFilters(), number=1, today=TODAY)
    sign_in(app, focal_point("HN"))
    assert client.get("/certificates/register").status_code == 403
    shown = client.get("/certificates/countries/hn").get_data(as_text=True)
    assert "Dunia Zúñiga" in shown
    assert MARIA not in shown
    foreign = taken(client, "/certificates/countries/CR/export", "csv")
    assert foreign.status_code == 404
    assert MARIA not in foreign.get_data(as_text=True)
    # a country in the form does not widen it
    answer = taken(client, "/certificates/countries/HN/export", "csv", country="CR")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row[:2] for row in rows[1:-1]] == [[grouped(code), "Dunia Zúñiga"]]
    with app.app_context(), reading() as db:
        made = db.scalars(select(JournalEntry).where(JournalEntry.fact == "ExportMade")).one()
        assert made.payload == {"kind": "certificates", "scope": "HN", "rows": 1}


def test_the_table_calls_no_program_to_life(app: Flask, client: FlaskClient) -> None:
    """A name cannot begin with a sign of a formula, an institution can."""
    with app.app_context(), transaction() as db:
        somebody = finished(db)
        house = db.scalars(select(Institution)).one()
        house.name = LocalizedText(es='=HYPERLINK("http://x")', en='=HYPERLINK("http://x")')
        db.flush()
        somebody.certificate(db)
        office = an_organizer(db)
    sign_in(app, office)
    text = taken(client, "/certificates/register/export", "csv").get_data()
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert rows[1][2] == '\'=HYPERLINK("http://x")'
    book = taken(client, "/certificates/register/export", "xlsx")
    assert book.data.startswith(b"PK")
    with zipfile.ZipFile(io.BytesIO(book.data)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_the_zip_holds_what_was_drawn_and_names_the_rest(app: Flask, client: FlaskClient) -> None:
    drawn = a_certificate(app)
    a_certificate(app, name="Iván Solórzano Yánez", sort_key="Solórzano Yánez, Iván")
    with app.app_context():
        pdf = stored_pdf(drawn, now=EVENING)
    sign_in(app, focal_point("CR"))
    answer = taken(client, "/certificates/countries/CR/export?lang=en", "zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith(".pdf")]
        assert name.startswith("maría-josé-ñáñez-güell-de-la-o_")
        assert archive.read(name) == pdf
        left = archive.read("README.txt").decode("utf-8-sig")
    assert "iván-solórzano-yánez_" in left
    assert left.startswith("Exported by ")
    assert "The PDFs of these certificates have not been made yet." in left


def test_certificates_that_end_soon_are_counted_by_country_with_how_many_were_told(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        short = an_edition(db, validity_months=2)
        codes = [finished(db, edition_id=short).certificate(db) for _ in range(3)]
        told = db.scalars(select(Certificate.id).where(Certificate.code == codes[0])).one()
        note_notices(db, [(told, 90), (told, 60)], now=EVENING)
        office, keeper = an_organizer(db), focal_point("CR")
    sign_in(app, office)
    assert client.get("/certificates/register?month=9999-12").status_code == 200
    page = client.get("/certificates/register").get_data(as_text=True)
    assert "Renovar 3 certificados que vencen en 90 días" in page
    assert "Costa Rica 3 · aviso enviado a 1 de 3 titulares" in page
    assert "vigentes hoy. 3 de ellos vencen pronto." in re.sub(r"\s+", " ", page)
    sign_in(app, keeper)
    page = client.get("/certificates/countries/CR").get_data(as_text=True)
    assert "Renovar 3 certificados que vencen en 90 días" in page
    assert "aviso enviado a 1 de 3 titulares" in page
    assert "/certificates/renewals?country=CR" in page


@pytest.mark.parametrize("number", [1, 7])
def test_the_page_asks_as_much_for_one_certificate_as_for_many(
    app: Flask, client: FlaskClient, number: int
) -> None:
    with app.app_context(), transaction() as db:
        edition = an_edition(db)
        for _ in range(number):
            finished(db, edition_id=edition).certificate(db)
        office = an_organizer(db)
    sign_in(app, office)
    client.get("/certificates/register")
    with counted_statements(app) as statements:
        page = client.get("/certificates/register").get_data(as_text=True)
    assert page.count('<details class="row-opens"') == number
    assert len(statements) <= MOST_STATEMENTS


MOST_STATEMENTS = 21
