"""Putting the page of an edition together: what it is, its events by role, its tables, and its
checklist.
"""

from typing import Any

from flask import render_template, url_for
from sqlalchemy.orm import Session

from app.infra.database import reading
from app.planning.arranging.queries.publishing import has_sessions
from app.planning.arranging.rules import congress as rules
from app.planning.cycles.forms.editions import ItemForm
from app.planning.cycles.queries import checklists, editions
from app.planning.cycles.queries.editions import EditionLine
from app.planning.cycles.wording import days_in_words
from app.planning.events import policy
from app.planning.events.queries import funding
from app.planning.events.values import EventDetail, LinkRole
from app.web.guards import current_actor


def edition_page(
    slug: str, *, form: ItemForm | None = None, status: int = 200, refusal: str = ""
) -> tuple[str, int]:
    actor = current_actor()
    with reading() as db:
        edition = editions.edition_of(db, actor=actor, slug=slug)
        found = editions.events_of(db, actor=actor, edition_id=edition.id)
        shown = {
            "roles": {role: editions.in_role(found, slug, role) for role in LinkRole},
            "tables": editions.tables_of(db, actor=actor, edition_id=edition.id),
            "funds": funding.sources_of_edition(db, edition_id=edition.id),
            "source": editions.source_of_clone(db, actor=actor, edition_id=edition.id),
        }
        plans = _for_planners(db, edition, found, shown["tables"]) if policy.may_plan(actor) else {}
    html = render_template(
        "planning/cycles/edition.html",
        edition=edition,
        form=form or ItemForm(),
        refusal=refusal,
        days_of=days_in_words,
        may_keep=policy.may_keep_editions(actor),
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
        **shown,
        **plans,
    )
    return html, status


def _for_planners(
    db: Session, edition: EditionLine, events: tuple[EventDetail, ...], tables: Any
) -> dict[str, Any]:
    state = checklists.state_of(db, edition=edition, events=events, tables=tables)
    congress = checklists.congress_of(events, edition.slug)
    checks = [(check, _address(check.place, edition, congress)) for check in rules.checklist(state)]
    items = editions.items_of(db, edition_id=edition.id)
    done = sum(check.is_done for check, _url in checks) + sum(
        item.done_at is not None for item in items
    )
    is_laid_out = congress is not None and has_sessions(db, congress.id)
    outline = () if is_laid_out else editions.outline_of(db, edition_id=edition.id)
    return {
        "checks": checks,
        "items": items,
        "done": done,
        "outline": outline,
        "congress": congress,
    }


def _address(place: rules.ChecklistPage, edition: EditionLine, congress: EventDetail | None) -> str:
    """Where something on the checklist is mended. Convenors, who change no edition, are sent to
    where it stands.
    """
    keeps = policy.may_keep_editions(current_actor())
    if place is rules.ChecklistPage.EDITION and keeps:
        return url_for("cycles.edit_edition", slug=edition.slug)
    if place is rules.ChecklistPage.TABLES:
        return f"{url_for('cycles.edition', slug=edition.slug)}#tables"
    if place is rules.ChecklistPage.AGENDA and congress is not None and congress.span is not None:
        return url_for("agenda.event_agenda", event_id=congress.id)
    if (
        place not in (rules.ChecklistPage.EDITION, rules.ChecklistPage.EVENTS)
        and congress is not None
        and keeps
    ):
        return url_for("events.edit", event_id=congress.id)
    return (
        url_for("events.plan")
        if place is not rules.ChecklistPage.EDITION
        else url_for("cycles.editions")
    )
