"""Reports: no name, no small cell, and the file of a closed event that does not change."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, select

from app.followup.agreements.models import Agreement, AgreementParty
from app.infra import journal
from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.kernel.small_numbers import SMALLEST_TOLD, hidden
from app.kernel.text import LocalizedText
from app.office.reports.models import ReportFile
from app.office.reports.queries import event_report
from app.office.reports.tasks import drawn
from app.people.directory.models import Person
from app.planning.events.facts import EventClosed
from app.planning.events.models import (
    Attendance,
    Edition,
    Event,
    EventFunding,
    EventLink,
    FundingSource,
    WorkTable,
)
from tests.followup.agreements.world import a_meeting, a_sitting, a_table
from tests.planning.events.planning_builders import ORGANIZER, act_as, furnish
from tests.planning.events.rows import (
    NOW,
    add_event,
    add_registration,
    an_event,
    change_event_row,
    counted_statements,
)
from tests.support.actors import csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)
ENDED = NOW - timedelta(hours=3)
COUNTS = {"HN": 6, "GT": 9, "SV": 2}


@pytest.fixture
def event_id(app: Flask) -> UUID:
    """A webinar of ninety minutes: six of Honduras and nine of Guatemala stayed, two of El Salvador
    left early.
    """
    event_id = an_event(app, groups=["protection"], starts_at=ENDED)
    with app.app_context(), transaction() as db:
        for country, count in COUNTS.items():
            for number in range(count):
                name = f"Secreta {country} {number}"
                person = Person(
                    full_name=name,
                    sort_key=name.casefold(),
                    country_code=country,
                    sex="FM"[number % 2],
                    timezone="America/Guatemala",
                )
                db.add(person)
                db.flush()
                db.add(
                    Attendance(
                        event_id=event_id,
                        person_id=person.id,
                        minutes=20 if country == "SV" else 80,
                        source="import",
                        recorded_at=NOW,
                    )
                )
    return event_id


def test_the_page_hides_no_number_from_who_holds_the_names_and_marks_what_is_not_handed_on(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    sign_in(client, "organizer")
    assert "Al cerrar el evento se guarda" in client.get(f"/events/{event_id}/report").text
    with app.app_context(), transaction() as db:
        db.get_one(Event, event_id).closed_at = NOW
    page = client.get(f"/events/{event_id}/report").get_data(as_text=True)
    assert "Secreta" not in page
    figures = page.partition("</caption>")[2].partition("</table>")[0]
    assert [number in figures for number in (">9<", ">6*<", ">2*<")] == [True, True, True]
    assert "PDF para compartir" in page
    assert "El evento está cerrado y todavía no se ha guardado su PDF." in page
    assert ">15<" in page.partition("<dl")[2].partition("</dl>")[0]


def test_r56_the_pdf_to_hand_on_hides_what_is_small_and_the_other_says_whom_it_is_for(
    client: FlaskClient, event_id: UUID
) -> None:
    sign_in(client, "organizer")
    handed_on = text_of(client.get(f"/events/{event_id}/report.pdf").data)
    complete = text_of(client.get(f"/events/{event_id}/report.pdf?for=office").data)
    assert "no se indica*" in handed_on
    assert "El Salvador, Honduras" in " ".join(handed_on.split())
    assert "6*" not in handed_on
    assert "6*" in complete
    assert "No se comparte" in complete
    assert "No se comparte" not in handed_on


def test_a_report_without_small_groups_is_one_pdf_and_marks_nothing(
    app: Flask, client: FlaskClient, fund: str
) -> None:
    sign_in(client, "organizer")
    with app.app_context(), reading() as db:
        event_id = db.scalars(select(Attendance.event_id)).first()
    pages = (f"/events/{event_id}/report", f"/funding/{fund}/report?year=2026")
    assert all("menos de cinco" in client.get(page).text for page in pages)
    with app.app_context(), transaction() as db:
        small = select(Person.id).where(Person.country_code == "SV")
        db.execute(delete(Attendance).where(Attendance.person_id.in_(small)))
    assert not any("menos de cinco" in client.get(page).text for page in pages)
    assert "PDF con todas las cifras" not in client.get(pages[0]).text


def test_r28_the_donors_sheet_hides_what_the_page_shows_to_the_office(
    client: FlaskClient, fund: str
) -> None:
    sign_in(client, "presidency")
    page = client.get(f"/funding/{fund}/report?year=2026").text
    assert [number in page for number in (">9<", ">6*<", ">2*<")] == [True, True, True]
    sent = client.post(
        f"/funding/{fund}/report.xlsx", data={"year": "2026", "csrf_token": csrf_token(client)}
    )
    rows = (
        CalamineWorkbook.from_filelike(BytesIO(sent.data)).get_sheet_by_name("Países").to_python()
    )
    told = {row[0]: row[1] for row in rows if len(row) > 1}
    assert told["Guatemala"] == 9
    assert told["Honduras"] == told["El Salvador"] == "menos de 5, o se oculta con ellas"


def test_r30_when_the_event_is_closed_its_report_is_kept_as_pdf(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    with app.app_context():
        with transaction() as db:
            journal.record(db, EventClosed(event_id), actor=SYSTEM, now=NOW)
        platform(app).jobs.drain()
        with reading() as db:
            kept = {row.language: row.file_key for row in db.scalars(select(ReportFile))}
        texts = {language: text_of(files().get(key)) for language, key in kept.items()}
    assert set(kept) == {"es", "en"}
    assert "Informe del evento" in texts["es"]
    assert "Report of the event" in texts["en"]
    for text in texts.values():
        assert "Guatemala" in text
        assert "Costa Rica, UTC−6" in text
        assert "Secreta" not in text
    change_event_row(app, event_id, title=LocalizedText(es="Otro título", en="Another title"))
    sign_in(client, "organizer")
    again = client.get(f"/events/{event_id}/report.pdf")
    assert again.mimetype == "application/pdf"
    assert "Otro título" not in text_of(again.data)


def test_r30_a_congress_closes_once_each_table_has_findings_and_actions_and_then_has_its_report(
    app: Flask, client: FlaskClient
) -> None:
    """Given two tables of which one lacks a priority action, when the congress is closed, then it is
    refused with that table's name; once the action is written it closes, and its report is kept as
    PDF in both languages with what the tables found.
    """
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        furnish(db)
        congress = a_meeting(db, "congress")
        a_sitting(db, congress, "guidelines-review", NOW - timedelta(hours=30))
        tables = [a_table(db, theme=theme) for theme in ("Protección", "Trabajo")]
    page, findings = f"/events/{congress}/close", "/editions/iii/findings"

    def close_it() -> Any:
        seen = re.search(r'name="seen_open"[^>]* value="([^"]*)"', client.get(page).text)
        form = {"reason": "La lista se perdió.", "seen_open": seen[1] if seen else ""}
        return client.post(page, data={"csrf_token": csrf_token(client), **form})

    def note(table: int, kind: str, words: str) -> None:
        form = {"table": str(table), "kind": kind, "text_es": words}
        answer = client.post(findings, data={"csrf_token": csrf_token(client), **form})
        assert answer.status_code == 303, answer.text

    def reports() -> dict[str, str]:
        with app.app_context():
            platform(app).jobs.drain()
            with reading() as db:
                kept = {row.language: row.file_key for row in db.scalars(select(ReportFile))}
            return {language: text_of(files().get(key)) for language, key in kept.items()}

    note(tables[0], "finding", "Se pierde la referencia.")
    note(tables[0], "action", "Una ficha única.")
    note(tables[1], "finding", "Faltan intérpretes.")
    refused = close_it()
    assert refused.status_code == 409
    assert "Trabajo" in refused.text
    assert reports() == {}
    note(tables[1], "action", "Un directorio de intérpretes.")
    closed = close_it()
    assert closed.status_code == 303, closed.text
    texts = reports()
    assert set(texts) == {"es", "en"}
    for text in texts.values():
        for words in (
            "Se pierde la referencia.",
            "Una ficha única.",
            "Un directorio de intérpretes.",
        ):
            assert words in " ".join(text.split())


def test_an_agreement_names_who_answers_for_it_also_where_that_is_an_organ_of_the_region(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    with app.app_context(), transaction() as db:
        agreed = Agreement(
            event_id=event_id,
            number=7,
            text=LocalizedText(es="Enviar un directorio."),
            verb="request",
            created_at=NOW,
            changed_at=NOW,
        )
        db.add(agreed)
        db.flush()
        db.add(AgreementParty(agreement_id=agreed.id, kind="secretariat", key=""))
        db.add(AgreementParty(agreement_id=agreed.id, kind="country", key="HN", country_code="HN"))
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}/report").get_data(as_text=True)
    printed = text_of(client.get(f"/events/{event_id}/report.pdf").data)
    for shown in (page, printed):
        assert "Enviar un directorio." in shown
        assert "Secretaría" in shown
        assert "Honduras" in shown


def test_r55_the_file_that_is_kept_names_no_rapporteur_who_may_ask_to_be_forgotten(
    app: Flask,
) -> None:
    with app.app_context(), transaction() as db:
        edition = Edition(slug="vi", label="VI", theme=LocalizedText(es="Mujeres"))
        person = Person(
            full_name="Secreta Relatora", sort_key="secreta relatora", timezone="America/Guatemala"
        )
        db.add_all([edition, person])
        db.flush()
        congress = add_event(db, kind="congress", starts_at=ENDED)
        db.add(EventLink(event_id=congress, edition_id=edition.id, role="congress"))
        db.add(
            WorkTable(
                edition_id=edition.id,
                theme=LocalizedText(es="Mesa de referencia"),
                rapporteur_id=person.id,
            )
        )
        db.flush()
        report = event_report(db, actor=SYSTEM, event_id=congress, today=NOW.date())
    with app.test_request_context():
        printed = text_of(drawn(report, language="es", made_at=NOW))
    assert "Mesa de referencia" in printed
    assert "Secreta" not in printed


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_paper_names_the_countries_in_the_order_of_the_page(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    with app.app_context(), transaction() as db:
        person = Person(
            full_name="Secreta US",
            sort_key="secreta us",
            country_code="US",
            timezone="America/Guatemala",
        )
        db.add(person)
        db.flush()
        db.add(
            Attendance(
                event_id=event_id, person_id=person.id, minutes=80, source="import", recorded_at=NOW
            )
        )
    sign_in(client, "organizer")
    page, printed = (
        client.get(f"/events/{event_id}/report").text,
        text_of(client.get(f"/events/{event_id}/report.pdf").data),
    )
    for shown in (page, printed):
        assert shown.index("El Salvador") < shown.index("Estados Unidos") < shown.index("Honduras")


def test_report_of_an_event_to_come_says_nothing_of_what_has_not_happened(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, groups=["protection"], starts_at=NOW + timedelta(days=3))
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}/report?lang=es").text
    assert "Con cupo hasta hoy" in page
    for said in ("Quiénes asistieron", "No se distribuyeron", "Respondieron", "Presentes"):
        assert said not in page, said


@pytest.mark.parametrize("who", ["official-hn", "focal-point-hn", "convenor-labour"])
def test_a_report_is_for_who_runs_the_event(
    app: Flask, client: FlaskClient, event_id: UUID, who: str
) -> None:
    sign_in(client, who)
    assert client.get(f"/events/{event_id}/report").status_code == 403
    assert client.get(f"/events/{event_id}/report.pdf").status_code == 403
    assert client.get("/funding").status_code == 403


@pytest.fixture
def fund(app: Flask, event_id: UUID) -> str:
    """It pays for the webinar, and for nothing of the other one."""
    other = an_event(app, starts_at=ENDED - timedelta(days=1), title="Otro que pagó otro")
    with app.app_context(), transaction() as db:
        source = FundingSource(
            slug="fondo", name=LocalizedText(es="Fondo de Desarrollo", en="Development Fund")
        )
        db.add(source)
        db.flush()
        db.add(EventFunding(event_id=event_id, funding_source_id=source.id))
        person = db.scalars(
            select(Person.id).where(Person.country_code == "HN").order_by(Person.id)
        ).first()
    add_registration(app, other, person or 0)
    return "fondo"


def test_r28_a_donor_reads_its_own_events_by_country_without_names(
    app: Flask, client: FlaskClient, fund: str
) -> None:
    sign_in(client, "presidency")
    page = client.get(f"/funding/{fund}/report?year=2026").get_data(as_text=True)
    assert "Rutas de protección" in page
    assert "Otro que pagó otro" not in page
    assert "Secreta" not in page
    with app.app_context(), reading() as db:
        names = db.scalars(select(Person.full_name)).all()
    assert not [name for name in names if name in page.partition("<main")[2]]
    attended = page.partition("<main")[2].partition("Guatemala")[2].partition("</tr>")[0]
    assert ">9<" in attended, "nine of Guatemala came"
    assert "Nada en este año" in client.get(f"/funding/{fund}/report?year=2025").get_data(
        as_text=True
    )


def test_r28_r59_the_donor_s_sheet_is_on_record_and_names_nobody(
    app: Flask, client: FlaskClient, fund: str
) -> None:
    from app.infra.sheets import rows_of

    sign_in(client, "presidency")
    answer = client.post(
        f"/funding/{fund}/report.xlsx", data={"year": "2026", "csrf_token": csrf_token(client)}
    )
    assert answer.status_code == 200
    sheet = rows_of(answer.data, "report.xlsx")
    flat = "|".join("|".join(map(str, row)) for row in sheet.rows)
    assert "Rutas de protección" in flat
    assert "Secreta" not in flat
    assert "Exportado por" not in flat, "it is said, and is no row"
    with app.app_context(), reading() as db:
        entry = db.scalars(select(JournalEntry).where(JournalEntry.fact == "ExportMade")).one()
    assert entry.payload == {"kind": "donor-report", "scope": fund, "rows": 1}


def test_an_unknown_source_is_not_found(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    assert client.get("/funding/nobody/report").status_code == 404


def test_the_report_asks_as_often_for_seventeen_as_for_one(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    few = an_event(app, starts_at=ENDED)
    sign_in(client, "organizer")
    found = []
    for one in (few, event_id):
        with counted_statements(app) as statements:
            client.get(f"/events/{one}/report")
        found.append(len(statements))
    assert found[0] == found[1]


@given(st.dictionaries(st.text(min_size=1, max_size=2), st.integers(0, 40), max_size=12))
def test_nothing_hidden_can_be_worked_out_from_the_total(counts: dict[str, int]) -> None:
    kept_back = hidden(counts)
    assert all(counts[key] >= SMALLEST_TOLD or counts[key] == 0 for key in set(counts) - kept_back)
    people = sum(counts[key] for key in kept_back)
    alone = len(kept_back) == 1 and len([c for c in counts.values() if c]) > 1
    assert not alone
    assert (
        not kept_back
        or people >= SMALLEST_TOLD
        or kept_back == {key for key, count in counts.items() if count}
    )
