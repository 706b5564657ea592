"""The monitoring matrix: prefilled, written row by row, held, sent, passed on, published."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.followup.matrix import policy, rules
from app.followup.matrix.models import MatrixPeriod, MatrixRow
from app.followup.matrix.queries import (
    country_matrix,
    digest_of,
    held_rows,
    matrix_row,
    period_of,
    progress,
    region_matrix,
)
from app.followup.matrix.services import (
    add_row,
    answer_passed_row,
    close_period,
    close_periods,
    confirm_unchanged,
    follow_up_rows,
    open_period,
    pass_row,
    prefill_rows,
    publish_period,
    release_row,
    remove_row,
    reopen_row,
    send_matrix,
    take_row_back,
    write_row,
)
from app.followup.matrix.tasks import on_agreed
from app.followup.matrix.values import (
    InstrumentType,
    MigrationPhase,
    PeriodDraft,
    PeriodState,
    RowDraft,
    RowFilters,
    RowKind,
    RowSharing,
    RowState,
    RowStatus,
)
from app.followup.practices.models import GoodPractice
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.secret_keys import SecretKeys
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import LocalizedText
from app.planning.events.models import EventCountry
from app.training.library.models import GuidelineSection, GuidelineVersion
from tests.followup.agreements.world import GUATEMALA, HONDURAS, NOW, a_meeting, agreed
from tests.planning.events.planning_builders import (
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    actor,
    furnish,
)
from tests.support.databases import KEYS

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.usefixtures("app_context"),
    pytest.mark.at(NOW),
]
TODAY = date(2026, 11, 24)
OF_GUATEMALA = actor(Role.FOCAL_POINT, "GT", 7)
AFTER = NOW + timedelta(days=10)
"""Of the period that closes on 30 November."""


def a_fact(**changes: Any) -> RowDraft:
    given: dict[str, Any] = {
        "status": RowStatus.ADVANCED,
        "fact": LocalizedText(es="Ocotepeque abre los domingos desde marzo."),
        "section": "III.1",
        "contact": "Jefatura consular",
        "evidence_url": "https://example.org/circular",
        "sharing": RowSharing.REGION,
    }
    return RowDraft(**(given | changes))


def a_period(
    db: Session, *, closes_on: date = date(2026, 11, 30), now: datetime = NOW, days: int = 30
) -> int:
    draft = PeriodDraft(
        edition="iii",
        covers_from=closes_on - timedelta(days=150),
        opens_on=closes_on - timedelta(days=days),
        closes_on=closes_on,
    )
    return open_period(db, actor=ORGANIZER, draft=draft, now=now)


def world(db: Session, agreements: int = 2) -> UUID:
    """A congress with agreements that Honduras answers for, the first with Guatemala."""
    furnish(db)
    version = GuidelineVersion(
        label="2019", title=LocalizedText(es="L"), source_note=LocalizedText()
    )
    db.add(version)
    db.flush()
    db.add_all(
        GuidelineSection(
            guideline_version_id=version.id, code=code, position=n, title=LocalizedText(es=code)
        )
        for n, code in enumerate(("III.1", "III.5"), start=1)
    )
    db.flush()
    congress = a_meeting(db, "congress")
    for number in range(1, agreements + 1):
        who = (HONDURAS, GUATEMALA) if number == 1 else (HONDURAS,)
        agreed(db, congress, number, responsible=who, section="III.1")
    return congress


def own(db: Session, period: int, who: Actor = FOCAL_POINT, country: str = "HN") -> Any:
    return country_matrix(db, actor=who, period_id=period, country=country, today=TODAY)


def new(db: Session, period: int, **changes: Any) -> int:
    return add_row(
        db, actor=FOCAL_POINT, period_id=period, country="HN", draft=a_fact(**changes), now=NOW
    )


def sent(db: Session, period: int, who: Actor, country: str, *drafts: RowDraft) -> None:
    for draft in drafts:
        add_row(db, actor=who, period_id=period, country=country, draft=draft, now=NOW)
    confirm_unchanged(db, actor=who, period_id=period, country=country, now=NOW)
    send_matrix(db, actor=who, period_id=period, country=country, now=NOW)


def two_alike(db: Session) -> int:
    """Honduras and Guatemala sent a fact each on the same section and of the same kind, and the
    period is published.
    """
    world(db)
    period = a_period(db)
    sent(db, period, FOCAL_POINT, "HN", a_fact())
    sent(db, period, OF_GUATEMALA, "GT", a_fact(fact=LocalizedText(es="Tecún Umán amplió.")))
    publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
    return period


def test_r14_part_a_is_prefilled_and_only_with_the_rows_of_ones_own_country() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        matrix = own(db, period)
        assert [row.agreement.paragraph.number for row in matrix.agreed] == [1, 2]
        assert (matrix.answered, matrix.may_write) == (0, True)
        assert len(own(db, period, OF_GUATEMALA, "GT").agreed) == 1
        for who in (OF_GUATEMALA, ORGANIZER, OFFICIAL, ANONYMOUS):
            with pytest.raises(NotFound):
                own(db, period, who)


def test_r14_a_draft_is_saved_row_by_row_while_the_period_is_open() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        row = own(db, period).agreed[0]
        incomplete = RowDraft(fact=LocalizedText(es="Todavía sin"), section="III.1")
        write_row(db, actor=FOCAL_POINT, row_id=row.id, draft=incomplete, now=NOW)
        assert own(db, period).answered == 0
        write_row(db, actor=FOCAL_POINT, row_id=row.id, draft=a_fact(), now=NOW)
        assert own(db, period).answered == 1
        for who, refusal in ((OF_GUATEMALA, NotFound), (OFFICIAL, NotAllowed)):
            with pytest.raises(refusal):
                write_row(db, actor=who, row_id=row.id, draft=RowDraft(), now=NOW)
        with pytest.raises(rules.PeriodNotOpen):
            write_row(db, actor=FOCAL_POINT, row_id=row.id, draft=RowDraft(), now=AFTER)


def test_no_change_is_a_preset_until_it_is_confirmed() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        first, second = own(db, period).agreed
        pass_row(db, actor=FOCAL_POINT, row_id=second.id, to="consular@example.org", now=NOW)
        with pytest.raises(rules.MatrixUnanswered):
            send_matrix(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)
        count = confirm_unchanged(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)
        assert count == 1
        assert [row.status for row in own(db, period).agreed] == [RowStatus.NO_CHANGE, None]
        assert matrix_row(db, actor=FOCAL_POINT, row_id=first.id).state is RowState.DRAFT


def test_r15_a_regulatory_row_is_not_sent_without_instrument_and_date() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        confirm_unchanged(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)
        draft = a_fact(kind=RowKind.REGULATORY)
        row = new(db, period, kind=RowKind.REGULATORY)
        assert set(rules.missing(draft, is_agreed=False)) == {"instrument_type", "instrument_date"}
        with pytest.raises(rules.RowIncomplete):
            send_matrix(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)
        whole = replace(
            draft, instrument_type=InstrumentType.DECREE, instrument_date=date(2026, 5, 2)
        )
        write_row(db, actor=FOCAL_POINT, row_id=row, draft=whole, now=NOW)
        assert send_matrix(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW) == 3


def test_r15_the_database_refuses_it_too() -> None:
    with transaction() as db:
        world(db)
        new(db, a_period(db), kind=RowKind.REGULATORY)
    with pytest.raises(DBAPIError), transaction() as db:
        db.execute(
            update(MatrixRow).where(MatrixRow.kind == RowKind.REGULATORY).values(state="sent")
        )


def test_r16_a_held_row_is_kept_and_waits_for_the_secretariat() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        text = LocalizedText(es="Ruta de Tocoa, informa al 9988-7766.")
        row = new(db, period, fact=text)
        sent(db, period, FOCAL_POINT, "HN")
        assert [one.id for one in held_rows(db, actor=ORGANIZER)] == [row]
        for who in (FOCAL_POINT, PRESIDENCY, OFFICIAL):
            assert held_rows(db, actor=who) == ()
        published = publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
        assert published == 2
        shown = region_matrix(db, actor=OFFICIAL, period_id=period, today=AFTER.date())
        assert row not in {one.id for one in shown.rows}
        with pytest.raises(NotAllowed):
            release_row(db, actor=FOCAL_POINT, row_id=row, now=AFTER)
        release_row(db, actor=ORGANIZER, row_id=row, now=AFTER)
        shown = region_matrix(db, actor=OFFICIAL, period_id=period, today=AFTER.date())
        assert {one.fact for one in shown.rows if one.id == row} == {text}


def test_r16_each_kind_is_filtered() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        regulated = {
            "instrument_type": InstrumentType.LAW,
            "instrument_date": date(2026, 5, 2),
        }
        for number, kind in enumerate(RowKind):
            more = regulated if kind is RowKind.REGULATORY else {}
            new(db, period, kind=kind, fact=LocalizedText(es=f"Hecho {number}"), **more)
        sent(db, period, FOCAL_POINT, "HN")
        publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
        for kind in RowKind:
            shown = region_matrix(
                db,
                actor=OFFICIAL,
                period_id=period,
                today=AFTER.date(),
                filters=RowFilters(kind=kind),
            )
            assert {row.kind for row in shown.rows} == {kind}
            assert [row.evidence_url for row in shown.rows if row.agreement_id is None] == [
                "https://example.org/circular"
            ]


def test_two_countries_on_one_section_are_told_of_each_other() -> None:
    with transaction() as db:
        period = two_alike(db)
        shown = region_matrix(db, actor=OFFICIAL, period_id=period, today=AFTER.date())
        new_ones = {row.country: row.also_in for row in shown.rows if row.agreement_id is None}
        assert new_ones == {"HN": ("GT",), "GT": ("HN",)}
        shared, near = digest_of(db, period_id=period, today=AFTER.date())
        assert {row.country for row in shared} == {"HN", "GT"}
        assert {row.country for row in near["HN"]} == {"GT"}
        assert {row.country for row in near["GT"]} == {"HN"}


def test_alike_is_also_what_is_of_one_phase_and_never_with_what_a_country_keeps() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        sent(db, period, FOCAL_POINT, "HN", a_fact(section="III.5", phase=MigrationPhase.RETURN))
        other = a_fact(kind=RowKind.CAMPAIGN, phase=MigrationPhase.RETURN)
        hidden = a_fact(section="III.5", sharing=RowSharing.COUNTRY)
        sent(db, period, OF_GUATEMALA, "GT", other, hidden)
        publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
        shown = region_matrix(db, actor=OFFICIAL, period_id=period, today=AFTER.date())
        phased = {row.country: row.also_in for row in shown.rows if row.phase}
        assert phased == {"HN": ("GT",), "GT": ("HN",)}
        assert RowSharing.COUNTRY not in {row.sharing for row in shown.rows}


def test_r18_two_ticked_rows_make_one_draft_with_both_countries_invited() -> None:
    with transaction() as db:
        period = two_alike(db)
        rows = region_matrix(db, actor=ORGANIZER, period_id=period, today=AFTER.date()).rows
        ids = frozenset(row.id for row in rows if row.agreement_id is None)
        first, again = (
            follow_up_rows(db, actor=ORGANIZER, ids=ids, now=AFTER) for _press in range(2)
        )
        invited = db.scalars(
            select(EventCountry.country_code).where(EventCountry.event_id == first)
        )
        assert (first == again, sorted(invited)) == (True, ["GT", "HN"])
        with pytest.raises(rules.NothingTickedToFollow):
            follow_up_rows(db, actor=ORGANIZER, ids=frozenset(), now=AFTER)


def test_rows_are_read_as_their_country_and_state_say() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        row = new(db, period, sharing=RowSharing.COUNTRY)
        readers = (FOCAL_POINT, ORGANIZER, PRESIDENCY, OFFICIAL, OF_GUATEMALA, ANONYMOUS)

        def who_reads() -> list[bool]:
            shown = matrix_row(db, actor=SYSTEM, row_id=row)
            return [
                policy.may_read_row(who, shown.country, shown.state, shown.sharing)
                for who in readers
            ]

        assert who_reads() == [True, False, False, False, False, False]
        sent(db, period, FOCAL_POINT, "HN")
        assert who_reads() == [True, True, False, False, False, False]
        publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
        assert who_reads() == [True, True, False, False, False, False]
        for who in (PRESIDENCY, OFFICIAL, OF_GUATEMALA):
            shown = region_matrix(db, actor=who, period_id=period, today=AFTER.date())
            assert row not in {one.id for one in shown.rows}
        shown = region_matrix(db, actor=ANONYMOUS, period_id=period, today=AFTER.date())
        assert shown.rows == ()


WRITERS: dict[str, Actor] = {
    "focal point": FOCAL_POINT,
    "of another country": OF_GUATEMALA,
    "organizer": ORGANIZER,
    "presidency": PRESIDENCY,
    "official": OFFICIAL,
    "visitor": ANONYMOUS,
}
MAY: dict[str, dict[str, set[str]]] = {
    "draft": {"focal point": {"write", "pass", "send", "remove"}},
    "sent": {"focal point": {"reopen", "send"}, "organizer": {"release"}},
    "published": {"organizer": {"release"}},
}
"""What each does with a row in each state, where its words seem to name somebody. Nobody does
anything else; the presidency reads what is published. To send again sends what is not sent.
"""


@pytest.mark.parametrize("state", MAY)
def test_who_may_do_what_with_a_row_in_which_state(state: str) -> None:
    day = AFTER if state == "published" else NOW
    with transaction() as db:
        world(db, agreements=0)
        period = a_period(db)
        row = new(db, period, fact=LocalizedText(es="Llamar al 2234-5678."))
        if state != "draft":
            sent(db, period, FOCAL_POINT, "HN")
        if state == "published":
            publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
    acts: dict[str, Callable[[Session, Actor], object]] = {
        "write": lambda db, by: write_row(db, actor=by, row_id=row, draft=a_fact(), now=day),
        "pass": lambda db, by: pass_row(db, actor=by, row_id=row, to="a@example.org", now=day),
        "send": lambda db, by: send_matrix(db, actor=by, period_id=period, country="HN", now=day),
        "reopen": lambda db, by: reopen_row(db, actor=by, row_id=row, now=day),
        "release": lambda db, by: release_row(db, actor=by, row_id=row, now=day),
        "remove": lambda db, by: remove_row(db, actor=by, row_id=row, now=day),
    }
    for who, by in WRITERS.items():
        done = set()
        for name, act in acts.items():
            with transaction() as db:
                savepoint = db.begin_nested()
                try:
                    act(db, by)
                    done.add(name)
                except Refusal:
                    pass
                savepoint.rollback()
        assert done == MAY[state].get(who, set()), who


def test_a_sent_row_is_opened_again_until_the_period_closes() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        row = new(db, period)
        sent(db, period, FOCAL_POINT, "HN")
        with pytest.raises(rules.RowIsSent):
            write_row(
                db,
                actor=FOCAL_POINT,
                row_id=row,
                draft=a_fact(phase=MigrationPhase.ORIGIN),
                now=NOW,
            )
        reopen_row(db, actor=FOCAL_POINT, row_id=row, now=NOW)
        assert own(db, period).is_sent is False
        with pytest.raises(rules.RowIsDraft):
            reopen_row(db, actor=FOCAL_POINT, row_id=row, now=NOW)
        remove_row(db, actor=FOCAL_POINT, row_id=row, now=NOW)
        with pytest.raises(rules.PeriodNotOpen):
            reopen_row(db, actor=FOCAL_POINT, row_id=own(db, period).agreed[0].id, now=AFTER)


def test_a_passed_row_opens_by_its_link_alone_and_is_seen_to_come_back() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        row = own(db, period).agreed[0]
        number = pass_row(db, actor=FOCAL_POINT, row_id=row.id, to="consular@example.org", now=NOW)
        key = rules.row_key(KEYS, row.id, number)
        assert rules.row_of_key(KEYS, key) == (row.id, number)
        assert rules.row_of_key(SecretKeys("another"), key) is None
        assert rules.row_of_key(KEYS, "anything") is None
        assert own(db, period).agreed[0].is_out
        with pytest.raises(InvalidInput):
            answer_passed_row(db, row_id=row.id, pass_number=number, draft=RowDraft(), now=NOW)
        answer_passed_row(db, row_id=row.id, pass_number=number, draft=a_fact(), now=NOW)
        shown = own(db, period).agreed[0]
        assert (shown.is_out, shown.is_answered) == (False, True)
        take_row_back(db, actor=FOCAL_POINT, row_id=row.id, now=NOW)
        with pytest.raises(rules.LinkEndedForRow):
            answer_passed_row(db, row_id=row.id, pass_number=number, draft=a_fact(), now=NOW)


def test_last_periods_words_stand_beside_and_a_late_country_carries_over() -> None:
    with transaction() as db:
        world(db)
        before = a_period(db)
        row = own(db, before).agreed[0]
        words = LocalizedText(es="Dos consulados empezaron la prueba.")
        write_row(db, actor=FOCAL_POINT, row_id=row.id, draft=a_fact(fact=words), now=NOW)
        late = new(db, before)
        assert close_periods(db, now=AFTER) == 1
        period = a_period(db, closes_on=date(2027, 6, 30), now=AFTER)
        matrix = own(db, period)
        assert [row.last_words for row in matrix.agreed] == [words, None]
        [carried] = matrix.new
        assert (carried.is_carried_over, carried.fact) == (
            True,
            matrix_row(db, actor=FOCAL_POINT, row_id=late).fact,
        )


def test_what_is_agreed_while_a_period_is_open_gets_its_row_once() -> None:
    with transaction() as db:
        congress = world(db)
        period = a_period(db)
        agreed(db, congress, 9, responsible=(GUATEMALA,))
        assert [prefill_rows(db, period_id=period, now=NOW) for _again in range(2)] == [1, 0]


def test_what_is_agreed_before_a_period_opens_gets_its_row_too_and_none_once_it_is_closed() -> None:
    with transaction() as db:
        congress = world(db)
        period = a_period(db, closes_on=date(2027, 1, 31), days=20)
        entry = db.scalars(select(JournalEntry).limit(1)).one()
        agreed(db, congress, 9, responsible=(GUATEMALA,))
        on_agreed(db, entry, now=NOW)
        of_guatemala = select(MatrixRow.id).where(MatrixRow.country_code == "GT")
        assert len(db.scalars(of_guatemala).all()) == 2
        close_period(db, actor=ORGANIZER, period_id=period, now=NOW)
        agreed(db, congress, 10, responsible=(GUATEMALA,))
        assert prefill_rows(db, period_id=period, now=NOW) == 0


def test_two_rows_about_one_agreement_are_refused_by_the_database() -> None:
    with transaction() as db:
        world(db)
        a_period(db)
    with reading() as db:
        row = db.scalars(select(MatrixRow)).first()
        assert row is not None
        again = insert(MatrixRow).values(
            period_id=row.period_id,
            country_code=row.country_code,
            agreement_id=row.agreement_id,
            fact=LocalizedText(),
            created_at=NOW,
            changed_at=NOW,
        )
    with pytest.raises(DBAPIError), transaction() as db:
        db.execute(again)


@pytest.mark.parametrize(
    "change",
    [
        update(MatrixRow).values(fact=LocalizedText(es="Otra cosa")),
        update(MatrixRow).values(sharing="public"),
        update(MatrixRow).where(MatrixRow.state == "published").values(state="draft"),
        delete(MatrixRow),
        update(MatrixPeriod).values(closed_at=None),
    ],
    ids=["fact", "sharing", "state", "row", "period"],
)
def test_what_a_closed_period_says_is_kept_by_the_database(change: Any) -> None:
    with transaction() as db:
        two_alike(db)
    with pytest.raises(DBAPIError), transaction() as db:
        db.execute(change)


def test_a_period_is_published_once_and_after_its_last_day() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        with pytest.raises(rules.PeriodStillOpen):
            publish_period(db, actor=ORGANIZER, period_id=period, now=NOW)
        with pytest.raises(NotAllowed):
            publish_period(db, actor=FOCAL_POINT, period_id=period, now=AFTER)
        publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
        with pytest.raises(rules.AlreadyPublished):
            publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
        told = db.scalars(
            select(JournalEntry.fact)
            .where(JournalEntry.fact.like("MatrixPeriod%"))
            .order_by(JournalEntry.id)
        ).all()
        assert told == ["MatrixPeriodOpened", "MatrixPeriodClosed", "MatrixPeriodPublished"]
        shown = period_of(db, period_id=period, today=AFTER.date())
        assert shown.state is PeriodState.PUBLISHED


def test_periods_do_not_overlap() -> None:
    with transaction() as db:
        world(db)
        a_period(db)
        with pytest.raises(rules.PeriodsOverlap):
            a_period(db, closes_on=date(2026, 12, 15))
        with pytest.raises(InvalidInput):
            a_period(db, closes_on=date(2028, 6, 30), days=-5)


def test_one_tick_makes_a_good_practice_of_a_public_row_and_nothing_is_typed_twice() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        new(db, period, is_practice=True, sharing=RowSharing.PUBLIC)
        new(db, period, is_practice=True, fact=LocalizedText(es="Solo entre países."))
        sent(db, period, FOCAL_POINT, "HN")
        publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
        practice = db.scalars(select(GoodPractice)).one()
        assert (practice.status, practice.country_code, practice.summary["es"]) == (
            "accepted",
            "HN",
            "Ocotepeque abre los domingos desde marzo.",
        )


def test_how_far_each_country_is_without_a_word_of_what_it_says() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        sent(db, period, OF_GUATEMALA, "GT")
        shown = {one.country: one for one in progress(db, actor=ORGANIZER, period_id=period)}
        assert len(shown) == 11
        assert (shown["GT"].answered, shown["GT"].agreed, shown["GT"].is_sent) == (1, 1, True)
        assert (shown["HN"].answered, shown["HN"].agreed, shown["HN"].is_sent) == (0, 2, False)


def test_two_who_write_one_row_lose_nothing() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        row = own(db, period).agreed[0]
        seen = mark_of(row.as_draft())
        write_row(db, actor=FOCAL_POINT, row_id=row.id, draft=a_fact(), now=NOW, seen=seen)
        with pytest.raises(ChangedMeanwhile):
            write_row(
                db,
                actor=FOCAL_POINT,
                row_id=row.id,
                draft=a_fact(contact="Otra"),
                now=NOW,
                seen=seen,
            )


def test_the_same_new_fact_twice_is_one_row_and_there_are_ten_at_most() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        assert new(db, period) == new(db, period)
        for number in range(rules.MOST_NEW - 1):
            new(db, period, fact=LocalizedText(es=f"Hecho {number}"))
        with pytest.raises(rules.TooManyNew):
            new(db, period, fact=LocalizedText(es="Uno más"))


def test_values_that_mean_nothing_are_refused_at_their_field() -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
        cases: dict[str, dict[str, Any]] = {
            "fact_es": {"fact": LocalizedText(es="x" * 301)},
            "evidence_url": {"evidence_url": "javascript:alert(1)"},
            "contact": {"contact": "a\nb"},
            "status": {"status": RowStatus.NO_CHANGE},
            "section": {"section": "IX.9"},
        }
        for field, changes in cases.items():
            with pytest.raises(InvalidInput) as refusal:
                new(db, period, **changes)
            assert set(refusal.value.errors) == {field}


def test_of_one_who_writes_and_one_who_publishes_at_once_nothing_is_lost(app: Flask) -> None:
    """A row is either in what was published or refused: it is never sent into a closed period."""
    with transaction() as db:
        world(db)
        period = a_period(db)
        row = new(db, period)
        confirm_unchanged(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)
    barrier = Barrier(2)

    def send() -> str:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                with transaction() as db:
                    send_matrix(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)
            except (DBAPIError, rules.PeriodNotOpen):
                return "refused"
            return "sent"

    def publish() -> str:
        with app.app_context():
            barrier.wait(timeout=30)
            with transaction() as db:
                publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
            return "published"

    with ThreadPoolExecutor(2) as pool:
        results = [future.result() for future in (pool.submit(send), pool.submit(publish))]
    with reading() as db:
        state = db.get_one(MatrixRow, row).state
    assert (results[0], state) in (("sent", "published"), ("refused", "draft"))


def test_two_who_add_the_same_fact_at_once_add_it_once(app: Flask) -> None:
    with transaction() as db:
        world(db)
        period = a_period(db)
    barrier = Barrier(2)

    def work(_press: int) -> int:
        with app.app_context():
            barrier.wait(timeout=30)
            with transaction() as db:
                return new(db, period)

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(work, range(2)))) == 1


def test_two_who_open_a_period_at_once_open_one(app: Flask) -> None:
    with transaction() as db:
        world(db)
    barrier = Barrier(2)

    def work(days: int) -> str:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                with transaction() as db:
                    a_period(db, closes_on=date(2026, 11, 30) + timedelta(days=days))
            except rules.PeriodsOverlap:
                return "refused"
            return "opened"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, range(2))) == ["opened", "refused"]
    with reading() as db:
        assert len(db.scalars(select(MatrixRow.id)).all()) == 3
