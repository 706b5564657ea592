"""The year on one page (R85), as page, PDF and spreadsheet; small numbers stay with who holds names."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.text import LocalizedText
from app.office.reports.values import Audience
from app.office.yearly.policy import audience_of
from app.office.yearly.queries import year_report
from app.participation.registrations.models import Registration
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.models import Country, Person, WorkingGroup
from app.people.directory.services.reference import seed_reference
from app.planning.events.models import AnnualPlan, Attendance, Event, EventGroup, PlanEntry
from tests.planning.events.planning_builders import ORGANIZER
from tests.planning.events.rows import NOW, add_event, counted_statements
from tests.support.actors import actor_of, csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)


def attend(db: Session, event_id: UUID, **countries: int) -> None:
    for country, count in countries.items():
        for number in range(count):
            person = Person(
                full_name=f"Secreta {country} {number}",
                sort_key=f"secreta {number}",
                country_code=country,
                timezone="UTC",
            )
            db.add(person)
            db.flush()
            db.add(
                Attendance(
                    event_id=event_id,
                    person_id=person.id,
                    minutes=60,
                    source="import",
                    recorded_at=NOW,
                )
            )


def held_on(db: Session, on: datetime, group: str, title: str = "Rutas", **came: int) -> UUID:
    event_id = add_event(db, groups=[group] if group else [], starts_at=on, title=title)
    attend(db, event_id, **came)
    return event_id


def a_year(app: Flask) -> None:
    """Three of Protection in March, April and May, one of Labour without attendance on record, a
    congress, one cancelled and one to come; one of last year.
    """
    with app.app_context(), transaction() as db:
        seed_reference(db)
        held_on(db, NOW.replace(month=3, day=10), "protection", HN=6, GT=9)
        held_on(db, NOW.replace(month=4, day=10), "protection", GT=8)
        held_on(db, NOW.replace(month=5, day=10), "protection", GT=7, SV=2)
        held_on(db, NOW.replace(month=6), "labour-migration")
        held_on(db, NOW.replace(month=7, day=6), "", "Congreso", HN=5, GT=5)
        add_event(
            db,
            groups=["protection"],
            starts_at=NOW.replace(month=9),
            status="cancelled",
            title="Niñez no acompañada",
        )
        add_event(db, groups=["protection"], starts_at=NOW + timedelta(days=20))
        held_on(db, NOW.replace(year=2025), "protection", "De otro año", HN=5)
        add_event(
            db,
            groups=["protection"],
            starts_at=NOW.replace(month=2),
            status="draft",
            published_at=None,
            title="Borrador",
        )


@pytest.mark.both_databases
def test_r85_year_counts_planned_held_cancelled_by_group_and_month_and_who_came(app: Flask) -> None:
    """Given a past year, when the office opens it, then planned, held and cancelled stand by group
    and month, with who came by country and who was absent across events.
    """
    a_year(app)
    with app.app_context(), reading() as db:
        report = year_report(db, actor=ORGANIZER, year=2026, now=NOW, audience=Audience.OFFICE)
    sums = report.sums
    assert (sums.planned, sums.held, sums.cancelled, sums.to_come) == (7, 5, 1, 1)
    assert (sums.attendances, report.people, report.recorded) == (42, 42, 4)
    rows = {row.group: row for row in report.rows}
    assert (rows["protection"].sums.planned, rows["protection"].sums.cancelled) == (5, 1)
    assert [month for month, events in rows["protection"].months.items() if events] == [
        3,
        4,
        5,
        9,
        12,
    ]
    assert rows[""].months[7][0].title.in_("es") == "Congreso"
    countries = {one.code: (one.events, one.attendances) for one in report.countries}
    assert countries["GT"] == (4, 29)
    assert countries["HN"] == (2, 11)
    assert countries["SV"] == (1, 2)
    assert countries["BZ"] == (0, 0)
    absent = {one.country: one.missed for one in report.absences}
    assert absent["BZ"] == 4
    assert "GT" not in absent


def test_r85_the_office_reads_it_on_one_page_and_takes_it_along(
    app: Flask, client: FlaskClient
) -> None:
    a_year(app)
    sign_in(client, "organizer")
    page = client.get("/year?year=2026").get_data(as_text=True)
    assert "La región hizo 5 de 7 eventos previstos. Falta 1." in page
    assert "Belice no vino a ninguno de 4" in page
    assert "1 evento se realizó y no tiene asistencia anotada" in page
    assert "Niñez no acompañada" in page
    assert "Borrador" not in page
    assert "De otro año" not in page
    assert "Secreta" not in page
    sent = {"year": "2026", "csrf_token": csrf_token(client)}
    sheet = CalamineWorkbook.from_filelike(BytesIO(client.post("/year.xlsx", data=sent).data))
    groups = sheet.get_sheet_by_index(0).to_python()
    assert groups[-3][-5:] == [7.0, 5.0, 1.0, 1.0, 42.0]
    assert [sum(column) for column in zip(*(row[1:] for row in groups[1:-3]), strict=True)] == (
        groups[-3][1:]
    )
    countries = {row[0]: row[1:] for row in sheet.get_sheet_by_index(2).to_python()}
    assert countries["Belice"][0] == 0
    assert "menos de 5" in str(countries["El Salvador"][0])
    protection = next(row for row in groups if row[0] == "Protección")
    assert protection[1:13] == [0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1], "by month"
    assert protection[13:16] == [5, 3, 1]
    assert "Belice no vino a ninguno de 4" in str(sheet.get_sheet_by_index(3).to_python())
    words = str(sheet.get_sheet_by_index(4).to_python())
    assert "quien fue a dos cuenta dos veces" in words
    pdf = PdfReader(BytesIO(client.post("/year.pdf", data=sent).data))
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    assert len(pdf.pages) == 2
    assert text.startswith("El año 2026 La región"), "two sheets are not one page"
    assert re.search(r"Protección( [■×])* 5 3 1 ", re.sub("[^\\w×.%,:;()/ -]", "", text))
    assert "Belice no vino a ninguno de 4" in text
    assert re.search(r"Belice 0 0\b", text)
    assert "Secreta" not in text
    with app.app_context(), reading() as db:
        facts = db.scalars(select(JournalEntry.payload).where(JournalEntry.fact == "ExportMade"))
        assert [(one["kind"], one["scope"]) for one in facts] == [("year-report", "2026")] * 2


def test_r85_plan_stands_beside_the_events_and_who_was_absent_beside_the_countries(
    app: Flask, client: FlaskClient
) -> None:
    """Given an approved plan and people who registered and did not come, when the year is opened,
    then each entry stands with what became of it, an event of two groups counts once, and a focal
    point reads the absent of the own country alone.
    """
    a_year(app)
    with app.app_context(), transaction() as db:
        db.add(AnnualPlan(year=2026, approved_at=NOW.replace(month=1, day=15)))
        group = db.scalar(select(WorkingGroup.id).where(WorkingGroup.slug == "protection"))
        entry = PlanEntry(
            year=2026,
            title=LocalizedText(es="Rutas seguras"),
            working_group_id=group,
            events_planned=3,
        )
        db.add(entry)
        db.flush()
        held = [
            held_on(db, NOW.replace(month=month, day=3), "protection", "Bajo el plan", HN=2, GT=5)
            for month in (2, 3)
        ]
        for event_id in held:
            db.get_one(Event, event_id).plan_entry_id = entry.id
        other = db.scalar(select(WorkingGroup.id).where(WorkingGroup.slug == "labour-migration"))
        db.add(EventGroup(event_id=held[0], working_group_id=other))
        for country, missed in (("HN", held), ("GT", held), ("SV", held[:1])):
            person = Person(
                full_name=f"Falta {country}", sort_key="f", country_code=country, timezone="UTC"
            )
            db.add(person)
            db.flush()
            for event_id in missed:
                db.add(
                    Registration(
                        event_id=event_id,
                        person_id=person.id,
                        status=RegistrationStatus.REGISTERED,
                        created_at=NOW,
                        changed_at=NOW,
                    )
                )
    with app.app_context(), reading() as db:
        report = year_report(db, actor=ORGANIZER, year=2026, now=NOW, audience=Audience.OFFICE)
    plan = report.plan
    assert plan is not None
    assert (plan.foreseen, plan.foreseen_of("protection"), plan.entries[0].sums.held) == (3, 3, 2)
    assert plan.entries[0].sums.attendances == 14
    assert plan.entries[0].sums.planned + plan.beside.planned == report.sums.planned == 9
    assert report.shared == 1
    rows = {row.group: row.sums for row in report.rows}
    assert (rows["protection"].held, rows["labour-migration"].held) == (5, 2), "in both rows"
    assert report.sums.held == 7, "and once in the total"
    sign_in(client, "organizer")
    page = client.get("/year?year=2026").get_data(as_text=True)
    assert "el plan aprobado el 15 de enero de 2026 prevé 3" in page
    assert "1 evento es de varios grupos: está en la fila de cada uno" in page
    assert ("Falta HN" in page, "Falta GT" in page, "Falta SV" in page) == (True, True, False)
    assert "faltó a 2 de 2, la última vez el 3 de marzo de 2026" in page
    sent = {"year": "2026", "csrf_token": csrf_token(client)}
    copy = CalamineWorkbook.from_filelike(BytesIO(client.post("/year.xlsx", data=sent).data))
    assert copy.get_sheet_by_name("El plan").to_python()[1][3:6] == [3.0, 2.0, 2.0]
    assert "Falta HN" not in str(
        [copy.get_sheet_by_name(one).to_python() for one in copy.sheet_names]
    )
    sign_in(client, "focal-point-hn")
    page = client.get("/year?year=2026").get_data(as_text=True)
    assert "Falta HN" in page
    assert "Falta GT" not in page
    with app.app_context(), transaction() as db:
        db.get_one(Country, "HN").counts_only_since = NOW.date()
    answer = client.get("/year?year=2026")
    assert (answer.status_code, "Falta HN" in answer.text) == (200, False), "it gives no names"


def test_r56_focal_point_reads_no_small_number_and_of_absences_those_of_the_own_country(
    app: Flask, client: FlaskClient
) -> None:
    a_year(app)
    sign_in(client, "focal-point-hn")
    page = client.get("/year?year=2026").get_data(as_text=True)
    assert "no se muestra" in page
    assert "Belice no vino" not in page
    assert "su país" in page
    sign_in(client, "official-hn")
    assert client.get("/year").status_code == 403


def test_r56_country_that_shares_no_figures_is_hidden_in_the_year_of_others_and_in_every_copy(
    app: Flask, client: FlaskClient
) -> None:
    """And its number cannot be worked out from the total: another is hidden with it."""
    a_year(app)
    with app.app_context(), transaction() as db:
        db.execute(
            update(Country).where(Country.code.in_(("GT", "BZ"))).values(shares_figures="nothing")
        )

    def of(country: str, persona: str) -> tuple[int | None, int | None, bool]:
        actor = actor_of(app, persona)
        with app.app_context(), reading() as db:
            report = year_report(db, actor=actor, year=2026, now=NOW, audience=audience_of(actor))
        return next(
            (one.events, one.attendances, one.is_shared)
            for one in report.countries
            if one.code == country
        )

    assert of("GT", "organizer") == (4, 29, False), "who holds the names reads it, marked"
    assert of("GT", "focal-point-gt") == (4, 29, True)
    assert of("GT", "focal-point-hn") == of("BZ", "focal-point-hn") == (None, None, False)
    assert of("HN", "focal-point-hn") == (2, 11, True), "the own number is no secret"
    assert of("SV", "focal-point-hn") == (None, None, True)
    sign_in(client, "organizer")
    sent = {"year": "2026", "csrf_token": csrf_token(client)}
    copy = CalamineWorkbook.from_filelike(BytesIO(client.post("/year.xlsx", data=sent).data))
    rows = {row[0]: row[1:] for row in copy.get_sheet_by_name("Países").to_python()}
    assert rows["Guatemala"][0] == rows["Guatemala"][2] == rows["Belice"][0] == "no se comparte"
    assert "Belice" not in str(copy.get_sheet_by_index(3).to_python())
    pdf = PdfReader(BytesIO(client.post("/year.pdf", data=sent).data))
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    assert "Guatemala no se comparte no se comparte" in text
    assert "Belice no vino" not in text
    assert "Belice no vino" in client.get("/year?year=2026").text


def test_statements_do_not_grow_with_the_events_of_a_year(app: Flask) -> None:
    a_year(app)

    def statements() -> int:
        with app.app_context(), counted_statements(app) as made, reading() as db:
            year_report(db, actor=ORGANIZER, year=2026, now=NOW, audience=Audience.OFFICE)
        return len(made)

    before = statements()
    with app.app_context(), transaction() as db:
        for month in range(1, 11):
            held_on(db, NOW.replace(month=month, day=2), "border-management", HN=1)
    assert statements() == before


def test_empty_year_says_so_and_strange_years_are_this_one(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    assert "Nada en este año" in client.get("/year?year=2003").get_data(as_text=True)
    for typed in ("1066", "9999", "MMXX", ""):
        assert client.get(f"/year?year={typed}").status_code == 200
