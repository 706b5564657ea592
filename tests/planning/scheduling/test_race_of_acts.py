"""Sixteen threads book, override, move, swap and release at once, on licences with two lanes
too.
"""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.infra.database import reading, transaction, writing_engine
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.models import Engagement
from app.planning.scheduling.rules import refusals
from app.planning.scheduling.services import claims
from app.planning.scheduling.services import claims as services_claims
from app.planning.scheduling.values import OverrideAsked, Party
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import LABOUR, NOW, PROTECTION, a_draft, minutes
from tests.planning.scheduling.test_overrides import BORDER, REASON, holes
from tests.planning.scheduling.test_schema import drop_rule

pytestmark = pytest.mark.both_databases
WORKERS, ACTS = 16, 100
ZOOM = Party.licence("zoom", LocalizedText(es="Zoom 500", en="Zoom 500"), 2)
GROUPS = (PROTECTION, LABOUR, BORDER)
MORE_THAN_TWO = """
SELECT count(*) FROM claim a JOIN claim b ON a.resource_id = b.resource_id AND a.id < b.id
JOIN claim c ON c.resource_id = b.resource_id AND b.id < c.id JOIN resource r ON r.id = a.resource_id
WHERE r.kind = 'licence' AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at AND a.starts_at < c.ends_at
  AND c.starts_at < a.ends_at AND b.starts_at < c.ends_at AND c.starts_at < b.ends_at
"""


def at_once(app: Flask, act: Callable[[int], str], count: int = ACTS) -> Counter[str]:
    def run(number: int) -> str:
        with app.app_context():
            return act(number)

    with ThreadPoolExecutor(WORKERS) as pool:
        return Counter(pool.map(run, range(count)))


def a_span(chance: random.Random) -> Timespan:
    start = chance.randrange(0, 20 * 60, 15)
    return minutes(start, start + chance.choice((60, 90)))


def book(number: int, parties: tuple[Party, ...], *, overriding: bool) -> str:
    span = a_span(random.Random(number))
    with transaction() as db:
        services_claims.lock(db)
        found = rulings.findings_for(db, span=span, parties=parties, now=NOW) if overriding else ()
        given = [OverrideAsked(one.rule, one.against, REASON) for one in found]
        draft = a_draft(f"event:{number}", when=span)
        rulings.claim(db, engagement=draft, parties=parties, now=NOW, permissions=given)
    return "overridden" if given else "booked"


def move_one(number: int) -> str:
    with transaction() as db:
        rulings.move(db, holder=f"event:{number - 7}", span=a_span(random.Random(-number)), now=NOW)
    return "moved"


def swap_two(number: int) -> str:
    names = [f"event:{number - 5}", f"event:{number - 9}"]
    with transaction() as db:
        services_claims.lock(db)
        drafts = [services_claims.held(db, name) for name in names]
        freed = services_claims.let_pass(db, holders=names)
        for (draft, parties), (other, _) in zip(drafts, reversed(drafts), strict=True):
            moved = a_draft(draft.holder, when=draft.span.moved_to(other.span.starts_at))
            rulings.claim(db, engagement=moved, parties=parties, now=NOW)
        services_claims.settle(db, freed=freed)
    return "swapped"


def release_one(number: int) -> str:
    with transaction() as db:
        services_claims.release(db, holder=f"event:{number - 11}")
    return "released"


def any_act(number: int) -> str:
    chance = random.Random(number * 7)
    parties = (GROUPS[number % 3], ZOOM) if number % 4 else (GROUPS[number % 3],)
    acts: list[Callable[[], str]] = [
        lambda: book(number, parties, overriding=False),
        lambda: book(number, parties, overriding=True),
        lambda: move_one(number),
        lambda: swap_two(number),
        lambda: release_one(number),
    ]
    try:
        return chance.choices(acts, (5, 3, 2, 1, 1))[0]()
    except refusals.Clash:
        return "refused"
    except NotFound:
        return "nothing there"


def count(app: Flask, statement: str) -> int:
    with app.app_context(), reading() as db:
        return int(db.scalar(text(statement)) or 0)


def test_whatever_sixteen_do_at_once_nothing_is_taken_twice_and_no_hole_is_left(app: Flask) -> None:
    done = at_once(app, any_act)
    assert done.total() == ACTS
    # Who comes first is the threads' affair; each kind of act is there in any order.
    assert all(done[what] for what in ("booked", "overridden", "refused", "released")), done
    assert count(app, MORE_THAN_TWO) == 0
    with app.app_context(), reading() as db:
        assert holes(db) == []


def test_a_licence_of_two_lanes_is_never_in_three_places(app: Flask) -> None:
    def act(number: int) -> str:
        with suppress(refusals.Clash):
            return book(number, (ZOOM,), overriding=False)
        return "refused"

    done = at_once(app, act, 48)
    assert done["booked"] > 16
    assert done["refused"] > 0
    assert count(app, MORE_THAN_TWO) == 0


def test_control_without_the_rule_the_same_licence_is_in_three_places(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), writing_engine().begin() as connection:
        drop_rule(connection)
    monkeypatch.setattr(claims, "_require_free", lambda *_arguments: (set(), ()))
    done = at_once(app, lambda number: book(number, (ZOOM,), overriding=False), 48)
    assert done == {"booked": 48}
    assert count(app, MORE_THAN_TWO) > 0


def test_two_swaps_of_the_same_two_end_as_if_one_came_after_the_other(app: Flask) -> None:
    for number, start in ((5, 0), (1, 600)):
        with app.app_context(), transaction() as db:
            draft = a_draft(f"event:{number}", when=minutes(start, start + 60))
            rulings.claim(db, engagement=draft, parties=(PROTECTION,), now=NOW)
    assert at_once(app, lambda _number: swap_two(10), 15) == {"swapped": 15}
    with app.app_context(), reading() as db:
        starts = dict(db.execute(select(Engagement.holder, Engagement.starts_at)).all())
        assert starts == {
            "event:5": minutes(600, 660).starts_at,
            "event:1": minutes(0, 60).starts_at,
        }
        assert holes(db) == []
