"""A row passed to a colleague: a letter with a signed link, an answer without an account, and what the
focal point sees come back.
"""

import re
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.followup.matrix.models import MatrixRow
from app.followup.matrix.rules import row_key
from app.followup.matrix.services import close_period
from app.followup.matrix.tasks import close_over, on_agreed
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import ANONYMOUS
from app.kernel.text import LocalizedText
from app.office.notifications.tasks.matrix import on_row_came_back, on_row_passed
from app.office.outbox.models import Message
from app.people.directory.models import FocalPoint
from tests.followup.agreements.world import NOW, TODAY, agreed
from tests.followup.matrix.test_country import PAGE, rows_of, send
from tests.followup.matrix.test_matrix import a_period, world
from tests.planning.events.planning_builders import FOCAL_POINT, ORGANIZER, act_as
from tests.support.databases import KEYS
from tests.support.two_writers import CHANGED, carried

pytestmark = pytest.mark.at(NOW)
MAILBOX = "consular@example.org"
ANSWER = {"status": "advanced", "fact": "Agua Caliente abrió un turno nocturno en mayo."}


@pytest.fixture
def row(app: Flask, client: FlaskClient) -> MatrixRow:
    """A row that the focal point has passed on; who asks next has no account."""
    client.set_cookie("lang", "es")
    act_as(app, FOCAL_POINT)
    with app.app_context(), transaction() as db:
        world(db)
        a_period(db)
        db.add(FocalPoint(country_code="HN", person_id=2, valid_from=TODAY))
    first = rows_of(app)[0]
    passed = send(client, f"/matrix/rows/{first.id}/passing", to=MAILBOX, until="2026-11-28")
    assert passed.status_code == 303
    act_as(app, ANONYMOUS)
    return first


def tell(app: Flask, fact: str, listener: object) -> list[Message]:
    """The letters in the outbox once the listener was told of each fact of that name, twice."""
    with app.app_context(), transaction() as db:
        entries = db.scalars(select(JournalEntry).where(JournalEntry.fact == fact)).all()
        for entry in (*entries, *entries):
            listener(db, entry, now=NOW)  # type: ignore[operator]
    with app.app_context(), reading() as db:
        return list(db.scalars(select(Message).order_by(Message.id)))


def link(row: MatrixRow, number: int = 1) -> str:
    return f"/matrix-row/{row_key(KEYS, row.id, number)}"


def test_a_colleague_answers_by_the_letters_link_and_the_row_comes_back(
    app: Flask, client: FlaskClient, row: MatrixRow
) -> None:
    [letter] = tell(app, "MatrixRowPassed", on_row_passed)
    assert (letter.recipient, letter.person_id) == (MAILBOX, None)
    assert "/matrix-row/…" in letter.body
    assert "28 de noviembre" in letter.body
    html = client.get(link(row)).text
    assert "sábado, 28 de noviembre de 2026" in html
    assert send(client, link(row), **ANSWER).status_code == 303
    assert "Su respuesta está con el punto focal" in client.get(link(row)).text
    back = tell(app, "MatrixRowCameBack", on_row_came_back)[1:]
    assert [one.person_id for one in back] == [2]
    assert f"{PAGE}?row={row.id}" in back[0].body
    act_as(app, FOCAL_POINT)
    html = client.get(PAGE).text
    assert "1 de 2 respondidas" in html
    assert f"{MAILBOX} la respondió el 24 nov" in html
    assert ANSWER["fact"] in html


def test_the_link_opens_one_row_until_its_day_or_until_it_is_taken_back(
    app: Flask, client: FlaskClient, row: MatrixRow
) -> None:
    assert client.get("/matrix-row/other").status_code == 410
    assert client.get(link(row)[:-1]).status_code == 410
    assert client.get(link(row, 2)).status_code == 410
    with time_machine.travel("2026-11-29T15:00:00Z", tick=False):
        assert client.get(link(row)).status_code == 410
        assert send(client, link(row), **ANSWER).status_code == 410
    act_as(app, FOCAL_POINT)
    assert send(client, f"/matrix/rows/{row.id}/return").status_code == 303
    act_as(app, ANONYMOUS)
    assert client.get(link(row)).status_code == 410
    assert tell(app, "MatrixRowPassed", on_row_passed) == []


def test_the_link_ends_with_the_period_and_when_the_row_is_passed_again(
    app: Flask, client: FlaskClient, row: MatrixRow
) -> None:
    act_as(app, FOCAL_POINT)
    send(client, f"/matrix/rows/{row.id}/passing", to=MAILBOX)
    act_as(app, ANONYMOUS)
    assert client.get(link(row)).status_code == 410
    assert client.get(link(row, 2)).status_code == 200
    with app.app_context(), transaction() as db:
        close_period(db, actor=ORGANIZER, period_id=row.period_id, now=NOW)
    assert client.get(link(row, 2)).status_code == 410
    assert send(client, link(row, 2), **ANSWER).status_code == 410
    assert rows_of(app)[0].status == ""


def test_two_who_read_one_mailbox_do_not_overwrite_each_other(
    app: Flask, client: FlaskClient, row: MatrixRow
) -> None:
    seen = carried(client.get(link(row)).text, "seen")
    assert send(client, link(row), seen=seen, **ANSWER).status_code == 303
    told = send(client, link(row), seen=seen, **(ANSWER | {"fact": "Otra cosa."}))
    assert (told.status_code, CHANGED["es"] in told.text) == (409, True)
    assert "Otra cosa.</textarea>" in told.text
    assert rows_of(app)[0].fact["es"] == ANSWER["fact"]
    assert send(client, link(row), seen=seen, **ANSWER).status_code == 303, "the same twice"


def test_a_colleague_names_the_post_that_a_good_practice_needs(
    app: Flask, client: FlaskClient, row: MatrixRow
) -> None:
    with app.app_context(), transaction() as db:
        db.execute(update(MatrixRow).where(MatrixRow.id == row.id).values(is_practice=True))
    refused = send(client, link(row), **ANSWER)
    assert (refused.status_code, 'href="#contact"' in refused.text) == (422, True)
    assert 'id="contact"' in refused.text
    assert send(client, link(row), contact="Jefatura consular", **ANSWER).status_code == 303
    assert (rows_of(app)[0].contact, rows_of(app)[0].is_practice) == ("Jefatura consular", True)


def test_a_colleague_learns_at_the_field_what_lacks_and_reads_nothing_else(
    app: Flask, client: FlaskClient, row: MatrixRow
) -> None:
    refused = send(client, link(row), status="advanced", fact="")
    assert (refused.status_code, 'href="#fact"' in refused.text) == (422, True)
    refused = send(client, link(row), **(ANSWER | {"evidence_url": "C:/foto"}))
    assert ANSWER["fact"] in refused.text
    for word in ("Acuerdo 2", "respondidas", MAILBOX):
        assert word not in client.get(link(row)).text
    held = send(client, link(row), **(ANSWER | {"fact": "Se llamó al 9988-7766."}))
    assert held.status_code == 303
    assert "Retenido para revisión" in client.get(link(row)).text
    assert not rows_of(app)[0].is_practice


def test_a_wrong_mailbox_is_kept_and_named_at_its_field(
    app: Flask, client: FlaskClient, row: MatrixRow
) -> None:
    act_as(app, FOCAL_POINT)
    second = rows_of(app)[1]
    refused = send(client, f"/matrix/rows/{second.id}/passing", to="consular", until="mañana")
    assert refused.status_code == 422
    refused = send(client, f"/matrix/rows/{second.id}/passing", to=MAILBOX, until="2026-11-23")
    assert (refused.status_code, f'href="#until-{second.id}"' in refused.text) == (422, True)
    assert rows_of(app)[1].passed_to == ""
    for mailbox in ("consular", "a@b", "a@x.org, b@x.org"):
        refused = send(client, f"/matrix/rows/{second.id}/passing", to=mailbox)
        assert refused.status_code == 422
    refused = send(client, f"/matrix/rows/{second.id}/passing", to="consular")
    assert f'href="#to-{second.id}"' in refused.text
    assert re.search(r'name="to"[^>]*value="consular"', refused.text)


def test_what_is_agreed_while_a_period_is_open_gets_its_rows_and_the_period_closes_by_itself(
    app: Flask, row: MatrixRow
) -> None:
    with app.app_context(), transaction() as db:
        entry = db.scalars(
            select(JournalEntry).where(JournalEntry.fact == "AgreementRecorded")
        ).first()
        assert entry is not None
        event_id = UUID(entry.payload["event_id"])
        agreed(db, event_id, 9, text=LocalizedText(es="Nuevo"))
        on_agreed(db, entry, now=NOW)
        on_agreed(db, entry, now=NOW)
    assert len(rows_of(app)) == 3
    with time_machine.travel("2026-12-01T15:00:00Z", tick=False), app.app_context():
        close_over()
        close_over()
    with app.app_context(), reading() as db:
        asked = select(JournalEntry).where(JournalEntry.fact == "MatrixPeriodClosed")
        assert len(db.scalars(asked).all()) == 1
