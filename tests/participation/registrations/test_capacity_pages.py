"""Pages of capacity: what one who comes sees, and what organizers and focal points do with the
list.
"""

import io
import re
from datetime import timedelta
from uuid import UUID

import pytest
import python_calamine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading
from app.infra.journal import JournalEntry
from app.participation.registrations.models import Registration
from app.participation.registrations.values import CONSENT_VERSION
from tests.participation.registrations.builders import people_of, statuses, waiting_list
from tests.planning.events.rows import (
    NOW,
    add_registration,
    an_event,
    change_event_row,
    counted_statements,
)
from tests.support.actors import actor_of, an_account, bearer, post, sign_in
from tests.support.kept import checked_in, shown_again

pytestmark = pytest.mark.at(NOW)
AGREED = {"consent": ["attendance-list"], "consent_version": CONSENT_VERSION}


def page(client: FlaskClient, event_id: UUID) -> str:
    return client.get(f"/events/{event_id}").text


def test_full_event_shows_the_position_on_the_waiting_list(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, capacity=1)
    first, second = people_of(app, ["HN", "GT"])
    add_registration(app, event_id, first)
    add_registration(app, event_id, second, status="waiting")
    sign_in(client, "official-gt")
    html = page(client, event_id)
    assert "El único cupo está ocupado." in html
    assert "1 persona espera un cupo." in html
    assert "Entrar en la lista de espera" in html
    assert post(client, f"/events/{event_id}/registrations", **AGREED).status_code == 303
    html = page(client, event_id)
    assert "2.ª persona en la lista de espera" in html
    assert "Está en la lista de espera" in html
    assert "Ya no quiero participar" in html
    assert "2.ª" not in client.get("/my-webinars").text
    assert "Usted está en la lista de espera" in client.get("/my-webinars").text
    assert post(client, f"/events/{event_id}/registrations/cancellation").status_code == 303
    assert waiting_list(app, event_id) == [second]


def test_who_waits_reads_that_a_full_country_waits_for_its_own(
    app: Flask, client: FlaskClient
) -> None:
    for quota, said in (
        (None, "Nadie pasa antes que usted."),
        (1, "espera a que se libere uno propio"),
    ):
        event_id = an_event(app, capacity=1, country_quota=quota)
        add_registration(app, event_id, people_of(app, ["GT"])[0])
        sign_in(client, "official-gt")
        post(client, f"/events/{event_id}/registrations", **AGREED)
        assert said in page(client, event_id)


def test_without_the_tick_the_page_says_so_and_keeps_the_others(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    sign_in(client, "official-gt")
    answer = post(
        client,
        f"/events/{event_id}/registrations",
        consent=["recording"],
        consent_version=CONSENT_VERSION,
    )
    assert answer.status_code == 422
    assert 'href="#consent-attendance-list"' in answer.text
    assert 'value="recording" checked' in answer.text
    assert 'value="attendance-list" checked' not in answer.text
    old = post(
        client,
        f"/events/{event_id}/registrations",
        consent=["attendance-list"],
        consent_version="2019-1",
    )
    assert old.status_code == 422
    assert "Estos textos cambiaron" in old.text
    assert statuses(app, event_id) == {}
    assert post(client, f"/events/{event_id}/registrations", **AGREED).status_code == 303
    missing = post(
        client,
        f"/events/{event_id}/registrations/consent",
        consent=[],
        consent_version=CONSENT_VERSION,
    )
    assert missing.status_code == 422
    kept = post(
        client,
        f"/events/{event_id}/registrations/consent",
        consent=["attendance-list", "statistics"],
        consent_version=CONSENT_VERSION,
    )
    assert kept.status_code == 303
    assert 'value="statistics" checked' in page(client, event_id)


def test_the_panel_says_until_when_and_how_many_of_my_country(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(
        app, capacity=5, country_quota=2, registration_closes_at=NOW + timedelta(days=1, hours=7)
    )
    add_registration(app, event_id, *people_of(app, ["GT"]))
    sign_in(client, "official-gt")
    html = page(client, event_id)
    assert "Quedan 4 cupos de 5." in html
    assert "Para su país quedan 2 cupos." in html, (
        "who is in the table without a country counts for none"
    )
    assert "hasta el miércoles, 25 de noviembre de 2026 a las 17:00 (Costa Rica, UTC−6)" in html


def test_who_is_asked_about_sees_pending_then_declined(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, needs_approval=True, groups=["protection"])
    me = sign_in(client, "official-gt").person_id
    assert "Solicitar un cupo" in page(client, event_id)
    post(client, f"/events/{event_id}/registrations", **AGREED)
    assert "El equipo organizador decide sobre su cupo" in page(client, event_id)
    sign_in(client, "convenor-protection")
    assert "Por decidir (1)" in client.get(f"/events/{event_id}/registrations").text
    assert post(client, f"/events/{event_id}/registrations/{me}/refusal").status_code == 303
    assert post(client, f"/events/{event_id}/registrations/{me}/refusal").status_code == 409
    sign_in(client, "official-gt")
    assert "no pudo darle un cupo" in page(client, event_id)
    sign_in(client, "organizer")
    assert post(client, f"/events/{event_id}/registrations/{me}/approval").status_code == 303
    assert statuses(app, event_id) == {me: "registered"}
    assert post(client, f"/events/{event_id}/registrations/{me}/removal").status_code == 303
    assert statuses(app, event_id) == {me: "cancelled"}


def test_several_requests_are_approved_in_their_order(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, capacity=1, needs_approval=True, groups=["protection"])
    asking = people_of(app, ["HN", "GT"])
    for person in asking:
        add_registration(app, event_id, person, status="pending")
    sign_in(client, "convenor-protection")
    path = f"/events/{event_id}/registrations"
    listed = client.get(path).text
    assert listed.count('form="together"') == 2
    assert listed.partition("<table")[2].count("btn-primary") == 1, "one for all who are ticked"
    assert post(client, f"{path}/approval").status_code == 303
    shown = post(client, f"{path}/approval", people=asking).text
    assert "Obtiene un cupo" in shown
    assert "No hay cupo libre: queda en lista de espera." in shown
    assert set(statuses(app, event_id).values()) == {"pending"}
    done = client.get(post(client, f"{path}/approval", people=asking, sure="1").location).text
    assert "1 persona tiene cupo." in done
    assert "1 persona queda en lista de espera." in done
    assert sorted(statuses(app, event_id).values()) == ["registered", "waiting"]


def test_capacity_is_set_on_a_page_and_refused_at_the_field(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, capacity=2, groups=["protection"])
    people = people_of(app, ["HN", "HN", "GT"])
    for person, status in zip(people, ("registered", "registered", "waiting"), strict=True):
        add_registration(app, event_id, person, status=status)
    sign_in(client, "convenor-protection")
    html = client.get(f"/events/{event_id}/places").text
    assert 'value="2"' in html
    refused = post(
        client, f"/events/{event_id}/places", capacity="1", country_quota="x", quota_HN="7"
    )
    assert refused.status_code == 422
    assert "Escriba un número entero." in refused.text
    hour_alone = post(client, f"/events/{event_id}/places", capacity="3", closes_at="17:00")
    assert hour_alone.status_code == 422
    assert "Elija también el día" in hour_alone.text
    refused = post(
        client, f"/events/{event_id}/places", capacity="1", quota_HN="7", closes_on="2026-12-01"
    )
    assert refused.status_code == 422
    assert "Ya hay 2 cupos ocupados. Escriba al menos 2" in refused.text
    assert 'href="#capacity"' in refused.text
    assert 'value="7"' in refused.text
    saved = post(
        client,
        f"/events/{event_id}/places",
        capacity="3",
        quota_HN="2",
        closes_on="2026-12-01",
        closes_at="17:00",
        needs_approval="y",
    )
    assert (saved.status_code, saved.location) == (303, f"/events/{event_id}/registrations")
    assert "1 persona de la lista de espera ya tiene cupo." in client.get(saved.location).text
    assert statuses(app, event_id)[people[2]] == "registered"
    html = client.get(f"/events/{event_id}/places").text
    assert all(f'value="{value}"' in html for value in ("3", "2", "2026-12-01", "17:00"))
    assert "checked" in html
    stale = post(client, f"/events/{event_id}/places", capacity="9", seen="0123456789abcdef")
    assert stale.status_code == 409
    sign_in(client, "convenor-labour")
    assert client.get(f"/events/{event_id}/places").status_code == 403


def test_r50_a_focal_point_sees_and_takes_along_only_the_own_country(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, groups=["protection"])
    hn, gt = (actor_of(app, f"official-{code}") for code in ("hn", "gt"))
    for actor in (hn, gt):
        assert actor.person_id
        add_registration(app, event_id, actor.person_id)
    sign_in(client, "focal-point-hn")
    html = client.get(f"/events/{event_id}/registrations").text
    assert hn.name in html
    assert gt.name not in html
    assert "Quitar de la lista" not in html
    sheet = post(client, f"/events/{event_id}/registrations.xlsx")
    assert sheet.status_code == 200
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sheet.data))
    cells = [cell for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert hn.name in cells
    assert gt.name not in cells
    for path in (
        f"registrations/{gt.person_id}/approval",
        f"registrations/{gt.person_id}/removal",
        "places",
    ):
        assert post(client, f"/events/{event_id}/{path}").status_code == 403
    for who in ("official-hn", "convenor-labour"):
        sign_in(client, who)
        assert client.get(f"/events/{event_id}/registrations").status_code == 403


def test_r59_who_takes_the_list_along_leaves_a_fact(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app)
    for person in people_of(app, ["HN", "GT", "CR"]):
        add_registration(app, event_id, person)
    me = sign_in(client, "organizer")
    answer = post(client, f"/events/{event_id}/registrations.xlsx", state="registered")
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    assert client.get(f"/events/{event_id}/registrations.xlsx").status_code == 405
    with app.app_context(), reading() as db:
        entry = db.scalars(select(JournalEntry).where(JournalEntry.fact == "ExportMade")).one()
    assert entry.payload == {"kind": "registrations", "scope": str(event_id), "rows": 3}
    assert entry.actor_account_id == me.account_id


def test_the_list_costs_the_same_whatever_its_length_and_has_pages(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    people = people_of(app, ["HN"] * 53)
    sign_in(client, "organizer")
    counts = []
    for some in (people[:1], people[1:3], people[3:]):
        for person in some:
            add_registration(app, event_id, person)
        with counted_statements(app) as statements:
            html = client.get(f"/events/{event_id}/registrations").text
        counts.append(len(statements))
    assert len(set(counts)) == 1, counts
    assert "1–50 de 53" in html
    for number, shown in (
        ("2", "51–53 de 53"),
        ("99", "51–53 de 53"),
        ("x", "1–50 de 53"),
        ("-4", "1–50 de 53"),
    ):
        assert shown in client.get(f"/events/{event_id}/registrations?page={number}").text
    assert "Nadie" in client.get(f"/events/{event_id}/registrations?state=declined").text


def test_an_organizer_writes_in_whom_she_was_shown_and_moves_nobody(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, capacity=1)
    first, waits = people_of(app, ["GT", "GT"])
    add_registration(app, event_id, first)
    add_registration(app, event_id, waits, status="waiting")
    an_account(app, "zoila@example.org", name="Zoila Zarceño", country="HN")
    zoila = actor_of(app, "zoila@example.org").person_id
    sign_in(client, "organizer")
    path = f"/events/{event_id}/registrations"
    guessed = post(client, f"{path}/people", person=str(zoila))
    assert guessed.status_code == 422
    assert "Elija a una persona de la lista." in guessed.text
    assert 'href="#person"' in guessed.text
    assert 'id="person"' in guessed.text
    html = client.get(f"{path}?words=Zoila").text
    seal = html.partition('name="shown" value="')[2].partition('"')[0]
    assert post(client, f"{path}/people", person=str(zoila), shown=seal).status_code == 303
    assert waiting_list(app, event_id) == [waits, zoila]
    html = client.get(path).text
    assert "el equipo organizador" in html
    assert "ocupados. 2 personas esperan." in html
    with app.app_context(), reading() as db:
        row = db.scalars(select(Registration).where(Registration.person_id == zoila)).one()
    assert (row.origin, row.consent_version, row.country_code) == ("organizer", "", "HN")
    sign_in(client, "zoila@example.org")
    assert "Otra persona hizo su inscripción" in page(client, event_id)


def test_only_people_registered_for_a_venue_have_a_pass(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, mode="in-person", place="Sala 1", capacity=1)
    sign_in(client, "official-gt")
    to_event = f"/events/{event_id}#registration"
    assert client.get(f"/my-webinars/{event_id}/pass").location == to_event
    post(client, f"/events/{event_id}/registrations", **AGREED)
    assert f"/my-webinars/{event_id}/pass" in page(client, event_id)
    assert f"/my-webinars/{event_id}/pass" in client.get("/my-webinars").text
    html = client.get(f"/my-webinars/{event_id}/pass").text
    with app.app_context(), reading() as db:
        code = db.scalars(select(Registration.check_in_code)).one() or ""
    assert "<svg" in html
    assert " ".join(code[start : start + 5] for start in range(0, 26, 5)) in html
    sign_in(client, "official-hn")
    post(client, f"/events/{event_id}/registrations", **AGREED)
    assert client.get(f"/my-webinars/{event_id}/pass").location == to_event, "waiting"
    change_event_row(app, event_id, mode="online")
    sign_in(client, "official-gt")
    assert client.get(f"/my-webinars/{event_id}/pass").location == to_event


def test_the_api_says_waiting_and_wants_consent(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, capacity=1)
    path = f"/api/v1/events/{event_id}/registrations"
    hn, gt = bearer(app, "official-hn"), bearer(app, "official-gt")
    refused = client.post(path, headers=hn)
    assert (refused.status_code, refused.json and refused.json["errors"][0]["field"]) == (
        422,
        "consent",
    )
    wrong = {"consent_version": CONSENT_VERSION, "purposes": ["marketing"]}
    assert client.post(path, headers=hn, json=wrong).status_code == 422
    answers = [
        client.post(path, headers=who, json={"consent_version": CONSENT_VERSION})
        for who in (hn, gt, gt)
    ]
    found = [(one.status_code, one.json and one.json["status"]) for one in answers]
    assert found == [(201, "registered"), (201, "waiting"), (200, "waiting")]
    assert client.delete(path, headers=hn).json == {
        "event_id": str(event_id),
        "was_registered": True,
    }
    assert sorted(statuses(app, event_id).values()) == ["cancelled", "registered"]


@pytest.mark.both_databases
def test_another_capacity_by_the_planning_form_is_refused_or_promotes(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, capacity=2, groups=["protection"])
    people = people_of(app, ["HN", "GT", "CR"])
    for person, status in zip(people, ("registered", "registered", "waiting"), strict=True):
        add_registration(app, event_id, person, status=status)
    headers = bearer(app, "organizer")
    refused = client.patch(f"/api/v1/events/{event_id}", headers=headers, json={"capacity": 1})
    assert (refused.status_code, refused.json and refused.json["errors"][0]["field"]) == (
        422,
        "capacity",
    )
    assert refused.json
    assert "2" in refused.json["errors"][0]["sentence"]["es"]
    accepted = client.patch(f"/api/v1/events/{event_id}", headers=headers, json={"capacity": 3})
    assert accepted.status_code == 200, accepted.json
    assert statuses(app, event_id) == dict.fromkeys(people, "registered")


def test_consent_ticked_in_a_form_that_came_too_late_is_shown_ticked(
    app: Flask, client: FlaskClient
) -> None:
    page = f"/events/{an_event(app)}"
    sign_in(client, "official-hn")
    ticks = re.findall(r'name="consent" id="(consent-[^"]+)"', client.get(page).text)
    typed = {**AGREED, "consent": [ticks[-1].removeprefix("consent-")]}
    html = shown_again(client, page, f"{page}/registrations", typed)
    assert checked_in(html) == [ticks[-1]]


@pytest.mark.parametrize("second_step", [{}, {"sure": "1"}])
def test_requests_ticked_in_a_form_that_came_too_late_are_shown_ticked(
    app: Flask, client: FlaskClient, second_step: dict[str, str]
) -> None:
    event_id = an_event(app, needs_approval=True, groups=["protection"])
    _first, *ticked = people_of(app, ["HN", "GT", "SV"])
    for person in (_first, *ticked):
        add_registration(app, event_id, person, status="pending")
    sign_in(client, "convenor-protection")
    path = f"/events/{event_id}/registrations"
    typed = {"people": ticked, "state": "pending", **second_step}
    html = shown_again(client, f"{path}?state=pending", f"{path}/approval", typed)
    assert checked_in(html) == [f"ask-{person}" for person in ticked]
    assert set(statuses(app, event_id).values()) == {"pending"}
