"""What the calendar of record accepts and refuses."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.ctx import AppContext
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import Kind, NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.models import Claim, Engagement, Resource
from app.planning.scheduling.queries import calendar
from app.planning.scheduling.rules import refusals
from app.planning.scheduling.rules.spec import Question, Terms
from app.planning.scheduling.services import claims
from app.planning.scheduling.services import claims as services_claims
from app.planning.scheduling.values import EngagementDraft, Finding, OverrideAsked, Party, Rule
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import (
    ANA,
    BEATRIZ,
    CLOSED_REGION,
    LABOUR,
    NOW,
    OPEN_REGION,
    PROTECTION,
    a_draft,
    minutes,
    span,
)

# Of this database only: another worker of the same run has its own on the same server.
OUR_ADVISORY_LOCKS = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

ORGANIZER = Actor(grants=frozenset({Grant(Role.ORGANIZER)}))


def claim(draft: EngagementDraft, *parties: Party) -> None:
    with transaction() as db:
        rulings.claim(db, engagement=draft, parties=parties, now=NOW)


def held() -> dict[str, Timespan]:
    with reading() as db:
        rows = db.execute(select(Engagement.holder, Engagement.starts_at, Engagement.ends_at))
        return {holder: Timespan(starts_at, ends_at) for holder, starts_at, ends_at in rows}


@pytest.mark.both_databases
def test_r39_two_working_groups_never_overlap(app_context: AppContext) -> None:
    claim(a_draft("event:p", "Protección", span("15:00", "17:00")), PROTECTION, OPEN_REGION)
    with pytest.raises(refusals.Clash) as refused:
        claim(a_draft("event:l", "Laboral", span("16:59", "18:00")), LABOUR, OPEN_REGION)
    assert refused.value.kind is Kind.CONFLICT
    assert refused.value.rule == Rule.CROSS_GROUP
    (finding,) = refused.value.findings
    assert finding.other is not None
    assert finding.other.title == LocalizedText(es="Protección", en="Protección (EN)")
    assert finding.other.span == span("15:00", "17:00")
    assert finding.parties == (PROTECTION,)
    claim(a_draft("event:l", "Laboral", span("17:00", "18:00")), LABOUR, OPEN_REGION)
    assert held() == {"event:p": span("15:00", "17:00"), "event:l": span("17:00", "18:00")}


@pytest.mark.parametrize(
    ("standing", "asked", "rule"),
    [
        ((PROTECTION,), (PROTECTION,), Rule.SAME_GROUP),
        ((PROTECTION, ANA), (LABOUR, ANA), Rule.CROSS_GROUP),
        ((ANA,), (ANA, BEATRIZ), Rule.SAME_PERSON),
        ((CLOSED_REGION,), (OPEN_REGION,), Rule.BLACKOUT),
        ((OPEN_REGION,), (CLOSED_REGION,), Rule.BLACKOUT),
        ((CLOSED_REGION,), (CLOSED_REGION,), Rule.BLACKOUT),
        ((OPEN_REGION, ANA, PROTECTION), (OPEN_REGION, BEATRIZ), None),
        ((PROTECTION,), (ANA,), None),
    ],
)
def test_each_rule_by_its_parties(
    app_context: AppContext,
    standing: tuple[Party, ...],
    asked: tuple[Party, ...],
    rule: Rule | None,
) -> None:
    claim(a_draft("event:a", when=minutes(0, 60)), *standing)
    if rule is None:
        claim(a_draft("event:b", when=minutes(59, 90)), *asked)
        return
    with pytest.raises(refusals.Clash) as refused:
        claim(a_draft("event:b", when=minutes(59, 90)), *asked)
    assert refused.value.rule == rule
    claim(a_draft("event:b", when=minutes(60, 90)), *asked)


@pytest.mark.both_databases
def test_the_database_refuses_what_slips_past_the_rules(
    app_context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if both had been checked at the same moment: the first look finds nothing, the rule in the
    database does.
    """
    claim(a_draft("event:a"), PROTECTION)
    looks: list[Question] = []

    def blind_at_first(db: Session, question: Question, *, terms: Terms) -> tuple[Finding, ...]:
        looks.append(question)
        return () if len(looks) == 1 else calendar.findings(db, question, terms=terms)

    monkeypatch.setattr(claims, "findings", blind_at_first)
    with pytest.raises(refusals.Clash) as refused:
        claim(a_draft("event:b"), LABOUR)
    assert refused.value.rule == Rule.CROSS_GROUP
    assert len(looks) == 2
    assert set(held()) == {"event:a"}


@pytest.mark.both_databases
def test_another_integrity_error_is_our_bug_and_no_clash(app_context: AppContext) -> None:
    with pytest.raises(IntegrityError), transaction() as db:
        rulings.claim(db, engagement=a_draft(holder=None), parties=(ANA,), now=NOW)  # type: ignore[arg-type]  # the bug


@pytest.mark.both_databases
def test_claiming_again_replaces_what_was_held(app_context: AppContext) -> None:
    claim(a_draft("event:a", when=minutes(0, 60)), PROTECTION, ANA)
    claim(a_draft("event:a", when=minutes(30, 90)), PROTECTION, BEATRIZ)
    claim(a_draft("event:b", when=minutes(0, 30)), LABOUR)
    claim(a_draft("event:c", when=minutes(30, 90)), ANA)
    with reading() as db:
        standing = calendar.engagement_of(db, holder="event:a")
        assert standing is not None
        assert {party.key for party in standing.parties} == {"protection", BEATRIZ.key}
        assert db.scalar(select(func.count()).select_from(Engagement)) == 3


@pytest.mark.both_databases
def test_a_refused_replacement_leaves_everything_as_it_was(app_context: AppContext) -> None:
    claim(a_draft("event:a", when=minutes(0, 60)), PROTECTION)
    claim(a_draft("event:b", when=minutes(60, 120)), LABOUR)
    with transaction() as db:
        with pytest.raises(refusals.Clash):
            rulings.claim(
                db, engagement=a_draft("event:b", when=minutes(59, 120)), parties=(LABOUR,), now=NOW
            )
        rulings.claim(
            db, engagement=a_draft("event:c", when=minutes(120, 130)), parties=(LABOUR,), now=NOW
        )
    assert held() == {
        "event:a": minutes(0, 60),
        "event:b": minutes(60, 120),
        "event:c": minutes(120, 130),
    }


def test_moving_keeps_the_parties(app_context: AppContext) -> None:
    claim(a_draft("event:a", when=minutes(0, 60)), PROTECTION, ANA, OPEN_REGION)
    with transaction() as db:
        rulings.move(db, holder="event:a", span=minutes(30, 90), now=NOW, timezone="America/Panama")
    with reading() as db:
        standing = calendar.engagement_of(db, holder="event:a")
    assert standing is not None
    assert standing.span == minutes(30, 90)
    assert standing.timezone == "America/Panama"
    assert set(standing.parties) == {PROTECTION, ANA, OPEN_REGION}
    with pytest.raises(refusals.Clash):
        claim(a_draft("event:b", when=minutes(89, 120)), ANA)


def test_moving_onto_another_is_refused(app_context: AppContext) -> None:
    claim(a_draft("event:a", when=minutes(0, 60)), PROTECTION)
    claim(a_draft("event:b", when=minutes(60, 120)), PROTECTION)
    with pytest.raises(refusals.Clash), transaction() as db:
        rulings.move(db, holder="event:b", span=minutes(59, 119), now=NOW)
    assert held()["event:b"] == minutes(60, 120)


def test_an_engagement_of_nobody_can_move_too(app_context: AppContext) -> None:
    claim(a_draft("event:a", when=minutes(0, 60)))
    with transaction() as db:
        rulings.move(db, holder="event:a", span=minutes(5, 65), now=NOW)
    assert held() == {"event:a": minutes(5, 65)}


def test_moving_what_does_not_stand(app_context: AppContext) -> None:
    with pytest.raises(NotFound), transaction() as db:
        rulings.move(db, holder="event:none", span=minutes(0, 60), now=NOW)


@pytest.mark.both_databases
def test_releasing_frees_the_time(app_context: AppContext) -> None:
    claim(a_draft("event:a"), PROTECTION, ANA)
    for _ in range(2):
        with transaction() as db:
            services_claims.release(db, holder="event:a")
    claim(a_draft("event:b"), LABOUR, ANA)
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Claim)) == 3


@pytest.mark.both_databases
def test_a_tentative_hold_stands_until_it_lapses(app_context: AppContext) -> None:
    an_hour = timedelta(hours=1)
    claim(a_draft("event:draft", tentative_until=NOW + an_hour), PROTECTION)
    with pytest.raises(refusals.Clash):
        claim(a_draft("event:b"), LABOUR)
    asked = {"span": span("15:00", "17:00"), "parties": (LABOUR,)}
    with reading() as db:
        assert rulings.findings_for(db, **asked, now=NOW)  # type: ignore[arg-type]  # a dict of two sorts
        assert not rulings.findings_for(db, **asked, now=NOW + an_hour)  # type: ignore[arg-type]  # the same
    with transaction() as db:
        rulings.claim(db, engagement=a_draft("event:b"), parties=(LABOUR,), now=NOW + an_hour)
    assert set(held()) == {"event:b"}


def test_a_group_founded_later_is_kept_apart_too(app_context: AppContext) -> None:
    claim(a_draft("event:a"), PROTECTION)
    founded = Party.working_group(
        "climate", LocalizedText(es="Grupo de Trabajo sobre Clima", en="Climate Working Group")
    )
    with pytest.raises(refusals.Clash):
        claim(a_draft("event:b"), founded)


def test_a_joint_meeting_of_two_groups_clashes_with_neither_half_of_itself(
    app_context: AppContext,
) -> None:
    claim(a_draft("event:a"), PROTECTION, LABOUR, ANA, ANA)
    assert set(held()) == {"event:a"}


def test_both_sides_of_the_region_in_one_claim_close_it(app_context: AppContext) -> None:
    claim(a_draft("event:a"), OPEN_REGION, CLOSED_REGION)
    with pytest.raises(refusals.Clash):
        claim(a_draft("event:b"), OPEN_REGION)


def test_label_of_resource_follows_the_newest_name(app_context: AppContext) -> None:
    claim(a_draft("event:a", when=minutes(0, 60)), ANA)
    claim(a_draft("event:b", when=minutes(60, 90)), Party.person(int(ANA.key), "Ana Núñez de Soto"))
    with reading() as db:
        labels = db.scalars(select(Resource).where(Resource.key == ANA.key)).all()
        assert [row.label["es"] for row in labels] == ["Ana Núñez de Soto"]


def test_forty_five_days_at_most(app_context: AppContext) -> None:
    longest = Timespan(minutes(0, 1).starts_at, minutes(0, 1).starts_at + refusals.LONGEST)
    claim(a_draft("event:a", when=longest), CLOSED_REGION)
    with pytest.raises(refusals.Clash):
        claim(
            a_draft(
                "event:b", when=Timespan(longest.ends_at - timedelta(minutes=1), longest.ends_at)
            ),
            OPEN_REGION,
        )
    claim(
        a_draft("event:b", when=Timespan(longest.ends_at, longest.ends_at + timedelta(hours=1))),
        OPEN_REGION,
    )
    with pytest.raises(refusals.TooLong):
        claim(
            a_draft(
                "event:c", when=Timespan(longest.starts_at, longest.ends_at + timedelta(seconds=1))
            ),
            ANA,
        )


@pytest.mark.both_databases
def test_a_fraction_of_a_second_compares_as_it_should(app_context: AppContext) -> None:
    """SQLite compares instants as text."""
    ends_at = minutes(0, 60).ends_at
    tick = timedelta(microseconds=1)
    claim(a_draft("event:a", when=Timespan(minutes(0, 60).starts_at, ends_at + tick)), ANA)
    with pytest.raises(refusals.Clash):
        claim(a_draft("event:b", when=Timespan(ends_at, ends_at + timedelta(hours=1))), ANA)
    claim(a_draft("event:b", when=Timespan(ends_at + tick, ends_at + timedelta(hours=1))), ANA)


def test_the_clash_names_no_confidential_title(app: Flask) -> None:
    with app.app_context():
        claim(a_draft("event:a", "Secreto", is_confidential=True), ANA)
        with pytest.raises(refusals.Clash) as refused:
            claim(a_draft("event:b"), ANA)
    from app.infra.language import both

    sentence = both(refused.value.sentence.msgid, **refused.value.sentence.params)
    assert "otra reunión" in sentence["es"]
    assert "another meeting" in sentence["en"]
    assert "Secreto" not in sentence["es"] + sentence["en"]


@pytest.mark.both_databases
def test_no_lock_is_left_behind(app_context: AppContext, database_url: str) -> None:
    claim(a_draft("event:a"), ANA)
    if database_url.startswith("postgresql"):
        with reading() as db:
            assert db.scalar(text(OUR_ADVISORY_LOCKS)) == 0


def test_claim_enforces_the_whole_book_by_itself(app_context: AppContext) -> None:
    """Notice is counted, and nobody asked before; a hold of the same time may be taken."""
    tomorrow = Timespan(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=1))
    firm = a_draft("event:a", when=tomorrow)
    question = Question(span=tomorrow, parties=(PROTECTION,), now=NOW)
    with pytest.raises(refusals.Clash) as refused, transaction() as db:
        services_claims.claim(db, actor=ORGANIZER, question=question, engagement=firm)
    assert [finding.rule for finding in refused.value.findings] == [Rule.NOTICE]
    hold = replace(firm, tentative_until=NOW + timedelta(days=14))
    with transaction() as db:
        services_claims.claim(db, actor=ORGANIZER, question=question, engagement=hold)
    assert held() == {"event:a": tomorrow}


def test_claim_refuses_an_override_that_is_not_the_actors(app_context: AppContext) -> None:
    tomorrow = Timespan(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=1))
    question = Question(span=tomorrow, parties=(PROTECTION,), now=NOW)
    override = OverrideAsked(Rule.NOTICE, "", "The Vice-Ministers asked for it.")
    with pytest.raises(NotAllowed), transaction() as db:
        services_claims.claim(
            db,
            actor=ORGANIZER,
            question=question,
            engagement=a_draft("event:a", when=tomorrow),
            overrides=(override,),
        )
    assert held() == {}
