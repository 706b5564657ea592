"""Writing an agreement down: who may, what it must say, who is told."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.followup.agreements.models import AgreementProposal
from app.followup.agreements.queries.agreements import (
    AgreementFilters,
    Unsettled,
    agreement_of,
    agreements_of,
    agreements_page,
    personal_data,
    unsettled_agreements,
)
from app.followup.agreements.rules import NotHeldYet, paragraph_of
from app.followup.agreements.services.agreements import (
    change_agreement,
    erase_person,
    record_agreement,
    record_reviews,
    report_status,
)
from app.followup.agreements.values import (
    Paragraph,
    Responsible,
    ResponsibleKind,
    Status,
    StatusReport,
    Verb,
)
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.office.notifications.tasks.agreements import on_agreement_recorded, remind_of_due
from app.office.outbox.models import Message
from app.people.directory.models import FocalPoint, Institution
from app.people.identity.models import Account
from tests.followup.agreements.world import (
    FOCAL_POINT,
    GUATEMALA,
    HONDURAS,
    NOW,
    OF_GUATEMALA,
    ORGANIZER,
    SECRETARIAT,
    TODAY,
    a_draft,
    a_meeting,
    agreed,
    congress_with_follow_up,
    status_of,
)
from tests.planning.events.planning_builders import CONVENOR, LABOUR, OFFICIAL, furnish
from tests.planning.events.rows import add_event, counted_statements

pytestmark = [pytest.mark.usefixtures("app_context"), pytest.mark.at(NOW)]


def errors_of(event_id: Any, **changes: Any) -> set[str]:
    with transaction() as db, pytest.raises(InvalidInput) as refused:
        record_agreement(db, actor=ORGANIZER, event_id=event_id, draft=a_draft(**changes), now=NOW)
    return set(refused.value.errors)


@pytest.mark.both_databases
def test_an_agreement_says_who_answers_by_when_and_is_read_back_as_written() -> None:
    with transaction() as db:
        furnish(db)
        congress = a_meeting(db, "congress")
        institution = Institution(
            country_code="GT", kind="migration", name=LocalizedText(es="Migración", en="Migration")
        )
        db.add(institution)
        db.flush()
        responsible = (
            HONDURAS,
            SECRETARIAT,
            Responsible(ResponsibleKind.INSTITUTION, str(institution.id)),
            Responsible(ResponsibleKind.WORKING_GROUP, "protection"),
            Responsible(ResponsibleKind.OBSERVER, "Red Ñandú"),
        )
        draft = a_draft(
            10, paragraph=Paragraph(10, "a"), responsible=responsible, verb=Verb.DEADLINE
        )
        agreement_id = record_agreement(
            db, actor=ORGANIZER, event_id=congress, draft=draft, now=NOW
        )
    with reading() as db:
        [one] = agreements_of(db, actor=OFFICIAL, event_id=congress)
    assert (one.id, str(one.paragraph), one.text, one.due) == (
        agreement_id,
        "10(a)",
        draft.text,
        draft.due,
    )
    assert [party.name.in_("en") for party in one.responsible] == [
        "Honduras",
        "Migration",
        "Protection Working Group",
        "",
        "Red Ñandú",
    ]
    assert one.countries == {"HN", "GT"}
    assert one.status is Status.OPEN


def test_what_is_not_sound_is_refused_at_its_field() -> None:
    with transaction() as db:
        furnish(db)
        event_id = a_meeting(db, "congress")
        agreed(db, event_id, 1)
    assert errors_of(event_id, number=1) == {"paragraph"}
    assert errors_of(event_id, number=2, text=LocalizedText(es=" ")) == {"text_es"}
    assert errors_of(event_id, number=2, text=LocalizedText(es="x" * 2001)) == {"text_es"}
    assert errors_of(event_id, number=2, responsible=()) == {"responsible"}
    assert errors_of(
        event_id, number=2, responsible=(Responsible(ResponsibleKind.COUNTRY, "XX"),)
    ) == {"responsible"}
    assert errors_of(event_id, number=2, verb=Verb.DEADLINE, due=None) == {"due"}
    assert errors_of(event_id, number=2, due=date(1999, 12, 31)) == {"due"}
    assert errors_of(event_id, number=2, section="IX.9") == {"section"}


@pytest.mark.parametrize(
    ("typed", "meant"), [("4", "4"), (" 10a ", "10(a)"), ("10(B)", "10(b)"), ("999", "999")]
)
def test_a_paragraph_is_read_in_its_usual_spellings(typed: str, meant: str) -> None:
    assert str(paragraph_of(typed)) == meant


@pytest.mark.parametrize("typed", ["", "0", "1000", "a", "10(ab)", "10.1", "-3", "٤", "1\n2"])
def test_what_is_no_paragraph_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(typed)}$"):
        paragraph_of(typed)


@pytest.mark.parametrize("who", [FOCAL_POINT, OFFICIAL, LABOUR])
def test_only_those_who_plan_the_event_write_down(who: Actor) -> None:
    with transaction() as db:
        furnish(db)
        event_id = add_event(db, groups=["protection"], starts_at=NOW - timedelta(days=1))
        assert agreed(db, event_id, 1, CONVENOR)
    with transaction() as db, pytest.raises(NotAllowed):
        agreed(db, event_id, 2, who)


def test_before_it_begins_nothing_is_agreed() -> None:
    with transaction() as db:
        furnish(db)
        coming = a_meeting(db, "follow-up", starts_at=NOW + timedelta(minutes=1))
        draft = add_event(db, status="draft", published_at=None, starts_at=NOW - timedelta(days=1))
        past = add_event(db, starts_at=None, date_precision="month", found_start="2024-05")
        assert agreed(db, past, 1)
    for event_id in (coming, draft):
        with transaction() as db, pytest.raises(NotHeldYet):
            agreed(db, event_id, 1)


def test_of_a_confidential_meeting_others_see_nothing() -> None:
    with transaction() as db:
        furnish(db)
        event_id = add_event(
            db, groups=["protection"], starts_at=NOW - timedelta(days=1), is_confidential=True
        )
        agreement_id = agreed(db, event_id, 1)
    with reading() as db:
        assert (
            agreements_page(
                db, actor=OFFICIAL, filters=AgreementFilters(), today=TODAY
            ).paging.total
            == 0
        )
        counted = unsettled_agreements(db, actor=FOCAL_POINT, today=TODAY, country="HN")
        assert counted == Unsettled(0, None, 0, None)
        with pytest.raises(NotFound):
            agreement_of(db, actor=FOCAL_POINT, agreement_id=agreement_id)
        assert (
            agreements_page(
                db, actor=CONVENOR, filters=AgreementFilters(), today=TODAY
            ).paging.total
            == 1
        )
        with pytest.raises(NotFound):
            agreements_page(db, actor=Actor(), filters=AgreementFilters(), today=TODAY)


@pytest.mark.both_databases
def test_a_focal_point_proposes_for_her_own_country_and_the_planners_decide() -> None:
    with transaction() as db:
        _, _, [agreement_id] = congress_with_follow_up(db, 1)
        proposal = StatusReport(Status.DONE, "Listo", "https://example.org/protocolo")
        assert not report_status(
            db, actor=FOCAL_POINT, agreement_id=agreement_id, report=proposal, now=NOW
        )
        report_status(
            db,
            actor=FOCAL_POINT,
            agreement_id=agreement_id,
            report=replace(proposal, note="Ya"),
            now=NOW,
        )
        assert status_of(db, agreement_id) == "open"
    for who in (OF_GUATEMALA, OFFICIAL, LABOUR):
        with transaction() as db, pytest.raises(NotAllowed):
            report_status(db, actor=who, agreement_id=agreement_id, report=proposal, now=NOW)
    with reading() as db:
        assert [row.note for row in db.scalars(select(AgreementProposal))] == ["Ya"]
        mine, _ = agreement_of(db, actor=FOCAL_POINT, agreement_id=agreement_id)
        theirs, _ = agreement_of(db, actor=OF_GUATEMALA, agreement_id=agreement_id)
    assert (len(mine.proposals), len(theirs.proposals)) == (1, 0)
    with transaction() as db:
        assert report_status(
            db, actor=ORGANIZER, agreement_id=agreement_id, report=proposal, now=NOW
        )
        assert status_of(db, agreement_id) == "done"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//example.org", "https://", "ftp://example.org", "http://[x"]
)
def test_evidence_is_a_link_to_the_web(url: str) -> None:
    with transaction() as db:
        _, _, [agreement_id] = congress_with_follow_up(db, 1)
    with transaction() as db, pytest.raises(InvalidInput) as refused:
        report_status(
            db,
            actor=ORGANIZER,
            agreement_id=agreement_id,
            report=StatusReport(Status.DONE, "", url),
            now=NOW,
        )
    assert set(refused.value.errors) == {"evidence_url"}


def test_overdue_is_a_matter_of_the_day_and_of_what_is_open() -> None:
    with transaction() as db:
        _, follow_up, ids = congress_with_follow_up(db, 3)
        change_agreement(
            db, actor=ORGANIZER, agreement_id=ids[0], draft=a_draft(1, due=TODAY), now=NOW
        )
        done = {ids[1]: StatusReport(Status.DONE)}
        record_reviews(db, actor=ORGANIZER, event_id=follow_up, reports=done, now=NOW)

    def numbers(today: date, **filters: str) -> list[int]:
        with reading() as db:
            page = agreements_page(
                db, actor=OFFICIAL, filters=AgreementFilters(**filters), today=today
            )
        return [one.paragraph.number for one in page.agreements]

    assert numbers(TODAY, which="overdue") == []
    assert numbers(TODAY + timedelta(days=1), which="overdue") == [1]
    assert numbers(date(2027, 3, 2), which="overdue") == [1, 3]
    assert numbers(TODAY, which="settled") == [2]
    assert numbers(TODAY, which="all", country="HN", edition="iii") == [1, 2, 3]
    assert (
        numbers(TODAY, which="all", country="GT") == numbers(TODAY, which="all", edition="iv") == []
    )


def test_the_list_costs_the_same_for_one_and_for_many(app: Flask) -> None:
    def cost() -> int:
        with counted_statements(app) as found, reading() as db:
            agreements_page(db, actor=OFFICIAL, filters=AgreementFilters("all"), today=TODAY)
        return len(found)

    with transaction() as db:
        congress, follow_up, ids = congress_with_follow_up(db, 1)
        record_reviews(
            db,
            actor=ORGANIZER,
            event_id=follow_up,
            reports={ids[0]: StatusReport(Status.OPEN)},
            now=NOW,
        )
    one = cost()
    with transaction() as db:
        for number in range(2, 5):
            agreed(db, congress, number, responsible=(GUATEMALA, SECRETARIAT))
        agreed(db, follow_up, 1)
    assert cost() == one


def test_focal_points_are_told_once_when_named_and_a_fortnight_before_it_is_due() -> None:
    with transaction() as db:
        furnish(db)
        year = date(2026, 1, 1)
        before = FocalPoint(
            person_id=3, country_code="HN", valid_from=date(2025, 1, 1), valid_until=year
        )
        db.add_all(
            [
                FocalPoint(person_id=2, country_code="HN", valid_from=year),
                before,
                FocalPoint(person_id=1, country_code="GT", valid_from=year),
            ]
        )
        congress = a_meeting(db, "congress")
        agreement_id = agreed(db, congress, 1, due=TODAY + timedelta(days=14))
        agreed(db, congress, 2, responsible=(SECRETARIAT,))
        draft = a_draft(1, due=TODAY + timedelta(days=14), responsible=(HONDURAS, GUATEMALA))
        assert change_agreement(
            db, actor=ORGANIZER, agreement_id=agreement_id, draft=draft, now=NOW
        )
        assert not change_agreement(
            db, actor=ORGANIZER, agreement_id=agreement_id, draft=draft, now=NOW
        )
    with transaction() as db:
        entries = db.scalars(
            select(JournalEntry).where(JournalEntry.subject_kind == "agreement")
        ).all()
        for entry in (*entries, entries[0]):
            on_agreement_recorded(db, entry, now=NOW)
    assert sorted(letters()) == [("p1@example.org", "es"), ("p2@example.org", "es")]
    remind_of_due()
    remind_of_due()
    assert len(letters()) == 4
    with transaction() as db:
        report_status(
            db,
            actor=ORGANIZER,
            agreement_id=agreement_id,
            report=StatusReport(Status.DONE),
            now=NOW,
        )
        change_agreement(
            db, actor=ORGANIZER, agreement_id=agreement_id, draft=a_draft(1, due=TODAY), now=NOW
        )
    remind_of_due()
    assert len(letters()) == 4


def letters() -> list[tuple[str, str]]:
    with reading() as db:
        return [(row.recipient, row.language) for row in db.scalars(select(Message))]


def test_who_wrote_it_can_be_told_and_forgotten() -> None:
    with transaction() as db:
        _, _, ids = congress_with_follow_up(db, 2)
        db.get_one(Account, 1).person_id = 3
    with reading() as db:
        assert personal_data(db, 3)["agreements_recorded"] == [str(one) for one in ids]
        assert personal_data(db, 2)["agreements_recorded"] == []
    with transaction() as db:
        erase_person(db, person_id=3, now=NOW)
        assert personal_data(db, 3)["agreements_recorded"] == []
        assert (
            len(
                agreements_page(
                    db, actor=SYSTEM, filters=AgreementFilters(), today=TODAY
                ).agreements
            )
            == 2
        )
