"""A person's past, for the focal point: what is true of each day, and since when it is on record."""

from flask import Blueprint, render_template, url_for

from app.infra import clock
from app.infra.database import reading
from app.people.directory.views.reading import note_roster_read
from app.training.turnover import policy, wording
from app.training.turnover.queries.history import person_history
from app.training.turnover.rules.history import believed_on, known_of, served_by_belief
from app.training.turnover.views.asked import day_asked
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

bp = Blueprint("person_history", __name__)


@bp.get("/countries/<code>/people/<int:person_id>")
@requires(policy.may_have_country)
def person(code: str, person_id: int) -> str:
    """Shows the past of somebody, and with a day what was believed then beside what is known now."""
    actor, language = current_actor(), reader_language()
    today = clock.today(actor.timezone)
    on, mistake = day_asked()
    with reading() as db:
        found = person_history(
            db, actor=actor, country_code=code, person_id=person_id, timezone=actor.timezone
        )
        note_roster_read(db, code)
    believed = believed_on(found.past, on)
    return render_template(
        "training/turnover/person.html",
        found=found,
        code=code,
        on=on,
        is_past=on < today,
        mistake=wording.translated(mistake, language),
        believed=believed,
        believed_served=served_by_belief(believed, on),
        known=known_of(found.past, on),
        lines=[(line, *wording.history_words(line, language)) for line in found.lines],
        here=url_for("person_history.person", code=code, person_id=person_id),
        short_day=lambda day: wording.short_day(day, language),
    )
