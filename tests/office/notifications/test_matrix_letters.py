"""Focal points hear once what a period of the matrix brought, in their own language (R17)."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.followup.matrix.services import publish_period
from app.followup.matrix.values import RowKind, RowSharing
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.text import LocalizedText
from app.office.notifications.tasks.matrix import on_matrix_published
from app.office.outbox.models import Message
from app.people.directory.models import FocalPoint, Person
from tests.followup.matrix.test_matrix import AFTER, OF_GUATEMALA, a_fact, a_period, sent, world
from tests.planning.events.planning_builders import FOCAL_POINT, ORGANIZER

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("app_context")]


def a_published_period(db: Session) -> None:
    world(db)
    since = date(2026, 1, 1)
    db.add_all(
        [
            FocalPoint(person_id=2, country_code="HN", valid_from=since),
            FocalPoint(person_id=1, country_code="GT", valid_from=since),
        ]
    )
    db.execute(update(Person).where(Person.id == 1).values(language="en"))
    period = a_period(db)
    sent(
        db,
        period,
        FOCAL_POINT,
        "HN",
        a_fact(fact=LocalizedText(es="Ocotepeque abre.", en="Ocotepeque opens.")),
        a_fact(fact=LocalizedText(es="Solo nuestro."), sharing=RowSharing.COUNTRY),
    )
    sent(
        db,
        period,
        OF_GUATEMALA,
        "GT",
        a_fact(kind=RowKind.OBSTACLE, fact=LocalizedText(es="Sin intérpretes.", en="Nobody.")),
        a_fact(fact=LocalizedText(es="Tecún Umán amplió.", en="Tecún Umán opens longer.")),
    )
    publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)


def test_r17_each_of_two_countries_is_told_of_the_others_row_in_its_language_once() -> None:
    with transaction() as db:
        a_published_period(db)
    with transaction() as db:
        [entry] = db.scalars(
            select(JournalEntry).where(JournalEntry.fact == "MatrixPeriodPublished")
        )
        for _again in range(2):
            on_matrix_published(db, entry, now=AFTER)
    with reading() as db:
        letters = {one.recipient: one.body for one in db.scalars(select(Message))}
    assert set(letters) == {"p1@example.org", "p2@example.org"}, "once each"
    spanish, english = letters["p2@example.org"], letters["p1@example.org"]
    near, rest = spanish.split("También es nuevo:")
    assert "Cercano a lo que su país escribió:\n\n– Guatemala: Tecún Umán amplió." in near
    assert "– Guatemala: Sin intérpretes." in rest, "what is not near comes after it"
    assert "Near to what your country wrote:\n\n– Honduras: Ocotepeque opens." in english
    assert "Solo nuestro" not in english, "what a country keeps to itself stays there"
