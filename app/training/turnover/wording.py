"""Figures and changes in sentences."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from app.infra.language import ntranslate, say, translate
from app.kernel.text import (
    N_,
    NN_,
    Language,
    LocalizedText,
    date_locale,
    in_every_language,
    interface_language,
)
from app.people.directory.queries.roster import Namesake, PersonOfAddress
from app.people.directory.values import EndReason, Mandate
from app.people.directory.wording import MANDATES
from app.planning.events.values import EntryDraft
from app.training.learning.wording import modules_text
from app.training.turnover.rules.declared import FRESH
from app.training.turnover.rules.survival import MIN_DEPARTURES
from app.training.turnover.services import (
    Arrival,
    ArrivedLine,
    EnrolledOfficials,
    Imported,
    RosterChange,
)
from app.training.turnover.values import (
    CourseCycle,
    CourseName,
    CourseState,
    Coverage,
    Extent,
    PastKind,
    PastLine,
    PostCell,
    PostRow,
    Reason,
    ReasonKind,
    RegionWhole,
)

NEITHER = N_("Neither of the two")


def mandate_part(mandate: Mandate | None, language: Language) -> str:
    return translate(language, NEITHER if mandate is None else MANDATES[mandate])


TAGS = {
    Mandate.MIGRATION: N_("migration"),
    Mandate.GENDER: N_("gender"),
    Mandate.BOTH: N_("both"),
}


def mandate_tag(mandate: Mandate | None, language: Language) -> str:
    """Returns what an institution deals with in a word, "" for neither of the two."""
    return "" if mandate is None else translate(language, TAGS[mandate])


MARKS = {
    ReasonKind.VACANT: "bad",
    ReasonKind.UNTRAINED: "warn",
    ReasonKind.ENDING: "now",
    ReasonKind.LEFT: "warn",
    ReasonKind.NEVER_CONFIRMED: "warn",
    ReasonKind.UNCONFIRMED: "warn",
    ReasonKind.BELOW: "todo",
    ReasonKind.LOSING: "now",
}
REASONS = {
    ReasonKind.VACANT: NN_(
        "**%(num)d vacant post** of %(of)s, since %(month)s",
        "**%(num)d vacant posts** of %(of)s, one since %(month)s",
    ),
    ReasonKind.UNTRAINED: NN_(
        "**Nobody** of %(of)s has a certificate; %(num)d has been in post for over a year",
        "**Nobody** of %(of)s has a certificate; %(num)d have been in post for over a year",
    ),
    ReasonKind.ENDING: NN_(
        "**%(num)d certificate** ends by %(day)s", "**%(num)d certificates** end by %(day)s"
    ),
    ReasonKind.LEFT: NN_(
        "**%(num)d certified** left within a year", "**%(num)d certified** left within a year"
    ),
    ReasonKind.UNCONFIRMED: NN_(
        "Nobody has confirmed who serves there for %(num)d day",
        "Nobody has confirmed who serves there for %(num)d days",
    ),
    ReasonKind.LOSING: NN_(
        "Up to **%(num)d certificate** of %(of)s may be lost in six months",
        "Up to **%(num)d certificates** of %(of)s may be lost in six months",
    ),
}
UNCOUNTED = {
    ReasonKind.UNTRAINED: N_("**Nobody** of %(of)s has a certificate"),
    ReasonKind.NEVER_CONFIRMED: N_("Nobody has ever confirmed who serves there"),
    ReasonKind.BELOW: N_("%(share)s with a certificate: below the floor"),
}
ALWAYS_VACANT = NN_("**%(num)d vacant post** of %(of)s", "**%(num)d vacant posts** of %(of)s")


def reason_words(reason: Reason, language: Language) -> tuple[str, str]:
    """Returns the mark of a reason and its words; what weighs is between pairs of stars."""
    return MARKS[reason.kind], _reason(reason, language)


def _reason(reason: Reason, language: Language) -> str:
    kind, count, since = reason.kind, reason.count, reason.since
    if kind not in REASONS or (kind is ReasonKind.UNTRAINED and not count):
        share = percent(count / reason.of) if reason.of else ""
        return translate(language, UNCOUNTED[kind], of=reason.of, share=share)
    is_always_vacant = kind is ReasonKind.VACANT and since is None
    return ntranslate(
        language,
        *(ALWAYS_VACANT if is_always_vacant else REASONS[kind]),
        count,
        of=reason.of,
        month=month_name(since, language) if since else "",
        day=short_day(since, language) if since else "",
    )


def cell_words(cell: PostCell, course: CourseName, language: Language) -> str:
    """Reads a cell of posts by course aloud."""
    counts = {state: len(people) for state, people in cell.people.items()}
    return translate(
        language,
        "%(course)s: %(certified)s certified, %(underway)s on the way, %(ending)s ending soon, "
        "%(none)s not started",
        course=course.title.in_(language),
        certified=counts[CourseState.CERTIFIED],
        underway=counts[CourseState.UNDERWAY],
        ending=counts[CourseState.ENDING],
        none=counts[CourseState.NONE],
    )


def post_notes(row: PostRow, language: Language) -> list[str]:
    """Says which posts of a kind are vacant and in how many somebody acts."""
    notes = []
    if row.vacant:
        number, since = len(row.vacant), row.vacant[0].since
        words = ntranslate(language, "%(num)d vacant", "%(num)d vacant", number)
        if since is not None:
            month = month_name(since, language)
            words = translate(language, "%(vacant)s since %(month)s", vacant=words, month=month)
        notes.append(words)
    if row.acting:
        number = len(row.acting)
        notes.append(ntranslate(language, "%(num)d acting", "%(num)d acting", number))
    return notes


MEANINGS = {
    "coverage": N_(
        "People in office with a valid certificate ÷ people in office, both in posts that the "
        "Guidelines concern. The low end counts those whom nobody has confirmed for 90 days "
        "as gone; the high end counts all on the list."
    ),
    "declared": N_(
        "People in office with a valid certificate ÷ people in office, both in posts that the "
        "Guidelines concern, as the focal point of the country counted them by that day."
    ),
    "outlook": N_(
        "What remains in six months if nobody is trained, eight times out of ten: from both "
        "ends of today's range, with the departures of two years and the days on which "
        "certificates end."
    ),
    "left": N_(
        "Left: whoever holds no post any more that the Guidelines concern; who took up "
        "another of these posts did not leave. A transfer is a move to another post, inside "
        "or outside government; with several reasons the transfer counts. The rate is "
        "departures ÷ person-years in office, and its bounds are those within which so few "
        "departures leave it."
    ),
    "came": N_(
        "The median of Kaplan and Meier: who has no certificate yet, or left before, is "
        "counted as long as they were in office; “not reached” means that fewer than half "
        "have it. Who brought a certificate along waited no day. Within 90 days: of those who "
        "began in the year that ended 90 days ago."
    ),
    "leaked": N_(
        "Left with a valid certificate and does not serve today, of all who ever served with "
        "one, since the first certificate. The high end counts those certified whom nobody "
        "has confirmed for 90 days as gone."
    ),
    "stay": N_(
        "Survival in office by Kaplan and Meier from the day of the first certificate: who "
        "still serves is counted until today, and who brought the certificate along, from "
        "their first day. The band is Greenwood's. Not shown under %(minimum)s departures."
    ),
}
"""How each figure of who is trained, comes and goes is counted."""


def meanings(language: Language) -> dict[str, str]:
    return {
        key: translate(language, words, minimum=MIN_DEPARTURES) for key, words in MEANINGS.items()
    }


CYCLE = N_("Guidelines course, cycle of %(day)s (%(country)s)")


def cycle_entry(cycle: CourseCycle, country: LocalizedText) -> EntryDraft:
    """Returns the entry of an annual plan for a cycle of the course, in every language."""
    begins_on = cycle.begins_on
    return EntryDraft(
        title=in_every_language(
            lambda language: translate(
                language,
                CYCLE,
                day=format_date(begins_on, "d MMM y", locale=date_locale(language)),
                country=country.in_(language),
            )
        ),
        quarter=(begins_on.month + 2) // 3,
    )


@lru_cache(maxsize=4096)
def short_day(on: date, language: Language) -> str:
    """Returns "24 nov 2026", for tables.

    Results are kept: a page says some days dozens of times, and CLDR's patterns take their time.
    """
    return format_date(on, "d MMM y", locale=date_locale(language))


def declared_words(coverage: Coverage | None, language: Language) -> str:
    """Returns by what right a coverage stands that a country declared, with its day; "" where it is
    counted by names. Every page, export and letter that shows a coverage says it.
    """
    if coverage is None or coverage.declared_on is None:
        return ""
    said = N_("declared on %(day)s")
    if coverage.on - coverage.declared_on > FRESH:
        said = N_("declared on %(day)s, more than %(days)s days ago")
    values = {"day": short_day(coverage.declared_on, language), "days": FRESH.days}
    return translate(language, said, **values)


def quarter_words(on: date, language: Language) -> str:
    """Returns "4.º trimestre", as CLDR says it."""
    return format_date(on, "QQQQ", locale=date_locale(language))


def day_of_year(on: date, language: Language) -> str:
    """Returns "24 nov", for columns."""
    return format_date(on, "d MMM", locale=date_locale(language))


@lru_cache(maxsize=512)
def month_name(on: date, language: Language) -> str:
    return format_date(on, "MMM y", locale=date_locale(language))


def decimal(number: float, language: Language) -> str:
    """Returns the number to one place, with the comma or point of the language."""
    return format_decimal(number, "#,##0.0", locale=interface_language(language))


def extent_text(extent: Extent, language: Language) -> str:
    """Returns "modules 1–2 of 8 (editions 2024.1, 2026.1)"."""
    editions = ntranslate(
        language,
        "edition %(editions)s",
        "editions %(editions)s",
        len(extent.editions),
        editions=", ".join(extent.editions),
    )
    return f"{modules_text(extent.modules, extent.total, language)} ({editions})"


def enrolled(done: EnrolledOfficials, language: Language) -> str:
    if not done.enrolled:
        return translate(language, "Nobody was enrolled: they take the course already.")
    words = ntranslate(
        language,
        "%(num)d person was enrolled and will get a letter with the way in.",
        "%(num)d people were enrolled and will get a letter with the way in.",
        done.enrolled,
    )
    if not done.passed_over:
        return words
    return f"{words} " + ntranslate(
        language,
        "%(num)d person was enrolled before.",
        "%(num)d people were enrolled before.",
        done.passed_over,
    )


def renewed(number: int, language: Language) -> str:
    if not number:
        return translate(language, "Nobody was enrolled: they renew their certificate already.")
    return ntranslate(
        language,
        "%(num)d person was enrolled in the renewal and will get a letter.",
        "%(num)d people were enrolled in the renewal and will get a letter.",
        number,
    )


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"


def joined_percent(share: float | None) -> str:
    """Returns a share whose sign does not stand at the beginning of a line."""
    return percent(share).replace(" %", "\u00a0%")


def range_text(low: str | None, high: str | None, language: Language) -> str:
    """Returns a figure that is known as a range: "106 to 129"; "at most 129" or "at least 106" where
    the other end, None, may not be told.
    """
    if low is None:
        return translate(language, "at most %(most)s", most=high)
    if high is None:
        return translate(language, "at least %(least)s", least=low)
    if low == high:
        return high
    return translate(language, "%(low)s to %(high)s", low=low, high=high)


def share_range_text(low: float | None, high: float | None, language: Language) -> str:
    """Returns a share as `range_text` does a figure: "30 to 37 %"."""
    most = None if high is None else joined_percent(high)
    if low is None or high is None or low == high:
        return range_text(None if low is None else joined_percent(low), most, language)
    return range_text(f"{100 * low:.0f}", most, language)


def coverage_texts(now: Coverage | RegionWhole, language: Language) -> tuple[str, str]:
    """Returns how many of those in office are certified, and their share: "106 to 129" and
    "30 to 37 %". Somebody must be in office.
    """
    least = None if now.least is None else str(now.least)
    low = None if now.least is None else now.least / now.serving
    return (
        range_text(least, str(now.certified), language),
        share_range_text(low, now.certified / now.serving, language),
    )


CHANGED = {
    "confirmed": NN_(
        "%(n)s person confirmed as still here.", "%(n)s people confirmed as still here."
    ),
    "moved": NN_(
        "%(num)d person is in another post of the institution.",
        "%(num)d people are in another post of their institution.",
    ),
    "ended": NN_("%(n)s person marked as gone.", "%(n)s people marked as gone."),
    "doubted": NN_(
        "%(n)s person stays on the list, to confirm.", "%(n)s people stay on the list, to confirm."
    ),
    "left_in_doubt": NN_(
        "%(n)s person was marked “I do not know” meanwhile and stays so: look at the row again.",
        "%(n)s people were marked “I do not know” meanwhile and stay so: look at the rows again.",
    ),
}


def changed(change: RosterChange, language: Language) -> str:
    """Says what a page of answers changed, and what that means for coverage."""
    said = _counted(CHANGED, vars(change.outcome), language)
    if not said:
        return translate(language, "Nothing was changed: choose an answer for at least one person.")
    if change.outcome.ended or change.outcome.moved:
        said.append(translate(language, "A mistake can be undone in the list of those who left."))
    return " ".join([*said, moved(change.before, change.after, language)])


def _counted(
    words: Mapping[str, tuple[str, str]], counts: Mapping[str, int], language: Language
) -> list[str]:
    """Returns a sentence for each of the `words` that there is something to count of."""
    return [
        ntranslate(language, *both, counts[name]) for name, both in words.items() if counts[name]
    ]


def returned(name: str, change: RosterChange, language: Language) -> str:
    """Says what undoing a departure changed."""
    said = translate(
        language, "%(name)s is on the list again, as if nothing had been recorded.", name=name
    )
    return f"{said} {moved(change.before, change.after, language)}"


def moved(before: Coverage | None, after: Coverage | None, language: Language) -> str:
    if before is None or after is None:
        return ""
    one, two = (f"{c.certified}/{c.serving}" for c in (before, after))
    if one == two:
        return translate(
            language,
            "Coverage: %(certified)s of %(serving)s, as before.",
            certified=after.certified,
            serving=after.serving,
        )
    return translate(
        language,
        "Coverage: from %(certified)s of %(serving)s to %(certified_now)s of %(serving_now)s.",
        certified=before.certified,
        serving=before.serving,
        certified_now=after.certified,
        serving_now=after.serving,
    )


WAITING = {
    "held": NN_(
        "%(n)s person waits: the secretariat checks the e-mail address first.",
        "%(n)s people wait: the secretariat checks their e-mail addresses first.",
    ),
    "asked": NN_(
        "%(n)s name is known in your country: say below who is meant.",
        "%(n)s names are known in your country: say below who is meant.",
    ),
    "open": NN_(
        "%(n)s line waits for your answer above.", "%(n)s lines wait for your answers above."
    ),
}
"""What somebody else has to do first."""
IMPORTED = {
    "places": NN_("%(n)s institution was added.", "%(n)s institutions were added."),
    "created": NN_("%(n)s person was added.", "%(n)s people were added."),
    "invited": NN_("%(n)s letter of invitation goes out.", "%(n)s letters of invitation go out."),
    "uninvited": NN_(
        "%(n)s has an account already, or shares an address with somebody who has one.",
        "%(n)s have an account already, or share an address with somebody who has one.",
    ),
    "known": NN_("%(n)s was on the list already.", "%(n)s were on the list already."),
    **WAITING,
    "bad": NN_("%(n)s line was not accepted.", "%(n)s lines were not accepted."),
}
TO_IMPORT = {
    "created": NN_("%(n)s person is added.", "%(n)s people are added."),
    "places": NN_("%(n)s institution is added.", "%(n)s institutions are added."),
    "known": NN_("%(n)s is on the list already.", "%(n)s are on the list already."),
    **WAITING,
    "bad": NN_(
        "%(n)s line is not accepted; it stays below, to be corrected.",
        "%(n)s lines are not accepted; they stay below, to be corrected.",
    ),
}


def imported(done: Imported, language: Language) -> str:
    """Says what came of newcomers."""
    sentences = _counted(IMPORTED, done.counts, language)
    if done.created:
        sentences.append(moved(done.before, done.after, language))
    return " ".join(filter(None, sentences))


def ahead(done: Imported, language: Language) -> str:
    """Says in how many lines what would happen, before it does."""
    return " ".join(_counted(TO_IMPORT, done.counts, language))


GOES_ON = N_("The earlier record and its certificates continue.")
ARRIVALS: Mapping[Arrival, str] = {
    Arrival.INVITED: N_("Is added; a letter of invitation goes to %(email)s."),
    Arrival.UNINVITED: N_(
        "Is added without a letter: has an account already, or shares %(email)s with somebody who has one."
    ),
    Arrival.KNOWN: N_("Is on the list already; nothing changes."),
    Arrival.HELD: N_("Waits: the secretariat checks %(email)s first. No letter leaves yet."),
    Arrival.ASKED: N_("This name is known in your country: say below who is meant."),
}


def arrival(one: ArrivedLine, language: Language) -> str:
    """Says what would become of a line, or why nothing."""
    if one.arrival is Arrival.REFUSED:
        return say(language, one.line.reason) if one.line.reason else ""
    email = one.line.newcomer.email if one.line.newcomer else ""
    said = translate(language, ARRIVALS[one.arrival], email=email)
    goes_on = one.person_id is not None and one.line.newcomer and one.line.newcomer.same_as
    return f"{said} {translate(language, GOES_ON)}" if goes_on else said


REASON_WORDS = {
    EndReason.LEFT: N_("Left"),
    EndReason.MOVED: N_("Moved"),
    EndReason.UNKNOWN: N_("Gone, reason unknown"),
}


def reason_word(reason: EndReason, language: Language) -> str:
    return translate(language, REASON_WORDS[reason])


def namesake_line(one: Namesake, language: Language, *, is_certified: bool) -> str:
    """Describes a person in one line: post and institution, since or until when, address,
    certificate.
    """
    parts = []
    if one.latest is None:
        parts.append(translate(language, "no post so far"))
    else:
        held = one.latest
        parts.append(f"{held.post.in_(language)}, {held.institution.in_(language)}")
        if held.left_on is None:
            parts.append(
                translate(language, "since %(day)s", day=short_day(held.valid_from, language))
            )
        else:
            parts.append(
                translate(language, "left on %(day)s", day=short_day(held.left_on, language))
            )
    if one.email:
        parts.append(one.email)
    if is_certified:
        parts.append(translate(language, "certificate valid"))
    return " · ".join(parts)


def owner_line(owner: PersonOfAddress, country: LocalizedText, language: Language) -> str:
    """Describes the owner of an address as the person who serves in `country` from now on."""
    new = country.in_(language)
    if owner.country is None:
        return translate(
            language,
            N_("%(name)s, who serves in %(new)s from now on"),
            name=owner.full_name,
            new=new,
        )
    return translate(
        language,
        N_("%(name)s of %(country)s, who serves in %(new)s from now on"),
        name=owner.full_name,
        country=owner.country.in_(language),
        new=new,
    )


def translated(msgid: str, language: Language) -> str:
    return translate(language, msgid) if msgid else ""


FIELDS = {"full_name": N_("Name"), "email": N_("E-mail"), "post": N_("Post")}


HISTORY: Mapping[PastKind, tuple[str, str]] = {
    PastKind.STARTED: ("now", N_("Took up the post: %(name)s.")),
    PastKind.ENDED: ("todo", N_("No longer served: %(name)s.")),
    PastKind.REOPENED: (
        "warn",
        N_("The end on %(day)s was a mistake; went on serving: %(name)s."),
    ),
    PastKind.CONFIRMED: ("good", N_("Confirmed as still serving: %(name)s.")),
    PastKind.DOUBTED: ("warn", N_("Nobody knew whether they still served: %(name)s.")),
    PastKind.ACTING: ("now", N_("Acts in the post: %(name)s.")),
    PastKind.HOLDING: ("now", N_("Holds the post, no longer acting: %(name)s.")),
    PastKind.NOTE_ASKED: ("now", N_("A handover note was asked for: %(name)s.")),
    PastKind.NOTE_RECEIVED: ("good", N_("The handover note arrived: %(name)s.")),
    PastKind.CERTIFIED: ("good", N_("Certificate of “%(name)s”.")),
    PastKind.REVOKED: ("bad", N_("The certificate of “%(name)s” was revoked.")),
    PastKind.RECOGNISED: ("good", N_("Training elsewhere recognised for “%(name)s”.")),
    PastKind.TAKEN_BACK: ("bad", N_("The recognition for “%(name)s” was taken back.")),
    PastKind.CORRECTED: (
        "warn",
        N_("%(field)s put right: it said “%(before)s”, it says “%(after)s”."),
    ),
}
HISTORY_UNTIL: Mapping[PastKind, str] = {
    PastKind.ACTING: N_("Acts in the post until %(day)s: %(name)s."),
    PastKind.CERTIFIED: N_("Certificate of “%(name)s”, valid until %(day)s."),
}
HISTORY_REASON = N_("No longer served: %(name)s (%(reason)s).")


def history_words(line: PastLine, language: Language) -> tuple[str, str]:
    """Returns the mark of a line of a person's past, and the line as a sentence."""
    mark, msgid = HISTORY[line.kind]
    if line.until is not None:
        msgid = HISTORY_UNTIL.get(line.kind, msgid)
    if line.reason is not None:
        msgid = HISTORY_REASON
    return mark, translate(
        language,
        msgid,
        name=line.name.in_(language) if line.name else "",
        day=short_day(line.until, language) if line.until else "",
        reason=reason_word(line.reason, language) if line.reason else "",
        field=translate(language, FIELDS[line.field]) if line.field in FIELDS else "",
        before=line.before,
        after=line.after,
    )
