"""The certificates of a country, for its focal point."""

from flask import (
    render_template,
)

from app.infra import clock
from app.infra.database import reading
from app.kernel.paging import Paging
from app.training.certificates import policy
from app.training.certificates.queries.register import certificates_of_country
from app.training.certificates.views import bp
from app.web.guards import current_actor, requires
from app.web.paging import addresses, page_asked

LISTED = 25


@bp.get("/certificates/countries/<country_code>")
@requires(policy.may_see_some_country)
def country_certificates(country_code: str) -> str:
    with reading() as db:
        records = certificates_of_country(
            db, actor=current_actor(), country_code=country_code.upper(), today=clock.today()
        )
    paging = Paging(len(records), LISTED, page_asked())
    shown = records[paging.offset : paging.last]
    return render_template(
        "training/certificates/country_certificates.html",
        records=shown,
        paging=paging,
        address=addresses(),
    )
