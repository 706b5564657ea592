"""What readers of the other language cannot read yet (R42): several events translated side by side
and saved once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.once import once
from app.kernel.paging import Paging
from app.planning.arranging.forms.translating import LONGEST, TranslationForm
from app.planning.arranging.services.several import translate_several
from app.planning.arranging.views import bp
from app.planning.arranging.views.drafts import reasons_of
from app.planning.events import policy
from app.planning.events.queries.events import missing_translations
from app.planning.events.values import EventDetail
from app.web.fields import Typed
from app.web.form_token import press_key
from app.web.guards import current_actor, requires
from app.web.paging import addresses, page_asked

LISTED = 25
Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class EventToTranslate:
    """`reasons`: why what was written for it was refused."""

    event: EventDetail
    form: TranslationForm
    reasons: Sequence[str] = ()

    @property
    def is_refused(self) -> bool:
        return bool(self.reasons or self.form.errors)


@bp.get("/events/translations")
@requires(policy.may_translate)
def translations() -> str:
    return _page({})


@bp.post("/events/translations")
@requires(policy.may_translate)
def translate_together() -> Answer:
    """An empty box stays missing. What is refused comes back with what was typed."""
    with reading() as db:
        events = missing_translations(db, actor=current_actor())
    forms = [TranslationForm(event, request.form) for event in events]
    sound = [form for form in forms if form.validate()]
    written = {form.event.id: texts for form in sound if (texts := form.translation()) is not None}
    with transaction() as db:
        outcomes = translate_several(db, actor=current_actor(), texts=written, now=clock.now())
        accepted = len([one for one in outcomes if one.refusal is None])
        # A second press finds nothing left to translate, and says what the first one did.
        done = int(once(db, press_key(), lambda: accepted, now=clock.now()))
    reasons = reasons_of(outcomes)
    if done:
        words = ngettext("%(num)s event was translated.", "%(num)s events were translated.", done)
        flash(words, "success")
    if len(sound) < len(forms):
        return _page(reasons, request.form), 422
    if reasons:
        return _page(reasons, request.form), 409
    if not done:
        flash(_("Nothing was written, so nothing was saved."), "warning")
    return redirect(url_for("events.translations", page=request.args.get("page")), 303)


def _page(reasons: Mapping[UUID, Sequence[str]], typed: Typed | None = None) -> str:
    with reading() as db:
        events = _coming_first(missing_translations(db, actor=current_actor()), clock.now())
    paging = Paging(len(events), LISTED, page_asked())
    rows = [
        EventToTranslate(event, TranslationForm(event, typed), reasons.get(event.id, ()))
        for event in events[paging.offset : paging.last]
    ]
    if typed is not None:
        for row in rows:
            row.form.validate()
    return render_template(
        "planning/arranging/translations.html",
        rows=rows,
        refused=[row for row in rows if row.is_refused],
        paging=paging,
        address=addresses(),
        longest=LONGEST,
        page_has_errors=any(row.is_refused for row in rows),
    )


def _coming_first(events: Sequence[EventDetail], now: datetime) -> Sequence[EventDetail]:
    """Soonest first what can still be read in time; then the past, latest first; at last what has
    no date.
    """
    coming = [event for event in events if event.ends_at and event.ends_at > now]
    past = [event for event in events if event.ends_at and event.ends_at <= now]
    return (*coming, *reversed(past), *(event for event in events if not event.ends_at))
