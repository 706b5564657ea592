"""The page of a handover: what is open, who is who, and what the outgoing leave in writing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.office.handover import policy, wording
from app.office.handover.queries.contents import contents_of
from app.office.handover.queries.notes import latest_note
from app.office.handover.queries.offices import handover_of, handovers_for
from app.office.handover.services.notes import write_note
from app.office.handover.values import Handover, OfficeKind
from app.office.handover.views import bp
from app.people.identity.policy import leads_the_region
from app.web.errors import STATUS
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.markdown import rich_text
from app.web.meanwhile import changed_meanwhile

Answer = Response | tuple[str, int]
PRESIDENCY_PAGE = "handover.of_presidency"


@dataclass(frozen=True)
class Typed:
    """What stands in the form of the note, and what was wrong. `seen`: the mark of what the writer
    began from.
    """

    text: str
    seen: str
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


@bp.get("/handover")
@requires(signed_in)
def handovers() -> str:
    """Those that concern the reader; most of the time none."""
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
    try:
        with transaction() as db:
            write_note(
                db,
                actor=current_actor(),
                office=office,
                country_code=country_code,
                text=request.form.get("text", ""),
                seen=request.form.get("seen", ""),
                today=clock.today(),
                now=clock.now(),
            )
    except InvalidInput as refusal:
        said = {name: say(reader_language(), sentence) for name, sentence in refusal.errors.items()}
        typed = Typed(request.form.get("text", ""), request.form.get("seen", ""), errors=said)
        return _page(office, country_code, typed), STATUS[refusal.kind]
    except ChangedMeanwhile as refusal:
        told = changed_meanwhile(refusal, _address(office, country_code))
        typed = Typed(request.form.get("text", ""), refusal.mark, refusal=told)
        return _page(office, country_code, typed), STATUS[refusal.kind]
    flash(
        _(
            "The note is saved. Your successor and the secretariat can read it; earlier versions are kept."
        ),
        "success",
    )
    return redirect(_address(office, country_code), 303)


def _page(office: OfficeKind, country_code: str, typed: Typed | None = None) -> str:
    actor, today = current_actor(), clock.today()
    with reading() as db:
        found = handover_of(db, actor=actor, office=office, country_code=country_code, today=today)
        contents = contents_of(db, actor=actor, handover=found, today=today, now=clock.now())
    note = latest_note(contents.notes)
    shown = typed or Typed(note, mark_of(note))
    return render_template(
        "office/handover/handover.html",
        handover=found,
        contents=contents,
        today=today,
        note=rich_text(note),
        typed=shown,
        errors=shown.errors,
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
    """What the two pages say dates, roles and offices with."""
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
