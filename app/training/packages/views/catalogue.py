"""Pages of packages: the list, each package, and the player."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.training.packages import policy, services, wording
from app.training.packages.queries import catalogue as queries
from app.training.packages.queries.playing import own_play
from app.training.packages.queries.records import learners_of
from app.training.packages.rules.addresses import KeyPurpose, key_of
from app.training.packages.services.taking import is_open
from app.training.packages.values import ItemStanding, PackageItem, PackageLine, PackagePage, Play
from app.training.packages.views.door import bp
from app.web.content_origin import content_host, content_origin
from app.web.guards import anyone, current_actor, requires
from app.web.headers import let_frame
from app.web.locale import reader_language, reader_timezone
from app.web.render import day_text


@bp.get("/packages")
@requires(anyone)
def packages() -> str:
    with reading() as db:
        lines = queries.packages(db, actor=current_actor())
    return render_template(
        "training/packages/packages.html",
        entries=[entry_of(line) for line in lines],
        may_import=policy.may_import(current_actor()),
    )


def more_courses() -> Markup:
    """Returns the packages as a part of the page of courses; empty where there are none and the
    reader may not import any.
    """
    actor = current_actor()
    with reading() as db:
        lines = queries.packages(db, actor=actor)
    html = render_template(
        "training/packages/_more_courses.html",
        entries=[entry_of(line) for line in lines],
        may_import=policy.may_import(actor),
    )
    return Markup(html)  # noqa: S704 - a template that escapes


def entry_of(line: PackageLine) -> dict[str, Any]:
    status = wording.STATES[line.state]
    return {
        "line": line,
        "word": _(wording.STATUSES[status]),
        "look": wording.LOOKS[status],
        "size": wording.size_text(line.size_bytes),
        "time": wording.line_time(line.size_bytes),
    }


@bp.get("/packages/<package_slug>")
@requires(anyone)
def package(package_slug: str) -> str:
    actor = current_actor()
    with reading() as db:
        page = queries.package_page(db, actor=actor, slug=package_slug)
        versions = (
            queries.versions_of(db, actor=actor, package_id=page.id)
            if policy.may_import(actor)
            else ()
        )
    return render_template(
        "training/packages/package.html",
        page=page,
        items=[
            _line(page, item)
            for item in page.manifest.items
            if item in page.manifest.offered or (item.is_visible and not item.is_launchable)
        ],
        standard=wording.STANDARDS[page.manifest.standard],
        size=wording.size_text(page.unpacked_bytes),
        time=wording.line_time(page.unpacked_bytes),
        versions=versions,
        on=_on,
        size_text=wording.size_text,
        may_take=policy.may_take(actor),
        may_import=policy.may_import(actor),
        may_see_learners=policy.may_see_learners(actor),
        can_play=bool(content_origin()),
    )


def _on(at: datetime) -> str:
    """Returns the day of an instant in the reader's zone."""
    return day_text(at.astimezone(ZoneInfo(reader_timezone())).date(), reader_language())


def _line(page: PackagePage, item: PackageItem) -> dict[str, Any]:
    standing = page.standings.get(item.key, ItemStanding())
    return {
        "item": item,
        "is_open": is_open(page.manifest, item, dict(page.standings)),
        "standing": standing,
        "word": _(wording.STATUSES[standing.status]),
        "look": wording.LOOKS[standing.status],
        "score": wording.score_text(standing),
        "time": wording.time_text(standing.seconds) if standing.seconds else "",
    }


@bp.post("/packages/<package_slug>/enrolments")
@requires(policy.may_take)
def enrol(package_slug: str) -> Response:
    """Enrols the reader. A package with a single item opens at once."""
    actor, now = current_actor(), clock.now()
    with transaction() as db:
        services.enrol(db, actor=actor, slug=package_slug, now=now)
    with reading() as db:
        page = queries.package_page(db, actor=actor, slug=package_slug)
    offered = page.manifest.offered
    if len(offered) == 1 and content_origin():
        return _opened(page, offered[0].key)
    return redirect(url_for("packages.package", package_slug=package_slug), 303)


@bp.post("/packages/<package_slug>/visits")
@requires(policy.may_take)
def visit(package_slug: str) -> Response:
    """Opens an item of a package that the reader takes."""
    with reading() as db:
        page = queries.package_page(db, actor=current_actor(), slug=package_slug)
    if page.enrolment_id is None or not content_origin():
        return redirect(url_for("packages.package", package_slug=package_slug), 303)
    first = page.manifest.offered[0].key
    return _opened(
        page, request.form.get("item") or first, is_anew=request.form.get("attempt") == "another"
    )


def _opened(page: PackagePage, item_key: str, *, is_anew: bool = False) -> Response:
    assert page.enrolment_id is not None  # noqa: S101 - both callers have looked
    with transaction() as db:
        visit_id = services.open_session(
            db,
            actor=current_actor(),
            enrolment_id=page.enrolment_id,
            item_key=item_key,
            is_anew=is_anew,
            now=clock.now(),
        )
    return redirect(url_for("packages.player", visit_id=visit_id), 303)


@bp.get("/packages/visits/<uuid:visit_id>")
@requires(policy.may_take)
def player(visit_id: UUID) -> str:
    """Shows the player: a frame of the second origin, in which the package runs."""
    with reading() as db:
        play = own_play(db, actor=current_actor(), session_id=visit_id)
    is_over = _is_over(play)
    address = ""
    if not is_over and content_origin():
        key = key_of(
            play.session_id,
            KeyPurpose.LAUNCH,
            secret=current_app.config["SECRET_KEY"],
            host=content_host(),
        )
        address = content_origin() + url_for("package_content.frame", launch_key=key)
        let_frame(content_origin())
    return render_template(
        "training/packages/player.html",
        play=play,
        is_over=is_over,
        address=address,
        origin=content_origin(),
    )


def _is_over(play: Play) -> bool:
    """Returns True for a visit that is over.

    A visit of an asset is closed from the beginning and shows it until the day is over.
    """
    is_closed = play.is_closed and play.item.kind != "asset"
    return is_closed or play.expires_at <= clock.now()


@bp.get("/packages/<package_slug>/learners")
@requires(policy.may_see_learners)
def learners(package_slug: str) -> str:
    actor = current_actor()
    with reading() as db:
        package = queries.package_of(db, package_slug)
        lines = learners_of(db, actor=actor, package_id=package.id)
        title = package.title
    return render_template(
        "training/packages/learners.html",
        slug=package_slug,
        title=title,
        lines=lines,
        sees_all=policy.sees_all(actor),
        on=_on,
        time_text=wording.time_text,
    )


@bp.post("/packages/<package_slug>/withdrawal")
@requires(policy.may_import)
def withdraw(package_slug: str) -> Response:
    with transaction() as db:
        services.withdraw_package(db, actor=current_actor(), slug=package_slug, now=clock.now())
    flash(
        _("Nobody else can start the package now. Those who have begun may finish it."), "success"
    )
    return redirect(url_for("packages.package", package_slug=package_slug), 303)
