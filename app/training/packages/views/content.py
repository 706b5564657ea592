"""What runs on the second origin: the frame around a package, its files, and what it records.

Nobody is signed in here and no cookie is set or read: whoever holds the key of a launch is let in.
"""

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.platform import platform
from app.kernel.refusal import InvalidInput, NotFound, Refusal
from app.training.packages import queries, services
from app.training.packages.rules.addresses import KeyPurpose, id_of, key_of
from app.training.packages.rules.runtime import MOST_ELEMENTS
from app.training.packages.rules.words import PackageFileLost, StateTooLarge
from app.training.packages.values import PackedFile, Play, Standard
from app.web.bodies import TOO_MANY_NAMES, json_object, takes_up_to
from app.web.content_origin import application_origin, on_content_origin, own_host
from app.web.errors import STATUS
from app.web.guards import anyone, requires

bp = Blueprint("package_content", __name__, url_prefix="/content")
COMMIT_BYTES = 512 * 1024
MOST_SEQUENCE = 1_000_000
OWN_NAMES = 3
WEEK_SECONDS = 7 * 24 * 3600
RUNTIMES = {
    Standard.SCORM_12: "scorm12-3.4.3.1d700e20.js",
    Standard.SCORM_2004: "scorm2004-3.4.3.89f326e5.js",
}
FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors {application}"
)
CONTENT_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' data: blob:; "
    "object-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self' {application}"
)
"""A package's scripts are written as they are written; what matters is that nothing leaves this
origin and that nobody else frames it.
"""


@bp.get("/<launch_key>/")
@requires(anyone)
@on_content_origin
def frame(launch_key: str) -> Response:
    """Shows the page in which the package finds its API, and the package in a frame of its origin."""
    if _is_not_framed():
        return _refused()
    with reading() as db:
        play = queries.play_of(db, session_id=_id(launch_key, KeyPurpose.LAUNCH), now=clock.now())
    launch = {
        "application": application_origin(),
        "commit": url_for("package_content.commit", launch_key=launch_key),
        "content": _address_of(play),
        "data": dict(play.state),
        "sequence": play.sequence,
        "kind": play.item.kind.value,
        "standard": play.standard.value,
        "is_closed": play.is_closed,
    }
    html = render_template(
        "training/packages/frame.html", play=play, launch=launch, runtime=RUNTIMES[play.standard]
    )
    return _with_policy(Response(html), FRAME_POLICY, "no-store")


def _address_of(play: Play) -> str:
    key = key_of(play.enrolment_id, KeyPurpose.FILES, keys=platform().keys, host=own_host())
    address = url_for("package_content.file", files_key=key, package_path=play.item.path)
    return address + play.item.query


@bp.get("/files/<files_key>/<path:package_path>")
@requires(anyone)
@on_content_origin
def file(files_key: str, package_path: str) -> Response:
    """Sends a file of the package by the stored list, or one range of it, as video players ask."""
    if _is_not_framed() or request.headers.get("Service-Worker"):
        return _refused()
    with reading() as db:
        stored = queries.file_of(
            db, enrolment_id=_id(files_key, KeyPurpose.FILES), path=package_path, now=clock.now()
        )
    answer = _answer(stored)
    answer.headers["Content-Type"] = stored.media_type  # without a character set
    answer.headers["Accept-Ranges"] = "bytes"
    answer.set_etag(stored.key.rpartition("/")[2])
    cached = f"private, max-age={WEEK_SECONDS}"
    answer.make_conditional(request)
    return _with_policy(answer, CONTENT_POLICY, cached)


def _answer(stored: PackedFile) -> Response:
    span = request.range.range_for_length(stored.size) if request.range else None
    try:
        if span is None:
            answer = Response(files().chunks(stored.key))
            answer.content_length = stored.size
            return answer
        start, stop = span
        answer = Response(_part(stored.key, start, stop - start), 206)
    except FileNotFoundError as lost:
        raise PackageFileLost from lost
    answer.content_length = stop - start
    answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{stored.size}"
    return answer


def _part(key: str, start: int, length: int) -> Iterator[bytes]:
    return files().part(key, start, length)


@bp.post("/<launch_key>/commit")
@requires(anyone)
@takes_up_to(COMMIT_BYTES)
@on_content_origin
def commit(launch_key: str) -> tuple[Response, int]:
    """Stores what the package recorded: `{"sequence": 3, "values": {…}, "ended": false}`."""
    try:
        sent = json_object(most_names=MOST_ELEMENTS + OWN_NAMES)
    except RequestEntityTooLarge:
        return jsonify({"error": "too-large"}), 413
    except InvalidInput as refused:
        if refused.errors["body"].msgid == TOO_MANY_NAMES:
            return jsonify({"error": StateTooLarge.rule}), STATUS[StateTooLarge.kind]
        return jsonify({"error": "not-an-object"}), 400
    except HTTPException:
        return jsonify({"error": "not-an-object"}), 400
    if not request.get_data(cache=True):
        return jsonify({"error": "not-an-object"}), 400
    sequence, values = sent.get("sequence"), sent.get("values")
    if not isinstance(values, dict) or not isinstance(sequence, int):
        return jsonify({"error": "not-a-commit"}), 422
    if not 0 < sequence <= MOST_SEQUENCE:
        return jsonify({"error": "not-a-commit"}), 422
    try:
        with transaction() as db:
            saved = services.save_commit(
                db,
                session_id=_id(launch_key, KeyPurpose.LAUNCH),
                sequence=sequence,
                sent=values,
                ended=sent.get("ended") is True,
                now=clock.now(),
            )
    except Refusal as refusal:
        return jsonify({"error": refusal.rule}), STATUS[refusal.kind]
    answer = {
        "sequence": saved.sequence,
        "is_closed": saved.is_closed,
        "status": saved.status.value,
    }
    return jsonify(answer), 200


def _id(key: str, purpose: KeyPurpose) -> UUID:
    id_ = id_of(key, purpose, keys=platform().keys, host=own_host())
    if id_ is None:
        raise NotFound
    return id_


def _is_not_framed() -> bool:
    """Returns True for a page of its own, which would stand beside what else is open on its host."""
    return request.headers.get("Sec-Fetch-Dest") == "document"


def _refused() -> Response:
    return Response("This opens only within its course.\n", 403, mimetype="text/plain")


def _with_policy(answer: Response, policy: str, cached: str) -> Response:
    headers = answer.headers
    headers["Content-Security-Policy"] = policy.format(application=application_origin() or "'none'")
    headers["Cache-Control"] = cached
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Content-Type-Options"] = "nosniff"
    return answer
