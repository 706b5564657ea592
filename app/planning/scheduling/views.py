"""Pages of the rule book. Each module adds its routes to the one blueprint."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, Kind, NotFound
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import LocalizedText, fields_of
from app.planning.scheduling import policy, wording
from app.planning.scheduling.forms import LicenceForm, PairForm, RuleForm
from app.planning.scheduling.queries import settings as queries
from app.planning.scheduling.rules.book import names, spec_of
from app.planning.scheduling.services import settings as services
from app.planning.scheduling.values import Approver, Severity
from app.web.errors import STATUS
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_errors, show_refusal

bp = Blueprint("scheduling", __name__)


def book_page(*, pair: PairForm | None = None, licence: LicenceForm | None = None) -> str:
    """Returns the page. `pair` or `licence` is the form that came back."""
    actor, language = current_actor(), reader_language()
    with reading() as db:
        lines = queries.rule_lines(db, actor=actor, on=clock.today(REFERENCE_ZONE))
        pairs = queries.pairs_declared(db, actor=actor)
        licences = queries.licences(db, actor=actor)
        groups = queries.working_groups(db)
    pair, licence = (
        pair or PairForm(None, prefix="pair-"),
        licence or LicenceForm(None, prefix="licence-"),
    )
    choices = [(slug, name.in_(language)) for slug, name in groups]
    pair.first.choices = pair.second.choices = [("", "–"), *choices]
    return render_template(
        "planning/scheduling/rule_book.html",
        lines=lines,
        pairs=pairs,
        licences=licences,
        pair=pair,
        licence=licence,
        words=wording.BookWords(language),
        may_set=policy.may_set_rules(actor),
        may_withdraw=policy.may_decide_alone(actor),
    )


# Meeting licences: how many meetings each carries at once.

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
    services.add_licence(
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
            services.change_licence(
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
        line = queries.licence_called(db, actor=current_actor(), key=key)
    if form is None:
        form = LicenceForm(
            formdata=None,
            **fields_of("label", line.label),
            capacity=line.capacity,
            seen=mark_of((line.label, line.capacity)),
        )
        del form.key
    return render_template("planning/scheduling/licence.html", line=line, form=form)


# Pairs of working groups that never meet at once.


@bp.post("/rules/pairs")
@requires(policy.may_set_rules)
def declare_pair() -> Response | tuple[str, int]:
    form = PairForm(prefix="pair-")
    if not form.validate():
        return book_page(pair=form), INVALID
    try:
        with transaction() as db:
            services.declare_pair(
                db,
                actor=current_actor(),
                first=form.first.data,
                second=form.second.data,
                now=clock.now(),
            )
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        return book_page(pair=form), INVALID
    flash(_("The two groups never meet at once from now on."), "success")
    return redirect(url_for("scheduling.rule_book", _anchor="pairs"))


@bp.post("/rules/pairs/withdraw")
@requires(policy.may_decide_alone)
def withdraw_pair() -> Response:
    first, second = (request.form.get(name, "") for name in ("first", "second"))
    with transaction() as db:
        services.withdraw_pair(
            db, actor=current_actor(), first=first, second=second, now=clock.now()
        )
    flash(_("The pair is withdrawn."), "success")
    return redirect(url_for("scheduling.rule_book", _anchor="pairs"))


# The rule book as a table, and one rule with its form and its history.


@bp.get("/rules")
@requires(policy.may_see_rules)
def rule_book() -> str:
    return book_page()


@bp.get("/rules/<name>")
@requires(policy.may_see_rules)
def rule(name: str) -> str:
    return _rule_page(_called(name))


@bp.post("/rules/<name>")
@requires(policy.may_set_rules)
def set_rule(name: str) -> Response | tuple[str, int]:
    rule = _called(name)
    form = _fitted(rule, RuleForm())
    policy.require_may_set_rule(current_actor(), spec_of(rule))
    if not form.validate():
        return _rule_page(rule, form), INVALID
    try:
        with transaction() as db:
            services.set_rule(
                db,
                actor=current_actor(),
                rule=rule,
                severity=_severity(form),
                threshold=form.number,
                valid_from=form.valid_from.data,
                valid_until=form.valid_until.data,
                reason=form.reason.data or "",
                now=clock.now(),
                seen=form.seen.data or "",
            )
    except (InvalidInput, ChangedMeanwhile) as refusal:
        status = show_refusal(form, refusal, stored=url_for("scheduling.rule", name=name))
        return _rule_page(rule, form), status
    flash(_("The rule is set. Events already planned were checked against it."), "success")
    return redirect(url_for("scheduling.rule", name=name))


def _called(name: str) -> str:
    """Returns the name where there is such a rule."""
    if name not in names():
        raise NotFound
    return name


def _severity(form: RuleForm) -> Severity:
    """Returns the severity. Raises InvalidInput at its field for another word."""
    if form.severity.data not in list(Severity):
        raise InvalidInput({"severity": wording.CHOOSE})
    return Severity(form.severity.data)


def _rule_page(rule: str, form: RuleForm | None = None) -> str:
    actor, language, today = current_actor(), reader_language(), clock.today(REFERENCE_ZONE)
    with reading() as db:
        line, history = queries.rule_line(db, actor=actor, rule=rule, on=today)
    if form is None:
        setting = line.setting
        form = RuleForm(
            None,
            severity=setting.severity.value,
            threshold=setting.threshold,
            valid_from=today,
            seen=mark_of(history),
        )
    return render_template(
        "planning/scheduling/rule.html",
        line=line,
        history=history,
        form=_fitted(rule, form),
        limits=line.spec.limits,
        words=wording.BookWords(language),
        is_presidencys=line.spec.owner is Approver.PRESIDENCY,
    )


def _fitted(rule: str, form: RuleForm) -> RuleForm:
    """Returns the form with the severities that the rule may have; a rule that does not count has
    no number.
    """
    words, limits = wording.BookWords(reader_language()), spec_of(rule).limits
    form.severity.choices = [(each.value, words.severity(each)) for each in limits.severities]
    if not limits.counts and "threshold" in form:
        del form.threshold
    return form
