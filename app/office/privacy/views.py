"""Pages about one's own data, the privacy notice, the secretariat's page for requests by letter, and
the choice of a country to give no names.
"""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.platform import platform
from app.kernel.refusal import Kind, NotFound
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import date_locale, fields_of
from app.office.privacy import policy, wording
from app.office.privacy.forms import ErasingForm, GivingUpForm, NoticeForm
from app.office.privacy.queries import (
    event_consents,
    guests_to_erase,
    named_certificates,
    notices,
    people_named,
    person_found,
    standing_consents,
    standing_notice,
)
from app.office.privacy.queries import (
    names_of_country as names_at_stake,
)
from app.office.privacy.rules import is_enough
from app.office.privacy.services import (
    KEPT,
    erase,
    expire,
    record_reading,
    retention_periods,
    set_consent,
    take_along,
    withdraw_event_consent,
)
from app.office.privacy.services import (
    give_up_names as let_give_up_names,
)
from app.office.privacy.services import write_notice as keep_notice
from app.office.privacy.values import (
    RUNS_AT,
    CertificateNames,
    Domain,
    NoticeVersion,
    PersonalData,
    Purpose,
    RetentionPeriods,
)
from app.people.directory import policy as directory_policy
from app.people.directory.queries.roster import LONGEST_SEARCH, countries, country_of
from app.people.directory.services.counts_only import take_up_names as let_take_up_names
from app.people.identity.rules import LastOrganizer
from app.people.identity.views.door import leave
from app.planning.arranging.views.plan_page import record_people_shown
from app.web.downloads import name_file
from app.web.errors import STATUS
from app.web.guards import anyone, current_actor, require_confirmation, requires
from app.web.limits import EXPORT
from app.web.locale import reader_language
from app.web.looking import record_when_sent
from app.web.mistakes import show_refusal
from app.web.render import zone_label

bp = Blueprint("privacy", __name__)


# My data: my consents, a copy of my data, and closing my account.

Answer = BaseResponse | tuple[str, int]


@bp.get("/account/data")
@requires(policy.may_see_own)
def my_data() -> str:
    actor = current_actor()
    person_id = policy.require_person(actor)
    with reading() as db:
        standing, of_events = standing_consents(db, person_id), event_consents(db, person_id)
    return render_template(
        "office/privacy/my_data.html",
        standing=standing,
        of_events=of_events,
        names=wording.PURPOSES,
        at=_at,
        zone=zone_label(actor.timezone, clock.now(), reader_language()),
    )


@bp.post("/account/data/consents")
@requires(policy.may_see_own)
def change_consent() -> BaseResponse:
    """Gives or withdraws the consent to one purpose. An unknown purpose changes nothing."""
    purpose = next((one for one in Purpose if one.value == request.form.get("purpose")), None)
    if purpose is not None:
        with transaction() as db:
            set_consent(
                db,
                actor=current_actor(),
                purpose=purpose,
                is_given=request.form.get("is_given") == "1",
                now=clock.now(),
            )
        flash(_("Your choice is saved. You can change it here at any time."), "success")
    return redirect(url_for("privacy.my_data"), 303)


@bp.post("/account/data/consents/event")
@requires(policy.may_see_own)
def withdraw() -> BaseResponse:
    event_id = request.form.get("event", type=UUID)
    if event_id is not None:
        with transaction() as db:
            withdraw_event_consent(
                db,
                actor=current_actor(),
                event_id=event_id,
                purpose=request.form.get("purpose", ""),
                now=clock.now(),
            )
        flash(_("Your consent is withdrawn from now on."), "success")
    return redirect(url_for("privacy.my_data"), 303)


@bp.post("/account/data.json")
@requires(policy.may_see_own, costs=EXPORT)
def take_my_data() -> Response:
    """Answers POST, because the export is recorded."""
    require_confirmation()
    return json_of(policy.require_person(current_actor()))


@bp.get("/account/close")
@requires(policy.may_see_own)
def close_account() -> str:
    """Asks for confirmation, says what will happen, and asks what becomes of the name on
    certificates.
    """
    return _closing(_erasing_form(policy.require_person(current_actor())))


@bp.post("/account/close")
@requires(policy.may_see_own)
def close_account_confirmed() -> Answer:
    require_confirmation()
    actor = current_actor()
    person_id = policy.require_person(actor)
    form = _erasing_form(person_id)
    if form is not None and not form.validate():
        return _closing(form), STATUS[Kind.INVALID]
    try:
        _erase(person_id, form)
    except LastOrganizer as refusal:
        said = say(reader_language(), refusal.sentence)
        return _closing(form, said), STATUS[refusal.kind]
    leave(actor)
    flash(
        _(
            "Your account is closed and your personal data are erased. Certificates stay verifiable by their code."
        ),
        "success",
    )
    return redirect(url_for("home.home"), 303)


def _closing(form: ErasingForm | None, refusal: str = "") -> str:
    return render_template(
        "office/privacy/close_account.html", form=form, refusal=refusal, months=_backup_months()
    )


def _backup_months() -> int:
    """Returns how long a backup of today holds what is erased now."""
    settings = platform().settings
    return max(settings.keep_backup_months, math.ceil(settings.keep_backup_days / 30))


def _erasing_form(person_id: int) -> ErasingForm | None:
    """Returns what is asked before the person is erased; None for whoever has no certificate."""
    with reading() as db:
        if not named_certificates(db, person_id):
            return None
    form = ErasingForm()
    form.offer(is_own=current_actor().person_id == person_id)
    return form


def _erase(person_id: int, form: ErasingForm | None) -> None:
    hides_name = form is not None and form.chosen is CertificateNames.ERASED
    with transaction() as db:
        erase(
            db,
            actor=current_actor(),
            person_id=person_id,
            domains=domains(),
            now=clock.now(),
            hides_names=hides_name,
        )


def domains() -> Sequence[Domain]:
    """Returns the packages that keep personal data, as app/wiring lists them."""
    return platform().port(PersonalData).domains


def json_of(person_id: int) -> Response:
    with transaction() as db:
        data: dict[str, Any] = take_along(
            db, actor=current_actor(), person_id=person_id, domains=domains(), now=clock.now()
        )
    content = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    answer = Response(content, mimetype="application/json")
    name_file(answer, f"convoca-{person_id}.json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _at(at: datetime) -> str:
    local = at.astimezone(ZoneInfo(current_actor().timezone))
    return format_datetime(local, "d MMM y, HH:mm", locale=date_locale(reader_language()))


# The privacy notice: the same for everybody, and what each country adds to it.


@bp.app_template_global()
def country_notice(code: str | None) -> NoticeVersion:
    """Returns what stands for a country, for where somebody is about to agree to something."""
    if not code:  # whoever is of no country
        return NoticeVersion()
    with reading() as db:
        return standing_notice(db, code)


@bp.get("/privacy/notice")
@requires(anyone)
def notice() -> str:
    actor = current_actor()
    with reading() as db:
        known, wordings = countries(db), notices(db)
    telling = [one for one in known if one.code in wordings and wordings[one.code][0].text]
    writable = {one.code for one in known if policy.may_write_notice(actor, one.code)}
    return render_template(
        "office/privacy/notice.html",
        own=next((one for one in telling if one.code == actor.country), None),
        others=[one for one in telling if one.code != actor.country],
        silent=[one for one in known if one.code in writable and one not in telling],
        wordings=wordings,
        writable=writable,
        kept=_kept_texts(retention_periods(platform().settings)),
    )


@bp.get("/countries/<code>/privacy-notice")
@requires(policy.may_write_some_notice)
def notice_of_country(code: str) -> str:
    policy.require_may_write_notice(current_actor(), code)
    with reading() as db:
        text = standing_notice(db, code).text
    form = NoticeForm(data={**fields_of("text", text), "seen": mark_of(text)})
    return _notice_page(code, form)


@bp.post("/countries/<code>/privacy-notice")
@requires(policy.may_write_some_notice)
def write_notice(code: str) -> Answer:
    policy.require_may_write_notice(current_actor(), code)
    form = NoticeForm(request.form)
    if not form.validate():
        return _notice_page(code, form), STATUS[Kind.INVALID]
    try:
        with transaction() as db:
            keep_notice(
                db,
                actor=current_actor(),
                country_code=code,
                text=form.text.data,
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except ChangedMeanwhile as refusal:
        status = show_refusal(form, refusal, stored=request.path)
        return _notice_page(code, form), status
    flash(_("The privacy notice is saved."), "success")
    return redirect(url_for("privacy.notice", _anchor=code), 303)


def _notice_page(code: str, form: NoticeForm) -> str:
    with reading() as db:
        country, wordings = country_of(db, code), notices(db).get(code, ())
    if country is None:
        raise NotFound
    is_standing = bool(wordings and wordings[0].text)
    return render_template(
        "office/privacy/notice_of_country.html",
        country=country,
        form=form,
        wordings=wordings[is_standing:],
    )


# Requests that reach the secretariat by letter: find the person, hand out a copy, or erase.


@bp.get("/privacy")
@requires(policy.may_answer_requests)
def people() -> str:
    words = request.args.get("words", "").strip()[:LONGEST_SEARCH]
    with reading() as db:
        people_shown = people_named(db, words)
    record_people_shown([one.person_id for one in people_shown])
    return render_template(
        "office/privacy/people.html", words=words, people=people_shown, is_enough=is_enough(words)
    )


@bp.get("/privacy/people/<int:person_id>")
@requires(policy.may_answer_requests)
def person(person_id: int) -> str:
    actor, now = current_actor(), clock.now()
    record_when_sent(lambda db: record_reading(db, actor=actor, person_id=person_id, now=now))
    return _page(person_id, _erasing_form(person_id))


@bp.post("/privacy/people/<int:person_id>/data.json")
@requires(policy.may_answer_requests, costs=EXPORT)
def take_data_of(person_id: int) -> Response:
    require_confirmation()
    return json_of(person_id)


@bp.post("/privacy/people/<int:person_id>/erase")
@requires(policy.may_answer_requests)
def erase_somebody(person_id: int) -> Answer:
    require_confirmation()
    form = _erasing_form(person_id)
    if form is not None and not form.validate():
        return _page(person_id, form), STATUS[Kind.INVALID]
    try:
        _erase(person_id, form)
    except LastOrganizer as refusal:
        said = say(reader_language(), refusal.sentence)
        return _page(person_id, form, said), STATUS[refusal.kind]
    flash(_("The personal data are erased. Certificates stay verifiable by their code."), "success")
    return redirect(url_for("privacy.people"), 303)


def _page(person_id: int, form: ErasingForm | None, refusal: str = "") -> str:
    with reading() as db:
        person = person_found(db, person_id)
    if person is None:
        raise NotFound
    return render_template(
        "office/privacy/person.html",
        person=person,
        form=form,
        refusal=refusal,
        months=_backup_months(),
    )


@bp.get("/privacy/retention")
@requires(policy.may_answer_requests)
def retention() -> str:
    """Shows what the next run would delete: what is due at its time, by the function that does it."""
    actor, now, personal = current_actor(), clock.now(), platform().port(PersonalData)
    runs_at = datetime.combine(now.date(), RUNS_AT, UTC)
    runs_at += timedelta(days=runs_at <= now)
    keep = retention_periods(platform().settings)
    with reading() as db:
        due = expire(
            db,
            keep=keep,
            personal=personal,
            now=runs_at,
            dry_run=True,
        )
        guests = guests_to_erase(db, before=runs_at - timedelta(days=keep.guests))
    record_people_shown(list(guests))
    return render_template(
        "office/privacy/retention.html",
        due=due,
        guests=guests,
        kept=_kept_texts(keep),
        runs_at=_at(runs_at),
        zone=zone_label(actor.timezone, runs_at, reader_language()),
    )


def _kept_texts(keep: RetentionPeriods) -> dict[str, tuple[str, str]]:
    """Returns of each kind what it holds and until when."""
    language = reader_language()
    return {one.kind: wording.kept_text(language, one.kind, one.days(keep)) for one in KEPT}


# Whether a country gives names: a look at what goes, and the choice.


@bp.get("/countries/<code>/names")
@requires(directory_policy.may_choose_some_names)
def names_of_country(code: str) -> str:
    return _names_page(code, GivingUpForm(formdata=None))


@bp.post("/countries/<code>/names")
@requires(directory_policy.may_choose_some_names)
def give_up_names(code: str) -> Answer:
    require_confirmation()
    directory_policy.require_may_choose_names(current_actor(), code)
    with reading() as db:
        country = country_of(db, code)
    form = GivingUpForm()
    if country is None:
        raise NotFound
    if not form.validate() or not form.is_of(country.name):
        return _names_page(code, form), STATUS[Kind.INVALID]
    with transaction() as db:
        erased = let_give_up_names(
            db,
            actor=current_actor(),
            country_code=code,
            domains=domains(),
            now=clock.now(),
        )
    flash(
        ngettext(
            "%(country)s gives no names from now on; the name of %(num)d person was erased.",
            "%(country)s gives no names from now on; the names of %(num)d people were erased.",
            erased,
            country=country.name.in_(reader_language()),
        ),
        "success",
    )
    return redirect(url_for("turnover.country", code=code), 303)


@bp.post("/countries/<code>/names/list")
@requires(directory_policy.may_choose_some_names)
def take_up_names(code: str) -> BaseResponse:
    """Lets the country keep its list here again; a second press changes nothing."""
    with transaction() as db:
        let_take_up_names(db, actor=current_actor(), country_code=code, now=clock.now())
    flash(_("The country keeps its list of people here again. It begins empty."), "success")
    return redirect(url_for("turnover.country", code=code), 303)


def _names_page(code: str, form: GivingUpForm) -> str:
    actor = current_actor()
    directory_policy.require_may_see_choice(actor, code)
    with reading() as db:
        country = country_of(db, code)
        is_named = country is not None and not country.gives_no_names
        stake = names_at_stake(db, code, clock.today()) if is_named else None
    if country is None:
        raise NotFound
    since = country.counts_only_since
    return render_template(
        "office/privacy/names_of_country.html",
        country=country,
        since=since and format_date(since, "d MMM y", locale=date_locale(reader_language())),
        stake=stake,
        form=form,
        months=_backup_months(),
        is_office=directory_policy.may_keep_reference(actor),
        may_choose=directory_policy.may_choose_names(actor, code),
    )
