"""The page on which a planner chooses another place for one webinar and sees at once what stands in
its way.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.requests import decide_by
from app.planning.arranging.views.plan_page import (
    moment_text,
    presidency_shown,
    sentences_of,
)
from app.planning.seasons import policy, queries, services
from app.planning.seasons.forms import PlaceForm
from app.planning.seasons.queries import SeasonDetail, WishDetail
from app.planning.seasons.rules.soundness import NoSuchWish
from app.planning.seasons.views import bp
from app.planning.seasons.views.rows import ShownWish, judged, row_of
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import changed_meanwhile

CHOOSE, ASK = "choose", "ask"
Answer = Response | str | tuple[str, int]


@bp.get("/seasons/<uuid:season_id>/wishes/<int:position>")
@requires(policy.may_plan_seasons)
def wish(season_id: UUID, position: int) -> Answer:
    """Shows the page; with `on` and `start` in the address, what that place would mean."""
    with reading() as db:
        season, asked = found(db, season_id, position)
        form = PlaceForm(request.args) if "on" in request.args else _as_it_is(season, asked)
        return _page(db, season, asked, form)


@bp.post("/seasons/<uuid:season_id>/wishes/<int:position>")
@requires(policy.may_plan_seasons)
def choose(season_id: UUID, position: int) -> Answer:
    form = PlaceForm(request.form)
    with reading() as db:
        season, asked = found(db, season_id, position)
        if request.form.get("action") == "take-back":
            starts_at = None
        elif request.form.get("action") not in (CHOOSE, ASK) or not form.validate():
            return _page(db, season, asked, form), 422 if form.errors else 200
        else:
            starts_at = form.starts_at(season.timezone)
    if request.form.get("action") == ASK and starts_at is not None:
        return _ask(season_id, position, form, starts_at)
    try:
        with transaction() as db:
            services.choose_place(
                db,
                actor=current_actor(),
                season_id=season_id,
                position=position,
                starts_at=starts_at,
                seen=form.seen.data or "",
            )
    except ChangedMeanwhile as refusal:
        return _told(season_id, position, form, refusal)
    flash(
        _("The time is fixed: it stays when the season is planned again.")
        if starts_at
        else _("Your choice is undone."),
        "success",
    )
    return redirect(url_for("seasons.season", season_id=season_id), 303)


def _ask(season_id: UUID, position: int, form: PlaceForm, starts_at: datetime) -> Answer:
    """Asks the presidency for the time, with the reason that was typed."""
    try:
        with transaction() as db:
            event_id = services.ask_for_place(
                db,
                actor=current_actor(),
                season_id=season_id,
                position=position,
                starts_at=starts_at,
                reason=form.ask_reason.data or "",
                now=clock.now(),
            )
    except InvalidInput as refusal:
        said = [say(reader_language(), sentence) for sentence in refusal.errors.values()]
        form.ask_reason.errors = [*form.ask_reason.errors, *said]
        with reading() as db:
            return _page(db, *found(db, season_id, position), form), 422
    except Refusal as refusal:
        if refusal.kind is not Kind.CONFLICT:
            raise
        with reading() as db:
            page = _page(db, *found(db, season_id, position), form, tuple(sentences_of(refusal)))
        return page, 409
    flash(_("The presidency has been asked. The webinar is a draft that waits."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


def _told(season_id: UUID, position: int, form: PlaceForm, refusal: ChangedMeanwhile) -> Answer:
    form.seen.data = refusal.mark
    said = changed_meanwhile(
        refusal, url_for("seasons.wish", season_id=season_id, position=position)
    )
    with reading() as db:
        return _page(db, *found(db, season_id, position), form, (said,)), STATUS[refusal.kind]


def found(db: Session, season_id: UUID, position: int) -> tuple[SeasonDetail, WishDetail]:
    season = queries.season_of(db, actor=current_actor(), season_id=season_id)
    asked = next(
        (one for one in season.wishes if one.position == position and one.takes_part), None
    )
    if asked is None:
        raise NoSuchWish
    return season, asked


def _as_it_is(season: SeasonDetail, asked: WishDetail) -> PlaceForm:
    local = asked.place.astimezone(ZoneInfo(season.timezone)) if asked.place else None
    return PlaceForm(data={"on": local.date(), "start": local.time()} if local else None)


def _page(
    db: Session,
    season: SeasonDetail,
    asked: WishDetail,
    form: PlaceForm,
    refusals: tuple[str, ...] = (),
) -> str:
    form.seen.data = form.seen.data or mark_of(asked.chosen_at)
    if form.on.raw_data is not None and not form.ask_reason.errors:
        form.validate()
    is_whole = form.on.data and form.start.data and not (form.on.errors or form.start.errors)
    row = looked_at(db, season, asked, form.starts_at(season.timezone)) if is_whole else None
    panel = {"ask": _asking(db, form, row.span)} if row and row.span and row.may_ask else None
    return render_template(
        "planning/seasons/wish.html",
        season=season,
        wish=asked,
        form=form,
        row=row,
        panel=panel,
        refusals=refusals,
        page_has_errors=bool(form.errors or refusals),
    )


def _asking(db: Session, form: PlaceForm, span: Timespan) -> dict[str, Any]:
    """How the presidency can be asked for a refused time, as on the planning page."""
    form.ask_reason.flags.required = True
    return {
        **presidency_shown(db, reader_language()),
        "reason": form.ask_reason,
        "decide_by": moment_text(decide_by(clock.now(), span.starts_at), reader_language()),
        "is_move": False,
        "standing": None,
    }


def looked_at(
    db: Session, season: SeasonDetail, asked: WishDetail, starts_at: datetime
) -> ShownWish:
    """Returns the wish as if it were there, beside all others where they are."""
    there = replace(asked, chosen_at=starts_at)
    wishes = tuple(there if one.position == asked.position else one for one in season.wishes)
    board = queries.board_of(db, replace(season, wishes=wishes), now=clock.now())
    return row_of(judged(there, board), board, queries.names_of_groups(db))
