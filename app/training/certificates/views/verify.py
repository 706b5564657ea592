"""Verifying a code or a file, for everybody."""

import re
from urllib.parse import urlsplit

from flask import (
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import installation
from app.infra.language import say
from app.kernel.refusal import NotFound
from app.people.identity.rules import TooManyTries
from app.people.identity.services.sign_in import count_try, forget_try
from app.people.identity.values import Door
from app.training.certificates import rules
from app.training.certificates.exports.public import CREDENTIALS, JSON
from app.training.certificates.exports.texts import own_words
from app.training.certificates.queries.names import is_printed_name
from app.training.certificates.queries.register import certificate_of_file, public_certificate
from app.training.certificates.views import bp
from app.training.certificates.wording import (
    file_kind,
    issuer_name,
    mistake_sentence,
    reason_sentence,
)
from app.training.learning.rules.duration import WORDS_A_MINUTE
from app.web.errors import STATUS
from app.web.guards import anyone, requires
from app.web.limits import VERIFY, LookedUpTooOften
from app.web.locale import reader_language

PAGE = "text/html"


@bp.get("/verify")
@requires(anyone)
def verify() -> BaseResponse:
    """Shows one field; what was typed comes back as a query and leads to the code's own address.

    A code, or an address of this page that somebody pasted.
    """
    typed = request.args.get("code", "")
    if not typed.strip():
        return _private(
            render_template("training/certificates/verify.html", typed="", error=""), 200
        )
    try:
        return redirect(url_for("certificates.verify_code", code=_code_in(typed)))
    except rules.CodeMalformed as refusal:
        return _malformed(typed, refusal)


@bp.get("/v/<code>")
@bp.get("/verify/<code>")
@requires(anyone, costs=VERIFY)
def verify_code(code: str) -> BaseResponse:
    """Answers 200 with the facts, 404 when the code is unknown, 400 when it cannot be a code, 429
    where very many are looked up from one network address.

    Programs that ask for JSON or for a credential get that (`Accept`), browsers the page.
    """
    wanted = request.accept_mimetypes.best_match((PAGE, JSON, *CREDENTIALS), default=PAGE)
    answer = _page_of(code) if wanted == PAGE else _for_programs(code, wanted)
    answer.vary.add("Accept")
    return answer


def _page_of(code: str) -> BaseResponse:
    try:
        stored = rules.read_code(code)
    except rules.CodeMalformed as refusal:
        return _malformed(code, refusal)
    return _answer(stored)


def _for_programs(code: str, wanted: str) -> BaseResponse:
    """Leads to the address of the API that answers so, to which the header is sent once more."""
    of_api = "certificate" if wanted == JSON else "credential"
    answer = redirect(url_for(f"certificates_api.{of_api}", code=code), 303)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@bp.post("/verify/<code>/name")
@requires(anyone, costs=VERIFY)
def verify_name(code: str) -> BaseResponse:
    """Says whether the name is the one that was printed on a certificate whose holder had it taken
    away. What was typed is kept nowhere; how often is counted.
    """
    try:
        stored = rules.read_code(code)
    except rules.CodeMalformed as refusal:
        return _malformed(code, refusal)
    typed = request.form.get("name", "").strip()[: rules.LONGEST_NAME]
    if not typed:
        return _answer(stored, error=_("Write the name as it stands on the paper."))
    now, door = clock.now(), Door(f"certificate-name:{stored}", rules.NAMES_OF_CODE)
    try:
        with transaction() as db:
            tries = count_try(db, doors=(door,), now=now)
            matches = is_printed_name(db, stored, typed=typed)
            if matches is not False:
                forget_try(db, ids=tries)
    except TooManyTries as refusal:
        answer = _answer(stored, typed=typed, error=say(reader_language(), refusal.sentence))
        answer.status_code = STATUS[refusal.kind]
        answer.headers["Retry-After"] = str(refusal.seconds)
        return answer
    except rules.NamesNotComparable as refusal:
        answer = _answer(stored, typed=typed, error=say(reader_language(), refusal.sentence))
        answer.status_code = STATUS[refusal.kind]
        return answer
    if matches is None:
        return redirect(url_for("certificates.verify_code", code=stored), 303)
    return _answer(stored, typed=typed, matches=matches)


@bp.get("/verify/file/<sha256>")
@requires(anyone, costs=VERIFY)
def verify_file(sha256: str) -> BaseResponse:
    """Answers whether the file with this hash is one that was issued: 200 with what its certificate
    says, 404 for any other file. The browser computes the hash and keeps the file.
    """
    wanted = sha256.lower()
    if not re.fullmatch(r"[0-9a-f]{64}", wanted):
        raise NotFound
    with reading() as db:
        issued = certificate_of_file(db, wanted)
    if issued is None:
        return _private(render_template("training/certificates/verify_file.html"), 404)
    code, media_type = issued
    return _answer(code, media_type=media_type)


def _answer(
    stored: str,
    *,
    typed: str = "",
    matches: bool | None = None,
    error: str = "",
    media_type: str = "",
) -> Response:
    """Answers with the page of a code. `typed`, `matches` and `error` are of the name, where it has
    to be typed; `media_type` is that of the file that was recognised, "" where none was asked about.
    """
    today = clock.today()
    with reading() as db:
        record = public_certificate(db, stored, today=today)
    page = render_template(
        "training/certificates/verify_code.html",
        record=record,
        today=today,
        code=rules.grouped(stored),
        reason=reason_sentence(record.reason),
        words=own_words(record.facts) if record.facts else None,
        issuer=issuer_name(record.facts, reader_language()) if record.facts else "",
        words_a_minute=WORDS_A_MINUTE,
        asks_name=not record.has_name and record.status in rules.AUTHENTIC,
        typed=typed,
        matches=matches,
        error=error,
        file=file_kind(media_type, reader_language()) if media_type else "",
    )
    return _private(page, 404 if record.facts is None else 400 if error else 200)


@bp.get("/VERIFY/<code>")
@requires(anyone)
def verify_scanned(code: str) -> BaseResponse:
    """Redirects from the capitals of a QR image, which make it coarser and easier to scan."""
    return redirect(url_for("certificates.verify_code", code=code), 301)


def _code_in(typed: str) -> str:
    """Returns the code that was typed, or to which a pasted address of ours leads."""
    link = rules.link_in(typed)
    if link is None:
        return rules.read_code(typed)
    if link.hostname and not _is_ours(link.hostname):
        raise rules.of_another_place(link)
    return rules.code_of_link(link)


def _is_ours(host: str) -> bool:
    """Returns True for the host at which the reader is, and for that of the public address."""
    if host == urlsplit(request.host_url).hostname:
        return True
    with reading() as db:
        return host == urlsplit(installation(db).address).hostname


def _malformed(typed: str, refusal: rules.CodeMalformed) -> Response:
    return _refused(typed, mistake_sentence(refusal, reader_language()), status=400)


@bp.errorhandler(LookedUpTooOften)
def _calmed(refusal: LookedUpTooOften) -> Response:
    """Answers with the form, which keeps the code."""
    typed = (request.view_args or {}).get("code", "")
    answer = _refused(typed, say(reader_language(), refusal.sentence), status=429)
    answer.headers["Retry-After"] = str(refusal.seconds)
    return answer


def _refused(typed: str, error: str, *, status: int) -> Response:
    """Answers with the form, which keeps what was typed."""
    page = render_template(
        "training/certificates/verify.html", typed=typed[: rules.LONGEST_LINK], error=error
    )
    return _private(page, status)


def _private(page: str, status: int) -> Response:
    """Answers with a page that nobody indexes or keeps, and that tells no address with a code to
    the next site.
    """
    answer = make_response(page, status)
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
