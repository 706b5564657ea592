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
    letters_of,
    papers_of,
)
from app.training.certificates.queries.listing import RegisterFilters, register_rows
from app.training.certificates.queries.printing import printable_codes
from app.training.certificates.services.events import NotClosedYet, ask_for_certificates
from app.training.certificates.services.printing import ask_for_print
from app.training.certificates.values import OF_EVENTS, CertificateKind
from app.training.certificates.views import bp
from app.training.certificates.wording import paper_name
from app.web.guards import current_actor, requires
from app.web.letters_ahead import letters_ahead
from app.web.locale import reader_language
from app.web.sent import flash_sent


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
    return _rendered("event.html", event_id)


@bp.get("/events/<uuid:event_id>/certificates/progress")
@requires(policy.may_issue_at_events)
def event_progress(event_id: UUID) -> str:
    """Renders how many are issued and drawn, and how many letters have left, for the page that
    waits for them.
    """
    return _rendered("_of_event.html", event_id)


@bp.post("/events/<uuid:event_id>/certificates/print")
@requires(policy.may_see_register)
def print_of_event(event_id: UUID) -> BaseResponse:
    """Asks for one file of those that are in force, for a printer."""
    actor, now = current_actor(), clock.now()
    with reading() as db:
        event = attested_event(db, actor=actor, event_id=event_id, now=now)
        of_event = RegisterFilters(event_id=event.id)
        rows = register_rows(db, actor=actor, filters=of_event, today=clock.today())
    with transaction() as db:
        print_id = ask_for_print(db, actor=actor, codes=printable_codes(rows), country="", now=now)
    return redirect(url_for("certificates.print_page", print_id=print_id), 303)


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
        flash_sent(
            ngettext(
                "%(num)d certificate is being issued; its holder gets a letter.",
                "%(num)d certificates are being issued; each holder gets a letter.",
                count,
            )
        )
    else:
        flash(_("Everybody who earned one has it already."), "info")
    return redirect(url_for("certificates.event_certificates", event_id=event_id), 303)


def _rendered(name: str, event_id: UUID) -> str:
    actor, now = current_actor(), clock.now()
    with reading() as db:
        event = attested_event(db, actor=actor, event_id=event_id, now=now)
        papers = papers_of(db, event=event)
        letters = letters_of(db, event_id=event.id, letters=letters_ahead().written, now=now)
    return render_template(
        f"training/certificates/{name}",
        papers=papers,
        letters=letters,
        is_moving=papers.is_busy or any(one.is_moving for one in letters.values()),
        may_print=policy.may_see_register(actor),
    )
