"""The only module that knows which refusal is which HTTP status, as a page or as an RFC 9457
problem document.
"""

import uuid
from itertools import islice
from typing import Any

import structlog
from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from app.infra.health import database_is_away, storage_fails
from app.infra.language import both, say
from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_
from app.web.form_token import asked_address, sent_token
from app.web.guards import READING, ConfirmationNeeded, current_actor, in_their_terms
from app.web.kept_forms import SentFields, fields_to_send_again, keep_form, owner_is_another
from app.web.limits import AskedTooOften
from app.web.locale import reader_language

log = structlog.get_logger()
Answer = BaseResponse | tuple[str, int]

STATUS = {
    Kind.INVALID: 422,
    Kind.UNKNOWN_ACTOR: 401,
    Kind.FORBIDDEN: 403,
    Kind.MISSING: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.STALE: 412,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
MENDABLE = (Kind.FORBIDDEN, Kind.INVALID, Kind.CONFLICT, Kind.TOO_MANY, Kind.UNAVAILABLE)
KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
MOST_ERRORS, LONGEST_NAME = 50, 100
TOO_LARGE_JSON = N_("What you sent is too large: at most %(kilobytes)s KB can be sent here.")
TOO_LARGE = N_("What you sent is too large: at most %(megabytes)s MB can be sent here.")
NO_STORAGE = N_(
    "What you sent could not be saved: our storage is full or does not answer. Nothing was half saved, and what was "
    "saved before is still there. Keep this page open and try again later."
)
NOTHING_READ = N_(
    "Our storage is full or does not answer, so this cannot be shown just now. Nothing that was saved is lost. Try "
    "again later."
)
RETRY_STORAGE_SECONDS = 300
NO_DATABASE = N_(
    "The database does not answer. Nothing was half saved, and what was saved before is still there. Wait half a "
    "minute and send it again."
)
RETRY_DATABASE_SECONDS = 30
HTTP_SENTENCES = {
    400: N_("The request could not be read."),
    404: N_("What you are looking for does not exist, or is not for you to see."),
    405: N_("This address does not accept that action."),
    413: N_("What you sent is too large."),
    415: N_("This address expects JSON."),
    429: N_("Too many tries. Please wait a minute and try again."),
}


def wants_problem() -> bool:
    return request.path.startswith("/api/")


def problem(status: int, rule: str, detail: dict[str, str], **members: Any) -> Response:
    """Returns an RFC 9457 problem document. `detail` is in the reader's language; both languages
    stand in `sentence`.
    """
    body = {
        "type": f"about:blank#{rule}",
        "title": rule,
        "status": status,
        "detail": detail[reader_language()],
        "sentence": detail,
        "request_id": request_id(),
        **members,
    }
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def request_id() -> str:
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex[:12]
    identifier: str = g.request_id
    return identifier


def init_errors(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def _refused(told: Refusal) -> Answer:
    g.refused = told.rule
    refusal = in_their_terms(told)
    if refusal.kind is Kind.UNKNOWN_ACTOR and request.method == "GET" and not wants_problem():
        return redirect(url_for("identity.sign_in", next=request.full_path.rstrip("?")))
    if refusal.kind is Kind.UNKNOWN_ACTOR and not wants_problem() and (kept := keep_form()):
        return redirect(url_for("identity.sign_in", next=kept), 303)
    if isinstance(refusal, ConfirmationNeeded) and not wants_problem():
        token = sent_token()
        page_of_form = keep_form() or (token.page if token else "")
        return redirect(url_for("identity.confirm", next=page_of_form or None), 303)
    response = make_response(_worded(refusal, STATUS[refusal.kind]))
    if isinstance(seconds := getattr(refusal, "seconds", None), int):
        response.headers["Retry-After"] = str(seconds)
    if refusal.kind is Kind.UNKNOWN_ACTOR and wants_problem():
        response.headers["WWW-Authenticate"] = 'Bearer realm="convoca"'
    return response


def _worded(refusal: Refusal, status: int) -> Answer:
    if wants_problem():
        members: dict[str, Any] = {}
        if isinstance(refusal, InvalidInput):
            members["errors"] = [
                {"field": _shortened(field), "sentence": both(s.msgid, **s.params).as_dict()}
                for field, s in islice(refusal.errors.items(), MOST_ERRORS)
            ]
            members["error_count"] = len(refusal.errors)
        sentence = both(refusal.sentence.msgid, **refusal.sentence.params).as_dict()
        return problem(status, refusal.rule, sentence, **members)
    detail, back = say(reader_language(), refusal.sentence), _way_back(refusal)
    if refusal.kind is Kind.UNAVAILABLE or isinstance(refusal, AskedTooOften):
        return _not_now(status, detail, seconds=getattr(refusal, "seconds", 0), back=back)
    return page(status, detail, back=back)


def _not_now(status: int, detail: str, *, seconds: int, back: str) -> tuple[str, int]:
    """Returns the page for one thing that does not work while the platform does: the page says no
    more than that. `seconds`: after which trying again helps, 0 where nobody knows. `back`: the
    address of the form that was refused, filled again.
    """
    remedy = (
        _(
            "Wait %(seconds)s seconds and try again. Everything else works meanwhile.",
            seconds=seconds,
        )
        if seconds
        else _("Everything else works. If it stays so, tell the secretariat.")
    )
    again = ""
    if seconds and request.method == "GET":
        again = request.full_path.rstrip("?")
    elif seconds and (token := sent_token()):
        again = token.page  # where the button stands
    return page(
        status,
        detail,
        title=_("This does not work just now"),
        remedy=remedy,
        back=back,
        again=again,
    )


def _way_back(refusal: Refusal) -> str:
    """Returns the address of the form with what was typed, where sending it again can be of use."""
    is_theirs = current_actor().signed_in and not owner_is_another()
    return keep_form() if is_theirs and refusal.kind in MENDABLE else ""


def _shortened(field: str) -> str:
    """Shortens the name of a member that was sent: it may be as long as the whole body."""
    return field if len(field) <= LONGEST_NAME else f"{field[:LONGEST_NAME]}…"


def _stale_form(error: CSRFError) -> Answer:
    """Answers a form whose token is too old or another session's, and keeps what was typed. Whoever
    signed in anew in another tab finds the form again at once; whoever signed out, after signing
    in.
    """
    g.refused = "form-token"
    kept = keep_form()
    if owner_is_another():
        return page(
            400,
            _("This form belongs to another account than the one signed in now. Nothing was sent."),
        )
    if kept and current_actor().signed_in:
        return redirect(kept, 303)
    if kept:
        return redirect(url_for("identity.sign_in", next=kept), 303)
    return page(400, _("This form had expired. Go back, check what you typed and send it again."))


def _foreign_host(error: SecurityError) -> Answer:
    """Answers a Host header that is not ours: without a page, because no link can be made for it."""
    g.refused = "foreign-host"
    sentence = both(HTTP_SENTENCES[400])
    return Response(f"{sentence['es']}\n{sentence['en']}\n", 400, mimetype="text/plain")


def _http(error: HTTPException) -> Answer:
    if isinstance(error.response, BaseResponse):
        return error.response
    status = error.code or 500
    if status == 500:  # noqa: PLR2004 - what failed while another answer was being written
        return _failed()
    sentence = Sentence(HTTP_SENTENCES.get(status, HTTP_SENTENCES[400]))
    most = request.max_content_length
    if status == 413 and most and (request.content_length or 0) > most:  # noqa: PLR2004 - as above
        sentence = Sentence(TOO_LARGE, {"megabytes": most // MEGABYTE})
        if most < MEGABYTE:
            sentence = Sentence(TOO_LARGE_JSON, {"kilobytes": most // KILOBYTE})
    if wants_problem():
        response = problem(status, "http", both(sentence.msgid, **sentence.params).as_dict())
    else:
        response = make_response(page(status, say(reader_language(), sentence)))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _bug(error: Exception) -> Answer:
    if storage_fails(error):
        log.error("nothing can be stored", error=type(error).__name__)
        return _without_storage()
    if database_is_away(error):
        log.exception("the database does not answer", route=route())
        return _without_database()
    log.exception("unexpected error", route=route())
    return _failed()


def route() -> str:
    """Returns the pattern that matched, such as /events/<uuid:event_id>, and not the path: paths of
    links and feeds hold keys.
    """
    return request.url_rule.rule if request.url_rule else "none"


def _without_storage() -> Answer:
    is_reading = request.method in READING
    answer: Answer
    try:
        if wants_problem():
            sentence = NOTHING_READ if is_reading else NO_STORAGE
            answer = problem(503, "storage", both(sentence).as_dict())
        elif is_reading:
            answer = page(503, _(NOTHING_READ))
        else:
            answer = _to_send_again("storage")
    except SQLAlchemyError:  # the page itself needs the database, which may have failed altogether
        log.exception("the page about it failed as well")
        answer = _failed()
    return _for_later(answer, seconds=RETRY_STORAGE_SECONDS)


def _without_database() -> Answer:
    """Answers without the database, which every other page asks."""
    if wants_problem():
        answer: Answer = problem(503, "database", both(NO_DATABASE).as_dict())
    else:
        answer = _to_send_again("database")
    return _for_later(answer, seconds=RETRY_DATABASE_SECONDS)


def _to_send_again(trouble: str) -> Answer:
    """Returns a page that holds what was typed itself, because nothing can be kept for its owner: it
    is sent again by one press, and left in no cache.
    """
    response = make_response(_offline(503, trouble, fields_to_send_again()))
    response.headers["Cache-Control"] = "no-store"
    return response


def _for_later(answer: Answer, *, seconds: int) -> Response:
    response = make_response(answer)
    response.status_code = 503
    response.headers["Retry-After"] = str(seconds)
    return response


def _failed() -> Answer:
    if wants_problem():
        return problem(
            500, "bug", both("Something went wrong on our side; it has been noted.").as_dict()
        )
    return _offline(500)


def _offline(status: int, trouble: str = "", sent: SentFields | None = None) -> tuple[str, int]:
    """Returns the last page, made without context processors, session or catalogue: what failed here
    may be one of those. `trouble`: "database" or "storage", "" for a bug.
    """
    sent = sent or SentFields()
    html = current_app.jinja_env.get_template("errors/offline.html").render(
        request_id=request_id(),
        trouble=trouble,
        was_sent=request.method not in READING,
        address=asked_address(),
        typed=sent.typed,
        files=sent.files,
    )
    return html, status


def page(
    status: int,
    detail: str,
    *,
    back: str = "",
    title: str = "",
    remedy: str = "",
    again: str = "",
) -> tuple[str, int]:
    """Returns the page of an error. `back` is the address of the form that was refused, filled
    again; `again` the one to ask again. `title` and `remedy` win over the words for the status.
    """
    html = render_template(
        "errors/problem.html",
        status=status,
        detail=detail,
        back=back,
        title=title,
        remedy_words=remedy,
        again=again,
        request_id=request_id(),
    )
    return html, status
