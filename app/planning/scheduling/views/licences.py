"""Meeting licences: how many meetings each carries at once."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput, Kind
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import LocalizedText, fields_of
from app.planning.scheduling import policy
from app.planning.scheduling.forms import LicenceForm
from app.planning.scheduling.queries.settings import licence_called
from app.planning.scheduling.services import settings
from app.planning.scheduling.views import bp
from app.planning.scheduling.views.book_page import book_page
from app.web.errors import STATUS
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.mistakes import show_errors, show_refusal

INVALID = STATUS[Kind.INVALID]


@bp.post("/rules/licences")
@requires(policy.may_set_rules)
def add_licence() -> Response | tuple[str, int]:
    form = LicenceForm(prefix="licence-")
    if not form.validate():
        return book_page(licence=form), INVALID
    try:
        press_once(lambda db, _now: _add(db, form))
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        return book_page(licence=form), INVALID
    flash(_("The licence can be chosen when an event is planned."), "success")
    return redirect(url_for("scheduling.rule_book", _anchor="licences"))


def _add(db: Session, form: LicenceForm) -> str:
    key = str(form.key.data.strip())
    settings.add_licence(
        db,
        actor=current_actor(),
        key=key,
        label=_label(form),
        capacity=form.capacity.data,
        now=clock.now(),
    )
    return key


@bp.get("/rules/licences/<key>")
@requires(policy.may_set_rules)
def licence(key: str) -> str:
    return _licence_page(key)


@bp.post("/rules/licences/<key>")
@requires(policy.may_set_rules)
def change_licence(key: str) -> Response | tuple[str, int]:
    form = LicenceForm()
    del form.key  # it stays as it is
    if not form.validate():
        return _licence_page(key, form), INVALID
    try:
        with transaction() as db:
            settings.change_licence(
                db,
                actor=current_actor(),
                key=key,
                label=_label(form),
                now=clock.now(),
                capacity=form.capacity.data,
                seen=form.seen.data or "",
            )
    except (InvalidInput, ChangedMeanwhile) as refusal:
        status = show_refusal(form, refusal, stored=url_for("scheduling.licence", key=key))
        return _licence_page(key, form), status
    flash(_("The licence is changed."), "success")
    return redirect(url_for("scheduling.rule_book", _anchor="licences"))


def _label(form: LicenceForm) -> LocalizedText:
    return form.label.data.map(str.strip)


def _licence_page(key: str, form: LicenceForm | None = None) -> str:
    with reading() as db:
        line = licence_called(db, actor=current_actor(), key=key)
    if form is None:
        form = LicenceForm(
            formdata=None,
            **fields_of("label", line.label),
            capacity=line.capacity,
            seen=mark_of((line.label, line.capacity)),
        )
        del form.key
    return render_template("planning/scheduling/licence.html", line=line, form=form)
