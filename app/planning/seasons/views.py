"""Pages of season planning, for organizers and the presidency. All of them work without scripts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.paging import Paging
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import Language, LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.requests import decide_by
from app.planning.arranging.views.plan_page import (
    may_ask,
    moment_text,
    presidency_shown,
    sentences_of,
)
from app.planning.scheduling.values import Finding, Severity
from app.planning.scheduling.wording import sentence
from app.planning.seasons import policy, queries, services, wording
from app.planning.seasons.forms import AcceptForm, PlaceForm, SeasonForm, columns, heading
from app.planning.seasons.queries import Merged, MergedWish, PlanClash, SeasonDetail, WishDetail
from app.planning.seasons.rules import Board, NoSuchWish
from app.planning.seasons.services import SeasonDoesNotFit, WishMisfit
from app.planning.seasons.values import MOST_WISHES, SeasonState
from app.planning.seasons.wording import sentence_in_both, shortfall_in_words
from app.web.errors import STATUS
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import changed_meanwhile
from app.web.paging import addresses, page_asked
from app.web.render import zone_choices

bp = Blueprint("seasons", __name__)


# A plan as rows of a page: where each wish is, what stands in its way, what moves.


@dataclass(frozen=True)
class ShownFinding:
    """As templates/components/findings.html wants it."""

    severity: str
    sentence: str


@dataclass(frozen=True)
class JudgedWish:
    """A wish with what the rule book says of `span`: where it would be, and else the time that came
    nearest. None where there is no such time, or the presidency was asked.
    """

    wish: WishDetail
    span: Timespan | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_refused(self) -> bool:
        return any(finding.is_refused for finding in self.findings)


@dataclass(frozen=True)
class ShownWish:
    """A row of a page. `span` is that of JudgedWish, `week` the Monday of its place. `may_ask`: the
    presidency may allow what refuses the time.
    """

    wish: WishDetail
    groups: str
    findings: tuple[ShownFinding, ...] = ()
    span: Timespan | None = None
    week: date | None = None
    may_ask: bool = False


@dataclass(frozen=True)
class Outlook:
    """All wishes in order of time, those without a place last; `refused` is how many cannot stand
    as they are.
    """

    board: Board
    wishes: tuple[JudgedWish, ...]
    moved: tuple[WishDetail, ...]
    kept: int
    without_place: int
    refused: int


def outlook(db: Session, season: SeasonDetail) -> Outlook:
    """Judges each wish beside the others; `row_of` says it in words, for those that a page shows."""
    board = queries.board_of(db, season, now=clock.now())
    wishes = [judged(wish, board) for wish in season.wishes if not wish.is_gone]
    wishes.sort(
        key=lambda one: (
            one.wish.place is None,
            one.wish.place or season.created_at,
            one.wish.position,
        )
    )
    pinned = [one.wish for one in wishes if one.wish.published_at is not None]
    moved = tuple(wish for wish in pinned if wish.is_moved)
    return Outlook(
        board=board,
        wishes=tuple(wishes),
        moved=moved,
        kept=len(pinned) - len(moved),
        without_place=sum(one.wish.place is None and not one.wish.is_asked for one in wishes),
        refused=sum(one.is_refused for one in wishes if one.wish.place is not None),
    )


def judged(wish: WishDetail, board: Board) -> JudgedWish:
    """Returns a wish with what the rule book says of it on the board."""
    key, starts_at = wish.position, wish.place or wish.refused_at
    if starts_at is None or wish.is_asked:
        return JudgedWish(wish)
    span = board.wishes[key].span(starts_at)
    is_placed = wish.place is not None
    findings = board.findings(key) if is_placed else board.findings_at(key, span)
    return JudgedWish(wish, span, findings)


def row_of(one: JudgedWish, board: Board, names: Mapping[str, LocalizedText]) -> ShownWish:
    """Returns the row of a judged wish, with all that is said in words. `names`: of the groups."""
    wish, span = one.wish, one.span
    groups = ", ".join(names[slug].in_(reader_language()) for slug in wish.groups if slug in names)
    if span is None:
        return ShownWish(wish, groups)
    shortfalls = [
        ShownFinding(
            Severity.WARN,
            _in_words(
                shortfall_in_words(
                    shortfall, board=board, span=span, reader_timezone=reader_timezone()
                )
            ),
        )
        for shortfall in board.shortfalls(wish.position, span)
    ]
    day = board.day_of(span.starts_at)
    return ShownWish(
        wish=wish,
        groups=groups,
        findings=(*shown(one.findings), *shortfalls),
        span=span,
        week=day - timedelta(days=day.weekday()) if wish.place is not None else None,
        may_ask=wish.pinned_event_id is None and may_ask(one.findings),
    )


def shown(findings: Iterable[Finding]) -> tuple[ShownFinding, ...]:
    """Returns the findings in the rule book's words. Those who plan seasons act for the region and may see
    every title.
    """
    return tuple(
        ShownFinding(
            finding.severity, _in_words(sentence(finding, reader_timezone=reader_timezone()))
        )
        for finding in findings
    )


def _in_words(words: LocalizedText) -> str:
    return words.in_(reader_language())


@dataclass(frozen=True)
class RefusedWish:
    """A webinar that no longer fits, for the page of acceptance."""

    wish: WishMisfit
    sentences: tuple[str, ...]


def refusals(refusal: SeasonDoesNotFit) -> tuple[RefusedWish, ...]:
    return tuple(
        RefusedWish(misfit, tuple(map(_in_words, texts_of(misfit)))) for misfit in refusal.misfits
    )


def texts_of(misfit: WishMisfit) -> Sequence[LocalizedText]:
    """Returns what refuses a wish in both languages; those who plan seasons act for the region and
    may see every title.
    """
    sentences = [
        sentence(finding, reader_timezone=reader_timezone()) for finding in misfit.findings
    ]
    return [*sentences, *map(sentence_in_both, misfit.sentences)]


# Accepting a season: what it will do, then all of it or nothing.

Answer = Response | str | tuple[str, int]


@bp.get("/seasons/<uuid:season_id>/acceptance")
@requires(policy.may_plan_seasons)
def accept(season_id: UUID) -> Answer:
    return _acceptance_page(season_id, AcceptForm())


@bp.post("/seasons/<uuid:season_id>/acceptance")
@requires(policy.may_plan_seasons)
def accept_confirmed(season_id: UUID) -> Answer:
    """Accepts a season; answers 409 when something no longer fits, with a sentence for each such
    webinar and nothing written.
    """
    form = AcceptForm(request.form)
    if not form.validate():
        return _acceptance_page(season_id, form), 422
    try:
        with transaction() as db:
            event_ids = services.accept_season(
                db,
                actor=current_actor(),
                season_id=season_id,
                now=clock.now(),
                publish=form.publish.data == "yes",
            )
    except SeasonDoesNotFit as refusal:
        return _acceptance_page(season_id, form, refusals(refusal)), 409
    flash(
        _(
            "The season is accepted: %(count)d new events are in the programme.",
            count=len(event_ids),
        ),
        "success",
    )
    return redirect(url_for("seasons.season", season_id=season_id), 303)


def _acceptance_page(
    season_id: UUID, form: AcceptForm, refused: tuple[RefusedWish, ...] = ()
) -> str:
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


# Shows two or more draft plans together, with what clashes and what occurs twice, before anything
# is approved (R34).

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
    """Shows the seasons that the parameter `with` names, twice or more."""
    season_ids = asked_for()
    with reading() as db:
        every = queries.seasons(db, actor=current_actor())
        if not season_ids:
            return render_template(
                "planning/seasons/compare.html", every=every, asked=(), merged=None
            )
        view = queries.merged(db, actor=current_actor(), season_ids=season_ids, now=clock.now())
        return page(view, every, season_ids)


def asked_for() -> list[UUID]:
    """Returns the seasons that the address names. Raises NotFound where a value is no id."""
    try:
        season_ids = [UUID(value) for value in request.args.getlist("with")]
    except ValueError:
        raise NotFound from None
    return season_ids[:MOST_PLANS]


def page(view: Merged, every: object, season_ids: list[UUID]) -> str:
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
        asked=season_ids,
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


# The list of seasons, a new one, and one season from its progress to its proposal.

WORKING = (SeasonState.QUEUED, SeasonState.SOLVING)
HX_REFRESH = {"HX-Refresh": "true"}


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
        season_id = press_once(
            lambda db, now: services.create_season(
                db, actor=current_actor(), draft=form.draft(), now=now
            )
        )
    except InvalidInput as refusal:
        form.show(refusal.errors)
        return new_page(form), 422
    return redirect(url_for("seasons.season", season_id=season_id), 303)


@bp.get("/seasons/<uuid:season_id>")
@requires(policy.may_plan_seasons)
def season(season_id: UUID) -> Answer:
    """Shows how far it is while it is being planned; then the proposal by week."""
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
    """Returns the bar alone, for htmx; when there is an answer the whole page is read again."""
    with reading() as db:
        season = queries.season_of(db, actor=current_actor(), season_id=season_id)
    html = render_template("planning/seasons/_progress.html", season=season, states=wording.STATES)
    return html if season.state in WORKING else (html, 200, HX_REFRESH)


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


# The page on which a planner chooses another place for one webinar and sees at once what stands in
# its way.

CHOOSE, ASK = "choose", "ask"


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
        sentences = [say(reader_language(), sentence) for sentence in refusal.errors.values()]
        form.ask_reason.errors = [*form.ask_reason.errors, *sentences]
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
    sentence = changed_meanwhile(
        refusal, url_for("seasons.wish", season_id=season_id, position=position)
    )
    with reading() as db:
        return _page(db, *found(db, season_id, position), form, (sentence,)), STATUS[refusal.kind]


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
    """Returns how the presidency can be asked for a refused time, as on the planning page."""
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
