"""The body as the office has it: countries and groups, renamed, left out, added."""

from collections.abc import Callable, Iterable, Sequence
from zoneinfo import available_timezones

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Kind, Refusal
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import LocalizedText, field_in, languages
from app.office.setup import policy, services
from app.office.setup.forms import name_of
from app.office.setup.values import SetupStep
from app.office.setup.views.frame import Answer, bp, finish, go_on, step_page
from app.people.directory.queries.reference import ReferenceRow, body_countries, body_groups
from app.people.directory.rules import StillUsed
from app.people.directory.services import reference
from app.web.errors import STATUS
from app.web.fields import Typed
from app.web.guards import current_actor, requires
from app.web.locale import own_language_names, reader_language, zone_names
from app.web.mistakes import UNTOUCHED, Mistakes, mistakes_of

Change = Callable[[Session, Actor], None]


class NotAllSaved(Exception):
    """Takes the transaction back. `errors`: a sentence in the reader's language by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(errors)
        self.errors = errors


def _mark(is_used: bool, name: LocalizedText) -> str:
    """Names of what is not used cannot be typed."""
    return mark_of((is_used, name if is_used else LocalizedText()))


def _marks(rows: Iterable[ReferenceRow]) -> dict[str, str]:
    """What the page shows of each row, for the form to carry along."""
    return {row.key: _mark(row.is_used, row.name) for row in rows}


def _sent(key: str) -> str:
    return _mark(f"use-{key}" in request.form, name_of(request.form, f"name-{key}"))


def _typed() -> Typed:
    """What was typed in rows that the reader changed; the others show what stands now."""
    typed = Typed(request.form)
    for field, shown in request.form.items():
        key = field.removeprefix("seen-")
        if key != field and _sent(key) == shown:
            fields = {
                f"seen-{key}",
                f"use-{key}",
                *(field_in(f"name-{key}", c) for c in languages()),
            }
            for name in fields & typed.keys():
                typed.pop(name)
    return typed


def _changed(row: ReferenceRow) -> bool:
    """True for a row that the reader changed on the page. What somebody else added or changed
    meanwhile stays. Raises ChangedMeanwhile where both changed it.
    """
    shown, stands = request.form.get(f"seen-{row.key}"), _mark(row.is_used, row.name)
    if shown is None or _sent(row.key) in (shown, stands):
        return False
    if shown != stands:
        raise ChangedMeanwhile(stands)
    return True


def _save_all(
    rows_of: Callable[[Session], Sequence[ReferenceRow]],
    save: Callable[..., None],
    step: SetupStep,
) -> None:
    """Saves every row that was changed on the page, or none. Raises NotAllSaved with all that is
    wrong.
    """
    errors: dict[str, str] = {}
    language = reader_language()
    with transaction() as db:
        reference.lock_reference(db)
        for row in rows_of(db):
            try:
                if not _changed(row):
                    continue
                save(db, row.key, is_used=row.is_used)
            except InvalidInput as refusal:
                errors[f"name-{row.key}"] = say(language, next(iter(refusal.errors.values())))
            except ChangedMeanwhile:
                errors[f"name-{row.key}"] = _(
                    "Somebody else changed this row in the meantime; it now says: %(name)s. "
                    "Save again to replace that.",
                    name=row.name.in_(language) if row.is_used else _("not in use"),
                )
            except StillUsed as refusal:
                errors[f"use-{row.key}"] = say(language, refusal.sentence)
        if errors:
            raise NotAllSaved(errors)
        finish(db, step)


@bp.get("/setup/body")
@requires(policy.may_set_up)
def body() -> Answer:
    return _countries()


@bp.post("/setup/body")
@requires(policy.may_set_up)
def body_saved() -> Answer:
    """Every country with its names, and whether it is used."""
    try:
        _save_all(body_countries, _save_country, SetupStep.BODY)
    except NotAllSaved as refused:
        return _countries(Mistakes(_typed(), refused.errors), STATUS[Kind.INVALID])
    return go_on(SetupStep.BODY)


def _save_country(db: Session, code: str, *, is_used: bool) -> None:
    actor, now = current_actor(), clock.now()
    wanted = f"use-{code}" in request.form
    if is_used and not wanted:
        services.take_country_out(db, actor=actor, code=code, now=now)
    elif wanted and not is_used:
        reference.bring_back(db, actor=actor, kind=reference.COUNTRY, key=code, now=now)
    elif is_used:
        reference.rename_country(
            db, actor=actor, code=code, name=name_of(request.form, f"name-{code}"), now=now
        )


@bp.post("/setup/body/add")
@requires(policy.may_set_up)
def add_country() -> Answer:
    try:
        with transaction() as db:
            reference.add_country(
                db,
                actor=current_actor(),
                code=request.form.get("code", "").strip().upper(),
                name=name_of(request.form, "name"),
                timezone=request.form.get("timezone", ""),
                language=request.form.get("language", ""),
                now=clock.now(),
            )
    except Refusal as refusal:
        mistakes, status = mistakes_of(refusal, "add")
        return _countries(mistakes, status)
    flash(_("The country is added."), "success")
    return redirect(url_for("setup.body"), 303)


def _countries(mistakes: Mistakes = UNTOUCHED, status: int = 200) -> Answer:
    with reading() as db:
        rows = body_countries(db)
    named = zone_names()
    others = sorted(zone for zone in available_timezones() if zone.startswith("America/"))
    return step_page(
        SetupStep.BODY,
        "office/setup/body.html",
        status=status,
        rows=rows,
        marks=_marks(rows),
        mistakes=mistakes,
        zones=[*named, *(zone for zone in others if zone not in named)],
        zone_names=named,
        spoken=[name for code, name in own_language_names()],
        page_has_errors=bool(mistakes.errors),
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
        return _groups(Mistakes(_typed(), refused.errors), STATUS[Kind.INVALID])
    return go_on(SetupStep.GROUPS)


def _save_group(db: Session, slug: str, *, is_used: bool) -> None:
    actor, now = current_actor(), clock.now()
    wanted = f"use-{slug}" in request.form
    if is_used and not wanted:
        reference.leave_out_group(db, actor=actor, slug=slug, now=now)
    elif wanted and not is_used:
        reference.bring_back(db, actor=actor, kind=reference.GROUP, key=slug, now=now)
    elif is_used:
        reference.rename_group(
            db, actor=actor, slug=slug, name=name_of(request.form, f"name-{slug}"), now=now
        )


@bp.post("/setup/groups/add")
@requires(policy.may_set_up)
def add_group() -> Answer:
    try:
        with transaction() as db:
            reference.add_group(
                db,
                actor=current_actor(),
                code=request.form.get("code", "").strip().upper(),
                name=name_of(request.form, "name"),
                now=clock.now(),
            )
    except Refusal as refusal:
        mistakes, status = mistakes_of(refusal, "add")
        return _groups(mistakes, status)
    flash(_("The group is added."), "success")
    return redirect(url_for("setup.groups"), 303)


def _groups(mistakes: Mistakes = UNTOUCHED, status: int = 200) -> Answer:
    with reading() as db:
        rows = body_groups(db)
    return step_page(
        SetupStep.GROUPS,
        "office/setup/groups.html",
        status=status,
        rows=rows,
        marks=_marks(rows),
        mistakes=mistakes,
        page_has_errors=bool(mistakes.errors),
    )
