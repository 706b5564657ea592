"""The rule book as a table, and one rule with its form and its history."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, Kind, NotFound
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.planning.scheduling import policy, wording
from app.planning.scheduling.forms import RuleForm
from app.planning.scheduling.queries import settings
from app.planning.scheduling.rules.book import names, spec_of
from app.planning.scheduling.services.settings import set_rule as decide
from app.planning.scheduling.values import Approver, Severity
from app.planning.scheduling.views import bp
from app.planning.scheduling.views.book_page import book_page
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal

INVALID = STATUS[Kind.INVALID]


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
            decide(
                db,
                actor=current_actor(),
                rule=rule,
                severity=_severity(form),
                threshold=form.number,
                valid_from=form.valid_from.data,
                valid_until=form.first_day_after,
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
        line, history = settings.rule_line(db, actor=actor, rule=rule, on=today)
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
