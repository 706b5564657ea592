"""Costly requests are bounded by class, for each person and each network address, at numbers that
people at work do not meet.
"""

import inspect
import re
from collections import Counter
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Blueprint, Flask, request
from flask.testing import FlaskClient

from app.infra import clock
from app.infra.crowds import Crowds
from app.infra.platform import platform
from app.kernel.actor import ANONYMOUS, Actor
from app.web.guards import anyone, requires
from app.web.limits import API, EXPORT, PDF, PICTURE, SEARCH, VERIFY, Cost, cost_of
from app.web.site import site
from tests.security.test_copies import COPIES, OTHERS, functions_that_call
from tests.support.actors import sign_in
from tests.support.apps import Additions
from tests.support.forms import tokens_of
from tests.support.limits import limit_as_in_production, use_up

COSTS = {cost.name: cost for cost in (EXPORT, PDF, PICTURE, SEARCH, VERIFY)}
MINISTRY, ELSEWHERE = "198.51.100.7", "203.0.113.9"
WORDS = "/certificates/papers/texts/completion"
STORED = {
    "certificates.own_picture",
    "history.example",
    "learning.course_file",
    "materials.material_file",
    "matrix.evidence",
    "recognised.file",
}
"""Hand out a file as it lies there."""
DRAWS = {"pdf_of", "stored_pdf", "stored_picture", "render_pdf", "render_picture"}


def _add_routes(app: Flask) -> None:
    bp = Blueprint("trial", __name__, url_prefix="/trial")
    bp.add_url_rule("/page", "page", requires(anyone)(lambda: "page"))
    for name, cost in COSTS.items():
        view = requires(anyone, costs=cost)(lambda: "done")
        bp.add_url_rule(f"/{name}", name, view, methods=["GET", "POST"])
    app.register_blueprint(bp)
    api = Blueprint("trial_api", __name__, url_prefix="/api/v1/trial")
    api.add_url_rule("/api", "api", requires(anyone)(lambda: "done"))
    app.register_blueprint(api)


@pytest.fixture
def additions() -> Additions:
    return _add_routes


@pytest.fixture
def trial(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Whoever asks is the account that the header says."""
    limit_as_in_production(own_app)
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)

    def whoever() -> Actor:
        account = request.headers.get("X-Account", type=int)
        return Actor(account_id=account, person_id=account) if account else ANONYMOUS

    site(own_app).load_actor = whoever
    return own_app.test_client()


def ask(trial: FlaskClient, cost: Cost, times: int, account: int, source: str) -> Counter[int]:
    path = "/api/v1/trial/api" if cost is API else f"/trial/{cost.name}"
    headers = {"X-Account": str(account)} if account else {}
    return Counter(
        trial.get(path, headers=headers, environ_base={"REMOTE_ADDR": source}).status_code
        for _ in range(times)
    )


def test_program_with_1000_requests_gets_its_share(trial: FlaskClient) -> None:
    assert ask(trial, API, 1000, 1, MINISTRY) == {
        200: API.per_person,
        429: 1000 - API.per_person,
    }


@pytest.mark.parametrize("cost", [API, *COSTS.values()], ids=lambda cost: cost.name)
def test_whoever_asks_too_often_takes_nobody_elses_share(
    trial: FlaskClient, own_app: Flask, cost: Cost
) -> None:
    stranger, somebody, colleague = 0, 1, 2
    use_up(own_app, cost, source=MINISTRY, but=2)
    assert ask(trial, cost, 4, stranger, MINISTRY) == {200: 2, 429: 2}
    use_up(own_app, cost, account_id=somebody, but=2)
    assert ask(trial, cost, 4, somebody, MINISTRY) == {200: 2, 429: 2}
    assert ask(trial, cost, 1, somebody, ELSEWHERE) == {429: 1}, "a person is one anywhere"
    assert ask(trial, cost, 1, colleague, MINISTRY) == {200: 1}
    assert ask(trial, cost, 1, stranger, ELSEWHERE) == {200: 1}
    other = SEARCH if cost is not SEARCH else PDF
    assert ask(trial, other, 1, somebody, MINISTRY) == {200: 1}
    assert trial.get("/trial/page", headers={"X-Account": "1"}).status_code == 200


def test_thirty_officials_behind_one_address_at_the_end_of_a_course(trial: FlaskClient) -> None:
    """Within one minute, each looks at six certificates, takes two as PDF and verifies one."""
    for account in range(1, 31):
        for cost, times in ((PICTURE, 6), (PDF, 2), (VERIFY, 1)):
            assert ask(trial, cost, times, account, MINISTRY) == {200: times}


def test_focal_point_takes_forty_copies_within_five_minutes(
    trial: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = clock.now()
    for number in range(40):
        now = at + timedelta(seconds=7.5 * number)
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        for cost in (EXPORT, PDF, SEARCH):
            assert ask(trial, cost, 1, 1, MINISTRY) == {200: 1}


def test_programs_and_verifiers_at_work_are_answered(trial: FlaskClient) -> None:
    """A mail server fetches the calendars of 300 officials at once; and a program checks 200 codes,
    each by the page that leads to the API, while 150 people open the page of their certificate.
    """
    use_up(trial.application, API, source=MINISTRY, but=API.per_address - 290)
    assert ask(trial, API, 10, 0, MINISTRY) == {200: 10}
    use_up(trial.application, VERIFY, source=MINISTRY, but=VERIFY.per_address - 2 * 200 - 140)
    assert ask(trial, VERIFY, 10, 0, MINISTRY) == {200: 10}


def test_page_says_when_to_ask_again_in_the_readers_language(
    trial: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_up(trial.application, PDF, source=MINISTRY)
    source, at = {"REMOTE_ADDR": MINISTRY}, clock.now()
    spanish = trial.get("/trial/pdf?lang=es&of=HN", environ_base=source)
    seconds = int(spanish.headers["Retry-After"])
    assert (spanish.status_code, 2 <= seconds <= 61) == (429, True)
    assert "muchísimos archivos PDF" in spanish.text
    assert 'href="/trial/pdf?lang=es&amp;of=HN"' in spanish.text
    english = trial.get("/trial/pdf?lang=en", environ_base=source)
    assert "Very many PDF files were asked for" in english.text
    words = f"Wait {seconds} seconds and try again. Everything else works meanwhile."
    assert words in english.text
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(seconds=seconds))
    assert trial.get("/trial/pdf", environ_base=source).status_code == 200


def test_what_was_typed_is_not_lost_and_a_button_leads_back_to_its_page(
    app: Flask, client: FlaskClient
) -> None:
    limit_as_in_production(app)
    organizer = sign_in(client, "organizer")
    tokens, of_region = tokens_of(client.get(WORDS).text), tokens_of(client.get("/region").text)
    use_up(app, PDF, account_id=organizer.account_id)
    typed = {"title_es": "Diploma de la región", "opening_es": "Se otorga a"}
    refused = client.post(f"{WORDS}/preview?lang=en", data={**typed, **tokens})
    assert refused.status_code == 429
    back = re.search(r'href="([^"]+)">Back to the form with what you typed', refused.text)
    assert back is not None
    shown = client.get(unescape(back[1])).text
    assert 'value="Diploma de la región"' in shown
    button = client.post("/region.pdf?lang=en", data=of_region)
    assert re.search(r'href="/region">Try again', button.text), button.status_code


def test_program_gets_a_problem_document(trial: FlaskClient) -> None:
    use_up(trial.application, API, source=MINISTRY)
    answer = trial.get("/api/v1/trial/api", environ_base={"REMOTE_ADDR": MINISTRY})
    assert answer.status_code == 429
    assert answer.content_type == "application/problem+json"
    assert 2 <= int(answer.headers["Retry-After"]) <= 61
    assert answer.json is not None
    assert answer.json["title"] == "asked-too-often"
    assert set(answer.json["sentence"]) == {"es", "en"}


def test_what_cannot_be_counted_is_answered(trial: FlaskClient, own_app: Flask) -> None:
    class Broken(Crowds):
        def lets_in(self, key: str, *, most: int, now: datetime) -> bool:
            raise OSError(f"{key} {most} {now}")

    platform(own_app).crowds = Broken()
    assert ask(trial, PDF, 1, 0, MINISTRY) == {200: 1}


def test_every_costly_route_has_its_class(app: Flask) -> None:
    """Whatever makes a file, searches, draws, verifies, or is of the API."""
    uncounted = set()
    drawing: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        endpoint = rule.endpoint
        view = inspect.unwrap(app.view_functions[endpoint])
        source = inspect.getsourcefile(view) or ""
        if source not in drawing:
            drawing[source] = functions_that_call(DRAWS, Path(source))
        is_costly = (
            endpoint in (set(COPIES) | set(OTHERS)) - STORED
            or rule.rule.startswith("/api/")
            or re.search(r"\b(search|find_.*people|verify_(code|name|file))$", endpoint)
            or view.__name__ in drawing[source]
        )
        if is_costly and cost_of(app.view_functions[endpoint], rule.rule) is None:
            uncounted.add(endpoint)
    assert uncounted == set()
