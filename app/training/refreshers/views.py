"""Refreshers: answered by a letter's link without signing in, and chosen or stopped."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.platform import platform
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.refusal import NotFound
from app.training.refreshers import policy, queries, rules, services
from app.training.refreshers.forms import chosen_options
from app.training.refreshers.tasks import rhythm
from app.training.refreshers.values import OwnRefreshers, Refresher, WishState
from app.web.errors import STATUS
from app.web.guards import anyone, current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.locale import reader_language
from app.web.sent import flash_sent

bp = Blueprint("refreshers", __name__)
Answer = Response | tuple[str, int]


@bp.app_template_global()
def own_refreshers() -> OwnRefreshers | None:
    """Returns what the reader has, for the pages that offer it; None for who is no person."""
    actor = current_actor()
    if not policy.may_have(actor):
        return None
    with reading() as db:
        return queries.own_refreshers(db, actor=actor)


@bp.get("/refreshers")
@requires(policy.may_have)
def refreshers() -> str:
    actor = current_actor()
    with reading() as db:
        own = queries.own_refreshers(db, actor=actor)
        latest = queries.latest_of(db, actor=actor)
    is_open = latest is not None and latest.ends_at > clock.now()
    return render_template(
        "training/refreshers/refreshers.html",
        own=own,
        latest=latest,
        key=rules.refresher_key(platform().keys, str(latest.id)) if latest and is_open else "",
        rhythm=rhythm(),
        may_see_figures=policy.may_see_figures(actor),
    )


@bp.post("/refreshers/start")
@requires(policy.may_have)
def start() -> Response:
    return _started(current_actor(), url_for("refreshers.refreshers"))


@bp.post("/refreshers/stop")
@requires(policy.may_have)
def stop() -> Response:
    with transaction() as db:
        services.stop_refreshers(db, actor=current_actor(), now=clock.now())
    flash(_("No more questions will come. You can ask for them again at any time."), "success")
    return redirect(url_for("refreshers.refreshers"), 303)


@bp.get("/refreshers/figures")
@requires(policy.may_see_figures)
def figures() -> str:
    with reading() as db:
        lines = queries.figures(db, actor=current_actor(), now=clock.now())
    language = reader_language()
    return render_template(
        "training/refreshers/figures.html",
        lines=sorted(lines, key=lambda one: one.name.in_(language)),
    )


@bp.get("/refreshers/by-letter/<refresher_key>")
@requires(anyone)
def by_letter(refresher_key: str) -> str:
    """Shows a refresher and changes nothing: mail programs open links on their own."""
    return _questions(refresher_key, _refresher(refresher_key))


@bp.post("/refreshers/by-letter/<refresher_key>/answers/<int:position>")
@requires(anyone)
def answer(refresher_key: str, position: int) -> Answer:
    refresher = _refresher(refresher_key)
    try:
        with transaction() as db:
            services.answer(
                db,
                actor=_bearer(refresher.person_id),
                refresher_id=refresher.id,
                position=position,
                chosen=chosen_options(request.form.getlist("option")),
                now=clock.now(),
            )
    except rules.NothingTicked as refusal:
        said = (position, say(reader_language(), refusal.sentence))
        return _questions(refresher_key, refresher, said), STATUS[refusal.kind]
    except (rules.AlreadyAnswered, rules.LinkEnded) as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
    lang = request.args.get("lang")
    address = url_for("refreshers.by_letter", refresher_key=refresher_key, lang=lang)
    return redirect(f"{address}#question-{position}", 303)


@bp.get("/refreshers/choice/<choice_key>")
@requires(anyone)
def choice(choice_key: str) -> str:
    return _choice(choice_key)


@bp.post("/refreshers/choice/<choice_key>")
@requires(anyone)
def one_press(choice_key: str) -> str:
    """Stops refreshers by the one press of a mail program, which has neither session nor token of a
    form; the key is enough. It must not be answered with a redirect (RFC 8058 §3.1).
    """
    actor = _bearer(_person(choice_key))
    with transaction() as db:
        services.stop_refreshers(db, actor=actor, now=clock.now())
    return _choice(choice_key)


@bp.post("/refreshers/choice/<choice_key>/start")
@requires(anyone)
def start_again(choice_key: str) -> Response:
    address = url_for("refreshers.choice", choice_key=choice_key, lang=request.args.get("lang"))
    return _started(_bearer(_person(choice_key)), address)


def _started(actor: Actor, back: str) -> Response:
    try:
        with transaction() as db:
            services.start_refreshers(
                db, actor=actor, rhythm=rhythm(), today=clock.today(), now=clock.now()
            )
        flash_sent(_("Thank you. The first letter comes in about two weeks."))
    except rules.NothingLearned as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
    return redirect(back, 303)


def _bearer(person_id: int) -> Actor:
    """Returns an actor who acts for a person by a letter's key, in this and in nothing else."""
    return replace(ANONYMOUS, person_id=person_id)


def _person(key: str) -> int:
    person_id = rules.person_of_choice(platform().keys, key)
    if person_id is None:
        raise NotFound
    return person_id


def _refresher(key: str) -> Refresher:
    refresher_id = rules.refresher_of_key(platform().keys, key)
    if refresher_id is None:
        raise NotFound
    with reading() as db:
        return queries.refresher_by_id(db, refresher_id)


def _questions(key: str, refresher: Refresher, mistake: tuple[int, str] | None = None) -> str:
    return render_template(
        "training/refreshers/questions.html",
        refresher=refresher,
        key=key,
        choice_key=rules.choice_key(platform().keys, refresher.person_id),
        is_open=refresher.ends_at > clock.now(),
        mistake=mistake,
        chosen={
            one.position: typed_fields(
                url_for("refreshers.answer", refresher_key=key, position=one.position)
            ).getlist("option")
            for one in refresher.questions
        },
        asked_in=request.args.get("lang"),
    )


def _choice(key: str) -> str:
    actor = _bearer(_person(key))
    with reading() as db:
        own = queries.own_refreshers(db, actor=actor)
    return render_template(
        "training/refreshers/choice.html",
        own=own,
        key=key,
        is_on=own.state is WishState.ON,
        rhythm=rhythm(),
        asked_in=request.args.get("lang"),
    )
