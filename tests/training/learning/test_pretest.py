"""The pre-test that exempts: set apart from the quiz, once, and without loss for whoever fails."""

import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.training.certificates.values import canonical_json, facts_from
from app.training.learning.forms.folder import parse_course
from app.training.learning.models import (
    AttemptItem,
    Completion,
    ItemOption,
    LearningEvent,
    Pretest,
)
from app.training.learning.queries.courses import seat_of
from app.training.learning.queries.quiz import (
    exempted_numbers,
    gains,
    pool_of,
    pretest_page,
    pretest_states,
    study_plan,
)
from app.training.learning.queries.records import events_of
from app.training.learning.rules.evidence import completions_from
from app.training.learning.rules.quiz import (
    PoolItem,
    PretestNotOffered,
    gain_of,
    is_exempt,
    pretest_pool,
)
from app.training.learning.services.quiz import save_pretest_answer, start_pretest, submit_pretest
from app.training.learning.values import ItemKind
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.support.kept import checked_in, shown_again
from tests.training.certificates.builders import sample
from tests.training.learning.builders import NOW, QUIZ_1, Classroom, an_item, some_files

ONE = {"course_slug": "guidelines", "module_slug": "one"}


def _with_a_large_bank() -> Any:
    """The first module has sixteen questions, so that three of each objective can be set apart."""
    files = some_files("2026.3")
    items = [an_item("A", number) for number in range(1, 17)]
    for number, item in enumerate(items):
        item |= {"critical": number in (0, 2), "screen": "A-L1#2"}
    files["one/bank.yaml"] = yaml.safe_dump({"items": items})
    module = yaml.safe_load(files["one/module.yaml"])
    module["units"][1]["draw"] = {"A-O1": 3, "A-O2": 3}
    files["one/module.yaml"] = yaml.safe_dump(module)
    return parse_course(files)


@pytest.fixture
def room(app: Flask) -> Iterator[Classroom]:
    classroom = Classroom(app)
    classroom.publish(_with_a_large_bank())
    with app.app_context():
        yield classroom


def take(actor: Actor, *, right: bool = True, spoil: int = 0) -> bool:
    """Begins the pre-test of module one and hands it in; `spoil` answers the first ones wrongly."""
    with transaction() as db:
        start_pretest(db, actor=actor, language="es", rng=Random(1), now=NOW, **ONE)
        row = db.scalars(select(Pretest).order_by(Pretest.started_at.desc())).first()
        assert row is not None
        for position, (item_id, _order) in enumerate(row.asked, start=1):
            if row.submitted_at is not None:
                break
            options = db.scalars(select(ItemOption).where(ItemOption.item_id == item_id)).all()
            is_wanted = right and position > spoil
            chosen = [next(one.id for one in options if one.is_correct is is_wanted)]
            save_pretest_answer(db, actor=actor, position=position, option_ids=chosen, **ONE)
        return submit_pretest(db, actor=actor, now=NOW, **ONE)


def a_learner(room: Classroom) -> tuple[Actor, UUID]:
    actor = actor_of(room.app, "official-hn")
    return actor, room.enrol(actor)


@pytest.mark.both_databases
def test_passing_exempts_by_rule_and_leaves_the_quiz_other_questions(app: Flask) -> None:
    room = Classroom(app)
    room.publish(_with_a_large_bank())
    actor, enrolment_id = a_learner(room)
    with app.app_context():
        assert take(actor)
        with reading() as db:
            assert exempted_numbers(db, [enrolment_id]) == {enrolment_id: (1,)}
            [completion] = db.scalars(select(Completion))
            assert completion.module_id is not None
            [event] = db.scalars(select(LearningEvent).where(LearningEvent.verb == "exempted"))
            assert event.payload == {"rule": "pretest-2026.1", "right": 6, "asked": 6}
            assert "ModuleCompleted" in db.scalars(select(JournalEntry.fact)).all()
            asked = {item_id for row in db.scalars(select(Pretest)) for item_id, _o in row.asked}
        for seed in range(6):
            attempt = room.start(actor, QUIZ_1, seed)
            with reading() as db:
                mine = select(AttemptItem.item_id).where(AttemptItem.attempt_id == attempt)
                assert not asked & set(db.scalars(mine))
            room.answer_all(actor, attempt, right=0)
            room.submit(actor, attempt)
            room.now = room.now.replace(hour=(room.now.hour + 1) % 24, day=room.now.day + 1)


def test_failing_costs_nothing_names_the_lessons_and_is_not_repeated(room: Classroom) -> None:
    actor, enrolment_id = a_learner(room)
    assert not take(actor, spoil=2)
    assert not take(actor)
    with reading() as db:
        seat = seat_of(db, actor=actor, slug="guidelines")
        module = seat.outline.modules[0]
        page = pretest_page(db, enrolment_id=enrolment_id, module_id=module.id)
        assert page is not None
        assert page.right == 4
        assert [(step.code, step.missed) for step in study_plan(page, module)] == [("A-L1", 2)]
        assert db.scalars(select(Completion)).all() == []
        state = pretest_states(db, seat)[module.id]
        assert (state.is_offered, state.is_exempted, state.is_submitted) == (False, False, True)
        small = seat.outline.modules[1]
        assert pool_of(db, small.id) == ()
        assert not pretest_states(db, seat)[small.id].is_offered


def test_it_is_not_offered_after_the_quiz_was_tried(room: Classroom) -> None:
    actor, _enrolment_id = a_learner(room)
    room.start(actor, QUIZ_1)
    with pytest.raises(PretestNotOffered), transaction() as db:
        start_pretest(db, actor=actor, language="es", rng=Random(1), now=NOW, **ONE)


def test_r44_mean_gain_is_shown_with_n_and_nobody_by_name(room: Classroom) -> None:
    author = actor_of(room.app, "organizer")
    with reading() as db:
        edition_id = seat_of(db, actor=author, slug="guidelines").outline.edition_id
        assert gains(db, actor=author, edition_id=edition_id) == ()
    for number in range(5):
        actor = room.learner(f"Persona {number}")
        room.enrol(actor)
        take(actor, right=False)
        attempt = room.start(actor, QUIZ_1, number)
        room.answer_all(actor, attempt, right=6)
        room.submit(actor, attempt)
        with reading() as db:
            [line] = gains(db, actor=author, edition_id=edition_id)
        assert (line.gain is None) == (number < 4)
    assert line.gain is not None
    assert (line.gain.n, line.gain.before, line.gain.after, line.exempted) == (5, 0, 1, 0)
    assert "Persona" not in repr(line)


def test_pages_offer_it_ask_once_and_show_the_result(room: Classroom) -> None:
    client = room.app.test_client()
    sign_in(client, "official-hn")
    a_learner(room)
    url = "/courses/guidelines/one/pretest"
    assert "¿Ya conoce este tema?" in client.get("/courses/guidelines").text
    assert "Empezar la prueba previa" in client.get(url).text
    client.post(f"{url}/start", data={"csrf_token": csrf_token(client)})
    asked = client.get(url, follow_redirects=True).text
    assert "Pregunta 1 de 6" in asked
    assert "Feedback" not in asked
    odd = client.post(f"{url}/1", data={"csrf_token": csrf_token(client), "option": "999999"})
    assert odd.status_code == 422
    client.post(url, data={"csrf_token": csrf_token(client)})
    assert "ahora sabe por dónde empezar" in client.get(url).text
    assert "Qué leer primero" in client.get("/courses/guidelines").text


def test_each_answer_is_kept_as_in_a_quiz(room: Classroom) -> None:
    """A closed tab, another language and a lost line take nothing away that was answered."""
    client = room.app.test_client()
    sign_in(client, "official-hn")
    a_learner(room)
    url = "/courses/guidelines/one/pretest"
    token = {"csrf_token": csrf_token(client)}
    client.post(f"{url}/start", data=token)
    first = client.get(f"{url}/1").text
    option = re.findall(r'name="option" id="option-(\d+)"', first)[0]
    assert 'data-keep="answer"' in first, "kept on the device while there is no line"
    answer = {**token, "option": option, "step": "next", "client_id": str(uuid4())}
    assert client.post(f"{url}/1", data=answer).location == f"{url}/2"
    late = client.post(f"{url}/1", data=answer, headers={"X-Outbox": "1"})
    assert late.status_code == 204, "sent again by the device"
    assert client.get(url).location == f"{url}/2", "goes on where it stood"
    again = client.get(f"{url}/1?lang=en").text
    assert f'id="option-{option}" value="{option}" checked' in again
    assert "1 of 6 answered" in client.get(f"{url}?review=1&lang=en").text
    client.post(url, data=token)
    with reading() as db:
        [row] = db.scalars(select(Pretest))
        assert row.answers[0] == [int(option)]
    gone = client.post(f"{url}/2", data=answer, headers={"X-Outbox": "1"})
    assert gone.status_code == 409, "handed in: the device drops what comes after it"


def test_events_alone_decide_an_exemption_again(room: Classroom) -> None:
    actor, enrolment_id = a_learner(room)
    take(actor)
    with reading() as db:
        seat = seat_of(db, actor=actor, slug="guidelines")
        lines = events_of(db, enrolment_id)
    assert seat.outline.modules[0].id in completions_from(seat.outline, lines)


def test_a_certificate_says_it_and_the_hash_of_others_holds() -> None:
    facts = sample(design="completion/v2")
    assert "exempted" not in canonical_json(facts)
    told = replace(facts, exempted=(1,))
    assert facts_from(canonical_json(told)) == told
    assert facts_from(canonical_json(facts)) == facts
    assert told != facts


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["O1", "O2", "O3"]), st.sampled_from(list(ItemKind)), st.booleans()
        ),
        max_size=40,
    )
)
def test_the_quiz_always_keeps_enough_and_what_must_be_right_is_asked(
    rows: list[tuple[str, ItemKind, bool]],
) -> None:
    bank = [
        PoolItem(number, f"Q{number}", objective, kind, critical)
        for number, (objective, kind, critical) in enumerate(rows)
    ]
    plan = {"O1": 2, "O2": 2, "O3": 2}
    pool = pretest_pool(bank, plan)
    assert pool == pretest_pool(list(reversed(bank)), plan) or sorted(
        one.id for one in pool
    ) == sorted(one.id for one in pretest_pool(list(reversed(bank)), plan))
    if not pool:
        return
    left = [one for one in bank if one not in pool]
    for objective, wanted in plan.items():
        assert sum(one.objective == objective for one in left) >= wanted
    assert any(one.is_critical for one in pool) or not any(one.is_critical for one in bank)


def test_nine_of_ten_and_every_critical_question() -> None:
    assert is_exempt(9, 10, 0)
    assert not is_exempt(8, 9, 0)
    assert not is_exempt(10, 10, 1)
    assert not is_exempt(0, 0, 0)
    assert gain_of([(0.5, 1.0)] * 4) is None


def test_option_chosen_in_a_form_that_came_too_late_is_shown_chosen(
    app: Flask, client: FlaskClient
) -> None:
    room = Classroom(app)
    room.publish(_with_a_large_bank())
    sign_in(client, "official-hn")
    a_learner(room)
    url = "/courses/guidelines/one/pretest"
    client.post(f"{url}/start", data={"csrf_token": csrf_token(client)})
    first = client.get(f"{url}/1").text
    chosen = re.findall(r'name="option" id="(option-\d+)"', first)[-1]
    typed = {"option": chosen.removeprefix("option-"), "step": "next"}
    html = shown_again(client, f"{url}/1", f"{url}/1", typed)
    assert checked_in(html) == [chosen]
