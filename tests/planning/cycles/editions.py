"""The yearly cycle for tests: acts on editions and annual plans done or refused, and a congress
that was held.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.plans import NotReady
from app.planning.arranging.services.planning import plan_event
from app.planning.cycles.services.editions import (
    add_item,
    add_source,
    save_table,
    set_edition_funding,
    tick_item,
)
from app.planning.events.models import Edition, Event, EventSession
from app.planning.events.values import NO_TEXT, EditionLink, EventDraft, LinkRole, TableDraft
from tests.planning.events.planning_builders import HOUR, NINE, NOW, ORGANIZER, a_congress
from tests.support.actors import csrf_token

DAY = timedelta(days=1)
PREPARES = (EditionLink("iv", LinkRole.PREPARATORY),)
OPENING, REVIEW = (
    LocalizedText(es="Apertura", en="Opening"),
    LocalizedText(es="Revisión", en="Review"),
)


def done(
    app: Flask, service: Any, *, actor: Actor = ORGANIZER, now: datetime = NOW, **given: Any
) -> Any:
    with app.app_context(), transaction() as db:
        return service(db, actor=actor, now=now, **given)


def seen(app: Flask, work: Any) -> Any:
    with app.app_context(), reading() as db:
        return work(db)


def look(app: Flask, query: Any) -> Any:
    with app.app_context(), reading() as db:
        return db.scalar(query)


def send(client: FlaskClient, path: str, seen_on: str = "", **fields: Any) -> Any:
    return client.post(path, data={**fields, "csrf_token": csrf_token(client)})


def plan(app: Flask, draft: EventDraft, *, publish: bool = False, actor: Actor = ORGANIZER) -> UUID:
    event_id: UUID = done(app, plan_event, actor=actor, draft=draft, publish=publish)
    return event_id


def facts(app: Flask) -> list[str]:
    return list(
        seen(app, lambda db: db.scalars(select(JournalEntry.fact).order_by(JournalEntry.id)).all())
    )


def add_sitting(
    app: Flask,
    event_id: UUID,
    kind: str,
    title: LocalizedText,
    span: Timespan,
    *,
    table: int | None = None,
) -> None:
    with app.app_context(), transaction() as db:
        db.add(
            EventSession(
                id=uuid4(),
                event_id=event_id,
                kind=kind,
                title=title,
                notes=NO_TEXT,
                work_table_id=table,
                starts_at=span.starts_at,
                ends_at=span.ends_at,
            )
        )


def reviewed(app: Flask, event_id: UUID, starts_at: datetime) -> None:
    add_sitting(
        app, event_id, "guidelines-review", REVIEW, Timespan(starts_at + HOUR, starts_at + 2 * HOUR)
    )


def lacking(app: Flask, service: Any, **given: Any) -> list[str]:
    with pytest.raises(NotReady) as refused:
        done(app, service, **given)
    return [lack.rule for lack in refused.value.lacks]


def status_of(app: Flask, event_id: UUID) -> str:
    with app.app_context(), reading() as db:
        return db.get_one(Event, event_id).status


def a_held_congress(app: Flask) -> UUID:
    """Edition III: two tables with people, two lines of which one is ticked, a donor, a congress
    with a day plan.
    """
    table = done(
        app,
        save_table,
        slug="iii",
        draft=TableDraft(LocalizedText(es="Mesa A", en="Table A"), 1, "HN", 1, 2),
    )
    done(app, save_table, slug="iii", draft=TableDraft(LocalizedText(es="Mesa B", en="Table B"), 2))
    ticked = done(app, add_item, slug="iii", words=LocalizedText(es="Invitar", en="Invite"))
    done(app, tick_item, slug="iii", item_id=ticked, is_done=True)
    done(app, add_item, slug="iii", words=LocalizedText(es="Intérpretes", en="Interpreters"))
    fund = done(app, add_source, name=LocalizedText(es="Fondo", en="Fund"))
    done(app, set_edition_funding, slug="iii", sources=[fund])
    congress = plan(
        app, a_congress("iii", NINE, timezone="America/Santo_Domingo"), publish=True, actor=SYSTEM
    )
    add_sitting(app, congress, "opening", OPENING, Timespan(NINE, NINE + HOUR))
    add_sitting(
        app,
        congress,
        "work-table",
        LocalizedText(es="Mesa A"),
        Timespan(NINE + HOUR, NINE + 3 * HOUR),
        table=table,
    )
    add_sitting(app, congress, "guidelines-review", REVIEW, Timespan(NINE + DAY, NINE + DAY + HOUR))
    return congress


def rows(db: Session, model: Any, slug: str) -> Sequence[Any]:
    edition = db.scalars(select(Edition).where(Edition.slug == slug)).one()
    return db.scalars(select(model).where(model.edition_id == edition.id).order_by(model.id)).all()
