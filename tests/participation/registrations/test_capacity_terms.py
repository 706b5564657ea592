"""On what terms one registers: who decides, who registers whom and until when, with what consent
and which code.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.timespan import Timespan
from app.participation.registrations.models import Registration, RegistrationConsent
from app.participation.registrations.rules import (
    AlreadyStarted,
    NothingToDecide,
    RegistrationClosed,
)
from app.participation.registrations.services.deciding import (
    approve_registration,
    decline_registration,
)
from app.participation.registrations.services.erasing import erase_person
from app.participation.registrations.services.registering import (
    agree,
    cancel_registration,
    register,
)
from app.participation.registrations.values import CONSENT_VERSION, ConsentPurpose, Origin
from app.planning.arranging.rules.clock import carried_deadline
from app.planning.arranging.services.planning import move_event
from app.planning.events.models import Event
from tests.participation.registrations.builders import (
    asks,
    cancels,
    people_of,
    statuses,
    told,
    waiting_list,
)
from tests.planning.events.rows import NOW, STARTS, an_event, change_event_row
from tests.support.actors import actor_of

pytestmark = pytest.mark.at(NOW)
ORGANIZER = Actor(account_id=0, name="Organizadora", grants=frozenset({Grant(Role.ORGANIZER)}))


@pytest.mark.both_databases
def test_nobody_is_registered_before_the_organizer_decides(app: Flask) -> None:
    event_id = an_event(app, capacity=1, needs_approval=True)
    first, second, third = people_of(app, ["HN", "GT", "CR"])
    assert [asks(app, event_id, person) for person in (first, second, third, first)] == [
        "pending"
    ] * 4

    def decide(person: int, *, yes: bool) -> None:
        with app.app_context(), transaction() as db:
            act = approve_registration if yes else decline_registration
            act(db, actor=ORGANIZER, event_id=event_id, person_id=person, now=NOW)

    decide(first, yes=True)
    decide(second, yes=True)
    decide(third, yes=False)
    assert statuses(app, event_id) == {first: "registered", second: "waiting", third: "declined"}
    assert asks(app, event_id, third) == "declined", "asking again decides nothing"
    for person, yes in ((first, True), (first, False), (second, False), (third, False)):
        with pytest.raises(NothingToDecide):
            decide(person, yes=yes)
    decide(third, yes=True)
    assert waiting_list(app, event_id) == [second, third]
    cancels(app, event_id, first)
    assert statuses(app, event_id)[second] == "registered"
    assert [fact for fact, _ in told(app, event_id) if fact != "ConsentGiven"] == [
        *["RegistrationPending"] * 3,
        "PlaceGiven",
        "RegistrationWaiting",
        "RegistrationDeclined",
        "RegistrationWaiting",
        "RegistrationCancelled",
        "PlaceGiven",
    ]


def test_only_who_runs_the_event_decides(app: Flask) -> None:
    event_id = an_event(app, needs_approval=True, groups=["protection"])
    (person,) = people_of(app, ["HN"])
    asks(app, event_id, person)
    for who in ("official-hn", "focal-point-hn", "convenor-labour"):
        actor = actor_of(app, who)
        for act in (approve_registration, decline_registration):
            with app.app_context(), pytest.raises(NotAllowed), transaction() as db:
                act(db, actor=actor, event_id=event_id, person_id=person, now=NOW)
    assert statuses(app, event_id) == {person: "pending"}


def test_after_the_deadline_only_an_organizer_writes_in_and_after_the_start_nobody(
    app: Flask,
) -> None:
    event_id = an_event(app, capacity=9, registration_closes_at=NOW)
    first, second = people_of(app, ["HN", "HN"])
    focal_point = Actor(account_id=9, grants=frozenset({Grant(Role.FOCAL_POINT, "HN")}))
    for changes in ({}, {"origin": Origin.NOMINATION, "actor": focal_point}):
        with pytest.raises(RegistrationClosed):
            asks(app, event_id, first, **changes)
    by_organizer = {"origin": Origin.ORGANIZER, "actor": ORGANIZER, "consent_version": ""}
    assert asks(app, event_id, first, **by_organizer) == "registered"
    for changes in (by_organizer, {}):
        with pytest.raises(AlreadyStarted):
            asks(app, event_id, second, now=STARTS, **changes)


def test_who_may_register_whom(app: Flask) -> None:
    event_id = an_event(app, groups=["protection"])
    hn, gt, guest = people_of(app, ["HN", "GT", "HN"])
    focal_point, official = actor_of(app, "focal-point-hn"), actor_of(app, "official-hn")
    others = {"origin": Origin.NOMINATION, "consent_version": ""}
    assert asks(app, event_id, hn, actor=focal_point, **others) == "registered"
    for person, actor, origin in (
        (gt, focal_point, Origin.NOMINATION),
        (gt, official, Origin.SELF),
        (gt, official, Origin.NOMINATION),
        (gt, focal_point, Origin.ORGANIZER),
        (gt, official, Origin.GUEST),
        (gt, ORGANIZER, Origin.SELF),
    ):
        with pytest.raises(NotAllowed):
            asks(app, event_id, person, actor=actor, origin=origin)
    change_event_row(app, event_id, is_confidential=True)
    assert asks(app, event_id, guest, origin=Origin.GUEST) == "registered", (
        "the key opens a closed meeting"
    )
    with pytest.raises(NotFound):
        asks(app, event_id, gt)
    with app.app_context(), pytest.raises(NotAllowed), transaction() as db:
        cancel_registration(
            db, actor=ORGANIZER.__class__(person_id=guest), event_id=event_id, person_id=hn, now=NOW
        )
    for actor, person in ((focal_point, hn), (ORGANIZER, guest)):
        change_event_row(app, event_id, is_confidential=False)
        with app.app_context(), transaction() as db:
            assert cancel_registration(
                db, actor=actor, event_id=event_id, person_id=person, now=NOW
            )


def consents(app: Flask, event_id: UUID) -> set[tuple[str, str, bool]]:
    """Purpose, version and whether it is in force."""
    with app.app_context(), reading() as db:
        joined = (
            select(RegistrationConsent).join(Registration).where(Registration.event_id == event_id)
        )
        return {(row.purpose, row.version, row.withdrawn_at is None) for row in db.scalars(joined)}


def test_r55_consent_is_kept_by_purpose_and_version(app: Flask) -> None:
    event_id = an_event(app, capacity=5)
    (person,) = people_of(app, ["HN"])
    purposes = [ConsentPurpose.ATTENDANCE_LIST, ConsentPurpose.RECORDING]
    refusals: tuple[dict[str, Any], ...] = (
        {"consent_version": ""},
        {"consent_version": "2019-1"},
        {"purposes": [ConsentPurpose.RECORDING]},
        {"purposes": []},
        {"origin": Origin.GUEST, "consent_version": ""},
    )
    for refused in refusals:
        with pytest.raises(InvalidInput) as told_at:
            asks(app, event_id, person, **refused)
        assert set(told_at.value.errors) == {"consent"}
    assert statuses(app, event_id) == {}
    assert asks(app, event_id, person, purposes=purposes) == "registered"
    assert consents(app, event_id) == {
        ("attendance-list", "2026-1", True),
        ("recording", "2026-1", True),
    }

    def change(*ticked: ConsentPurpose) -> None:
        with app.app_context(), transaction() as db:
            agree(
                db,
                actor=Actor(person_id=person),
                event_id=event_id,
                consent_version=CONSENT_VERSION,
                purposes=ticked,
                now=NOW + timedelta(days=1),
            )

    change(ConsentPurpose.ATTENDANCE_LIST, ConsentPurpose.STATISTICS)
    assert consents(app, event_id) == {
        ("attendance-list", "2026-1", True),
        ("statistics", "2026-1", True),
        ("recording", "2026-1", False),
    }
    with pytest.raises(InvalidInput):
        change(ConsentPurpose.STATISTICS)
    with app.app_context(), reading() as db:
        entries = db.scalars(
            select(JournalEntry).where(JournalEntry.fact.like("Consent%")).order_by(JournalEntry.id)
        )
        said = [
            (entry.fact, entry.payload["purposes"], entry.payload.get("version"))
            for entry in entries
        ]
        kept = db.scalars(select(RegistrationConsent))
        given = {one.purpose: one.given_at for one in kept}
    assert said == [
        ("ConsentGiven", ["attendance-list", "recording"], "2026-1"),
        ("ConsentGiven", ["statistics"], "2026-1"),
        ("ConsentWithdrawn", ["recording"], None),
    ]
    assert given["attendance-list"] == NOW, "what was agreed to before keeps its time"


def test_r55_who_comes_back_has_agreed_to_what_she_ticks_now_and_no_more(app: Flask) -> None:
    event_id = an_event(app)
    (person,) = people_of(app, ["HN"])
    asks(app, event_id, person, purposes=[ConsentPurpose.ATTENDANCE_LIST, ConsentPurpose.RECORDING])
    cancels(app, event_id, person)
    asks(app, event_id, person, purposes=[ConsentPurpose.ATTENDANCE_LIST])
    assert consents(app, event_id) == {
        ("attendance-list", "2026-1", True),
        ("recording", "2026-1", False),
    }


def test_who_is_forgotten_waits_for_nothing_not_even_for_an_event_without_a_date(
    app: Flask,
) -> None:
    event_id = an_event(app, capacity=1)
    has, waits, later = people_of(app, ["HN", "GT", "CR"])
    for person in (has, waits, later):
        asks(app, event_id, person)
    change_event_row(app, event_id, starts_at=None, ends_at=None)
    with app.app_context(), transaction() as db:
        erase_person(db, person_id=waits, now=NOW)
    assert statuses(app, event_id) == {has: "registered", waits: "cancelled", later: "waiting"}


def test_nominated_people_confirm_later_themselves(app: Flask) -> None:
    event_id = an_event(app, capacity=5)
    person, other = people_of(app, ["HN", "HN"])
    focal_point = actor_of(app, "focal-point-hn")
    for _ in range(2):
        asks(app, event_id, person, actor=focal_point, origin=Origin.NOMINATION, consent_version="")
    assert consents(app, event_id) == set()
    with app.app_context(), pytest.raises(NotFound), transaction() as db:
        agree(
            db,
            actor=Actor(person_id=other),
            event_id=event_id,
            consent_version=CONSENT_VERSION,
            purposes=[ConsentPurpose.ATTENDANCE_LIST],
            now=NOW,
        )
    with app.app_context(), transaction() as db:
        found = register(
            db,
            actor=Actor(person_id=person),
            event_id=event_id,
            consent_version=CONSENT_VERSION,
            now=NOW,
        )
    assert not found.is_new
    assert consents(app, event_id) == {("attendance-list", "2026-1", True)}


def test_everybody_registered_has_an_own_code_and_keeps_it(app: Flask) -> None:
    event_id = an_event(app, capacity=2)
    people = people_of(app, ["HN", "GT", "CR"])
    for person in people:
        asks(app, event_id, person)

    def codes() -> dict[int, str | None]:
        with app.app_context(), reading() as db:
            asked = select(Registration.person_id, Registration.check_in_code)
            return {row.person_id: row.check_in_code for row in db.execute(asked)}

    before = codes()
    assert before[people[2]] is None
    first, second = before[people[0]] or "", before[people[1]] or ""
    assert first != second
    assert all(
        len(code) == 26 and set(code) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        for code in (first, second)
    )
    cancels(app, event_id, people[0])
    asks(app, event_id, people[0])
    cancels(app, event_id, people[1])
    assert codes()[people[0]] == first
    assert codes()[people[2]]


@pytest.mark.parametrize(
    ("becomes", "closes"),
    [
        ("2027-03-20T09:00-04:00", "2027-03-18T17:00-04:00"),
        ("2027-03-15T10:30-04:00", "2027-03-13T18:30-05:00"),  # the clocks changed on the 14th
    ],
)
def test_a_deadline_keeps_its_distance_to_the_start_by_the_clock(becomes: str, closes: str) -> None:
    zone = ZoneInfo("America/Toronto")
    was = datetime(2027, 3, 9, 9, tzinfo=zone)
    moved = datetime.fromisoformat(becomes).astimezone(zone)
    kept = carried_deadline(datetime(2027, 3, 7, 17, tzinfo=zone), was, moved)
    assert kept == datetime.fromisoformat(closes)


def test_a_deadline_stays_where_a_start_is_not_known() -> None:
    closes = datetime(2027, 3, 7, 17, tzinfo=UTC)
    assert (
        carried_deadline(closes, None, STARTS) == carried_deadline(closes, STARTS, None) == closes
    )
    assert carried_deadline(None, STARTS, STARTS) is None


def test_an_event_that_moves_takes_its_deadline_along(app: Flask) -> None:
    event_id = an_event(
        app, groups=["protection"], registration_closes_at=STARTS - timedelta(days=2)
    )
    later = Timespan(STARTS + timedelta(days=7), STARTS + timedelta(days=7, minutes=90))
    with app.app_context(), transaction() as db:
        move_event(db, actor=ORGANIZER, event_id=event_id, span=later, now=NOW)
    with app.app_context(), reading() as db:
        assert db.get_one(Event, event_id).registration_closes_at == later.starts_at - timedelta(
            days=2
        )
