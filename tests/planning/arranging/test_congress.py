"""What a congress needs before it is published: preparation (R22) and the review of the Guidelines
(R29).
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.infra.database import transaction
from app.kernel.actor import SYSTEM
from app.kernel.timespan import Timespan
from app.planning.agenda.services import change_session, remove_session
from app.planning.arranging.queries.planning import session_details
from app.planning.arranging.rules.agenda import ReviewStays
from app.planning.arranging.rules.cycle import Cycle, OutOfOrder, lacks_of_congress
from app.planning.arranging.services.planning import (
    cancel_event,
    change_event,
    plan_event,
    publish_event,
)
from app.planning.events.models import Event
from app.planning.events.values import EditionLink, EventKind, LinkRole, SessionDetail, SessionKind
from tests.planning.cycles.editions import (
    DAY,
    OPENING,
    PREPARES,
    add_sitting,
    done,
    lacking,
    plan,
    reviewed,
    seen,
    status_of,
)
from tests.planning.events.planning_builders import HOUR, NINE, a_congress, a_draft, furnish

both_databases = pytest.mark.both_databases


@pytest.fixture
def world(app: Flask) -> Flask:
    with app.app_context(), transaction() as db:
        furnish(db)
    return app


@pytest.mark.parametrize(
    ("start", "ends", "reviewed", "missing"),
    [
        (NINE, (), False, ["preparatory-webinar", "guidelines-review"]),
        (NINE, (NINE,), False, ["guidelines-review"]),
        (NINE, (NINE + timedelta(seconds=1),), True, ["preparatory-webinar"]),
        (NINE, (NINE + DAY, NINE - DAY), True, []),
        (None, (NINE,), True, ["dates-of-congress", "preparatory-webinar"]),
    ],
)
def test_r22_r29_the_rule_names_everything_at_once(
    start: datetime | None, ends: tuple[datetime, ...], reviewed: bool, missing: list[str]
) -> None:
    found = lacks_of_congress(start, [Cycle("iv", "IV", ends)], has_guidelines_review=reviewed)
    assert [lack.rule for lack in found] == missing
    assert all(lack.edition == "iv" for lack in found)


def test_a_congress_of_no_edition_is_not_published(world: Flask) -> None:
    draft = a_draft(kind=EventKind.CONGRESS, groups=())
    assert lacking(world, plan_event, draft=draft, publish=True) == ["edition-of-congress"]


@both_databases
def test_r22_a_congress_waits_for_a_published_webinar_that_ends_before_it(world: Flask) -> None:
    congress = plan(world, a_congress("iv", NINE + 30 * DAY))
    reviewed(world, congress, NINE + 30 * DAY)
    webinar = plan(world, a_draft(links=PREPARES))
    assert lacking(world, publish_event, event_id=congress) == ["preparatory-webinar"]
    done(world, publish_event, event_id=webinar)
    done(world, cancel_event, event_id=webinar)
    assert lacking(world, publish_event, event_id=congress) == ["preparatory-webinar"]
    plan(world, a_draft(links=PREPARES, span=Timespan(NINE + DAY, NINE + DAY + HOUR)), publish=True)
    done(world, publish_event, event_id=congress)
    assert seen(world, lambda db: db.get_one(Event, congress).status) == "published"


def test_r22_what_prepares_another_edition_does_not_count(world: Flask) -> None:
    congress = plan(world, a_congress("iv", NINE + 30 * DAY))
    reviewed(world, congress, NINE + 30 * DAY)
    plan(world, a_draft(links=(EditionLink("iii", LinkRole.PREPARATORY),)), publish=True)
    assert lacking(world, publish_event, event_id=congress) == ["preparatory-webinar"]


def test_r29_a_congress_without_review_of_the_guidelines_is_not_published(world: Flask) -> None:
    plan(world, a_draft(links=PREPARES), publish=True)
    congress = plan(world, a_congress("iv", NINE + 30 * DAY))
    start = NINE + 30 * DAY
    add_sitting(world, congress, "plenary", OPENING, Timespan(start, start + HOUR))
    assert lacking(world, publish_event, event_id=congress) == ["guidelines-review"]
    reviewed(world, congress, start)
    done(world, publish_event, event_id=congress)


@pytest.mark.parametrize("kind", [None, "panel"])
def test_r29_the_only_review_of_a_published_congress_stays(world: Flask, kind: str | None) -> None:
    start = NINE + 30 * DAY
    plan(world, a_draft(links=PREPARES), publish=True)
    congress = plan(world, a_congress("iv", start))
    reviewed(world, congress, start)
    review = sessions(world, congress)[0]
    other = replace(review.as_draft(), kind=SessionKind.PANEL)

    def leave_out() -> None:
        given: dict[str, Any] = {"event_id": congress, "session_id": review.id}
        done(world, change_session, draft=other, **given) if kind else done(
            world, remove_session, **given
        )

    done(world, publish_event, event_id=congress)
    with pytest.raises(ReviewStays):
        leave_out()
    assert sessions(world, congress) == (review,)
    reviewed(world, congress, start + DAY)
    leave_out()


def sessions(app: Flask, event_id: UUID) -> tuple[SessionDetail, ...]:
    found: tuple[SessionDetail, ...] = seen(app, lambda db: session_details(db, event_id=event_id))
    return found


def test_r22_r29_no_way_round_by_changing_the_kind_or_the_edition(world: Flask) -> None:
    webinar = plan(world, a_draft(groups=()), publish=True)
    congress = a_congress("iv", NINE)
    assert lacking(world, change_event, event_id=webinar, draft=congress) == [
        "preparatory-webinar",
        "guidelines-review",
    ]
    agreed = plan(
        world,
        replace(congress, span=Timespan(NINE + DAY, NINE + 2 * DAY)),
        publish=True,
        actor=SYSTEM,
    )
    retitled = a_congress("iv", NINE + DAY, days=1, place="Santo Domingo")
    done(world, change_event, event_id=agreed, draft=retitled)
    moved = replace(retitled, links=(EditionLink("iii", LinkRole.CONGRESS),))
    assert "preparatory-webinar" in lacking(world, change_event, event_id=agreed, draft=moved)


def test_the_system_records_what_was_agreed_elsewhere(world: Flask) -> None:
    event = plan(world, a_congress("iv", NINE), publish=True, actor=SYSTEM)
    assert status_of(world, event) == "published"


def test_r45_stands_beside_r22(world: Flask) -> None:
    """A preparatory event after the congress is refused for itself, whatever else prepares it."""
    plan(world, a_congress("iv", NINE), publish=True, actor=SYSTEM)
    late = a_draft(links=PREPARES, span=Timespan(NINE + 3 * DAY, NINE + 3 * DAY + HOUR))
    with pytest.raises(OutOfOrder):
        plan(world, late, publish=True)
