"""A country that gives no names: whoever writes somebody down for it at the same moment."""

from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.people.directory.models import Appointment, Institution
from app.people.directory.rules.people import GivesNoNames
from app.people.directory.services.counts_only import (
    empty_roster,
    locked_for_choice,
    take_up_names,
)
from app.people.directory.services.roster import start_appointment
from app.people.directory.values import Newcomer
from tests.training.turnover.builders import NOW, TODAY, a_staff, focal_point


@pytest.mark.both_databases
def test_r65_newcomer_written_down_at_the_same_moment_is_refused(app: Flask) -> None:
    """The focal point's right was asked before the choice was made: the row of the country decides."""
    with app.app_context(), transaction() as db:
        a_staff(db, serving=3)
        place = db.scalars(select(Institution.id)).one()
    newcomer = Newcomer("Ana Nueva", "ana@example.org", place, "Cónsul", TODAY)
    is_locked, answers = Event(), []

    def write_down() -> None:
        is_locked.wait()
        try:
            with app.app_context(), transaction() as db:
                start_appointment(
                    db,
                    actor=focal_point("HN"),
                    country_code="HN",
                    newcomer=newcomer,
                    today=TODAY,
                    now=NOW,
                )
        except GivesNoNames as refusal:
            answers.append(refusal.rule)

    writer = Thread(target=write_down)
    writer.start()
    with app.app_context(), transaction() as db:
        country = locked_for_choice(db, actor=SYSTEM, country_code="HN")
        is_locked.set()
        writer.join(0.05)
        empty_roster(db, actor=SYSTEM, country=country, people=0, now=NOW)
    writer.join()
    assert answers == ["gives-no-names"]
    with app.app_context(), transaction() as db:
        assert db.scalar(select(func.count(Appointment.id))) == 0
        assert take_up_names(db, actor=SYSTEM, country_code="HN", now=NOW)
        assert not take_up_names(db, actor=SYSTEM, country_code="HN", now=NOW)
    is_locked.set()
    write_down()
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count(Appointment.id))) == 1
