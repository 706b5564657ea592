"""What the checks found, in sentences. Never an address, a path or a secret: the checks hold none."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime

from app.infra.health import HealthCheck, HealthReport, State
from app.infra.language import date_text, translate
from app.kernel.text import N_, Language
from app.office.status.values import StatusPress, StatusRow

TITLES = {
    "address": N_("Address"),
    "proxy": N_("Proxy in front"),
    "database": N_("Database"),
    "disk": N_("Disk"),
    "growth": N_("How long the disk lasts"),
    "files": N_("Store of files"),
    "queue": N_("Queue of jobs"),
    "mail": N_("Mail"),
    "backup": N_("Last backup"),
    "archive": N_("Archive of the certificates"),
    "seal": N_("Seal of the certificates"),
    "credentials": N_("Digital credentials"),
    "signatory": N_("Who signs the certificates"),
    "record": N_("Record that shows tampering"),
    "version": N_("Version"),
    "second_factors": N_("Second factor"),
    "viruses": N_("Virus check of files"),
    "clock": N_("Clock and time zones"),
    "secret_keys": N_("Key of the platform"),
}
"""In this order on the page; what is not named here comes after, by the name of its check."""
STATES: dict[State, tuple[str, str]] = {
    "ok": ("good", N_("Well")),
    "degraded": ("warn", N_("To be looked at")),
    "down": ("bad", N_("Does not work")),
    "off": ("quiet", N_("Off")),
    "empty": ("quiet", N_("Nobody yet")),
}
FACTS = {
    "free_megabytes": N_("%(value)s free"),
    "over_days": N_("days between the backups compared: %(value)s"),
    "steady": N_("nothing more was taken up"),
    "taken_megabytes": N_("%(value)s more taken up"),
    "database_megabytes": N_("of it the database: %(value)s"),
    "more_files": N_("stored files more: %(value)s"),
    "months_left": N_("months until it is full at this pace: about %(value)s"),
    "lasts_years": N_("years until it is full at this pace: more than %(value)s"),
    "measured_since": N_("looked at with each backup since %(value)s; said after 14 days"),
    "refuses_files": N_("files are refused, so that what people type can be saved"),
    "consumer_seen_at": N_("last alive %(value)s"),
    "waiting_since": N_("the oldest job waits since %(value)s"),
    "answered_at": N_("the mail server last answered %(value)s"),
    "failed_at": N_("it last failed %(value)s"),
    "made_at": N_("made %(value)s"),
    "kept": N_("kept: %(value)s"),
    "signed_since": N_("this key signs since %(value)s"),
    "ends_at": N_("this key is good until %(value)s"),
    "level": N_("level: %(value)s"),
    "newest_lacks": N_("what the newest file lacks: %(value)s"),
    "links": N_("links: %(value)s"),
    "waiting": N_("rows still to be linked: %(value)s"),
    "verified_at": N_("verified %(value)s"),
    "findings": N_("findings: %(value)s"),
    "drilled_at": N_("restored on trial %(value)s"),
    "nightly": N_("one every night"),
    "asked_at": N_("under way since %(value)s"),
    "fails": N_("the last one failed"),
    "failure": N_("what failed: %(value)s"),
    "set": N_("to switch it on, set %(value)s"),
    "obliged": N_("people who need one: %(value)s"),
    "without": N_("of these without one: %(value)s"),
    "due_on": N_("the first of them needs it from %(value)s on"),
    "undeclared": N_("requests that came through a proxy that is not declared: %(value)s"),
    "past": N_(
        "requests that came past the proxy that is declared, and none through one of this machine or "
        "its network: %(value)s"
    ),
    "passed_on": N_("requests that came through the proxy: %(value)s"),
    "broken_since": N_("not whole since %(value)s"),
    "zones": N_("time zones: %(value)s"),
    "seconds_apart": N_("seconds between this clock and the database's: %(value)s"),
    "version": N_("version %(value)s"),
    "of_day": N_("of %(value)s"),
    "newer_of_day": N_("a newer one lies ready, of %(value)s"),
    "scanner": "%(value)s",
    "listed_at": N_("its list of viruses is of %(value)s"),
    "earlier_keys": N_("earlier keys that are still accepted: %(value)s"),
    "exchanged_at": N_("what they had sealed was last sealed anew %(value)s"),
    "error": N_("error: %(value)s"),
}
WELL = {
    "address": N_("links begin with https"),
    "database": N_("it took a write just now"),
    "files": N_("it answered just now"),
    "proxy": N_("none is declared, and requests do not come through one"),
    "signatory": N_("somebody is in office to sign today"),
    "secret_keys": N_("no earlier key is accepted"),
}
"""What was looked at where a check tells no figure."""
EMPTY = {
    "signatory": N_(
        "Nobody was entered to sign, and nobody holds the presidency: certificates are issued in the "
        "name of the secretariat as a body."
    ),
    "second_factors": N_("Nobody has a role yet that needs one."),
}
OFF = {
    "address": N_("Nobody reaches the platform from another machine yet."),
    "queue": N_("No jobs run here: letters wait and nothing is done at night."),
    "mail": N_("No mail server is entered: no letter reaches anybody."),
    "backup": N_("No backup is made at night: what is lost stays lost."),
    "growth": N_("Each backup looks at the disk, and there is none yet."),
    "second_factors": N_("The invented people of the demonstration need none."),
    "archive": N_("No archive was made yet: the first one comes at night."),
    "seal": N_("Certificates are issued without a seal."),
    "credentials": N_("Certificates are issued without a digital credential."),
    "record": N_("No record is kept: a change past the platform would not show."),
    "viruses": N_("Files that people send are not checked for viruses."),
}
NEEDED = frozenset({"queue", "mail", "backup"})
"""What no office does without: where it is off, somebody is needed, as where it fails."""
SAID_OFF = frozenset({"set", "made_at", "drilled_at", "asked_at", "fails", "failure"})
"""What is said beside the sentence of what is off."""
ASKS = {
    "address": N_(
        "The public address is not https: what people type can be read on the way. Please put a "
        "proxy with a certificate before it."
    ),
    "proxy": N_(
        "Requests do not come as TRUSTED_PROXIES says: with too few, all people have the proxy's "
        "network address and a limit that one reaches stops all; with too many, anybody can claim any "
        "address. Please set it to how many proxies stand before Convoca, and start it again."
    ),
    "clock": N_(
        "The clocks of the machine and of the database differ. Please have both kept right."
    ),
    "database": N_("The database does not take what is written. Please look at its log."),
    "disk": N_("The disk of the data folder is nearly full. Please make room, or enlarge it."),
    "growth": N_(
        "At this pace the disk of the data folder is full in less than two months. Please make room, "
        "or enlarge it."
    ),
    "files": N_("The store of files does not answer. Please look at its address and its keys."),
    "queue": N_("Jobs wait. Please see that `flask jobs work` runs, and read its log."),
    "mail": N_("The mail server refuses or does not answer. Please read its log."),
    "backup": N_("No backup was made, or tried out, in time. Please read the log of the jobs."),
    "archive": N_(
        "No archive of the certificates was made for days. Please read the log of the jobs."
    ),
    "seal": N_("The key that seals certificates ends soon or does not work. Please renew it."),
    "credentials": N_("The keys of the digital credentials do not work. Please put them back."),
    "record": N_(
        "The record is not whole. Please run `flask journal verify` and keep what it says."
    ),
    "viruses": N_(
        "The virus check does not answer, and no file is taken meanwhile, or its list of viruses is "
        "old. Please look at clamd and freshclam."
    ),
    "secret_keys": N_(
        "An earlier key still opens sessions and links long after it was exchanged. Please take it out "
        "of SECRET_KEY_FALLBACKS and start Convoca again."
    ),
}
ASK_ANY = N_("Please look at “%(title)s” and at the log of the platform.")
ACTS = {
    "address": ("setup.address", N_("See the address")),
    "mail": ("setup.mail", N_("Look at the mail")),
    "queue": ("outbox.messages", N_("See the letters")),
    "signatory": ("certificates.papers", N_("Enter who signs")),
    "record": ("handover.audit", N_("Read the journal")),
    "version": ("status.version", N_("What changed")),
    "second_factors": ("access.accounts", N_("See the accounts")),
}
PRESSES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "address": (("status.check_address", N_("Check the certificate"), "https"),),
    "backup": (
        ("backups.make", N_("Make one now"), ""),
        ("backups.drill", N_("Rehearse restoring"), "made_at"),
    ),
}
"""The address that a button posts to, its words, and the detail without which there is nothing to
press for.
"""
UNDER_WAY = "asked_at"
"""The detail while which nothing is offered to be pressed."""
FAILURES = {
    "database": N_("the copy of the database"),
    "keys": N_("the key that encrypts or opens it"),
    "damaged": N_("a part of it is damaged"),
    "none": N_("there is no backup"),
    "refused": N_("it could not be restored"),
    "proof": N_("what was restored does not work as it should"),
    "place": N_("the place it goes to does not take it"),
}
HEADINGS = {
    "Added": N_("Added"),
    "Changed": N_("Changed"),
    "Fixed": N_("Put right"),
    "Removed": N_("Removed"),
}
"""Of CHANGELOG.md."""
GIGABYTE = 1024
"""In megabytes."""
SIZE = "_megabytes"
Moment = Callable[[datetime], str]


def rows_of(report: HealthReport, language: Language, moment: Moment) -> tuple[StatusRow, ...]:
    """Returns a row for each check, those that the page knows first. `moment` says an instant in the
    reader's zone.
    """
    order = [*TITLES]
    checks = sorted(
        report.checks,
        key=lambda one: (order.index(one.name) if one.name in order else len(order), one.name),
    )
    return tuple(_row(check, language, moment) for check in checks)


def _row(check: HealthCheck, language: Language, moment: Moment) -> StatusRow:
    look, word = STATES[check.state]
    if check.state == "off" and check.name in NEEDED:
        look = STATES["degraded"][0]
    title = (
        translate(language, TITLES[check.name])
        if check.name in TITLES
        else check.name.replace("_", " ").capitalize()
    )
    facts = [*_facts(check, language, moment)]
    if check.state == "off" and check.name in OFF:
        said = [key for key in check.details if key in SAID_OFF]
        asked = replace(check, details={key: check.details[key] for key in said})
        rest = [*_facts(asked, language, moment)]
        sentence = translate(language, OFF[check.name])
        facts = [sentence.removesuffix(".") if rest else sentence, *rest]
    elif check.state == "empty" and check.name in EMPTY:
        facts = [translate(language, EMPTY[check.name])]
    elif check.state == "ok" and not facts and check.name in WELL:
        facts = [translate(language, WELL[check.name])]
    needs_somebody = check.state in ("degraded", "down")
    endpoint, act = ACTS.get(check.name, ("", ""))
    ask = ""
    if needs_somebody and check.name in ASKS:
        ask = translate(language, ASKS[check.name])
    elif needs_somebody and not endpoint:
        ask = translate(language, ASK_ANY, title=title)
    return StatusRow(
        name=check.name,
        title=title,
        look=look,
        word=translate(language, word),
        is_off=check.state == "off" and check.name not in NEEDED,
        facts=tuple(facts),
        ask=ask,
        endpoint=endpoint,
        act=translate(language, act) if act else "",
        presses=_presses(check, language),
    )


def _presses(check: HealthCheck, language: Language) -> tuple[StatusPress, ...]:
    if check.details.get(UNDER_WAY):
        return ()
    return tuple(
        StatusPress(endpoint, translate(language, label))
        for endpoint, label, needs in PRESSES.get(check.name, ())
        if not needs or check.details.get(needs)
    )


def _facts(check: HealthCheck, language: Language, moment: Moment) -> Iterable[str]:
    for key, value in check.details.items():
        if value is None or value is False or (check.name, key) == ("address", "https"):
            continue
        shown = _shown(value, language, moment)
        if key == "failure" and shown in FAILURES:
            shown = translate(language, FAILURES[shown])
        if key.endswith(SIZE):
            shown = f"{value} MB" if value < GIGABYTE else f"{value // GIGABYTE} GB"
        if key in FACTS:
            yield translate(language, FACTS[key], value=shown)
        else:
            yield f"{key.replace('_', ' ')}: {shown}"


def _shown(value: object, language: Language, moment: Moment) -> str:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date_text(language, date.fromisoformat(value))
    try:
        return moment(datetime.fromisoformat(str(value))) if "T" in str(value) else str(value)
    except ValueError:
        return str(value)


def report_text(rows: Iterable[StatusRow], head: str) -> str:
    """Returns the rows as lines to send to the technician, those that need somebody first."""
    lines = [head, ""]
    for row in sorted(rows, key=lambda one: not one.needs_somebody):
        said = "; ".join((*row.facts, row.ask) if row.ask else row.facts)
        lines.append(f"{row.title}: {row.word}" + (f" ({said})" if said else ""))
    return "\n".join(lines)
