"""The certificate as PDF and as picture."""

import hashlib
from io import BytesIO

from flask import request, send_file
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading
from app.training.certificates import policy, rules
from app.training.certificates.queries.register import pdf_source
from app.training.certificates.tasks import stored_pdf, stored_picture
from app.training.certificates.values import PaperSize
from app.training.certificates.views import bp
from app.web.guards import current_actor, requires
from app.web.limits import PDF, PICTURE


@bp.get("/certificates/<code>.pdf")
@requires(policy.may_have_own, costs=PDF)
def certificate_pdf(code: str) -> BaseResponse:
    """Sends the PDF to the owner and the focal point of the country; draws it if the background has
    not done so yet. `?paper=letter`: on a sheet of that size.
    """
    stored = rules.stored_code(code)
    with reading() as db:
        source = pdf_source(db, stored, actor=current_actor())
    size = PaperSize.LETTER if request.args.get("paper") == PaperSize.LETTER else PaperSize.A4
    content = BytesIO(stored_pdf(stored, now=clock.now(), size=size, can_wait=False))
    name = rules.file_name(source.facts.holder_name, source.facts.course_title["es"], stored)
    return send_file(
        content, mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0
    )


@bp.get("/certificates/<code>.webp")
@requires(policy.may_have_own, costs=PICTURE)
def certificate_picture(code: str) -> BaseResponse:
    """Sends the certificate as a picture, to the same people as the PDF; `?download` saves it under
    a name.
    """
    stored = rules.stored_code(code)
    with reading() as db:
        source = pdf_source(db, stored, actor=current_actor())
    content = stored_picture(stored, now=clock.now())
    name = rules.file_name(source.facts.holder_name, source.facts.course_title["es"], stored)
    answer = send_file(
        BytesIO(content),
        mimetype="image/webp",
        as_attachment="download" in request.args,
        download_name=f"{name.removesuffix('.pdf')}.webp",
        max_age=0,
    )
    answer.set_etag(hashlib.sha256(content).hexdigest())
    return answer.make_conditional(request)
