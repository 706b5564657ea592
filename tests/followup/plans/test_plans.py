"""Work plans of tables: members, activities, the steps of a plan, and the general plan."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement, AgreementParty
from app.followup.agreements.queries.agreements import (
    ALL,
    AgreementFilters,
    Unsettled,
    agreements_of,
    agreements_page,
    unsettled_agreements,
)
from app.followup.agreements.services.agreements import change_agreement, report_status
from app.followup.agreements.services.events import record_finding
from app.followup.agreements.values import (
    ActivityDraft,
    FindingDraft,
    FindingKind,
    Responsible,
    Status,
    StatusReport,
)
from app.followup.plans import rules
from app.followup.plans.models import WorkPlan
from app.followup.plans.queries import general_plan, table_of
from app.followup.plans.services import (
    add_member,
    remove_member,
    remove_plan_activity,
    send_back_plan,
    submit_plan,
    take_findings,
    validate_plan,
    write_activities,
    write_activity,
)
from app.followup.plans.values import ActivityLack, MemberView, PlanRequest, PlanState, Sector
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import LocalizedText
from app.people.directory.models import Institution
from app.planning.cycles.services.editions import save_table
from app.planning.events.values import GenderMarker, TableDraft
from tests.followup.agreements.world import (
    GUATEMALA,
    HONDURAS,
    NOW,
    RAPPORTEUR,
    a_draft,
    a_meeting,
    a_table,
    agreed,
)
from tests.planning.events.planning_builders import (
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    actor,
    furnish,
)

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.usefixtures("app_context"),
    pytest.mark.at(NOW),
]
OF_GUATEMALA = actor(Role.FOCAL_POINT, "GT", 7)
DECISION = "Decisión 12 de 2026"


def an_activity(number: int = 1, **changes: Any) -> ActivityDraft:
    given: dict[str, Any] = {
        "text": LocalizedText(es=f"Actividad {number}"),
        "responsible": (HONDURAS,),
        "due": date(2027, 9, 30),
        "indicator": "consulados con horario de domingo",
        "target": "4",
        "gender_marker": GenderMarker.ITS_AIM,
    }
    return ActivityDraft(**(given | changes))


def world(db: Session) -> int:
    """A congress that was held, with a table whose rapporteur is person 2. Returns the table."""
    furnish(db)
    a_meeting(db, "congress")
    return a_table(db, rapporteur=2)


def written(db: Session, table: int, *numbers: int, who: Actor = RAPPORTEUR) -> tuple[int, ...]:
    return write_activities(
        db,
        actor=who,
        work_table_id=table,
        drafts=[an_activity(number) for number in numbers],
        now=NOW,
    )


def validated(db: Session, table: int, *numbers: int) -> tuple[int, ...]:
    ids = written(db, table, *numbers)
    submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
    validate_plan(db, actor=PRESIDENCY, work_table_id=table, decision_ref=DECISION, now=NOW)
    return ids


def an_institution(db: Session, country: str, kind: str) -> int:
    row = Institution(country_code=country, name=LocalizedText(es=f"{kind} {country}"), kind=kind)
    db.add(row)
    db.flush()
    return row.id


def facts(db: Session) -> list[str]:
    return list(db.scalars(select(JournalEntry.fact).order_by(JournalEntry.id)))


def test_r6_a_new_theme_brings_a_table_and_an_empty_plan() -> None:
    with transaction() as db:
        furnish(db)
        table = save_table(
            db,
            actor=ORGANIZER,
            slug="iv",
            draft=TableDraft(theme=LocalizedText(es="Clima"), position=1),
            now=NOW,
        )
    with reading() as db:
        plan = db.scalars(select(WorkPlan).where(WorkPlan.work_table_id == table)).one()
        assert (plan.state, facts(db)[-1]) == ("draft", "WorkPlanOpened")
        shown = table_of(db, actor=ORGANIZER, work_table_id=table)
        assert (shown.plan.id, shown.plan.edition_slug) == (plan.id, "iv")
        assert shown.plan.activities == ()


def test_r11_members_of_one_country_all_from_one_sector_give_a_warning() -> None:
    with transaction() as db:
        table = world(db)
        for country, kind in (
            ("HN", "migration"),
            ("HN", "interior"),
            ("GT", "migration"),
            ("GT", "womens-mechanism"),
            ("PA", "migration"),
        ):
            add_member(
                db,
                actor=ORGANIZER,
                work_table_id=table,
                institution_id=an_institution(db, country, kind),
                now=NOW,
            )
        shown = table_of(db, actor=ORGANIZER, work_table_id=table)
        assert shown.one_sector == ("HN",)
        assert len(shown.members) == 5
        [women] = [one.id for one in shown.members if one.sector is Sector.WOMEN]
        remove_member(db, actor=OF_GUATEMALA, member_id=women, now=NOW)
        other = an_institution(db, "GT", "interior")
        add_member(db, actor=OF_GUATEMALA, work_table_id=table, institution_id=other, now=NOW)
        assert table_of(db, actor=ORGANIZER, work_table_id=table).one_sector == ("GT", "HN")


def test_a_focal_point_seats_institutions_of_their_country_once_it_sits_there() -> None:
    with transaction() as db:
        table = world(db)
        theirs = an_institution(db, "HN", "labour")
        for who in (OF_GUATEMALA, FOCAL_POINT):
            with pytest.raises(NotAllowed):
                add_member(db, actor=who, work_table_id=table, institution_id=theirs, now=NOW)
        seated = an_institution(db, "HN", "migration")
        add_member(db, actor=ORGANIZER, work_table_id=table, institution_id=seated, now=NOW)
        with pytest.raises(NotAllowed):
            add_member(db, actor=OF_GUATEMALA, work_table_id=table, institution_id=theirs, now=NOW)
        first = add_member(
            db, actor=FOCAL_POINT, work_table_id=table, institution_id=theirs, now=NOW
        )
        again = add_member(db, actor=ORGANIZER, work_table_id=table, institution_id=theirs, now=NOW)
        assert first == again


def test_r12_rapporteur_and_organizer_are_refused_and_only_the_presidency_validates() -> None:
    with transaction() as db:
        table = world(db)
        written(db, table, 1, 2)
        submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
        for who in (RAPPORTEUR, ORGANIZER):
            with pytest.raises(rules.OnlyThePresidencyValidates):
                validate_plan(db, actor=who, work_table_id=table, decision_ref=DECISION, now=NOW)
        with pytest.raises(NotAllowed):
            validate_plan(db, actor=OFFICIAL, work_table_id=table, decision_ref=DECISION, now=NOW)
        with pytest.raises(InvalidInput):
            validate_plan(db, actor=PRESIDENCY, work_table_id=table, decision_ref=" ", now=NOW)
        validate_plan(db, actor=PRESIDENCY, work_table_id=table, decision_ref=DECISION, now=NOW)
    with reading() as db:
        plan = db.scalars(select(WorkPlan)).one()
        assert (plan.state, plan.validated_by, plan.validated_at, plan.decision_ref) == (
            "validated",
            PRESIDENCY.account_id,
            NOW,
            DECISION,
        )
        activities = table_of(db, actor=ORGANIZER, work_table_id=table).plan.activities
        assert plan.text_hash == rules.hash_of(activities)
        payload = db.scalars(
            select(JournalEntry.payload).where(JournalEntry.fact == "WorkPlanValidated")
        ).one()
        assert (payload["decision_ref"], payload["countries"]) == (DECISION, ["HN"])


@pytest.mark.parametrize(
    "change",
    [
        update(Agreement).values(indicator="otro"),
        update(Agreement).values(text=LocalizedText(es="Otro texto")),
        update(Agreement).values(is_draft=True),
        delete(AgreementParty),
        delete(Agreement),
        update(WorkPlan).values(decision_ref="otra"),
        update(WorkPlan).values(state="draft"),
    ],
    ids=["indicator", "text", "draft", "party", "activity", "decision", "state"],
)
def test_r12_the_database_keeps_the_text_of_a_validated_plan(change: Any) -> None:
    with transaction() as db:
        validated(db, world(db), 1)
    with pytest.raises(DBAPIError), transaction() as db:
        db.execute(change)


def test_r12_nothing_is_added_beside_a_submitted_plan_even_past_the_service() -> None:
    with transaction() as db:
        table = world(db)
        written(db, table, 1)
        submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
        with pytest.raises(rules.PlanNotDraft):
            written(db, table, 2)
    with reading() as db:
        row = db.scalars(select(Agreement)).one()
        values = {"event_id": row.event_id, "plan_id": row.plan_id, "text": row.text}
    late = insert(Agreement).values(
        **values, is_draft=True, number=9, verb="commit", created_at=NOW, changed_at=NOW
    )
    with pytest.raises(DBAPIError), transaction() as db:
        db.execute(late)


def test_the_general_plan_holds_exactly_the_validated_activities_numbered_through() -> None:
    with transaction() as db:
        first = world(db)
        second, third, draft = (a_table(db, theme=name, rapporteur=2) for name in "BCD")
        for table, numbers in ((first, (1, 2)), (second, (3,)), (third, (4, 5))):
            validated(db, table, *numbers)
        written(db, draft, 6)
    with reading() as db:
        plan = general_plan(db, actor=OFFICIAL, slug="iii")
        assert [one.number for one in plan.activities] == [1, 2, 3, 4, 5]
        assert [one.activity.text["es"] for one in plan.activities] == [
            f"Actividad {number}" for number in (1, 2, 3, 4, 5)
        ]
        assert plan.by_gender_marker == {2: 5}
        assert [one.state for one in plan.tables][-1] is PlanState.DRAFT
        assert plan.tables[-1].activities == ()
        with pytest.raises(NotFound):
            general_plan(db, actor=ANONYMOUS, slug="iii")


def test_r34_clashes_and_duplicates_between_tables_are_named() -> None:
    with transaction() as db:
        first = world(db)
        second = a_table(db, theme="Labour", rapporteur=2)
        same = LocalizedText(es="Campaña de ofertas de trabajo engañosas")
        for table, due, who in ((first, 14, HONDURAS), (second, 17, HONDURAS)):
            write_activity(
                db,
                actor=RAPPORTEUR,
                work_table_id=table,
                draft=an_activity(text=same, due=date(2027, 9, due), responsible=(who, GUATEMALA)),
                now=NOW,
            )
            submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
            validate_plan(db, actor=PRESIDENCY, work_table_id=table, decision_ref=DECISION, now=NOW)
        plan = general_plan(db, actor=ORGANIZER, slug="iii")
    assert [(one.first, one.second, one.countries) for one in plan.clashes] == [
        (1, 2, ("GT", "HN"))
    ]
    assert [(one.first, one.second) for one in plan.duplicates] == [(1, 2)]


def test_an_activity_without_a_section_is_flagged_and_not_refused() -> None:
    with transaction() as db:
        table = world(db)
        written(db, table, 1)
        [activity] = table_of(db, actor=RAPPORTEUR, work_table_id=table).plan.activities
        assert rules.lacks(activity) == (ActivityLack.SECTION,)
        submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)


def test_a_draft_is_submitted_only_when_each_activity_is_complete() -> None:
    with transaction() as db:
        table = world(db)
        with pytest.raises(rules.PlanEmpty):
            submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
        written(db, table, 1)
        bare = ActivityDraft(text=LocalizedText(es="Solo el texto"))
        bare_id = write_activity(db, actor=RAPPORTEUR, work_table_id=table, draft=bare, now=NOW)
        with pytest.raises(rules.PlanIncomplete) as refusal:
            submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
        assert refusal.value.sentence.params == {"numbers": "2"}
        remove_plan_activity(
            db, actor=RAPPORTEUR, work_table_id=table, activity_id=bare_id, now=NOW
        )
        submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)


def test_sent_back_is_a_draft_with_a_note_whose_requests_are_done_by_changing_them() -> None:
    with transaction() as db:
        table = world(db)
        first, _second = written(db, table, 1, 2)
        submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
        asked = (PlanRequest(1, "Poner la meta en personas"), PlanRequest(2, "Otro indicador"))
        with pytest.raises(InvalidInput):
            send_back_plan(
                db,
                actor=PRESIDENCY,
                work_table_id=table,
                note="Bien",
                requests=[PlanRequest(9, "No existe")],
                now=NOW,
            )
        send_back_plan(
            db, actor=PRESIDENCY, work_table_id=table, note="Bien", requests=asked, now=NOW
        )
        write_activity(
            db,
            actor=RAPPORTEUR,
            work_table_id=table,
            activity_id=first,
            draft=an_activity(1, target="60 personas"),
            now=NOW + timedelta(hours=1),
        )
        plan = table_of(db, actor=RAPPORTEUR, work_table_id=table).plan
    assert (plan.is_sent_back, plan.note) == (True, "Bien")
    assert [one.done_at is not None for one in plan.requests] == [True, False]


def test_two_in_one_grid_lose_nothing() -> None:
    with transaction() as db:
        table = world(db)
        [number] = written(db, table, 1)
        seen = mark_of(an_activity(1))
        write_activity(
            db,
            actor=ORGANIZER,
            work_table_id=table,
            activity_id=number,
            draft=an_activity(1, target="5"),
            now=NOW,
            seen=seen,
        )
        with pytest.raises(ChangedMeanwhile):
            write_activity(
                db,
                actor=RAPPORTEUR,
                work_table_id=table,
                activity_id=number,
                draft=an_activity(1, target="6"),
                now=NOW,
                seen=seen,
            )


def test_removing_an_activity_moves_the_following_up() -> None:
    with transaction() as db:
        table = world(db)
        ids = written(db, table, 1, 2, 3)
        remove_plan_activity(db, actor=RAPPORTEUR, work_table_id=table, activity_id=ids[0], now=NOW)
        plan = table_of(db, actor=RAPPORTEUR, work_table_id=table).plan
        assert [(one.id, one.paragraph.number) for one in plan.activities] == [
            (ids[1], 1),
            (ids[2], 2),
        ]


def test_findings_become_draft_activities_by_one_tick_and_only_once() -> None:
    with transaction() as db:
        table = world(db)
        finding = record_finding(
            db,
            actor=RAPPORTEUR,
            work_table_id=table,
            draft=FindingDraft(FindingKind.ACTION, LocalizedText(es="Abrir los domingos")),
            now=NOW,
        )
        tick = frozenset({finding})
        first, again = (
            take_findings(db, actor=RAPPORTEUR, work_table_id=table, finding_ids=tick, now=NOW)
            for _press in range(2)
        )
        assert first == again
        [activity] = table_of(db, actor=RAPPORTEUR, work_table_id=table).plan.activities
        assert activity.activity is not None
        assert (activity.text["es"], activity.activity.finding_id) == (
            "Abrir los domingos",
            finding,
        )


def test_activities_are_in_the_register_from_validation_on_and_not_before() -> None:
    def listed() -> list[str]:
        with reading() as db:
            page = agreements_page(
                db, actor=OFFICIAL, filters=AgreementFilters(ALL), today=NOW.date()
            )
            return [one.text["es"] for one in page.agreements]

    with transaction() as db:
        table = world(db)
        [number] = written(db, table, 1)
    assert listed() == []
    with reading() as db:
        counted = unsettled_agreements(db, actor=FOCAL_POINT, today=NOW.date())
        assert counted == Unsettled(0, None, 0, None), "home counts what the list shows"
    with transaction() as db, pytest.raises(NotFound):
        report_status(
            db, actor=FOCAL_POINT, agreement_id=number, report=StatusReport(Status.DONE), now=NOW
        )
    with transaction() as db:
        submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
        validate_plan(db, actor=PRESIDENCY, work_table_id=table, decision_ref=DECISION, now=NOW)
    assert listed() == ["Actividad 1"]
    with transaction() as db:
        report = StatusReport(Status.DONE, "Hecho")
        report_status(db, actor=ORGANIZER, agreement_id=number, report=report, now=NOW)
        with pytest.raises(NotFound):
            change_agreement(db, actor=ORGANIZER, agreement_id=number, draft=a_draft(7), now=NOW)


def test_the_paragraphs_of_a_congress_are_numbered_apart_from_its_activities() -> None:
    with transaction() as db:
        table = world(db)
        validated(db, table, 1, 2)
        congress = db.scalars(select(Agreement.event_id).limit(1)).one()
        paragraph = agreed(db, congress, 1)
        assert [one.id for one in agreements_of(db, actor=SYSTEM, event_id=congress)] == [paragraph]


def test_drafts_are_for_the_table_alone() -> None:
    with transaction() as db:
        table = world(db)
        institution = an_institution(db, "GT", "migration")
        add_member(db, actor=ORGANIZER, work_table_id=table, institution_id=institution, now=NOW)
        written(db, table, 1)
        for who in (RAPPORTEUR, ORGANIZER, PRESIDENCY, OF_GUATEMALA):
            assert table_of(db, actor=who, work_table_id=table).plan.activities
        stranger = replace(OFFICIAL, person_id=3)
        for who in (stranger, ANONYMOUS, actor(Role.FOCAL_POINT, "PA", 7)):
            with pytest.raises(NotFound):
                table_of(db, actor=who, work_table_id=table)
        with pytest.raises(NotAllowed):
            written(db, table, 2, who=stranger)


def test_values_that_mean_nothing_are_refused_at_their_field() -> None:
    with transaction() as db:
        table = world(db)
        for field, draft in {
            "text": an_activity(text=LocalizedText()),
            "due": an_activity(due=date(1990, 1, 1)),
            "indicator": an_activity(indicator="x" * 201),
            "section": an_activity(section="IX.9"),
            "funding_source": an_activity(funding_source="no-such-fund"),
            "responsible": an_activity(
                responsible=(Responsible(HONDURAS.kind, "XX"),),
            ),
            "partners": an_activity(partners=("SICA", "x" * 200)),
            "finding_id": an_activity(finding_id=99),
        }.items():
            with pytest.raises(InvalidInput) as refusal:
                write_activity(db, actor=RAPPORTEUR, work_table_id=table, draft=draft, now=NOW)
            assert [name.split("_es")[0] for name in refusal.value.errors] == [field]


def test_an_edition_without_a_congress_takes_no_activities() -> None:
    with transaction() as db:
        furnish(db)
        table = a_table(db, edition="iv", rapporteur=2)
        with pytest.raises(rules.NoCongressYet):
            written(db, table, 1)


def test_of_one_who_validates_and_one_who_writes_at_once_both_see_one_order(app: Flask) -> None:
    """Whoever comes second is refused: what was validated never holds what came after."""
    with transaction() as db:
        table = world(db)
        written(db, table, 1)
        submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
    barrier = Barrier(2)

    def send_back() -> str:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                with transaction() as db:
                    send_back_plan(
                        db, actor=ORGANIZER, work_table_id=table, note="Falta algo", now=NOW
                    )
            except rules.PlanNotSubmitted:
                return "refused"
            return "sent back"

    def validate() -> str:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                with transaction() as db:
                    validate_plan(
                        db, actor=PRESIDENCY, work_table_id=table, decision_ref=DECISION, now=NOW
                    )
            except rules.PlanNotSubmitted:
                return "refused"
            return "validated"

    with ThreadPoolExecutor(2) as pool:
        done = sorted(future.result() for future in (pool.submit(send_back), pool.submit(validate)))
    with reading() as db:
        plan = db.scalars(select(WorkPlan)).one()
        drafts = db.scalars(select(Agreement.is_draft)).all()
    assert done in (["refused", "sent back"], ["refused", "validated"])
    assert (plan.state == "validated") == (done[1] == "validated") == (drafts == [False])


def test_two_who_seat_one_institution_at_once_seat_it_once(app: Flask) -> None:
    with transaction() as db:
        table = world(db)
        institution = an_institution(db, "GT", "migration")
    barrier = Barrier(2)

    def seat(who: Actor) -> int:
        with app.app_context():
            barrier.wait(timeout=30)
            with transaction() as db:
                return add_member(
                    db, actor=who, work_table_id=table, institution_id=institution, now=NOW
                )

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(seat, (ORGANIZER, PRESIDENCY))
    assert first == second
    with reading() as db:
        assert facts(db).count("TableMemberAdded") == 1


def test_two_who_paste_at_once_get_two_numbers(app: Flask) -> None:
    with transaction() as db:
        table = world(db)
    barrier = Barrier(2)

    def paste(number: int) -> None:
        with app.app_context():
            barrier.wait(timeout=30)
            with transaction() as db:
                written(db, table, number)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(paste, (1, 2)))
    with reading() as db:
        assert sorted(db.scalars(select(Agreement.number))) == [1, 2]
        assert len(db.scalars(select(WorkPlan.id)).all()) == 1


@pytest.mark.parametrize(
    ("sectors", "warned"),
    [
        ([("HN", Sector.MIGRATION)], ()),
        ([("HN", Sector.MIGRATION), ("HN", Sector.MIGRATION)], ("HN",)),
        ([("HN", Sector.MIGRATION), ("HN", Sector.WOMEN)], ()),
    ],
)
def test_r11_by_hand(sectors: list[tuple[str, Sector]], warned: tuple[str, ...]) -> None:
    members = [
        MemberView(number, code, number, LocalizedText(), sector)
        for number, (code, sector) in enumerate(sectors)
    ]
    assert rules.countries_of_one_sector(members) == warned
