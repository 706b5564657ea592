"""Names and media types of files to keep, and the line that copies of names bear: letters with
accents and ñ stay as they are.
"""

import unicodedata
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import Response
from flask_babel import gettext as _

from app.infra import clock
from app.infra.language import date_text
from app.web.guards import current_actor
from app.web.locale import reader_language, reader_timezone
from app.web.render import zone_label

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ATTR_CHAR = "!#$&+-.^_`|~"
"""Characters that RFC 5987 leaves unquoted, besides letters and digits."""


def name_file(answer: Response, name: str, *, inline: bool = False) -> None:
    """Sets Content-Disposition with the name in UTF-8 and, beside it, in ASCII for old programs
    (RFC 6266).

    As `flask.send_file` does it, for answers that hold their own bytes. `inline` opens the file in
    the browser.
    """
    names = {"filename": name}
    if not name.isascii():
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        names = {"filename": plain, "filename*": f"UTF-8''{quote(name, safe=ATTR_CHAR)}"}
    answer.headers.set("Content-Disposition", "inline" if inline else "attachment", **names)


def copy_mark() -> str:
    """Returns the line that stands on every copy of names or small numbers, wherever it goes:
    "Exported by Laura Quesada on 24 November 2026, 10:05 (Costa Rica, UTC−6)".
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
