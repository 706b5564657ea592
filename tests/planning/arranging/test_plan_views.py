"""The planning page without scripts: what is typed is kept, what is taken is said, what is free is
a button.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra.database import reading
from app.infra.journal import JournalEntry
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.events.models import Event
from app.planning.events.values import EventStatus, PersonRole
from tests.planning.arranging.plan_form import PLAN, event_titled, send
from tests.planning.cycles.editions import OPENING, add_sitting
from tests.planning.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    HOUR,
    NINE,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_congress,
    a_draft,
    a_span,
    act_as,
    furnished,
    people,
    plan,
    typed,
)
from tests.support.actors import csrf_token


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


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
    answer = send(
        page,
        f"{PLAN}?lang={lang}",
        action="publish",
        groups=["labour-migration"],
        start="10:00",
        people=["1"],
        place="Sala «Á»",
        capacity="40",
    )
    assert answer.status_code == 409
    assert sentence in answer.text
    for kept in (
        'value="Seminario «señal»"',
        'value="10:00"',
        'value="Sala «Á»"',
        'value="40"',
        "Ana Muñoz Peña",
    ):
        assert kept in answer.text
    assert re.search(
        r'value="labour-migration"[^>]*checked|checked[^>]*value="labour-migration"', answer.text
    )
    slots = re.findall(r'name="slot" value="([^"]+)"', answer.text)
    assert len(slots) == 3
    taken = send(page, slot=slots[0], groups=["labour-migration"], start="10:00")
    assert taken.status_code == 200
    moved = {
        name: re.search(rf'id="{name}"[^>]*value="([^"]*)"', taken.text)
        for name in ("on", "start", "end")
    }
    answers = {name: found[1] for name, found in moved.items() if found}
    assert answers["on"] + "T" + answers["start"] == slots[0][:16]
    assert send(page, action="publish", groups=["labour-migration"], **answers).status_code == 303


def test_a_slot_pressed_together_with_publish_is_published(app: Flask, page: FlaskClient) -> None:
    answer = send(page, action="publish", slot="2027-03-11T14:00:00-06:00")
    assert answer.status_code == 303
    starts = event_titled(app, "Seminario «señal»").starts_at
    assert starts == (NINE + timedelta(days=2, hours=5))


@pytest.mark.parametrize("groups", [[], ["protection"]])
def test_a_button_pressed_twice_plans_one_event_and_another_answer_plans_another(
    app: Flask, page: FlaskClient, groups: list[str]
) -> None:
    found = re.search(r'name="new_id" value="([^"]+)"', page.get(PLAN).text)
    assert found
    sent: dict[str, Any] = {"action": "publish", "groups": groups, "new_id": found[1]}
    first, second = send(page, **sent), send(page, **sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count(Event.id))) == 1
        assert db.scalars(select(JournalEntry.fact)).all().count("EventPublished") == 1
    went_back = send(page, **{**sent, "title_es": "Otro", "on": "2027-03-10"})
    assert went_back.status_code == 303
    assert went_back.location != first.location


def test_an_event_made_shorter_than_its_agenda_is_refused_with_what_was_typed(
    app: Flask, page: FlaskClient
) -> None:
    event_id = plan(app, a_draft())
    add_sitting(app, event_id, "panel", OPENING, Timespan(NINE + HOUR, NINE + 2 * HOUR))
    answer = send(page, f"/events/{event_id}/edit", action="save", end="09:30", place="Sala «Á»")
    assert answer.status_code == 409
    assert "«Apertura» no cabe en el nuevo horario" in answer.text
    assert 'value="Sala «Á»"' in answer.text


def test_what_was_announced_does_not_move_to_a_year_gone_by(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    with time_machine.travel(NINE - HOUR, tick=False):
        answer = send(page, f"/events/{event_id}/edit", action="save", on="2026-03-09")
        assert answer.status_code == 422
        assert "Esta hora ya pasó" in answer.text
        assert 'href="#start"' in answer.text
        moved = {
            "on": "2027-03-09",
            "start": "07:30",
            "csrf_token": csrf_token(page),
        }
        assert page.post(f"/events/{event_id}/move", data=moved).status_code == 422
    with time_machine.travel(
        NINE + 3 * HOUR, tick=False
    ):  # it was held, and began later than was planned
        assert (
            send(page, f"/events/{event_id}/edit", action="save", start="09:15").status_code == 303
        )


def test_r45_on_screen(app: Flask, page: FlaskClient) -> None:
    plan(app, a_congress("iii", NINE + timedelta(days=1)))
    answer = send(page, action="save", follows_up=["iii"])
    assert answer.status_code == 409
    assert "debe empezar cuando ya terminó el congreso de la edición III" in answer.text
    assert answer.text.count('name="slot"') == 3


def test_r46_moved_on_screen(app: Flask, page: FlaskClient) -> None:
    plan(app, a_draft())
    moving = plan(
        app,
        a_draft(
            groups=("labour-migration",),
            span=a_span(8),
            title=LocalizedText(es="Laboral", en="Labour"),
        ),
    )
    form = page.get(f"/events/{moving}/edit").text
    seen = re.search(r'name="seen" value="([^"]+)"', form)
    assert seen
    assert 'value="17:00"' in form
    changes = {
        "title_es": "Laboral",
        "title_en": "Labour",
        "groups": ["labour-migration"],
        "action": "save",
    }
    onto = send(page, f"/events/{moving}/edit", start="10:00", seen=seen[1], **changes)
    assert onto.status_code == 409
    away = send(page, f"/events/{moving}/edit", start="15:00", end="16:00", seen=seen[1], **changes)
    assert away.status_code == 303
    moved = event_titled(app, "Laboral")
    assert (moved.id, moved.sequence) == (moving, 1)
    stale = send(
        page, f"/events/{moving}/edit", start="16:00", end="17:00", seen=seen[1], **changes
    )
    assert stale.status_code == 409
    assert "Otra persona cambió esto" in stale.text


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title_es": ""}, "Escriba el título en español o en inglés"),
    ({"on": ""}, "Elija la fecha."),
    ({"on": "9/3/2027"}, "Escriba la fecha como año-mes-día"),
    ({"on": "0001-01-01"}, "entre los años 1990 y 2100"),
    ({"on": "9999-12-31"}, "entre los años 1990 y 2100"),
    ({"start": "25:00"}, "Escriba la hora como 14:30, 2:30 pm"),
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
    ({"title_es": "Uno\r\nBcc: otro@example.org"}, "en una sola línea"),
    ({"title_en": "One\u2028two"}, "en una sola línea"),
    ({"join_url": "javascript:alert(1)"}, "empieza con https://"),
    ({"capacity": "9" * 5000}, "Escriba un número entero"),
    ({"capacity": "0"}, "Entre 1 y 100000"),
    ({"congress_of": "iii"}, "del tipo «congreso»"),
]


def test_each_wrong_answer_has_its_sentence_at_the_field_in_both_languages(
    app: Flask, page: FlaskClient
) -> None:
    """In English a few of each kind: the catalogue holds that each sentence is there in both."""
    token = csrf_token(page)
    for number, (changes, sentence) in enumerate(WRONG):
        data = {**typed(**{"action": "publish", "place": "Sala", **changes}), "csrf_token": token}
        answer = page.post(f"{PLAN}?lang=es", data=data)
        assert answer.status_code == 422, changes
        assert sentence in answer.text, changes
        assert "has-error" in answer.text or "people" in changes, changes
        assert 'value="Sala"' in answer.text
        if number % 4 == 0:
            english = page.post(f"{PLAN}?lang=en", data=data)
            assert english.status_code == 422
            assert sentence not in english.text, changes
    with app.app_context(), reading() as db:
        assert not list(db.scalars(select(Event)))


NONSENSE: tuple[dict[str, Any], ...] = (
    {},
    {"slot": "x", "on": "x"},
    {"slot": "9999-12-31T23:00:00-12:00"},
    {"slot": "0001-01-01T00:00:00+14:00"},
    {"slot": "2027-03-09T09:00:00"},
    {"people": ["x", "-1", "9" * 40, "²"], "role-1": "boss"},
    {"people_words": "%_' \\ ñ" * 30},
    {"event_id": "x"},
    {"seen": "x"},
    {"timezone": "../x", "slot": "x"},
)


def test_nonsense_is_never_a_failure(page: FlaskClient) -> None:
    token = csrf_token(page)
    for changes in NONSENSE:
        for path, bases in (
            (PLAN, (typed(),)),
            ("/events/plan/check", ({}, typed())),
            ("/events/plan/people", ({},)),
        ):
            for base in bases:
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
    assert "Elija la fecha y la hora" in incomplete.text
    button = send(page, action="check", people=["2"])
    assert button.status_code == 200
    assert "Berta López" in button.text
    assert "<html" in button.text


def test_r22_r29_the_panel_says_beforehand_what_publishing_would_be_refused_for(
    app: Flask, page: FlaskClient
) -> None:
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
    ("who", "status"),
    [
        (ANONYMOUS, 302),
        (OFFICIAL, 403),
        (FOCAL_POINT, 403),
        (CONVENOR, 200),
        (PRESIDENCY, 200),
        (ORGANIZER, 200),
    ],
)
def test_who_may_open_the_page(app: Flask, page: FlaskClient, who: Actor, status: int) -> None:
    act_as(app, who)
    for path in (PLAN, "/events/translations"):
        assert page.get(path).status_code == status


def test_a_convenor_is_offered_her_own_groups_and_no_congress(
    app: Flask, page: FlaskClient
) -> None:
    act_as(app, CONVENOR)
    shown = page.get(PLAN).text
    assert re.findall(r'name="groups"[^>]*value="([^"]+)"', shown) == ["protection"]
    assert 'value="congress"' not in shown


def test_a_convenor_who_ticks_no_group_finds_hers_ticked_and_all_else_as_typed(
    app: Flask, page: FlaskClient
) -> None:
    act_as(app, CONVENOR)
    refused = send(page, action="publish", groups=[], title_es="Seminario sin grupo")
    assert refused.status_code == 422
    assert "que ya está marcado. Revise" in refused.text
    assert 'value="Seminario sin grupo"' in refused.text
    assert re.search(r'<input[^>]* name="groups" value="protection" checked', refused.text)


def test_a_form_without_its_token_changes_nothing(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    for path in (PLAN, f"/events/{event_id}/cancel", f"/events/{event_id}/publish"):
        assert page.post(path, data=typed(action="publish")).status_code == 400
    assert event_titled(app, "Seminario de protección").status == "published"


def test_the_page_is_light(app: Flask, page: FlaskClient) -> None:
    plan(app, a_draft())
    answer = send(
        page, action="publish", groups=["labour-migration"], people_words="a", people=["1"]
    )
    assert answer.status_code == 409
    assert len(answer.data) < 36_000


def test_hours_of_an_event_of_two_days_name_both_days(app: Flask, page: FlaskClient) -> None:
    shown = send(
        page, action="check", on="2027-03-10", last_day="2027-03-11", end="17:00", countries=["PA"]
    )
    assert '<span class="local">mié 10, 10:00 – jue 11, 18:00</span>' in shown.text
    assert "Fuera de hora" in shown.text
    within = send(
        page, action="check", on="2027-03-10", last_day="2027-03-11", end="16:00", countries=["PA"]
    )
    assert "Fuera de hora" not in within.text


def test_slots_of_an_event_of_two_days_name_both_days(app: Flask, page: FlaskClient) -> None:
    plan(app, a_draft())
    shown = send(page, action="check", last_day="2027-03-10", end="15:00")
    assert re.search(r"<b>\w{3}, \d+ \w{3}, 08:00 – \w{3}, \d+ \w{3}, 14:00</b>", shown.text)


def past(**changes: Any) -> dict[str, Any]:
    return {"on": "2026-11-10", "start": "09:00", "end": "11:00", "action": "publish", **changes}


def test_past_date_is_asked_about_once_and_recorded_as_past(app: Flask, page: FlaskClient) -> None:
    asked = send(page, **past())
    assert asked.status_code == 422
    assert "Marque que tuvo lugar entonces o elija otra fecha" in asked.text
    assert 'href="#took_place"' in asked.text
    assert 'value="Seminario «señal»"' in asked.text
    done = send(page, **past(took_place="y"))
    assert done.status_code == 303
    shown = page.get(done.location).text
    assert "quedó registrado como pasado" in shown
    assert "su horario quedó reservado" not in shown
    assert "Se registró como pasado" in shown
    event = event_titled(app, "Seminario «señal»")
    again = send(page, f"/events/{event.id}/edit", **past(action="save", place="San José"))
    assert again.status_code == 303, "what is recorded is not asked about again"


def test_check_of_a_past_date_shows_the_box_and_a_coming_one_does_not(page: FlaskClient) -> None:
    assert 'id="took_place"' in send(page, **past(action="check")).text
    assert 'id="took_place"' not in send(page, action="check").text


def test_draft_whose_date_has_passed_is_not_published_without_a_word(
    app: Flask, page: FlaskClient
) -> None:
    saved = send(page, **past(action="save", took_place="y"))
    assert "con una fecha que ya pasó" in page.get(saved.location).text
    token = csrf_token(page)
    asked = page.post(f"{saved.location}/publish", data={"csrf_token": token})
    assert asked.status_code == 422
    assert 'id="took_place"' in asked.text
    assert event_titled(app, "Seminario «señal»").status is EventStatus.DRAFT


def test_draft_without_a_date_is_saved_and_says_so(app: Flask, page: FlaskClient) -> None:
    saved = send(page, action="save", on="", start="", end="")
    assert saved.status_code == 303
    shown = page.get(saved.location).text
    assert "El borrador se guardó sin fecha." in shown
    assert "Conserva su horario" not in shown
    event = event_titled(app, "Seminario «señal»")
    assert (event.span, event.status.value) == (None, "draft")


def test_day_without_an_hour_is_asked_for_even_in_a_draft(app: Flask, page: FlaskClient) -> None:
    asked = send(page, action="save", start="", end="")
    assert asked.status_code == 422
    assert "Elija la hora en que empieza." in asked.text


def test_event_without_a_date_is_not_published_from_its_form(app: Flask, page: FlaskClient) -> None:
    """Neither a new one nor a draft that was saved without one."""
    asked = send(page, action="publish", on="", start="", end="")
    assert asked.status_code == 422
    saved = send(page, action="save", on="", start="", end="")
    event = event_titled(app, "Seminario «señal»")
    asked = send(
        page, f"/events/{event.id}/edit", action="publish", on="", start="", end="", seen=event.mark
    )
    assert asked.status_code == 422
    assert "Elija la fecha: sin ella solo puede ser un borrador." in asked.text
    shown = page.get(saved.location).text
    assert f'action="/events/{event.id}/publish"' not in shown
    assert event_titled(app, "Seminario «señal»").published_at is None


def test_date_may_be_taken_out_of_a_draft_and_not_of_what_is_public(
    app: Flask, page: FlaskClient
) -> None:
    assert send(page, action="save").status_code == 303
    event = event_titled(app, "Seminario «señal»")
    edit = f"/events/{event.id}/edit"
    assert send(page, edit, action="save", on="", start="", seen=event.mark).status_code == 303
    event = event_titled(app, "Seminario «señal»")
    assert event.span is None
    assert send(page, edit, action="publish", seen=event.mark).status_code == 303
    event = event_titled(app, "Seminario «señal»")
    assert send(page, edit, action="save", on="", start="", seen=event.mark).status_code == 422
    assert event_titled(app, "Seminario «señal»").span is not None
