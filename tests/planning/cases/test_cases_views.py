"""Conflict cases on screen and by program: read, replaced, accepted with a reason, moved."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.actor import Role
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.outbox.models import Message
from app.people.directory.services.designations import designate
from app.people.directory.values import Office
from app.people.identity.models import Account, RoleGrant
from app.planning.arranging.services.planning import plan_event
from app.planning.arranging.services.seats import fill_seats
from app.planning.events.models import EventPerson
from app.planning.events.values import EventDraft, Participant, PersonRole
from app.planning.scheduling.models import ConflictCase, Override, RuleSetting
from app.planning.scheduling.values import Rule, Severity
from tests.planning.events.planning_builders import (
    CONVENOR,
    HOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
    furnish,
)
from tests.support.actors import csrf_token
from tests.support.kept import checked_in, shown_again

HONDURAS = Office("HN", "protection")
SEAT = "delegate:protection:HN"
ANA, BERTA, CARLA = 1, 2, 3
TODAY = date(2026, 11, 24)
REASON = "Carla follows the first half by telephone."


@pytest.fixture
def events(app: Flask) -> tuple[UUID, UUID]:
    """Carla became the delegate; so she is needed in two events at once."""
    seat = Participant(BERTA, PersonRole.DELEGATE, SEAT)
    with app.app_context(), transaction() as db:
        furnish(db)
        designate(
            db,
            actor=ORGANIZER,
            office=HONDURAS,
            person_id=BERTA,
            valid_from=TODAY,
            today=TODAY,
            now=NOW,
        )
        first = plan_event(
            db, actor=ORGANIZER, draft=a_draft(people=(seat,)), publish=True, now=NOW
        )
        second = plan_event(db, actor=ORGANIZER, draft=a_talk(CARLA), publish=True, now=NOW)
        designate(
            db,
            actor=ORGANIZER,
            office=HONDURAS,
            person_id=CARLA,
            valid_from=date(2027, 1, 1),
            today=TODAY,
            now=NOW,
            replacing=True,
        )
        fill_seats(db, seats=[HONDURAS], now=NOW)
    return first, second


def a_talk(person: int) -> EventDraft:
    title = LocalizedText(es="Charla de Carla", en="Carla's talk")
    return a_draft(
        title=title,
        span=Timespan(NINE + HOUR, NINE + 3 * HOUR),
        groups=(),
        people=(Participant(person),),
    )


def state(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context(), reading() as db:
        rows = db.scalars(select(ConflictCase).order_by(ConflictCase.id))
        return [(row.state, row.outcome, row.note) for row in rows]


def accepted(client: FlaskClient, reason: str) -> tuple[int, str]:
    token = csrf_token(client)
    answer = client.post("/cases/1/accept", data={"csrf_token": token, "reason": reason})
    return answer.status_code, answer.text


ES = (
    "Carla Díaz ya participa",
    "nadie puede estar en dos lugares",
    "Aceptar con un motivo",
    "Reemplazar a Carla Díaz",
)
EN = (
    "Carla Díaz already takes part",
    "nobody can be in two places",
    "Accept with a reason",
    "Replace Carla Díaz",
)


@pytest.mark.parametrize(("lang", "words"), [("es", ES), ("en", EN)])
def test_the_list_names_both_events_the_cause_and_the_ways_out(
    app: Flask, client: FlaskClient, events: tuple[UUID, UUID], lang: str, words: tuple[str, ...]
) -> None:
    act_as(app, ORGANIZER)
    page = client.get(f"/cases?lang={lang}", follow_redirects=True).text
    for said in (
        *words,
        *(f"/events/{event}" for event in events),
        *(f"/events/{event}/edit" for event in events),
    ):
        assert said in page
    for said in ("event:", "same-person", "+00:00"):
        assert said not in page


def test_case_accepted_with_a_reason_shows_it(
    app: Flask, client: FlaskClient, events: tuple[UUID, UUID]
) -> None:
    act_as(app, ORGANIZER)
    assert accepted(client, REASON)[0] == 303
    assert state(app) == [("closed", "accepted", REASON)]
    page = client.get("/cases/1?lang=en", follow_redirects=True).text
    assert REASON in page
    assert "Accepted with a reason" in page
    assert "<textarea" not in page


@pytest.mark.parametrize("reason", ["", "Short <b>one</b>"[:14]])
def test_too_short_a_reason_is_said_at_the_field_and_kept(
    app: Flask, client: FlaskClient, events: tuple[UUID, UUID], reason: str
) -> None:
    act_as(app, ORGANIZER)
    client.get("/cases?lang=en")
    status, page = accepted(client, reason)
    assert status == 422
    assert "at least 15 characters" in page
    assert 'aria-invalid="true"' in page
    assert "&lt;b&gt;" in page or not reason
    assert state(app) == [("open", "", "")]


def test_replaced_by_somebody_who_is_free(
    app: Flask, client: FlaskClient, events: tuple[UUID, UUID]
) -> None:
    act_as(app, ORGANIZER)
    path = "/cases/1/replace"
    assert "Ana Muñoz Peña" in client.get(f"{path}?words=munoz").text
    sent = {"csrf_token": csrf_token(client), "event": str(events[1]), "person": str(ANA)}
    assert client.post(path, data=sent).status_code == 303
    with app.app_context(), reading() as db:
        assert db.scalars(
            select(EventPerson.person_id).where(EventPerson.event_id == events[1])
        ).all() == [ANA]
    assert state(app) == [("closed", "replaced", "")]
    assert client.get(path).status_code == 404


def test_replacement_chosen_in_a_form_that_came_too_late_is_shown_chosen(
    app: Flask, client: FlaskClient, events: tuple[UUID, UUID]
) -> None:
    act_as(app, ORGANIZER)
    path = "/cases/1/replace"
    typed = {"words": "munoz", "event": str(events[1]), "person": str(ANA)}
    html = shown_again(client, f"{path}?words=munoz", path, typed)
    assert checked_in(html) == ["event-1", "person-0"]
    assert state(app) == [("open", "", "")]


def test_nobody_who_is_engaged_or_unknown_and_in_no_other_event(
    app: Flask, client: FlaskClient, events: tuple[UUID, UUID]
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        plan_event(db, actor=ORGANIZER, draft=a_talk(ANA), publish=True, now=NOW)
    path = "/cases/1/replace"
    client.get("/cases?lang=en")
    token = csrf_token(client)
    for event, person, status in (
        (str(events[1]), ANA, 409),
        (str(events[1]), 99, 422),
        (str(events[1]), CARLA, 422),
        (str(UUID(int=7)), ANA, 422),
        ("nonsense", "1; drop", 422),
        ("", "", 422),
        (str(events[1]), "9" * 30, 422),
    ):
        answer = client.post(
            path, data={"csrf_token": token, "event": event, "person": person, "words": "ana"}
        )
        assert answer.status_code == status, (event, person)
        assert "error-summary" in answer.text
    assert state(app) == [("open", "", "")]


def test_replacement_with_too_many_roles_in_the_month_is_asked_about(
    app: Flask, client: FlaskClient, events: tuple[UUID, UUID]
) -> None:
    """The load of the newcomer is confirmed with a reason, which stays on record; too short a one
    loses nothing.
    """
    with app.app_context(), transaction() as db:
        db.add(
            RuleSetting(
                rule=Rule.PERSON_LOAD,
                severity=Severity.CONFIRM,
                threshold=1,
                valid_from=TODAY,
                reason="",
                decided_at=NOW,
            )
        )
        later = Timespan(NINE + 24 * HOUR, NINE + 25 * HOUR)
        plan_event(
            db, actor=ORGANIZER, draft=replace(a_talk(ANA), span=later), publish=True, now=NOW
        )
    act_as(app, ORGANIZER)
    path = "/cases/1/replace"
    client.get("/cases?lang=en")
    sent = {
        "csrf_token": csrf_token(client),
        "event": str(events[1]),
        "person": str(ANA),
        "words": "ana",
    }
    asked = client.post(path, data=sent)
    assert asked.status_code == 409
    assert "role number 2 for Ana Muñoz Peña" in asked.text
    assert 'value="person-load"' in asked.text
    short = client.post(path, data={**sent, "confirm": "person-load", "override_reason": "because"})
    assert short.status_code == 422
    assert "at least 15 characters" in short.text
    assert 'value="person-load" id="confirm-1" checked' in short.text
    assert "because</textarea>" in short.text
    done = client.post(path, data={**sent, "confirm": "person-load", "override_reason": REASON})
    assert done.status_code == 303
    with app.app_context(), reading() as db:
        assert db.scalars(
            select(EventPerson.person_id).where(EventPerson.event_id == events[1])
        ).all() == [ANA]
        override = db.scalars(select(Override).where(Override.decided_by.is_not(None))).one()
        assert (override.rule, override.reason) == ("person-load", REASON)


def test_moving_closes_it(app: Flask, client: FlaskClient, events: tuple[UUID, UUID]) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        from app.planning.arranging.services.planning import move_event

        move_event(
            db,
            actor=ORGANIZER,
            event_id=events[1],
            span=Timespan(NINE + 5 * HOUR, NINE + 6 * HOUR),
            now=NOW,
        )
    page = client.get("/cases?lang=en", follow_redirects=True).text
    assert "one of the events was moved" in page
    assert "/cases/1/replace" not in page


def test_only_whoever_leads_the_region(
    app: Flask, client: FlaskClient, events: tuple[UUID, UUID]
) -> None:
    for who in (CONVENOR, OFFICIAL):
        act_as(app, who)
        for path in ("/cases", "/cases/1", "/cases/1/replace", "/api/v1/cases"):
            assert client.get(path).status_code == 403, (who, path)


ODD = ("/cases/99", "/cases/99/replace", f"/cases/{2**70}", "/cases/1/replace?event=x&words=%C3%B1")


def test_addresses_of_unknown_cases_answer_200_or_404(
    app: Flask, client: FlaskClient, events: tuple[UUID, UUID]
) -> None:
    act_as(app, PRESIDENCY)
    for path in ODD:
        assert client.get(path).status_code in (200, 404), path


def test_api_lists_the_open_case_with_its_party_and_events(
    app: Flask, client: FlaskClient, events: tuple[UUID, UUID]
) -> None:
    act_as(app, PRESIDENCY)
    answer = client.get("/api/v1/cases").get_json()
    (case,) = answer["cases"]
    assert answer["total"] == 1
    assert (case["state"], case["rule"], case["cause"]) == ("open", "same-person", "designation")
    assert case["party"] == {
        "kind": "person",
        "key": str(CARLA),
        "name": {"es": "Carla Díaz", "en": "Carla Díaz"},
    }
    assert case["events"] == [str(event) for event in events]
    assert case["approver"] == "secretariat"
    assert "Carla Díaz" in case["sentence"]["es"]
    assert client.get("/api/v1/cases?open=false").get_json()["total"] == 0
    assert client.get("/api/v1/cases?page=0").status_code == 422


def test_the_home_page_counts_them(
    app: Flask, client: FlaskClient, events: tuple[UUID, UUID]
) -> None:
    act_as(app, ORGANIZER)
    assert "Resolve 1 conflict" in client.get("/?lang=en", follow_redirects=True).text
    act_as(app, CONVENOR)
    assert "/cases" not in client.get("/?lang=en", follow_redirects=True).text


def test_a_letter_to_each_organizer_in_her_language(app: Flask, events: tuple[UUID, UUID]) -> None:
    with app.app_context():
        with transaction() as db:
            for account, person, role in ((1, ANA, Role.ORGANIZER), (2, BERTA, Role.PRESIDENCY)):
                db.get_one(Account, account).person_id = person
                db.add(RoleGrant(account_id=account, role=role.value, valid_from=date(2026, 1, 1)))
            db.add(RoleGrant(account_id=1, role="organizer", valid_from=date(2026, 2, 1)))
        platform(app).jobs.drain()
        with reading() as db:
            speaker = Message.person_id == CARLA  # is told of the part, not of the case
            letters = db.scalars(select(Message).where(~speaker)).all()
    assert [letter.person_id for letter in letters] == [ANA]
    assert letters[0].subject == "Se abrió un caso de conflicto"
    assert "Carla Díaz ya participa" in letters[0].body
    assert "/cases/1" in letters[0].body
