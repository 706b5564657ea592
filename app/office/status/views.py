"""The page on which the office reads how the platform is."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Blueprint, render_template

from app.infra import clock
from app.infra.language import translate
from app.infra.platform import platform
from app.kernel.text import N_, date_locale
from app.office.status.policy import may_see_status
from app.office.status.wording import report_text, rows_of
from app.web.guards import requires
from app.web.locale import reader_language, reader_timezone
from app.web.render import zone_label

bp = Blueprint("status", __name__)
HEAD = N_("State of the platform, %(moment)s")


@bp.get("/status")
@requires(may_see_status)
def status() -> str:
    """Asks the checks that `/readyz` asks, and says each in words."""
    language, zone = reader_language(), reader_timezone()
    now = clock.now()

    def moment(at: datetime) -> str:
        own = at.astimezone(ZoneInfo(zone))
        return format_datetime(own, "d MMM y, HH:mm", locale=date_locale(language))

    checked_at = f"{moment(now)} ({zone_label(zone, now, language)})"
    report = platform().health.report()
    rows = rows_of(report, language, moment)
    return render_template(
        "office/status/status.html",
        rows=rows,
        tasks=[row for row in rows if row.needs_somebody],
        well=sum(row.is_well for row in rows),
        off=[row.title for row in rows if row.look == "quiet"],
        is_serving=report.status != "not ready",
        checked_at=checked_at,
        text=report_text(rows, translate(language, HEAD, moment=checked_at)),
    )
