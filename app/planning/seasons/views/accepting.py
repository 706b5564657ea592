"""Accepting a season: what it will do, then all of it or nothing."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.planning.seasons import policy, queries, services
from app.planning.seasons.forms import AcceptForm
from app.planning.seasons.services import SeasonDoesNotFit
from app.planning.seasons.values import SeasonState
from app.planning.seasons.views import bp
from app.planning.seasons.views.rows import RefusedWish, outlook, refusals
from app.web.guards import current_actor, requires

Answer = Response | str | tuple[str, int]


@bp.get("/seasons/<uuid:season_id>/acceptance")
@requires(policy.may_plan_seasons)
def accept(season_id: UUID) -> Answer:
    return _page(season_id, AcceptForm())


@bp.post("/seasons/<uuid:season_id>/acceptance")
@requires(policy.may_plan_seasons)
def accept_confirmed(season_id: UUID) -> Answer:
    """409 when something no longer fits: each such webinar with its sentence, and nothing
    written.
    """
    form = AcceptForm(request.form)
    if not form.validate():
        return _page(season_id, form), 422
    try:
        with transaction() as db:
            made = services.accept_season(
                db,
                actor=current_actor(),
                season_id=season_id,
                now=clock.now(),
                publish=form.publish.data == "yes",
            )
    except SeasonDoesNotFit as refusal:
        return _page(season_id, form, refusals(refusal)), 409
    flash(
        _("The season is accepted: %(count)d new events are in the programme.", count=len(made)),
        "success",
    )
    return redirect(url_for("seasons.season", season_id=season_id), 303)


def _page(season_id: UUID, form: AcceptForm, refused: tuple[RefusedWish, ...] = ()) -> str:
    with reading() as db:
        season = queries.season_of(db, actor=current_actor(), season_id=season_id)
        view = outlook(db, season)
    coming = sum(
        one.wish.pinned_event_id is None and one.wish.place is not None for one in view.wishes
    )
    is_possible = season.state is SeasonState.PROPOSED and bool(coming or view.moved)
    return render_template(
        "planning/seasons/accept.html",
        season=season,
        form=form,
        outlook=view,
        coming=coming,
        refused=refused,
        is_possible=is_possible,
        page_has_errors=bool(refused or form.errors),
    )
