"""The page of a handover: what is open, who is who, and what the outgoing leave in writing."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.office.handover import policy, wording
from app.office.handover.forms import NoteForm
from app.office.handover.queries.contents import contents_of
from app.office.handover.queries.notes import latest_note
from app.office.handover.queries.offices import handover_of, handovers_for
from app.office.handover.services.notes import write_note
from app.office.handover.values import Handover, OfficeKind
from app.office.handover.views import bp
from app.people.identity.policy import leads_the_region
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.markdown import rich_text
from app.web.mistakes import show_refusal

Answer = Response | tuple[str, int]
PRESIDENCY_PAGE = "handover.of_presidency"


@bp.get("/handover")
@requires(signed_in)
def handovers() -> str:
    """Lists the handovers that concern the reader; most of the time there are none."""
    with reading() as db:
        found = handovers_for(db, actor=current_actor(), today=clock.today())
    return render_template(
        "office/handover/handovers.html", handovers=found, address=_address_of, **_words()
    )


@bp.get("/handover/presidency")
@requires(signed_in)
def of_presidency() -> str:
    return _page(OfficeKind.PRESIDENCY, "")


@bp.post("/handover/presidency/note")
@requires(signed_in)
def write_presidency_note() -> Answer:
    return _written(OfficeKind.PRESIDENCY, "")


@bp.get("/handover/countries/<country_code>")
@requires(signed_in)
def of_country(country_code: str) -> str:
    return _page(OfficeKind.FOCAL_POINT, country_code)


@bp.post("/handover/countries/<country_code>/note")
@requires(signed_in)
def write_country_note(country_code: str) -> Answer:
    return _written(OfficeKind.FOCAL_POINT, country_code)


def _written(office: OfficeKind, country_code: str) -> Answer:
    form = NoteForm(request.form)
    if not form.validate():
        return _page(office, country_code, form), 422
    try:
        with transaction() as db:
            write_note(
                db,
                actor=current_actor(),
                office=office,
                country_code=country_code,
                text=form.text.data,
                seen=form.seen.data,
                today=clock.today(),
                now=clock.now(),
            )
    except (InvalidInput, ChangedMeanwhile) as refusal:
        status = show_refusal(form, refusal, stored=_address(office, country_code))
        return _page(office, country_code, form), status
    flash(
        _(
            "The note is saved. Your successor and the secretariat can read it; earlier versions are kept."
        ),
        "success",
    )
    return redirect(_address(office, country_code), 303)


def _page(office: OfficeKind, country_code: str, form: NoteForm | None = None) -> str:
    actor, today = current_actor(), clock.today()
    with reading() as db:
        found = handover_of(db, actor=actor, office=office, country_code=country_code, today=today)
        contents = contents_of(db, actor=actor, handover=found, today=today, now=clock.now())
    note = latest_note(contents.notes)
    return render_template(
        "office/handover/handover.html",
        handover=found,
        contents=contents,
        today=today,
        note=rich_text(note),
        form=form or NoteForm(data={"text": note, "seen": mark_of(note)}),
        zone=actor.timezone,
        earlier=[(one, rich_text(one.text)) for one in contents.notes[1:]],
        may_write=policy.may_write_note(actor, found, today),
        may_open=leads_the_region(actor),
        **_words(),
    )


def _address_of(handover: Handover) -> str:
    return _address(handover.office, handover.outgoing.country_code)


def _address(office: OfficeKind, country_code: str) -> str:
    if office is OfficeKind.PRESIDENCY:
        return url_for(PRESIDENCY_PAGE)
    return url_for("handover.of_country", country_code=country_code)


def _words() -> dict[str, object]:
    """Returns the functions that write dates, roles and offices on the two pages."""
    language = reader_language()

    def day(on: date) -> str:
        return wording.day_text(language, on)

    def last_day(until: date | None) -> str:
        return wording.last_day_text(language, until)

    return {
        "day": day,
        "last_day": last_day,
        "title": lambda one: wording.title_of(language, one),
        "role": lambda held: wording.role_of(language, held),
    }
