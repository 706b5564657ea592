"""The page of deadlines: what each course gives, how each country stands, and one's own people."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.actor import Role
from app.kernel.paging import Paging
from app.kernel.refusal import InvalidInput, Kind, NotFound
from app.people.directory.queries.roster import countries
from app.people.directory.wording import KINDS
from app.training.deadlines import policy, queries, rules, services
from app.training.deadlines.forms import DeadlineForm
from app.training.deadlines.values import (
    PROPOSED_DAYS,
    DeadlineRule,
    DueLine,
)
from app.training.deadlines.wording import STATES
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.paging import addresses, page_asked

bp = Blueprint("deadlines", __name__)
LISTED = 25


@dataclass(frozen=True)
class CourseDeadlineForm:
    rule: DeadlineRule
    form: DeadlineForm


@bp.app_template_global()
def due_of(course_slug: str) -> DueLine | None:
    """Returns the reader's own date for a course that is not finished yet."""
    actor = current_actor()
    if actor.person_id is None:
        return None
    with reading() as db:
        own = queries.own_due(db, person_id=actor.person_id, on=clock.today(actor.timezone))
    return own.get(course_slug)


@bp.get("/deadlines")
@requires(policy.may_see_deadlines)
def deadlines() -> str:
    return _page()


@bp.post("/deadlines/<slug>")
@requires(policy.may_set_deadlines)
def set_deadline(slug: str) -> Response | tuple[str, int]:
    form = DeadlineForm(_kinds(), prefix=slug)
    if not form.validate():
        return _page(slug, form), STATUS[Kind.INVALID]
    try:
        with transaction() as db:
            services.set_deadline(
                db,
                actor=current_actor(),
                course_slug=slug,
                days=form.days.data,
                kinds=form.kinds.data or (),
                now=clock.now(),
            )
    except InvalidInput as refusal:
        for name, sentence in refusal.errors.items():
            form[name].errors = [say(reader_language(), sentence)]
        return _page(slug, form), STATUS[Kind.INVALID]
    flash(_("Saved. It counts for those who enter a post from now on."), "success")
    return redirect(url_for("deadlines.deadlines"), 303)


def _kinds() -> list[tuple[str, str]]:
    return [(kind, _(name)) for kind, name in KINDS.items()]


def _page(slug: str = "", typed: DeadlineForm | None = None) -> str:
    """Renders the page; `typed` is the form of the course `slug` as it came back."""
    actor, today, language = current_actor(), clock.today(), reader_language()
    may_set = policy.may_set_deadlines(actor)
    with reading() as db:
        courses = queries.rules_of_courses(db)
        lines = queries.lines_of(db, actor=actor)
        names = {one.code: one.name.in_(language) for one in countries(db)}
    if typed is not None and slug not in {rule.slug for rule in courses}:
        raise NotFound
    own = [line for line in lines if actor.holds(Role.FOCAL_POINT, line.country_code)]
    paging = Paging(len(own), LISTED, page_asked())
    return render_template(
        "training/deadlines/deadlines.html",
        forms=[_form(rule, slug, typed) for rule in courses] if may_set else [],
        tallies=rules.tallies(lines, today),
        names=names,
        own=[(line, _state(line, today)) for line in own[paging.offset : paging.last]],
        has_own=actor.holds(Role.FOCAL_POINT),
        paging=paging,
        address=addresses(),
        proposed=PROPOSED_DAYS,
        page_has_errors=typed is not None,
    )


def _state(line: DueLine, today: date) -> tuple[str, str]:
    state = rules.state_on(today, due_on=line.due_on, done_on=line.done_on)
    name, look = STATES[state]
    return _(name), look


def _form(rule: DeadlineRule, slug: str, typed: DeadlineForm | None) -> CourseDeadlineForm:
    if typed is not None and rule.slug == slug:
        return CourseDeadlineForm(rule, typed)
    given = {"days": rule.days, "kinds": list(rule.kinds)}
    return CourseDeadlineForm(
        rule, DeadlineForm(_kinds(), prefix=rule.slug, formdata=None, data=given)
    )
