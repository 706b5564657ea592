"""What it takes to add a rule: a function, its spec and a test (and its Spanish)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import travel

from app.infra.database import reading, transaction
from app.infra.language import catalogue, say
from app.kernel.reference import reference_day
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import plan_event
from app.planning.scheduling import wording
from app.planning.scheduling.models import Override
from app.planning.scheduling.rules import book
from app.planning.scheduling.rules.judging import judge
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.rules.spec import Limits, Question, RuleBook, RuleSpec, Terms
from app.planning.scheduling.services.settings import set_rule
from app.planning.scheduling.values import (
    Approver,
    Finding,
    OverrideAsked,
    Setting,
    Severity,
    Standing,
)
from tests.planning.events.planning_builders import (
    HOUR,
    NINE,
    NOW,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
    asked,
    furnish,
    typed,
)
from tests.planning.scheduling.rulings import asking
from tests.support.actors import csrf_token

REASON = "The Vice-Ministers can meet on no other day."
FRIDAY, TUESDAY = (
    Timespan(NINE + days, NINE + days + HOUR) for days in (timedelta(3), timedelta())
)


def on_a_friday(
    question: Question, _around: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    if reference_day(question.span.starts_at).isoweekday() != 5:
        return ()
    setting = terms.setting("no-fridays", question.span)
    return (
        Finding("no-fridays", setting.severity, question.span, approver=setting.approver, count=1),
    )


NO_FRIDAYS = RuleSpec(
    name="no-fridays",
    title="No Fridays",
    explanation="Nobody meets on a Friday.",
    setting=Setting(Severity.CONFIRM, Approver.SECRETARIAT),
    limits=Limits((Severity.CONFIRM, Severity.WARN)),
    counts=on_a_friday,
    sentence="it would be the Friday of the week of %(monday)s",
)
IN_SPANISH = {
    NO_FRIDAYS.title: "Sin viernes",
    NO_FRIDAYS.explanation: "Nadie se reúne en viernes.",
    NO_FRIDAYS.sentence: "sería el viernes de la semana del %(monday)s",
}


@pytest.fixture
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule stands in the book, and its words in the catalogue."""
    monkeypatch.setattr(book, "BOOK", (*book.BOOK, NO_FRIDAYS))
    for msgid, spanish in IN_SPANISH.items():
        monkeypatch.setitem(catalogue("es")._catalog, msgid, spanish)  # type: ignore[misc]


def test_rule_in_a_book_is_judged_with_the_others() -> None:
    terms = Terms(RuleBook((*book.BOOK, NO_FRIDAYS)))
    found = judge(asking(FRIDAY, is_timely=False), standing=(), around=(), terms=terms)
    assert [(one.rule, one.severity, one.is_refused) for one in found] == [
        ("no-fridays", Severity.CONFIRM, True)
    ]
    assert judge(asking(TUESDAY, is_timely=False), standing=(), around=(), terms=terms) == ()


@pytest.mark.usefixtures("_known")
def test_rule_needs_only_its_spec(app: Flask) -> None:
    """It refuses, says why in both languages, stands on the page and in the API of the rule book,
    can be overridden by whoever may and be set otherwise.
    """
    with app.app_context(), transaction() as db:
        furnish(db)
    [finding] = refused(app)
    assert wording.sentence(finding, reader_timezone="America/Panama").as_dict() == {
        "en": "It would be the Friday of the week of 8 March; "
        "the secretariat or the presidency can confirm it with a reason.",
        "es": "Sería el viernes de la semana del 8 de marzo; "
        "la secretaría o la presidencia pueden confirmarlo con un motivo.",
    }
    client = app.test_client()
    act_as(app, ORGANIZER)
    assert "Sin viernes" in client.get("/rules?lang=es").text
    assert "Nobody meets on a Friday." in client.get("/rules/no-fridays?lang=en").text
    names = [rule["name"] for rule in client.get("/api/v1/rules").get_json()["rules"]]
    assert {"es": "Sin viernes", "en": "No Fridays"} in names
    with travel(NOW, tick=False):
        override_by_form(client)
        override_by_api(client)
    with app.app_context(), reading() as db:
        rows = db.scalars(select(Override).order_by(Override.id)).all()
        assert [(row.rule, row.reason) for row in rows] == [("no-fridays", REASON)] * 2
    with app.app_context(), transaction() as db:
        set_rule(
            db,
            actor=PRESIDENCY,
            rule="no-fridays",
            severity=Severity.WARN,
            threshold=None,
            valid_from=reference_day(NOW),
            valid_until=None,
            reason=REASON,
            now=NOW,
        )
    plan(app, span=at_hour(8))


def at_hour(hours: int) -> Timespan:
    return Timespan(FRIDAY.starts_at + hours * HOUR, FRIDAY.ends_at + hours * HOUR)


def plan(app: Flask, overrides: tuple[OverrideAsked, ...] = (), **changes: Any) -> None:
    draft = a_draft(**{"span": FRIDAY, **changes})
    with app.app_context(), transaction() as db:
        plan_event(db, actor=ORGANIZER, draft=draft, publish=True, now=NOW, overrides=overrides)


def refused(app: Flask) -> Sequence[Finding]:
    with pytest.raises(Clash) as clash:
        plan(app)
    assert clash.value.rule == "not-confirmed"
    assert say("en", clash.value.sentence) == (
        "This must be confirmed, with a reason, by someone who may do so."
    )
    return clash.value.findings


def override_by_form(client: FlaskClient) -> None:
    words = typed(on="2027-03-12", confirm="no-fridays", override_reason=REASON, action="publish")
    path = "/events/plan"
    page = client.post(path, data={**words, "csrf_token": csrf_token(client)})
    assert page.status_code == 303, page.text


def override_by_api(client: FlaskClient) -> None:
    body = asked(
        starts_at="2027-03-12T13:00:00-06:00",
        ends_at="2027-03-12T14:00:00-06:00",
        overrides=[{"rule": "no-fridays", "reason": REASON}],
    )
    answer = client.post("/api/v1/events", json=body)
    assert answer.status_code == 201, answer.get_json()
