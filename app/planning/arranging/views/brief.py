"""What an event's page says beyond its time: the form for it, and a room to meet in."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import translate
from app.infra.platform import platform
from app.kernel.refusal import InvalidInput, NotFound
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import N_
from app.planning.arranging.forms.brief import BriefForm, answers_of_brief
from app.planning.arranging.services.brief import make_room, write_brief
from app.planning.arranging.views import bp
from app.planning.arranging.views.planning import changeable
from app.planning.arranging.wording.agenda import LANGUAGES, PAIRS
from app.planning.events import policy
from app.planning.events.queries.events import brief_of, event_of, institutions
from app.planning.events.values import EventDetail
from app.web.fields import Typed
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import changed_meanwhile

Answer = Response | tuple[str, int]
NO_INSTITUTION = N_("None")


@bp.get("/events/<uuid:event_id>/brief")
@requires(policy.may_plan)
def brief(event_id: UUID) -> Answer:
    with reading() as db:
        event = changeable(event_of(db, actor=current_actor(), event_id=event_id))
        return _page(event, _form(db, event_id, None))


@bp.post("/events/<uuid:event_id>/brief")
@requires(policy.may_plan)
def brief_written(event_id: UUID) -> Answer:
    with reading() as db:
        event = changeable(event_of(db, actor=current_actor(), event_id=event_id))
        form = _form(db, event_id, request.form)
    if not form.validate():
        return _page(event, form, 422)
    try:
        with transaction() as db:
            write_brief(
                db,
                actor=current_actor(),
                event_id=event_id,
                brief=form.brief(),
                now=clock.now(),
                seen=form.seen.data or "",
            )
    except InvalidInput as refusal:
        form.show_errors(refusal.errors)
        return _page(event, form, 422)
    except ChangedMeanwhile as refusal:
        form.seen.data = refusal.mark
        return _page(
            event,
            form,
            409,
            [changed_meanwhile(refusal, url_for("events.brief", event_id=event_id))],
        )
    flash(_("The brief is saved."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)


@bp.post("/events/<uuid:event_id>/room")
@requires(policy.may_plan)
def room(event_id: UUID) -> Response:
    """A new room on the installation's own Jitsi server; without such a server there is no such
    page.
    """
    server = jitsi_server()
    if not server:
        raise NotFound
    with transaction() as db:
        make_room(db, actor=current_actor(), event_id=event_id, server=server, now=clock.now())
    flash(
        _("The event has a room. Only its link leads there; it is shown when it is time to join."),
        "success",
    )
    return redirect(url_for("events.event", event_id=event_id), 303)


def jitsi_server() -> str:
    settings = platform().settings
    return settings.jitsi_url


def _form(db: Session, event_id: UUID, typed: Typed | None) -> BriefForm:
    language = reader_language()
    form = BriefForm(typed, data=answers_of_brief(brief_of(db, event_id=event_id).brief))
    form.offer(
        institutions=[
            (str(number), f"{code} · {name.in_(language)}")
            for number, code, name in institutions(db)
        ],
        languages=[(code, translate(language, msgid)) for code, msgid in LANGUAGES.items()],
        pairs=[(code, translate(language, msgid)) for code, msgid in PAIRS.items()],
        nothing=translate(language, NO_INSTITUTION),
    )
    return form


def _page(
    event: EventDetail, form: BriefForm, status: int = 200, refusals: Sequence[str] = ()
) -> tuple[str, int]:
    html = render_template(
        "planning/arranging/brief.html",
        event=event,
        form=form,
        may_make_room=bool(jitsi_server()),
        refusals=refusals,
        page_has_errors=bool(form.errors or refusals),
    )
    return html, status
