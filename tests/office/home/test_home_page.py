"""Home in the browser's eyes: one filled button, verbs first, and the official's own blocks."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.office.home.views.home import is_certified
from app.office.setup.services import dismiss_checklist
from app.training.certificates.queries.register import CertificateRecord
from app.training.certificates.values import CertificateStatus, facts_from
from app.training.learning.values import Outline, Seat
from tests.office.home.test_waiting import person_of, to_see_to
from tests.planning.events.rows import NOW, add_registration, an_event

pytestmark = pytest.mark.at(NOW)


@pytest.fixture
def settled(app: Flask) -> None:
    """An office that has put the list of its first day away."""
    with app.app_context(), transaction() as db:
        dismiss_checklist(db, actor=SYSTEM, now=NOW)


def filled(page: str) -> list[str]:
    return re.findall(r'class="[^"]*btn-primary[^"]*"\s+href="([^"]*)"', page)


def test_on_the_first_days_the_checklist_has_the_one_filled_button(
    app: Flask, client: FlaskClient
) -> None:
    add_registration(app, an_event(app), person_of(app, "official-hn"), status="pending")
    [only] = filled(to_see_to(client, "organizer"))
    assert only.startswith("/setup/")


@pytest.mark.usefixtures("settled")
def test_the_first_overdue_act_is_the_one_filled_button(app: Flask, client: FlaskClient) -> None:
    before = NOW - timedelta(days=9)
    over = an_event(app, starts_at=NOW - timedelta(days=2), published_at=before, title="Ya pasó")
    add_registration(app, an_event(app), person_of(app, "official-hn"), status="pending")
    page = to_see_to(client, "organizer")
    assert filled(page) == [f"/events/{over}/close"]
    assert "Cerrar «Ya pasó»" in page
    overdue, today = page.index('id="overdue"'), page.index('id="today"')
    assert overdue < page.index("Cerrar «Ya pasó»") < today < page.index("Decidir 1 inscripción")


@pytest.mark.usefixtures("settled")
def test_where_nothing_waits_planning_is_the_filled_button(client: FlaskClient) -> None:
    page = to_see_to(client, "convenor-labour")
    assert filled(page) == ["/events/plan"]
    assert "No tiene nada pendiente." in page


def test_two_weeks_stand_beside_the_tasks_and_can_be_turned(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, groups=["protection"], title="En dos semanas")
    page = to_see_to(client, "organizer")
    assert "En dos semanas" not in page
    assert page.count('aria-current="date"') == 1
    [_before, after] = re.findall(r'href="(/\?week=[\d-]+)"', page)
    page = client.get(after).text
    assert "En dos semanas" in page
    assert 'aria-current="date"' not in page.partition("<main")[2]
    for nonsense in ("2026-13-45", "1000-01-01", "9999-12-31", "x"):
        assert client.get(f"/?week={nonsense}").status_code == 200


def test_an_official_reads_the_next_webinar_with_its_calendar_file(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, groups=["protection"])
    add_registration(app, event_id, person_of(app, "official-gt"), status="waiting")
    page = to_see_to(client, "official-gt")
    assert "Usted está en la lista de espera" in page
    assert "no tiene ninguna inscripción" not in page
    add_registration(app, event_id, person_of(app, "official-hn"))
    page = to_see_to(client, "official-hn")
    assert "Su próximo webinario" in page
    assert "en 16 días" in page
    assert f'href="/events/{event_id}.ics"' in page
    assert "Vencido" not in page
    assert client.get(f"/events/{event_id}.ics").status_code == 200


def test_whoever_holds_a_valid_certificate_is_not_told_to_start_again() -> None:
    facts = facts_from(Path("certificates/samples/two-surnames.json").read_text(encoding="utf-8"))
    title = facts.course_title
    course = Outline(1, "guidelines", "2026.2", title, LocalizedText(), 1, NOW, ())
    valid = CertificateRecord(facts.code, CertificateStatus.VALID, facts)
    expired = replace(valid, status=CertificateStatus.EXPIRED)
    other = replace(
        valid,
        facts=replace(facts, course_title=LocalizedText(es="Otro curso", en="Another course")),
    )
    seat = Seat(course)
    assert is_certified(seat, [expired, valid])
    assert not is_certified(seat, [expired, other])
    assert not is_certified(replace(seat, enrolment_id=uuid4()), [valid])
