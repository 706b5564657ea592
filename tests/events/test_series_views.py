"""The pages and the API of series: what is typed is kept, what does not fit is said date by date, all or nothing."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.events.models import Event, Series
from app.events.queries.events import event_of
from app.events.rules.recurrence import Frequency, Recurrence
from app.events.services import plan_event
from app.events.services.series import plan_series
from app.events.values import EventDetail, EventDraft
from app.infra.database import reading, transaction
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.scheduling.models import RuleSetting
from tests.events.planning_builders import (
    CONVENOR,
    HOUR,
    LABOUR,
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
    asked,
    csrf_of,
    furnished,
    typed,
)

PLAN = "/series/plan"
API = "/api/v1/series"
START = datetime(2027, 2, 23, 15, tzinfo=UTC)
WEEK = timedelta(weeks=1)
HEAVIEST = 30 * 1024


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def answers(**changes: Any) -> dict[str, Any]:
    """The form of a series as a browser sends it: four Tuesdays, 09:00 to 10:00 in Costa Rica."""
    recurrence = {"frequency": "weekly", "interval": "1", "nth": "1", "ends": "count", "count": "4", "until": ""}
    return {**typed(**{"on": "2027-02-23", "end": "10:00", "action": "check", **changes}), **recurrence, **changes}


def send(client: FlaskClient, path: str = PLAN, **changes: Any) -> Any:
    return client.post(path, data={**answers(**changes), "csrf_token": csrf_of(client, PLAN)})


def in_the_way(app: Flask, *weeks: int) -> None:
    for week in weeks:
        starts = START + (week - 1) * WEEK
        group = ("labour-migration", "border-management")[week % 2]
        draft = a_draft(groups=(group,), span=Timespan(starts, starts + HOUR),
                        title=LocalizedText(f"Laboral {week}", f"Labour {week}"))  # fmt: skip
        with app.app_context(), transaction() as db:
            plan_event(db, actor=ORGANIZER, draft=draft, publish=True, now=NOW)


def a_series(app: Flask, draft: EventDraft | None = None) -> tuple[UUID, ...]:
    with app.app_context(), transaction() as db:
        first = draft or a_draft(span=Timespan(START, START + HOUR))
        return plan_series(db, actor=ORGANIZER, draft=first, recurrence=Recurrence(Frequency.WEEKLY, 1, count=4),
                           publish=True, now=NOW).events  # fmt: skip


def event(app: Flask, event_id: UUID) -> EventDetail:
    with app.app_context(), reading() as db:
        return event_of(db, actor=ORGANIZER, event_id=event_id)


def starts_in(app: Flask) -> list[datetime]:
    """Of the events of all series, in order."""
    asked_for = select(Event.starts_at).where(Event.series_id.is_not(None)).order_by(Event.starts_at)
    with app.app_context(), reading() as db:
        return [starts for starts in db.scalars(asked_for) if starts]


def hidden_in(html: str) -> list[tuple[str, str]]:
    """What the page of dates would send back: hidden answers and ticked boxes, in order."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    found += [("skip", value) for value in re.findall(r'name="skip" value="(\d+)"[^>]* checked', html)]
    return [(name, value.replace("&#39;", "'").replace("&amp;", "&").replace("&#43;", "+")) for name, value in found]


def go_on(client: FlaskClient, html: str, **pressed: Any) -> Any:
    """Presses a button of the page of dates."""
    data: dict[str, list[str]] = {}
    for name, value in [*hidden_in(html), *((name, value) for name, value in pressed.items())]:
        data.setdefault(name, []).extend([value] if isinstance(value, str) else value)
    return client.post(PLAN, data=data)


def test_a_series_is_shown_date_by_date_and_then_published(app: Flask, page: FlaskClient) -> None:
    shown = send(page, people=["1"], place="Sala «Á»")
    assert shown.status_code == 200
    assert "Las 4 fechas caben" in shown.text
    assert "Cada semana, el martes, 4 veces" in shown.text
    assert starts_in(app) == []
    assert shown.text.count("09:00–10:00 Costa Rica, UTC−6") == 4
    done = go_on(page, shown.text, action="publish")
    assert done.status_code == 303
    listed = page.get(done.location).text
    assert "Se publicaron 4 eventos" in listed
    assert starts_in(app) == [START + week * WEEK for week in range(4)]
    first = event(app, UUID(done.location.split("/")[2]))
    assert (first.place, [person.id for person in first.people]) == ("Sala «Á»", [1])


def test_nth_weekday_until_a_day(app: Flask, page: FlaskClient) -> None:
    last_fridays = {"frequency": "monthly", "nth": "-1", "interval": "2", "ends": "until", "until": "2027-08-01"}
    shown = send(page, on="2027-03-05", **last_fridays)
    assert "El último viernes, cada 2 meses, hasta el 1 de agosto de 2027" in shown.text
    assert go_on(page, shown.text, action="save").status_code == 303
    assert [f"{starts:%m-%d}" for starts in starts_in(app)] == ["03-26", "05-28", "07-30"]


@pytest.mark.parametrize(("lang", "sentence"), [("es", "ya se reúne"), ("en", "already meets")])
def test_dates_that_do_not_fit_are_moved_or_skipped_without_scripts(
    app: Flask, page: FlaskClient, lang: str, sentence: str
) -> None:
    in_the_way(app, 2, 3)
    page.get(f"{PLAN}?lang={lang}")
    shown = send(page)
    assert shown.text.count(sentence) == 2
    slots = re.findall(r'name="take" value="([^"]+)"', shown.text)
    assert len([slot for slot in slots if slot.startswith("2@")]) == 3
    refused = go_on(page, shown.text, action="publish")
    assert refused.status_code == 409
    assert starts_in(app) == []
    taken = go_on(page, refused.text, take=slots[0])
    assert taken.status_code == 200
    assert ("moved-2" in dict(hidden_in(taken.text))) is True
    assert taken.text.count(sentence) == 1
    skipped = go_on(page, taken.text, action="check", skip="3")
    assert sentence not in skipped.text
    assert ("skip", "3") in hidden_in(skipped.text)
    back = go_on(page, skipped.text, undo="2")
    assert back.text.count(sentence) == 1
    assert go_on(page, skipped.text, action="publish").status_code == 303
    moved = datetime.fromisoformat(slots[0].partition("@")[2]).astimezone(UTC)
    assert starts_in(app) == sorted([START, moved, START + 3 * WEEK])


def test_what_was_typed_comes_back_to_the_form(page: FlaskClient) -> None:
    shown = send(page, people=["2"], place="Sala", count="5", follows_up=["iii"], **{"role-2": "moderator"})
    form = go_on(page, shown.text, action="form", skip="2")
    assert form.status_code == 200
    for kept in ('value="Seminario «señal»"', 'value="2027-02-23"', 'value="Sala"', 'value="5"', "Berta López"):
        assert kept in form.text
    assert re.search(r'value="moderator" selected', form.text)
    assert re.search(r'checked[^>]*value="iii"|value="iii"[^>]*checked', form.text)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"interval": "0"}, "Elija un número entre 1 y 52"),
    ({"interval": "x"}, "Escriba un número entero"),
    ({"count": ""}, "Indique cuántas veces o hasta qué día"),
    ({"count": "1"}, "al menos dos fechas"),
    ({"count": "61"}, "60 fechas como máximo"),
    ({"ends": "until", "until": "2035-01-01"}, "60 fechas como máximo"),
    ({"ends": "until", "until": "2031-01-01", "interval": "4"}, "tres años como máximo"),
    ({"ends": "until", "until": "1 de mayo"}, "Escriba la fecha como año-mes-día"),
    ({"frequency": "daily"}, "Elija una opción de la lista"),
    ({"nth": "7", "frequency": "monthly"}, "Elija una opción de la lista"),
    ({"kind": "congress"}, "Elija una opción de la lista"),
    ({"on": ""}, "Elija la fecha."),
    ({"end": "08:00"}, "Debe terminar después de empezar"),
    ({"title_es": ""}, "Escriba el título en español o en inglés"),
    ({"people": ["99"]}, "No hay nadie con el número 99"),
    ({"skip": ["1", "2", "3"]}, "al menos dos fechas"),
    ({"skip": ["9"]}, "no existe la número 9"),
]  # fmt: skip


@pytest.mark.parametrize("action", ["check", "publish"])
def test_what_is_wrong_is_said_at_its_field_in_both_languages(app: Flask, page: FlaskClient, action: str) -> None:
    token = csrf_of(page, PLAN)
    for changes, sentence in WRONG:
        data = {**answers(**{"place": "Sala", "action": action, **changes}), "csrf_token": token}
        answer = page.post(PLAN, data=data)
        assert answer.status_code == 422, changes
        assert sentence in answer.text, changes
        assert 'value="Sala"' in answer.text
        english = page.post(f"{PLAN}?lang=en", data=data)
        assert (english.status_code, sentence in english.text) == (422, False), changes
        page.get(f"{PLAN}?lang=es")
    assert starts_in(app) == []


NONSENSE: tuple[dict[str, Any], ...] = (
    {"take": "x"}, {"take": "2@x"}, {"take": "99999@2027-02-23T09:00:00-06:00"}, {"take": "²@2027-02-23T09:00:00Z"},
    {"undo": "x"}, {"undo": "é" * 100}, {"skip": ["x", "-1", "9" * 40]}, {"moved-x": "2027-02-23T09:00:00-06:00"},
    {"moved-2": "x"}, {"moved-2": "9999-12-31T23:59:00+00:00"}, {"people": ["x"], "role-x": "boss"},
)  # fmt: skip


def test_nonsense_changes_nothing(page: FlaskClient) -> None:
    token = csrf_of(page, PLAN)
    for changes in NONSENSE:
        answer = page.post(PLAN, data={**answers(), **changes, "csrf_token": token})
        assert answer.status_code == 200, changes
        assert "Las 4 fechas caben" in answer.text
        assert page.post(PLAN, data={**changes, "csrf_token": token}).status_code == 422


def test_what_needs_a_reason_is_confirmed_once_for_all_dates(app: Flask, page: FlaskClient) -> None:
    """Five Tuesdays of March, of which the presidency must confirm what is beyond three."""
    with app.app_context(), transaction() as db:
        db.add(RuleSetting(rule="group-month", severity="confirm", threshold=3, valid_from=NOW.date(), reason="Prueba",
                           decided_at=NOW))  # fmt: skip
    march = {"on": "2027-03-02", "count": "5"}
    shown = send(page, **march)
    assert shown.text.count("Requiere un motivo") == 2
    assert "override_reason" not in shown.text
    assert go_on(page, shown.text, action="publish").status_code == 409
    act_as(app, PRESIDENCY)
    shown = send(page, **march)
    assert re.findall(r'name="confirm" value="([^"]+)"', shown.text) == ["group-month"]
    short = go_on(page, shown.text, action="publish", confirm="group-month", override_reason="Sí")
    assert (short.status_code, "al menos 15" in short.text, starts_in(app)) == (422, True, [])
    assert re.search(r'value="group-month"[^>]* checked', short.text)
    reason = "El congreso pide cinco sesiones en marzo."
    done = go_on(page, short.text, action="publish", confirm="group-month", override_reason=reason)
    assert (done.status_code, len(starts_in(app))) == (303, 5)


def test_a_convenor_plans_for_her_group_alone(app: Flask, page: FlaskClient) -> None:
    act_as(app, CONVENOR)
    assert go_on(page, send(page).text, action="publish").status_code == 303
    act_as(app, LABOUR)
    assert send(page, action="publish", groups=[]).status_code == 403


def test_sixty_dates_of_which_none_fits_are_a_light_page(app: Flask, page: FlaskClient) -> None:
    in_the_way(app, *range(1, 61))
    shown = send(page, count="60", start="06:00", end="10:00")
    assert "Caben 0 de 60 fechas" in shown.text
    assert shown.text.count('name="take"') >= 12
    for number in (1, 5):
        part = go_on(page, shown.text, page=str(number), skip=["3", "40"])
        assert len(part.get_data()) < HEAVIEST
        assert re.findall(r'id="date-(\d+)"', part.text) == [str(n) for n in range(12 * number - 11, 12 * number + 1)]
        assert {value for name, value in hidden_in(part.text) if name == "skip"} == {"3", "40"}
    assert "Caben 0 de 58 fechas" in part.text
    refused = go_on(page, part.text, action="publish")
    assert (refused.status_code, len(refused.get_data()) < HEAVIEST) == (409, True)
    assert len(page.get(PLAN).get_data()) < HEAVIEST


def test_an_event_tells_where_it_stands_in_its_series(app: Flask, page: FlaskClient) -> None:
    events = a_series(app)
    act_as(app, OFFICIAL)
    shown = page.get(f"/events/{events[1]}").text
    assert "Parte de una serie: 2 de 4" in shown
    assert f'rel="prev" href="/events/{events[0]}"' in shown
    assert f'rel="next" href="/events/{events[2]}"' in shown
    assert f"/events/{events[1]}/series" not in shown
    act_as(app, ORGANIZER)
    assert f"/events/{events[1]}/series" in page.get(f"/events/{events[1]}").text


def changes_of(client: FlaskClient, event_id: UUID, **changes: Any) -> dict[str, Any]:
    """The form of one date as the page shows it, with changes."""
    html = client.get(f"/events/{event_id}/series").text
    form = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="{name}"', html)
        for name in ("csrf_token", "seen_at", "title_es", "title_en", "on", "start", "end", "place", "join_url")
    }
    shown = {name: (found[1] or found[2] or "").replace("&#43;", "+") for name, found in form.items() if found}
    return {**shown, "scope": "this", "action": "save", **changes}


@pytest.mark.parametrize(("scope", "changed"), [("this", [2]), ("following", [2, 3]), ("all", [0, 1, 2, 3]),
                                                ("everything", [2])])  # fmt: skip
def test_time_and_title_are_changed_as_far_as_was_said(
    app: Flask, page: FlaskClient, scope: str, changed: list[int]
) -> None:
    events = a_series(app)
    path = f"/events/{events[2]}/series"
    later = changes_of(page, events[2], scope=scope, title_es="Otro título", start="10:00", end="11:00")
    answer = page.post(path, data=later)
    assert answer.status_code == 303
    found = [event(app, one) for one in events]
    assert [number for number, one in enumerate(found) if one.title.es == "Otro título"] == changed
    assert [number for number, one in enumerate(found) if one.sequence == 1] == changed
    stale = page.post(path, data=later)
    assert stale.status_code == 409
    assert "Otra persona cambió este evento" in stale.text


def test_a_change_that_does_not_fit_names_the_date(app: Flask, page: FlaskClient) -> None:
    events = a_series(app)
    starts = START + 3 * WEEK + HOUR
    with app.app_context(), transaction() as db:
        draft = a_draft(groups=("labour-migration",), span=Timespan(starts, starts + HOUR))
        plan_event(db, actor=ORGANIZER, draft=draft, publish=True, now=NOW)
    answer = page.post(f"/events/{events[0]}/series",
                       data=changes_of(page, events[0], scope="all", start="10:00", end="11:00"))  # fmt: skip
    assert answer.status_code == 409
    assert "1 de 4 fechas no caben" in answer.text
    assert "martes, 16 de marzo de 2027: " in answer.text
    assert 'value="10:00"' in answer.text
    wrong = page.post(f"/events/{events[0]}/series", data=changes_of(page, events[0], end="08:00"))
    assert (wrong.status_code, "Debe terminar después de empezar" in wrong.text) == (422, True)
    for nonsense in (
        {"on": "x"},
        {"on": "9999-12-31"},
        {"on": "0001-01-01"},
        {"seen_at": "x", "start": ""},
        {"join_url": "javascript:x"},
        {"title_es": "x" * 300},
    ):
        assert page.post(f"/events/{events[0]}/series", data=changes_of(page, events[0], **nonsense)).status_code == 422
    assert starts_in(app) == [START + week * WEEK for week in range(4)]


def test_one_that_goes_past_midnight_cannot_leave_the_calendar(app: Flask, page: FlaskClient) -> None:
    late = START + 14 * HOUR
    events = a_series(app, a_draft(span=Timespan(late, late + 3 * HOUR)))
    for day in ("9999-12-31", "0001-01-01"):
        answer = page.post(f"/events/{events[0]}/series", data=changes_of(page, events[0], on=day, scope="all"))
        assert answer.status_code == 422
    later = changes_of(page, events[0], start="22:00", end="01:00", scope="all")
    assert page.post(f"/events/{events[0]}/series", data=later).status_code == 303
    assert starts_in(app) == [late - HOUR + week * WEEK for week in range(4)]


def test_cancelling_asks_once_and_names_the_dates(app: Flask, page: FlaskClient) -> None:
    events = a_series(app)
    path = f"/events/{events[2]}/series/cancel"
    for scope, number in (("this", 1), ("following", 2), ("all", 4), ("x", 1)):
        asked_for = page.get(f"{path}?scope={scope}").text
        assert asked_for.count("<li>") - page.get(f"{path}?scope=this").text.count("<li>") == number - 1
    done = page.post(path, data={"scope": "following", "csrf_token": csrf_of(page, path)})
    assert done.status_code == 303
    assert "Se cancelaron 2 fechas" in page.get(done.location).text
    assert [event(app, one).status.value for one in events] == ["published", "published", "cancelled", "cancelled"]
    again = page.post(path, data={"scope": "following", "csrf_token": csrf_of(page, PLAN)})
    assert again.status_code == 409
    assert "ya pasaron o están canceladas" in again.text
    assert page.get(f"/events/{events[2]}/series").status_code == 200


def test_an_event_by_itself_has_no_series(app: Flask, page: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        alone = plan_event(db, actor=ORGANIZER, draft=a_draft(), publish=True, now=NOW)
    for path in (f"/events/{alone}/series", f"/events/{alone}/series/cancel"):
        assert page.get(path).location == f"/events/{alone}"
        assert page.post(path, data={"csrf_token": csrf_of(page, PLAN)}).location == f"/events/{alone}"
    assert "Parte de una serie" not in page.get(f"/events/{alone}").text
    answer = page.patch(f"/api/v1/events/{alone}/series", json={"scope": "all"})
    assert (answer.status_code, answer.get_json()["title"]) == (409, "not-in-a-series")


@pytest.mark.parametrize(("who", "statuses"), [(ANONYMOUS, (302, 302)), (OFFICIAL, (403, 403)), (LABOUR, (200, 403)),
                                               (CONVENOR, (200, 200))])  # fmt: skip
def test_who_may_open_the_pages(app: Flask, page: FlaskClient, who: Actor, statuses: tuple[int, int]) -> None:
    events = a_series(app)
    act_as(app, who)
    assert (page.get(PLAN).status_code, page.get(f"/events/{events[0]}/series").status_code) == statuses


def series_asked(**changes: Any) -> dict[str, Any]:
    return {**asked(starts_at="2027-02-23T09:00:00-06:00", ends_at="2027-02-23T10:00:00-06:00"),
            "recurrence": {"frequency": "weekly", "count": 4}, **changes}  # fmt: skip


def test_a_series_by_program(app: Flask, page: FlaskClient) -> None:
    answer = page.post(API, json=series_asked())
    assert answer.status_code == 201, answer.text
    body = answer.get_json()
    assert body["rule"] == "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;COUNT=4"
    assert [one["position"] for one in body["occurrences"]] == [1, 2, 3, 4]
    assert [one["event"]["starts_at"] for one in body["occurrences"]] == [
        f"2027-{day}T09:00:00-06:00" for day in ("02-23", "03-02", "03-09", "03-16")
    ]
    assert len({one["event"]["id"] for one in body["occurrences"]}) == 4
    assert len(starts_in(app)) == 4


def test_by_program_the_problem_lists_the_positions_with_findings_and_slots(app: Flask, page: FlaskClient) -> None:
    in_the_way(app, 2, 4)
    answer = page.post(API, json=series_asked())
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert body["title"] == "series-does-not-fit"
    assert [one["position"] for one in body["occurrences"]] == [2, 4]
    refused = body["occurrences"][0]
    assert refused["findings"][0]["rule"] == "two-working-groups"
    assert "Laboral 2" in refused["findings"][0]["sentence"]["es"]
    assert 1 <= len(refused["free_slots"]) <= 3
    assert starts_in(app) == []
    moved = [{"position": 2, **refused["free_slots"][0]}]
    planned = page.post(API, json=series_asked(skip=[4], moved=moved))
    assert planned.status_code == 201
    assert [one["position"] for one in planned.get_json()["occurrences"]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recurrence": {"frequency": "weekly"}}, "count"),
        ({"recurrence": {"frequency": "monthly", "count": 3}}, "nth"),
        ({"recurrence": {"frequency": "weekly", "count": 3, "until": "2027-06-01"}}, "count"),
        ({"recurrence": {"frequency": "weekly", "until": "June"}}, "until"),
        ({"skip": [9]}, "skip"),
        ({"moved": [{"position": 2, "starts_at": "x", "ends_at": "x"}]}, "moved"),
        ({"starts_at": "2027-02-23"}, "starts_at"),
        ({"recurrence": {"frequency": "daily", "count": 3}}, None),
        ({"recurrence": {"frequency": "weekly", "count": 10**30}}, None),
        ({"recurrence": None}, None),
        ({"skip": ["1"]}, None),
        ({"moved": [{"position": 2}]}, None),
        ({"unknown": 1}, None),
    ],
)
def test_by_program_what_is_wrong_is_refused(page: FlaskClient, changes: dict[str, Any], field: str | None) -> None:
    answer = page.post(API, json=series_asked(**changes))
    assert answer.status_code == 422, answer.text
    if field is not None:
        assert field in [error["field"] for error in answer.get_json()["errors"]]


def test_changing_and_cancelling_by_program(app: Flask, page: FlaskClient) -> None:
    events = a_series(app)
    url = f"/api/v1/events/{events[1]}/series"
    hour_later = {"starts_at": "2027-03-02T10:00:00-06:00", "ends_at": "2027-03-02T11:00:00-06:00"}
    changed = page.patch(url, json={"scope": "following", "title": {"es": "Otro", "en": "Other"}, **hour_later})
    assert changed.status_code == 200, changed.text
    assert [one["event"]["title"]["en"] for one in changed.get_json()["occurrences"]] == [
        "Protection webinar", "Other", "Other", "Other",
    ]  # fmt: skip
    assert starts_in(app) == [START, *(START + week * WEEK + HOUR for week in (1, 2, 3))]
    in_the_way(app, 3)
    refused = page.patch(url, json={"scope": "all", "starts_at": "2027-03-02T09:00:00-06:00",
                                    "ends_at": "2027-03-02T10:00:00-06:00"})  # fmt: skip
    assert refused.status_code == 409
    assert [one["position"] for one in refused.get_json()["occurrences"]] == [3]
    cancelled = page.delete(f"{url}?scope=following")
    assert [one["event"]["status"] for one in cancelled.get_json()["occurrences"]] == ["published", *["cancelled"] * 3]
    assert page.delete(f"{url}?scope=sometimes").status_code == 422
    assert page.patch(url, json={"scope": "sometimes"}).status_code == 422
    act_as(app, LABOUR)
    assert page.delete(f"{url}?scope=all").status_code == 403


def test_nothing_of_a_series_is_written_when_its_form_is_only_looked_at(app: Flask, page: FlaskClient) -> None:
    send(page)
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(Series)) == 0
