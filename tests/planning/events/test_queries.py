"""Reads of events: a constant number of statements, and nothing that is not the actor's to see."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.ctx import AppContext
from sqlalchemy import event as listen

from app.infra.database import database, reading, transaction
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import cancel_event, plan_event
from app.planning.events.queries.events import (
    coming_untranslated,
    events_between,
    missing_translations,
)
from app.planning.events.values import EditionLink, EventDraft, LinkRole
from tests.planning.events.planning_builders import (
    CONVENOR,
    HOUR,
    LABOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
    a_draft,
    furnish,
    people,
)


@pytest.fixture(autouse=True)
def _world(app_context: AppContext) -> None:
    with transaction() as db:
        furnish(db)


def on_day(day: int, **changes: object) -> EventDraft:
    starts = NINE + timedelta(days=day)
    link = (EditionLink("iii", LinkRole.FOLLOW_UP),)
    return a_draft(
        **{
            "span": Timespan(starts, starts + HOUR),
            "people": people(1, 2),
            "links": link,
            **changes,
        }
    )


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    listen.listen(database.engine, "before_cursor_execute", note)
    yield seen
    listen.remove(database.engine, "before_cursor_execute", note)


def test_as_many_statements_for_three_events_as_for_one(app: Flask) -> None:
    counts = []
    for days in ((0,), (1, 2)):
        with transaction() as db:
            for day in days:
                plan_event(
                    db,
                    actor=ORGANIZER,
                    draft=on_day(day, title=LocalizedText(es="Uno")),
                    publish=True,
                    now=NOW,
                )
        for actor in (ORGANIZER, CONVENOR, OFFICIAL, ANONYMOUS):
            with counted() as seen, reading() as db:
                found, total = events_between(db, actor=actor)
                missing_translations(db, actor=actor)
            assert len(found) == total
            assert found[-1].groups
            counts.append((len(found), len(seen)))
    ones, threes = counts[:4], counts[4:]
    assert [n for n, _count in ones] == [1] * 4
    assert [n for n, _count in threes] == [3] * 4
    assert [count for _n, count in ones] == [count for _n, count in threes]


def test_coming_untranslated_are_those_missing_translations_that_are_not_over() -> None:
    titles = {"both": LocalizedText(es="Uno", en="One"), "one": LocalizedText(es="Dos")}
    with transaction() as db:
        for day, (group, text) in enumerate(
            (group, text)
            for group in ("protection", "labour-migration")
            for text in titles.values()
        ):
            draft = on_day(day, title=text, groups=(group,))
            plan_event(db, actor=ORGANIZER, draft=draft, publish=True, now=NOW)
    for actor, expected in ((ORGANIZER, 2), (CONVENOR, 1), (OFFICIAL, 0)):
        with reading() as db:
            missing = missing_translations(db, actor=actor)
            coming = coming_untranslated(db, actor=actor, now=NOW)
            later = coming_untranslated(db, actor=actor, now=NOW + timedelta(days=365))
        assert [one.id for one in coming] == [event.id for event in missing]
        assert len(coming) == expected
        assert later == ()


def test_each_actor_sees_what_is_theirs() -> None:
    drafts = {
        "draft": (on_day(0), False),
        "labour draft": (on_day(1, groups=("labour-migration",)), False),
        "public": (on_day(2), True),
        "secret": (on_day(3, is_confidential=True), True),
        "secret that needs me": (
            on_day(4, is_confidential=True, groups=(), people=people(3)),
            True,
        ),
        "cancelled draft": (on_day(5), False),
    }
    with transaction() as db:
        for name, (draft, publish) in drafts.items():
            titled = EventDraft(**{**vars(draft), "title": LocalizedText(es=name)})
            event_id = plan_event(db, actor=ORGANIZER, draft=titled, publish=publish, now=NOW)
            if name == "cancelled draft":
                cancel_event(db, actor=ORGANIZER, event_id=event_id, now=NOW)

    def seen_by(actor: Actor) -> set[str]:
        with reading() as db:
            return {event.title["es"] for event in events_between(db, actor=actor)[0]}

    assert seen_by(ORGANIZER) == drafts.keys()
    assert seen_by(CONVENOR) == {"draft", "public", "secret", "cancelled draft"}
    assert seen_by(LABOUR) == {"labour draft", "public"}
    assert seen_by(OFFICIAL) == {"public", "secret that needs me"}
    assert seen_by(ANONYMOUS) == {"public"}
