"""The space for progress: made from plans and what is published of the matrix, projected in words
that nobody shares with nobody; and findings that become activities while they are typed.
"""

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement, TableFinding
from app.followup.agreements.services.agreements import report_status
from app.followup.agreements.values import Status, StatusReport
from app.followup.congress.queries import congress_progress
from app.followup.congress.values import ActivityProgress
from app.followup.matrix.models import MatrixRow
from app.followup.matrix.services import publish_period, send_matrix, write_row
from app.followup.matrix.values import RowSharing, RowStatus
from app.followup.plans.queries import table_of
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import ANONYMOUS
from app.kernel.text import LocalizedText
from app.office.reports.queries import event_report
from tests.followup.agreements.world import NOW, TODAY, a_meeting, a_table
from tests.followup.matrix.test_matrix import AFTER, a_fact, a_period
from tests.followup.plans.test_plans import validated, world
from tests.planning.events.planning_builders import (
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    act_as,
)
from tests.planning.events.rows import counted_statements
from tests.support.actors import post

pytestmark = pytest.mark.at(NOW)
SPACE = "/editions/iv/progress"
SECRET = "Lo que Honduras no comparte."


def reported(db: Session, *numbers: int) -> int:
    """Table of edition iii whose activities were validated; Honduras reported on them: the first is
    done, the second it shares with nobody. Edition iv has a table. Returns the latter.
    """
    ids = validated(db, world(db), *numbers)
    period = a_period(db)
    for row in db.scalars(select(MatrixRow).where(MatrixRow.agreement_id.in_(ids))).all():
        is_first = row.agreement_id == ids[0]
        draft = a_fact(
            status=RowStatus.DONE,
            fact=LocalizedText(es="Cuatro consulados abren." if is_first else SECRET),
            section="",
            sharing=RowSharing.REGION if is_first else RowSharing.COUNTRY,
        )
        write_row(db, actor=FOCAL_POINT, row_id=row.id, draft=draft, now=NOW)
    send_matrix(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)
    publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
    a_meeting(db, "congress", "iv", starts_at=NOW + timedelta(days=30))
    return a_table(db, "iv", "Clima")


@pytest.mark.both_databases
@pytest.mark.usefixtures("app_context")
def test_the_next_congress_shows_what_was_promised_done_and_is_open() -> None:
    with transaction() as db:
        reported(db, 1, 2, 3)
        shown = congress_progress(db, actor=OFFICIAL, slug="iv", today=TODAY)
        assert (shown.promised_by, shown.slug) == ("iii", "iv")
        [table] = shown.tables
        assert (table.promised, table.done, table.open) == (3, 1, 2)
        assert [one.progress for one in table.activities] == [
            ActivityProgress.DONE,
            ActivityProgress.NOT_BEGUN,
            ActivityProgress.NOT_BEGUN,
        ]
        late = congress_progress(
            db, actor=OFFICIAL, slug="iv", today=TODAY + timedelta(days=900)
        ).tables[0]
        assert late.activities[1].progress is ActivityProgress.OVERDUE


def test_the_general_plan_counts_as_done_what_the_next_congress_shows_as_done(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, OFFICIAL)
    with app.app_context(), transaction() as db:
        reported(db, 1, 2, 3)
    page = "/editions/iii/general-plan"
    shown = " ".join(client.get(page).text.split())
    assert "<strong>1</strong> de 3 hechas" in shown
    assert "<strong>1 de 3</strong> hechas" in shown, "of its table too"
    paper = PdfReader(BytesIO(client.get(f"{page}.pdf").data)).pages[0].extract_text()
    assert paper.count("Cumplido") == 1
    assert paper.count("Sin iniciar") == 2, "what Honduras keeps to itself is not told"


def test_the_register_says_what_the_published_matrix_says_until_a_webinar_decides_otherwise(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        reported(db, 1, 2, 3)
        [done, begun, _third] = (
            congress_progress(db, actor=OFFICIAL, slug="iv", today=TODAY).tables[0].activities
        )
    done_id, begun_id = done.activity.id, begun.activity.id
    act_as(app, ORGANIZER)
    assert "Cumplido" in client.get(f"/agreements/{done_id}").text
    settled = client.get("/agreements?which=settled").text
    assert (f"/agreements/{done_id}" in settled, f"/agreements/{begun_id}" in settled) == (
        True,
        False,
    )
    assert f"/agreements/{done_id}" not in client.get("/agreements?which=open").text
    with app.app_context(), reading() as db:
        told = select(JournalEntry).where(JournalEntry.fact == "StatusSet")
        [entry] = db.scalars(told)
        assert (entry.subject_id, entry.payload["status"]) == (str(done_id), "done")
        assert entry.actor_account_id == (ORGANIZER.account_id or None)
    with app.app_context(), transaction() as db:
        report = StatusReport(Status.IN_PROGRESS, "Cerraron de nuevo.")
        report_status(db, actor=ORGANIZER, agreement_id=done_id, report=report, now=AFTER)
    with app.app_context(), reading() as db:
        [table] = congress_progress(db, actor=OFFICIAL, slug="iv", today=TODAY).tables
    assert table.activities[0].progress is ActivityProgress.UNDER_WAY
    assert "Cumplido" not in client.get("/editions/iii/general-plan").text


def test_what_is_projected_holds_nothing_that_a_country_keeps_to_itself(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        reported(db, 1, 2)
    for who in (ORGANIZER, FOCAL_POINT, OFFICIAL):
        act_as(app, who)
        html = client.get(SPACE).text
        assert "Cuatro consulados abren." in html
        assert SECRET not in html
    act_as(app, ANONYMOUS)
    assert client.get(SPACE).status_code in (302, 401)


def test_a_finding_typed_live_becomes_an_activity(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        table = reported(db, 1)
    act_as(app, ORGANIZER)
    typed = {"table": str(table), "kind": "action", "section": "", "text_es": "Abrir de noche."}
    refused = post(client, SPACE, **(typed | {"text_es": ""}))
    assert (refused.status_code, 'id="text_es-error"' in refused.text) == (422, True)
    assert post(client, SPACE, **(typed | {"table": "987654"})).status_code == 422
    assert post(client, SPACE, **typed, action="activity").status_code == 303
    noted = typed | {"kind": "finding", "text_es": "Nadie abre de noche."}
    assert post(client, SPACE, **noted, action="finding").status_code == 303
    html = client.get(SPACE).text
    assert "Actividad 1" in html
    assert html.count("Convertir en actividad") == 1
    with app.app_context(), reading() as db:
        found = db.scalars(select(TableFinding.id).where(TableFinding.kind == "finding")).one()
    data = {"table": str(table), "finding": str(found)}
    for _press in range(2):
        assert post(client, f"{SPACE}/activities", **data).status_code == 303
    with app.app_context(), reading() as db:
        plan = table_of(db, actor=ORGANIZER, work_table_id=table).plan
        assert [one.text.in_("es") for one in plan.activities] == [
            "Abrir de noche.",
            "Nadie abre de noche.",
        ]
        assert db.scalar(select(Agreement.finding_id).where(Agreement.finding_id == found))


def test_who_plans_nothing_types_nothing(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        table = reported(db, 1)
    act_as(app, OFFICIAL)
    assert "Anotar" not in client.get(SPACE).text
    typed = {"table": str(table), "kind": "action", "section": "", "text_es": "Abrir."}
    assert post(client, SPACE, **typed).status_code == 403
    taken = post(client, f"{SPACE}/activities", table=str(table), finding="1")
    assert taken.status_code == 403
    assert client.get("/editions/nothing/progress").status_code == 404


def test_the_closing_report_draws_on_it(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        reported(db, 1, 2)
        congress = a_meeting(db, "congress", "iv", starts_at=NOW + timedelta(days=60))
        report = event_report(db, actor=ORGANIZER, event_id=congress, today=TODAY)
        assert report.progress is not None
        assert report.progress.promised_by == "iii"
        [table] = report.progress.tables
        assert (table.promised, table.done, table.open) == (2, 1, 1)


@pytest.mark.parametrize("activities", [1, 3])
def test_its_statements_do_not_grow_with_activities(
    app: Flask, client: FlaskClient, activities: int
) -> None:
    with app.app_context(), transaction() as db:
        reported(db, *range(1, activities + 1))
    act_as(app, OFFICIAL)
    client.get(SPACE)
    with counted_statements(app) as statements:
        assert client.get(SPACE).status_code == 200
    assert len(statements) <= 20
