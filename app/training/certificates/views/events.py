"""The certificates of an event, for who plans it: who earned one, and one press that issues them."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import NotFound
from app.planning.events.values import EventDetail
from app.training.certificates import policy
from app.training.certificates.queries.events import (
    EventPapers,
    attested_event,
    is_attested,
    papers_of,
)
from app.training.certificates.services.events import NotClosedYet, ask_for_certificates
from app.training.certificates.values import OF_EVENTS, CertificateKind
from app.training.certificates.views import bp
from app.training.certificates.wording import paper_name
from app.web.guards import current_actor, requires
from app.web.locale import reader_language


@bp.app_template_global()
def papers_of_event(event: EventDetail) -> EventPapers | None:
    """Returns the certificates of an event, for the pages of who plans it; None for others, and
    where none are issued.
    """
    actor, now = current_actor(), clock.now()
    if not policy.may_issue_for_event(actor, event.group_slugs, event.kind):
        return None
    if not is_attested(event, now):
        return None
    with reading() as db:
        return papers_of(db, event=event)


@bp.app_template_global()
def paper(kind: CertificateKind) -> str:
    return paper_name(kind, reader_language())


@bp.get("/events/<uuid:event_id>/certificates")
@requires(policy.may_issue_at_events)
def event_certificates(event_id: UUID) -> str:
    return render_template("training/certificates/event.html", papers=_papers(event_id))


@bp.get("/events/<uuid:event_id>/certificates/progress")
@requires(policy.may_issue_at_events)
def event_progress(event_id: UUID) -> str:
    """Renders how many are issued and drawn, for the page that waits for them."""
    return render_template("training/certificates/_of_event.html", papers=_papers(event_id))


@bp.post("/events/<uuid:event_id>/certificates/<kind>")
@requires(policy.may_issue_at_events)
def issue_at_event(event_id: UUID, kind: str) -> BaseResponse:
    if kind not in OF_EVENTS:
        raise NotFound
    try:
        with transaction() as db:
            count = ask_for_certificates(
                db,
                actor=current_actor(),
                event_id=event_id,
                kind=CertificateKind(kind),
                now=clock.now(),
            )
    except NotClosedYet as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
        return redirect(url_for("certificates.event_certificates", event_id=event_id), 303)
    if count:
        flash(
            ngettext(
                "%(num)d certificate is being issued; its holder gets a letter.",
                "%(num)d certificates are being issued; each holder gets a letter.",
                count,
            ),
            "success",
        )
    else:
        flash(_("Everybody who earned one has it already."), "info")
    return redirect(url_for("certificates.event_certificates", event_id=event_id), 303)


def _papers(event_id: UUID) -> EventPapers:
    with reading() as db:
        event = attested_event(db, actor=current_actor(), event_id=event_id, now=clock.now())
        return papers_of(db, event=event)
