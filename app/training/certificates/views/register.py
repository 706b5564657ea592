"""The register of certificates: of every country for organizers, of one for its focal point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.lists import format_list
from flask import Response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.archives import made_in, packed_folder
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.actor import Actor
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_, LocalizedText, interface_language
from app.people.directory.queries.roster import countries
from app.planning.programme.views.month import month_text
from app.training.certificates import policy, rules
from app.training.certificates.exports.tables import register_csv, register_workbook, zip_of
from app.training.certificates.forms import (
    RevocationForm,
    read_filters,
    written_filters,
)
from app.training.certificates.queries.events import (
    EventPapers,
    attested_event,
    papers_of,
    unissued_events,
)
from app.training.certificates.queries.history import histories
from app.training.certificates.queries.listing import (
    RegisterFilters,
    drawn_pdfs,
    register_page,
    register_rows,
)
from app.training.certificates.queries.printing import own_print_jobs, printable_codes
from app.training.certificates.queries.proposals import (
    CertificateProposal,
    proposals,
    second_people,
)
from app.training.certificates.queries.renewals import ToRenew, to_renew
from app.training.certificates.services.exporting import note_export
from app.training.certificates.services.printing import ask_for_print
from app.training.certificates.tasks import kept_pdf
from app.training.certificates.values import CertificateKind, ListedState
from app.training.certificates.views import bp
from app.training.certificates.wording import (
    KINDS,
    LISTED_STATES,
    history_sentence,
    reason_sentence,
)
from app.web.downloads import XLSX, copy_mark, name_file
from app.web.guards import current_actor, requires
from app.web.letters_ahead import letters_ahead
from app.web.limits import EXPORT
from app.web.locale import reader_language, reader_timezone
from app.web.paging import page_asked

NAMED = 3
"""How many events or countries a row of what is to do names before it says how many more."""
NOTHING_TO_RENEW = ToRenew(count=0, told=0, where=())
MOST_IN_ZIP = 250
"""Some 30 MB, which one request holds in memory."""
CSV, BOOK, ZIP, PRINT = "csv", "xlsx", "zip", "print"


class TooManyFiles(Refusal):
    kind = Kind.INVALID
    rule = "too-many-certificates-at-once"
    msgid = N_(
        "One download holds at most %(most)s certificates. Choose a month, a course or a state first."
    )


@dataclass(frozen=True)
class WhatWaits:
    """What waits in a register: certificates that end soon, revocations for a second person, and
    attendance at events, of which `more_events` are not shown.
    """

    renewals: ToRenew
    proposals: Sequence[CertificateProposal] = ()
    events: Sequence[EventPapers] = ()
    more_events: int = 0

    @property
    def count(self) -> int:
        return (
            len(self.proposals)
            + len(self.events)
            + bool(self.more_events)
            + bool(self.renewals.count)
        )


@bp.get("/certificates/register")
@requires(policy.may_see_register)
def office_register() -> str:
    return _page(read_filters(request.args))


@bp.post("/certificates/register/export")
@requires(policy.may_see_register, costs=EXPORT)
def export_register() -> BaseResponse:
    """Sends what the filters leave. A POST, because taking a copy is recorded."""
    return _export(read_filters(request.form), request.form.get("form", CSV))


@bp.get("/certificates/countries/<country_code>")
@requires(policy.may_see_some_country)
def country_certificates(country_code: str) -> str:
    return _page(_of_country(country_code), country=country_code.upper())


@bp.post("/certificates/countries/<country_code>/export")
@requires(policy.may_see_some_country, costs=EXPORT)
def export_country(country_code: str) -> BaseResponse:
    """Sends what the filters leave of one country's. A POST, because taking a copy is recorded."""
    return _export(
        _of_country(country_code), request.form.get("form", CSV), country=country_code.upper()
    )


def _of_country(country_code: str) -> RegisterFilters:
    code = country_code.upper()
    policy.require_may_see_country(current_actor(), code)
    return read_filters(request.values, country=code)


def _page(filters: RegisterFilters, *, country: str = "") -> str:
    actor, today = current_actor(), clock.today()
    may_revoke = policy.may_propose_revocation(actor) and not country
    with reading() as db:
        page = register_page(db, actor=actor, filters=filters, number=page_asked(), today=today)
        names = _country_names(db)
        told = histories(
            db,
            page.rows,
            letters=letters_ahead().written,
            with_proposals=may_revoke,
        )
        waits = _what_waits(db, actor, country, today)
        seconds = second_people(db, actor=actor, today=today) if may_revoke else ()
        prints = own_print_jobs(db, actor=actor)
    sent = dict(written_filters(filters))
    if country:
        sent.pop("country", None)

    def address(number: int = 1, **changed: str) -> str:
        kept: dict[str, Any] = {name: text for name, text in {**sent, **changed}.items() if text}
        if number > 1:
            kept["page"] = str(number)
        if country:
            return url_for("certificates.country_certificates", country_code=country, **kept)
        return url_for("certificates.office_register", **kept)

    language = reader_language()
    return render_template(
        "training/certificates/register.html",
        page=page,
        filters=filters,
        sent=sent,
        country=names.get(country),
        country_code=country,
        archived=None if country else _archived(),
        kinds=[(kind.value, _(KINDS[kind])) for kind in CertificateKind],
        courses=[(slug, title.in_(language)) for slug, title in page.courses],
        countries=sorted(
            ((code, name.in_(language)) for code, name in names.items()), key=lambda one: one[1]
        ),
        months=_months(page.first_month, page.last_month),
        may_revoke=may_revoke,
        waits=waits,
        renewed_where=_where(waits.renewals.where, names) if not country else "",
        proposed={one.code: one for one in waits.proposals},
        prints=prints,
        seconds=seconds,
        revocation=lambda code: RevocationForm().offer(code),
        reason=reason_sentence,
        day_of=_day,
        states=[
            (state, _(LISTED_STATES[state]), page.counts.get(state, 0)) for state in ListedState
        ],
        address=address,
        here=request.path,
        today=today,
        ends_soon=ListedState.ENDS_SOON,
        history=lambda code: [(_day(line.at), line, history_sentence(line)) for line in told[code]],
        grouped=rules.grouped,
        kind_word=lambda kind: _(KINDS[kind]),
    )


@bp.get("/certificates/register/archive.zip")
@requires(policy.may_see_register, costs=EXPORT)
def archive() -> BaseResponse:
    """Sends the newest archive, which names nobody, so that others can keep it; leads to the
    register, which says so, while there is none.
    """
    made = made_in(platform().settings.archives)
    if not made:
        return redirect(url_for("certificates.office_register", _anchor="archive"))
    folder = made[0][0]
    packed = packed_folder(folder)
    name = f"{folder.name}.zip"
    return send_file(packed, "application/zip", as_attachment=True, download_name=name, max_age=0)


def _archived() -> tuple[str, datetime] | None:
    """Returns the newest archive: its folder and when it was made; None before the first."""
    made = made_in(platform().settings.archives)
    return (f"{made[0][0].parent.name}/{made[0][0].name}", made[0][1]) if made else None


def _what_waits(db: Session, actor: Actor, country: str, today: date) -> WhatWaits:
    """Returns what waits in the whole register or, of a country, for its focal point."""
    renewals = (
        to_renew(db, actor=actor, country_code=country, today=today)
        if not country or policy.may_renew_officials_of(actor, country)
        else NOTHING_TO_RENEW
    )
    if country:
        return WhatWaits(renewals=renewals)
    now = clock.now()
    unissued = (
        unissued_events(db, actor=actor, now=now) if policy.may_issue_at_every_event(actor) else ()
    )
    events = [attested_event(db, actor=actor, event_id=one.id, now=now) for one in unissued[:NAMED]]
    return WhatWaits(
        renewals=renewals,
        proposals=proposals(db, actor=actor),
        events=[papers_of(db, event=event) for event in events],
        more_events=len(unissued) - len(events),
    )


def _where(where: Sequence[tuple[str, int]], names: Mapping[str, LocalizedText]) -> str:
    """Returns "Honduras 21, Guatemala 18, México 14 y 6 países más"."""
    language = reader_language()
    parts = [f"{names[code].in_(language)} {number}" for code, number in where[:NAMED]]
    rest = len(where) - NAMED
    if rest > 0:
        parts.append(ngettext("%(num)s more country", "%(num)s more countries", rest))
    return str(format_list(parts, locale=interface_language(language)))


def _country_names(db: Session) -> Mapping[str, LocalizedText]:
    return {one.code: one.name for one in countries(db)}


def _day(at: datetime) -> date:
    """Returns the reader's day of an instant."""
    return at.astimezone(ZoneInfo(reader_timezone())).date()


def _months(first: date | None, last: date | None) -> list[tuple[str, str]]:
    """Returns the months of a register as they are sent and as they are read, the latest first."""
    months: list[tuple[str, str]] = []
    month = last
    while first is not None and month is not None and month >= first:
        months.append((f"{month:%Y-%m}", month_text(month, reader_language())))
        month = (month - timedelta(days=1)).replace(day=1)
    return months


def _export(filters: RegisterFilters, form: str, *, country: str = "") -> BaseResponse:
    actor, today, now, language = current_actor(), clock.today(), clock.now(), reader_language()
    with reading() as db:
        rows = register_rows(db, actor=actor, filters=filters, today=today)
        names = _country_names(db)
        drawn = drawn_pdfs(db, rows) if form == ZIP and len(rows) <= MOST_IN_ZIP else {}
    if form == PRINT:
        with transaction() as db:
            print_id = ask_for_print(
                db,
                actor=actor,
                codes=printable_codes(rows),
                country=country or filters.country,
                now=now,
            )
        return redirect(url_for("certificates.print_page", print_id=print_id), 303)
    if form == ZIP and len(rows) > MOST_IN_ZIP:
        raise TooManyFiles(most=MOST_IN_ZIP)
    name = "-".join(
        part for part in (_("certificates"), country.lower(), today.isoformat()) if part
    )
    answer: BaseResponse
    if form == ZIP:
        content = zip_of(
            rows,
            lambda code: kept_pdf(drawn.get(code)),
            sentence=_(
                "The PDFs of these certificates have not been made yet. Open each of them once, then "
                "download the list again."
            ),
            mark=copy_mark(),
        )
        answer = send_file(
            content, mimetype="application/zip", as_attachment=True, download_name=f"{name}.zip"
        )
    elif form == BOOK:
        book = register_workbook(
            rows, countries=names, language=language, made_at=now, mark=copy_mark()
        )
        answer = Response(book, mimetype=XLSX)
        name_file(answer, f"{name}.xlsx")
    else:
        answer = Response(
            register_csv(rows, countries=names, language=language, mark=copy_mark()),
            mimetype="text/csv",
        )
        name_file(answer, f"{name}.csv")
    with transaction() as db:
        note_export(db, actor=actor, country=country or filters.country, rows=len(rows), now=now)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
