"""The journal in words, filtered by kind, event, person and days."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.text import date_locale
from app.office.handover import exports, policy
from app.office.handover.queries.journal import (
    MOST,
    JournalFilters,
    JournalPage,
    journal_page,
    title_of_event,
    who_acts,
)
from app.office.handover.services.exporting import export_journal
from app.office.handover.views import bp
from app.office.handover.wording.journal import KIND_NAMES, told
from app.web.downloads import XLSX, name_file
from app.web.fields import day_in, number_in, uuid_in
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.render import zone_label


@bp.get("/audit")
@requires(policy.may_read_journal)
def audit() -> str:
    filters, language, actor = _filters(request.args), reader_language(), current_actor()
    before = (number_in(request.args.get("before", "")) or 0) or None
    with reading() as db:
        page = _spoken(journal_page(db, filters=filters, before=before))
        people = who_acts(db)
        event = title_of_event(db, filters.event_id) if filters.event_id else None
    return render_template(
        "office/handover/audit.html",
        page=page,
        filters=filters,
        people=people,
        event=event,
        kinds=KIND_NAMES,
        before=before,
        said=[(one, told(language, one, page.names)) for one in page.entries],
        address=_journal_address,
        at=_at,
        zone=zone_label(actor.timezone, clock.now(), language),
        may_export=policy.may_export_journal(actor),
    )


@bp.post("/audit.xlsx")
@requires(policy.may_export_journal)
def export_audit() -> Response:
    """Answers POST, because the export is recorded."""
    actor, now, language = current_actor(), clock.now(), reader_language()
    with transaction() as db:
        page = _spoken(export_journal(db, actor=actor, filters=_filters(request.form), now=now))
    content = exports.journal_workbook(
        page, language=language, timezone=actor.timezone, by=actor.name, made_at=now
    )
    answer = make_response(content)
    answer.mimetype = XLSX
    name_file(answer, f"journal-{clock.today().isoformat()}.xlsx")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@dataclass
class JournalPort:
    """Filled by `app/wiring`."""

    words: Mapping[str, Mapping[str, str]]
    """By parameter of facts the msgids of its values, where packages above know them."""


def _spoken(page: JournalPage) -> JournalPage:
    words = platform().port(JournalPort).words
    return replace(page, names=replace(page.names, words=words))


def _filters(sent: Mapping[str, str]) -> JournalFilters:
    """Returns the filters of a request. Text that cannot be read filters nothing."""
    kind = sent.get("kind", MOST)
    return JournalFilters(
        kind=kind if kind in KIND_NAMES else MOST,
        event_id=uuid_in(sent.get("event", "")),
        who=number_in(sent.get("who", "")) or 0,
        since=_near(day_in(sent.get("since", ""))),
        until=_near(day_in(sent.get("until", ""))),
    )


def _near(on: date | None) -> date | None:
    """Returns the day if both databases and all zones can compute with it, else None."""
    return on if on is not None and date(1990, 1, 1) <= on <= date(2100, 1, 1) else None


def _journal_address(filters: JournalFilters, before: int | None = None) -> str:
    return url_for(
        "handover.audit",
        kind=filters.kind if filters.kind != MOST else None,
        event=filters.event_id,
        who=filters.who or None,
        since=filters.since,
        until=filters.until,
        before=before,
    )


def _at(at: datetime) -> str:
    local = at.astimezone(ZoneInfo(current_actor().timezone))
    return format_datetime(local, "d MMM y, HH:mm:ss", locale=date_locale(reader_language()))
