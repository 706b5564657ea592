"""Pages of packages: the catalogue, and importing."""

import hashlib
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.platform import platform
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.training.packages import forms, policy, queries, services, wording
from app.training.packages.queries import keys_in_use, learners_of, own_play, package_of, upload_of
from app.training.packages.rules.addresses import KeyPurpose, key_of
from app.training.packages.rules.archive import MOST_ENTRIES, MOST_FILE, MOST_TOTAL, media_type
from app.training.packages.rules.words import SamePackage, require_sound
from app.training.packages.services import is_open
from app.training.packages.values import (
    Inspection,
    ItemStanding,
    Manifest,
    PackageFinding,
    PackageItem,
    PackageLine,
    PackagePage,
    PackageWords,
    PackedFile,
    Play,
    Report,
    Upload,
)
from app.web.bodies import takes_packages
from app.web.content_origin import content_host, content_origin
from app.web.guards import anyone, current_actor, requires
from app.web.headers import let_frame
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import show_errors
from app.web.render import day_text
from app.web.uploads import sent_file
from config import MEGABYTE, Settings

bp = Blueprint("packages", __name__)


# Pages of packages: the list, each package, and the player.


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
            keys=platform().keys,
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


# A package comes in: the archive, its dry run, and the author's word.

FIELD = "package"
CHOOSE = N_("Choose the package: a ZIP archive.")
TOO_LARGE = N_("The archive is larger than %(most)s MB.")


@bp.get("/packages/import")
@requires(policy.may_import)
def upload() -> str:
    return _form_page(forms.UploadForm(), "")


@bp.post("/packages/import")
@requires(policy.may_import)
@takes_packages
def look_at() -> Response | tuple[str, int]:
    """Makes a dry run. What cannot be taken in is shown and not kept."""
    return _looked_at("")


@bp.get("/packages/<package_slug>/versions")
@requires(policy.may_import)
def new_version(package_slug: str) -> str:
    with reading() as db:
        package_of(db, package_slug)
    return _form_page(forms.UploadForm(), package_slug)


@bp.post("/packages/<package_slug>/versions")
@requires(policy.may_import)
@takes_packages
def look_at_version(package_slug: str) -> Response | tuple[str, int]:
    with reading() as db:
        package_of(db, package_slug)
    return _looked_at(package_slug)


def _looked_at(slug: str) -> Response | tuple[str, int]:
    form = forms.UploadForm()
    try:
        sent = _sent()
        inspection = forms.inspect(sent.stream)
        if not inspection.is_blocked:
            upload_id = _kept(sent, inspection, slug)
            return redirect(url_for("packages.dry_run", upload_id=upload_id), 303)
    except InvalidInput as refusal:
        sentence = refusal.errors[FIELD]
        form.package.errors = [_(sentence.msgid, **sentence.params)]
        return _form_page(form, slug), 422
    except SamePackage as same:
        form.package.errors = [_(same.sentence.msgid, **same.sentence.params)]
        return _form_page(form, slug), 409
    report = Report.from_dict(inspection.report())
    return _report_page(report, None, None, slug), 422


def _sent() -> FileStorage:
    sent, most = sent_file(FIELD), _settings().package_megabytes
    if sent is None:
        raise InvalidInput({FIELD: Sentence(CHOOSE)})
    if sent.stream.seek(0, 2) > most * MEGABYTE:
        raise InvalidInput({FIELD: Sentence(TOO_LARGE, {"most": most})})
    sent.stream.seek(0)
    return sent


def _kept(sent: FileStorage, inspection: Inspection, slug: str) -> UUID:
    """Stores the archive, chunk by chunk, before its row is written; returns the upload's id."""
    with NamedTemporaryFile(prefix="convoca-package-") as copy:
        sent.stream.seek(0)
        sent.save(copy)
        copy.flush()
        path = Path(copy.name)
        with path.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        stored = PackedFile(
            sent.filename or "", files().put_file(path), "application/zip", path.stat().st_size
        )
    with transaction() as db:
        old = services.let_go_of_old_uploads(db, actor=current_actor(), now=clock.now())
        upload_id = services.keep_upload(
            db,
            actor=current_actor(),
            inspection=inspection,
            stored=stored,
            sha256=sha256,
            package_slug=slug,
            now=clock.now(),
        )
    _forget(old)
    return upload_id


@bp.get("/packages/import/<uuid:upload_id>")
@requires(policy.may_import)
def dry_run(upload_id: UUID) -> str | Response:
    try:
        with reading() as db:
            kept = upload_of(db, actor=current_actor(), upload_id=upload_id)
    except NotFound:
        return _settled()
    return _report_page(kept.report, kept, _words_form(kept), kept.package_slug)


@bp.post("/packages/import/<uuid:upload_id>")
@requires(policy.may_import)
def accept(upload_id: UUID) -> Response | tuple[str, int]:
    """Unpacks the archive, puts every file away by its content, and writes the version."""
    try:
        with reading() as db:
            kept = upload_of(db, actor=current_actor(), upload_id=upload_id)
    except NotFound:  # the button was pressed twice
        return _settled()
    form = _words_form(kept)
    words: PackageWords | None = None
    if kept.package_id is None:
        if not form.validate():
            return _report_page(kept.report, kept, form, ""), 422
        words = form.words()
    try:
        if words is not None:
            require_sound(words)
        stored = _stored(kept)
        with transaction() as db:
            slug = services.accept_upload(
                db,
                actor=current_actor(),
                upload_id=upload_id,
                words=words,
                files=stored,
                now=clock.now(),
            )
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        return _report_page(kept.report, kept, form, kept.package_slug), 422
    flash(_("The package is in the catalogue."), "success")
    return redirect(url_for("packages.package", package_slug=slug), 303)


@bp.post("/packages/import/<uuid:upload_id>/discard")
@requires(policy.may_import)
def discard(upload_id: UUID) -> Response:
    with transaction() as db:
        keys = services.discard_upload(db, actor=current_actor(), upload_id=upload_id)
    _forget(keys)
    flash(_("The package was not accepted, and nothing of it was kept."), "success")
    return redirect(url_for("packages.packages"), 303)


def _forget(keys: frozenset[str]) -> None:
    """Files of uploads that are gone, unless somebody has brought the same bytes meanwhile."""
    for key in keys:
        with reading() as db:
            is_named = bool(keys_in_use(db, [key]))
        if not is_named:
            with suppress(FileNotFoundError):
                files().delete(key)


def _stored(kept: Upload) -> tuple[PackedFile, ...]:
    """Returns the files of the archive, each stored by its content."""
    with NamedTemporaryFile(prefix="convoca-package-") as copy:
        path = Path(copy.name)
        files().fetch(kept.file_key, path)
        with path.open("rb") as stream:
            return tuple(_put(stream))


def _put(stream: IO[bytes]) -> list[PackedFile]:
    inspection = forms.inspect(stream)
    with forms.unpacked(stream, inspection) as one_by_one:
        return [
            PackedFile(name, files().put_file(path), media_type(name), path.stat().st_size)
            for name, path in one_by_one
        ]


def _settled() -> Response:
    flash(_("This upload was already dealt with, or a day has passed."), "info")
    return redirect(url_for("packages.packages"), 303)


def _settings() -> Settings:
    return platform().settings


def _words_form(kept: Upload) -> forms.WordsForm:
    if request.method == "POST":
        return forms.WordsForm(request.form)
    form = forms.WordsForm()
    form.title.first.data = kept.report.manifest.title
    return form


def _form_page(form: forms.UploadForm, slug: str) -> str:
    return render_template(
        "training/packages/upload.html",
        form=form,
        slug=slug,
        most=_settings().package_megabytes,
        most_files=MOST_ENTRIES,
        most_total=MOST_TOTAL // MEGABYTE,
        most_file=MOST_FILE // MEGABYTE,
    )


def _report_page(
    report: Report, kept: Upload | None, form: forms.WordsForm | None, slug: str
) -> str:
    return render_template(
        "training/packages/dry_run.html",
        report=report,
        kept=kept,
        form=form,
        slug=slug,
        standard=wording.STANDARDS[report.manifest.standard],
        groups=_grouped(report.findings),
        launch=_first(report.manifest),
        size=wording.size_text,
        line_time=wording.line_time,
    )


def _grouped(findings: tuple[PackageFinding, ...]) -> list[tuple[str, str, list[str]]]:
    """Returns findings by what they mean, the gravest first: weight, heading, sentences."""
    return [
        (weight.value, _(heading), sentences)
        for weight, heading in wording.WEIGHTS.items()
        if (sentences := [wording.finding_text(one) for one in findings if one.weight is weight])
    ]


def _first(manifest: Manifest) -> PackageItem | None:
    return next(iter(manifest.launchable), None)
