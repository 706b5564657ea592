"""Who is who: a page of the region, a page of each country, what a country shares, and lists of
addressees that follow the post.
"""

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import LocalizedText
from app.people.directory import policy
from app.people.directory.forms import SharingForm
from app.people.directory.queries import roster
from app.people.directory.queries.who_is_who import country_entry, groups_named, who_is_who
from app.people.directory.rules import people as rules
from app.people.directory.services.sharing import change_sharing, record_addresses_read
from app.people.directory.values import CountryEntry, Sharing
from app.people.directory.wording import KINDS, PARTS
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.looking import record_when_sent
from app.web.mistakes import show_refusal

bp = Blueprint("who_is_who", __name__)
Answer = Response | tuple[str, int]


@bp.get("/who-is-who")
@requires(signed_in)
def people() -> str:
    """Shows every country, or with `?search=` the entries that match."""
    language = reader_language()
    words = request.args.get("search", "").strip()[: roster.LONGEST_SEARCH]
    with reading() as db:
        entries = who_is_who(db, actor=current_actor(), on=clock.today())
        groups = groups_named(db)
    found = rules.matching(entries, words, language) if words else entries
    if words:
        _record("search", found)
    return render_template(
        "people/directory/who_is_who.html",
        entries=_by_name(found),
        words=words,
        groups=groups,
        kinds=KINDS,
        parts=PARTS,
        may_copy=policy.may_copy_addresses(current_actor()),
    )


@bp.get("/who-is-who/<code>")
@requires(signed_in)
def country(code: str) -> str:
    with reading() as db:
        entry = country_entry(db, actor=current_actor(), code=code, on=clock.today())
    _record(f"country-{code}", [entry])
    return render_template(
        "people/directory/country_who.html",
        entry=entry,
        kinds=KINDS,
        parts=PARTS,
        may_change=policy.may_change_sharing(current_actor(), code),
        may_copy=policy.may_copy_addresses(current_actor()),
    )


@bp.get("/who-is-who/<code>/sharing")
@requires(policy.may_speak_for_some)
def sharing(code: str) -> str:
    policy.require_may_see_sharing(current_actor(), code)
    entry = _entry(code)
    mailboxes = {one.id: one.mailbox for one in entry.mechanisms}
    stored = Sharing(entry.shares_delegates, entry.shares_emails, entry.shares_figures, mailboxes)
    return _sharing_page(entry, _sharing_form(entry).show(stored))


@bp.post("/who-is-who/<code>/sharing")
@requires(policy.may_speak_for_some)
def share(code: str) -> Answer:
    policy.require_may_change_sharing(current_actor(), code)
    entry = _entry(code)
    form = _sharing_form(entry).read(request.form)
    if not form.validate():
        return _sharing_page(entry, form), 422
    try:
        with transaction() as db:
            changed = change_sharing(
                db,
                actor=current_actor(),
                country_code=code,
                sharing=form.sharing(),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _sharing_page(entry, form), status
    said = _("Saved. Partners see it from now on.") if changed else _("Nothing had changed.")
    flash(said, "success")
    return redirect(url_for("who_is_who.country", code=code), 303)


@bp.get("/who-is-who/addressees/<listed>")
@requires(policy.may_copy_addresses)
def addressees(listed: str) -> str:
    """Shows the addresses of a list in one field, for those who write to partners, and records it."""
    actor, now = current_actor(), clock.now()
    with reading() as db:
        entries = _by_name(who_is_who(db, actor=actor, on=clock.today()))
        title = _title(listed, entries, groups_named(db))
    lines = rules.addressees(entries, listed)
    if lines is None:
        raise NotFound
    addresses = list(dict.fromkeys(line.address for line in lines if line.address))
    record_when_sent(
        lambda db: record_addresses_read(
            db, actor=actor, listed=listed, rows=len(addresses), now=now
        )
    )
    return render_template(
        "people/directory/addressees.html", title=title, lines=lines, addresses=addresses
    )


def _title(
    listed: str, entries: Iterable[CountryEntry], groups: Iterable[tuple[str, LocalizedText]]
) -> str:
    language = reader_language()
    if listed == rules.FOCAL_POINTS:
        return str(_("The focal points"))
    for slug, name in groups:
        if listed == rules.DELEGATES_OF + slug:
            return str(_("The delegates of %(group)s", group=name.in_(language)))
    for entry in entries:
        if listed == rules.MECHANISMS_OF + entry.code:
            return str(_("The mechanisms of %(country)s", country=entry.name.in_(language)))
    raise NotFound


def _by_name(entries: Iterable[CountryEntry]) -> tuple[CountryEntry, ...]:
    language = reader_language()
    return tuple(sorted(entries, key=lambda one: rules.sort_key(one.name.in_(language))))


def _record(listed: str, entries: Iterable[CountryEntry]) -> None:
    """Records that the reader is shown addresses of people of other countries."""
    actor, now = current_actor(), clock.now()
    rows = sum(
        bool(one.email)
        for entry in entries
        for one in entry.speakers
        if entry.code != actor.country and one.person_id != actor.person_id
    )
    if rows:
        record_when_sent(
            lambda db: record_addresses_read(db, actor=actor, listed=listed, rows=rows, now=now)
        )


def _entry(code: str) -> CountryEntry:
    with reading() as db:
        return country_entry(db, actor=current_actor(), code=code, on=clock.today())


def _sharing_form(entry: CountryEntry) -> SharingForm:
    return SharingForm([one.id for one in entry.mechanisms])


def _sharing_page(entry: CountryEntry, form: SharingForm) -> str:
    return render_template(
        "people/directory/sharing.html",
        entry=entry,
        form=form,
        may_change=policy.may_change_sharing(current_actor(), entry.code),
    )
