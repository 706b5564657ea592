"""From a draft to an edition: what is still to do, what changed, and the press that publishes."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Kind, NotFound
from app.training.authoring import policy, services
from app.training.authoring.forms.drafts import PublishForm, publish_form
from app.training.authoring.queries import drafts as queries
from app.training.authoring.queries.editions import labels_of
from app.training.authoring.rules.changes import next_label
from app.training.authoring.rules.readiness import DraftNotReady
from app.training.authoring.services.publishing import Readiness
from app.training.authoring.values import Draft
from app.training.authoring.views.door import bp
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal

Answer = str | Response | tuple[str, int]


@bp.get("/<int:draft_id>/publish")
@requires(policy.may_write_courses)
def publish(draft_id: int) -> Answer:
    published = _after(draft_id)
    if published is not None:
        return published
    draft, ready = _read(draft_id)
    with reading() as db:
        labels = labels_of(db, slug=draft.slug)
    label = next_label(max(labels, key=len_then_text, default=""))
    form = publish_form(ready.differences.objectives, reader_language(), label=label)
    return _page(draft, ready, form)


@bp.post("/<int:draft_id>/publish")
@requires(policy.may_write_courses)
def publish_edition(draft_id: int) -> Answer:
    """Publishes the draft. Pressed again after it was published, it leads to the course."""
    published = _after(draft_id)
    if published is not None:
        return published
    try:
        draft, ready = _read(draft_id)
        form = publish_form(ready.differences.objectives, reader_language(), request.form)
        if not form.validate():
            return _page(draft, ready, form), STATUS[Kind.INVALID]
        with transaction() as db:
            services.publish_draft(
                db,
                actor=current_actor(),
                draft_id=draft_id,
                label=form.label.data or "",
                changes=form.changes(),
                told=form.told(),
                now=clock.now(),
            )
    except NotFound:  # another press was a moment faster
        published = _after(draft_id)
        if published is None:
            raise
        return published
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _page(draft, ready, form), status
    except DraftNotReady as refusal:
        flash(say(reader_language(), refusal.sentence), "error")
        return _page(draft, ready, form), STATUS[refusal.kind]
    flash(_("Edition %(label)s is published.", label=form.label.data), "success")
    return redirect(url_for("learning.course", slug=draft.slug), 303)


def _after(draft_id: int) -> Response | None:
    """Returns the way to the course where the draft is an edition already."""
    with reading() as db:
        slug = queries.published_from(db, actor=current_actor(), draft_id=draft_id)
    return redirect(url_for("learning.course", slug=slug), 303) if slug else None


def _read(draft_id: int) -> tuple[Draft, Readiness]:
    with reading() as db:
        draft = queries.draft_of(db, actor=current_actor(), draft_id=draft_id)
        return draft, services.readiness(db, actor=current_actor(), draft_id=draft_id)


def _page(draft: Draft, ready: Readiness, form: PublishForm) -> str:
    return render_template(
        "training/authoring/publish.html",
        draft=draft,
        ready=ready,
        form=form,
        sentence=lambda problem: say(reader_language(), problem.sentence),
    )


def len_then_text(label: str) -> tuple[int, str]:
    """Returns a key by which 10 comes after 9."""
    return len(label), label
