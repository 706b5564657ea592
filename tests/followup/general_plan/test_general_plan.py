"""The general plan as page, sheet and PDF: what stands in it, what meets, and who sees what."""

import re
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.agreements.services.agreements import report_status
from app.followup.agreements.values import Status, StatusReport
from app.followup.general_plan.rules import months_of, progress_of
from app.followup.plans.queries import general_plan, general_plan_and_drafts
from app.followup.plans.services import add_member, submit_plan, write_activity
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.sheets import rows_of
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import cancel_event, plan_event
from app.planning.cycles.services.plans import add_entry
from app.planning.events.models import Event, EventCountry, EventLink
from app.planning.events.values import EntryDraft, EventDraft, EventKind, GenderMarker
from tests.followup.agreements.world import GUATEMALA, HONDURAS, NOW, RAPPORTEUR, a_table
from tests.followup.plans.test_plans import (
    OF_GUATEMALA,
    an_activity,
    an_institution,
    validated,
    world,
    written,
)
from tests.planning.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    act_as,
)
from tests.planning.events.rows import add_event, counted_statements
from tests.support.actors import post

pytestmark = pytest.mark.at(NOW)
PAGE = "/editions/iii/general-plan"
CAMPAIGN = LocalizedText(es="Campaña de ofertas de trabajo engañosas", en="Campaign on job offers")


def three_validated_and_one_draft(db: Session) -> int:
    """Returns the table whose plan is a draft."""
    first = world(db)
    second, third, draft = (a_table(db, theme=name, rapporteur=2) for name in "BCD")
    for table, numbers in ((first, (1, 2)), (second, (3,)), (third, (4, 5))):
        validated(db, table, *numbers)
    written(db, draft, 6)
    return draft


def in_draft(db: Session, table: int, **changes: Any) -> int:
    return write_activity(
        db, actor=RAPPORTEUR, work_table_id=table, draft=an_activity(**changes), now=NOW
    )


def test_r13_page_csv_sheet_and_pdf_hold_exactly_the_validated_activities(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, OFFICIAL)
    with app.app_context(), transaction() as db:
        three_validated_and_one_draft(db)
    html = client.get(PAGE).text
    for number in range(1, 6):
        assert f'id="no-{number}"' in html
        assert f"Actividad {number}" in html
    assert 'id="no-6"' not in html
    assert "Actividad 6" not in html
    assert html.count("género 2") == 5
    sheet = post(client, f"{PAGE}/sheet", format="csv")
    assert (sheet.status_code, sheet.mimetype) == (200, "text/csv")
    rows = rows_of(sheet.data).rows
    assert [(row[0], row[2], row[8]) for row in rows[1:]] == [
        (str(number), f"Actividad {number}", "2") for number in range(1, 6)
    ]
    book = rows_of(post(client, f"{PAGE}/sheet").data).rows
    assert [row[2] for row in book[1:6]] == [f"Actividad {number}" for number in range(1, 6)]
    with app.app_context(), reading() as db:
        kinds = [entry.payload["kind"] for entry in db.scalars(exports_made())]
    assert kinds == ["general-plan", "general-plan"]
    pdf = client.get(f"{PAGE}.pdf")
    assert pdf.mimetype == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf.data)).pages)
    assert "Plan general de trabajo" in text
    assert [f"Actividad {number}" in text for number in range(1, 7)] == [True] * 5 + [False]
    lines = re.findall(
        r"(\d+)\s+Actividad (\d+)\s.*?Honduras\s+30 sept 2027\s+(\d)\s+Sin iniciar",
        text,
        re.DOTALL,
    )
    assert lines == [(str(number), str(number), "2") for number in range(1, 6)]
    assert "Por mes" in text
    assert re.findall(r"(\d+) Actividad", text.split("Por mes")[1]) == list("12345")
    english = client.get(f"{PAGE}.pdf?in=en").data
    assert "General work plan" in PdfReader(BytesIO(english)).pages[0].extract_text()


def exports_made() -> Any:
    return select(JournalEntry).where(JournalEntry.fact == "ExportMade").order_by(JournalEntry.id)


def test_r34_clashes_and_duplicates_of_two_draft_plans_are_listed_before_approval(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        first = world(db)
        second = a_table(db, theme="Trabajo", rapporteur=2)
        in_draft(db, first, text=CAMPAIGN, due=date(2027, 9, 14))
        in_draft(
            db, second, text=CAMPAIGN, due=date(2027, 9, 17), responsible=(HONDURAS, GUATEMALA)
        )
        in_draft(db, second, number=2, due=date(2027, 11, 2))
        submit_plan(db, actor=RAPPORTEUR, work_table_id=second, now=NOW)
    with app.app_context(), reading() as db:
        _plan, compared = general_plan_and_drafts(db, actor=PRESIDENCY, slug="iii")
    [clash], [duplicate] = compared.clashes, compared.duplicates
    assert clash.countries == ("HN",)
    assert [one.plan.work_table_id for one in (clash.first, clash.second)] == [first, second]
    assert [one.activity.text for one in (duplicate.first, duplicate.second)] == [CAMPAIGN] * 2
    html = client.get(PAGE).text
    assert "Misma semana, y HN responde de las dos" in html
    assert html.count("Campaña de ofertas de trabajo engañosas") == 4


def test_r34_an_activity_in_a_full_week_or_beside_the_congress_is_named_with_the_events(
    app: Flask, client: FlaskClient
) -> None:
    def plan(title: str, day: date, **changes: Any) -> None:
        start = datetime.combine(day, time(15), UTC)
        draft = EventDraft(
            **{
                "kind": EventKind.WEBINAR,
                "title": LocalizedText(es=title),
                "span": Timespan(start, start + timedelta(minutes=90)),
                **changes,
            }
        )
        plan_event(db, actor=SYSTEM, draft=draft, publish=True, now=NOW)

    with app.app_context(), transaction() as db:
        table = world(db)
        in_draft(db, table, due=date(2027, 9, 15))
        in_draft(db, table, due=date(2027, 9, 22), responsible=(GUATEMALA,))
        in_draft(db, table, due=date(2027, 10, 13))
        in_draft(db, table, due=date(2027, 10, 20), responsible=(HONDURAS, GUATEMALA))
        validated(db, table)
        plan("Turnos de noche", date(2027, 9, 14), countries=("HN",))
        plan("Salas de espera", date(2027, 9, 16))
        plan("Ofertas claras", date(2027, 9, 17))
        plan("Rutas de retorno", date(2027, 9, 21), countries=("HN",))
        plan("Registro de llegada", date(2027, 9, 23))
        plan("Reunión viceministerial", date(2027, 10, 19), kind=EventKind.GOVERNANCE)
    act_as(app, ORGANIZER)
    html = client.get(PAGE).text
    settle = " ".join(re.sub("<[^>]+>", " ", part_of(html, "settle", "</ol>")).split())
    assert settle.startswith("Por resolver 2")
    assert "Pasar la 1 a otra semana" in settle
    assert (
        "Sería el evento número 4 para Honduras en la semana del 13 de septiembre, y el máximo "
        "es 3. Ya hay: «Turnos de noche» (14 de septiembre), «Salas de espera» (16 de septiembre) "
        "y «Ofertas claras» (17 de septiembre)." in settle
    )
    assert "Pasar la 4 a otra semana" in settle
    assert "Reunión viceministerial" in settle
    assert not re.search("Pasar la [23] ", settle)
    act_as(app, OFFICIAL)
    assert "a otra semana" not in client.get(PAGE).text


def part_of(html: str, anchor: str, end: str) -> str:
    start = html.index(f'id="{anchor}"')
    return html[html.index(">", start) + 1 : html.index(end, start)]


def test_an_activity_that_is_a_webinar_or_settled_is_asked_about_no_more(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        table = world(db)
        for day in (13, 14, 16):
            start = datetime(2027, 9, day, 15, tzinfo=UTC)
            span = Timespan(start, start + timedelta(minutes=90))
            title = LocalizedText(es=f"Webinario del {day}")
            draft = EventDraft(kind=EventKind.WEBINAR, title=title, span=span)
            plan_event(db, actor=SYSTEM, draft=draft, publish=True, now=NOW)
        in_draft(db, table, due=date(2027, 9, 15))
        in_draft(db, table, due=date(2027, 9, 15))
        validated(db, table)
        plan = general_plan(db, actor=ORGANIZER, slug="iii")
        first, second = (one.activity.id for one in plan.activities)
    assert client.get(PAGE).text.count("a otra semana") == 2
    with app.app_context(), transaction() as db:
        report = StatusReport(Status.DONE, "Hecho")
        report_status(db, actor=ORGANIZER, agreement_id=first, report=report, now=NOW)
    assert client.get(PAGE).text.count("a otra semana") == 1
    post(client, f"{PAGE}/webinars", activity=second)
    html = client.get(PAGE).text
    assert "a otra semana" not in html
    assert "Ninguna actividad se cruza con otra y ninguna está vencida." in html


def test_drafts_are_held_against_validated_plans_too(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        first = world(db)
        second = a_table(db, theme="Trabajo", rapporteur=2)
        validated(db, first, 1)
        in_draft(db, second, text=CAMPAIGN, due=date(2027, 9, 29))
        _plan, compared = general_plan_and_drafts(db, actor=ORGANIZER, slug="iii")
        assert [one.countries for one in compared.clashes] == [("HN",)]
        assert compared.duplicates == ()


@pytest.mark.parametrize(
    ("who", "drafts"),
    [
        (ORGANIZER, 2),
        (PRESIDENCY, 2),
        (RAPPORTEUR, 2),
        (FOCAL_POINT, 1),
        (OF_GUATEMALA, 1),
        (OFFICIAL, 0),
        (CONVENOR, 0),
    ],
    ids=["organizer", "presidency", "rapporteur", "honduras", "guatemala", "official", "convenor"],
)
def test_a_reader_sees_the_drafts_of_their_own_tables_only(
    app: Flask, client: FlaskClient, who: Actor, drafts: int
) -> None:
    with app.app_context(), transaction() as db:
        first = world(db)
        second = a_table(db, theme="Trabajo", rapporteur=2)
        for table, country in ((first, "HN"), (second, "GT")):
            institution = an_institution(db, country, "migration")
            add_member(
                db, actor=ORGANIZER, work_table_id=table, institution_id=institution, now=NOW
            )
        in_draft(db, first, text=LocalizedText(es="Borrador hondureño de consulados"))
        in_draft(db, second, text=LocalizedText(es="Borrador guatemalteco de consulados"))
        _plan, compared = general_plan_and_drafts(db, actor=who, slug="iii")
        assert len(compared.plans) == drafts
    act_as(app, who)
    html = client.get(PAGE).text
    is_of_both = drafts == 2
    assert ("Borrador hondureño" in html, "Borrador guatemalteco" in html) == (is_of_both,) * 2


def test_guests_read_no_plan(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        validated(db, world(db), 1)
    act_as(app, ANONYMOUS)
    assert client.get(PAGE).status_code in (302, 303, 401, 404)
    assert client.get(f"{PAGE}.pdf").status_code in (302, 303, 401, 404)


def test_one_press_makes_a_draft_webinar_that_is_linked_both_ways(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        [activity] = validated(db, world(db), 1)
    assert f'name="activity" value="{activity}"' in client.get(PAGE).text
    done = post(client, f"{PAGE}/webinars", activity=activity)
    assert done.status_code == 303
    again = post(client, f"{PAGE}/webinars", activity=activity)
    assert again.location == done.location
    with app.app_context(), reading() as db:
        event = db.scalars(select(Event).where(Event.status == "draft")).one()
        assert event.title["es"] == "Actividad 1"
        assert event.starts_at is not None
        assert event.starts_at.date() <= date(2027, 9, 30)
        assert list(db.scalars(select(EventCountry.country_code))) == ["HN"]
        assert "follow-up" in list(db.scalars(select(EventLink.role)))
        assert db.get_one(Agreement, activity).webinar_id == event.id
        assert event.gender_marker == GenderMarker.ITS_AIM
        assert db.scalar(is_told("ActivityPlanned")) == 1
    html = client.get(PAGE).text
    assert f'name="activity" value="{activity}"' not in html
    assert f'href="/events/{event.id}"' in html
    assert f'href="/agreements/{activity}"' in client.get(f"/events/{event.id}").text


def is_told(fact: str) -> Any:
    return select(func.count()).select_from(JournalEntry).where(JournalEntry.fact == fact)


def test_an_activity_is_free_again_when_its_webinar_is_cancelled(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        [activity] = validated(db, world(db), 1)
    post(client, f"{PAGE}/webinars", activity=activity)
    with app.app_context(), transaction() as db:
        first = db.get_one(Agreement, activity).webinar_id
        assert first is not None
        cancel_event(db, actor=ORGANIZER, event_id=first, reason="Se hace de otro modo", now=NOW)
    assert f'name="activity" value="{activity}"' in client.get(PAGE).text
    post(client, f"{PAGE}/webinars", activity=activity)
    with app.app_context(), reading() as db:
        assert db.get_one(Agreement, activity).webinar_id not in (None, first)


def test_only_those_who_plan_make_webinars_and_only_of_activities_in_force(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        table = world(db)
        draft = in_draft(db, table)
    act_as(app, FOCAL_POINT)
    assert post(client, f"{PAGE}/webinars", activity=draft).status_code == 403
    act_as(app, ORGANIZER)
    for activity in (draft, 0, 10**12):
        assert post(client, f"{PAGE}/webinars", activity=activity).status_code in (404, 422)
    nothing = post(client, f"{PAGE}/webinars", activity="x")
    assert nothing.status_code == 422
    assert "Elija la actividad que se convierte en webinario." in nothing.text
    with app.app_context(), reading() as db:
        assert db.scalar(is_told("ActivityPlanned")) == 0


def test_what_the_annual_plan_foresees_already_is_named_to_those_who_plan(
    app: Flask, client: FlaskClient
) -> None:
    title = LocalizedText(es="Campaña sobre ofertas engañosas", en="Campaign on false offers")
    with app.app_context(), transaction() as db:
        table = world(db)
        in_draft(db, table, text=CAMPAIGN, due=date(2027, 9, 14))
        validated(db, table)
        for quarter in (1, 3):
            draft = EntryDraft(title=title, group="", quarter=quarter, events_planned=1)
            add_entry(db, actor=ORGANIZER, year=2027, draft=draft, now=NOW)
    act_as(app, ORGANIZER)
    html = client.get(PAGE).text
    assert html.count("Mismas palabras y misma época que") == 1
    act_as(app, OFFICIAL)
    assert "Campaña sobre ofertas engañosas" not in client.get(PAGE).text


def test_overdue_and_done_are_counted_from_the_rows(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        table = world(db)
        in_draft(db, table, due=date(2026, 11, 1))
        in_draft(db, table, due=date(2026, 11, 1), gender_marker=GenderMarker.NO)
        in_draft(db, table)
        ids = validated(db, table)
        assert ids == ()
        plan = general_plan(db, actor=ORGANIZER, slug="iii")
        second = plan.activities[1].activity.id
        report = StatusReport(Status.DONE, "Hecho")
        report_status(db, actor=ORGANIZER, agreement_id=second, report=report, now=NOW)
        progress = progress_of(general_plan(db, actor=ORGANIZER, slug="iii"), NOW.date())
    assert (progress.done, progress.overdue, progress.to_come, progress.total) == (1, 1, 1, 3)


def test_months_run_from_the_first_to_the_last_day_and_skip_when_they_are_many() -> None:
    assert months_of([date(2027, 11, 30), date(2028, 1, 2)]) == (
        date(2027, 11, 1),
        date(2027, 12, 1),
        date(2028, 1, 1),
    )
    assert months_of([date(2027, 1, 5), date(2032, 1, 5)]) == (date(2027, 1, 1), date(2032, 1, 1))
    assert months_of([]) == ()


def test_the_page_reads_as_often_for_three_activities_as_for_one(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        first = world(db)
        add_event(db, kind="webinar", starts_at=NOW.replace(year=2027, month=9), title="Uno")
        validated(db, first, 1)
        others = [a_table(db, theme=name, rapporteur=2) for name in "BC"]
    client.get(PAGE)
    with counted_statements(app) as of_one:
        client.get(PAGE)
    with app.app_context(), transaction() as db:
        for number, table in enumerate(others, start=2):
            validated(db, table, number)
            add_event(
                db, kind="webinar", starts_at=NOW.replace(year=2027, month=9), title=str(number)
            )
    with counted_statements(app) as of_three:
        html = client.get(PAGE).text
    assert len(of_three) <= len(of_one)
    assert len(html) < 40_000


def test_an_edition_without_plans_says_so_and_an_unknown_one_is_not_found(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, OFFICIAL)
    with app.app_context(), transaction() as db:
        world(db)
    html = client.get(PAGE).text
    assert "Todavía no hay ningún plan validado" in html
    assert client.get("/editions/none/general-plan").status_code == 404
    assert client.get(f"{PAGE}.pdf?in=../x").status_code == 200
