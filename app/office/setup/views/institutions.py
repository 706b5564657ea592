"""Institutions that are pasted, uploaded, or chosen from the suggestions of the body's file."""

import re
from collections.abc import Iterable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.sheets import MOST_BYTES, rows_of
from app.kernel.refusal import Kind, Refusal
from app.office.setup import policy
from app.office.setup.forms import InstitutionsForm
from app.office.setup.values import SetupStep
from app.office.setup.views.frame import Answer, bp, finish, go_on, step_page
from app.people.directory.queries import countries
from app.people.directory.queries.institutions import (
    country_spellings,
    doubtful_lines,
    known_institutions,
    suggestions,
)
from app.people.directory.rules.institutions import MOST_LINES, Understood, understand
from app.people.directory.services import institutions as services
from app.people.directory.wording import KINDS
from app.web.errors import STATUS
from app.web.fields import numbers_in
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

INVALID = STATUS[Kind.INVALID]
ANSWER = re.compile(r"answer-([0-9a-f]{12})")


@bp.get("/setup/institutions")
@requires(policy.may_set_up)
def institutions() -> Answer:
    with reading() as db:
        waiting = doubtful_lines(db, actor=current_actor())
    form = InstitutionsForm(data={"lines": "\n".join(waiting.values())})
    return _page(form, shown=waiting)


@bp.post("/setup/institutions/look")
@requires(policy.may_set_up)
def look() -> Answer:
    """Shows how the pasted lines are understood with the answers given so far. Saves nothing."""
    return _page(InstitutionsForm(request.form))


@bp.post("/setup/institutions")
@requires(policy.may_set_up)
def institutions_saved() -> Answer:
    """Saves the lines that are clear. The doubtful ones wait for an answer."""
    form = InstitutionsForm(request.form)
    if len(form.typed.splitlines()) > MOST_LINES:
        form.lines.errors = [_("Paste at most %(most)s lines at a time.", most=MOST_LINES)]
        return _page(form)
    found = _understood(form.typed)
    actor, now = current_actor(), clock.now()
    with transaction() as db:
        added = services.add_read_lines(db, actor=actor, lines=found.ready, now=now)
        services.keep_doubtful(
            db, actor=actor, lines=found.doubtful, shown=_waiting_shown(), now=now
        )
        finish(db, SetupStep.INSTITUTIONS)
    if added:
        flash(
            ngettext("%(num)s institution was added.", "%(num)s institutions were added.", added),
            "success",
        )
    return go_on(SetupStep.INSTITUTIONS)


@bp.post("/setup/institutions/suggested")
@requires(policy.may_set_up)
def add_suggested() -> Response:
    chosen = numbers_in(request.form.getlist("place"))
    with transaction() as db:
        added = services.add_suggested(db, actor=current_actor(), chosen=chosen, now=clock.now())
        if added:
            finish(db, SetupStep.INSTITUTIONS)
    flash(
        ngettext("%(num)s institution was added.", "%(num)s institutions were added.", added)
        if added
        else _("Nothing was ticked."),
        "success" if added else "info",
    )
    return redirect(url_for("setup.institutions"), 303)


@bp.post("/setup/institutions/upload")
@requires(policy.may_set_up)
def upload() -> Answer:
    """Adds the rows of a spreadsheet to the pasted lines and shows how they are understood."""
    form = InstitutionsForm(CombinedMultiDict([request.files, request.form]))
    typed, file = form.typed.strip(), form.file.data
    content = file.stream.read(MOST_BYTES + 1) if file else b""
    try:
        sheet = rows_of(content)
    except Refusal as refusal:
        form.file.errors = [say(reader_language(), refusal.sentence)]
        return _page(form)
    lines = ["; ".join(filter(None, row[:3])) for row in sheet.rows if any(row)]
    if len(lines) + len(typed.splitlines()) > MOST_LINES:
        said = _(
            "With this file there are more than %(most)s lines. Divide it and upload the parts one by one.",
            most=MOST_LINES,
        )
        form.file.errors = [said]
        return _page(form)
    form.lines.data = "\n".join(filter(None, [typed, *lines]))
    return _page(form)


def _answers() -> dict[str, str]:
    """Returns the answers given so far and by the button that was pressed. The value "pick" stands
    for the choice in the list beside the button.
    """
    given = {}
    for name, value in request.form.items():
        if found := ANSWER.fullmatch(name):
            given[found[1]] = request.form.get(f"pick-{found[1]}", "") if value == "pick" else value
    return given


def _waiting_shown() -> list[int]:
    """Returns the numbers of the waiting lines that the page showed."""
    return numbers_in(request.form.getlist("waiting"))


def _understood(typed: str) -> Understood:
    with reading() as db:
        return understand(
            typed,
            countries=country_spellings(db),
            known=known_institutions(db, actor=current_actor()),
            answers=_answers(),
        )


def _page(form: InstitutionsForm, *, shown: Iterable[int] = ()) -> Answer:
    understood = _understood(form.typed)
    with reading() as db:
        offered = suggestions(db, actor=current_actor())
        named = countries(db)
    return step_page(
        SetupStep.INSTITUTIONS,
        "office/setup/institutions.html",
        status=INVALID if form.errors else 200,
        form=form,
        waiting=[*shown, *_waiting_shown()],
        understood=understood,
        answers=_answers(),
        country_names={country.code: country.name for country in named},
        offered=[
            (country, [one for one in offered if one.country_code == country.code])
            for country in named
        ],
        fresh=sum(not one.is_there for one in offered),
        kinds=KINDS,
        page_has_errors=bool(form.errors),
    )
