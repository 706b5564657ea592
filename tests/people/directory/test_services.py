"""Keeping the roster: who may, what is refused, what is told, on both databases."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.ctx import AppContext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.refusal import InvalidInput, NotFound
from app.people.directory.models import Appointment, Person, Post
from app.people.directory.queries import roster as queries_roster
from app.people.directory.rules import people as rules
from app.people.directory.services import roster
from app.people.directory.services.people import erase_person
from app.people.directory.values import SOMEBODY_ELSE, EndReason, Newcomer, RosterAnswer
from tests.planning.events.rows import every_statement
from tests.support.roster import confirm_appointment, end_appointment
from tests.training.turnover.builders import (
    NOW,
    OFFICIAL,
    ORGANIZER,
    TODAY,
    a_staff,
    an_institution,
    an_official,
    focal_point,
)

pytestmark = pytest.mark.usefixtures("app_context")
HN = focal_point("HN")
MAY = date(2026, 5, 1)


def told(db: Session, fact: str) -> list[JournalEntry]:
    return list(
        db.scalars(select(JournalEntry).where(JournalEntry.fact == fact).order_by(JournalEntry.id))
    )


def end(
    db: Session,
    appointment: int,
    *,
    actor: Actor = HN,
    on: date = MAY,
    reason: EndReason = EndReason.LEFT,
    country: str = "HN",
) -> bool:
    return end_appointment(
        db,
        actor=actor,
        country_code=country,
        appointment_id=appointment,
        reason=reason,
        on=on,
        today=TODAY,
        now=NOW,
    )


def confirm(db: Session, appointment: int, *, actor: Actor = HN, country: str = "HN") -> bool:
    return confirm_appointment(
        db, actor=actor, country_code=country, appointment_id=appointment, today=TODAY, now=NOW
    )


def start(
    db: Session,
    institution: int,
    *,
    name: str = "Ana  Ñáñez",
    email: str = "ana@example.org",
    title: str = "Cónsul",
    since: date = MAY,
    actor: Actor = HN,
    same_as: int | None = None,
    keeps_address: bool = False,
) -> int:
    return roster.start_appointment(
        db,
        actor=actor,
        country_code="HN",
        today=TODAY,
        now=NOW,
        newcomer=Newcomer(name, email, institution, title, since, same_as),
        keeps_address=keeps_address,
    )


def doubt(db: Session, appointment: int, *, actor: Actor = HN) -> roster.RosterOutcome:
    answer = RosterAnswer(appointment, None, TODAY, is_unsure=True)
    return roster.record_answers(
        db, actor=actor, country_code="HN", answers=[answer], today=TODAY, now=NOW
    )


def reopen(db: Session, appointment: int, *, actor: Actor = HN, today: date = TODAY) -> bool:
    return roster.reopen_appointment(
        db, actor=actor, country_code="HN", appointment_id=appointment, today=today, now=NOW
    )


@pytest.mark.both_databases
def test_answers_change_the_row_once_and_tell_it_with_the_actor(app_context: AppContext) -> None:
    with transaction() as db:
        here, gone = a_staff(db, serving=2)
        db.get_one(Appointment, here).confirmed_on = None
    with transaction() as db:
        assert (confirm(db, here), end(db, gone)) == (True, True)
        assert (confirm(db, here), end(db, gone)) == (False, False), "said twice"
    with reading() as db:
        kept, ended = db.get_one(Appointment, here), db.get_one(Appointment, gone)
        assert (kept.confirmed_on, kept.valid_until) == (TODAY, None)
        assert (ended.valid_until, ended.end_reason) == (MAY, "left")
        (confirmed,), (left,) = told(db, "AppointmentConfirmed"), told(db, "AppointmentEnded")
        assert confirmed.actor_account_id == left.actor_account_id == HN.account_id
        assert left.payload == {
            "appointment_id": gone,
            "person_id": ended.person_id,
            "country_code": "HN",
            "valid_until": "2026-05-01",
            "reason": "left",
        }


def test_a_second_end_in_other_words_is_refused(app_context: AppContext) -> None:
    with transaction() as db:
        (gone,) = a_staff(db, serving=1, certified=0)
        end(db, gone)
    for change in ({"on": TODAY}, {"reason": EndReason.MOVED}):
        with pytest.raises(rules.AlreadyEnded), transaction() as db:
            end(db, gone, **change)
    with pytest.raises(rules.AlreadyEnded), transaction() as db:
        confirm(db, gone)


def test_dates_are_refused_by_field_and_nothing_of_the_page_is_kept(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        one, two = a_staff(db, serving=2)
    tomorrow = RosterAnswer(two, EndReason.LEFT, TODAY + timedelta(days=1))
    for wrong in (tomorrow, RosterAnswer(two, EndReason.MOVED, date(2023, 12, 31))):
        with pytest.raises(InvalidInput) as refused, transaction() as db:
            roster.record_answers(
                db,
                actor=HN,
                country_code="HN",
                today=TODAY,
                now=NOW,
                answers=(RosterAnswer(one, None, TODAY), wrong),
            )
        assert set(refused.value.errors) == {f"on-{two}"}
    with reading() as db:
        assert db.get_one(Appointment, one).confirmed_on != TODAY
        assert not told(db, "AppointmentConfirmed")


@pytest.mark.both_databases
def test_r50_nobody_else_may_touch_or_read_a_roster(app_context: AppContext) -> None:
    """Another focal point, the organizer, an official; and the own focal point with another
    country's id.
    """
    with transaction() as db:
        (ours,) = a_staff(db, serving=1)
        (theirs,) = a_staff(db, "GT", serving=1)
    reads: tuple[Callable[[Session, Actor], object], ...] = (
        lambda db, actor: queries_roster.roster_of(db, actor=actor, country_code="HN", on=TODAY),
        lambda db, actor: queries_roster.whole_roster(db, actor=actor, country_code="HN", on=TODAY),
        lambda db, actor: queries_roster.institutions_of(db, actor=actor, country_code="HN"),
        lambda db, actor: queries_roster.post_titles_of(db, actor=actor, country_code="HN"),
        lambda db, actor: roster.export_roster(
            db, actor=actor, country_code="HN", on=TODAY, now=NOW
        ),
        lambda db, actor: confirm(db, ours, actor=actor),
        lambda db, actor: end(db, ours, actor=actor),
        lambda db, actor: start(db, 1, actor=actor),
    )
    for actor in (focal_point("GT"), ORGANIZER, OFFICIAL, Actor()):
        for read in reads:
            with pytest.raises(NotFound), transaction() as db:
                read(db, actor)
    for change in (confirm, end):
        with pytest.raises(NotFound), transaction() as db:
            change(db, theirs)
    with reading() as db:
        assert db.get_one(Appointment, theirs).valid_until is None
        assert not db.scalar(select(func.count(JournalEntry.id)))


@pytest.mark.both_databases
def test_a_newcomer_fills_the_vacant_post_and_counts_from_the_day(app_context: AppContext) -> None:
    with transaction() as db:
        institution = an_institution(db)
        left, _ = an_official(db, institution, until=date(2026, 1, 1))
        vacant = db.get_one(Appointment, left).post_id
        posts = db.scalar(select(func.count(Post.id)))
        made = start(db, institution, title="Oficial")
    with reading() as db:
        row = db.get_one(Appointment, made)
        assert (row.post_id, row.valid_from, row.confirmed_on) == (vacant, MAY, TODAY)
        assert db.scalar(select(func.count(Post.id))) == posts
        person = db.get_one(Person, row.person_id)
        assert (person.full_name, person.sort_key, person.country_code) == (
            "Ana Ñáñez",
            "ana n~an~ez",
            "HN",
        )
        (fact,) = told(db, "AppointmentStarted")
        assert fact.payload["person_id"] == person.id
        assert "Ana" not in str(fact.payload)


def test_a_new_post_is_made_where_none_is_vacant_and_a_known_person_is_not_doubled(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        institution = an_institution(db)
        first = start(db, institution)
        second = start(db, institution, name="ana ñañez", email="ANA@example.org", title="Oficial")
        third = start(
            db, institution, name="Ana Ñáñez", email="other@example.org", same_as=SOMEBODY_ELSE
        )
        people = [db.get_one(Appointment, n).person_id for n in (first, second, third)]
        assert people[0] == people[1] != people[2]
        assert len({db.get_one(Appointment, n).post_id for n in (first, second, third)}) == 3
        with pytest.raises(rules.AlreadyServing):
            start(db, institution)


def test_newcomers_are_refused_by_field(app_context: AppContext) -> None:
    with transaction() as db:
        institution, foreign = an_institution(db), an_institution(db, "GT")
    for wrong in (foreign, 0, -1, 10**15):
        with pytest.raises(InvalidInput) as refused, transaction() as db:
            start(db, wrong)
        assert set(refused.value.errors) == {"institution_id"}
    with pytest.raises(InvalidInput) as refused, transaction() as db:
        start(db, institution, since=TODAY + timedelta(days=1))
    assert set(refused.value.errors) == {"valid_from"}
    with reading() as db:
        assert not db.scalar(select(func.count(Person.id)))


def test_r59_an_export_is_on_record(app_context: AppContext) -> None:
    with transaction() as db:
        a_staff(db, serving=3)
        assert len(roster.export_roster(db, actor=HN, country_code="HN", on=TODAY, now=NOW)) == 3
    with reading() as db:
        (entry,) = told(db, "RosterExported")
        assert (entry.payload, entry.actor_account_id) == (
            {"country_code": "HN", "rows": 3},
            HN.account_id,
        )


@pytest.mark.both_databases
def test_the_roster_is_searched_without_accents_and_paged(app_context: AppContext) -> None:
    with transaction() as db:
        institution = an_institution(db)
        an_official(db, institution, name="María Núñez 100%", confirmed_on=None)
        an_official(db, institution, name="Zoé Paz", until=date(2026, 11, 24))
        a_staff(db, serving=queries_roster.PER_PAGE)
    with reading() as db:

        def found(search: str, **more: object) -> list[str]:
            page = queries_roster.roster_of(
                db,
                actor=HN,
                country_code="HN",
                on=TODAY,
                search=search,
                **more,  # type: ignore[arg-type]
            )  # keywords of the query
            return [row.full_name for row in page.rows]

        for search in ("nunez", "NÚÑEZ", "  maria   nuñez ", "100%", "núñez\x00"):
            assert found(search) == ["María Núñez 100%"], search
        assert found("", to_confirm=True) == ["María Núñez 100%"]
        assert found("zoe") == [], "she left today"
        assert found("%") == ["María Núñez 100%"], "a percent sign is no wildcard"
        assert len(found("")) == queries_roster.PER_PAGE
        last = queries_roster.roster_of(db, actor=HN, country_code="HN", on=TODAY, number=10**30)
        assert (last.paging, len(last.rows)) == (
            Paging(queries_roster.PER_PAGE + 1, queries_roster.PER_PAGE, 2),
            1,
        )


def test_the_number_of_statements_does_not_grow(app_context: AppContext) -> None:
    counts = []
    for more in (1, 2):
        with transaction() as db:
            a_staff(db, serving=more, certified=more)
        with every_statement(app_context.app) as asked, reading() as db:
            queries_roster.roster_of(db, actor=HN, country_code="HN", on=TODAY)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_departure_marked_by_mistake_is_undone_and_told(app_context: AppContext) -> None:
    with transaction() as db:
        appointment, *_ = a_staff(db, serving=2)
    with transaction() as db:
        end(db, appointment)
        assert reopen(db, appointment)
        assert not reopen(db, appointment), "said twice"
    with reading() as db:
        row = db.get_one(Appointment, appointment)
        assert (row.valid_until, row.end_reason, row.end_recorded_on, row.confirmed_on) == (
            None,
            "",
            None,
            TODAY,
        )
        (entry,) = told(db, "AppointmentReopened")
        assert (entry.payload["person_id"], entry.payload["valid_until"]) == (
            row.person_id,
            "2026-05-01",
        )
        assert entry.actor_account_id == HN.account_id


def test_departure_is_undone_for_90_days_after_it_was_written_down(app_context: AppContext) -> None:
    """Not after the day of leaving: what happened in May may be answered in November."""
    with transaction() as db:
        appointment, old, *_ = a_staff(db, serving=2)
        end(db, appointment)
        row = db.get_one(Appointment, old)
        row.valid_until, row.end_reason = date(2026, 8, 25), "left"
    with pytest.raises(rules.TooLateToUndo), transaction() as db:
        reopen(db, appointment, today=TODAY + timedelta(days=91))
    with pytest.raises(rules.TooLateToUndo), transaction() as db:
        reopen(db, old)
    with transaction() as db:
        assert reopen(db, appointment, today=TODAY + timedelta(days=90))


def test_undone_departure_leaves_a_post_taken_over_to_its_new_holder(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        institution = an_institution(db)
        appointment, person = an_official(db, institution)
        end(db, appointment)
        successor = start(db, institution, title="Oficial")
        assert (
            db.get_one(Appointment, successor).post_id
            == db.get_one(Appointment, appointment).post_id
        )
        assert reopen(db, appointment)
        mine, theirs = (
            db.get_one(Post, db.get_one(Appointment, n).post_id) for n in (appointment, successor)
        )
        assert mine.id != theirs.id
        assert (mine.title, mine.institution_id, mine.is_target) == (
            theirs.title,
            theirs.institution_id,
            True,
        )
        end(db, appointment)
        start(
            db,
            institution,
            name=db.get_one(Person, person).full_name,
            title="Oficial",
            same_as=person,
        )
        with pytest.raises(rules.AlreadyServing):
            reopen(db, appointment)


def test_departure_of_another_country_or_of_an_erased_person_is_not_undone(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        ours, person = an_official(db, an_institution(db), until=date(2026, 11, 1))
        theirs, _ = an_official(db, an_institution(db, "GT"), until=date(2026, 11, 1))
    for actor in (focal_point("GT"), ORGANIZER, OFFICIAL, Actor()):
        with pytest.raises(NotFound), transaction() as db:
            reopen(db, ours, actor=actor)
    with pytest.raises(NotFound), transaction() as db:
        reopen(db, theirs)
    with transaction() as db:
        erase_person(db, person_id=person, now=NOW)
    with reading() as db:
        assert queries_roster.leavers_of(db, actor=HN, country_code="HN", on=TODAY).rows == []
    with pytest.raises(NotFound), transaction() as db:
        reopen(db, ours)


@pytest.mark.both_databases
def test_leavers_are_listed_with_day_and_reason_the_last_first(app_context: AppContext) -> None:
    with transaction() as db:
        institution = an_institution(db)
        an_official(db, institution, name="Zoé Paz", until=date(2026, 3, 1))
        moved, person = an_official(db, institution, name="Ana Núñez")
        end(db, moved, reason=EndReason.MOVED)
        an_official(db, institution, person_id=person)
        an_official(db, institution, name="Sigue Aquí")
        an_official(db, an_institution(db, "GT"), name="Otro País", until=date(2026, 5, 1))
    with reading() as db:
        page = queries_roster.leavers_of(db, actor=HN, country_code="HN", on=TODAY)
        assert [
            (row.full_name, row.left_on, row.reason, row.serves, row.may_undo) for row in page.rows
        ] == [
            ("Ana Núñez", MAY, EndReason.MOVED, True, True),
            ("Zoé Paz", date(2026, 3, 1), EndReason.LEFT, False, False),
        ]
        found = queries_roster.leavers_of(db, actor=HN, country_code="HN", on=TODAY, search="paz")
        assert [row.full_name for row in found.rows] == ["Zoé Paz"]
        for actor in (focal_point("GT"), ORGANIZER, OFFICIAL, Actor()):
            with pytest.raises(NotFound):
                queries_roster.leavers_of(db, actor=actor, country_code="HN", on=TODAY)


def test_not_known_ends_nothing_and_is_to_confirm_until_somebody_is_sure(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        appointment, *_ = a_staff(db, serving=2)
    with transaction() as db:
        assert doubt(db, appointment) == roster.RosterOutcome(doubted=1)
        assert doubt(db, appointment) == roster.RosterOutcome(), "said twice"
        assert db.get_one(Appointment, appointment).valid_until is None
        (entry,) = told(db, "AppointmentDoubted")
        assert entry.payload["doubted_on"] == "2026-11-24"
        unsure = queries_roster.roster_of(
            db, actor=HN, country_code="HN", on=TODAY, to_confirm=True
        )
        assert [row.appointment_id for row in unsure.rows] == [appointment]
        people = queries_roster.first_by_name(db, {row.person_id for row in unsure.rows}, 5)
        first = queries_roster.roster_to_confirm(
            db, actor=HN, country_code="HN", on=TODAY, people=people
        )
        assert first == unsure.rows
        assert confirm(db, appointment)
        assert (
            queries_roster.roster_of(
                db, actor=HN, country_code="HN", on=TODAY, to_confirm=True
            ).rows
            == []
        )
        end(db, appointment)
        with pytest.raises(rules.AlreadyEnded):
            doubt(db, appointment)


@pytest.mark.both_databases
def test_known_name_with_another_address_is_asked_about(app_context: AppContext) -> None:
    with transaction() as db:
        institution = an_institution(db)
        appointment, person = an_official(db, institution, name="Ana Núñez", until=MAY)
        foreigner = an_official(db, an_institution(db, "GT"), name="Ana Núñez")[1]
    with pytest.raises(rules.NamesakeKnown) as asked, transaction() as db:
        start(db, institution, name="ana nuñez", email="nueva@example.org")
    assert asked.value.people == (person,), "another country's are not told"
    for wrong in (foreigner, 10**12):
        with pytest.raises(InvalidInput) as refused, transaction() as db:
            start(db, institution, name="Ana Núñez", email="nueva@example.org", same_as=wrong)
        assert set(refused.value.errors) == {"same_as"}
    with transaction() as db:
        again = start(db, institution, name="Ana Núñez", email="nueva@example.org", same_as=person)
        assert db.get_one(Appointment, again).person_id == person
        assert db.get_one(Person, person).email == "nueva@example.org"
        another = start(
            db, institution, name="Ana Núñez", email="otra@example.org", same_as=SOMEBODY_ELSE
        )
        assert db.get_one(Appointment, another).person_id not in (person, foreigner)
    with reading() as db:
        known = queries_roster.namesakes(
            db, actor=HN, country_code="HN", people=[person, foreigner], on=TODAY
        )
        assert set(known) == {person}
        with pytest.raises(NotFound):
            queries_roster.namesakes(
                db, actor=focal_point("GT"), country_code="HN", people=[person], on=TODAY
            )
    assert appointment != again


def test_same_person_with_an_account_keeps_the_address(app_context: AppContext) -> None:
    with transaction() as db:
        institution = an_institution(db)
        person = an_official(db, institution, name="Ana Núñez", until=MAY)[1]
        before = db.get_one(Person, person).email
        start(
            db,
            institution,
            name="Ana Núñez",
            email="mia@example.org",
            same_as=person,
            keeps_address=True,
        )
        assert db.get_one(Person, person).email == before
