"""The region's matrix: what the countries reported, filtered; follow-up, publishing, and the sheet
that is taken along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from babel.lists import format_list
from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.followup.agreements.queries.agreements import countries, sections
from app.followup.matrix import policy, wording
from app.followup.matrix.exports import matrix_csv, matrix_workbook
from app.followup.matrix.queries import (
    held_rows,
    periods,
    progress,
    region_matrix,
    tables_of_period,
)
from app.followup.matrix.services import (
    follow_up_rows,
    note_matrix_taken,
    publish_period,
    release_row,
)
from app.followup.matrix.values import (
    MigrationPhase,
    Period,
    PeriodState,
    RegionMatrix,
    RowFilters,
    RowKind,
    RowSharing,
    RowStatus,
    RowView,
)
from app.followup.matrix.views import bp
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import LocalizedText, date_locale, openable
from app.people.directory.queries.designations import without_focal_point
from app.planning.events import policy as events_policy
from app.web.downloads import XLSX, copy_mark, name_file
from app.web.fields import Typed, number_in, numbers_in
from app.web.guards import anyone, current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.limits import EXPORT
from app.web.locale import reader_language
from app.web.mistakes import refused
from app.web.paging import page_asked

Answer = BaseResponse | tuple[str, int]
PER_PAGE = 8
MOST_SECTIONS = 5
CSV = "text/csv; charset=utf-8"
BY_COUNTRY = "country"
"""The order by country; otherwise rows with something alike come first, and those without a word
last.
"""
LONGEST_CODE = 20
MARKS = {
    RowStatus.NO_CHANGE: "todo",
    RowStatus.ADVANCED: "draft",
    RowStatus.DONE: "good",
    RowStatus.STOPPED: "warn",
}
"""The shape that stands before a status."""
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class ShownLine:
    """A row in words. `also`: the countries with something alike; `link`: its evidence, "" where it
    may not be opened.
    """

    row: RowView
    country: str
    also: str
    link: str
    link_text: str


@dataclass(frozen=True)
class SilentCountry:
    """A country that has not sent its matrix. `may_be_written_to`: somebody answers for it."""

    code: str
    name: str
    answered: int
    agreed: int
    may_be_written_to: bool

    @property
    def audience(self) -> str:
        """Returns what the office's letters call its focal points."""
        return f"matrix:{self.code}"


@dataclass(frozen=True)
class KindChip:
    name: str
    count: int
    url: str
    is_on: bool


@dataclass(frozen=True)
class MatrixChoices:
    """The selects of the filter: what is sent and what is read, by name."""

    periods: Sequence[tuple[str, str]]
    sections: Sequence[tuple[str, str]]
    phases: Sequence[tuple[str, str]]
    countries: Sequence[tuple[str, str]]
    tables: Sequence[tuple[str, str]]
    orders: Sequence[tuple[str, str]]


# The page and its filters.


@bp.get("/matrix")
@requires(anyone)
def region() -> str:
    return _page(request.args)


@bp.post("/matrix/follow-up")
@requires(events_policy.may_plan)
def follow_up() -> Answer:
    """Makes a draft webinar about the ticked rows, with their countries invited (R18)."""
    ids = frozenset(numbers_in(request.form.getlist("row")))
    try:
        with transaction() as db:
            event_id = follow_up_rows(db, actor=current_actor(), ids=ids, now=clock.now())
    except Refusal as refusal:
        sentence, status = refused(refusal)
        return _page(request.form, sentence), status
    flash(
        _("A draft is ready and holds its time. Check it, complete it and publish it."), "success"
    )
    return redirect(url_for("events.edit", event_id=event_id), 303)


@bp.post("/matrix/periods/<int:period_id>/publication")
@requires(policy.may_run_matrix)
def publish(period_id: int) -> Answer:
    try:
        with transaction() as db:
            count = publish_period(db, actor=current_actor(), period_id=period_id, now=clock.now())
    except Refusal as refusal:
        sentence, status = refused(refusal)
        return _page(Typed([("period", str(period_id))]), sentence), status
    flash(
        ngettext(
            "%(num)s row is published. The focal points get their digest.",
            "%(num)s rows are published. The focal points get their digest.",
            count,
        ),
        "success",
    )
    return redirect(url_for("matrix.region", period=period_id), 303)


@bp.post("/matrix/rows/<int:row_id>/release")
@requires(policy.may_run_matrix)
def release(row_id: int) -> Answer:
    """Releases a row that was held: the secretariat says that it names no person."""
    try:
        with transaction() as db:
            release_row(db, actor=current_actor(), row_id=row_id, now=clock.now())
    except Refusal as refusal:
        sentence, status = refused(refusal)
        return _page(request.form, sentence), status
    flash(_("The row is no longer held."), "success")
    return redirect(url_for("matrix.region", period=request.form.get("period")), 303)


@bp.post("/matrix/export")
@requires(policy.may_read_region_matrix, costs=EXPORT)
def export() -> Response:
    """Returns the filtered rows as XLSX or CSV. A POST, because taking a copy is recorded."""
    actor, language, today, now = current_actor(), reader_language(), clock.today(), clock.now()
    with reading() as db:
        period = _period_asked(db, actor, request.form)
        if period is None:
            raise NotFound
        rows = region_matrix(
            db,
            actor=actor,
            period_id=period.id,
            today=today,
            filters=read_filters(request.form),
        ).rows
        names = _names(db)
    is_csv = request.form.get("format") == "csv"
    content = (
        matrix_csv(rows, countries=names, language=language, mark=copy_mark())
        if is_csv
        else matrix_workbook(
            rows, countries=names, language=language, made_at=now, mark=copy_mark()
        )
    )
    with transaction() as db:
        note_matrix_taken(db, actor=actor, rows=len(rows), now=now)
    answer = Response(
        content,
        mimetype=CSV if is_csv else XLSX,
        headers={"Cache-Control": "private, no-store"},
    )
    ending = "csv" if is_csv else "xlsx"
    name_file(answer, f"{_('matrix')}-{period.closes_on.isoformat()}.{ending}")
    return answer


def read_filters(args: Typed) -> RowFilters:
    """Returns the filters of an address. Values that mean nothing are left out, because people type
    addresses too.
    """
    return RowFilters(
        kind=_one_of(RowKind, args.get("kind", "")),
        section=args.get("section", "")[:LONGEST_CODE],
        phase=_one_of(MigrationPhase, args.get("phase", "")),
        country=args.get("country", "")[:2],
        work_table_id=number_in(args.get("table", "")),
        like=number_in(args.get("like", "")),
    )


def read_order(args: Typed) -> str:
    return BY_COUNTRY if args.get("order") == BY_COUNTRY else ""


def _one_of(choices: type[Choice], written: str) -> Choice | None:
    return choices(written) if written in set(choices) else None


def _page(args: Typed, refusal: str = "") -> str:
    actor, today = current_actor(), clock.today()
    filters, order = read_filters(args), read_order(args)
    with reading() as db:
        period = _period_asked(db, actor, args)
        if period is None:
            return render_template(
                "followup/matrix/none.html", may_run=policy.may_run_matrix(actor)
            )
        matrix = region_matrix(db, actor=actor, period_id=period.id, today=today, filters=filters)
        names, titles = _names(db), sections(db)
        choices = MatrixChoices(
            periods=[
                (str(one.id), wording.months_text(one, reader_language()))
                for one in _periods_of(db, actor)
            ],
            sections=[
                (code, f"{code} · {title.in_(reader_language())}") for code, title in titles.items()
            ],
            phases=[(phase.value, _(words)) for phase, words in wording.PHASES.items()],
            countries=[(code, name.in_(reader_language())) for code, name in names.items()],
            tables=[
                (str(number), theme.in_(reader_language()))
                for number, theme in tables_of_period(db, period_id=period.id).items()
            ],
            orders=[("", _("With something alike first")), (BY_COUNTRY, _("By country"))],
        )
        is_member = policy.may_read_region_matrix(actor)
        silent = _silent(db, actor, period, names) if is_member else []
        held = [row for row in held_rows(db, actor=actor) if row.period_id == period.id]
    rows = matrix.rows if order else sorted(matrix.rows, key=_by_likeness)
    paging = Paging(len(rows), PER_PAGE, page_asked())
    kept = _kept(period, filters, order)
    return render_template(
        "followup/matrix/region.html",
        period=period,
        lead=_lead(matrix, [one.name for one in silent] if filters == RowFilters() else [])
        if matrix.rows or is_member or filters != RowFilters()
        else _("No row of this period is open to everybody."),
        to_remind=silent
        if period.state is PeriodState.OPEN and policy.may_run_matrix(actor)
        else (),
        matrix=matrix,
        lines=[_line(row, names) for row in rows[paging.offset : paging.last]],
        paging=paging,
        address=lambda number: url_for("matrix.region", **{**kept, "page": number}),
        like_address=lambda row: url_for("matrix.region", period=period.id, like=row.id),
        section_address=lambda code: url_for("matrix.region", **{**kept, "section": code}),
        chips=_chips(matrix, filters, kept),
        choices=choices,
        filters=filters,
        order=order,
        kept=kept,
        is_filtered=filters != RowFilters(),
        by_section=_by_section(matrix, titles),
        hidden_from_public=sum(row.sharing is not RowSharing.PUBLIC for row in matrix.rows),
        held=[_line(row, names) for row in held],
        ticked=frozenset(numbers_in(typed_fields().getlist("row"))),
        refusal=refusal,
        may_follow_up=events_policy.may_plan(actor),
        may_publish=policy.may_run_matrix(actor)
        and period.state in (PeriodState.OVER, PeriodState.CLOSED),
        may_release=policy.may_run_matrix(actor),
        is_member=is_member,
        may_bring=policy.may_bring_rows(actor),
        kinds=wording.KINDS,
        statuses_of=wording.statuses_of,
        marks=MARKS,
        reasons=wording.HELD,
        is_published=period.state is PeriodState.PUBLISHED,
    )


def _periods_of(db: Session, actor: Actor) -> list[Period]:
    """Returns the periods of which the actor may find rows: the secretariat reads sent ones too."""
    known = [one for one in periods(db, today=clock.today()) if one.state is not PeriodState.COMING]
    if policy.may_read_sent(actor):
        return known
    return [one for one in known if one.state is PeriodState.PUBLISHED]


def _period_asked(db: Session, actor: Actor, args: Typed) -> Period | None:
    """Returns the period in the address, or else the newest that the actor may read."""
    readable = _periods_of(db, actor)
    wanted = number_in(args.get("period", ""))
    newest = readable[0] if readable else None
    return next((one for one in readable if one.id == wanted), newest)


def _silent(
    db: Session, actor: Actor, period: Period, names: Mapping[str, LocalizedText]
) -> list[SilentCountry]:
    vacant = without_focal_point(db, actor=actor, on=clock.today())
    return [
        SilentCountry(
            code=one.country,
            name=names[one.country].in_(reader_language()),
            answered=one.answered,
            agreed=one.agreed,
            may_be_written_to=one.country not in vacant,
        )
        for one in progress(db, actor=actor, period_id=period.id)
        if not one.is_sent
    ]


def _by_likeness(row: RowView) -> tuple[bool, bool]:
    return not row.also_in, not row.fact


def _lead(matrix: RegionMatrix, silent: Sequence[str]) -> str:
    """Returns what there is of the period in one line, and who has sent nothing."""
    rows, reporting = len(matrix.rows), len({row.country for row in matrix.rows})
    parts = [
        f"{wording.months_text(matrix.period, reader_language())}:",
        ngettext("%(num)s row", "%(num)s rows", rows),
        ngettext("of %(num)s country.", "of %(num)s countries.", reporting),
    ]
    if silent:
        parts.append(_("Not sent by %(countries)s.", countries=_listed(silent)))
    return " ".join(parts)


def _names(db: Session) -> dict[str, LocalizedText]:
    return {one.key: one.name for one in countries(db)}


def _line(row: RowView, names: Mapping[str, LocalizedText]) -> ShownLine:
    language, link = reader_language(), openable(row.evidence_url)
    return ShownLine(
        row=row,
        country=names[row.country].in_(language),
        also=_listed([names[code].in_(language) for code in row.also_in]),
        link=link,
        link_text=urlsplit(link).hostname or "",
    )


def _listed(names: Sequence[str]) -> str:
    return format_list(list(names), locale=date_locale(reader_language())) if names else ""


def _kept(period: Period, filters: RowFilters, order: str) -> dict[str, Any]:
    """Returns the filters as they stand in an address; what is not set is left out."""
    every = {
        "period": period.id,
        "kind": filters.kind.value if filters.kind else "",
        "section": filters.section,
        "phase": filters.phase.value if filters.phase else "",
        "country": filters.country,
        "table": filters.work_table_id,
        "like": filters.like,
        "order": order,
    }
    return {name: value for name, value in every.items() if value}


def _chips(matrix: RegionMatrix, filters: RowFilters, kept: Mapping[str, Any]) -> list[KindChip]:
    def address(kind: str) -> str:
        return url_for("matrix.region", **{**kept, "kind": kind or None})

    return [
        KindChip(_("All"), sum(matrix.by_kind.values()), address(""), filters.kind is None),
        *(
            KindChip(_(words), matrix.by_kind[kind], address(kind.value), filters.kind is kind)
            for kind, words in wording.KINDS.items()
            if matrix.by_kind.get(kind) or filters.kind is kind
        ),
    ]


def _by_section(
    matrix: RegionMatrix, titles: Mapping[str, LocalizedText]
) -> list[tuple[str, str, int]]:
    """Returns the sections with most rows: code, title, rows."""
    most = sorted(matrix.by_section.items(), key=lambda one: (-one[1], one[0]))[:MOST_SECTIONS]
    return [
        (code, titles[code].in_(reader_language()) if code in titles else "", count)
        for code, count in most
    ]
