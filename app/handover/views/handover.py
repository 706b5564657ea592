"""The page of a handover: what is open, who is who, and what the outgoing leave in writing."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.events.policy import leads_the_region
from app.handover import policy, wording
from app.handover.queries.contents import contents_of
from app.handover.queries.offices import handover_of, handovers_for
from app.handover.services.notes import write_note
from app.handover.values import Handover, Office
from app.handover.views import bp
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.web.errors import STATUS
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.markdown import rich_text

Answer = Response | tuple[str, int]
PRESIDENCY_PAGE = "handover.of_presidency"


@bp.get("/handover")
@requires(signed_in)
def handovers() -> str:
    """Those that concern the reader; most of the time none."""
    with reading() as db:
        found = handovers_for(db, actor=current_actor(), today=clock.today())
    return render_template("handover/handovers.html", handovers=found, address=_address, **_words())


@bp.get("/handover/presidency")
@requires(signed_in)
def of_presidency() -> str:
    return _page(Office.PRESIDENCY, "")


@bp.post("/handover/presidency/note")
@requires(signed_in)
def write_presidency_note() -> Answer:
    return _written(Office.PRESIDENCY, "")


@bp.get("/handover/countries/<country_code>")
@requires(signed_in)
def of_country(country_code: str) -> str:
    return _page(Office.FOCAL_POINT, country_code)


@bp.post("/handover/countries/<country_code>/note")
@requires(signed_in)
def write_country_note(country_code: str) -> Answer:
    return _written(Office.FOCAL_POINT, country_code)


def _written(office: Office, country_code: str) -> Answer:
    try:
        with transaction() as db:
            write_note(db, actor=current_actor(), office=office, country_code=country_code,
                       text=request.form.get("text", ""), today=clock.today(), now=clock.now())  # fmt: skip
    except InvalidInput as refusal:
        said = {name: say(reader_language(), sentence) for name, sentence in refusal.errors.items()}
        return _page(office, country_code, typed=request.form.get("text", ""), errors=said), STATUS[refusal.kind]
    flash(_("The note is kept. Your successor and the secretariat read it; earlier versions stay."), "success")
    is_of_country = office is Office.FOCAL_POINT
    here = url_for("handover.of_country", country_code=country_code) if is_of_country else url_for(PRESIDENCY_PAGE)
    return redirect(here, 303)


def _page(office: Office, country_code: str, *, typed: str | None = None, errors: dict[str, str] | None = None) -> str:
    actor, today = current_actor(), clock.today()
    with reading() as db:
        found = handover_of(db, actor=actor, office=office, country_code=country_code, today=today)
        contents = contents_of(db, actor=actor, handover=found, today=today, now=clock.now())
    note = contents.notes[0].text if contents.notes else ""
    return render_template(
        "handover/handover.html", handover=found, contents=contents, today=today, errors=errors or {},
        note=rich_text(note), text=typed if typed is not None else note, zone=actor.timezone,
        earlier=[(one, rich_text(one.text)) for one in contents.notes[1:]],
        may_write=policy.may_write_note(actor, found, today), may_open=leads_the_region(actor), **_words(),
    )  # fmt: skip


def _address(handover: Handover) -> str:
    if handover.office is Office.PRESIDENCY:
        return url_for(PRESIDENCY_PAGE)
    return url_for("handover.of_country", country_code=handover.outgoing.country_code)


def _words() -> dict[str, object]:
    """What the two pages say dates, roles and offices with."""
    language = reader_language()

    def day(on: date) -> str:
        return wording.day_text(language, on)

    def last_day(until: date | None) -> str:
        return wording.last_day_text(language, until)

    return {"day": day, "last_day": last_day, "title": lambda one: wording.title_of(language, one),
            "role": lambda held: wording.role_of(language, held)}  # fmt: skip
