"""The page of the rule book, with the forms that stand on it."""

from flask import render_template

from app.infra import clock
from app.infra.database import reading
from app.kernel.reference import REFERENCE_ZONE
from app.planning.scheduling import policy, wording
from app.planning.scheduling.forms import LicenceForm, PairForm
from app.planning.scheduling.queries import settings
from app.web.guards import current_actor
from app.web.locale import reader_language


def book_page(*, pair: PairForm | None = None, licence: LicenceForm | None = None) -> str:
    """Returns the page. `pair` or `licence` is the form that came back."""
    actor, language = current_actor(), reader_language()
    with reading() as db:
        lines = settings.rule_lines(db, actor=actor, on=clock.today(REFERENCE_ZONE))
        pairs = settings.pairs_declared(db, actor=actor)
        licences = settings.licences(db, actor=actor)
        groups = settings.working_groups(db)
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
