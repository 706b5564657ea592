"""Several events at once: looked at, then published, approved or translated, each by its rules."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.planning.arranging.services.requests import ask_approval
from app.planning.events.models import Event
from app.planning.events.values import DatePrecision
from tests.planning.events.planning_builders import (
    CONVENOR,
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    a_span,
    act_as,
    furnished,
    people,
    plan,
)
from tests.support.actors import csrf_token, sign_in
from tests.support.forms import tokens_of
from tests.support.kept import checked_in, shown_again

DRAFTS, TRANSLATIONS = "/events/drafts", "/events/translations"


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def status_of(app: Flask, event_id: UUID) -> str:
    with app.app_context(), reading() as db:
        return db.get_one(Event, event_id).status


def test_drafts_are_checked_together_and_the_refused_keep_their_sentence(
    app: Flask, page: FlaskClient
) -> None:
    """One whose date has passed is refused, beforehand and when it is done: its form asks more."""
    first = plan(app, a_draft(people=people(1)), publish=False)
    second = plan(app, a_draft(title=LocalizedText(es="Otro acto"), span=a_span(5)), publish=False)
    with app.app_context(), transaction() as db:
        row = db.get_one(Event, second)
        row.starts_at, row.ends_at = NOW.replace(year=2020), NOW.replace(year=2020, hour=16)
    token = csrf_token(page)
    sent = {"csrf_token": token, "act": "publish", "event": [str(first), str(second)]}
    assert page.post(DRAFTS, data={**sent, "event": []}).status_code == 422
    shown = page.post(DRAFTS, data=sent).text
    assert "Publicar 1 evento" in shown
    assert "Se avisa a 1 persona de su programa." in shown
    assert "Su fecha ya pasó." in shown
    assert {status_of(app, first), status_of(app, second)} == {"draft"}
    done = page.post(DRAFTS, data={**sent, "sure": "1"})
    assert done.status_code == 409
    assert "Se publicó 1 evento." in done.text
    assert "Su fecha ya pasó." in done.text
    assert f"/events/{second}/edit" in done.text
    assert (status_of(app, first), status_of(app, second)) == ("published", "draft")


def test_presidency_approves_several_and_a_convenor_none(app: Flask, page: FlaskClient) -> None:
    held = [plan(app, a_draft(span=a_span(hour)), publish=False) for hour in (0, 6)]
    with app.app_context(), transaction() as db:
        for event_id in held:
            ask_approval(db, actor=ORGANIZER, event_id=event_id, now=NOW)
    sent = {"act": "approve", "sure": "1", "event": [str(one) for one in held]}
    act_as(app, CONVENOR)
    refused = page.post(DRAFTS, data={**sent, "csrf_token": csrf_token(page)})
    assert refused.status_code == 409
    act_as(app, PRESIDENCY)
    done = page.post(DRAFTS, data={**sent, "csrf_token": csrf_token(page)}, follow_redirects=True)
    assert "Se aprobaron 2 eventos." in done.text


def test_r42_several_events_are_translated_by_one_press(app: Flask, page: FlaskClient) -> None:
    first = plan(app, a_draft(title=LocalizedText(es="Primero")))
    second = plan(app, a_draft(title=LocalizedText(es="Segundo"), span=a_span(5)))
    third = plan(app, a_draft(title=LocalizedText(es="Tercero"), span=a_span(9)))
    sent = {
        "csrf_token": csrf_token(page),
        f"title-{first}-en": "First",
        f"title-{first}-es": "Never written: Spanish stands",
        f"title-{second}-en": "Second",
        f"seen-{second}": NOW.replace(year=2020).isoformat(),
        f"title-{third}-en": " ",
    }
    answer = page.post(TRANSLATIONS, data=sent)
    assert answer.status_code == 409
    assert "Se tradujo 1 evento." in answer.text
    assert 'value="Second"' in answer.text, "what somebody else overtook is not lost"
    with app.app_context(), reading() as db:
        assert db.get_one(Event, first).title == LocalizedText(es="Primero", en="First")
        assert db.get_one(Event, second).title == LocalizedText(es="Segundo")
    long = page.post(TRANSLATIONS, data={**sent, f"title-{second}-en": "L" * 201})
    assert long.status_code == 422
    assert f'id="title-{second}-en-error"' in long.text
    assert f'href="#title-{second}-en"' in long.text
    assert "L" * 201 in long.text
    too_long = {**sent, f"title-{second}-en": "L" * 201, f"title-{third}-en": "Third"}
    assert page.post(TRANSLATIONS, data=too_long).status_code == 422
    assert "Tercero" not in page.get(TRANSLATIONS).text, "what is sound is saved beside it"
    del sent[f"seen-{second}"]
    page.post(TRANSLATIONS, data=sent)
    assert "Segundo" not in page.get(TRANSLATIONS).text


def test_draft_without_a_date_is_never_published(app: Flask, page: FlaskClient) -> None:
    """Not offered in the list, and refused with a sentence when it is sent all the same."""
    undated = a_draft(span=None, date_precision=DatePrecision.UNKNOWN)
    event_id = plan(app, undated, publish=False)
    shown = page.get(DRAFTS).text
    assert f'value="{event_id}"' not in shown
    assert "Aún no tiene fecha, así que no se puede publicar." in shown
    assert f"/events/{event_id}/edit#on" in shown
    token = csrf_token(page)
    sent = {"csrf_token": token, "act": "publish", "event": [str(event_id)]}
    assert "no tiene fecha" in page.post(DRAFTS, data=sent).text
    assert page.post(DRAFTS, data={**sent, "sure": "1"}).status_code == 409
    alone = page.post(f"/events/{event_id}/publish", data={"csrf_token": token})
    assert alone.status_code == 409
    assert "no tiene fecha" in alone.text
    assert status_of(app, event_id) == "draft"
    act_as(app, OFFICIAL)
    assert page.get(f"/events/{event_id}").status_code == 404


def test_second_press_on_translations_says_what_the_first_one_saved(
    app: Flask, page: FlaskClient
) -> None:
    """One text of two is written, so that the event is still in the list at the second press."""
    only = LocalizedText(es="Primero"), LocalizedText(es="Un resumen.")
    event_id = plan(app, a_draft(title=only[0], summary=only[1]))
    shown = page.get(TRANSLATIONS).text
    seen = re.search(rf'name="seen-{event_id}" value="([^"]*)"', shown)
    assert seen is not None
    sent = {f"title-{event_id}-en": "First", f"seen-{event_id}": seen[1], **tokens_of(shown)}
    for _press in range(2):
        answer = page.post(TRANSLATIONS, data=sent)
        assert answer.status_code == 303
        with page.session_transaction() as session:
            told = session.pop("_flashes")
        assert told == [("success", "Se tradujo 1 evento.")]
    rest = {f"summary-{event_id}-en": "A summary.", **tokens_of(page.get(TRANSLATIONS).text)}
    for _press in range(2):
        assert page.post(TRANSLATIONS, data=rest).status_code == 303
        with page.session_transaction() as session:
            told = session.pop("_flashes")
        assert told == [("success", "Se tradujo 1 evento.")]


def test_drafts_ticked_in_a_form_that_came_too_late_are_shown_ticked(
    app: Flask, client: FlaskClient
) -> None:
    furnished(app)
    _first, second = (plan(app, a_draft(span=a_span(hour)), publish=False) for hour in (0, 6))
    sign_in(client, "organizer")
    html = shown_again(client, DRAFTS, DRAFTS, {"act": "publish", "event": [str(second)]})
    assert checked_in(html) == [f"event-{second}"]
