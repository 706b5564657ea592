"""A person's past: what was believed on a day as against what is known of it now."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.ctx import AppContext
from flask.testing import FlaskClient

from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.seen import mark_of
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Person
from app.people.directory.queries.people import record_for_mark
from app.people.directory.services.people import correct_record
from app.people.directory.services.roster import record_answers
from app.people.directory.values import EndReason, PersonDraft, RosterAnswer
from app.training.turnover.queries.history import PersonHistory, person_history
from app.training.turnover.rules.history import (
    PersonPast,
    believed_on,
    known_of,
    served_by_belief,
)
from app.training.turnover.values import (
    KeptCertificate,
    PastKind,
    PostRecord,
    RecordCorrection,
)
from app.web.site import site
from tests.training.turnover.builders import (
    ORGANIZER,
    a_certificate,
    an_edition,
    an_institution,
    an_official,
    focal_point,
)

pytestmark = pytest.mark.usefixtures("day_of_figures")

HN, GT = focal_point("HN"), focal_point("GT")
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
ZONE = "America/Tegucigalpa"


def a_post(
    *,
    until: date | None = None,
    recorded_on: date | None = None,
    end_recorded_on: date | None = None,
    ends: tuple[tuple[date, date | None], ...] = (),
    confirmed: tuple[date, ...] = (),
) -> PostRecord:
    return PostRecord(
        appointment_id=1,
        title=LocalizedText(es="Oficial"),
        institution=LocalizedText(es="Migración"),
        valid_from=date(2024, 1, 1),
        valid_until=until,
        recorded_on=recorded_on,
        end_recorded_on=end_recorded_on,
        ends=ends,
        confirmed=confirmed,
    )


def past(*posts: PostRecord, **more: object) -> PersonPast:
    return PersonPast(
        full_name="Ana Núñez",
        posts=posts,
        certificates=more.get("certificates", ()),  # type: ignore[arg-type]
        corrections=more.get("corrections", ()),  # type: ignore[arg-type]
    )


def test_an_end_recorded_late_was_not_believed_before() -> None:
    """Left on 15 April, written down on 20 May: on 1 May she was believed to serve."""
    post = a_post(until=date(2026, 4, 15), end_recorded_on=date(2026, 5, 20))
    told = a_post(until=date(2026, 4, 15), ends=((date(2026, 5, 20), date(2026, 4, 15)),))
    for one in (post, told):
        believed = believed_on(past(one), MAY)
        assert len(served_by_belief(believed, MAY)) == 1
        assert known_of(past(one), MAY).posts == ()
        assert served_by_belief(believed_on(past(one), JUNE), JUNE) == ()


def test_an_end_that_was_taken_back_was_believed_in_between() -> None:
    ends = ((date(2026, 4, 20), date(2026, 4, 15)), (date(2026, 5, 20), None))
    there = past(a_post(ends=ends))
    assert served_by_belief(believed_on(there, MAY), MAY) == ()
    assert len(served_by_belief(believed_on(there, JUNE), JUNE)) == 1
    assert len(known_of(there, MAY).posts) == 1


def test_what_was_recorded_later_was_not_believed() -> None:
    there = past(
        a_post(recorded_on=date(2026, 5, 2), confirmed=(date(2026, 4, 1), date(2026, 5, 9))),
        certificates=(
            KeptCertificate(
                LocalizedText(es="Curso"), date(2026, 4, 1), date(2026, 5, 10), None, None, False
            ),
        ),
        corrections=(
            RecordCorrection("full_name", None, "Ana Nuñes", "Ana Núñes", date(2026, 4, 2)),
            RecordCorrection("full_name", None, "Ana Núñes", "Ana Núñez", date(2026, 5, 3)),
        ),
    )
    believed, known = believed_on(there, MAY), known_of(there, MAY)
    assert (believed.full_name, believed.posts, believed.certificates) == ("Ana Núñes", (), ())
    assert (known.full_name, len(known.posts), len(known.certificates)) == ("Ana Núñez", 1, 1)
    later = believed_on(there, date(2026, 5, 10))
    assert (later.full_name, len(later.certificates)) == ("Ana Núñez", 1)
    assert later.posts[0].confirmed_on == date(2026, 5, 9)


def history(actor: Actor, person: int, country: str = "HN") -> PersonHistory:
    with reading() as db:
        return person_history(
            db, actor=actor, country_code=country, person_id=person, timezone=ZONE
        )


@pytest.mark.both_databases
def test_a_correction_and_a_late_end_are_lines_and_rewrite_nothing(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        appointment, person = an_official(
            db, an_institution(db), name="Ana Nuñes", confirmed_on=None
        )
        a_certificate(db, person, an_edition(db))
    told = datetime(2026, 5, 20, 18, 0, tzinfo=UTC)
    with transaction() as db:
        answer = RosterAnswer(appointment, EndReason.LEFT, date(2026, 4, 15))
        record_answers(
            db, actor=HN, country_code="HN", answers=[answer], today=told.date(), now=told
        )
        correct_record(
            db,
            actor=HN,
            person_id=person,
            draft=PersonDraft("Ana Núñez", db.get_one(Person, person).email),
            seen=mark_of(record_for_mark(db, person)),
            now=datetime(2026, 6, 2, 18, 0, tzinfo=UTC),
        )
    found = history(HN, person)
    assert [(line.kind, line.true_on, line.recorded_on) for line in found.lines] == [
        (PastKind.CORRECTED, None, date(2026, 6, 2)),
        (PastKind.ENDED, date(2026, 4, 15), date(2026, 5, 20)),
        (PastKind.CERTIFIED, date(2025, 6, 1), date(2025, 6, 1)),
        (PastKind.STARTED, date(2024, 1, 1), None),
    ]
    believed = believed_on(found.past, MAY)
    assert believed.full_name == "Ana Nuñes"
    assert len(served_by_belief(believed, MAY)) == 1
    assert known_of(found.past, MAY).posts == ()
    for actor, country in ((GT, "HN"), (GT, "GT"), (HN, "GT"), (ORGANIZER, "HN")):
        with pytest.raises(NotFound):
            history(actor, person, country)


def test_the_page_sets_what_was_believed_beside_what_is_known(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        appointment, person = an_official(db, an_institution(db), name="Ana Núñez")
        row = db.get_one(Appointment, appointment)
        row.valid_until, row.end_reason = date(2026, 4, 15), "left"
        row.end_recorded_on = date(2026, 5, 20)
    site(app).load_actor = lambda: HN
    page = client.get(f"/countries/HN/people/{person}?on=2026-05-01&lang=es")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "Así constaba el 1 may 2026" in text
    assert "Lo que hoy se sabe del 1 may 2026" in text
    assert text.count("En ningún puesto.") == 1
    assert "20 may 2026" in text
    site(app).load_actor = lambda: GT
    assert client.get(f"/countries/HN/people/{person}").status_code == 404
