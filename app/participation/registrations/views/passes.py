"""The code that opens the door of an in-person event, as a picture to scan and as letters to read
out.
"""

from typing import Any
from uuid import UUID

from markupsafe import Markup

from app.planning.programme.views.feed_answer import address

GROUPS_OF = 5


def pass_of(event_id: UUID, code: str) -> dict[str, Any]:
    """What `events/pass.html` wants beside the event and the name."""
    link = f"{address()}/events/{event_id}/check-in/{code}"
    parts = [code[start : start + GROUPS_OF] for start in range(0, len(code), GROUPS_OF)]
    return {"picture": _picture(link), "parts": parts}


def _picture(link: str) -> Markup:
    """Dark on white whatever the theme: a camera reads nothing else."""
    import segno

    code = segno.make(link, error="m", micro=False)
    drawn = code.svg_inline(
        omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn by segno; the address holds an id and a code of ours
