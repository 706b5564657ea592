"""Standing beside another by an override: nothing is double-booked, nothing is left open to a
third.
"""

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.ctx import AppContext
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction, writing_engine
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.models import Claim, ConflictCase, GroupPair, Override, RuleSetting
from app.planning.scheduling.rules import refusals
from app.planning.scheduling.rules.tiles import Tile, uncovered
from app.planning.scheduling.services import claims
from app.planning.scheduling.values import EngagementDraft, Finding, OverrideAsked, Party, Rule
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import (
    ANA,
    CLOSED_REGION,
    LABOUR,
    NOW,
    OPEN_REGION,
    PROTECTION,
    THE_DAY,
    a_draft,
    minutes,
)

pytestmark = pytest.mark.usefixtures("app_context")
BORDER = Party.working_group("border-management", LocalizedText(es="Fronteras", en="Borders"))
REASON = "The presidency has agreed with both groups."


def draft(holder: str, start: int, end: int) -> EngagementDraft:
    return replace(a_draft(holder, holder), span=minutes(start, end))


def claim(
    holder: str,
    start: int,
    end: int,
    *parties: Party,
    beside: tuple[str, ...] = (),
    rule: Rule = Rule.CROSS_GROUP,
) -> None:
    permissions = [OverrideAsked(rule, other, REASON) for other in beside]
    with transaction() as db:
        rulings.claim(
            db,
            engagement=draft(holder, start, end),
            parties=parties,
            now=NOW,
            permissions=permissions,
        )


def refusal(
    holder: str, start: int, end: int, *parties: Party, beside: tuple[str, ...] = ()
) -> tuple[Finding, ...]:
    with pytest.raises(refusals.Clash) as refused:
        claim(holder, start, end, *parties, beside=beside)
    return refused.value.findings


def holes(db: Session) -> list[str]:
    """What breaks the invariant: of each resource the enforced tiles are disjoint and cover all
    that is needed.
    """
    tiles, needs = defaultdict(list), defaultdict(list)
    for row in db.execute(
        select(
            Claim.resource_id,
            Claim.starts_at,
            Claim.ends_at,
            Claim.lane_lo,
            Claim.lane_hi,
            Claim.part,
            Claim.enforced,
        )
    ):
        area = Tile(row.starts_at, row.ends_at, row.lane_lo, row.lane_hi)
        if row.enforced:
            tiles[row.resource_id].append(area)
        if row.part in ("whole", "need"):
            needs[row.resource_id].append(area)
    broken = []
    for resource, held in tiles.items():
        ordered = sorted(held)
        for place, tile in enumerate(ordered):
            for other in ordered[place + 1 :]:
                if other.starts_at >= tile.ends_at:
                    break
                if tile.overlaps(other):
                    broken.append(f"two tiles of {resource} overlap")
        broken += [
            f"a tile of {resource} that nobody needs"
            for tile in held
            if uncovered(tile, needs[resource])
        ]
    broken += [
        f"a hole in {resource}"
        for resource, wanted in needs.items()
        for need in wanted
        if uncovered(need, tiles[resource])
    ]
    return broken


@pytest.fixture(autouse=True)
def _no_hole_is_left(app_context: AppContext) -> Iterator[None]:
    yield
    with reading() as db:
        assert holes(db) == []


def test_the_invariant_can_be_broken() -> None:
    claim("event:a", 0, 60, PROTECTION)
    with writing_engine().connect() as connection, Session(connection) as db:
        db.execute(delete(Claim).where(Claim.resource_id == 1))
        db.add(
            Claim(
                engagement_id=1,
                resource_id=1,
                starts_at=THE_DAY,
                ends_at=THE_DAY + timedelta(hours=1),
                enforced=False,
                part="need",
            )
        )
        db.flush()
        assert holes(db) == ["a hole in 1"]
        connection.rollback()


@pytest.mark.both_databases
def test_only_the_uncovered_residue_is_held_and_a_third_is_refused_by_both() -> None:
    claim("event:a", 0, 60, PROTECTION)
    claim("event:b", 30, 90, LABOUR, beside=("event:a",))
    assert {finding.against for finding in refusal("event:c", 45, 50, BORDER)} == {
        "event:a",
        "event:b",
    }
    assert {finding.against for finding in refusal("event:c", 70, 80, BORDER)} == {"event:b"}
    refusal("event:c", 45, 100, BORDER, beside=("event:a",))
    claim("event:c", 45, 100, BORDER, beside=("event:a", "event:b"))
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Override)) == 3


@pytest.mark.both_databases
def test_the_database_itself_refuses_the_third(app_context: AppContext) -> None:
    claim("event:a", 0, 60, PROTECTION)
    claim("event:b", 30, 90, LABOUR, beside=("event:a",))
    for start in (10, 40, 75):
        with pytest.raises(IntegrityError):
            write_unchecked(minutes(start, start + 1))
    with transaction() as db:
        assert (
            db.scalars(select(Claim.id).where(Claim.starts_at == minutes(10, 11).starts_at)).all()
            == []
        )


def write_unchecked(span: Timespan) -> None:
    with transaction() as db:
        db.add(
            Claim(
                engagement_id=1,
                resource_id=_every_group(db),
                lane_lo=0,
                lane_hi=1,
                starts_at=span.starts_at,
                ends_at=span.ends_at,
            )
        )
        db.flush()


def _every_group(db: Session) -> int:
    rows = db.execute(select(Claim.resource_id, func.count()).group_by(Claim.resource_id))
    return max(rows, key=lambda row: row[1])[0]


@pytest.mark.both_databases
def test_what_the_other_lets_go_is_held_by_who_stood_beside() -> None:
    claim("event:a", 0, 60, PROTECTION)
    claim("event:b", 30, 90, LABOUR, beside=("event:a",))
    with transaction() as db:
        rulings.move(db, holder="event:a", span=minutes(200, 260), now=NOW)
    refusal("event:c", 30, 35, BORDER)
    with transaction() as db:
        claims.release(db, holder="event:a")
    refusal("event:c", 30, 35, BORDER)
    with reading() as db:
        assert set(db.scalars(select(Claim.part))) == {"whole"}


def test_a_draft_that_lapses_makes_room_for_who_stood_beside() -> None:
    with transaction() as db:
        lapsing = replace(draft("event:a", 0, 60), tentative_until=NOW + timedelta(hours=1))
        rulings.claim(db, engagement=lapsing, parties=(PROTECTION,), now=NOW)
    claim("event:b", 30, 90, LABOUR, beside=("event:a",))
    with transaction() as db:
        rulings.claim(
            db, engagement=draft("event:z", 500, 560), parties=(ANA,), now=NOW + timedelta(hours=2)
        )
    with reading() as db:
        assert set(db.scalars(select(Claim.part))) == {"whole"}


def test_an_override_holds_for_the_time_it_was_given_for() -> None:
    claim("event:a", 0, 60, PROTECTION)
    claim("event:b", 30, 90, LABOUR, beside=("event:a",))
    claim("event:b", 30, 90, LABOUR, ANA)
    claim("event:a", 0, 60, PROTECTION)
    assert [one.against for one in refusal("event:b", 31, 91, LABOUR)] == ["event:a"]
    assert [one.against for one in refusal("event:a", 0, 61, PROTECTION)] == ["event:b"]


@pytest.mark.parametrize(
    "parties", [(PROTECTION, ANA), (LABOUR, ANA)], ids=["same-group", "same-person"]
)
def test_what_nobody_may_override_stays_refused(parties: tuple[Party, ...]) -> None:
    claim("event:a", 0, 60, PROTECTION, ANA)
    for rule in (Rule.SAME_GROUP, Rule.SAME_PERSON, Rule.CROSS_GROUP):
        with pytest.raises(refusals.Clash):
            claim("event:b", 30, 90, *parties, beside=("event:a",), rule=rule)


def test_a_side_event_stands_within_its_congress_and_nothing_else_does() -> None:
    claim("event:congress", 0, 600, CLOSED_REGION)
    side = replace(draft("event:side", 60, 120), side_event_of="event:congress")
    with transaction() as db:
        rulings.claim(db, engagement=side, parties=(PROTECTION, OPEN_REGION), now=NOW)
    assert refusal("event:c", 200, 260, LABOUR, OPEN_REGION)[0].rule is Rule.BLACKOUT
    with transaction() as db:
        rulings.move(db, holder="event:side", span=minutes(90, 150), now=NOW)
        rulings.move(db, holder="event:congress", span=minutes(30, 700), now=NOW)
    other = replace(draft("event:other", 160, 190), side_event_of="event:elsewhere")
    with pytest.raises(refusals.Clash), transaction() as db:
        rulings.claim(db, engagement=other, parties=(LABOUR, OPEN_REGION), now=NOW)


@pytest.mark.both_databases
def test_a_licence_carries_so_many_and_no_more() -> None:
    zoom = Party.licence("zoom", LocalizedText(es="Zoom 500", en="Zoom 500"), 2)
    claim("event:a", 0, 60, zoom)
    claim("event:b", 30, 90, zoom)
    [finding] = refusal("event:c", 45, 100, zoom)
    assert (finding.rule, finding.limit, finding.count) == (Rule.LICENCE, 2, 3)
    assert [other.holder for other in finding.others] == ["event:a", "event:b"]
    claim("event:c", 60, 90, zoom)
    refusal("event:d", 0, 10, replace(zoom, exclusive=True))
    claim("event:d", 90, 95, replace(zoom, exclusive=True))
    refusal("event:e", 94, 99, zoom)


def test_a_declared_pair_stays_apart_when_groups_in_general_may_meet_at_once() -> None:
    with transaction() as db:
        db.add(GroupPair(first="labour-migration", second="protection"))
        db.add(
            RuleSetting(
                rule="two-working-groups",
                severity="warn",
                threshold=None,
                valid_from=NOW.date(),
                reason="an experiment of this year",
                decided_at=NOW,
            )
        )
    claim("event:a", 0, 60, PROTECTION)
    claim("event:b", 0, 60, BORDER)
    [finding] = [one for one in refusal("event:c", 30, 90, LABOUR) if one.is_refused]
    assert (finding.rule, finding.against) == (Rule.GROUP_PAIR, "event:a")


def test_quiet_time_after_an_event_is_kept_once_and_may_be_confirmed() -> None:
    with transaction() as db:
        db.add(
            RuleSetting(
                rule="quiet-buffer",
                severity="confirm",
                threshold=30,
                valid_from=NOW.date(),
                reason="interpreters need a rest",
                decided_at=NOW,
            )
        )
    claim("event:a", 0, 60, ANA)
    [finding] = refusal("event:b", 70, 100, ANA)
    assert (finding.rule, finding.count, finding.limit) == (Rule.QUIET_BUFFER, 10, 30)
    claim("event:b", 90, 100, ANA)
    claim("event:c", 70, 80, ANA, beside=("event:a", "event:b"), rule=Rule.QUIET_BUFFER)


@pytest.mark.both_databases
def test_what_was_scheduled_is_never_refused_afterwards_and_opens_a_case() -> None:
    claim("event:a", 0, 60, PROTECTION, ANA)
    claim("event:b", 90, 120, LABOUR)
    with transaction() as db:
        found = claims.reclaim(
            db,
            engagement=draft("event:b", 30, 90),
            parties=(LABOUR, ANA),
            cause="designation",
            now=NOW,
        )
        assert [finding.rule for finding in found] == [Rule.CROSS_GROUP]
        assert db.scalars(select(ConflictCase.state)).all() == ["open"]
    refusal("event:c", 70, 80, ANA)
    with transaction() as db:
        rulings.move(db, holder="event:b", span=minutes(60, 90), now=NOW)
    with reading() as db:
        assert db.scalars(select(ConflictCase.outcome)).all() == ["moved"]


@pytest.mark.both_databases
def test_a_harder_rule_refuses_nothing_that_stands_and_opens_cases() -> None:
    with transaction() as db:
        soft = RuleSetting(
            rule="two-working-groups",
            severity="warn",
            threshold=None,
            valid_from=NOW.date(),
            reason="an experiment of this year",
            decided_at=NOW,
        )
        db.add(soft)
    claim("event:a", 0, 60, PROTECTION)
    claim("event:b", 30, 90, LABOUR)
    with transaction() as db:
        db.execute(delete(RuleSetting))
        assert claims.retile_all(db, now=NOW) == 2
    refusal("event:c", 70, 80, BORDER)
    with reading() as db:
        cases = db.execute(
            select(ConflictCase.holder, ConflictCase.against, ConflictCase.rule)
        ).all()
        assert [tuple(case) for case in cases] == [("event:b", "event:a", "two-working-groups")]


GROUPS = (PROTECTION, LABOUR, BORDER)
HORIZON = 30 * 60


@pytest.mark.both_databases
def test_random_steps_leave_no_hole(database_url: str) -> None:
    """Book, override, move, release at random; looked at every hundred steps. The slower database
    walks a part.

    Two hundred steps meet each kind of outcome some ten times; STEPS=6000 walks further.
    """
    steps = int(os.environ.get("STEPS", "200")) if database_url.startswith("sqlite") else 100
    chance, held = random.Random(6_000), dict[str, tuple[Party, ...]]()
    done: dict[str, int] = defaultdict(int)
    for first in range(0, steps, 100):
        with transaction() as db:
            for number in range(first, first + 100):
                done[_step(db, chance, held, f"event:{number}")] += 1
        with reading() as db:
            assert holes(db) == [], f"after step {first + 100}"
    assert all(
        done[what] > steps // 50
        for what in ("booked", "overridden", "refused", "released", "moved")
    ), done


def _step(db: Session, chance: random.Random, held: dict[str, tuple[Party, ...]], name: str) -> str:
    start = chance.randrange(HORIZON)
    span = minutes(start, start + chance.choice((30, 60, 90)))
    if held and chance.random() < 0.35:
        holder = chance.choice(sorted(held))
        if chance.random() < 0.6:
            del held[holder]
            claims.release(db, holder=holder)
            return "released"
        return "moved" if _try(db, holder, span, held[holder], overriding=True) else "refused"
    parties = (chance.choice(GROUPS), OPEN_REGION)
    overriding = chance.random() < 0.5
    outcome = _try(db, name, span, parties, overriding=overriding)
    if outcome:
        held[name] = parties
    return outcome or "refused"


def _try(
    db: Session, holder: str, span: Timespan, parties: tuple[Party, ...], *, overriding: bool
) -> str:
    permissions = []
    if overriding:
        found = rulings.findings_for(
            db, span=span, parties=parties, now=NOW, ignoring_holder=holder
        )
        permissions = [OverrideAsked(one.rule, one.against, REASON) for one in found]
    try:
        rulings.claim(
            db,
            engagement=replace(a_draft(holder, holder), span=span),
            parties=parties,
            now=NOW,
            permissions=permissions,
        )
    except refusals.Clash:
        return ""
    return "overridden" if permissions else "booked"
