"""Pages of a work table: its plan with the grid of activities, what is pasted into it, its members,
and the steps of the plan.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.followup.agreements.forms import CHOOSE
from app.followup.agreements.queries.agreements import (
    AgreementChoices,
    NamedChoice,
    choices,
    countries,
)
from app.followup.agreements.values import ActivityDraft, AgreementView, ResponsibleKind
from app.followup.agreements.wording import BODIES
from app.followup.plans import exports, policy, wording
from app.followup.plans.forms.activity import (
    ActivityForm,
    MemberForm,
    MemberSectorForm,
    PastedPlanForm,
    PlanDecisionForm,
    PlanReturnForm,
    answers_of,
    return_form,
    sectors,
)
from app.followup.plans.forms.table import HEADINGS, IN_ORDER, PastedTable, read_table
from app.followup.plans.queries import findings_to_take, funds, plan_lines, table_of
from app.followup.plans.rules import PlanNotDraft, blocks, lacks
from app.followup.plans.services import (
    add_member,
    change_member,
    remove_member,
    remove_plan_activity,
    send_back_plan,
    submit_plan,
    take_findings,
    validate_plan,
    write_activities,
    write_activity,
)
from app.followup.plans.values import PlanLine, PlanState, PlanStep, Sector, TableView
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import site_address
from app.infra.language import say, translate
from app.infra.pdf import pdf_of
from app.kernel.actor import Role
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.people.directory.queries.institutions import country_spellings
from app.people.identity.policy import acts_for_the_region
from app.web.autosave import is_autosave, mistakes_in, saved_text
from app.web.downloads import name_file
from app.web.fields import Typed, number_in, numbers_in
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.limits import PDF
from app.web.locale import listed, reader_language
from app.web.mistakes import refused, show_refusal
from app.web.render import short_day, short_day_text

bp = Blueprint("plans", __name__)
Answer = Response | str | tuple[str, int]
NEW = 0
"""Instead of the id of an activity: the empty row at the end of the grid."""


# What the page shows.


@dataclass(frozen=True)
class PlanStage:
    """A cell of the bar of stages; see templates/components/stages.html."""

    number: int
    name: str
    state: str
    mark: str
    words: str
    links: tuple[tuple[str, str, bool], ...] = ()


@dataclass(frozen=True)
class ActivityRow:
    """`missing`: what it needs before the plan is submitted, in words; `advised`: what it lacks
    besides.
    """

    activity: AgreementView
    missing: str
    advised: str
    marker: str
    saved: str


@dataclass(frozen=True)
class SectorRow:
    """How many members of each country come from one sector, in the order of the countries."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class TableSeats:
    """The members of a table by country and sector (R11). `warnings`: a sentence for each country
    whose members all come from one sector.
    """

    countries: tuple[tuple[str, str, bool], ...]
    rows: tuple[SectorRow, ...]
    warnings: tuple[str, ...]


def rows_of(table: TableView) -> list[ActivityRow]:
    """Returns the activities with what they lack, in words."""
    language = reader_language()
    rows = []
    for one in table.plan.activities:
        lacking = lacks(one)
        marker = one.activity.gender_marker if one.activity else None
        rows.append(
            ActivityRow(
                activity=one,
                missing=listed(
                    translate(language, wording.LACKS[lack]) for lack in lacking if blocks(lack)
                ),
                advised=listed(
                    translate(language, wording.LACKS[lack]) for lack in lacking if not blocks(lack)
                ),
                marker="" if marker is None else translate(language, wording.MARKERS[marker]),
                saved=saved_text(one.activity.changed_at) if one.activity else "",
            )
        )
    return rows


def lead_of(table: TableView, rows: list[ActivityRow]) -> str:
    """Returns what stands in the plan, and how much is missing before it can be submitted."""
    number = len(rows)
    if not number:
        return str(_("This plan has no activity yet."))
    days = sorted(one.due for one in table.plan.activities if one.due)
    several = ngettext("%(num)s activity", "%(num)s activities", number)
    if days:
        first, last = (
            short_day_text(day, "yMMMM", reader_language()) for day in (days[0], days[-1])
        )
        several = (
            _("%(several)s in %(month)s", several=several, month=first)
            if first == last
            else _(
                "%(several)s from %(first)s to %(last)s", several=several, first=first, last=last
            )
        )
    if table.plan.state is not PlanState.DRAFT:
        return f"{several}."
    missing = len([row for row in rows if row.missing])
    outlook = (
        ngettext(
            "One is not complete; the plan cannot be submitted yet.",
            "%(num)s are not complete; the plan cannot be submitted yet.",
            missing,
        )
        if missing
        else _("Nothing is missing: it can be submitted.")
    )
    return f"{several}. {outlook}"


def steps_of(table: TableView) -> list[PlanStage]:
    """Returns the three states as the bar of stages."""
    plan, order = table.plan, list(PlanState)
    language, now = reader_language(), order.index(table.plan.state)
    sent_back = plan.returned if plan.is_sent_back else None
    words = {
        PlanState.DRAFT: _("Sent back on %(day)s", day=short_day(reference_day(sent_back.at)))
        if sent_back
        else "",
        PlanState.SUBMITTED: _("The presidency reads it"),
        PlanState.VALIDATED: _("With a Decision; it enters the general plan"),
    }
    if plan.submitted and now > 0:
        words[PlanState.SUBMITTED] = done_by(plan.submitted)
    if plan.validated:
        words[PlanState.VALIDATED] = f"{plan.decision_ref} · {done_by(plan.validated)}"
    return [
        PlanStage(
            number=number + 1,
            name=translate(language, wording.STATES[state]),
            state="passed" if number < now else "now" if number == now else "to-come",
            mark="good" if number < now else "",
            words=words[state],
        )
        for number, state in enumerate(order)
    ]


def done_by(step: PlanStep) -> str:
    """Returns "9 jun 2027", with who did it where the reader may know."""
    day = short_day(reference_day(step.at))
    return f"{step.by}, {day}" if step.by else day


def gender_line(table: TableView) -> str:
    """Returns how many activities have each marker, the highest first; "" where none has one."""
    markers = Counter(
        one.activity.gender_marker
        for one in table.plan.activities
        if one.activity and one.activity.gender_marker is not None
    )
    if not markers:
        return ""
    language = reader_language()
    counted = ", ".join(
        _(
            "%(count)s with “%(marker)s”",
            count=markers[marker],
            marker=translate(language, wording.MARKERS[marker]),
        )
        for marker in sorted(markers, reverse=True)
    )
    return str(_("Gender: %(markers)s", markers=counted))


def seats_of(table: TableView, known: Iterable[NamedChoice]) -> TableSeats:
    """Returns the members by country and sector, sectors that nobody comes from left out."""
    language = reader_language()
    names = {one.key: one.name.in_(language) for one in known}
    counted = Counter((one.country, one.sector) for one in table.members)
    codes = sorted({one.country for one in table.members}, key=lambda code: names.get(code, code))
    sectors = [one for one in Sector if any(counted[code, one] for code in codes)]
    only = {one.country: one.sector for one in table.members}
    return TableSeats(
        countries=tuple((code, names.get(code, code), code in table.one_sector) for code in codes),
        rows=tuple(
            SectorRow(
                translate(language, wording.SECTORS[sector]),
                tuple(counted[code, sector] for code in codes),
            )
            for sector in sectors
        ),
        warnings=tuple(
            _(
                "All %(count)s members of %(country)s come from one sector: %(sector)s.",
                count=counted[code, only[code]],
                country=names.get(code, code),
                sector=translate(language, wording.SECTORS[only[code]]).lower(),
            )
            for code in table.one_sector
        ),
    )


# The page of a table.


@bp.get("/work-tables/<int:table_id>")
@requires(policy.may_read_plans)
def table(table_id: int) -> str:
    return _page(table_id)


@bp.get("/work-tables/<int:table_id>/activities/new")
@requires(policy.may_read_plans)
def new_activity(table_id: int) -> str:
    """Shows the grid with an empty row at its end."""
    _require_may_write(_table(table_id))
    return _page(table_id, opened=NEW, form=_activity_form())


@bp.get("/work-tables/<int:table_id>/activities/<int:activity_id>")
@requires(policy.may_read_plans)
def activity(table_id: int, activity_id: int) -> str:
    """Shows the grid with one row open."""
    shown = _table(table_id)
    _require_may_write(shown)
    stored = _activity_in(shown, activity_id)
    if stored is None:
        raise NotFound
    return _page(table_id, opened=activity_id, form=_activity_form(stored=stored))


@bp.post("/work-tables/<int:table_id>/activities")
@requires(policy.may_read_plans)
def add_activity(table_id: int) -> Answer:
    """Adds the row at the end of the grid. Once it has saved itself, its form carries its number."""
    saved = number_in(request.form.get("activity", ""))
    return _write(table_id, None) if saved is None else _change(table_id, saved)


@bp.post("/work-tables/<int:table_id>/activities/<int:activity_id>")
@requires(policy.may_read_plans)
def change_activity(table_id: int, activity_id: int) -> Answer:
    return _change(table_id, activity_id)


@bp.post("/work-tables/<int:table_id>/activities/<int:activity_id>/removal")
@requires(policy.may_read_plans)
def remove_activity(table_id: int, activity_id: int) -> Answer:
    return _step(
        table_id,
        lambda db, now: remove_plan_activity(
            db, actor=current_actor(), work_table_id=table_id, activity_id=activity_id, now=now
        ),
        _("The activity is removed. Those after it moved up."),
    )


@bp.post("/work-tables/<int:table_id>/findings")
@requires(policy.may_read_plans)
def take(table_id: int) -> Answer:
    """Makes draft activities of the findings that were ticked."""
    ticked = frozenset(numbers_in(request.form.getlist("finding")))
    if not ticked:
        return _page(table_id, refusal=_("Tick at least one finding.")), 422
    return _step(
        table_id,
        lambda db, now: take_findings(
            db, actor=current_actor(), work_table_id=table_id, finding_ids=ticked, now=now
        ),
        _("The findings you ticked are activities now. Say who answers for them, and by when."),
    )


@bp.post("/work-tables/<int:table_id>/submission")
@requires(policy.may_read_plans)
def submit(table_id: int) -> Answer:
    return _step(
        table_id,
        lambda db, now: submit_plan(db, actor=current_actor(), work_table_id=table_id, now=now),
        _("The plan is submitted. The presidency reads it next."),
    )


@bp.post("/work-tables/<int:table_id>/return")
@requires(policy.may_read_plans)
def send_back(table_id: int) -> Answer:
    shown = _table(table_id)
    numbers = [one.paragraph.number for one in shown.plan.activities]
    form = return_form(numbers, request.form)
    policy.require_may_send_back_plan(current_actor())
    if not form.validate():
        return _page(table_id, returning=form), 422
    try:
        with transaction() as db:
            send_back_plan(
                db,
                actor=current_actor(),
                work_table_id=table_id,
                note=form.note.data or "",
                requests=form.requests,
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _page(table_id, returning=form), status
    flash(_("The plan is sent back. Its table reads your note and can change it again."), "success")
    return redirect(url_for("plans.table", table_id=table_id), 303)


@bp.post("/work-tables/<int:table_id>/validation")
@requires(policy.may_read_plans)
def validate(table_id: int) -> Answer:
    """Validates the plan; the presidency alone may, and those of the table are told so."""
    _table(table_id)
    form = PlanDecisionForm(request.form)
    if policy.may_validate_plan(current_actor()) and not form.validate():
        return _page(table_id, deciding=form), 422
    try:
        with transaction() as db:
            validate_plan(
                db,
                actor=current_actor(),
                work_table_id=table_id,
                decision_ref=form.decision_ref.data or "",
                now=clock.now(),
            )
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _page(table_id, deciding=form), status
    except Refusal as refusal:
        sentence, status = refused(refusal)
        return _page(table_id, refusal=sentence), status
    flash(
        _("The plan is validated. Its text stays as it is, and it is in the general plan."),
        "success",
    )
    return redirect(url_for("plans.table", table_id=table_id), 303)


def _table(table_id: int) -> TableView:
    with reading() as db:
        return table_of(db, actor=current_actor(), work_table_id=table_id)


def _require_may_write(shown: TableView) -> None:
    """Refuses before a form is shown that could not be sent."""
    if shown.plan.state is not PlanState.DRAFT:
        raise PlanNotDraft
    if not shown.may_write:
        raise NotAllowed


def _activity_in(shown: TableView, activity_id: int) -> AgreementView | None:
    return next((one for one in shown.plan.activities if one.id == activity_id), None)


def _step(table_id: int, act: Callable[[Session, datetime], object], done: str) -> Answer:
    """Does what one press asks for, and shows the table again: changed, or with why not."""
    _table(table_id)
    try:
        with transaction() as db:
            act(db, clock.now())
    except Refusal as refusal:
        sentence, status = refused(refusal)
        return _page(table_id, refusal=sentence), status
    flash(done, "success")
    return redirect(url_for("plans.table", table_id=table_id), 303)


def _change(table_id: int, activity_id: int) -> Answer:
    """Saves a stored row. Of two who write in it, the second reads what the first one saved."""
    stored = _activity_in(_table(table_id), activity_id)
    if stored is not None:
        return _write(table_id, stored)
    form = _activity_form(request.form)
    form.form_errors.append(
        _("Somebody removed this activity while you were writing. Save it to add it again.")
    )
    form.activity.data = ""
    return _not_saved(table_id, None, form, 409)


def _write(table_id: int, stored: AgreementView | None) -> Answer:
    """Writes a new row, or the one that is stored: at a press of its button, or by itself."""
    shown = _table(table_id)
    form = _activity_form(request.form, stored)
    if is_autosave() and stored is None and not form.text.data.map(str.strip):
        return ""
    if not form.validate():
        if shown.plan.state is PlanState.DRAFT and not shown.may_write:
            raise NotAllowed
        return _not_saved(table_id, stored, form, 422)
    try:
        activity_id = press_once(
            lambda db, now: write_activity(
                db,
                actor=current_actor(),
                work_table_id=table_id,
                draft=form.draft(),
                now=now,
                activity_id=stored.id if stored else None,
                seen=form.seen.data or "",
            )
        )
    except Refusal as refusal:
        anchor = f"activity-{stored.id}" if stored else "new"
        status = show_refusal(
            form, refusal, stored=url_for("plans.table", table_id=table_id, _anchor=anchor)
        )
        is_conflict = isinstance(refusal, ChangedMeanwhile)
        return _not_saved(table_id, stored, form, status, is_conflict=is_conflict)
    if is_autosave():
        return _saved_part(table_id, int(activity_id))
    flash(_("The activity is saved."), "success")
    another = request.form.get("action") == "another"
    page = "plans.new_activity" if another else "plans.table"
    return redirect(
        url_for(page, table_id=table_id, _anchor="new" if another else "activities"), 303
    )


def _not_saved(
    table_id: int,
    stored: AgreementView | None,
    form: ActivityForm,
    status: int,
    *,
    is_conflict: bool = False,
) -> Answer:
    """Shows the row with its errors; after a conflict with what somebody else saved beside it."""
    opened = stored.id if stored else NEW
    if is_autosave():
        activity_id = stored.id if stored and is_conflict else None
        return _saved_part(table_id, activity_id, errors=mistakes_in(form)), status
    return _page(table_id, opened=opened, form=form, is_conflict=is_conflict), status


def _saved_part(table_id: int, activity_id: int | None, *, errors: Sequence[str] = ()) -> str:
    """Returns what htmx puts beside the row: that it is saved and what it lacks, or why it is not.

    After a conflict the form keeps the mark that it had: it would replace what somebody else saved
    at the next letter. Its button shows both.
    """
    shown = _table(table_id)
    rows = rows_of(shown)
    row = next((one for one in rows if one.activity.id == activity_id), None)
    return render_template(
        "followup/plans/_saved.html",
        table=shown,
        rows=rows,
        row=row,
        errors=errors,
        is_conflict=bool(errors) and row is not None,
        is_new="activity" in request.form,
        seen=mark_of(row.activity.as_activity_draft()) if row else "",
        lead=lead_of(shown, rows),
        genders=gender_line(shown),
    )


def _activity_form(typed: Typed | None = None, stored: AgreementView | None = None) -> ActivityForm:
    """Returns the form of a row: as it was typed, as it is stored, or empty."""
    language = reader_language()
    answering = stored.responsible if stored else ()
    with reading() as db:
        offered, sources = choices(db), funds(db)
    return ActivityForm(typed, data=answers_of(stored) if stored else None).offer(
        countries=_choices(offered.countries),
        groups=_choices(offered.groups),
        institutions=_institutions(
            offered,
            of=None
            if acts_for_the_region(current_actor())
            else current_actor().scopes(Role.FOCAL_POINT),
            named={one.key for one in answering if one.kind is ResponsibleKind.INSTITUTION},
        ),
        sections=[
            (code, f"{code} · {title.in_(language)}") for code, title in offered.sections.items()
        ],
        funds=[(slug, name.in_(language)) for slug, name in sources],
    )


def _choices(named: Iterable[NamedChoice]) -> list[tuple[str, str]]:
    return [(one.key, one.name.in_(reader_language())) for one in named]


def _institutions(
    offered: AgreementChoices,
    *,
    of: Collection[str] | None,
    named: Collection[str] = (),
) -> dict[str, list[tuple[str, str]]]:
    """Returns by the name of their country the institutions to choose from: those `of` these
    countries (None: of all), and those that are `named` already.
    """
    groups = {
        state.name.in_(reader_language()): [
            choice
            for choice in _choices(institutions)
            if of is None or state.key in of or choice[0] in named
        ]
        for state, institutions in offered.institutions
    }
    return {country: bodies for country, bodies in groups.items() if bodies}


def _page(
    table_id: int,
    *,
    opened: int | None = None,
    form: ActivityForm | None = None,
    returning: PlanReturnForm | None = None,
    deciding: PlanDecisionForm | None = None,
    refusal: str = "",
    is_conflict: bool = False,
) -> str:
    """Returns the page of a table. `opened`: the activity whose row is a form, NEW for the empty
    one. `is_conflict`: somebody else saved this row meanwhile; what they saved stands beside it.
    """
    actor = current_actor()
    with reading() as db:
        shown = table_of(db, actor=actor, work_table_id=table_id)
        findings = findings_to_take(db, plan=shown.plan) if shown.may_write else ()
        known = countries(db)
    rows = rows_of(shown)
    numbers = [one.paragraph.number for one in shown.plan.activities]
    forms = [one for one in (form, returning, deciding) if one is not None]
    is_waiting = shown.plan.state is PlanState.SUBMITTED and not shown.may_validate
    return render_template(
        "followup/plans/table.html",
        table=shown,
        plan=shown.plan,
        rows=rows,
        lead=lead_of(shown, rows),
        steps=steps_of(shown),
        genders=gender_line(shown),
        seats=seats_of(shown, known),
        findings=findings,
        opened=opened,
        form=form,
        returning=(returning or return_form(numbers)) if shown.may_send_back else None,
        deciding=(deciding or PlanDecisionForm()) if shown.may_validate else None,
        refusal=refusal,
        only_presidency=is_waiting and shown.leads,
        is_conflict=is_conflict,
        is_complete=bool(rows) and not any(row.missing for row in rows),
        page_has_errors=bool(refusal) or any(one.errors or one.form_errors for one in forms),
    )


@bp.get("/work-tables/<int:table_id>/plan.pdf")
@requires(policy.may_read_plans, costs=PDF)
def document(table_id: int) -> FlaskResponse:
    """Returns the plan as it is now as PDF, in the reader's language."""
    with reading() as db:
        shown = table_of(db, actor=current_actor(), work_table_id=table_id)
        known, sources = countries(db), funds(db)
    paper = exports.paper_of_table(
        shown,
        countries={one.key: one.name for one in known},
        funds=dict(sources),
        language=reader_language(),
        today=clock.today(),
        address=site_address(),
    )
    template = current_app.jinja_env.get_template("followup/plans/print.html")
    answer = FlaskResponse(pdf_of(template.render(paper)), mimetype="application/pdf")
    name_file(answer, f"work-plan-{table_id}-{reader_language()}.pdf", inline=True)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


# What is pasted from a spreadsheet or a document: shown as it was understood, then saved.


@bp.get("/work-tables/<int:table_id>/paste")
@requires(policy.may_read_plans)
def paste(table_id: int) -> str:
    shown = _table(table_id)
    _require_may_write(shown)
    return _paste_page(shown, PastedPlanForm(), None)


@bp.post("/work-tables/<int:table_id>/paste")
@requires(policy.may_read_plans)
def read_pasted(table_id: int) -> Answer:
    """Shows what was understood of each line; with `action` "add" it saves them, all or none."""
    shown = _table(table_id)
    _require_may_write(shown)
    form = PastedPlanForm(request.form)
    with reading() as db:
        offered, spellings = choices(db), country_spellings(db)
    try:
        pasted = read_table(
            form.table.data or "",
            offered=offered,
            spellings=spellings,
            language=reader_language(),
            today=clock.today(),
        )
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _paste_page(shown, form, None), status
    if not pasted.is_sound or request.form.get("action") != "add":
        return _paste_page(shown, form, pasted), 200 if pasted.is_sound else 422
    try:
        press_once(
            lambda db, now: write_activities(
                db, actor=current_actor(), work_table_id=table_id, drafts=pasted.drafts, now=now
            )
        )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _paste_page(shown, form, pasted), status
    flash(
        ngettext("%(num)s activity is added.", "%(num)s activities are added.", len(pasted.rows)),
        "success",
    )
    return redirect(url_for("plans.table", table_id=table_id, _anchor="activities"), 303)


@dataclass(frozen=True)
class UnderstoodLine:
    """A pasted line in the words of the reader."""

    number: int
    text: str
    responsible: tuple[str, ...]
    due: str
    measure: str
    marker: str
    section: str
    reasons: tuple[str, ...]


def _understood(pasted: PastedTable, offered: AgreementChoices) -> list[UnderstoodLine]:
    language = reader_language()
    return [
        UnderstoodLine(
            number=row.number,
            text=row.draft.text.in_(language),
            responsible=_names_of(row.draft, offered),
            due=short_day(row.draft.due) if row.draft.due else "",
            measure=" · ".join(one for one in (row.draft.indicator, row.draft.target) if one),
            marker=""
            if row.draft.gender_marker is None
            else translate(language, wording.MARKERS[row.draft.gender_marker]),
            section=row.draft.section,
            reasons=tuple(say(language, reason) for reason in row.reasons),
        )
        for row in pasted.rows
    ]


def _names_of(draft: ActivityDraft, offered: AgreementChoices) -> tuple[str, ...]:
    """Returns the codes of countries, and other parties by their names."""
    language = reader_language()
    names = {
        **{(ResponsibleKind.WORKING_GROUP, one.key): one.name for one in offered.groups},
        **{
            (ResponsibleKind.INSTITUTION, one.key): one.name
            for _country, institutions in offered.institutions
            for one in institutions
        },
    }
    return tuple(
        names[party.kind, party.key].in_(language)
        if (party.kind, party.key) in names
        else translate(language, BODIES[party.kind])
        if party.kind in BODIES
        else party.key
        for party in draft.responsible
    )


def _paste_page(shown: TableView, form: PastedPlanForm, pasted: PastedTable | None) -> str:
    with reading() as db:
        offered = choices(db)
    language = reader_language()
    return render_template(
        "followup/plans/paste.html",
        table=shown,
        form=form,
        pasted=pasted,
        rows=_understood(pasted, offered) if pasted else (),
        doubtful=[(text, short_day(on)) for text, on in pasted.doubtful_days.items()]
        if pasted
        else [],
        columns=[translate(language, HEADINGS[name][0]) for name in IN_ORDER],
        page_has_errors=bool(form.form_errors or form.errors) or (pasted and not pasted.is_sound),
    )


# Who sits at the table.


@bp.get("/work-tables/<int:table_id>/members")
@requires(policy.may_read_plans)
def members(table_id: int) -> str:
    return _members_page(_seatable(table_id), None)


@bp.post("/work-tables/<int:table_id>/members")
@requires(policy.may_read_plans)
def seat(table_id: int) -> Answer:
    shown = _seatable(table_id)
    form = _member_form(shown, request.form)
    if not form.validate():
        return _members_page(shown, form), 422
    try:
        with transaction() as db:
            add_member(
                db,
                actor=current_actor(),
                work_table_id=table_id,
                institution_id=form.institution_id,
                sector=form.said_sector,
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _members_page(shown, form), status
    flash(_("The institution sits at the table now."), "success")
    return redirect(url_for("plans.members", table_id=table_id), 303)


@bp.post("/work-tables/<int:table_id>/members/<int:table_member_id>/sector")
@requires(policy.may_read_plans)
def say_sector(table_id: int, table_member_id: int) -> Answer:
    shown = _seatable(table_id)
    form = MemberSectorForm(request.form).offer()
    if not form.validate():
        return _members_page(shown, None, refusal=_(CHOOSE)), 422
    with transaction() as db:
        change_member(
            db,
            actor=current_actor(),
            member_id=table_member_id,
            sector=Sector(form.sector.data),
            now=clock.now(),
        )
    flash(_("The sector is saved."), "success")
    return redirect(url_for("plans.members", table_id=table_id), 303)


@bp.post("/work-tables/<int:table_id>/members/<int:table_member_id>/removal")
@requires(policy.may_read_plans)
def unseat(table_id: int, table_member_id: int) -> Answer:
    _seatable(table_id)
    with transaction() as db:
        remove_member(db, actor=current_actor(), member_id=table_member_id, now=clock.now())
    flash(_("The institution no longer sits at the table."), "success")
    return redirect(url_for("plans.members", table_id=table_id), 303)


def _seatable(table_id: int) -> TableView:
    """Returns a table at which the actor may seat institutions."""
    shown = _table(table_id)
    if not (shown.leads or shown.may_seat):
        raise NotAllowed
    return shown


def _member_form(shown: TableView, typed: Typed | None = None) -> MemberForm:
    """Returns the form with the institutions that the reader may seat and that do not sit yet."""
    with reading() as db:
        offered = choices(db)
    sitting = {str(one.institution_id) for one in shown.members}
    seatable = {
        country: [choice for choice in bodies if choice[0] not in sitting]
        for country, bodies in _institutions(
            offered, of=None if shown.leads else shown.may_seat
        ).items()
    }
    return MemberForm(typed).offer(seatable)


def _members_page(shown: TableView, form: MemberForm | None, *, refusal: str = "") -> str:
    with reading() as db:
        known = countries(db)
    language = reader_language()
    form = form or _member_form(shown)
    return render_template(
        "followup/plans/members.html",
        table=shown,
        form=form,
        names={one.key: one.name.in_(language) for one in known},
        sectors=sectors(),
        sector_words=wording.SECTORS,
        seats=seats_of(shown, known),
        refusal=refusal,
        page_has_errors=bool(form.errors or refusal),
    )


# What the page of an edition says of its plans.


@bp.app_context_processor
def _inserts() -> dict[str, object]:
    return {"plan_lines": lines_of_edition, "plan_states": wording.STATES}


def lines_of_edition(slug: str) -> dict[int, PlanLine]:
    """Returns how the plans of an edition stand, by table."""
    with reading() as db:
        return plan_lines(db, actor=current_actor(), slug=slug)
