"""The agreements of one event, those it has to review, and the priority issues it defined for a
congress.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.followup.agreements import policy
from app.followup.agreements.forms import IssueForm, ReviewsForm, reviews_form
from app.followup.agreements.queries.agreements import agreements_of
from app.followup.agreements.queries.choices import NamedChoice, countries
from app.followup.agreements.queries.issues import CongressAhead, congress_ahead, issues_of
from app.followup.agreements.queries.reviewing import review_list
from app.followup.agreements.services.reviewing import record_reviews
from app.followup.agreements.values import AgreementView, IssueView, ListedAgreement
from app.followup.agreements.views import bp
from app.followup.agreements.views.shown import WORDS, Answer, choices_of
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.paging import Paging
from app.kernel.refusal import Refusal
from app.planning.events.queries.events import event_of
from app.planning.events.queries.life import phase_of_event
from app.planning.events.rules.life import Phase
from app.planning.events.values import EventDetail, EventStatus, LinkRole
from app.web.guards import current_actor, requires
from app.web.mistakes import show_refusal
from app.web.paging import page_asked

REVIEWED_AT_ONCE = 10


@dataclass(frozen=True)
class EventPage:
    """`phase`: has it begun, is it over, is it closed."""

    event: EventDetail
    phase: Phase
    may_record: bool
    agreements: tuple[AgreementView, ...]
    listed: tuple[ListedAgreement, ...]
    issues: tuple[IssueView, ...]
    congress: CongressAhead | None
    countries: tuple[NamedChoice, ...]

    @property
    def is_preparatory(self) -> bool:
        return any(link.role is LinkRole.PREPARATORY for link in self.event.links)

    @property
    def has_begun(self) -> bool:
        """Returns True for a past event too whose date is only partly known."""
        return self.phase in (Phase.RUNNING, Phase.ENDED) or (
            self.event.starts_at is None
            and self.event.status is EventStatus.PUBLISHED
            and not self.is_closed
        )

    @property
    def is_over(self) -> bool:
        return self.phase is Phase.ENDED or (self.has_begun and self.event.starts_at is None)

    @property
    def is_closed(self) -> bool:
        return self.phase is Phase.CLOSED


@bp.get("/events/<uuid:event_id>/agreements")
@requires(policy.may_read)
def event_agreements(event_id: UUID) -> str:
    return event_page(event_id)


@bp.post("/events/<uuid:event_id>/agreements/reviews")
@requires(policy.may_read)
def review(event_id: UUID) -> Answer:
    """Saves the statuses of one page of the list. A row without an answer is not changed."""
    with reading() as db:
        listed = review_list(db, actor=current_actor(), event_id=event_id)
    form = reviews_form(_numbers(_shown(listed)[0]), request.form)
    if not form.validate():
        return event_page(event_id, reviews=form), 422
    try:
        with transaction() as db:
            changed = record_reviews(
                db,
                actor=current_actor(),
                event_id=event_id,
                reports=form.reports(),
                seen=form.marks(),
                now=clock.now(),
            )
    except Refusal as refusal:
        stored = url_for("agreements.event_agreements", event_id=event_id, page=page_asked())
        status = show_refusal(form, refusal, stored=stored)
        return event_page(event_id, reviews=form), status
    flash(
        ngettext(
            "The status of one agreement is written down.",
            "The status of %(num)s agreements is written down.",
            changed,
        )
        if changed
        else _("Nothing was changed."),
        "success",
    )
    number = page_asked()
    return redirect(
        url_for(
            "agreements.event_agreements", event_id=event_id, page=number if number > 1 else None
        ),
        303,
    )


def event_page(
    event_id: UUID, *, reviews: ReviewsForm | None = None, issue: IssueForm | None = None
) -> str:
    """Returns the page. `reviews`, `issue`: the form that was refused."""
    with reading() as db:
        page = _page_of(db, event_id)
    shown, paging = _shown(page.listed)
    reviews = reviews or reviews_form(_numbers(shown))
    for row in shown:
        reviews.name_row(row)
    return render_template(
        "followup/agreements/event.html",
        page=page,
        event=page.event,
        shown=shown,
        reviews=reviews,
        issue_form=(issue or IssueForm()).offer(choices_of(page.countries)),
        paging=paging,
        left=sum(one.review is None for one in page.listed),
        address=lambda number: url_for(
            "agreements.event_agreements", event_id=event_id, page=number
        ),
        **WORDS,
    )


def _shown(listed: Sequence[ListedAgreement]) -> tuple[Sequence[ListedAgreement], Paging]:
    """Returns the rows of the requested page."""
    paging = Paging(len(listed), REVIEWED_AT_ONCE, page_asked())
    return listed[paging.offset : paging.last], paging


def _numbers(rows: Sequence[ListedAgreement]) -> list[int]:
    return [row.agreement.id for row in rows]


def _page_of(db: Session, event_id: UUID) -> EventPage:
    actor, now = current_actor(), clock.now()
    event = event_of(db, actor=actor, event_id=event_id)
    is_preparatory = any(link.role is LinkRole.PREPARATORY for link in event.links)
    may_record = policy.may_record(actor, event.group_slugs, event.kind)
    return EventPage(
        event=event,
        phase=phase_of_event(event, now),
        may_record=may_record,
        agreements=agreements_of(db, actor=actor, event_id=event_id),
        listed=review_list(db, actor=actor, event_id=event_id),
        issues=issues_of(db, actor=actor, event_id=event_id) if is_preparatory else (),
        congress=congress_ahead(db, actor=actor, event_id=event_id, now=now)
        if is_preparatory
        else None,
        countries=countries(db) if is_preparatory and may_record else (),
    )
