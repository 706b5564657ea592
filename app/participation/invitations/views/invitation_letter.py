"""One invitation: what it says, its link to hand over, and the letter (nota) as PDF."""

from uuid import UUID

from flask import Response, g, render_template, request
from flask_babel import format_date
from markupsafe import Markup

from app.infra import clock
from app.infra.database import reading
from app.infra.installation import site_address
from app.infra.pdf import pdf_of
from app.kernel.text import Language, as_language, interface_language
from app.participation.invitations import policy, wording
from app.participation.invitations.exports import qr_svg
from app.participation.invitations.queries.invitations import invitation_of
from app.participation.invitations.queries.letters import LetterFacts, letter_of
from app.participation.invitations.views import bp
from app.participation.invitations.views.edge import dates_of, keyring, quiet
from app.participation.invitations.views.port import invitation_port
from app.participation.registrations.values import WITH_KEY
from app.web.downloads import name_file
from app.web.guards import current_actor, requires
from app.web.locale import reader_language, speaking


@bp.get("/events/<uuid:event_id>/invitations/<int:invitation_id>")
@requires(policy.may_invite)
def invitation(event_id: UUID, invitation_id: int) -> Response:
    actor, today = current_actor(), clock.today(current_actor().timezone)
    with reading() as db:
        shown = invitation_of(
            db, actor=actor, event_id=event_id, invitation_id=invitation_id, on=today
        )
        letter = letter_of(
            db,
            actor=actor,
            event_id=event_id,
            invitation_id=invitation_id,
            keys=keyring(),
            on=today,
        )
        states = invitation_port().states(db, event_id=event_id)
    html = render_template(
        "participation/invitations/invitation.html",
        one=shown,
        state=states.get(invitation_id),
        event=letter.event,
        classes=wording.CLASSES,
        ways=wording.WAYS,
        link=site_address() + letter.path if shown.way in WITH_KEY else "",
    )
    return quiet(html)


@bp.get("/events/<uuid:event_id>/invitations/<int:invitation_id>/letter.pdf")
@requires(policy.may_invite)
def letter(event_id: UUID, invitation_id: int) -> Response:
    """Returns the letter in Spanish or English, as asked for: the reader's own language stays what
    it is.
    """
    g.stateless = True
    language = as_language(request.args.get("lang") or reader_language())
    with reading() as db:
        facts = letter_of(
            db,
            actor=current_actor(),
            event_id=event_id,
            invitation_id=invitation_id,
            keys=keyring(),
            on=clock.today(),
        )
    answer = Response(pdf_of(_paper(facts, language)), mimetype="application/pdf")
    name = f"{'invitacion' if language == 'es' else 'invitation'}-{invitation_id}-{language}.pdf"
    name_file(answer, name, inline=True)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _paper(facts: LetterFacts, language: Language) -> str:
    """Returns the letter as HTML, dated by the secretariat's day."""
    address = site_address() + facts.path
    with speaking(language):
        return render_template(
            "participation/invitations/letter.html",
            letter=facts,
            event=facts.event,
            lang=language,
            address_shown=address.partition("://")[2],
            on=format_date(
                clock.today(), "long" if interface_language(language) == "es" else "d MMMM y"
            ),
            qr=Markup(qr_svg(address, title=address)),  # noqa: S704
            **dates_of(facts.event),
        )
