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
    STAGE_OF,
    in_stage,
    is_proven,
    needs_of,
    open_points,
    state_of,
    to_see_to,
    why_unreached,
)
from app.planning.events.values import (
    CountryAsked,
    EventDetail,
    EventKind,
    EventWork,
    Inviting,
    LetterArrival,
    Mode,
    OpenKind,
    PersonSummary,
    Stage,
    TakingPart,
    UnfinishedReport,
    Unreached,
)
from tests.planning.events.planning_builders import (
    NINE,
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


BOTH = ("es", "en")
NOTHING = EventWork()
REACHED = Inviting(standing=1, reached=1)
REPORT = UnfinishedReport(UUID(int=7), "informe.csv", 2, is_applied=False)


@pytest.fixture
def event(app: Flask, event_id: UUID) -> EventDetail:
    """Complete and published: only its work decides what is open."""
    with app.app_context(), reading() as db:
        found = event_of(db, actor=ORGANIZER, event_id=event_id)
    text = LocalizedText(es="De qué trata", en="What it is about")
    return replace(found, summary=text, mode=Mode.IN_PERSON, people=(SPEAKER,))


SPEAKER = PersonSummary(1, "Ana Muñoz Peña", "GT")


def kinds(event: EventDetail, phase: Phase, work: EventWork) -> list[OpenKind]:
    return [point.kind for point in open_points(event, phase, work, languages=BOTH)]


def test_needs_are_met_one_by_one(app: Flask, event_id: UUID) -> None:
    with app.app_context(), reading() as db:
        bare = event_of(db, actor=ORGANIZER, event_id=event_id)

    def unmet(event: EventDetail, work: EventWork = NOTHING) -> list[OpenKind]:
        return [
            kind for kind, is_met in needs_of(event, work, languages=BOTH).items() if not is_met
        ]

    assert unmet(bare) == [OpenKind.PEOPLE, OpenKind.LINK, OpenKind.DESCRIPTION]
    assert OpenKind.TRANSLATION in unmet(replace(bare, summary=LocalizedText(es="De qué trata")))
    assert OpenKind.LINK not in unmet(replace(bare, mode=Mode.IN_PERSON))
    assert OpenKind.DATE in unmet(replace(bare, starts_at=None, ends_at=None))
    for work in (EventWork(is_agenda_led=True), EventWork(outside=("confirmed",))):
        assert OpenKind.PEOPLE not in unmet(bare, work)
    assert OpenKind.ANSWERS in unmet(bare, EventWork(outside=("asked",)))


def test_every_open_thing_stands_in_a_stage() -> None:
    assert set(STAGE_OF) == set(OpenKind)


def test_draft_is_asked_for_nothing_that_comes_after_publishing(event: EventDetail) -> None:
    assert kinds(event, Phase.DRAFT, NOTHING) == []


@pytest.mark.parametrize(
    ("work", "found"),
    [
        (NOTHING, [OpenKind.NOBODY_ASKED]),
        (EventWork(inviting=REACHED), [OpenKind.NOBODY_REGISTERED]),
        (EventWork(TakingPart(registered=1), REACHED), []),
        (EventWork(TakingPart(registered=1, pending=2), REACHED), [OpenKind.REQUESTS]),
        (
            EventWork(TakingPart(registered=1), replace(REACHED, waiting=3, returned=1)),
            [OpenKind.LETTERS_BACK, OpenKind.LETTERS_WAITING],
        ),
    ],
)
def test_r80_published_event_says_who_was_not_invited_or_not_reached(
    event: EventDetail, work: EventWork, found: list[OpenKind]
) -> None:
    assert kinds(event, Phase.PUBLISHED, work) == found


def test_r80_countries_that_the_letter_did_not_reach_are_named(event: EventDetail) -> None:
    """Given eleven letters of which some reached nobody, when their event is looked at, then the
    countries without one are named and the stage has no tick.
    """
    asked = (CountryAsked("BZ", 1, Unreached.VACANT), CountryAsked("GT", 2))
    work = EventWork(TakingPart(registered=1), Inviting(standing=2, reached=1, countries=asked))
    points = open_points(event, Phase.RUNNING, work, languages=BOTH)
    assert [(one.kind, one.countries) for one in points] == [(OpenKind.NOT_REACHED, ("BZ",))]
    assert not is_proven(Stage.INVITE, event, work, points)


@pytest.mark.parametrize(
    ("part", "found"),
    [
        (TakingPart(), [OpenKind.ATTENDANCE, OpenKind.CLOSING]),
        (TakingPart(reports=(REPORT,)), [OpenKind.REPORT_NOT_APPLIED, OpenKind.CLOSING]),
        (
            TakingPart(is_recorded=True, reports=(REPORT,)),
            [OpenKind.REPORT_NOT_APPLIED, OpenKind.CLOSING],
        ),
        (
            TakingPart(is_recorded=True, reports=(replace(REPORT, is_applied=True),)),
            [OpenKind.UNDECIDED_NAMES, OpenKind.CLOSING],
        ),
        (
            TakingPart(is_recorded=True, without_minutes=3),
            [OpenKind.WITHOUT_MINUTES, OpenKind.CLOSING],
        ),
    ],
)
def test_event_that_is_over_asks_first_who_was_there(
    event: EventDetail, part: TakingPart, found: list[OpenKind]
) -> None:
    assert kinds(event, Phase.ENDED, EventWork(part, REACHED)) == found


def test_r80_tick_stands_only_where_rows_say_that_it_was_done(event: EventDetail) -> None:
    """Each of the four ticks in both states."""

    def ticks(phase: Phase, work: EventWork, event: EventDetail = event) -> list[bool]:
        points = open_points(event, phase, work, languages=BOTH)
        return [is_proven(stage, event, work, points) for stage in Stage]

    closed = replace(event, closed_at=NINE)
    done = EventWork(TakingPart(registered=2, is_recorded=True), REACHED)
    assert ticks(Phase.CLOSED, done, closed) == [True, True, True, True]
    assert ticks(Phase.CLOSED, replace(done, inviting=Inviting()), closed)[1] is False
    unsent = replace(done, inviting=Inviting(standing=11))
    assert ticks(Phase.CLOSED, unsent, closed)[1] is False, "made, and no letter was handed over"
    assert ticks(Phase.CLOSED, replace(done, part=TakingPart(registered=2)), closed)[2] is False
    unapplied = replace(done, part=replace(done.part, reports=(REPORT,)))
    assert ticks(Phase.CLOSED, unapplied, closed)[2] is False
    assert ticks(Phase.ENDED, done)[3] is False
    assert ticks(Phase.CLOSED, done, replace(closed, people=()))[0] is False


def test_what_was_recorded_as_past_or_belongs_to_others_is_not_to_be_closed(
    event: EventDetail,
) -> None:
    past = replace(event, published_at=event.ends_at)
    assert kinds(past, Phase.ENDED, NOTHING) == []
    assert kinds(replace(event, kind=EventKind.EXTERNAL), Phase.ENDED, NOTHING) == []
    assert kinds(event, Phase.CANCELLED, NOTHING) == []


def test_nobody_is_asked_to_invite_to_what_is_over(event: EventDetail) -> None:
    points = open_points(event, Phase.ENDED, NOTHING, languages=BOTH)
    assert OpenKind.NOBODY_ASKED in [point.kind for point in in_stage(points, Stage.INVITE)]
    assert [one.kind for one in to_see_to(points, Phase.ENDED)] == [
        OpenKind.ATTENDANCE,
        OpenKind.CLOSING,
    ]
    assert to_see_to(points, Phase.CLOSED) == ()


@pytest.mark.parametrize(
    ("arrivals", "serves", "has_address", "why"),
    [
        ([LetterArrival.RETURNED, LetterArrival.HANDED_OVER], True, True, None),
        ([LetterArrival.HANDED_OVER], False, False, None),
        ([], False, False, Unreached.VACANT),
        ([LetterArrival.RETURNED], False, False, Unreached.VACANT),
        ([LetterArrival.RETURNED], True, True, Unreached.RETURNED),
        ([LetterArrival.RETURNED, LetterArrival.WAITING], True, True, Unreached.WAITING),
        ([LetterArrival.NOT_SENT], True, True, Unreached.NOT_SENT),
        ([], True, False, Unreached.NO_ADDRESS),
        ([], True, True, Unreached.NOT_WRITTEN),
    ],
)
def test_r80_why_a_country_was_not_reached_follows_from_its_letters(
    arrivals: list[LetterArrival], serves: bool, has_address: bool, why: Unreached | None
) -> None:
    assert why_unreached(arrivals, serves=serves, has_address=has_address) is why


def test_organizer_sees_stages_and_what_is_missing_and_others_see_tabs(
    app: Flask, client: FlaskClient, event_id: UUID
) -> None:
    act_as(app, ORGANIZER)
    page = client.get(f"/events/{event_id}").text
    assert page.count('class="stage') >= 4
    assert "Falta: quienes exponen y moderan, enlace para unirse y descripción" in page
    assert "No se invitó a nadie" in page
    assert "falta nada" not in page
    assert page.count('class="btn btn-primary"') == 1, "the next act is the one filled button"
    act_as(app, OFFICIAL)
    page = client.get(f"/events/{event_id}").text
    assert 'class="stage' not in page
    assert "Falta:" not in page


def test_preparing_has_its_tick_once_all_is_there(app: Flask, client: FlaskClient) -> None:
    furnished(app)
    both = LocalizedText(es="De qué trata", en="What it is about")
    event_id = plan(
        app, a_draft(summary=both, join_url="https://meet.example.org/x", people=people(1))
    )
    act_as(app, ORGANIZER)
    page = client.get(f"/events/{event_id}").text
    preparing = page.partition('class="stage stage--passed"')[2].partition("</li>")[0]
    assert "mark-good" in preparing
    assert "5 de 5 listos" in preparing
