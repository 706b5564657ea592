"""The survey: once each, open for thirty days, and nothing that joins an anonymous answer to who
gave it.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM
from app.kernel.refusal import InvalidInput, Refusal
from app.kernel.small_numbers import SMALLEST_TOLD
from app.participation.surveys import queries, rules, services
from app.participation.surveys.models import SurveyAnswer, SurveyBallot
from app.participation.surveys.values import Response, SurveyQuestion
from app.planning.events.queries.events import event_of
from tests.planning.events.rows import NOW, add_registration, an_event
from tests.support.actors import actor_of, an_account, csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)
ENDED = NOW - timedelta(hours=3)


@pytest.fixture
def event_id(app: Flask) -> UUID:
    """A webinar of the Protection group that ended an hour and a half ago; official-hn had a
    place.
    """
    event_id = an_event(app, groups=["protection"], starts_at=ENDED)
    add_registration(app, event_id, actor_of(app, "official-hn").person_id or 0)
    return event_id


def answers(app: Flask) -> list[SurveyAnswer]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(SurveyAnswer)))


def post(client: FlaskClient, event_id: UUID, **form: str) -> Any:
    return client.post(
        f"/events/{event_id}/survey", data={**form, "csrf_token": csrf_token(client)}
    )


def test_an_anonymous_answer_leads_back_to_nobody(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    sign_in(client, "official-hn")
    answered = post(client, event_id, useful="5", clear="4", comment="Más tiempo para preguntas")
    assert answered.status_code == 303
    [answer] = answers(app)
    assert (answer.person_id, answer.useful, answer.clear, answer.timely) == (None, 5, 4, None)
    with app.app_context(), reading() as db:
        assert (
            db.scalars(select(JournalEntry).where(JournalEntry.subject_id == str(event_id))).all()
            == []
        )
        named = {column.name for column in SurveyAnswer.__table__.columns}
    assert not named & {"created_at", "answered_at", "account_id"}


def test_a_named_answer_carries_the_name(app: Flask, client: FlaskClient, event_id: UUID) -> None:
    sign_in(client, "official-hn")
    post(client, event_id, useful="2", with_name="y")
    [answer] = answers(app)
    assert answer.person_id == actor_of(app, "official-hn").person_id


def test_a_second_answer_changes_nothing(app: Flask, client: FlaskClient, event_id: UUID) -> None:
    sign_in(client, "official-hn")
    assert post(client, event_id, useful="5").status_code == 303
    assert post(client, event_id, useful="1").status_code == 409
    assert [answer.useful for answer in answers(app)] == [5]
    assert "ya respondió" in client.get(f"/events/{event_id}/survey").get_data(as_text=True)


@pytest.mark.both_databases
def test_two_clicks_at_once_make_one_answer(app: Flask, event_id: UUID) -> None:
    actor = actor_of(app, "official-hn")

    def once(score: int) -> bool:
        try:
            with app.app_context(), transaction() as db:
                services.answer_survey(
                    db,
                    actor=actor,
                    event_id=event_id,
                    response=Response({SurveyQuestion.USEFUL: score}),
                    language="es",
                    today=NOW.date(),
                    now=NOW,
                )
        except rules.AnsweredAlready:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(once, [1, 2, 3, 4])) == [False, False, False, True]
    assert len(answers(app)) == 1
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(SurveyBallot)) == 1


@pytest.mark.parametrize(
    ("who", "changes", "status"),
    [
        ("official-gt", {}, 403),  # neither registered nor there
        ("official-hn", {"starts_at": NOW - timedelta(minutes=5)}, 409),  # not over yet
        ("official-hn", {"starts_at": NOW - timedelta(days=32)}, 410),  # too late
        ("official-hn", {"starts_at": ENDED, "status": "cancelled"}, 409),
    ],
)
def test_who_cannot_answer_is_told_why(
    app: Flask, client: FlaskClient, who: str, changes: dict[str, Any], status: int
) -> None:
    event_id = an_event(app, **{"starts_at": ENDED, **changes})
    add_registration(app, event_id, actor_of(app, "official-hn").person_id or 0)
    sign_in(client, who)
    assert post(client, event_id, useful="5").status_code == status
    assert answers(app) == []


@pytest.mark.parametrize(
    "form", [{}, {"useful": "6"}, {"useful": "x"}, {"comment": "x" * 1001}, {"comment": "  "}]
)
def test_a_bad_answer_is_a_sentence_and_uses_up_nothing(
    app: Flask, client: FlaskClient, event_id: UUID, form: dict[str, str]
) -> None:
    sign_in(client, "official-hn")
    answer = post(client, event_id, **form)
    assert answer.status_code == 422
    assert "error-summary" in answer.get_data(as_text=True)
    assert post(client, event_id, useful="3").status_code == 303
    assert len(answers(app)) == 1


def test_results_hide_the_small_cell_and_show_the_rest(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    sign_in(client, "organizer")
    path = f"/events/{event_id}/survey/results"
    scores = [5, 5, 4, 2, 1]
    for number, score in enumerate(scores):
        an_account(app, f"quien{number}@example.org", country="GT")
        actor = actor_of(app, f"quien{number}@example.org")
        add_registration(app, event_id, actor.person_id or 0)
        with app.app_context(), transaction() as db:
            response = Response({SurveyQuestion.USEFUL: score}, comment=f"comentario {number}")
            services.answer_survey(
                db,
                actor=actor,
                event_id=event_id,
                response=response,
                language="es",
                today=NOW.date() - timedelta(days=1),
                now=NOW,
            )
        if number == 3:
            hidden = client.get(path).get_data(as_text=True)
            assert "comentario" not in hidden
            assert "aún no se muestran" in hidden
    shown = client.get(path).get_data(as_text=True)
    assert "comentario 4" in shown
    assert "3,4" in shown
    assert "5 de 6 personas" in shown
    sign_in(client, "convenor-labour")
    assert client.get(path).status_code == 403


@given(
    st.lists(
        st.dictionaries(st.sampled_from(SurveyQuestion), st.none() | st.integers(1, 5)), max_size=30
    )
)
def test_a_tally_counts_what_was_given(
    given_answers: list[dict[SurveyQuestion, int | None]],
) -> None:
    for tally in rules.tallies(given_answers):
        scores = [
            one[tally.question] for one in given_answers if one.get(tally.question) is not None
        ]
        assert tally.n == len(scores)
        assert tally.mean == (
            pytest.approx(sum(filter(None, scores)) / len(scores)) if scores else None
        )


@given(st.dictionaries(st.sampled_from(SurveyQuestion), st.integers(-3, 9)), st.text(max_size=1100))
def test_what_is_sound_is_on_the_scale_and_says_something(
    scores: dict[SurveyQuestion, int], comment: str
) -> None:
    with suppress(InvalidInput):
        rules.require_sound(Response(scores, comment))
        assert scores or comment.strip()
        assert all(1 <= score <= 5 for score in scores.values())
        return
    assert (
        not scores
        or not all(1 <= score <= 5 for score in scores.values())
        or not comment.isprintable()
    )


def test_a_refusal_is_what_the_page_and_the_service_both_say(app: Flask, event_id: UUID) -> None:
    stranger = actor_of(app, "official-gt")
    with app.app_context(), reading() as db:
        sheet = queries.sheet_of(db, actor=stranger, event_id=event_id, now=NOW)
    assert isinstance(sheet.obstacle, Refusal)
    assert sheet.obstacle.rule == "survey-not-for-you"


@given(st.lists(st.integers(0, 40), max_size=60), st.integers(0, 45))
def test_whoever_looks_every_day_sees_five_more_answers_or_none(
    days: list[int], looks_until: int
) -> None:
    """One answer more between two looks would be that of whoever has just answered."""
    first = ENDED.date()
    answered = [first + timedelta(days=min(one, 29)) for one in days]
    seen = 0
    for day in range(min(looks_until, 30)):
        today = first + timedelta(days=day)
        last = rules.told_until(
            [one for one in answered if one <= today], today=today, ends_at=ENDED
        )
        shown = sum(one <= last for one in answered) if last else 0
        assert last is None or last < today
        assert shown == seen or shown - seen >= SMALLEST_TOLD
        seen = shown


def test_once_the_survey_is_over_the_last_few_are_told_too() -> None:
    first = ENDED.date()
    days = [first] * 5 + [first + timedelta(days=20)] * 2
    until = [
        rules.told_until(days, today=first + timedelta(days=after), ends_at=ENDED)
        for after in (0, 1, 29, 31)
    ]
    assert until == [None, first, first, first + timedelta(days=20)]
    assert rules.told_until(days[:4], today=first + timedelta(days=31), ends_at=ENDED) is None


def test_a_question_that_few_answered_is_told_of_nobody(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    rows = [
        SurveyAnswer(
            event_id=event_id,
            language="es",
            useful=4,
            clear=2 if number else None,
            timely=1 if number == 3 else None,
            comment="",
            answered_on=ENDED.date() - timedelta(days=1),
        )
        for number in range(6)
    ]
    with app.app_context(), transaction() as db:
        db.add_all(rows)
    with app.app_context(), reading() as db:
        event = event_of(db, actor=SYSTEM, event_id=event_id)
        found = {
            tally.question: tally
            for tally in queries.results(db, event=event, today=NOW.date()).tallies
        }
    assert found[SurveyQuestion.USEFUL].counts == (0, 0, 0, 6, 0)
    assert found[SurveyQuestion.CLEAR].mean == 2
    assert found[SurveyQuestion.TIMELY].mean is None
    assert sum(found[SurveyQuestion.TIMELY].counts) == 0


@pytest.mark.parametrize("table", ["survey_ballot", "survey_answer"])
def test_no_row_says_in_which_order_people_answered(app: Flask, table: str) -> None:
    with (
        app.app_context(),
        reading() as db,
        pytest.raises(OperationalError, match="no such column"),
    ):
        db.execute(text(f"SELECT rowid FROM {table}"))


@pytest.mark.parametrize(
    ("is_held", "ends_at", "refusal"),
    [
        (True, NOW, None),  # ends this moment
        (True, NOW + timedelta(seconds=1), rules.SurveyNotOpen),
        (True, None, rules.SurveyNotOpen),
        (False, NOW, rules.SurveyNotOpen),
        (True, NOW - timedelta(days=30) + timedelta(seconds=1), None),
        (True, NOW - timedelta(days=30), rules.IsOver),
    ],
)
def test_survey_is_open_from_the_end_of_the_event_for_thirty_days(
    is_held: bool, ends_at: datetime | None, refusal: type[Refusal] | None
) -> None:
    if refusal is None:
        rules.require_open(ends_at, is_held=is_held, now=NOW)
    else:
        with pytest.raises(refusal):
            rules.require_open(ends_at, is_held=is_held, now=NOW)


def test_answer_to_one_survey_leaves_another_open(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    other = an_event(app, title="Otra", starts_at=ENDED)
    add_registration(app, other, actor_of(app, "official-hn").person_id or 0)
    sign_in(client, "official-hn")
    assert post(client, event_id, useful="5").status_code == 303
    assert post(client, other, useful="4").status_code == 303
    assert sorted(answer.useful or 0 for answer in answers(app)) == [4, 5]
