"""Adding and removing a calendar, on both databases: who may, and what stands in the calendar of
record afterwards.
"""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.planning.calendars import queries, services
from app.planning.calendars.models import CalendarSource
from app.planning.calendars.rules import reading as reading_rules
from app.planning.calendars.services import add_source, pause_after, remove_source
from app.planning.calendars.values import SourceDraft, SourceKind
from app.planning.scheduling.models import Engagement
from tests.planning.calendars.builders import (
    NOW,
    TWO,
    URL,
    a_process,
    a_reading,
    facts_of,
    left_by,
    source_of,
)
from tests.support.actors import actor_of

pytestmark = pytest.mark.timeout(60)
NOBODYS = LocalizedText()


@pytest.fixture
def organizer(app: Flask) -> Actor:
    return actor_of(app, "organizer")


@pytest.mark.both_databases
def test_a_file_becomes_soft_claims_on_the_region_and_goes_with_its_calendar(
    app: Flask, organizer: Actor
) -> None:
    source_id = a_process(app, organizer, content=TWO)
    assert [row[1:] for row in left_by(app, source_id)] == [
        ("Pleno", "12-01T15:00", "region/rcm", False, "soft"),
        ("Cierre", "12-02T15:00", "region/rcm", False, "soft"),
    ]
    source = source_of(app, source_id)
    assert (source.entries, source.version, source.next_at) == (2, 1, None)
    with app.app_context(), transaction() as db:
        remove_source(db, actor=organizer, source_id=source_id, now=NOW)
    assert left_by(app, source_id) == []
    assert facts_of(app, source_id) == ["CalendarAdded", "CalendarRefreshed", "CalendarRemoved"]


def test_removing_one_calendar_leaves_those_whose_number_begins_alike(
    app: Flask, organizer: Actor
) -> None:
    ids = [a_process(app, organizer, content=TWO) for _ in range(11)]
    first, tenth = ids[0], ids[9]
    assert str(tenth).startswith(str(first))
    with app.app_context(), transaction() as db:
        remove_source(db, actor=organizer, source_id=first, now=NOW)
    assert len(left_by(app, tenth)) == 2


def test_busy_hours_are_claims_on_the_person_without_titles(app: Flask) -> None:
    her = actor_of(app, "official-hn")
    draft = SourceDraft(SourceKind.PERSON, NOBODYS, her.person_id)
    with app.app_context(), transaction() as db:
        source_id = add_source(
            db, actor=her, draft=draft, reading=a_reading(TWO, SourceKind.PERSON), now=NOW
        )
    assert [row[1:] for row in left_by(app, source_id)] == [
        ("Ocupado", "12-01T15:00", f"person/{her.person_id}", False, "soft"),
        ("Ocupado", "12-02T15:00", f"person/{her.person_id}", False, "soft"),
    ]
    with app.app_context(), reading() as db:
        assert {one.nature for one in db.scalars(select(Engagement))} == {"busy"}
        payloads = db.scalars(
            select(JournalEntry.payload).where(JournalEntry.subject_kind == "calendar")
        )
        assert "Pleno" not in repr(list(payloads))


@pytest.mark.both_databases
def test_entries_of_many_statements_are_one_transaction(
    app: Flask, organizer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than one statement of a thousand rows writes and than two of five hundred remove."""
    monkeypatch.setattr(reading_rules, "MOST_ENTRIES", 1_200)
    hourly = TWO.replace(b"DURATION:PT1H", b"DURATION:PT10M\r\nRRULE:FREQ=HOURLY", 1)
    source_id = a_process(app, organizer, content=hourly)
    assert len(left_by(app, source_id)) == 1_200
    with app.app_context(), transaction() as db:
        remove_source(db, actor=organizer, source_id=source_id, now=NOW)
    assert left_by(app, source_id) == []


def test_who_may_keep_what(app: Flask, organizer: Actor) -> None:
    presidency, her, him = (
        actor_of(app, name) for name in ("presidency", "official-hn", "official-gt")
    )
    process = SourceDraft(SourceKind.PROCESS, LocalizedText(es="SICA"), None, URL)
    hers = SourceDraft(SourceKind.PERSON, NOBODYS, her.person_id, URL)

    def may(actor: Actor, draft: SourceDraft) -> bool:
        with app.app_context(), transaction() as db:
            try:
                add_source(db, actor=actor, draft=draft, now=NOW)
            except NotAllowed:
                return False
            return True

    assert [may(actor, process) for actor in (organizer, presidency, her)] == [True, True, False]
    assert [may(actor, hers) for actor in (organizer, her, him, presidency)] == [
        True,
        True,
        False,
        False,
    ]
    with app.app_context(), reading() as db:
        seen = {
            a: [line.kind.value for line in queries.calendars_of(db, actor=a)]
            for a in (organizer, presidency, her, him)
        }
        mine = db.scalars(select(CalendarSource.id).where(CalendarSource.kind == "person")).first()
        assert queries.due(db, now=NOW)
    assert seen == {
        organizer: ["process", "process", "person", "person"],
        presidency: ["process", "process"],
        her: ["person", "person"],
        him: [],
    }
    assert mine is not None
    for stranger in (him, presidency):
        for act in (services.ask_reading, remove_source):
            with pytest.raises(NotFound), app.app_context(), transaction() as db:
                act(db, actor=stranger, source_id=mine, now=NOW)


def test_a_nameless_process_and_nobody_are_refused(app: Flask, organizer: Actor) -> None:
    for draft, field in (
        (SourceDraft(SourceKind.PROCESS, NOBODYS, None, URL), "name_es"),
        (SourceDraft(SourceKind.PERSON, NOBODYS, 999_999, URL), "person_id"),
        (SourceDraft(SourceKind.PERSON, NOBODYS, None, URL), "person_id"),
    ):
        with pytest.raises(InvalidInput) as caught, app.app_context(), transaction() as db:
            add_source(db, actor=organizer, draft=draft, now=NOW)
        assert list(caught.value.errors) == [field]


def test_the_pause_after_the_nth_failure() -> None:
    assert [pause_after(n) // timedelta(hours=1) for n in (1, 2, 5, 6, 500)] == [1, 2, 16, 24, 24]
