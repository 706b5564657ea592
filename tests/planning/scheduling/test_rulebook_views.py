"""The pages of the rule book: read by whoever plans, set by whoever may, in both languages and
without a script.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.infra import clock
from app.infra.database import reading
from app.kernel.reference import REFERENCE_ZONE
from app.planning.scheduling.models import GroupPair, RuleSetting
from app.planning.scheduling.rules.book import BOOK
from app.planning.scheduling.values import Rule
from tests.journeys.steps import (
    PLAIN_PHONE_EN,
    WIDE_EN,
    assert_fits_desk_and_phone,
    enter,
)
from tests.planning.events.rows import counted_statements
from tests.support.actors import bearer, csrf_token, sign_in
from tests.support.browser import click
from tests.support.two_writers import second_is_told

WHY = "Acordado en la reunión de la troika."
RULES_IN_ENGLISH = [spec.title for spec in BOOK]


def today() -> date:
    return clock.today(REFERENCE_ZONE)


def send(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    return client.post(path, data={**fields, "csrf_token": csrf_token(client)})


def a_decision(**changed: object) -> dict[str, object]:
    return {
        "severity": "warn",
        "threshold": "4",
        "valid_from": today().isoformat(),
        "valid_until": "",
        "reason": WHY,
        **changed,
    }


def settings_kept(app: Flask) -> list[RuleSetting]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(RuleSetting).order_by(RuleSetting.id)))


def test_every_rule_stands_on_the_page_in_plain_words(client: FlaskClient) -> None:
    sign_in(client, "convenor-protection")
    page = client.get("/rules?lang=en")
    assert page.status_code == 200
    assert len(page.data) < 30_000
    rows = re.findall(r'<a href="/rules/([a-z-]+)">([^<]+)</a>', page.text)
    assert rows == [(rule.value, name) for rule, name in zip(Rule, RULES_IN_ENGLISH, strict=True)]
    assert "at most 3 a month" in page.text
    assert '<form method="post" action="/rules' not in page.text


def test_officials_do_not_see_it_and_visitors_are_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/rules").status_code == 302
    sign_in(client, "official-hn")
    assert client.get("/rules").status_code == 403
    assert "/rules" not in client.get("/").text


def test_a_decision_shows_what_is_set_until_when_by_whom_and_why(client: FlaskClient) -> None:
    app = client.application
    sign_in(client, "organizer")
    last = today() + timedelta(days=30)
    answer = send(client, "/rules/holiday", **a_decision(valid_until=last.isoformat()))
    assert (answer.status_code, answer.location) == (302, "/rules/holiday")
    (row,) = settings_kept(app)
    assert (row.severity, row.threshold, row.valid_until) == ("warn", 4, last + timedelta(days=1))
    for path in ("/rules", "/rules/holiday"):
        page = client.get(path, query_string={"lang": "es"}).text
        assert "a partir de 4 hace falta confirmarlo" in page
        assert "Laura Quesada Umaña" in page
        assert WHY in page
        assert f"hasta el {last.day} de " in page


def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    yesterday = today() - timedelta(days=1)
    wrong = {"threshold": "99", "valid_from": yesterday.isoformat(), "reason": "Too short"}
    answer = send(client, "/rules/holiday?lang=en", **a_decision(**wrong))
    assert answer.status_code == 422
    assert "Write a whole number from 1 to 12." in answer.text
    assert "Choose today or a day within the next ten years." in answer.text
    assert "Write the reason in at least 15 characters" in answer.text
    assert 'value="99"' in answer.text
    assert "Too short</textarea>" in answer.text
    assert settings_kept(client.application) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"severity": ""},
        {"severity": "block"},
        {"severity": "nonsense"},
        {"threshold": "many"},
        {"threshold": ""},
        {"threshold": "9" * 40},
        {"valid_from": "soon"},
        {"valid_from": "0001-01-01"},
        {"valid_from": "9999-12-31"},
        {"valid_until": "9999-12-31"},
        {"valid_until": "2020-01-01"},
        {"reason": ""},
        {"reason": "too short"},
        {"reason": "x" * 5_000},
    ],
    ids=str,
)
def test_no_answer_is_too_odd(client: FlaskClient, changed: dict[str, str]) -> None:
    sign_in(client, "organizer")
    answer = send(client, "/rules/holiday", **a_decision(**changed))
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert settings_kept(client.application) == []


def test_the_presidencys_rules_are_not_the_secretariats_to_set(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    page = client.get("/rules/group-month?lang=en").text
    assert "The presidency sets this rule." in page
    assert "Set the rule" not in page
    assert send(client, "/rules/group-month", **a_decision()).status_code == 403
    sign_in(client, "presidency")
    assert "Set the rule" in client.get("/rules/group-month?lang=en").text
    assert send(client, "/rules/group-month", **a_decision()).status_code == 302
    assert len(settings_kept(client.application)) == 1


def test_what_is_fixed_cannot_be_set_by_anybody(client: FlaskClient) -> None:
    sign_in(client, "presidency")
    assert "Nobody can change this rule." in client.get("/rules/same-person?lang=en").text
    fields = {"severity": "block", "valid_from": today().isoformat(), "reason": WHY}
    assert send(client, "/rules/same-person", **fields).status_code == 409


@pytest.mark.parametrize("name", ["nothing", "pairs", "licences", "same-working-groups"])
def test_a_rule_that_does_not_exist_is_not_found(client: FlaskClient, name: str) -> None:
    sign_in(client, "presidency")
    assert client.get(f"/rules/{name}").status_code == 404


def test_a_pair_is_declared_and_withdrawn(client: FlaskClient) -> None:
    app = client.application
    sign_in(client, "organizer")
    chosen = {"pair-first": "protection", "pair-second": "protection"}
    refused = send(client, "/rules/pairs?lang=en", **chosen)
    assert refused.status_code == 422
    assert "Choose two different groups." in refused.text
    assert '<option selected value="protection">' in refused.text
    assert (
        send(client, "/rules/pairs", **{**chosen, "pair-second": "labour-migration"}).status_code
        == 302
    )
    assert "Withdraw" not in client.get("/rules?lang=en").text
    sign_in(client, "presidency")
    assert "Withdraw" in client.get("/rules?lang=en").text
    send(client, "/rules/pairs/withdraw", first="protection", second="labour-migration")
    with app.app_context(), reading() as db:
        assert db.scalars(select(GroupPair)).all() == []


def test_a_licence_is_added_renamed_and_given_more_places(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    fields = {
        "licence-label_es": "Zoom 500",
        "licence-label_en": "Zoom 500",
        "licence-capacity": "2",
    }
    refused = send(client, "/rules/licences?lang=en", **fields, **{"licence-key": "Zoom 500"})
    assert refused.status_code == 422
    assert "Write lower-case letters, digits and hyphens" in refused.text
    assert (
        send(client, "/rules/licences", **fields, **{"licence-key": "zoom-500"}).status_code == 302
    )
    assert (
        "There is already a licence with this key."
        in send(client, "/rules/licences?lang=en", **fields, **{"licence-key": "zoom-500"}).text
    )
    changed = {"label_es": "Zoom grande", "label_en": "Big Zoom", "capacity": "3"}
    assert send(client, "/rules/licences/zoom-500", **changed).status_code == 302
    page = client.get("/rules?lang=en").text
    assert "Big Zoom" in page
    assert '<td data-label="Meetings at once" class="number">3</td>' in page
    assert (
        send(client, "/rules/licences/zoom-500", **{**changed, "capacity": "0"}).status_code == 422
    )
    assert send(client, "/rules/licences/another", **changed).status_code == 404


def test_of_two_who_set_a_rule_or_a_licence_the_second_is_told(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    fields = {
        "licence-label_es": "Zoom",
        "licence-label_en": "Zoom",
        "licence-capacity": "2",
        "licence-key": "zoom",
    }
    send(client, "/rules/licences", **fields)
    names = {"label_es": "Zoom", "label_en": "Zoom"}
    second_is_told(
        client,
        "/rules/licences/zoom",
        {**names, "capacity": "3"},
        {**names, "capacity": "77"},
        'value="77"',
    )
    second_is_told(
        client,
        "/rules/holiday",
        a_decision(),
        a_decision(reason="Así lo pidió la «presidencia»."),
        "Así lo pidió la «presidencia».",
    )


def test_a_rule_set_just_so_already_is_not_decided_twice(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    for decision in (a_decision(), a_decision(), a_decision(threshold="5"), a_decision()):
        assert send(client, "/rules/holiday", **decision).status_code == 302
    assert [row.threshold for row in settings_kept(client.application)] == [4, 5, 4]


def test_the_page_asks_as_often_for_three_decisions_as_for_one(client: FlaskClient) -> None:
    sign_in(client, "presidency")
    counts = []
    for decided in (1, 2):
        for number in range(decided):
            send(client, "/rules/holiday", **a_decision(reason=f"{WHY} {decided}.{number}"))
        with counted_statements(client.application) as statements:
            assert client.get("/rules").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_programs_read_the_book_of_any_day(client: FlaskClient) -> None:
    app = client.application
    sign_in(client, "presidency")
    tomorrow = today() + timedelta(days=1)
    send(client, "/rules/group-week", **a_decision(valid_from=tomorrow.isoformat(), threshold="2"))
    headers = bearer(app, "convenor-labour")

    def weekly(query: str) -> dict[str, object]:
        answer = app.test_client().get(f"/api/v1/rules{query}", headers=headers)
        assert answer.status_code == 200
        found: dict[str, object] = {one["rule"]: one for one in answer.get_json()["rules"]}[
            "group-week"
        ]
        return found

    assert weekly("") == {
        "rule": "group-week",
        "name": {"es": "Eventos de un grupo por semana", "en": "Events of a group in a week"},
        "severity": "confirm",
        "threshold": 1,
        "approver": "presidency",
        "valid_from": None,
        "valid_until": None,
    }
    then = weekly(f"?on={tomorrow}")
    assert (then["severity"], then["threshold"], then["valid_from"]) == (
        "warn",
        2,
        tomorrow.isoformat(),
    )
    for bad in ("?on=soon", "?on=2026-13-40", "?on="):
        assert app.test_client().get(f"/api/v1/rules{bad}", headers=headers).status_code == 422
    official = bearer(app, "official-hn")
    assert app.test_client().get("/api/v1/rules", headers=official).status_code == 403


def test_the_pages_have_no_barrier(
    open_page: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    """In English, with everything unfolded. test_every_page asks the same of them in Spanish."""
    page = enter(open_page, "presidency", **WIDE_EN)
    for path in ("/rules", "/rules/holiday", "/rules/same-person"):
        page.goto(path)
        for summary in page.locator("main details > summary").all():
            click(summary)
        axe(page)
        assert_fits_desk_and_phone(page)


def test_without_a_script_a_mistake_is_mended_and_the_rule_is_set(
    open_page: Callable[..., Page],
) -> None:
    page = enter(open_page, "presidency", "/rules/country-load", **PLAIN_PHONE_EN)
    page.get_by_label("Meetings").fill("99")
    page.get_by_label("Reason").fill("Three congress cycles fall together this year.")
    click(page.get_by_role("button", name="Set the rule"))
    expect(page.locator(".field-error")).to_contain_text("Write a whole number from 1 to 10.")
    page.get_by_label("Meetings").fill("3")
    click(page.get_by_role("button", name="Set the rule"))
    expect(page.locator("dl.facts")).to_contain_text("at most 3 in three weeks")
    expect(page.locator("main table")).to_contain_text(
        "Three congress cycles fall together this year."
    )
