"""Another like this (R63): what a copy takes over, and what it leaves behind."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.refusal import NotAllowed
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.participation.materials import services as materials
from app.participation.materials.models import Material
from app.participation.materials.values import MaterialDraft, MaterialKind, Visibility
from app.participation.registrations.models import Registration
from app.planning.agenda.services import add_session
from app.planning.arranging.queries.planning import session_details
from app.planning.arranging.rules.agenda import NotCopied, agenda_in
from app.planning.arranging.services.planning import change_event, duplicate_event, write_brief
from app.planning.cycles.services.plans import add_entry
from app.planning.events.models import Attendance, Event
from app.planning.events.queries.events import brief_of, event_of
from app.planning.events.values import Brief, EntryDraft, EventDraft, EventStatus
from tests.planning.agenda.agenda import a_session
from tests.planning.events.planning_builders import (
    CONVENOR,
    HOUR,
    LABOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
    a_congress,
    a_draft,
    act_as,
    furnish,
    people,
    plan,
    typed,
)
from tests.support.actors import csrf_token

LATER = NINE + timedelta(days=14)


@pytest.fixture(autouse=True)
def _world(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        furnish(db)


def a_webinar(app: Flask) -> UUID:
    """Published, with people, brief, two sittings and two materials, a registration and attendance."""
    draft = a_draft(
        summary=LocalizedText(es="De qué trata", en="What it is about"),
        people=people(1, 2),
        join_url="https://meet.example.org/old",
        capacity=40,
    )
    event_id = plan(app, draft)
    with app.app_context(), transaction() as db:
        for start in (NINE, NINE + HOUR):
            session = a_session(span=Timespan(start, start + HOUR))
            add_session(db, actor=ORGANIZER, event_id=event_id, draft=session, now=NOW)
        brief = Brief(LocalizedText(es="Nota"), recording_url="https://video.example.org/1")
        write_brief(db, actor=ORGANIZER, event_id=event_id, brief=brief, now=NOW)
        for kind in (MaterialKind.TOOL, MaterialKind.REPORT):
            material = MaterialDraft(
                kind,
                LocalizedText(es=kind.value),
                "es",
                Visibility.PUBLIC,
                url="https://example.org/x",
            )
            materials.add_material(
                db, actor=ORGANIZER, event_id=event_id, draft=material, file_key="", now=NOW
            )
        db.add(Registration(event_id=event_id, person_id=3, created_at=NOW, changed_at=NOW))
        db.add(
            Attendance(event_id=event_id, person_id=3, minutes=60, source="manual", recorded_at=NOW)
        )
    return event_id


def duplicated(app: Flask, event_id: UUID, **changes: Any) -> UUID:
    with app.app_context(), transaction() as db:
        return duplicate_event(
            db, **{"actor": ORGANIZER, "event_id": event_id, "now": NOW, **changes}
        )


def test_r63_copy_is_a_draft_with_texts_groups_roles_and_without_date(app: Flask) -> None:
    source_id = a_webinar(app)
    copy_id = duplicated(app, source_id)
    with app.app_context(), reading() as db:
        source = event_of(db, actor=ORGANIZER, event_id=source_id)
        copy = event_of(db, actor=ORGANIZER, event_id=copy_id)
        assert copy.status is EventStatus.DRAFT
        assert (copy.title, copy.summary) == (source.title, source.summary)
        assert (copy.groups, copy.people) == (source.groups, source.people)
        assert copy.capacity == 40
        assert copy.span is None
        assert copy.join_url == ""
        assert copy.series_id is None
        brief = brief_of(db, event_id=copy_id).brief
        assert (brief.concept, brief.recording_url) == (LocalizedText(es="Nota"), "")
        for table in (Registration, Attendance):
            held = select(func.count()).select_from(table).where(table.event_id == copy_id)
            assert db.scalar(held) == 0


def test_r63_agenda_follows_once_the_copy_has_its_hours(app: Flask) -> None:
    copy_id = duplicated(app, a_webinar(app))
    with app.app_context(), transaction() as db:
        assert session_details(db, event_id=copy_id) == ()
        draft: EventDraft = event_of(db, actor=ORGANIZER, event_id=copy_id).as_draft()
        dated = a_draft(
            title=draft.title, people=draft.people, span=Timespan(LATER, LATER + 90 * HOUR / 60)
        )
        change_event(db, actor=ORGANIZER, event_id=copy_id, draft=dated, now=NOW, publish=True)
        [sitting] = session_details(db, event_id=copy_id)
        assert sitting.span == Timespan(LATER, LATER + HOUR)
        assert db.get_one(Event, copy_id).agenda_from is None


def test_a_copy_of_a_copy_takes_over_the_first_agenda(app: Flask) -> None:
    source_id = a_webinar(app)
    second = duplicated(app, duplicated(app, source_id))
    with app.app_context(), reading() as db:
        assert db.get_one(Event, second).agenda_from == source_id


def test_r63_materials_are_handed_out_again_but_not_the_report(app: Flask) -> None:
    copy_id = duplicated(app, a_webinar(app))
    with app.app_context():
        platform(app).jobs.drain()
    with app.app_context(), reading() as db:
        kinds = db.scalars(select(Material.kind).where(Material.event_id == copy_id)).all()
    assert kinds == ["tool"]


def test_materials_of_a_copy_are_not_doubled_by_a_second_delivery(app: Flask) -> None:
    source_id = a_webinar(app)
    copy_id = duplicated(app, source_id)
    with app.app_context():
        for _delivery in range(2):
            with transaction() as db:
                materials.copy_materials(
                    db, actor=ORGANIZER, source_id=source_id, event_id=copy_id, now=NOW
                )
        with reading() as db:
            count = select(func.count()).select_from(Material).where(Material.event_id == copy_id)
            assert db.scalar(count) == 1


def test_congress_is_not_duplicated(app: Flask) -> None:
    event_id = plan(app, a_congress("iii", NINE))
    with pytest.raises(NotCopied):
        duplicated(app, event_id)


@pytest.mark.parametrize(("who", "refusal"), [(LABOUR, NotAllowed), (OFFICIAL, NotAllowed)])
def test_only_planners_of_its_groups_duplicate(
    app: Flask, who: Any, refusal: type[Exception]
) -> None:
    event_id = plan(app, a_draft())
    with pytest.raises(refusal):
        duplicated(app, event_id, actor=who)
    assert duplicated(app, event_id, actor=CONVENOR) != event_id


def test_sittings_that_do_not_fit_stay_behind() -> None:
    before = Timespan(NINE, NINE + 3 * HOUR)
    sittings = [Timespan(NINE, NINE + HOUR), Timespan(NINE + 2 * HOUR, NINE + 3 * HOUR)]
    found = agenda_in(sittings, before, Timespan(LATER, LATER + 2 * HOUR))
    assert found == (Timespan(LATER, LATER + HOUR), None)


def test_r63_on_screen_two_presses_and_a_date_make_the_next_webinar(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    event_id = a_webinar(app)
    page = f"/events/{event_id}"
    assert f'action="{page}/duplicate"' in client.get(page).text
    token = {"csrf_token": csrf_token(client)}
    answer = client.post(f"{page}/duplicate", data=token)
    assert answer.status_code == 303
    form = client.get(answer.location)
    shown = dict(re.findall(r'<input[^>]* name="(start|end|on)"[^>]* value="([^"]*)"', form.text))
    assert shown == {"on": "", "start": "09:00", "end": "11:00"}
    assert "Póngale fecha" in form.text
    assert 'name="on" type="date" value=""' in form.text


def test_r63_range_typed_into_a_copy_wins_over_the_proposed_end(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    copy_id = duplicated(app, a_webinar(app))
    page = f"/events/{copy_id}/edit"
    seen = re.search(r'name="seen" value="([^"]*)"', client.get(page).text)
    assert seen is not None
    sent = {
        **typed(on="2027-03-29", start="15-16:30", end="11:00", event_id=str(copy_id)),
        "seen": seen[1],
        "csrf_token": csrf_token(client),
    }
    checked = client.post("/events/plan/check", data=sent).text
    assert "15:00–16:30" in checked
    boxes = dict(re.findall(r'<input[^>]* name="(start|end)"[^>]* value="([^"]*)"', checked))
    assert boxes == {"start": "15:00", "end": "16:30"}
    shown = client.post(page, data={**sent, "action": "check"}).text
    boxes = dict(re.findall(r'<input[^>]* name="(start|end)"[^>]* value="([^"]*)"', shown))
    assert boxes == {"start": "15:00", "end": "16:30"}
    assert client.post(page, data={**sent, "action": "save"}).status_code == 303
    with app.app_context(), reading() as db:
        span = event_of(db, actor=ORGANIZER, event_id=copy_id).span
    start = datetime(2027, 3, 29, 21, tzinfo=UTC)
    assert span == Timespan(start, start + 1.5 * HOUR)


def test_r63_copy_leaves_the_plan_entry_of_its_year_behind(app: Flask, client: FlaskClient) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        words = EntryDraft(LocalizedText(es="Seminarios"))
        entry_id = add_entry(db, actor=ORGANIZER, year=2027, draft=words, now=NOW)
    event_id = plan(app, a_draft(plan_entry_id=entry_id))
    copy_id = duplicated(app, event_id)
    shown = client.get(f"/events/{copy_id}/edit").text
    assert f'<option value="{entry_id}">' in shown
    assert f'<option selected value="{entry_id}">' not in shown
    with app.app_context(), reading() as db:
        assert event_of(db, actor=ORGANIZER, event_id=copy_id).as_draft().plan_entry_id is None
