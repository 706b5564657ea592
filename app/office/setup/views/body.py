"""Pages of the countries and groups that the office uses: rename, leave out, add."""

from collections.abc import Callable, Sequence
from zoneinfo import available_timezones

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.office.setup import policy, services
from app.office.setup.forms import CountryForm, GroupForm, RowsForm
from app.office.setup.values import SetupStep
from app.office.setup.views.frame import Answer, bp, finish, go_on, step_page
from app.people.directory.queries.reference import ReferenceRow, body_countries, body_groups
from app.people.directory.rules.people import StillUsed
from app.people.directory.services import reference
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import own_language_names, reader_language, zone_names
from app.web.mistakes import show_refusal

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
        services.take_country_out(db, actor=actor, code=code, now=now)
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
    """`new`: the form of one more country."""
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
    """`new`: the form of one more group."""
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
