"""The stages of an event, and what its page still lacks."""

from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import reading
from app.kernel.text import LocalizedText
from app.planning.events.queries.events import event_of
from app.planning.events.rules.life import Phase
from app.planning.events.rules.stages import (
    NOW,
    Need,
    Stage,
    StageLack,
    TakingPart,
    lacks_of_stage,
    needs_of,
    state_of,
)
from app.planning.events.values import Mode
from tests.planning.events.planning_builders import (
    OFFICIAL,
    ORGANIZER,
    a_draft,
    act_as,
    furnished,
    people,
    plan,
)


@pytest.fixture
def event_id(app: Flask) -> UUID:
    furnished(app)
    return plan(app, a_draft())


def test_every_phase_has_a_stage_or_none() -> None:
    assert set(NOW) == set(Phase)


@pytest.mark.parametrize(
    ("phase", "states"),
    [
        (Phase.DRAFT, ["now", "to-come", "to-come", "to-come"]),
        (Phase.PUBLISHED, ["passed", "now", "to-come", "to-come"]),
        (Phase.RUNNING, ["passed", "passed", "now", "to-come"]),
        (Phase.ENDED, ["passed", "passed", "passed", "now"]),
        (Phase.CLOSED, ["passed"] * 4),
        (Phase.CANCELLED, ["to-come"] * 4),
    ],
)
def test_stages_before_the_present_one_have_passed(phase: Phase, states: list[str]) -> None:
    assert [state_of(stage, phase) for stage in Stage] == states


def test_needs_are_met_one_by_one(app: Flask, event_id: UUID) -> None:
    with app.app_context(), reading() as db:
        event = event_of(db, actor=ORGANIZER, event_id=event_id)
    both = ("es", "en")
    assert [need for need, is_met in needs_of(event, both).items() if not is_met] == [
        Need.DESCRIPTION,
        Need.LINK,
        Need.PEOPLE,
    ]
    text = LocalizedText(es="De qué trata")
    assert not needs_of(replace(event, summary=text), both)[Need.TRANSLATION]
    assert needs_of(replace(event, summary=text), ("es",))[Need.TRANSLATION]
    assert needs_of(replace(event, mode=Mode.IN_PERSON), both)[Need.LINK]


def test_organizer_sees_stages_and_what_is_missing_and_others_see_tabs(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    act_as(app, ORGANIZER)
    page = client.get(f"/events/{event_id}").text
    assert page.count('class="stage') >= 4
    assert "Falta: 3 de 4" in page
    assert "Falta: descripción, enlace para unirse y quienes exponen y moderan" in page
    assert "Falta: personas inscritas" in page
    assert page.count("Todavía no falta nada") == 2
    assert "Agregar el enlace para unirse" in page
    act_as(app, OFFICIAL)
    page = client.get(f"/events/{event_id}").text
    assert 'class="stage' not in page
    assert "Falta:" not in page


def test_nothing_is_asked_for_once_all_is_there(app: Flask, client: FlaskClient) -> None:
    furnished(app)
    both = LocalizedText(es="De qué trata", en="What it is about")
    event_id = plan(
        app, a_draft(summary=both, join_url="https://meet.example.org/x", people=people(1))
    )
    act_as(app, ORGANIZER)
    page = client.get(f"/events/{event_id}").text
    assert 'id="needs"' not in page
    assert "No falta nada" in page


def test_each_stage_says_what_it_lacks() -> None:
    met = dict.fromkeys(Need, True)

    def lacks(phase: Phase, **part: int) -> list[tuple[str, ...]]:
        taking = TakingPart(
            part.get("registered", 0), part.get("pending", 0), bool(part.get("recorded"))
        )
        return [lacks_of_stage(stage, phase, met, taking) for stage in Stage]

    assert lacks(Phase.DRAFT) == lacks(Phase.CLOSED) == lacks(Phase.CANCELLED) == [()] * 4
    assert lacks(Phase.PUBLISHED, pending=2)[1] == (StageLack.REGISTRATIONS, StageLack.DECISIONS)
    assert lacks(Phase.PUBLISHED, registered=1) == [()] * 4
    assert lacks(Phase.ENDED) == [(), (), (StageLack.ATTENDANCE,), (StageLack.CLOSING,)]
    assert lacks(Phase.ENDED, recorded=1)[2] == ()
    unmet = dict.fromkeys(Need, False)
    assert lacks_of_stage(Stage.PREPARE, Phase.PUBLISHED, unmet, TakingPart()) == tuple(Need)
    assert lacks_of_stage(Stage.PREPARE, Phase.ENDED, unmet, TakingPart()) == ()
