"""Pages of institutions: all of a country, one with its people and what to do, posts by course, and
what posts ask for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import counted_course
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Refusal
from app.people.directory import policy as directory_policy
from app.people.directory.services.posts import close_post, note_acting, reopen_post
from app.people.directory.views.reading import note_roster_read
from app.people.directory.wording import KINDS
from app.training.requests.queries import successor_letters
from app.training.turnover import policy, services, wording
from app.training.turnover.queries import posts as queries
from app.training.turnover.queries.figures import states_of_institutions
from app.training.turnover.rules import offices as rules
from app.training.turnover.rules.forecast import FLOOR, months_ahead
from app.training.turnover.values import (
    CourseName,
    CourseState,
    InstitutionState,
    PostCell,
    PostRow,
    TaggedInstitution,
)
from app.training.turnover.views.asked import course_asked, day_asked
from app.web.fields import day_in, numbers_in
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

bp = Blueprint("offices", __name__)
FIRST_NAMED = 3
LISTED = 25
ACTS_SHOWN = 2


@dataclass(frozen=True)
class OfficeAct:
    """A button: what can be done, and the address of the list it opens."""

    words: str
    url: str


@dataclass(frozen=True)
class OfficeLine:
    """An institution as the list shows it: why it is at risk, as a mark with words, and the acts."""

    state: InstitutionState
    tag: str
    reasons: Sequence[tuple[str, str]]
    acts: Sequence[OfficeAct]


@dataclass(frozen=True)
class CellLine:
    """A cell of the table of posts by course; `url` opens its list."""

    cell: PostCell
    url: str
    words: str


@dataclass(frozen=True)
class PostLine:
    """A kind of post with its cells, what is to be said of its posts, and the act in it."""

    row: PostRow
    cells: Sequence[CellLine | None]
    notes: Sequence[str]
    act: OfficeAct | None


def office_lines(
    states: Iterable[InstitutionState], code: str, on: date, *, may_act: bool
) -> list[OfficeLine]:
    language = reader_language()
    return [
        OfficeLine(
            state=state,
            tag=wording.mandate_tag(state.institution.mandate, language),
            reasons=[wording.reason_words(reason, language) for reason in rules.reasons(state, on)],
            acts=_acts(state, code)[:ACTS_SHOWN] if may_act else (),
        )
        for state in states
    ]


def _acts(state: InstitutionState, code: str) -> list[OfficeAct]:
    """Returns what can be done in an institution, what it lacks most first."""
    page = url_for("offices.institution", code=code, institution_id=state.institution.id)
    acts = []
    if state.vacant:
        acts.append(OfficeAct(_successor_words(state), f"{page}#vacant"))
    if state.to_renew:
        acts.append(
            OfficeAct(
                ngettext("Renew %(num)d", "Renew %(num)d", len(state.to_renew)), f"{page}#ending"
            )
        )
    if state.to_enrol:
        acts.append(
            OfficeAct(
                ngettext("Enrol %(num)d", "Enrol %(num)d", len(state.to_enrol)), f"{page}#none"
            )
        )
    if state.to_ask:
        words = ngettext("Ask for the note", "Ask for %(num)d notes", len(state.to_ask))
        acts.append(OfficeAct(words, f"{page}#left"))
    if not acts and state.coverage.unconfirmed:
        acts.append(
            OfficeAct(_("Confirm the list"), url_for("directory.roster", code=code, to_confirm=1))
        )
    return acts


def _successor_words(state: InstitutionState) -> str:
    asked_on, again_on = state.asking.asked_on, state.asking.again_on
    vacant = len(state.vacant)
    words: str
    if asked_on is None:
        words = ngettext("Ask for a successor", "Ask for %(num)d successors", vacant)
    elif again_on is None:
        words = ngettext("Ask again for a successor", "Ask again for %(num)d successors", vacant)
    else:
        day = wording.day_of_year(asked_on, reader_language()).replace(" ", "\N{NO-BREAK SPACE}")
        words = _("Successor asked for on %(day)s", day=day)
    return words


@bp.get("/countries/<code>/offices")
@requires(policy.may_see_region)
def offices(code: str) -> str:
    """Lists every institution of a country, the one at the greatest risk first."""
    actor = current_actor()
    on, mistake = day_asked()
    with reading() as db:
        country, states = states_of_institutions(db, actor=actor, country_code=code, on=on)
    on = policy.day_read(actor, code, on)
    return render_template(
        "training/turnover/offices.html",
        country=country,
        lines=office_lines(states, code, on, may_act=_may_act(code, on)),
        at_risk=len(rules.at_risk(states)),
        parts=_parts(states),
        posts=sum(state.posts for state in states),
        vacant=sum(len(state.vacant) for state in states),
        on=on,
        is_past=on < _today(),
        mistake=mistake and _(mistake),
        **_shared(on),
    )


@bp.get("/countries/<code>/offices/<int:institution_id>")
@requires(policy.may_see_region)
def institution(code: str, institution_id: int) -> str:
    return _institution_page(code, institution_id)


def _institution_page(code: str, institution_id: int, refusal: str = "") -> str:
    actor, language = current_actor(), reader_language()
    on, mistake = day_asked()
    with reading() as db:
        report = queries.institution_report(
            db,
            actor=actor,
            country_code=code,
            institution_id=institution_id,
            on=on,
            kind=request.args.get("post", ""),
            course=course_asked(),
        )
        if report.is_inside:
            note_roster_read(db, code)
        may_act = _may_act(code, report.on)
        asked = (
            successor_letters(db, institution_id=institution_id)
            if may_act and report.state.vacant
            else ()
        )
    return render_template(
        "training/turnover/office.html",
        report=report,
        state=report.state,
        line=office_lines([report.state], code, report.on, may_act=False)[0],
        tag=wording.mandate_tag(report.state.institution.mandate, language),
        sector=_(KINDS[report.state.institution.sector]),
        rows=_post_lines(report.rows, report.courses, code, may_act=may_act),
        may_act=may_act,
        may_ask=policy.may_ask_courses(actor, code),
        code=code,
        is_past=report.on < _today(),
        listed=LISTED,
        asked=asked,
        refusal=refusal or (mistake and _(mistake)),
        **_shared(report.on),
    )


@bp.get("/countries/<code>/posts")
@requires(policy.may_see_region)
def posts(code: str) -> str:
    """Shows for each kind of post and each course in which states people are."""
    actor = current_actor()
    on, mistake = day_asked()
    with reading() as db:
        table = queries.post_table(db, actor=actor, country_code=code, on=on)
    groups: dict[int, tuple[TaggedInstitution, list[PostLine]]] = {}
    lines = _post_lines(table.rows, table.courses, code, may_act=_may_act(code, table.on))
    for line in lines:
        known = groups.setdefault(line.row.institution.id, (line.row.institution, []))
        known[1].append(line)
    return render_template(
        "training/turnover/posts.html",
        table=table,
        groups=list(groups.values()),
        tag=lambda mandate: wording.mandate_tag(mandate, reader_language()),
        code=code,
        may_ask=policy.may_ask_courses(actor, code),
        is_past=table.on < _today(),
        mistake=mistake and _(mistake),
        **_shared(table.on),
    )


@bp.get("/countries/<code>/offices/<int:institution_id>/courses")
@requires(policy.may_ask_some_courses)
def courses(code: str, institution_id: int) -> str:
    """Shows which courses each kind of post of an institution asks for."""
    return _courses_page(code, institution_id)


@bp.post("/countries/<code>/offices/<int:institution_id>/courses")
@requires(policy.may_ask_some_courses)
def ask_courses(code: str, institution_id: int) -> Response | tuple[str, int]:
    """Stores what was ticked for the kinds of posts that were on the page."""
    shown = request.form.getlist("kind")
    wanted = {
        kind: frozenset(request.form.getlist(f"course-{place}")) for place, kind in enumerate(shown)
    }
    try:
        with transaction() as db:
            changed = services.ask_courses(
                db,
                actor=current_actor(),
                country_code=code,
                institution_id=institution_id,
                wanted=wanted,
                now=clock.now(),
            )
    except InvalidInput as refusal:
        said = say(reader_language(), refusal.errors["kind"])
        return _courses_page(code, institution_id, said), 422
    flash(
        ngettext("%(num)d kind of post changed.", "%(num)d kinds of posts changed.", changed)
        if changed
        else _("Nothing was different."),
        "success",
    )
    return redirect(_address(code, institution_id), 303)


def _courses_page(code: str, institution_id: int, refusal: str = "") -> str:
    with reading() as db:
        asked = queries.asked_courses(
            db, actor=current_actor(), country_code=code, institution_id=institution_id
        )
    return render_template(
        "training/turnover/asked_courses.html",
        asked=asked,
        code=code,
        refusal=refusal,
        page_has_errors=bool(refusal),
    )


@bp.post("/countries/<code>/offices/<int:institution_id>/enrolments")
@requires(policy.may_enrol_some)
def enrol(code: str, institution_id: int) -> Response:
    """Enrols those ticked of an institution; each is told by letter."""
    tell_enrolled(code, set(numbers_in(request.form.getlist("person"))))
    return redirect(_address(code, institution_id), 303)


@bp.post("/countries/<code>/offices/<int:institution_id>/renewals")
@requires(policy.may_enrol_some)
def renew(code: str, institution_id: int) -> Response:
    """Enrols those ticked in the renewal of their certificate; each is told by letter."""
    tell_renewed(code, set(numbers_in(request.form.getlist("person"))))
    return redirect(_address(code, institution_id), 303)


def tell_enrolled(code: str, people: set[int], whole_list: str = "") -> None:
    """Enrols people of a country in the course of the page, and says what came of it."""
    try:
        with transaction() as db:
            done = services.enrol_officials(
                db,
                actor=current_actor(),
                country_code=code,
                person_ids=people,
                whole_list=whole_list,
                course=course_asked(),
                today=_today(),
                now=clock.now(),
            )
    except InvalidInput as refusal:
        flash(say(reader_language(), refusal.errors["person"]), "warning")
    else:
        words = wording.enrolled(done, reader_language())
        flash(words, "success" if done.enrolled else "warning")


def tell_renewed(code: str, people: set[int]) -> None:
    """Enrols people of a country in the renewal of their certificate, and says of how many."""
    try:
        with transaction() as db:
            number = services.renew_officials(
                db,
                actor=current_actor(),
                country_code=code,
                person_ids=people,
                course=course_asked(),
                today=_today(),
                now=clock.now(),
            )
    except InvalidInput as refusal:
        flash(say(reader_language(), refusal.errors["person"]), "warning")
    else:
        flash(wording.renewed(number, reader_language()), "success" if number else "warning")


@bp.post("/countries/<code>/offices/<int:institution_id>/posts/<int:post_id>")
@requires(policy.may_ask_some_courses)
def end_post(code: str, institution_id: int, post_id: int) -> Response | tuple[str, int]:
    """Closes a post that is no longer there, or opens it again."""
    directory_policy.require_may_keep_institutions(current_actor(), code)
    try:
        with transaction() as db:
            if "not" in request.form:
                reopen_post(db, actor=current_actor(), post_id=post_id, now=clock.now())
            else:
                close_post(
                    db, actor=current_actor(), post_id=post_id, today=_today(), now=clock.now()
                )
    except Refusal as refusal:
        if refusal.rule == "not-found":
            raise
        return _institution_page(
            code, institution_id, say(reader_language(), refusal.sentence)
        ), 409
    flash(
        _("The post is there again.")
        if "not" in request.form
        else _("The post is closed: it is no longer counted as vacant."),
        "success",
    )
    return redirect(_address(code, institution_id), 303)


@bp.post("/countries/<code>/appointments/<int:appointment_id>/acting")
@requires(policy.may_keep_roster)
def acting(code: str, appointment_id: int) -> Response:
    """Notes that somebody acts in a post, until a day where one was typed, or holds it."""
    typed = request.form.get("acting_until", "").strip()
    until = day_in(typed) if typed else None
    person_id = numbers_in(request.form.getlist("person"))
    back = (
        url_for("access.person", person_id=person_id[0])
        if person_id
        else url_for("directory.roster", code=code)
    )
    directory_policy.require_may_keep_roster(current_actor(), code)
    if typed and until is None:
        flash(_("Write the day as 2027-03-15, or leave it empty."), "warning")
        return redirect(back, 303)
    try:
        with transaction() as db:
            note_acting(
                db,
                actor=current_actor(),
                country_code=code,
                appointment_id=appointment_id,
                is_acting="is_acting" in request.form,
                until=until,
                today=_today(),
                now=clock.now(),
            )
    except InvalidInput as refusal:
        flash(say(reader_language(), refusal.errors["acting_until"]), "warning")
    else:
        flash(_("It is on record."), "success")
    return redirect(back, 303)


def _today() -> date:
    return clock.today(current_actor().timezone)


def _may_act(code: str, on: date) -> bool:
    """Returns True for who acts today; a page as of a past day is only read."""
    return policy.may_answer_for(current_actor(), code) and on >= _today()


def _address(code: str, institution_id: int) -> str:
    return url_for(
        "offices.institution",
        code=code,
        institution_id=institution_id,
        post=request.args.get("post") or None,
        course=request.args.get("course") or None,
    )


def _shared(on: date) -> dict[str, object]:
    language = reader_language()
    return {
        "floor": FLOOR,
        "percent": wording.percent,
        "coverage_texts": lambda now: wording.coverage_texts(now, language),
        "ahead_month": wording.month_name(months_ahead(on), language),
        "short_day": lambda day: wording.short_day(day, language),
        "states": CourseState,
    }


def _parts(states: Sequence[InstitutionState]) -> list[tuple[str, int, int]]:
    """Returns certified and serving by tag, of the institutions of the list."""
    language = reader_language()
    found: dict[str, tuple[int, int]] = {}
    for state in states:
        words = wording.mandate_part(state.institution.mandate, language)
        certified, serving = found.get(words, (0, 0))
        found[words] = (
            certified + state.coverage.certified,
            serving + state.coverage.serving,
        )
    return [(words, *counts) for words, counts in sorted(found.items())]


def _post_lines(
    rows: Iterable[PostRow], courses: Sequence[CourseName], code: str, *, may_act: bool
) -> list[PostLine]:
    language = reader_language()
    return [
        PostLine(
            row=row,
            cells=[
                None
                if cell is None
                else CellLine(
                    cell, _cell_address(code, row, cell), wording.cell_words(cell, course, language)
                )
                for cell, course in zip(row.cells, courses, strict=True)
            ],
            notes=wording.post_notes(row, language),
            act=_act_of(code, row) if may_act else None,
        )
        for row in rows
    ]


def _act_of(code: str, row: PostRow) -> OfficeAct | None:
    missing = rules.most_missing(row)
    if missing is None:
        return None
    cell, state = missing
    number = len(cell.people[state])
    words = {
        CourseState.NONE: ngettext("Enrol %(num)d", "Enrol %(num)d", number),
        CourseState.ENDING: ngettext("Renew %(num)d", "Renew %(num)d", number),
        CourseState.UNDERWAY: ngettext("Remind %(num)d", "Remind %(num)d", number),
    }
    return OfficeAct(words[state], f"{_cell_address(code, row, cell)}#{state}")


def _cell_address(code: str, row: PostRow, cell: PostCell) -> str:
    return url_for(
        "offices.institution",
        code=code,
        institution_id=row.institution.id,
        post=row.kind,
        course=None if cell.course == counted_course() else cell.course,
    )
