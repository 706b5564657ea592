"""Asking the presidency for what the rule book refuses, and what follows from its answer (R79)."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from time_machine import travel

from app.infra.database import reading, transaction
from app.kernel.actor import Role
from app.kernel.refusal import Refusal
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.identity.models import Account, RoleGrant
from app.planning.arranging.queries.requests import latest_request
from app.planning.arranging.rules.requests import (
    AlreadyAuthorized,
    AlreadyWithdrawn,
    AnsweredTooLate,
    FindingsChanged,
    HourAsked,
    RequestSettled,
    decide_by,
)
from app.planning.arranging.services.planning import (
    cancel_event,
    move_event,
    plan_event,
    publish_event,
)
from app.planning.arranging.services.requests import (
    accept_offer,
    ask_to_move,
    ask_with_draft,
    authorize,
    decline,
    lapse_requests,
    offer_hour,
    withdraw_request,
)
from app.planning.events.models import AuthorizationRequest, Event
from app.planning.events.queries.events import event_of
from app.planning.events.queries.life import phase_of_event
from app.planning.events.rules.life import AwaitsApproval, Phase
from app.planning.scheduling.queries.calendar import overrides_of
from app.planning.scheduling.rules.refusals import Clash
from tests.office.notifications.world import letters
from tests.planning.arranging.plan_form import PLAN, event_titled, send
from tests.planning.events.planning_builders import (
    CONVENOR,
    HOUR,
    LABOUR,
    NINE,
    NOW,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
    furnish,
)
from tests.support.actors import csrf_token, post

both = pytest.mark.both_databases
DAY = timedelta(days=1)
REASON = "La jueza que expone solo está en San José ese día y viaja esa noche."
ANSWER = "Se autoriza por única vez: la jueza no tiene otra fecha."
LABOUR_TITLE = LocalizedText(es="Acuerdos laborales", en="Labour agreements")
BERTA = "Berta López"


@pytest.fixture(autouse=True)
def _world(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        furnish(db)
        enthrone(db)
        plan_event(
            db,
            actor=ORGANIZER,
            draft=a_draft(title=LABOUR_TITLE, groups=("labour-migration",)),
            publish=True,
            now=NOW,
        )


def enthrone(db: Session) -> None:
    """Berta holds the presidency for Belize, and Ana asks for the secretariat."""
    for number, person in ((1, 1), (2, 2)):
        db.get_one(Account, number).person_id = person
    grants = (
        {"account_id": 2, "role": Role.PRESIDENCY.value, "scope": "BZ"},
        {"account_id": 1, "role": Role.ORGANIZER.value, "scope": ""},
    )
    for grant in grants:
        db.execute(insert(RoleGrant).values(**grant, valid_from=NOW.date()))


def ask(app: Flask, reason: str = REASON, **changes: Any) -> UUID:
    """A draft of Protection at the hour of Labour Migration, and the request about it."""
    with app.app_context(), transaction() as db:
        event_id = ask_with_draft(
            db, actor=ORGANIZER, draft=a_draft(**changes), reason=reason, now=NOW
        )
    return request_id_of(app, event_id)


def request_id_of(app: Flask, event_id: UUID) -> UUID:
    with app.app_context(), reading() as db:
        found = latest_request(db, event_id=event_id)
        assert found is not None
        return found.id


def in_app(app: Flask, work: Callable[[Session], Any]) -> Any:
    with app.app_context(), transaction() as db:
        return work(db)


def row_of(app: Flask, request_id: UUID) -> AuthorizationRequest:
    with app.app_context(), reading() as db:
        row = db.get_one(AuthorizationRequest, request_id)
        db.expunge(row)
        return row


def phase(app: Flask, event_id: UUID) -> Phase:
    with app.app_context(), reading() as db:
        return phase_of_event(event_of(db, actor=ORGANIZER, event_id=event_id), NOW)


@travel(NOW, tick=False)
def test_r79_organizer_asks_and_the_presidency_authorizes_at_the_screen(
    app: Flask, client: FlaskClient
) -> None:
    """Given an hour that only the presidency may allow, when the organizer presses "Pedir
    autorización" with a reason, then the presidency sees the refusal's sentence, the lanes around
    it and who is shown, and approves with a reason: publishing then works.
    """
    act_as(app, ORGANIZER)
    refused = send(client, action="publish")
    assert refused.status_code == 409
    box = refused.text.partition('class="refusal"')[2]
    assert "Pedir autorización" in box
    assert BERTA in box, "who decides is named"
    assert "Belice" in box
    assert 'value="publish"' not in refused.text, "what is refused is not offered"

    asked = send(client, action="ask", ask_reason=REASON)
    assert asked.status_code == 303, asked.text
    event_id = event_titled(app, "Seminario «señal»").id
    assert phase(app, event_id) is Phase.HELD
    request_id = request_id_of(app, event_id)
    page = f"/authorizations/{request_id}"

    act_as(app, PRESIDENCY)
    read = client.get(page).text
    assert "Protección pide la hora de Migración Laboral" in read
    assert REASON in read
    assert "Ana Muñoz Peña" in read, "who asked"
    assert "dos grupos de trabajo no se reúnen a la vez" in read
    assert "hora por hora" in read
    assert "Acuerdos laborales" in read
    assert "Decida a más tardar" in read
    seen = re.search(r'name="seen" value="(\w+)"', read)
    assert seen
    short = post(client, f"{page}/authorize", answer="Sí", seen=seen[1])
    assert short.status_code == 422
    assert ">Sí</textarea>" in short.text, "nothing typed is lost"
    done = post(client, f"{page}/authorize", answer=ANSWER, seen=seen[1])
    assert done.status_code == 303

    act_as(app, ORGANIZER)
    assert ANSWER in client.get(page).text
    published = post(client, f"/events/{event_id}/publish")
    assert published.status_code == 303, "what is authorized can be published"
    assert phase(app, event_id) is Phase.PUBLISHED
    with app.app_context(), reading() as db:
        notes = overrides_of(db, holder=f"event:{event_id}")
    assert [(note.reason, note.decided_by) for note in notes] == [(ANSWER, BERTA)]


@travel(NOW, tick=False)
def test_r79_published_event_stays_until_its_move_is_authorized(
    app: Flask, client: FlaskClient
) -> None:
    event_id = in_app(
        app,
        lambda db: plan_event(
            db,
            actor=ORGANIZER,
            draft=a_draft(span=Timespan(NINE + DAY, NINE + DAY + HOUR)),
            publish=True,
            now=NOW,
        ),
    )
    act_as(app, ORGANIZER)
    move = {"on": "2027-03-09", "start": "09:00"}
    refused = post(client, f"/events/{event_id}/move", **move)
    assert refused.status_code == 409
    assert "Pedir autorización" in refused.text
    short = post(client, f"/events/{event_id}/move", **move, action="ask", ask_reason="Ya")
    assert short.status_code == 422
    assert ">Ya</textarea>" in short.text
    asked = post(client, f"/events/{event_id}/move", **move, action="ask", ask_reason=REASON)
    assert asked.status_code == 303
    assert starts_at(app, event_id) == NINE + DAY, "it stays where it is"
    request_id = request_id_of(app, event_id)
    act_as(app, PRESIDENCY)
    assert post(client, f"/authorizations/{request_id}/authorize", answer=ANSWER).status_code == 303
    assert starts_at(app, event_id) == NINE
    assert phase(app, event_id) is Phase.PUBLISHED


def starts_at(app: Flask, event_id: UUID) -> datetime | None:
    with app.app_context(), reading() as db:
        return db.get_one(Event, event_id).starts_at


@travel(NOW, tick=False)
def test_r79_without_a_presidency_in_office_the_page_says_who_may(
    app: Flask, client: FlaskClient
) -> None:
    in_app(
        app,
        lambda db: db.delete(
            db.scalars(select(RoleGrant).where(RoleGrant.role == "presidency")).one()
        ),
    )
    act_as(app, ORGANIZER)
    refused = send(client, action="publish").text
    assert "Hoy nadie ejerce la presidencia" in refused
    assert "Ana Muñoz Peña" in refused
    assert 'value="ask"' not in refused
    forced = send(client, action="ask", ask_reason=REASON)
    assert forced.status_code == 409
    assert "Hoy nadie ejerce la presidencia" in forced.text
    with app.app_context(), reading() as db:
        assert db.scalars(select(AuthorizationRequest)).all() == []
        assert len(db.scalars(select(Event)).all()) == 1, "nothing half done"


@travel(NOW, tick=False)
def test_r79_presidency_declines_with_a_reason_that_the_asker_reads(
    app: Flask, client: FlaskClient
) -> None:
    request_id = ask(app)
    act_as(app, PRESIDENCY)
    page = f"/authorizations/{request_id}"
    assert post(client, f"{page}/decline", answer="No").status_code == 422
    assert post(client, f"{page}/decline", answer=ANSWER).status_code == 303
    row = row_of(app, request_id)
    assert (row.state, row.answer) == ("declined", ANSWER)
    assert phase(app, row.event_id) is Phase.DRAFT
    act_as(app, ORGANIZER)
    assert ANSWER in client.get(page).text
    assert post(client, f"/events/{row.event_id}/publish").status_code == 409


@travel(NOW, tick=False)
def test_r79_presidency_offers_another_hour_taken_with_one_press(
    app: Flask, client: FlaskClient
) -> None:
    request_id = ask(app)
    act_as(app, PRESIDENCY)
    page = f"/authorizations/{request_id}"
    slot = re.search(r'name="slot" value="([^"]+)"', client.get(page).text)
    assert slot, "three free hours are offered"
    assert post(client, f"{page}/offer", slot=slot[1]).status_code == 303
    act_as(app, ORGANIZER)
    assert "La presidencia propone otra hora" in client.get(page).text
    assert post(client, f"{page}/accept").status_code == 303
    row = row_of(app, request_id)
    assert row.state == "accepted"
    assert starts_at(app, row.event_id) == datetime.fromisoformat(slot[1])
    assert post(client, f"/events/{row.event_id}/publish").status_code == 303


@travel(NOW, tick=False)
def test_offered_hour_must_be_free(app: Flask, client: FlaskClient) -> None:
    request_id = ask(app)
    act_as(app, PRESIDENCY)
    taken = post(client, f"/authorizations/{request_id}/offer", slot=NINE.isoformat())
    assert taken.status_code == 409
    assert row_of(app, request_id).state == "open"


def test_request_without_answer_lapses_at_its_deadline(app: Flask) -> None:
    request_id = ask(app)
    row = row_of(app, request_id)
    late = row.decide_by
    with pytest.raises(AnsweredTooLate):
        in_app(
            app,
            lambda db: authorize(
                db, actor=PRESIDENCY, request_id=request_id, reason=ANSWER, now=late
            ),
        )
    assert in_app(app, lambda db: lapse_requests(db, now=late - timedelta(minutes=1))) == 0
    assert in_app(app, lambda db: lapse_requests(db, now=late)) == 1
    assert in_app(app, lambda db: lapse_requests(db, now=late)) == 0
    assert row_of(app, request_id).state == "lapsed"
    assert phase(app, row.event_id) is Phase.DRAFT


def test_deadline_is_noon_of_the_last_weekday_before_and_thirty_days_at_most() -> None:
    monday = datetime.fromisoformat("2026-12-07T19:00:00+00:00")
    friday_noon = datetime.fromisoformat("2026-12-04T18:00:00+00:00")
    assert decide_by(NOW, monday) == friday_noon
    assert decide_by(friday_noon, monday) == monday, "asked too late for noon: until it begins"
    thirty_days_on = datetime.fromisoformat("2026-12-24T18:00:00+00:00")
    assert decide_by(NOW, NINE) == thirty_days_on


def test_what_changed_since_it_was_read_is_not_authorized(app: Flask, client: FlaskClient) -> None:
    request_id = ask(app)
    act_as(app, PRESIDENCY)
    with travel(NOW, tick=False):
        read = client.get(f"/authorizations/{request_id}").text
        seen = re.search(r'name="seen" value="(\w+)"', read)
        assert seen
        in_app(
            app,
            lambda db: plan_event(
                db,
                actor=PRESIDENCY,
                draft=a_draft(
                    title=LocalizedText(es="Frontera"),
                    groups=("border-management",),
                    span=Timespan(NINE + 2 * HOUR, NINE + 3 * HOUR),
                ),
                publish=True,
                now=NOW,
            ),
        )
        event_id = row_of(app, request_id).event_id
        longer = a_draft(span=Timespan(NINE, NINE + 3 * HOUR))
        in_app(
            app,
            lambda db: ask_with_draft(
                db, actor=ORGANIZER, draft=longer, reason=REASON, event_id=event_id, now=NOW
            ),
        )
        request_id = request_id_of(app, event_id)
        refused = post(
            client, f"/authorizations/{request_id}/authorize", answer=ANSWER, seen=seen[1]
        )
    assert refused.status_code == 409
    assert ANSWER in refused.text, "nothing typed is lost"
    assert "Frontera" in refused.text, "what stands there now is shown"
    assert row_of(app, request_id).state == "open"


def test_draft_with_findings_is_not_approved_without_reading_them(app: Flask) -> None:
    """The old way: "approved", and publishing was refused."""
    from app.planning.arranging.services.requests import approve_event

    event_id = row_of(app, ask(app)).event_id
    with pytest.raises(Clash):
        in_app(app, lambda db: approve_event(db, actor=PRESIDENCY, event_id=event_id, now=NOW))
    assert phase(app, event_id) is Phase.HELD


def test_what_waits_is_changed_in_words_and_goes_on_waiting(app: Flask) -> None:
    from app.planning.arranging.services.planning import change_event

    request_id = ask(app)
    event_id = row_of(app, request_id).event_id
    renamed = a_draft(title=LocalizedText(es="Otro título"))
    in_app(
        app,
        lambda db: change_event(db, actor=ORGANIZER, event_id=event_id, draft=renamed, now=NOW),
    )
    assert row_of(app, request_id).state == "open"
    with pytest.raises(AwaitsApproval):
        in_app(app, lambda db: publish_event(db, actor=ORGANIZER, event_id=event_id, now=NOW))
    free = a_draft(span=Timespan(NINE + DAY, NINE + DAY + HOUR))
    in_app(
        app,
        lambda db: change_event(db, actor=ORGANIZER, event_id=event_id, draft=free, now=NOW),
    )
    assert row_of(app, request_id).starts_at == NINE + DAY, "the question follows the draft"


def test_cancelled_event_asks_nothing(app: Flask) -> None:
    request_id = ask(app)
    event_id = row_of(app, request_id).event_id
    in_app(app, lambda db: cancel_event(db, actor=ORGANIZER, event_id=event_id, now=NOW))
    assert row_of(app, request_id).state == "withdrawn"


def test_nobody_else_asks_for_the_same_hour(app: Flask) -> None:
    ask(app)
    border = a_draft(title=LocalizedText(es="Frontera"), groups=("border-management",))
    with pytest.raises(HourAsked):
        in_app(
            app,
            lambda db: ask_with_draft(db, actor=ORGANIZER, draft=border, reason=REASON, now=NOW),
        )


def test_request_of_another_group_is_not_shown(app: Flask, client: FlaskClient) -> None:
    request_id = ask(app)
    act_as(app, LABOUR)
    assert client.get(f"/authorizations/{request_id}").status_code == 404
    act_as(app, CONVENOR)
    assert client.get(f"/authorizations/{request_id}").status_code == 200


@both
def test_database_keeps_one_open_request_for_each_event(app: Flask) -> None:
    first = row_of(app, ask(app))
    again = AuthorizationRequest(
        event_id=first.event_id,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        timezone=first.timezone,
        reason="",
        asked_at=NOW,
        decide_by=NOW + DAY,
        state="open",
        answer="",
    )
    with pytest.raises(IntegrityError):
        in_app(app, lambda db: db.add(again))


def race(app: Flask, *works: Callable[[Session], Any]) -> list[Refusal | None]:
    """Each work in a thread and a transaction of its own, all at once; what refused each."""
    ready = Barrier(len(works))

    def run(work: Callable[[Session], Any]) -> Refusal | None:
        ready.wait()
        try:
            in_app(app, work)
        except Refusal as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@both
def test_of_two_answers_at_once_one_wins(app: Flask) -> None:
    request_id = ask(app)
    outcomes = race(
        app,
        lambda db: authorize(db, actor=PRESIDENCY, request_id=request_id, reason=ANSWER, now=NOW),
        lambda db: decline(db, actor=PRESIDENCY, request_id=request_id, reason=ANSWER, now=NOW),
        lambda db: withdraw_request(db, actor=ORGANIZER, request_id=request_id, now=NOW),
    )
    assert outcomes.count(None) == 1
    assert all(one is None or isinstance(one, RequestSettled) for one in outcomes)
    row = row_of(app, request_id)
    is_approved = phase(app, row.event_id) is Phase.APPROVED
    assert is_approved == (row.state == "authorized")
    assert is_approved == (outcomes[0] is None)


@both
def test_withdrawn_while_it_is_authorized_says_which_won(app: Flask) -> None:
    request_id = ask(app)
    authorized, withdrawn = race(
        app,
        lambda db: authorize(db, actor=PRESIDENCY, request_id=request_id, reason=ANSWER, now=NOW),
        lambda db: withdraw_request(db, actor=ORGANIZER, request_id=request_id, now=NOW),
    )
    assert (authorized is None) != (withdrawn is None)
    assert isinstance(authorized or withdrawn, AlreadyWithdrawn | AlreadyAuthorized)


@both
def test_hour_taken_meanwhile_is_shown_and_not_authorized_blindly(app: Flask) -> None:
    """The other event leaves and a third takes its place: what was read is not what stands."""
    from app.planning.arranging.queries.asking import advice
    from app.planning.arranging.rules.requests import findings_mark, refused

    request_id = ask(app)
    with app.app_context(), reading() as db:
        span = Timespan(NINE, NINE + 2 * HOUR)
        event_id = db.get_one(AuthorizationRequest, request_id).event_id
        found = advice(db, actor=PRESIDENCY, draft=a_draft(), span=span, now=NOW, event_id=event_id)
        seen = findings_mark(span, refused(found.findings))
        labour = db.scalars(select(Event.id).where(Event.status == "published")).one()
    in_app(
        app,
        lambda db: move_event(
            db,
            actor=ORGANIZER,
            event_id=labour,
            span=Timespan(NINE + DAY, NINE + DAY + HOUR),
            now=NOW,
        ),
    )
    border = a_draft(title=LocalizedText(es="Frontera"), groups=("border-management",))
    authorized, _planned = race(
        app,
        lambda db: authorize(
            db, actor=PRESIDENCY, request_id=request_id, reason=ANSWER, seen=seen, now=NOW
        ),
        lambda db: plan_event(db, actor=ORGANIZER, draft=border, publish=True, now=NOW),
    )
    assert isinstance(authorized, FindingsChanged)
    assert row_of(app, request_id).state == "open"


def test_accepting_what_is_not_on_offer_is_refused(app: Flask) -> None:
    request_id = ask(app)
    with pytest.raises(RequestSettled):
        in_app(app, lambda db: accept_offer(db, actor=ORGANIZER, request_id=request_id, now=NOW))
    free = NINE + 7 * DAY
    in_app(
        app,
        lambda db: offer_hour(db, actor=PRESIDENCY, request_id=request_id, starts_at=free, now=NOW),
    )
    in_app(app, lambda db: accept_offer(db, actor=ORGANIZER, request_id=request_id, now=NOW))
    assert starts_at(app, row_of(app, request_id).event_id) == free


def test_moving_a_published_event_elsewhere_withdraws_its_request(app: Flask) -> None:
    event_id = in_app(
        app,
        lambda db: plan_event(
            db,
            actor=ORGANIZER,
            draft=a_draft(span=Timespan(NINE + DAY, NINE + DAY + HOUR)),
            publish=True,
            now=NOW,
        ),
    )
    wished = Timespan(NINE, NINE + HOUR)
    request_id = in_app(
        app,
        lambda db: ask_to_move(
            db, actor=ORGANIZER, event_id=event_id, span=wished, reason=REASON, now=NOW
        ),
    )
    elsewhere = Timespan(NINE + 2 * DAY, NINE + 2 * DAY + HOUR)
    in_app(
        app,
        lambda db: move_event(db, actor=ORGANIZER, event_id=event_id, span=elsewhere, now=NOW),
    )
    assert row_of(app, request_id).state == "withdrawn"


@travel(NOW, tick=False)
def test_form_of_the_draft_keeps_everything_typed_when_the_reason_is_too_short(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    refused = send(client, PLAN, action="ask", ask_reason="Corta", place="Sala 3")
    assert refused.status_code == 422
    assert "Corta</textarea>" in refused.text
    assert "Sala 3" in refused.text
    assert 'href="#ask_reason"' in refused.text


@travel(NOW, tick=False)
def test_r79_presidency_and_asker_are_told_by_letter(app: Flask) -> None:
    request_id = ask(app)
    row = row_of(app, request_id)
    in_app(
        app,
        lambda db: authorize(db, actor=PRESIDENCY, request_id=request_id, reason=ANSWER, now=NOW),
    )
    told = {(one.to, one.subject.partition(":")[0]): one.text for one in letters(app)}
    asked = told["p2@example.org", "Se pide su autorización"]
    assert REASON in asked
    assert f"/authorizations/{request_id}" in asked
    assert "Sin respuesta no se autoriza nada" in asked
    answered = told["p1@example.org", "Autorizado"]
    assert ANSWER in answered
    assert f"/events/{row.event_id}" in answered


@travel(NOW, tick=False)
def test_asker_is_told_of_another_hour_and_of_silence(app: Flask) -> None:
    request_id = ask(app)
    in_app(
        app,
        lambda db: offer_hour(
            db, actor=PRESIDENCY, request_id=request_id, starts_at=NINE + 7 * DAY, now=NOW
        ),
    )
    event_id = row_of(app, request_id).event_id
    in_app(
        app,
        lambda db: ask_with_draft(
            db, actor=ORGANIZER, draft=a_draft(), reason=REASON, event_id=event_id, now=NOW
        ),
    )
    late = row_of(app, request_id_of(app, event_id)).decide_by
    in_app(app, lambda db: lapse_requests(db, now=late))
    told = [one.subject.partition(":")[0] for one in letters(app) if one.to == "p1@example.org"]
    assert told == ["Se propone otra hora", "Sin respuesta a tiempo"]


@pytest.mark.parametrize("more", [{}, {"sure": "1"}])
def test_refused_draft_of_the_list_leads_to_the_open_box(
    app: Flask, client: FlaskClient, more: dict[str, str]
) -> None:
    request_id = ask(app)
    with app.app_context(), reading() as db:
        event_id = db.get_one(AuthorizationRequest, request_id).event_id
    in_app(app, lambda db: withdraw_request(db, actor=ORGANIZER, request_id=request_id, now=NOW))
    act_as(app, ORGANIZER)
    with travel(NOW, tick=False):
        sent = {"csrf_token": csrf_token(client), "act": "publish", "event": str(event_id), **more}
        refused = client.post("/events/drafts", data=sent).text
        [asking] = set(re.findall(rf'href="(/events/{event_id}/edit\?ask=[^"]+#ask)"', refused))
        opened = client.get(asking.replace("&amp;", "&")).text
        plain = client.get(f"/events/{event_id}/edit").text
    assert '<details class="ask" id="ask" open>' in opened
    assert '<details class="ask" id="ask">' in plain
    act_as(app, PRESIDENCY)
    with travel(NOW, tick=False):
        sent["csrf_token"] = csrf_token(client)
        assert "?ask=" not in client.post("/events/drafts", data=sent).text, (
            "it need not ask itself"
        )


def test_page_of_a_draft_that_holds_nothing_does_not_say_its_hour_is_kept(
    app: Flask, client: FlaskClient
) -> None:
    request_id = ask(app)
    event_id = row_of(app, request_id).event_id
    act_as(app, ORGANIZER)
    with travel(NOW, tick=False):
        shown = client.get(f"/events/{event_id}").text
    assert "En espera de la presidencia" in shown
    assert "eservado" not in shown, "the other group has that hour"


def test_page_of_an_event_with_an_offer_says_so_and_leads_there(
    app: Flask, client: FlaskClient
) -> None:
    request_id = ask(app)
    event_id = row_of(app, request_id).event_id
    in_app(
        app,
        lambda db: offer_hour(
            db, actor=PRESIDENCY, request_id=request_id, starts_at=NINE + 6 * HOUR, now=NOW
        ),
    )
    act_as(app, ORGANIZER)
    with travel(NOW, tick=False):
        shown = client.get(f"/events/{event_id}").text
    assert "La presidencia propone otra hora" in shown
    assert "Espera a la presidencia" not in shown
    assert shown.count("btn-primary") == 1
