"""The planning page without scripts: what is typed is kept, what is taken is said, what is free is a button."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.events.models import Event
from app.events.queries.events import event_of
from app.events.services import plan_event
from app.events.values import EventDraft, PersonRole
from app.infra.database import reading, transaction
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from tests.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    HOUR,
    LABOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_congress,
    a_draft,
    act_as,
    csrf_of,
    furnished,
    people,
    planner_of,
    seal_of,
    typed,
)

PLAN = "/events/plan"


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def plan(app: Flask, draft: EventDraft, *, publish: bool = True) -> UUID:
    with app.app_context(), transaction() as db:
        return plan_event(db, actor=planner_of(draft), draft=draft, publish=publish, now=NOW)


def send(client: FlaskClient, path: str = PLAN, **changes: Any) -> Any:
    return client.post(path, data={**typed(**changes), "csrf_token": csrf_of(client, PLAN)})


def event_titled(app: Flask, title: str) -> Any:
    with app.app_context(), reading() as db:
        event_id = db.scalars(select(Event.id).where(Event.title_es == title)).one()  # type: ignore[attr-defined]
        return event_of(db, actor=ORGANIZER, event_id=event_id)


def test_a_webinar_is_published_from_the_form(app: Flask, page: FlaskClient) -> None:
    moderator: dict[str, Any] = {"people": ["1"], "role-1": "moderator"}
    answer = send(page, action="publish", follows_up=["iii"], **moderator)
    assert answer.status_code == 303
    shown = page.get(answer.location).text
    assert "El evento está publicado" in shown
    event = event_titled(app, "Seminario «señal»")
    assert event.span == Timespan(NINE, NINE + 2 * HOUR)
    assert (event.people[0].name, event.people[0].role) == ("Ana Muñoz Peña", PersonRole.MODERATOR)
    assert event.links[0].slug == "iii"
    assert "09:00–11:00 Costa Rica, UTC−6" in shown


@pytest.mark.parametrize(("lang", "sentence"), [("es", "ya se reúne"), ("en", "already meets")])
def test_r39_on_screen_a_clash_keeps_what_was_typed_and_offers_three_times(
    app: Flask, page: FlaskClient, lang: str, sentence: str
) -> None:
    plan(app, a_draft())
    answer = send(page, f"{PLAN}?lang={lang}", action="publish", groups=["labour-migration"], start="10:00",
                  people=["1"], place="Sala «Á»", capacity="40")  # fmt: skip
    assert answer.status_code == 409
    assert sentence in answer.text
    for kept in ('value="Seminario «señal»"', 'value="10:00"', 'value="Sala «Á»"', 'value="40"', "Ana Muñoz Peña"):
        assert kept in answer.text
    assert re.search(r'value="labour-migration"[^>]*checked|checked[^>]*value="labour-migration"', answer.text)
    slots = re.findall(r'<button type="submit" class="slot" name="slot" value="([^"]+)"', answer.text)
    assert len(slots) == 3
    taken = send(page, slot=slots[0], groups=["labour-migration"], start="10:00")
    assert taken.status_code == 200
    moved = {name: re.search(rf'id="{name}"[^>]*value="([^"]*)"', taken.text) for name in ("on", "start", "end")}
    answers = {name: found[1] for name, found in moved.items() if found}
    assert answers["on"] + "T" + answers["start"] == slots[0][:16]
    assert send(page, action="publish", groups=["labour-migration"], **answers).status_code == 303


def test_a_slot_pressed_together_with_publish_is_published(app: Flask, page: FlaskClient) -> None:
    answer = send(page, action="publish", slot="2027-03-11T14:00:00-06:00")
    assert answer.status_code == 303
    starts = event_titled(app, "Seminario «señal»").starts_at
    assert starts == (NINE + timedelta(days=2, hours=5))


def test_r45_on_screen(app: Flask, page: FlaskClient) -> None:
    plan(app, a_congress("iii", NINE + timedelta(days=1)))
    answer = send(page, action="save", follows_up=["iii"])
    assert answer.status_code == 409
    assert "debe empezar cuando ya terminó el congreso de la edición III" in answer.text
    assert answer.text.count('name="slot"') == 3


def test_r46_moved_on_screen(app: Flask, page: FlaskClient) -> None:
    plan(app, a_draft())
    moving = plan(app, a_draft(groups=("labour-migration",), span=a_span(8), title=LocalizedText("Laboral", "Labour")))
    form = page.get(f"/events/{moving}/edit").text
    seen = re.search(r'name="seen_at" value="([^"]+)"', form)
    assert seen
    assert 'value="17:00"' in form
    changes = {"title_es": "Laboral", "title_en": "Labour", "groups": ["labour-migration"], "action": "save"}
    onto = send(page, f"/events/{moving}/edit", start="10:00", seen_at=seen[1], **changes)
    assert onto.status_code == 409
    away = send(page, f"/events/{moving}/edit", start="15:00", end="16:00", seen_at=seen[1], **changes)
    assert away.status_code == 303
    moved = event_titled(app, "Laboral")
    assert (moved.id, moved.sequence) == (moving, 1)
    stale = send(page, f"/events/{moving}/edit", start="16:00", end="17:00", seen_at=seen[1], **changes)
    assert stale.status_code == 409
    assert "Otra persona cambió este evento" in stale.text


def a_span(hours_later: int) -> Timespan:
    return Timespan(NINE + hours_later * HOUR, NINE + (hours_later + 1) * HOUR)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title_es": ""}, "Escriba el título en español o en inglés"),
    ({"on": ""}, "Elija la fecha."),
    ({"on": "9/3/2027"}, "Escriba la fecha como año-mes-día"),
    ({"on": "0001-01-01"}, "entre los años 1990 y 2100"),
    ({"on": "9999-12-31"}, "entre los años 1990 y 2100"),
    ({"start": "25:00"}, "Escriba la hora así"),
    ({"end": "08:00"}, "Debe terminar después de empezar"),
    ({"last_day": "2027-09-01"}, "45 días como máximo"),
    ({"timezone": "Mars/Olympus"}, "Elija una opción de la lista"),
    (
        {"timezone": "America/New_York", "on": "2027-03-14", "start": "02:30", "end": "04:00"},
        "los relojes se la saltan",
    ),
    ({"kind": "party"}, "Elija una opción de la lista"),
    ({"mode": "by-post"}, "Elija una opción de la lista"),
    ({"groups": ["nobody"]}, "Elija de la lista"),
    ({"prepares": ["xx"]}, "Elija de la lista"),
    ({"people": ["99"]}, "No hay nadie con el número 99"),
    ({"title_es": "x" * 201}, "200 caracteres como máximo"),
    ({"title_es": "a\x07b"}, "no se pueden guardar"),
    ({"join_url": "javascript:alert(1)"}, "empieza con https://"),
    ({"capacity": "9" * 5000}, "Escriba un número entero"),
    ({"capacity": "0"}, "Entre 1 y 100000"),
    ({"congress_of": "iii"}, "del tipo «congreso»"),
]


def test_each_wrong_answer_has_its_sentence_at_the_field_in_both_languages(app: Flask, page: FlaskClient) -> None:
    token = csrf_of(page, PLAN)
    for changes, sentence in WRONG:
        data = {**typed(**{"action": "publish", "place": "Sala", **changes}), "csrf_token": token}
        answer = page.post(PLAN, data=data)
        assert answer.status_code == 422, changes
        assert sentence in answer.text, changes
        assert "has-error" in answer.text or "people" in changes, changes
        assert 'value="Sala"' in answer.text
        english = page.post(f"{PLAN}?lang=en", data=data)
        assert english.status_code == 422
        assert sentence not in english.text, changes
        page.get(f"{PLAN}?lang=es")
    with app.app_context(), reading() as db:
        assert not list(db.scalars(select(Event)))


NONSENSE: tuple[dict[str, Any], ...] = (
    {}, {"slot": "x", "on": "x"}, {"slot": "9999-12-31T23:00:00-12:00"}, {"slot": "0001-01-01T00:00:00+14:00"},
    {"slot": "2027-03-09T09:00:00"}, {"people": ["x", "-1", "9" * 40, "²"], "role-1": "boss"},
    {"people_words": "%_' \\ ñ" * 30}, {"event_id": "x"}, {"seen_at": "x"}, {"timezone": "../x", "slot": "x"},
)  # fmt: skip


def test_nonsense_is_never_a_failure(page: FlaskClient) -> None:
    token = csrf_of(page, PLAN)
    for path in (PLAN, "/events/plan/check", "/events/plan/people"):
        for changes in NONSENSE:
            for base in ({}, typed()):
                answer = page.post(path, data={**base, **changes, "csrf_token": token})
                assert answer.status_code == 200, (path, changes)


def test_the_panel_answers_before_anything_is_saved(app: Flask, page: FlaskClient) -> None:
    free = send(page, "/events/plan/check", timezone="America/Costa_Rica")
    assert "Nada impide usar este horario" not in free.text
    assert "Feriado de prueba" in free.text
    assert free.text.count('class="local"') == 11
    assert "<html" not in free.text
    early = send(page, "/events/plan/check", start="06:00", end="07:00")
    assert "finding--warn" in early.text
    assert "Antes de hora" in early.text
    assert "08:00" in early.text
    plan(app, a_draft(people=people(2)))
    taken = send(page, "/events/plan/check", people=["2"], groups=[])
    assert "Berta López" in taken.text
    assert taken.text.count('name="slot"') == 3
    incomplete = send(page, "/events/plan/check", on="")
    assert "Elija la fecha, el inicio y el fin" in incomplete.text
    button = send(page, action="check", people=["2"])
    assert button.status_code == 200
    assert "Berta López" in button.text
    assert "<html" in button.text


def test_r22_r29_the_panel_says_beforehand_what_publishing_would_be_refused_for(app: Flask, page: FlaskClient) -> None:
    lacking = 'id="lacking"'
    congress = {"kind": "congress", "groups": [], "congress_of": "iv"}
    told = send(page, "/events/plan/check", **congress)
    assert lacking in told.text
    assert "ningún evento preparatorio publicado de la edición IV" in told.text
    assert "/editions/iv#checklist" in told.text
    assert lacking not in send(page, "/events/plan/check", **{**congress, "kind": "webinar"}).text
    event_id = plan(app, a_congress("iv", NINE))
    assert lacking not in send(page, "/events/plan/check", event_id=str(event_id), **congress).text


def test_an_event_is_not_in_its_own_way(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    answer = send(page, "/events/plan/check", event_id=str(event_id), start="10:00", end="12:00")
    assert 'name="slot"' not in answer.text
    assert "finding--block" not in answer.text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("munoz", ["Ana Muñoz Peña"]),
        ("DÍA ca", ["Carla Díaz"]),
        ("honduras", []),
        ("lo", []),
        ("a a a", []),
        ("%", []),
        ("%%%", []),
        ("", []),
    ],
)
def test_people_are_found_without_scripts_and_the_ticked_stay(page: FlaskClient, words: str, found: list[str]) -> None:
    names = {"Ana Muñoz Peña", "Berta López", "Carla Díaz"}
    answer = send(page, action="find", people_words=words)
    assert {name for name in names if name in answer.text} == set(found)
    assert "@example.org" not in answer.text
    ticked = send(page, action="find", people_words=words, people=["1"])
    assert re.search(r'value="1" checked', ticked.text)


def test_numbers_tell_no_names(page: FlaskClient) -> None:
    """Neither by finding nor by checking nor by saving; a tick counts for whom this planner has been shown."""
    counted = [str(number) for number in range(1, 30)]
    foreign = [seal_of(number, account_id=2) for number in counted]
    for shown in ([], ["1", "2", "x.y", "ñ", ""], foreign):
        for path, action in ((PLAN, "find"), (PLAN, "check"), ("/events/plan/people", ""), ("/events/plan/check", "")):
            answer = send(page, path, action=action, people=counted, shown=shown)
            assert answer.status_code == 200
            for name in ("Ana Muñoz Peña", "Berta López", "Carla Díaz"):
                assert name not in answer.text
    assert "Escriba al menos tres letras" in send(page, action="find", people_words="lo").text


def test_whoever_was_found_stays_ticked_from_page_to_page(page: FlaskClient) -> None:
    found = send(page, "/events/plan/people", people_words="munoz").text
    seal = re.search(r'name="shown" value="([^"]+)"', found)
    assert seal
    again = send(page, action="check", people=["1"], shown=[seal[1]]).text
    assert re.search(r'value="1" checked', again)


def test_the_people_of_an_event_stay_when_it_is_edited(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft(people=people(1)))
    answer = send(page, f"/events/{event_id}/edit", action="find", people=["1", "2"], shown=[])
    assert "Ana Muñoz Peña" in answer.text
    assert "Berta López" not in answer.text


@pytest.mark.parametrize(("who", "status"), [(ANONYMOUS, 302), (OFFICIAL, 403), (FOCAL_POINT, 403), (CONVENOR, 200),
                                             (PRESIDENCY, 200), (ORGANIZER, 200)])  # fmt: skip
def test_who_may_open_the_page(app: Flask, page: FlaskClient, who: Actor, status: int) -> None:
    act_as(app, who)
    for path in (PLAN, "/events/translations"):
        assert page.get(path).status_code == status


def test_a_convenor_is_offered_her_own_groups_and_no_congress(app: Flask, page: FlaskClient) -> None:
    act_as(app, CONVENOR)
    shown = page.get(PLAN).text
    assert re.findall(r'name="groups"[^>]*value="([^"]+)"', shown) == ["protection"]
    assert 'value="congress"' not in shown
    assert send(page, action="publish", groups=[]).status_code == 403


def test_drafts_and_editing_are_for_their_own(app: Flask, page: FlaskClient) -> None:
    draft, public = plan(app, a_draft(), publish=False), plan(app, a_draft(span=a_span(5), people=people(1)))
    for who, statuses in (
        (ANONYMOUS, (404, 200)),
        (OFFICIAL, (404, 200)),
        (LABOUR, (404, 200)),
        (CONVENOR, (200, 200)),
    ):
        act_as(app, who)
        shown = [page.get(f"/events/{event_id}") for event_id in (draft, public)]
        assert tuple(answer.status_code for answer in shown) == statuses
        assert ("Ana Muñoz Peña" in shown[1].text) is who.signed_in
        assert "@" not in re.sub(r"<head>.*?</head>", "", shown[1].text, flags=re.DOTALL)
        assert ("/edit" in shown[1].text) is (who is CONVENOR)
    act_as(app, LABOUR)
    assert page.get(f"/events/{public}/edit").status_code == 403
    assert page.get(f"/events/{public}/cancel").status_code == 403


def test_publishing_a_draft_and_hearing_that_it_was_taken(app: Flask, page: FlaskClient) -> None:
    draft = plan(app, a_draft(), publish=False)
    token = csrf_of(page, f"/events/{draft}")
    assert page.post(f"/events/{draft}/publish", data={"csrf_token": token}).status_code == 303
    assert event_titled(app, "Seminario de protección").published_at is not None
    late = plan_expired(app)
    answer = page.post(f"/events/{late}/publish", data={"csrf_token": token})
    assert answer.status_code == 409
    assert answer.text.count('name="slot"') == 3
    assert f"/events/{late}/edit" in answer.text


def plan_expired(app: Flask) -> UUID:
    """A draft whose hold lapsed, and another event in its place since."""
    with app.app_context(), transaction() as db:
        late = plan_event(db, actor=ORGANIZER, draft=a_draft(span=a_span(8), title=LocalizedText("Tarde")),
                          publish=False, now=NOW - timedelta(days=30))  # fmt: skip
        taker = a_draft(span=a_span(8), title=LocalizedText("Pronto"))
        plan_event(db, actor=ORGANIZER, draft=taker, publish=True, now=NOW)
    return late


def test_cancelling_asks_once_and_says_what_will_happen(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    asked = page.get(f"/events/{event_id}/cancel")
    assert "reciben un mensaje" in asked.text
    done = page.post(f"/events/{event_id}/cancel", data={"csrf_token": csrf_of(page, f"/events/{event_id}/cancel")})
    assert done.status_code == 303
    shown = page.get(done.location).text
    assert "Cancelado" in shown
    assert "/edit" not in shown
    assert page.get(f"/events/{event_id}/cancel").status_code == 409
    act_as(app, ANONYMOUS)
    assert page.get(f"/events/{event_id}").status_code == 200


def test_a_form_without_its_token_changes_nothing(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    for path in (PLAN, f"/events/{event_id}/cancel", f"/events/{event_id}/publish"):
        assert page.post(path, data=typed(action="publish")).status_code == 400
    assert event_titled(app, "Seminario de protección").status == "published"


def test_r42_one_language_only_is_said_and_listed(app: Flask, page: FlaskClient) -> None:
    spanish = plan(app, a_draft(title=LocalizedText("Solo aquí", "")))
    english = plan(app, a_draft(title=LocalizedText("", "Only here"), span=a_span(4)))
    whole = plan(app, a_draft(span=a_span(6)))
    listed = page.get("/events/translations").text
    assert "Solo aquí" in listed
    assert "título en inglés" in listed
    assert "Only here" in listed
    assert f"/events/{whole}" not in listed
    act_as(app, ANONYMOUS)
    shown = page.get(f"/events/{spanish}?lang=en").text
    assert "This event is available only in Spanish." in shown
    assert '<span lang="es">Solo aquí</span>' in shown
    assert "disponible solo en inglés" in page.get(f"/events/{english}?lang=es").text
    assert "missing-translation" not in page.get(f"/events/{whole}?lang=en").text
    act_as(app, CONVENOR)
    assert "Add the translation" in page.get(f"/events/{spanish}?lang=en").text


def test_the_list_of_missing_translations_comes_in_pages(app: Flask, page: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        for hour in range(30):
            draft = a_draft(title=LocalizedText(f"Acto {hour:02}"), span=a_span(hour))
            plan_event(db, actor=ORGANIZER, draft=draft, publish=True, now=NOW)
    first, second = (page.get(f"/events/translations?page={number}").text for number in ("1", "2"))
    assert (first.count("Acto "), second.count("Acto ")) == (25, 5)
    for nonsense in ("0", "99", "x", "²", "9" * 50, ""):
        assert page.get(f"/events/translations?page={nonsense}").status_code == 200


def test_the_page_is_light(app: Flask, page: FlaskClient) -> None:
    plan(app, a_draft())
    answer = send(page, action="publish", groups=["labour-migration"], people_words="a", people=["1"])
    assert answer.status_code == 409
    assert len(answer.data) < 30_000
