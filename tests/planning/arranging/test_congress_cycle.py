"""A webinar of the congress that no group convenes is for the people of all groups."""

from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.planning.arranging.services.planning import plan_event
from app.planning.events.values import EditionLink, EventDraft, LinkRole
from app.planning.scheduling.models import Claim, Engagement, Override, Resource
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.services.settings import set_rule
from app.planning.scheduling.values import OverrideAsked, Rule, Severity
from tests.planning.arranging.plan_form import send
from tests.planning.events.planning_builders import (
    NOW,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
    furnished,
    plan,
)

REASON = "La vicepresidencia solo puede abrir a esa hora."


@pytest.fixture(autouse=True)
def _world(app: Flask) -> Any:
    furnished(app)
    with time_machine.travel(NOW, tick=False):
        yield


def of_the_congress(role: LinkRole = LinkRole.PREPARATORY, **changes: Any) -> EventDraft:
    title = LocalizedText(es="Prioridades del congreso", en="Priorities of the congress")
    given = {"title": title, "groups": (), "links": (EditionLink("iv", role),), **changes}
    return a_draft(**given)


def publish(app: Flask, draft: EventDraft, **more: Any) -> UUID:
    with app.app_context(), transaction() as db:
        return plan_event(db, actor=PRESIDENCY, draft=draft, publish=True, now=NOW, **more)


def claims_of_groups(app: Flask, event_id: UUID) -> list[bool]:
    """Returns whether the database enforces each claim that an event has on all groups at once."""
    held = (
        select(Claim.enforced)
        .join(Engagement, Engagement.id == Claim.engagement_id)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(Engagement.holder == f"event:{event_id}", Resource.kind == "working-groups")
    )
    with app.app_context(), reading() as db:
        return list(db.scalars(held))


@pytest.mark.parametrize("role", [LinkRole.PREPARATORY, LinkRole.FOLLOW_UP])
@pytest.mark.both_databases
def test_congress_webinar_and_a_group_are_not_held_at_once_whoever_comes_first(
    app: Flask, role: LinkRole
) -> None:
    draft = of_the_congress(role)
    plan(app, a_draft())
    with pytest.raises(Clash) as refused:
        publish(app, draft)
    [finding] = refused.value.findings
    assert (finding.rule, finding.approver) == (Rule.CONGRESS_CYCLE, "presidency")


@pytest.mark.both_databases
def test_group_is_refused_on_top_of_the_congress(app: Flask) -> None:
    publish(app, of_the_congress())
    with pytest.raises(Clash) as refused:
        plan(app, a_draft(groups=("labour-migration",)))
    assert [one.rule for one in refused.value.findings] == [Rule.CONGRESS_CYCLE]
    with pytest.raises(Clash):
        publish(app, of_the_congress(title=LocalizedText(es="Otro del congreso")))


def test_form_says_so_and_offers_to_ask(app: Flask, client: FlaskClient) -> None:
    plan(app, a_draft())
    act_as(app, ORGANIZER)
    refused = send(client, groups=[], prepares=["iv"], action="publish")
    assert refused.status_code == 409
    assert "convoca a las personas de todos los grupos de trabajo" in refused.text
    assert "Libre</strong>" not in refused.text
    assert 'id="ask"' in refused.text


def test_presidency_lets_both_stand_with_a_reason(app: Flask) -> None:
    group = plan(app, a_draft())
    beside = OverrideAsked(Rule.CONGRESS_CYCLE, f"event:{group}", REASON)
    publish(app, of_the_congress(), overrides=[beside])
    with app.app_context(), reading() as db:
        kept = db.execute(select(Override.rule, Override.against, Override.reason)).all()
    assert [tuple(row) for row in kept] == [(Rule.CONGRESS_CYCLE, f"event:{group}", REASON)]


def test_event_without_edition_and_group_claims_no_group(app: Flask) -> None:
    plan(app, a_draft())
    event = publish(app, a_draft(groups=(), title=LocalizedText(es="Abierto a todos")))
    assert claims_of_groups(app, event) == []


def test_lowered_rule_warns_and_the_database_does_not_refuse(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        set_rule(
            db,
            actor=PRESIDENCY,
            now=NOW,
            rule=Rule.CONGRESS_CYCLE,
            severity=Severity.WARN,
            threshold=None,
            valid_from=NOW.date(),
            valid_until=None,
            reason="Este año los grupos y el congreso se reúnen a la vez.",
        )
    plan(app, a_draft())
    event = publish(app, of_the_congress())
    assert not any(claims_of_groups(app, event))


def test_lanes_mark_a_congress_webinar_that_stands_beside_a_group(
    app: Flask, client: FlaskClient
) -> None:
    group = plan(app, a_draft())
    beside = OverrideAsked(Rule.CONGRESS_CYCLE, f"event:{group}", REASON)
    publish(app, of_the_congress(), overrides=[beside])
    with app.app_context(), reading() as db:
        kept = db.execute(select(Override.rule, Override.against, Override.reason)).all()
    assert [tuple(row) for row in kept] == [(Rule.CONGRESS_CYCLE, f"event:{group}", REASON)]
    act_as(app, ORGANIZER)
    shown = client.get("/programme/lanes?from=2027-03-08").text
    assert "Protección" in shown
    assert "se realizan a la vez" in shown or "a la vez que" in shown


def test_claims_of_all_groups_are_enforced_for_the_congress(app: Flask) -> None:
    event_id = publish(app, of_the_congress())
    with app.app_context(), reading() as db:
        rows = db.execute(
            select(Resource.kind, Claim.part, Claim.enforced)
            .join(Claim, Claim.resource_id == Resource.id)
            .join(Engagement, Engagement.id == Claim.engagement_id)
            .where(Engagement.holder == f"event:{event_id}", Resource.kind != "country")
        ).all()
    assert ("working-groups", "whole", True) in [tuple(row) for row in rows]
