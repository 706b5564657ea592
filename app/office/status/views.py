"""The page on which the office reads how the platform is."""

import ssl
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.backups.making import version as version_of_code
from app.infra.changelog import Changes, newer_changes, own_changes
from app.infra.fetching import certificate_end
from app.infra.installation import site_address
from app.infra.language import date_text, translate
from app.infra.platform import platform
from app.kernel.text import N_, date_locale
from app.office.status.policy import may_check, may_see_status
from app.office.status.wording import HEADINGS, report_text, rows_of
from app.web.guards import requires
from app.web.locale import reader_language, reader_timezone
from app.web.markdown import rich_text
from app.web.render import zone_label

bp = Blueprint("status", __name__)
TIMEOUT_SECONDS = 5.0
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
        off=[row.title for row in rows if row.is_off],
        is_serving=report.status != "not ready",
        checked_at=checked_at,
        text=report_text(rows, translate(language, HEAD, moment=checked_at)),
    )


@bp.get("/status/version")
@requires(may_see_status)
def version() -> str:
    """Says what the version at work brought, and one that lies ready beside it."""
    return render_template(
        "office/status/version.html",
        number=version_of_code(),
        changes=[
            (date_text(reader_language(), one.day), _groups(one), is_newer)
            for one, is_newer in ((newer_changes(), True), (own_changes(), False))
            if one
        ],
    )


def _groups(changes: Changes) -> list[tuple[str, int, Markup]]:
    """Returns under each heading how many lines there are, and the lines as HTML."""
    return [
        (
            _(HEADINGS.get(name, name)),
            len(lines),
            rich_text("\n".join(f"- {line}" for line in lines)),
        )
        for name, lines in changes.groups
    ]


@bp.post("/status/address")
@requires(may_check)
def check_address() -> Response:
    """Opens the public address as a browser would, and says until when its certificate is good."""
    address = urlsplit(site_address())
    if address.scheme == "https" and address.hostname:
        try:
            end = certificate_end(address.hostname, address.port or 443, timeout=TIMEOUT_SECONDS)
        except ssl.SSLError:
            said = _("The certificate of the address is not valid: browsers warn people away.")
        except OSError:
            said = _("The address does not answer from this machine.")
        else:
            said = _(
                "The address answers, and its certificate is good until %(day)s.",
                day=date_text(reader_language(), end.date()),
            )
        flash(said)
    return redirect(url_for("status.status"), 303)
