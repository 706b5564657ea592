"""Promotion from the waiting list after planning changed the event, in the same transaction."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import inspect

from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.participation.registrations.models import Registration
from app.participation.registrations.values import RegistrationStatus
from app.planning.arranging.services.planning import change_event
from app.planning.events.models import REGISTRATION
from app.planning.events.values import (
    PENDING,
    REGISTERED,
    SEES_EVENT,
    WAITING,
    EventDraft,
    EventKind,
)
from tests.participation.registrations.builders import asks, people_of, statuses, told, waiting_list
from tests.planning.events.rows import NOW, STARTS, an_event
from tests.support.actors import actor_of


def change(app: Flask, event_id: UUID, capacity: int) -> None:
    draft = EventDraft(
        EventKind.WEBINAR,
        LocalizedText(es="Señales de trata", en="Signs of trafficking"),
        Timespan(STARTS, STARTS + timedelta(hours=1)),
        capacity=capacity,
    )
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        change_event(db, actor=organizer, event_id=event_id, draft=draft, now=NOW)


def test_more_capacity_in_the_plan_promotes_the_first_who_wait(app: Flask) -> None:
    event_id = an_event(app, capacity=1)
    people = people_of(app, ["HN", "GT", "CR", "MX"])
    for person in people:
        asks(app, event_id, person)
    change(app, event_id, capacity=3)
    assert waiting_list(app, event_id) == people[3:]
    assert told(app, event_id)[-2:] == [("PlaceGiven", people[1]), ("PlaceGiven", people[2])]


def test_capacity_below_those_registered_is_refused_at_its_field(app: Flask) -> None:
    event_id = an_event(app, capacity=2)
    people = people_of(app, ["HN", "GT", "CR"])
    for person in people:
        asks(app, event_id, person)
    before = statuses(app, event_id)
    with pytest.raises(InvalidInput) as refused:
        change(app, event_id, capacity=1)
    assert list(refused.value.errors) == ["capacity"]
    assert statuses(app, event_id) == before


def test_planning_reads_columns_and_statuses_that_the_model_has(app: Flask) -> None:
    """The wing below names them without importing the model (decision 66)."""
    model = inspect(Registration).local_table
    assert str(model) == str(REGISTRATION)
    for column in REGISTRATION.columns:
        assert type(column.type) is type(model.columns[column.name].type)
    status = RegistrationStatus
    assert (REGISTERED, WAITING, PENDING) == (status.REGISTERED, status.WAITING, status.PENDING)
    assert set(SEES_EVENT) == {status.REGISTERED, status.WAITING, status.PENDING}
    with app.app_context(), reading() as db:
        assert db.execute(REGISTRATION.select()).all() == []
