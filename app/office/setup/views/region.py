"""The countries, groups and institutions that the office uses."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from zoneinfo import available_timezones

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.sheets import MOST_BYTES, rows_of
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.office.setup import policy
from app.office.setup import services as setup_services
from app.office.setup.forms import CountryForm, GroupForm, InstitutionsForm, RowsForm
from app.office.setup.queries import draft_of
from app.office.setup.services import keep_draft
from app.office.setup.values import SetupStep
from app.office.setup.views.steps import Answer, bp, finish, go_on, keep, step_page
from app.people.directory.queries.institutions import (
    country_spellings,
    doubtful_lines,
    known_institutions,
    suggestions,
)
from app.people.directory.queries.reference import ReferenceRow, body_countries, body_groups
from app.people.directory.queries.roster import countries
from app.people.directory.rules.institutions import MOST_LINES, LineAnswer, Understood, understand
from app.people.directory.rules.people import StillUsed
from app.people.directory.services import institutions as directory_services
from app.people.directory.services import reference
from app.people.directory.wording import KINDS
from app.web.errors import STATUS
from app.web.fields import Typed, numbers_in
from app.web.guards import current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.locale import own_language_names, reader_language, zone_names
from app.web.mistakes import show_refusal
from app.web.uploads import sent_bytes

INVALID = STATUS[Kind.INVALID]


class NotAllSaved(Exception):
    """Rolls the transaction back. `form` has a sentence at each row that cannot be saved."""

    def __init__(self, form: RowsForm) -> None:
        super().__init__()
        self.form = form


def _save_all(
    rows_of: Callable[[Session], Sequence[ReferenceRow]],
    save: Callable[[Session, RowsForm, ReferenceRow], None],
    step: SetupStep,
) -> None:
    """Saves every row that was changed on the page. Saves none and raises NotAllSaved when one
    cannot be saved.
    """
    language = reader_language()
    with transaction() as db:
        reference.lock_reference(db)
        form = RowsForm(rows_of(db), request.form)
        for row in form.rows:
            if not form.is_changed(row):
                continue
            if form.is_stale(row):
                said = _(
                    "Somebody else changed this row in the meantime; it now says: %(name)s. "
                    "Save again to replace that.",
                    name=row.name.in_(language) if row.is_used else _("not in use"),
                )
                form.refuse(row, said)
                continue
            try:
                save(db, form, row)
            except InvalidInput as refusal:
                form.refuse(row, say(language, next(iter(refusal.errors.values()))))
            except StillUsed as refusal:
                form.refuse(row, say(language, refusal.sentence))
        if form.errors:
            form.show_stored()
            raise NotAllSaved(form)
        finish(db, step)


@bp.get("/setup/body")
@requires(policy.may_set_up)
def body() -> Answer:
    return _countries()


@bp.post("/setup/body")
@requires(policy.may_set_up)
def body_saved() -> Answer:
    """Saves the names of the countries and whether each is used."""
    try:
        _save_all(body_countries, _save_country, SetupStep.BODY)
    except NotAllSaved as refused:
        return _countries(refused.form, status=INVALID)
    return go_on(SetupStep.BODY)


def _save_country(db: Session, form: RowsForm, row: ReferenceRow) -> None:
    actor, now, code = current_actor(), clock.now(), row.key
    if row.is_used and not form.is_used(row):
        setup_services.take_country_out(db, actor=actor, code=code, now=now)
    elif form.is_used(row) and not row.is_used:
        reference.bring_back(db, actor=actor, kind=reference.COUNTRY, key=code, now=now)
    elif row.is_used:
        reference.rename_country(db, actor=actor, code=code, name=form.name(row), now=now)


@bp.post("/setup/body/add")
@requires(policy.may_set_up)
def add_country() -> Answer:
    form = CountryForm(request.form)
    try:
        with transaction() as db:
            reference.add_country(
                db,
                actor=current_actor(),
                code=form.code.data,
                name=form.name.data,
                timezone=form.timezone.data or "",
                language=form.language.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _countries(new=form, status=status)
    flash(_("The country is added."), "success")
    return redirect(url_for("setup.body"), 303)


def _countries(
    form: RowsForm | None = None, *, new: CountryForm | None = None, status: int = 200
) -> Answer:
    """Renders the countries. `new`: the form of one more."""
    if form is None:
        with reading() as db:
            form = RowsForm(body_countries(db))
    new, language, named = new or CountryForm(), reader_language(), zone_names()
    regions = {zone.partition("/")[0] for zone in named}
    others = sorted(zone for zone in available_timezones() if zone.partition("/")[0] in regions)
    new.timezone.choices = [
        *((zone, name.in_(language)) for zone, name in named.items()),
        *((zone, zone.partition("/")[2].replace("_", " ")) for zone in others if zone not in named),
    ]
    return step_page(
        SetupStep.BODY,
        "office/setup/body.html",
        status=status,
        form=form,
        new=new,
        zone_names=named,
        spoken=[name for code, name in own_language_names()],
        page_has_errors=bool(form.errors or new.errors),
    )


@bp.get("/setup/groups")
@requires(policy.may_set_up)
def groups() -> Answer:
    return _groups()


@bp.post("/setup/groups")
@requires(policy.may_set_up)
def groups_saved() -> Answer:
    try:
        _save_all(body_groups, _save_group, SetupStep.GROUPS)
    except NotAllSaved as refused:
        return _groups(refused.form, status=INVALID)
    return go_on(SetupStep.GROUPS)


def _save_group(db: Session, form: RowsForm, row: ReferenceRow) -> None:
    actor, now, slug = current_actor(), clock.now(), row.key
    if row.is_used and not form.is_used(row):
        reference.leave_out_group(db, actor=actor, slug=slug, now=now)
    elif form.is_used(row) and not row.is_used:
        reference.bring_back(db, actor=actor, kind=reference.GROUP, key=slug, now=now)
    elif row.is_used:
        reference.rename_group(db, actor=actor, slug=slug, name=form.name(row), now=now)


@bp.post("/setup/groups/add")
@requires(policy.may_set_up)
def add_group() -> Answer:
    form = GroupForm(request.form)
    try:
        with transaction() as db:
            reference.add_group(
                db,
                actor=current_actor(),
                code=form.code.data,
                name=form.name.data,
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _groups(new=form, status=status)
    flash(_("The group is added."), "success")
    return redirect(url_for("setup.groups"), 303)


def _groups(
    form: RowsForm | None = None, *, new: GroupForm | None = None, status: int = 200
) -> Answer:
    """Renders the groups. `new`: the form of one more."""
    if form is None:
        with reading() as db:
            form = RowsForm(body_groups(db))
    new = new or GroupForm()
    return step_page(
        SetupStep.GROUPS,
        "office/setup/groups.html",
        status=status,
        form=form,
        new=new,
        page_has_errors=bool(form.errors or new.errors),
    )


# Institutions that are pasted, uploaded, or chosen from the suggestions of the body's file.

ANSWER = re.compile(r"(place|same|kept|out|again)-([0-9a-f]{12})")
PICK = re.compile(r"pick-([0-9a-f]{12})")
YES, NO = "yes", "no"


@bp.get("/setup/institutions")
@requires(policy.may_set_up)
def institutions() -> Answer:
    """Shows what was pasted and is not saved yet, then the lines that wait for an answer."""
    actor = current_actor()
    with reading() as db:
        waiting = doubtful_lines(db, actor=actor)
        typed = draft_of(db, actor=actor, step=SetupStep.INSTITUTIONS)
    sent = MultiDict(typed_fields(url_for("setup.institutions_saved")) or typed or [])
    there = sent.getlist("waiting")
    more = [line for line in waiting if line not in there]
    for line in more:
        sent.add("waiting", line)
    sent["lines"] = "\n".join(filter(None, [sent.get("lines", "").strip(), *more]))
    return _page(InstitutionsForm(sent), sent)


@bp.post("/setup/institutions")
@requires(policy.may_set_up)
def institutions_saved() -> Answer:
    """Shows how the pasted lines are understood with the answers given so far. Saves those that
    are clear when the button to save was pressed below this very list; the doubtful ones wait.
    """
    form = InstitutionsForm(CombinedMultiDict([request.files, request.form]))
    if form.file.data:
        _read_file(form)
    elif len(form.typed.splitlines()) > MOST_LINES:
        form.lines.errors = [_("Paste at most %(most)s lines at a time.", most=MOST_LINES)]
    is_to_save = request.form.get("act") == "save" and not form.file.data and not form.errors
    if is_to_save and _digest(form.typed, request.form) == request.form.get("looked", ""):
        return _saved(form)
    _keep(form, request.form)
    return _page(form, request.form, is_unseen=is_to_save)


def _saved(form: InstitutionsForm) -> Response:
    lines = _understood(form.typed, request.form)
    actor, now = current_actor(), clock.now()
    with transaction() as db:
        added = directory_services.add_read_lines(db, actor=actor, lines=lines.ready, now=now)
        shown = request.form.getlist("waiting")
        directory_services.keep_doubtful(
            db, actor=actor, lines=lines.doubtful, shown=shown, now=now
        )
        keep_draft(db, actor=actor, step=SetupStep.INSTITUTIONS, typed=(), now=now)
        finish(db, SetupStep.INSTITUTIONS)
    said = []
    if added:
        said.append(_added(added))
    if waiting := len(lines.doubtful):
        said.append(
            ngettext(
                "%(num)s line waits for an answer; you find it on the home page.",
                "%(num)s lines wait for an answer; you find them on the home page.",
                waiting,
            )
        )
    if said:
        flash(" ".join(said), "success" if added else "info")
    return go_on(SetupStep.INSTITUTIONS)


def _added(number: int) -> str:
    return str(
        ngettext("%(num)s institution was added.", "%(num)s institutions were added.", number)
    )


@bp.post("/setup/institutions/suggested")
@requires(policy.may_set_up)
def add_suggested() -> Response:
    chosen = numbers_in(request.form.getlist("place"))
    with transaction() as db:
        added = directory_services.add_suggested(
            db, actor=current_actor(), chosen=chosen, now=clock.now()
        )
        if added:
            finish(db, SetupStep.INSTITUTIONS)
    flash(
        _added(added) if added else _("Nothing was ticked."),
        "success" if added else "info",
    )
    return redirect(url_for("setup.institutions"), 303)


def _read_file(form: InstitutionsForm) -> None:
    """Puts the rows of the spreadsheet below the pasted lines, or says why it cannot."""
    typed = form.typed.strip()
    try:
        sheet = rows_of(sent_bytes("file", MOST_BYTES + 1) or b"")
    except Refusal as refusal:
        form.file.errors = [say(reader_language(), refusal.sentence)]
        return
    lines = ["; ".join(filter(None, row[:3])) for row in sheet.rows if any(row)]
    if len(lines) + len(typed.splitlines()) > MOST_LINES:
        said = _(
            "With this file there are more than %(most)s lines. Divide it and upload the parts one by one.",
            most=MOST_LINES,
        )
        form.file.errors = [said]
        return
    form.lines.data = "\n".join(filter(None, [typed, *lines]))


def _keep(form: InstitutionsForm, sent: Typed) -> None:
    """Keeps what is pasted and answered so far, so that it is there tomorrow."""
    typed = [("lines", form.typed), *_answer_fields(sent)]
    typed += [("waiting", line) for line in sent.getlist("waiting")]
    keep(SetupStep.INSTITUTIONS, typed)


def _answer_fields(sent: Typed) -> list[tuple[str, str]]:
    """Returns the fields with answers: those given so far, then the one whose button was pressed,
    which replaces an earlier one. A country that was chosen in a list counts, whichever button was
    pressed; "again" takes the answers about a line back.
    """
    given: dict[tuple[str, str], str] = {}
    for name, value in sent.items():
        if value and (picked := PICK.fullmatch(name)):
            given["place", picked[1]] = value
    for name, value in sent.items(multi=True):
        if not (match := ANSWER.fullmatch(name)):
            continue
        kind, key = match.groups()
        if kind == "again":
            given = {place: answer for place, answer in given.items() if place[1] != key}
        elif value != "pick":
            given[kind, key] = value
    return [(f"{kind}-{key}", value) for (kind, key), value in given.items() if value]


def _answers(fields: Iterable[tuple[str, str]]) -> Mapping[str, LineAnswer]:
    by_line: dict[str, dict[str, str]] = {}
    for name, value in fields:
        kind, _dash, key = name.partition("-")
        by_line.setdefault(key, {})[kind] = value
    return {
        key: LineAnswer(
            country=given.get("place", ""),
            is_same={YES: True, NO: False}.get(given.get("same", "")),
            is_kept=given.get("kept") == YES,
            is_out=given.get("out") == YES,
        )
        for key, given in by_line.items()
    }


def _digest(typed: str, sent: Typed) -> str:
    """Returns a word for what is shown: the lines with the answers. Only what was shown is saved."""
    lines = "\n".join(line.strip() for line in typed.splitlines() if line.strip())
    answers = sorted(_answer_fields(sent))
    return sha256(repr((lines, answers)).encode()).hexdigest()[:16]


def _understood(typed: str, sent: Typed) -> Understood:
    with reading() as db:
        return understand(
            typed,
            countries=country_spellings(db),
            known=known_institutions(db, actor=current_actor()),
            answers=_answers(_answer_fields(sent)),
        )


def _page(form: InstitutionsForm, sent: Typed, *, is_unseen: bool = False) -> Answer:
    """Renders the institutions. `is_unseen`: the button to save was pressed before the list of what
    happens was shown.
    """
    is_too_long = bool(form.lines.errors)
    understood = Understood() if is_too_long else _understood(form.typed, sent)
    with reading() as db:
        offered = suggestions(db, actor=current_actor())
        named = countries(db)
    ticked = typed_fields(url_for("setup.add_suggested")).getlist("place")
    return step_page(
        SetupStep.INSTITUTIONS,
        "office/setup/institutions.html",
        status=INVALID if form.errors else 200,
        form=form,
        waiting=sent.getlist("waiting"),
        understood=understood,
        answers=_answer_fields(sent),
        looked="" if is_too_long else _digest(form.typed, sent),
        is_unseen=is_unseen and bool(understood.count),
        country_names={country.code: country.name for country in named},
        offered=[
            (country, [one for one in offered if one.country_code == country.code])
            for country in named
        ],
        fresh=sum(not one.is_there for one in offered),
        ticked=numbers_in(ticked),
        kinds=KINDS,
        page_has_errors=bool(form.errors),
    )
