"""A country and the region taken along as PDF and spreadsheet: what stands in them, for whom, and
that it is recorded.
"""

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.people.directory.models import Appointment, Country
from app.people.directory.values import SharedFigures
from tests.support.actors import csrf_token, sign_in
from tests.training.turnover.builders import a_staff
from tests.training.turnover.test_movement import a_country

pytestmark = pytest.mark.usefixtures("day_of_figures")


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def words_of(content: bytes) -> tuple[int, str]:
    pdf = PdfReader(BytesIO(content))
    return len(pdf.pages), re.sub(r"\s+", " ", " ".join(one.extract_text() for one in pdf.pages))


def test_copies_of_a_country_and_the_region_bear_what_their_reader_may_hand_on(
    app: Flask, client: FlaskClient
) -> None:
    """The focal point takes along the country whole, on two sheets, without a name; the secretariat
    takes what may be handed on; another country takes nothing; each copy is a fact.
    """
    with app.app_context(), transaction() as db:
        a_country(db, "HN", gone=12)
        a_staff(db, "GT", serving=40, certified=20, name="Secreta")
        for one in a_staff(db, "SV", serving=40, certified=20)[:3]:
            db.get_one(Appointment, one).confirmed_on = date(2026, 1, 1)
    sign_in(client, "focal-point-hn")
    sent = {"csrf_token": csrf_token(client)}
    pages, text = words_of(client.post("/countries/HN/report.pdf", data=sent).data)
    assert pages <= 2
    assert "En Honduras, 4 a 5 de 9 personas en funciones tienen hoy un certificado vigente" in text
    assert "para uso dentro de Honduras" in text
    assert "12 a 15 de" in text
    own = sheets(client.post("/countries/HN/report.xlsx", data=sent).data)
    figures = {str(row[0]): row[1:] for row in own["Cifras"]}
    assert figures["Con certificado vigente y en funciones"] == [4.0, 5.0, 9.0]
    assert figures["Traslados"] == [4.0, 4.0, 12.0]
    assert [row[3:6] for row in own["Oficinas"][1:] if row[5]] == [[4.0, 5.0, 9.0]]
    assert "Kaplan y Meier" in str(own["Qué significan las cifras"])
    own_region = sheets(client.post("/region.xlsx", data=sent).data)
    assert client.post("/countries/GT/report.pdf", data=sent).status_code == 404

    sign_in(client, "organizer")
    sent = {"csrf_token": csrf_token(client)}
    handed_on = sheets(client.post("/countries/HN/report.xlsx", data=sent).data)
    assert "Oficinas" not in handed_on
    assert handed_on["Cifras"][1][1] == "no se muestra"
    unsure = str(sheets(client.post("/countries/SV/report.xlsx", data=sent).data))
    assert "En El Salvador, hasta 20 de 40 personas" in unsure, "the low end stays inside"
    pages, text = words_of(client.post("/region.pdf", data=sent).data)
    assert pages <= 2
    assert "En la región, hasta 40 de 80 personas" in text
    of_region = sheets(client.post("/region.xlsx", data=sent).data)
    countries = {str(row[0]): row[1:4] for row in of_region["Países"]}
    assert countries["Honduras"][0] == "no se muestra"
    assert countries["Guatemala"] == [20.0, 20.0, 40.0]
    assert countries["El Salvador"] == ["no se muestra", 20.0, 40.0], "three are not confirmed"
    assert of_region["Países"][:12] == own_region["Países"][:12]
    assert "Secreta" not in text + str([own, handed_on, of_region])

    sign_in(client, "official-hn")
    sent = {"csrf_token": csrf_token(client)}
    assert client.post("/region.pdf", data=sent).status_code == 403
    with app.app_context(), reading() as db:
        facts = db.scalars(select(JournalEntry.payload).where(JournalEntry.fact == "ExportMade"))
        assert [(one["kind"], one["scope"]) for one in facts] == [
            ("country-report", "HN"),
            ("country-report", "HN"),
            ("region-report", ""),
            ("country-report", "HN"),
            ("country-report", "SV"),
            ("region-report", ""),
            ("region-report", ""),
        ]


def test_copy_of_an_empty_country_says_so(client: FlaskClient) -> None:
    sign_in(client, "focal-point-hn")
    answer = client.post("/countries/HN/report.xlsx", data={"csrf_token": csrf_token(client)})
    assert "Honduras aún no tiene a nadie en la lista." in str(sheets(answer.data))


def test_copies_hold_no_more_than_the_country_shares(app: Flask, client: FlaskClient) -> None:
    """Given a country that tells who is trained and no more, or nothing, when the secretariat takes
    it along, then the copy says so and holds the share alone, or there is no copy.
    """
    with app.app_context(), transaction() as db:
        a_staff(db, "HN", serving=40, certified=20)
    share(app, SharedFigures.TRAINED)
    sign_in(client, "organizer")
    sent = {"csrf_token": csrf_token(client)}
    _, text = words_of(client.post("/countries/HN/report.pdf?lang=en", data=sent).data)
    copy = str(sheets(client.post("/countries/HN/report.xlsx", data=sent).data))
    for one in (text, copy):
        assert "20 of 40 people in office" in one
        assert "Not shared: the country tells how many serve and are trained" in one
    for not_told in ("What to do", "Left in two years", "Vacant posts", "If nobody is trained"):
        assert not_told not in text + copy
    share(app, SharedFigures.NOTHING)
    for ending in ("pdf", "xlsx"):
        assert client.post(f"/countries/HN/report.{ending}", data=sent).status_code == 404
    assert "/countries/HN/report" not in client.get("/countries/HN").text


def share(app: Flask, what: SharedFigures) -> None:
    with app.app_context(), transaction() as db:
        db.execute(update(Country).where(Country.code == "HN").values(shares_figures=what))
