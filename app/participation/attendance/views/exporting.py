"""Lists to take along: a page for the printer, a PDF, a spreadsheet. Each is a POST, because each
leaves a trace.
"""

from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, render_template, request
from flask_babel import gettext as _

from app.infra import clock
from app.infra.database import transaction
from app.infra.language import date_text
from app.infra.pdf import pdf_of
from app.kernel.refusal import NotFound
from app.participation.attendance import policy, wording
from app.participation.attendance.exports.lists import list_as_xlsx
from app.participation.attendance.queries.sheet import SheetRow
from app.participation.attendance.services.exporting import export_list
from app.participation.attendance.views import bp
from app.planning.events.values import EventDetail, Mode
from app.web.downloads import XLSX, name_file
from app.web.guards import current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.render import zone_label

KINDS = ("print", "pdf", "xlsx")


@bp.post("/events/<uuid:event_id>/attendance/exports")
@requires(policy.may_open_list)
def export(event_id: UUID) -> Response | str:
    kind = request.form.get("kind", "print")
    if kind not in KINDS:
        raise NotFound
    with transaction() as db:
        event, rows = export_list(
            db, actor=current_actor(), event_id=event_id, kind=kind, now=clock.now()
        )
    if kind == "print":
        return render_template("participation/attendance/print_page.html", **_paper(event, rows))
    if kind == "pdf":
        return _sent(
            pdf_of(render_template("participation/attendance/print.html", **_paper(event, rows))),
            "application/pdf",
            "pdf",
        )
    content = list_as_xlsx(
        rows,
        title=_("Attendance"),
        footer=_mark(),
        language=reader_language(),
        presences=wording.PRESENCES,
        sources=wording.SOURCES,
        made_at=clock.now(),
    )
    return _sent(content, XLSX, "xlsx")


def _paper(event: EventDetail, rows: tuple[SheetRow, ...]) -> dict[str, Any]:
    """Renders the list by country as the reader names it, each with its number; on paper an event
    in person has a column to sign in. Until it is over, who has no minutes has a blank to be filled
    in.
    """
    language = reader_language()
    groups = [(name, list(people)) for name, people in groupby(rows, key=lambda row: row.country)]
    groups.sort(key=lambda group: (not group[0].in_(language), group[0].in_(language).casefold()))
    return {
        "event": event,
        "groups": groups,
        "count": len(rows),
        "mark": _mark(),
        "presences": wording.PRESENCES,
        "signed": event.mode is not Mode.ONLINE,
        "is_over": event.ends_at is not None and event.ends_at <= clock.now(),
    }


def _mark() -> str:
    """Returns the line that stands on every copy, wherever it goes: "Exported by Laura Quesada on
    24 November 2026, 10:05 (Costa Rica, UTC−6)".
    """
    now = clock.now()
    zone, language = reader_timezone(), reader_language()
    local = now.astimezone(ZoneInfo(zone))
    mark: str = _(
        "Exported by %(name)s on %(when)s (%(zone)s)",
        name=current_actor().name,
        zone=zone_label(zone, now, language),
        when=f"{date_text(language, local.date())}, {local:%H:%M}",
    )
    return mark


def _sent(content: bytes, mimetype: str, suffix: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    name_file(answer, f"{_('attendance')}.{suffix}")
    answer.headers["Cache-Control"] = "no-store"
    return answer
