"""The pages: what was typed is kept, what is missing is named, what is taken along leaves a
fact.
"""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.followup.agreements.models import Agreement, AgreementReview, PriorityIssue
from app.followup.agreements.services.agreements import record_reviews
from app.followup.agreements.services.events import record_issue
from app.followup.agreements.values import IssueDraft, Status, StatusReport
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.sheets import rows_of
from app.kernel.text import LocalizedText
from app.planning.arranging.services.planning import plan_event
from app.planning.events.models import Attendance, Event, EventSession
from tests.followup.agreements.test_cycle import NEXT_CONGRESS
from tests.followup.agreements.world import (
    FOCAL_POINT,
    NOW,
    ORGANIZER,
    RAPPORTEUR,
    a_meeting,
    a_place,
    a_table,
    agreed,
    congress_with_follow_up,
    link,
)
from tests.planning.events.planning_builders import (
    LABOUR,
    OFFICIAL,
    a_congress,
    act_as,
    furnish,
)
from tests.planning.events.rows import counted_statements
from tests.support.actors import csrf_token
from tests.support.two_writers import CHANGED, carried, second_is_told

pytestmark = pytest.mark.at(NOW)
TYPED = {
    "paragraph": "10(a)",
    "text_es": "Publicar la guía «rápida»",
    "text_en": "",
    "verb": "commit",
    "countries": ["HN"],
    "bodies": ["secretariat"],
    "due": "2027-03-01",
}

HONDURAS_TICKED = r'<input checked [^>]*name="countries"[^>]*value="HN"'


@pytest.fixture
def world(app: Flask) -> tuple[UUID, UUID, list[int]]:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        return congress_with_follow_up(db)


def send(client: FlaskClient, page: str, path: str, **data: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf_token(client), **data})


def test_what_is_written_down_is_shown_and_what_is_wrong_is_kept(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    congress, _, _ = world
    form, path = f"/events/{congress}/agreements/new", f"/events/{congress}/agreements"
    assert 'name="paragraph" required type="text" value="3"' in client.get(form).text
    refused = send(client, form, path, **(TYPED | {"paragraph": "1", "due": "mañana"}))
    assert refused.status_code == 422
    for kept in ("Publicar la guía «rápida»", 'value="mañana"', 'href="#due"'):
        assert kept in refused.text
    assert re.search(HONDURAS_TICKED, refused.text)
    refused = send(client, form, path, **(TYPED | {"paragraph": "1"}))
    assert (refused.status_code, 'href="#paragraph"' in refused.text) == (422, True)
    done = send(client, form, path, **TYPED, action="another")
    assert (done.status_code, done.location) == (303, form)
    html = client.get(path).text
    assert "Publicar la guía «rápida»" in html
    assert "10(a)" in html
    assert "Honduras, Secretaría" in html


def test_each_mistake_of_an_agreement_stands_at_its_field(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    form, path = f"/events/{world[0]}/agreements/new", f"/events/{world[0]}/agreements"
    wrong = {
        "paragraph": "diez",
        "text_es": "á" * 2001,
        "verb": "perhaps",
        "countries": ["XX"],
        "institutions": ["", "999999"],
        "observer": ["Observatorio", "o" * 121],
        "due": "31/12/2027",
        "section": "99.9",
    }
    answer = send(client, form, path, **wrong)
    assert answer.status_code == 422
    ids = set(re.findall(r' id="([^"]+)"', answer.text))
    linked = re.findall(r'<li><a href="#([^"]+)">', answer.text)
    fields = ("paragraph", "text_es", "verb-0", "countries-0", "institutions", "observer")
    assert linked == [*fields, "due", "section"]
    assert set(linked) <= ids, "each leads to a control"
    for kept in ('value="diez"', "á" * 2001, 'value="Observatorio"', 'value="31/12/2027"'):
        assert kept in answer.text


def test_an_agreement_is_changed_with_what_it_says_before_the_eyes(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    number = world[2][0]
    page = f"/agreements/{number}/edit"
    assert re.search(HONDURAS_TICKED, client.get(page).text)
    assert (
        send(client, page, page, **(TYPED | {"paragraph": "1"})).location == f"/agreements/{number}"
    )
    assert "Publicar la guía «rápida»" in client.get(f"/agreements/{number}").text
    assert send(client, page, page, **(TYPED | {"paragraph": "x"})).status_code == 422


def test_of_two_who_change_an_agreement_the_second_is_told(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    page = f"/agreements/{world[2][0]}/edit"
    first = TYPED | {"paragraph": "1"}
    second_is_told(
        client, page, first, first | {"text_es": "Otra guía", "countries": ["GT"]}, "Otra guía"
    )


def test_of_two_who_review_an_agreement_the_second_reads_what_the_first_wrote(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    _, follow_up, [one, other] = world
    page = f"/events/{follow_up}/agreements"
    shown = client.get(page).text

    def sent(number: int, note: str, marks: str) -> Any:
        said = {f"status-{number}": "done", f"note-{number}": note}
        seen = {f"seen-{each}": carried(marks, f"seen-{each}") for each in (one, other)}
        return send(client, page, f"{page}/reviews", **said, **seen)

    for _press in range(2):
        assert sent(one, "Publicado", shown).status_code == 303
    assert sent(other, "Impreso", shown).status_code == 303, (
        "on the same page, but of another agreement"
    )
    for language in ("en", "es"):
        client.get(f"/?lang={language}")
        refused = sent(one, "Traducido", shown)
        assert refused.status_code == 409
        stored = f'href="{page}?page=1" target="_blank"'
        assert all(
            words in refused.text
            for words in (CHANGED[language], stored, "— Publicado", "\nTraducido</textarea>")
        )
    assert sent(one, "Traducido", refused.text).status_code == 303
    assert "— Traducido" in client.get(page).text


@pytest.mark.parametrize("number", ["98765", "9" * 30])
def test_there_is_no_page_of_what_is_not_there(
    client: FlaskClient, world: Any, number: str
) -> None:
    for tail in ("", "/edit"):
        assert client.get(f"/agreements/{number}{tail}").status_code == 404
    assert client.get("/editions/nothing/findings").status_code == 404


def test_r25_the_page_refuses_to_close_and_leads_to_what_is_missing(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    _, follow_up, ids = world
    with app.app_context(), transaction() as db:
        a_place(db, follow_up)
    page = f"/events/{follow_up}/close"
    shown = client.get(page).text
    assert "ninguna registrada" in shown
    assert "ninguno anotado" in shown
    refused = send(client, page, page)
    assert refused.status_code == 409
    assert "Faltan: 1, 2." in refused.text
    assert f"/events/{follow_up}/agreements?page=1#review" in refused.text
    listed = f"/events/{follow_up}/agreements"
    wrong = send(
        client, listed, f"{listed}/reviews", **{f"status-{ids[0]}": "no-longer-applicable"}
    )
    assert (wrong.status_code, f'href="#note-{ids[0]}"' in wrong.text) == (422, True)
    said = {f"status-{number}": "done" for number in ids} | {f"note-{ids[0]}": "Hecho"}
    assert send(client, listed, f"{listed}/reviews", **said).status_code == 303
    refused = send(client, page, page)
    assert (refused.status_code, "no consta la asistencia" in refused.text) == (409, True)
    assert send(client, page, page, reason="corto").status_code == 422
    assert send(client, page, page, reason="La sala no guardó el reporte").status_code == 303
    with app.app_context(), reading() as db:
        assert db.get_one(Event, follow_up).closed_at == NOW
        assert {row.status for row in db.scalars(select(AgreementReview))} == {"done"}
    assert "Este evento está cerrado" in client.get(listed).text
    steps = (
        client.get(f"/events/{follow_up}")
        .text.partition('"next-act"')[2]
        .partition("</section>")[0]
    )
    assert f'href="/events/{follow_up}/report"' in steps, "what comes after closing"


def test_a_focal_point_proposes_and_an_official_only_reads(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    page = f"/agreements/{world[2][0]}"
    act_as(app, FOCAL_POINT)
    assert "Proponer un estado" in client.get(page).text
    sent = {"status": "done", "note": "Publicado", "evidence_url": "https://example.org/guia"}
    assert send(client, page, f"{page}/status", **sent).status_code == 303
    bad = send(client, page, f"{page}/status", **(sent | {"evidence_url": "javascript:alert(1)"}))
    assert (
        bad.status_code,
        'href="#evidence_url"' in bad.text,
        '<a href="javascript' in bad.text,
    ) == (
        422,
        True,
        False,
    )
    assert "HN propone: Cumplido" in client.get(page).text
    act_as(app, OFFICIAL)
    assert "HN propone" not in client.get(page).text
    for who in (OFFICIAL, LABOUR):
        act_as(app, who)
        assert client.post(f"{page}/status", data=sent).status_code in (400, 403)


def test_the_list_is_narrowed_down_and_taken_along_with_a_fact(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    act_as(app, OFFICIAL)
    with app.app_context(), transaction() as db:
        agreed(db, world[0], 7, text=LocalizedText(es="=SUMA(A1)"))
    assert "3 acuerdos" in client.get("/agreements?country=HN&edition=iii").text
    assert "No hay acuerdos aquí" in client.get("/agreements?which=overdue").text
    assert client.get("/agreements?which=%00&country=ZZZ&page=99999").status_code in (200, 400)
    answer = send(
        client, "/agreements", "/agreements/export", which="open", country="HN", edition="iii"
    )
    assert answer.status_code == 200
    rows = rows_of(answer.data).rows
    assert [row[1] for row in rows if len(row) > 2 and row[1].isdecimal()] == ["1", "2", "7"]
    with app.app_context(), reading() as db:
        [fact] = db.scalars(select(JournalEntry).where(JournalEntry.fact == "ExportMade"))
        assert fact.payload == {"kind": "agreements", "scope": "", "rows": 3}


def test_ticked_agreements_become_a_draft_that_is_opened_for_change(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    made = send(
        client, "/agreements", "/agreements/follow-up", agreement=[str(one) for one in world[2]]
    )
    assert made.status_code == 303
    assert made.location.endswith("/edit")
    assert "Seguimiento: acuerdos 1, 2" in client.get(made.location).text
    nothing = send(client, "/agreements", "/agreements/follow-up")
    assert (nothing.status_code, "Marque al menos un acuerdo" in nothing.text) == (409, True)


def test_r24_and_r45_one_page_lists_agreements_of_iii_and_takes_priorities_for_iv(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    _, both, _ = world
    with app.app_context(), transaction() as db:
        link(db, both, "iv", "preparatory")
        congress = plan_event(
            db, actor=ORGANIZER, draft=a_congress("iv", NEXT_CONGRESS), publish=False, now=NOW
        )
    page = f"/events/{both}/agreements"
    html = client.get(page).text
    assert "Acuerdo 1" in html
    assert "Temas prioritarios para el congreso" in html
    refused = send(client, page, f"/events/{both}/priority-issues", text_es="", kind="panel")
    assert refused.status_code == 422
    sent = {"text_es": "Cuidados en tránsito", "kind": "panel", "proposed_by": "GT"}
    assert send(client, page, f"/events/{both}/priority-issues", **sent).status_code == 303
    assert send(client, page, f"/events/{both}/priority-issues/prefill").status_code == 303
    assert send(client, page, f"/events/{both}/priority-issues/prefill").status_code == 303
    with app.app_context(), reading() as db:
        assert [one.title["es"] for one in db.scalars(select(EventSession))] == [
            "Cuidados en tránsito"
        ]
        issue = db.scalars(select(PriorityIssue)).one()
    assert (
        client.post(
            f"/priority-issues/{issue.id}/removal", data={"csrf_token": csrf_token(client)}
        ).status_code
        == 409
    )
    agenda = client.get(f"/events/{congress}/agenda").text
    assert "De los temas prioritarios de" in agenda
    assert f"/events/{both}/agreements" in agenda
    assert "Acuerdos por revisar" in client.get(f"/events/{both}/agenda").text


def test_r30_findings_are_written_table_by_table(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    with app.app_context(), transaction() as db:
        table, other = a_table(db, rapporteur=2), a_table(db, "iv", "Otra edición")
    page = "/editions/iii/findings"
    act_as(app, RAPPORTEUR)
    sent = {"table": str(table), "kind": "finding", "text_es": "Se pierde el rastro"}
    assert send(client, page, page, **sent).status_code == 303
    html = client.get(page).text
    assert "Se pierde el rastro" in html
    assert "Falta un hallazgo o una acción prioritaria" in html
    refused = send(client, page, page, **(sent | {"text_es": "x" * 2001}))
    assert (refused.status_code, 'href="#text_es"' in refused.text) == (422, True)
    assert send(client, page, page, **(sent | {"table": str(other)})).status_code == 404
    assert send(client, page, page, **(sent | {"table": "x"})).status_code == 404
    act_as(app, OFFICIAL)
    assert client.get("/editions/iv/findings").status_code == 403


def test_a_long_list_is_reviewed_page_by_page_at_the_same_cost(
    app: Flask, client: FlaskClient, world: Any
) -> None:
    congress, follow_up, ids = world
    page = f"/events/{follow_up}/agreements"

    def cost() -> int:
        with counted_statements(app) as found:
            assert client.get(page).status_code == 200
        return len(found)

    few = cost()
    with app.app_context(), transaction() as db:
        record_reviews(
            db,
            actor=ORGANIZER,
            event_id=follow_up,
            reports={ids[0]: StatusReport(Status.OPEN)},
            now=NOW,
        )
        for number in range(3, 14):
            agreed(db, congress, number)
    assert cost() == few
    html = client.get(page).text
    assert html.count('name="status-') == 10
    assert client.get(f"{page}?page=2").text.count('name="status-') == 3
    assert len(html.encode()) < 30 * 1024
    with app.app_context(), transaction() as db:
        reports = {number: StatusReport(Status.OPEN) for number in range(ids[0], ids[0] + 10)}
        record_reviews(db, actor=ORGANIZER, event_id=follow_up, reports=reports, now=NOW)
        db.add(
            Attendance(event_id=follow_up, person_id=1, minutes=0, source="manual", recorded_at=NOW)
        )
    missing = client.get(f"/events/{follow_up}/close").text
    assert (
        missing.count("?page=2#review") == 3
    )  # where they stand, and not where they would if the first ten did not
    assert "?page=1#review" not in missing
    assert "ninguna registrada" in missing  # nobody's minutes are nobody present


def test_what_has_not_begun_takes_nothing_and_says_so(app: Flask, client: FlaskClient) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        furnish(db)
        coming = a_meeting(db, "preparatory", "iv", starts_at=NOW + timedelta(days=5))
        a_place(db, coming)
    html = client.get(f"/events/{coming}/agreements").text
    assert "aparecerá aquí cuando haya comenzado" in html
    assert "Anotar un acuerdo" not in html
    assert (
        send(
            client, f"/events/{coming}/agreements/new", f"/events/{coming}/agreements", **TYPED
        ).status_code
        == 409
    )
    page = f"/events/{coming}/close"
    assert f'action="{page}"' not in client.get(page).text, "no button that can only refuse"
    assert send(client, page, page).status_code == 409
    with app.app_context(), reading() as db:
        assert db.scalars(select(Agreement)).all() == []


def test_an_issue_of_another_groups_webinar_is_not_taken_out(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        furnish(db)
        over = a_meeting(db, "preparatory", "iv", groups=["protection"])
        issue = record_issue(
            db, actor=ORGANIZER, event_id=over, draft=IssueDraft(LocalizedText(es="Uno")), now=NOW
        )
    token = csrf_token(client)
    act_as(app, LABOUR)
    assert (
        client.post(f"/priority-issues/{issue}/removal", data={"csrf_token": token}).status_code
        == 403
    )
    act_as(app, ORGANIZER)
    assert (
        client.post(f"/priority-issues/{issue}/removal", data={"csrf_token": token}).status_code
        == 303
    )
