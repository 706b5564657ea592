"""The matrix as a sheet: what goes out comes in again, and what cannot be read gets a sentence."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.followup.matrix.models import MatrixRow
from app.followup.matrix.queries import country_matrix, region_matrix
from app.followup.matrix.services import bring_rows, close_periods, publish_period
from app.followup.matrix.values import (
    InstrumentType,
    MatrixLine,
    MigrationPhase,
    RowDraft,
    RowKind,
    RowSharing,
    RowStatus,
)
from app.infra.database import reading, transaction
from app.infra.sheets import SheetPage, workbook
from app.kernel.text import LocalizedText
from tests.followup.agreements.world import NOW
from tests.followup.matrix.test_matrix import (
    AFTER,
    OF_GUATEMALA,
    a_period,
    sent,
    world,
)
from tests.planning.events.planning_builders import FOCAL_POINT, OFFICIAL, ORGANIZER, act_as
from tests.support.actors import csrf_token
from tests.support.two_writers import carried

pytestmark = pytest.mark.at(NOW)
MANY = 300
HEADING = "País\tTipo\tQué pasó (español)\tEstado\tSección\tCargo al que preguntar"
OWN = "Honduras\tAvance\tAbrimos los domingos.\tAvanzó\tIII.1\tJefatura consular"


@pytest.fixture
def period(app: Flask) -> int:
    act_as(app, FOCAL_POINT)
    with app.app_context(), transaction() as db:
        world(db)
        return a_period(db)


def send(client: FlaskClient, **sent_fields: Any) -> Any:
    return client.post("/matrix/sheet", data={"csrf_token": csrf_token(client)} | sent_fields)


def paste(client: FlaskClient, *lines: str) -> Any:
    return send(client, rows="\n".join(lines))


def upload(client: FlaskClient, content: bytes) -> Any:
    return send(client, file=(io.BytesIO(content), "matriz.xlsx"))


def text_in(page: str) -> str:
    """Returns what stands in the field, as a browser sends it."""
    written = re.search(r'<textarea[^>]*name="rows"[^>]*>\n?(.*?)</textarea>', page, re.S)
    assert written
    return unescape(written[1]).replace("\n", "\r\n")


def bring(client: FlaskClient, shown: Any) -> Any:
    """Presses the button of a page that shows what was understood."""
    assert shown.status_code == 200, shown.text
    seen = carried(shown.text, "seen")
    return send(client, rows=text_in(shown.text), seen=seen, action="bring")


def new_rows(app: Flask, period_id: int) -> list[MatrixRow]:
    with app.app_context(), reading() as db:
        wanted = select(MatrixRow).where(
            MatrixRow.period_id == period_id, MatrixRow.agreement_id.is_(None)
        )
        return list(db.scalars(wanted))


def a_row(number: int) -> MatrixLine:
    """The rows differ in all that a sheet carries."""
    kind = list(RowKind)[number % len(RowKind)]
    regulated: dict[str, Any] = (
        {
            "instrument_type": list(InstrumentType)[number % len(InstrumentType)],
            "instrument_date": date(2026, 1, 1) + timedelta(days=number),
        }
        if kind is RowKind.REGULATORY
        else {}
    )
    draft = RowDraft(
        status=(RowStatus.ADVANCED, RowStatus.DONE, RowStatus.STOPPED)[number % 3],
        fact=LocalizedText(es=f"=Hecho «{number}»; con, comas", en=f'Fact "{number}", -1'),
        kind=kind,
        section=("III.1", "III.5")[number % 2],
        phase=[None, *MigrationPhase][number % 5],
        month=date(2026, 1 + number % 12, 1),
        evidence_url=f"https://example.org/{number}",
        contact=f"+Jefatura {number}",
        sharing=(RowSharing.REGION, RowSharing.PUBLIC)[number % 2],
        **regulated,
    )
    return MatrixLine(number, ("HN", "GT")[number % 2], None, draft)


def cells_of(page: str, line: int) -> list[str]:
    """Returns the words in the cells of a line that is shown."""
    shown = page.partition(f'<tr id="line-{line}"')[2].partition("</tr>")[0]
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", shown, re.S)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in cells]


def drafts_of(rows: Any) -> set[tuple[str, RowDraft]]:
    return {(row.country, row.as_draft()) for row in rows if row.agreement_id is None}


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_r16_300_rows_go_out_and_come_in_again_whole(
    app: Flask, client: FlaskClient, period: int, form: str, language: str
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        rows = [a_row(number) for number in range(MANY)]
        bring_rows(db, actor=ORGANIZER, period_id=period, rows=rows, now=NOW)
        for who, country in ((FOCAL_POINT, "HN"), (OF_GUATEMALA, "GT")):
            sent(db, period, who, country)
        publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
        shown = region_matrix(db, actor=ORGANIZER, period_id=period, today=AFTER.date())
        out = drafts_of(shown.rows)
        later = a_period(db, closes_on=date(2026, 12, 30), days=20, now=AFTER)
    assert len(out) == MANY
    with time_machine.travel(AFTER + timedelta(days=10), tick=False):
        token = {"csrf_token": csrf_token(client), "format": form, "period": str(period)}
        act_as(app, replace(ORGANIZER, language=language))
        taken = client.post("/matrix/export", data=token)
        act_as(app, ORGANIZER)
        done = bring(client, upload(client, taken.data))
        assert done.status_code == 303, done.text
        with app.app_context(), reading() as db:
            again: set[tuple[str, RowDraft]] = set()
            for country in ("HN", "GT"):
                matrix = country_matrix(
                    db,
                    actor=(FOCAL_POINT, OF_GUATEMALA)[country == "GT"],
                    period_id=later,
                    country=country,
                    today=AFTER.date(),
                )
                again |= drafts_of(matrix.new)
    assert again == out


def test_a_focal_point_pastes_rows_of_their_own_country_once(
    app: Flask, client: FlaskClient, period: int
) -> None:
    assert bring(client, paste(client, HEADING, OWN)).status_code == 303
    assert "Hechos nuevos: 1" in client.get("/matrix/sheet").text
    again = paste(client, HEADING, OWN)
    assert "Ya estaba" in again.text
    assert bring(client, again).status_code == 303
    assert "Ya estaban: 1" in client.get("/matrix/sheet").text
    [row] = new_rows(app, period)
    assert (row.country_code, row.state, row.fact["es"]) == ("HN", "draft", "Abrimos los domingos.")


def test_all_rows_come_in_or_none_and_what_was_pasted_is_kept(
    app: Flask, client: FlaskClient, period: int
) -> None:
    others = OWN.replace("Honduras", "Guatemala")
    wrong = OWN.replace("Avanzó", "Avanzando").replace("domingos", "sábados")
    unknown = OWN.replace("III.1", "IX.9")
    refused = paste(client, HEADING, OWN, others, wrong)
    assert refused.status_code == 422
    assert "Línea 4: «Avanzando» no se conoce en la columna «Estado»." in refused.text
    assert "Abrimos los sábados." in refused.text, "it stays in the field"
    assert "Línea 3: Usted solo trae renglones de su propio país." in refused.text, "and with it"
    refused = paste(client, HEADING, OWN, others, unknown)
    assert "Línea 3: Usted solo trae renglones de su propio país." in refused.text
    assert "Línea 4: " in refused.text
    assert new_rows(app, period) == []


def test_what_is_understood_is_shown_before_it_is_saved_with_its_reason_at_each_line(
    app: Flask, client: FlaskClient, period: int
) -> None:
    """Given a sheet, when it is read, then each line stands in words and nothing is saved; and what
    is changed after that is shown again before it comes in.
    """
    english = "HN\tProgress\tAbrimos los lunes.\tCarried out\tIII.1\tJefatura consular"
    shown = paste(client, HEADING, OWN, english)
    assert (shown.status_code, "Así se entendió la hoja" in shown.text) == (200, True)
    assert cells_of(shown.text, 2) == [
        *("2", "Abrimos los domingos.", "Honduras", "Avance", "III.1", "En marcha", "Hecho nuevo"),
    ]
    assert cells_of(shown.text, 3)[2:6] == ["Honduras", "Avance", "III.1", "Hecha"]
    assert "Traer 2 renglones" in shown.text
    assert new_rows(app, period) == []
    seen = carried(shown.text, "seen")
    changed = send(client, rows=f"{HEADING}\n{english}", seen=seen, action="bring")
    assert (changed.status_code, "Traer 1 renglón" in changed.text) == (200, True)
    assert send(client, rows=text_in(shown.text), seen=seen, action="read").status_code == 200
    assert new_rows(app, period) == []

    refused = paste(client, HEADING, OWN, OWN.replace("Avanzó", "Avanzando"))
    assert (refused.status_code, 'value="bring"' in refused.text) == (422, False)
    assert 'href="#line-3"' in refused.text
    assert "«Avanzando» no se conoce en la columna «Estado»." in cells_of(refused.text, 3)[1]
    assert cells_of(refused.text, 2)[2] == "Honduras"
    forged = send(client, rows=text_in(refused.text), seen=seen, action="bring")
    assert (forged.status_code, new_rows(app, period)) == (422, [])


def test_of_a_long_sheet_the_first_lines_and_every_mistake_are_shown(
    client: FlaskClient, period: int
) -> None:
    lines = [OWN.replace("domingos", f"días {number}") for number in range(60)]
    shown = paste(client, HEADING, *lines)
    assert "Y 10 líneas más que se entendieron." in shown.text
    assert "Traer 60 renglones" in shown.text
    refused = paste(client, HEADING, *lines, *[one.replace("III.1", "IX.9") for one in lines[:30]])
    assert refused.text.count('href="#line-') == 20
    assert refused.text.count('<tr id="line-') == 80
    assert "Y 10 líneas más." in refused.text


def test_a_fact_of_two_lines_comes_out_of_a_file_as_it_was(
    app: Flask, client: FlaskClient, period: int
) -> None:
    fact = 'Abrimos "los domingos".\nY los sábados.'
    sheet = workbook(
        [SheetPage("x", HEADING.split("\t"), [("HN", "Avance", fact, "Hecha", "III.1", "Sede")])],
        made_at=NOW,
    )
    assert bring(client, upload(client, sheet)).status_code == 303
    assert [row.fact["es"] for row in new_rows(app, period)] == [fact]


@pytest.mark.parametrize("month", ["2026-02", "02/2026", "feb-26", "febrero de 2026", "7/2/2026"])
def test_a_month_is_read_as_people_write_it(
    app: Flask, client: FlaskClient, period: int, month: str
) -> None:
    shown = paste(client, f"{HEADING}\tMes", f"{OWN}\t{month}")
    assert bring(client, shown).status_code == 303
    assert [row.month for row in new_rows(app, period)] == [date(2026, 2, 1)]
    refused = paste(client, f"{HEADING}\tMes", f"{OWN}\tpronto")
    assert "«pronto» no es una fecha en la columna «Mes»" in refused.text


def test_what_was_agreed_is_answered_by_its_number_where_nobody_has(
    app: Flask, client: FlaskClient, period: int
) -> None:
    with app.app_context(), reading() as db:
        matrix = country_matrix(
            db, actor=FOCAL_POINT, period_id=period, country="HN", today=NOW.date()
        )
    number = matrix.agreed[0].agreement_id
    lines = (f"{HEADING}\tNúmero del acuerdo", f"{OWN}\t{number}")
    shown = paste(client, *lines)
    assert "Responde a lo acordado" in shown.text
    assert f"acuerdo {number}" in shown.text
    assert bring(client, shown).status_code == 303
    assert "Respuestas: 1" in client.get("/matrix/sheet").text
    other = lines[1].replace("Avanzó", "Hecha")
    again = paste(client, lines[0], other)
    assert (again.status_code, "ya se respondió" in again.text) == (422, True)
    missing = paste(client, lines[0], f"{OWN}\t987654")
    assert (missing.status_code, "no responde por ese acuerdo" in missing.text) == (422, True)
    assert new_rows(app, period) == []


def a_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 30_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"<html><table><tr><td>1",
        b"PK\x03\x04 broken",
        b"\x00\x01\x02",
        b"Pa\xc3\xads;Tipo",
        "País;Tipo;Qué pasó (español);Estado\n;;;".encode(),
        "País;Tipo;Qué pasó (español);Estado\nHN;Avance;a\x00b;Hecha".encode(),
        f"País;Tipo;Qué pasó (español);Estado\nHN;Avance;{'a' * 301};Hecha".encode(),
        f"País;Tipo;Qué pasó (español);Estado;Mes\nHN;Avance;a;Hecha;{'9' * 400}".encode(),
        f"País;Tipo;Qué pasó (español);Estado;Número del acuerdo\nHN;Avance;a;Hecha;{'9' * 99}".encode(),
        "País;Tipo;Qué pasó (español);Estado;Evidencia (enlace)\nHN;Avance;a;Hecha;javascript:1".encode(),
    ],
)
def test_a_hostile_sheet_gets_a_sentence(
    app: Flask, client: FlaskClient, period: int, content: bytes
) -> None:
    answer = upload(client, content)
    assert (answer.status_code, "No se trajo nada" in answer.text) == (422, True)
    assert new_rows(app, period) == []


def test_a_bomb_is_not_opened(app: Flask, client: FlaskClient, period: int) -> None:
    answer = upload(client, a_bomb())
    assert (answer.status_code, "No se trajo nada" in answer.text) == (422, True)


def test_who_brings_in_and_when(app: Flask, client: FlaskClient, period: int) -> None:
    act_as(app, OFFICIAL)
    assert client.get("/matrix/sheet").status_code == 403
    assert paste(client, HEADING, OWN).status_code == 403
    act_as(app, OF_GUATEMALA)
    refused = paste(client, HEADING, OWN)
    assert (refused.status_code, "de su propio país" in refused.text) == (422, True)
    act_as(app, ORGANIZER)
    assert bring(client, paste(client, HEADING, OWN)).status_code == 303
    with time_machine.travel(AFTER, tick=False):
        with app.app_context(), transaction() as db:
            close_periods(db, now=AFTER)
        act_as(app, FOCAL_POINT)
        assert "No hay un periodo abierto" in client.get("/matrix/sheet").text
        late = paste(client, HEADING, OWN)
        assert (late.status_code, "Abrimos los domingos." in late.text) == (409, True)
