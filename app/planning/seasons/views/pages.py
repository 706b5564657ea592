"""The list of seasons, a new one, and one season from its progress to its proposal."""

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.kernel.paging import Paging
from app.kernel.refusal import InvalidInput
from app.kernel.text import Language
from app.planning.seasons import policy, queries, services, wording
from app.planning.seasons.forms import SeasonForm, columns, heading
from app.planning.seasons.queries import SeasonDetail
from app.planning.seasons.values import MOST_WISHES, SeasonState
from app.planning.seasons.views import bp
from app.planning.seasons.views.rows import ShownWish, outlook, row_of
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.paging import addresses, page_asked
from app.web.render import zone_choices

Answer = Response | str | tuple[str, int]
WORKING = (SeasonState.QUEUED, SeasonState.SOLVING)
HX_REFRESH = {"HX-Refresh": "true"}
A_PAGE = 20


@bp.get("/seasons")
@requires(policy.may_plan_seasons)
def seasons() -> Answer:
    with reading() as db:
        found = queries.seasons(db, actor=current_actor())
    return render_template("planning/seasons/seasons.html", seasons=found, states=wording.STATES)


@bp.get("/seasons/new")
@requires(policy.may_plan_seasons)
def new() -> Answer:
    return new_page(form_of())


@bp.post("/seasons/new")
@requires(policy.may_plan_seasons)
def create() -> Answer:
    form = form_of(request.form)
    if not form.validate():
        return new_page(form), 422
    try:
        made = press_once(
            lambda db, now: services.create_season(
                db, actor=current_actor(), draft=form.draft(), now=now
            )
        )
    except InvalidInput as refusal:
        form.show(refusal.errors)
        return new_page(form), 422
    return redirect(url_for("seasons.season", season_id=made), 303)


@bp.get("/seasons/<uuid:season_id>")
@requires(policy.may_plan_seasons)
def season(season_id: UUID) -> Answer:
    """While it is being planned: how far; then the proposal by week."""
    with reading() as db:
        found = queries.season_of(db, actor=current_actor(), season_id=season_id)
        if found.state in WORKING:
            return render_template(
                "planning/seasons/progress.html", season=found, states=wording.STATES
            )
        view = outlook(db, found)
        others = [one for one in queries.seasons(db, actor=current_actor()) if one.id != season_id]
        names = queries.names_of_groups(db)
    paging = Paging(len(view.wishes), A_PAGE, page_asked())
    listed = view.wishes[paging.offset : paging.last]
    return render_template(
        "planning/seasons/season.html",
        season=found,
        outlook=view,
        rows=[row_of(one, view.board, names) for one in listed],
        paging=paging,
        address=addresses(),
        others=others[:20],
        states=wording.STATES,
        place_page=place_page,
        no_working_day=wording.NO_WORKING_DAY,
    )


def place_page(season: SeasonDetail, row: ShownWish, _anchor: str | None = None) -> str:
    """Returns the page of a wish with the time that came nearest typed in, where there is one."""
    local = row.span.starts_at.astimezone(ZoneInfo(season.timezone)) if row.span else None
    return url_for(
        "seasons.wish",
        season_id=season.id,
        position=row.wish.position,
        on=f"{local:%Y-%m-%d}" if local else None,
        start=f"{local:%H:%M}" if local else None,
        _anchor=_anchor,
    )


@bp.get("/seasons/<uuid:season_id>/progress")
@requires(policy.may_plan_seasons)
def progress(season_id: UUID) -> Answer | tuple[str, int, dict[str, str]]:
    """The bar alone, for htmx; when there is an answer the whole page is read again."""
    with reading() as db:
        found = queries.season_of(db, actor=current_actor(), season_id=season_id)
    html = render_template("planning/seasons/_progress.html", season=found, states=wording.STATES)
    return html if found.state in WORKING else (html, 200, HX_REFRESH)


@bp.post("/seasons/<uuid:season_id>/proposal")
@requires(policy.may_plan_seasons)
def propose_again(season_id: UUID) -> Answer:
    with transaction() as db:
        services.request_proposal(db, actor=current_actor(), season_id=season_id, now=clock.now())
    flash(_("The season is being planned again. What you placed yourself stays."), "success")
    return redirect(url_for("seasons.season", season_id=season_id), 303)


def form_of(typed: object = None) -> SeasonForm:
    form = SeasonForm(typed)
    form.timezone.choices = zone_choices()
    return form


def group_words(language: Language) -> Sequence[str]:
    """Returns the working groups as one may write them in a sheet: their short names."""
    body = current_body()
    return [
        body.short_names[group.slug].in_(language) if group.slug in body.short_names else group.slug
        for group in body.working_groups
    ]


def new_page(form: SeasonForm) -> str:
    return render_template(
        "planning/seasons/new.html",
        form=form,
        columns={column: heading(column, reader_language()) for column in columns()},
        group_words=group_words(reader_language()),
        most=MOST_WISHES,
        page_has_errors=bool(form.errors),
    )
