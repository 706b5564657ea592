"""Two or more draft plans as one view, with what clashes and what is meant twice, before anything is approved (R34)."""

from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from flask import render_template, request
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.seasons import policy, queries
from app.seasons.queries import Entry, Merged
from app.seasons.views import bp
from app.seasons.views.rows import Finding, in_words, names_of
from app.seasons.wording import Speaker
from app.web.guards import current_actor, requires
from app.web.locale import reader_timezone

MOST_PLANS = 8
MOST_LISTED = 40


@dataclass(frozen=True)
class Clash:
    entries: tuple[Entry, ...]
    finding: Finding


@bp.get("/seasons/compare")
@requires(policy.may_plan_seasons)
def compare() -> str:
    """`with` names a season, twice or more."""
    asked = asked_for()
    with reading() as db:
        every = queries.seasons(db, actor=current_actor())
        if not asked:
            return render_template("seasons/compare.html", every=every, asked=(), merged=None)
        view = queries.merged(db, actor=current_actor(), season_ids=asked, now=clock.now())
        return page(db, view, every, asked)


def asked_for() -> list[UUID]:
    """What is no id is no season."""
    try:
        found = [UUID(value) for value in request.args.getlist("with")]
    except ValueError:
        raise NotFound from None
    return found[:MOST_PLANS]


def page(db: Session, view: Merged, every: object, asked: list[UUID]) -> str:
    by_key = {entry.key: entry for entry in view.entries}
    spans = {entry.key: entry.wish.span for entry in view.entries if entry.wish.span is not None}
    titles: dict[int, LocalizedText] = {entry.key: entry.wish.title for entry in view.entries}
    names = names_of(db, [entry.wish for entry in view.entries])
    speaker = Speaker(view.setting, names, titles, spans, reader_timezone())
    clashes = [
        Clash(tuple(by_key[key] for key in (v.key, *v.others)), in_words([speaker.say(v)])[0]) for v in view.clashes
    ]
    twins = [(by_key[twin.first], by_key[twin.second], twin.is_same_title) for twin in view.duplicates]
    placed = sorted(
        (e for e in view.entries if e.wish.place), key=lambda e: (e.wish.place or e.season.created_at, e.key)
    )
    months = [
        (on, list(entries))
        for on, entries in groupby(
            placed, key=lambda e: view.setting.problem.day_of(spans[e.key].starts_at).replace(day=1)
        )
    ]
    loose = [entry for entry in view.entries if entry.wish.place is None]
    return render_template("seasons/compare.html", every=every, asked=asked, merged=view, clashes=clashes[:MOST_LISTED],
                           clash_count=len(clashes), twins=twins[:MOST_LISTED], months=months, loose=loose)  # fmt: skip
