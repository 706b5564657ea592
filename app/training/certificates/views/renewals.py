"""Certificates that end soon, and renewing a whole list of them at one press."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Role
from app.kernel.paging import Paging
from app.kernel.text import LocalizedText
from app.people.directory.queries.roster import countries
from app.training.certificates import policy
from app.training.certificates.queries.renewals import (
    EndingCertificate,
    countries_served,
    ending_of,
)
from app.training.certificates.services.renewing import renew_ending
from app.training.certificates.views import bp
from app.training.learning.policy import may_study
from app.web.guards import current_actor, requires
from app.web.paging import addresses, page_asked
from app.web.sent import flash_sent

LISTED = 25


@bp.get("/courses/<slug>/renewals")
@requires(may_study)
def renewal(slug: str) -> BaseResponse:
    """Leads from a letter, through signing in where that is needed, to the course's page, which says
    how the reader renews their certificate.
    """
    return redirect(url_for("learning.course", slug=slug))


@bp.get("/certificates/renewals")
@requires(policy.may_renew_some)
def ending_certificates() -> str:
    actor, today = current_actor(), clock.today(current_actor().timezone)
    country, course = _asked()
    with reading() as db:
        ending = ending_of(db, actor=actor, country_code=country, course_slug=course, today=today)
        paging = Paging(len(ending), LISTED, page_asked())
        shown = ending[paging.offset : paging.last]
        places: dict[int, list[str]] = {}
        if actor.holds(Role.ORGANIZER):
            places = countries_served(db, {one.person_id for one in shown}, today=today)
        names = {one.code: one.name for one in countries(db)} if places else {}
    return render_template(
        "training/certificates/ending_certificates.html",
        ending=shown,
        course=_one_course(ending),
        today=today,
        to_renew=sum(not one.is_begun for one in ending),
        begun=sum(one.is_begun for one in ending),
        places=places,
        names=names,
        paging=paging,
        address=addresses(),
        here=url_for("certificates.renew_list", country=country or None, course=course or None),
    )


@bp.post("/certificates/renewals")
@requires(policy.may_renew_some)
def renew_list() -> BaseResponse:
    """Enrols everybody on the list in the renewal; each is told by letter, once."""
    actor = current_actor()
    country, course = _asked()
    with transaction() as db:
        number = renew_ending(
            db,
            actor=actor,
            country_code=country,
            course_slug=course,
            now=clock.now(),
            today=clock.today(actor.timezone),
        )
    if number:
        flash_sent(
            ngettext(
                "%(num)s official was enrolled in the renewal and gets a letter.",
                "%(num)s officials were enrolled in the renewal; each gets a letter.",
                number,
            )
        )
    else:
        flash(_("Everybody on this list has begun to renew already."), "warning")
    back = url_for(
        "certificates.ending_certificates", country=country or None, course=course or None
    )
    return redirect(back, 303)


def _one_course(ending: Sequence[EndingCertificate]) -> LocalizedText | None:
    """Returns the course of all of them; None where there are several."""
    titles = {one.course_slug: one.course_title for one in ending}
    return next(iter(titles.values())) if len(titles) == 1 else None


def _asked() -> tuple[str, str]:
    """Returns the country and the course to which the list is narrowed; "" for all."""
    return request.args.get("country", "").upper(), request.args.get("course", "")
