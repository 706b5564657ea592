"""Names and media types of files to keep: letters with accents and ñ stay as they are."""

import unicodedata
from urllib.parse import quote

from flask import Response

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
