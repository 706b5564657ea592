"""The page on which a focal point whose country gives no names declares its counts. Her own list is
read by her browser (`static/counting.js`), and only the counts are sent.
"""

import secrets

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import counted_course
from app.infra.database import reading, transaction
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import languages
from app.people.directory.queries.roster import CountryName, country_of
from app.training.turnover import policy, services, wording
from app.training.turnover.forms import CountsForm
from app.training.turnover.queries.declared import declared_counts, open_institutions, valid_codes
from app.training.turnover.rules.declared import FIGURES, hashed_codes
from app.training.turnover.values import CountsOfDay
from app.web.guards import current_actor, requires
from app.web.limits import EXPORT
from app.web.locale import reader_language
from app.web.mistakes import show_refusal

bp = Blueprint("declared", __name__)
Answer = Response | tuple[str, int]
SALT_BYTES = 16


@bp.get("/countries/<code>/declaration")
@requires(policy.may_declare_some)
def counts(code: str) -> str:
    country, form, last = _form(code)
    return _page(country, form.show(last.counts if last else ()), last)


@bp.post("/countries/<code>/declaration")
@requires(policy.may_declare_some)
def declare(code: str) -> Answer:
    country, form, last = _form(code)
    form.read(request.form)
    try:
        with transaction() as db:
            services.declare_counts(
                db,
                actor=current_actor(),
                country_code=code,
                counts=form.counts(),
                today=clock.today(current_actor().timezone),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _page(country, form, last), status
    flash(_("Declared. These counts stand until the next ones."), "success")
    return redirect(url_for("turnover.country", code=code), 303)


@bp.get("/countries/<code>/declaration/codes.json")
@requires(policy.may_declare_some, costs=EXPORT)
def codes(code: str) -> Response:
    """Answers with hashes of the codes that are valid today, each time with another salt, for the
    focal point's browser to compare.
    """
    policy.require_may_declare(current_actor(), code)
    with reading() as db:
        known = valid_codes(db, code, counted_course(), on=clock.today(current_actor().timezone))
    salt = secrets.token_hex(SALT_BYTES)
    answer = jsonify(salt=salt, hashes=hashed_codes(known, salt))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _form(code: str) -> tuple[CountryName, CountsForm, CountsOfDay | None]:
    policy.require_may_see_declaration(current_actor(), code)
    today = clock.today(current_actor().timezone)
    with reading() as db:
        country = country_of(db, code)
        declared = declared_counts(db).get(code)
        institutions = open_institutions(db, code, today)
    if country is None or declared is None:
        raise NotFound
    language = reader_language()
    form = CountsForm(sorted(institutions, key=lambda one: one.name.in_(language)))
    return country, form, declared.on(today)


def _page(country: CountryName, form: CountsForm, last: CountsOfDay | None) -> str:
    return render_template(
        "training/turnover/declaration.html",
        country=country,
        form=form,
        may_declare=policy.may_declare(current_actor(), country.code),
        last=last and wording.short_day(last.on, reader_language()),
        figures=FIGURES,
        names={
            one.id: sorted({one.name.in_(language) for language in languages()})
            for one in form.institutions
        },
    )
