"""Shows two or more draft plans together, with what clashes and what occurs twice, before anything
is approved (R34).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import render_template, request

from app.infra import clock
from app.infra.database import reading
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound
from app.planning.seasons import policy, queries
from app.planning.seasons.queries import Merged, MergedWish, PlanClash
from app.planning.seasons.views import bp
from app.planning.seasons.views.rows import ShownFinding, shown
from app.web.guards import current_actor, requires
from app.web.paging import addresses, page_asked

MOST_PLANS = 8
A_PAGE, A_PART = 20, 10
KEPT = ("with", "clash_page", "twin_page", "page")


@dataclass(frozen=True)
class SeasonClash:
    entries: tuple[MergedWish, ...]
    finding: ShownFinding


@bp.get("/seasons/compare")
@requires(policy.may_plan_seasons)
def compare() -> str:
    """The parameter `with` names a season, twice or more."""
    asked = asked_for()
    with reading() as db:
        every = queries.seasons(db, actor=current_actor())
        if not asked:
            return render_template(
                "planning/seasons/compare.html", every=every, asked=(), merged=None
            )
        view = queries.merged(db, actor=current_actor(), season_ids=asked, now=clock.now())
        return page(view, every, asked)


def asked_for() -> list[UUID]:
    """Returns the seasons that the address names. Raises NotFound where a value is no id."""
    try:
        found = [UUID(value) for value in request.args.getlist("with")]
    except ValueError:
        raise NotFound from None
    return found[:MOST_PLANS]


def page(view: Merged, every: object, asked: list[UUID]) -> str:
    clash_paging = Paging(len(view.clashes), A_PART, page_asked("clash_page"))
    twin_paging = Paging(len(view.duplicates), A_PART, page_asked("twin_page"))
    paging = Paging(len(view.entries), A_PAGE, page_asked())
    clashes = view.clashes[clash_paging.offset : clash_paging.last]
    twins = view.duplicates[twin_paging.offset : twin_paging.last]
    entries = sorted(view.entries, key=_in_order)[paging.offset : paging.last]
    by_key = {entry.key: entry for entry in view.entries}
    return render_template(
        "planning/seasons/compare.html",
        every=every,
        asked=asked,
        merged=view,
        entries=entries,
        paging=paging,
        address=addresses(*KEPT),
        clashes=in_sentences(view, clashes),
        clash_paging=clash_paging,
        clash_address=addresses(*KEPT, name="clash_page"),
        twin_paging=twin_paging,
        twin_address=addresses(*KEPT, name="twin_page"),
        twins=[(by_key[twin.first], by_key[twin.second], twin.is_same_title) for twin in twins],
    )


def in_sentences(view: Merged, clashes: Sequence[PlanClash]) -> list[SeasonClash]:
    by_key = {entry.key: entry for entry in view.entries}
    return [
        SeasonClash(tuple(by_key[key] for key in clash.keys), shown([clash.finding])[0])
        for clash in clashes
    ]


def _in_order(entry: MergedWish) -> tuple[bool, datetime, int]:
    place = entry.wish.place
    return place is None, place or entry.season.created_at, entry.key
