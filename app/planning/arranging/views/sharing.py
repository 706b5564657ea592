"""Words to forward about an event, with a short address (R75)."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from app.infra.database import reading
from app.infra.installation import site_address
from app.infra.language import translate
from app.planning.arranging import wording
from app.planning.arranging.views import bp
from app.planning.events.queries.events import event_called
from app.planning.events.rules.joining import NoShortAddress, lines, short_of
from app.planning.events.values import EventDetail, EventStatus
from app.web.guards import anyone, requires
from app.web.locale import reader_language, reader_timezone
from app.web.render import days_text, hours_text, zone_label


@bp.get("/e/<short>")
@requires(anyone)
def short_link(short: str) -> Response:
    with reading() as db:
        event_id = event_called(db, short)
    if event_id is None:
        raise NoShortAddress
    return redirect(url_for("events.event", event_id=event_id), 302)


def words_to_forward(event: EventDetail) -> str:
    """Four plain lines about a published event, its date in the reader's zone; "" for one that is
    not to be forwarded.
    """
    if event.status is not EventStatus.PUBLISHED or event.is_confidential or event.span is None:
        return ""
    language, zone, span = reader_language(), reader_timezone(), event.span
    day = days_text(span.starts_at, span.ends_at, zone, language)
    hours = hours_text(span.starts_at, span.ends_at, zone)
    groups = ", ".join(group.name.in_(language) for group in event.groups)
    how = " · ".join(
        part
        for part in (translate(language, wording.MODES[event.mode]), event.place, groups)
        if part
    )
    address = site_address()
    return lines(
        (
            event.title.in_(language),
            f"{day}, {hours} ({zone_label(zone, span.starts_at, language)})",
            how,
            address + url_for("events.short_link", short=short_of(event.id)),
        )
    )
