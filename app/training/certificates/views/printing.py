"""One file of many certificates for a printer: how far it is, and the file."""

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, render_template
from flask_babel import gettext as _

from app.infra import clock
from app.infra.database import reading
from app.infra.files import files, key_of
from app.kernel.refusal import NotFound
from app.training.certificates import policy
from app.training.certificates.queries.printing import PrintJob, own_print_job
from app.training.certificates.views import bp
from app.web.downloads import name_file
from app.web.guards import current_actor, requires
from app.web.limits import PDF
from app.web.locale import reader_timezone


@bp.get("/certificates/prints/<uuid:print_id>")
@requires(policy.may_print_some)
def print_page(print_id: UUID) -> str:
    return _rendered("print.html", print_id)


@bp.get("/certificates/prints/<uuid:print_id>/progress")
@requires(policy.may_print_some)
def print_progress(print_id: UUID) -> str:
    """Renders how far it is, for the page that waits for it."""
    return _rendered("_print.html", print_id)


@bp.get("/certificates/prints/<uuid:print_id>.pdf")
@requires(policy.may_print_some, costs=PDF)
def print_file(print_id: UUID) -> Response:
    """Sends the file, chunk by chunk."""
    job = _job(print_id)
    if not job.is_made:
        raise NotFound
    try:
        answer = Response(files().chunks(key_of(job.sha256)), mimetype="application/pdf")
    except FileNotFoundError as lost:
        raise NotFound from lost
    answer.content_length = job.size
    name_file(answer, f"{_('certificates')}-{clock.today().isoformat()}.pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _rendered(name: str, print_id: UUID) -> str:
    job = _job(print_id)
    return render_template(
        f"training/certificates/{name}",
        job=job,
        is_of_all=policy.may_see_register(current_actor()),
        megabytes=max(1, round(job.size / 1_000_000)),
        ends_on=job.ends_at.astimezone(ZoneInfo(reader_timezone())).date(),
    )


def _job(print_id: UUID) -> PrintJob:
    with reading() as db:
        return own_print_job(db, actor=current_actor(), print_id=print_id)
