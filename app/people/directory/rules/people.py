"""Rules of people: names, posts, offices, and what a country shares of them. Pure."""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from app.infra.email_address import is_email
from app.kernel.dated import last_day, overlap
from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_, Language, LocalizedText, without_accents
from app.people.directory.values import (
    CountryEntry,
    EndReason,
    ListedAddress,
    Mechanism,
    OfficeHolding,
    Part,
    Representative,
)

CONFIRMATION_HOLDS = timedelta(days=90)
UNDO_LASTS = timedelta(days=90)
EARLIEST = date(1990, 1, 1)
DESIGNATED_AHEAD = timedelta(days=731)
MOST_LOOKED_UP, LOOKED_UP_WITHIN, MOST_NAMESAKES = 60, timedelta(days=1), 3
"""People of other countries whom one account may look up by name, within which time, and how many
of one name.
"""
PARTICLES = frozenset({"de", "del", "la", "las", "los", "da", "dos", "y", "e", "o", "van", "von"})
LONGEST_NAME, LONGEST_TITLE = 200, 200
NOBODY_CHOSEN = N_("Say who it is.")


class GivesNoNames(Refusal):
    """Nobody is written down for the country."""

    kind = Kind.CONFLICT
    rule = "gives-no-names"
    msgid = N_(
        "This country gives no names: its focal point declares counts, and nobody is written down."
    )


class AlreadyEnded(Refusal):
    """The appointment was ended before, with another day or reason than now."""

    kind = Kind.CONFLICT
    rule = "appointment-already-ended"
    msgid = N_("%(name)s is already marked as gone since %(on)s. Reload the list before you go on.")


class StillUsed(Refusal):
    rule = "still-used"
    msgid = N_("%(name)s stays in the list: people, institutions or events belong to it.")


class NothingToEnd(Refusal):
    kind = Kind.CONFLICT
    rule = "nothing-to-end"
    msgid = N_("Nobody holds this at present. Reload the page to see who is to come.")


class AlreadyServing(Refusal):
    kind = Kind.CONFLICT
    rule = "already-serving"
    msgid = N_("%(name)s already serves in this post since %(on)s.")


class TooLateToUndo(Refusal):
    kind = Kind.CONFLICT
    rule = "too-late-to-undo"
    msgid = N_(
        "%(name)s was marked as gone on %(on)s, more than 90 days ago. Add the person as a newcomer."
    )


class NamesakeKnown(Refusal):
    """`people` are the ids of people of that name in the country; the form did not say who is
    meant.
    """

    kind = Kind.CONFLICT
    rule = "namesake-known"
    msgid = N_(
        "Someone called %(name)s is already known in your country. Say whether it is the same person."
    )

    def __init__(self, name: str, people: tuple[int, ...]) -> None:
        super().__init__(name=name)
        self.people = people


def sort_key(full_name: str) -> str:
    """Returns the name without accents and case, so that both databases sort alike in any
    collation; ñ sorts after n.
    """
    marked = full_name.replace("ñ", "n~").replace("Ñ", "n~")
    return without_accents(marked).casefold()


def last_known_day(
    valid_until: date | None, confirmed_on: date | None, doubted_on: date | None = None
) -> date | None:
    """Returns the last day on which an appointment is known to hold, with what is known today.

    An end on record vouches for the days before it; an open one is vouched for by its last
    confirmation, for 90 days and for all the days before (whoever is confirmed in March was there
    in January), but not from the day on which a focal point said not to know. Somebody is to be
    confirmed whose appointments are all known to a day gone by.
    """
    if valid_until is not None:
        return last_day(valid_until)
    if confirmed_on is None:
        return None
    last = confirmed_on + CONFIRMATION_HOLDS
    return last if doubted_on is None else min(last, doubted_on - timedelta(days=1))


def may_undo_end(valid_until: date, recorded_on: date | None, today: date) -> bool:
    """Returns True for 90 days after the end was written down; ends of before that was noted count
    from their own day.
    """
    return today <= (recorded_on or valid_until) + UNDO_LASTS


def plain_key(text: str) -> str:
    """Returns the key that a search compares: as `sort_key`, with ñ read as n, so that "nunez"
    finds "Núñez".
    """
    return sort_key(text).replace("~", "")


def post_kind(title: LocalizedText) -> str:
    """Returns the key of the kind of a post: posts of one institution whose titles differ in
    accents, case or a missing translation at most are of one kind.
    """
    return plain_key(title.in_())


def is_name_of(full_name: str, words: str) -> bool:
    """Returns whether the words hold the first given name and a surname of the name, each as a
    whole word and no word that the name lacks. Accents, case and order do not matter.
    """
    first, *others = plain_key(full_name).split() or [""]
    typed = plain_key(words).split()
    return (
        first in typed and bool(({*others} - PARTICLES) & {*typed}) and {*typed} <= {first, *others}
    )


def tidy(text: str) -> str:
    """Returns the text composed (NFC), with single spaces, as it will be printed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def written_name(text: str) -> str:
    """Returns a name in the order in which it is spoken: "Turcios Ochoa, Raúl" is "Raúl Turcios
    Ochoa".
    """
    last, comma, first = text.partition(",")
    return tidy(f"{first} {last}") if comma and first.strip() and "," not in first else tidy(text)


def end_defect(valid_from: date, on: date, today: date) -> Sentence | None:
    """Returns why an appointment cannot have ended on a day; None when it can."""
    if on > today:
        return Sentence(
            N_("The date lies in the future. Write the day from which the person no longer served.")
        )
    if on < valid_from:
        return Sentence(
            N_("The date is before the person took up the post, on %(on)s."), {"on": valid_from}
        )
    return None


def require_consistent_end(
    name: str, ended_on: date | None, reason: str, answer: tuple[date, EndReason]
) -> bool:
    """Returns True when the row is still to be ended.

    Saying the same twice changes nothing; saying another thing is refused.
    """
    if ended_on is None:
        return True
    if (ended_on, reason) != answer:
        raise AlreadyEnded(name=name, on=ended_on)
    return False


def newcomer_defects(
    full_name: str, email: str, post_title: str, valid_from: date, today: date
) -> dict[str, Sentence]:
    """Returns what is wrong with a newcomer's details, by field."""
    defects = {}
    if not is_name(full_name):
        defects["full_name"] = Sentence(N_("Write the full name as it appears on the ID."))
    if not is_email(email):
        defects["email"] = Sentence(N_("Write a work e-mail address, such as name@example.org."))
    if not is_title(post_title):
        defects["post_title"] = Sentence(N_("Write the post in at most 200 letters."))
    if not EARLIEST <= valid_from <= today:
        defects["valid_from"] = Sentence(
            N_("Write the day on which the person took up the post: today or earlier.")
        )
    return defects


def require_newcomer(
    full_name: str, email: str, post_title: str, valid_from: date, today: date
) -> None:
    defects = newcomer_defects(full_name, email, post_title, valid_from, today)
    if defects:
        raise InvalidInput(defects)


def overlapping(
    holdings: Iterable[OfficeHolding], valid_from: date, valid_until: date | None
) -> tuple[OfficeHolding, ...]:
    """Returns those that share a day with [valid_from, valid_until), in order."""
    days = (valid_from, valid_until)
    sharing = [one for one in holdings if overlap((one.valid_from, one.valid_until), days)]
    return tuple(sorted(sharing, key=lambda one: (one.valid_from, one.id)))


def designation_defect(
    valid_from: date, valid_until: date | None, today: date
) -> tuple[str, Sentence] | None:
    """Returns what is wrong with the days of a designation, with its field; None when nothing is."""
    if not EARLIEST <= valid_from <= today + DESIGNATED_AHEAD:
        return "valid_from", Sentence(N_("Write the first day, at most two years ahead."))
    if valid_until is not None and valid_until <= valid_from:
        return "valid_until", Sentence(N_("The end must come after the first day."))
    return None


def is_name(text: str) -> bool:
    """Returns True for what can be a full name: at least two letters, no invisible characters, and
    nothing of a formula (=HYPERLINK…), an address or markup.
    """
    return (
        len(text) <= LONGEST_NAME
        and text.isprintable()
        and sum(map(str.isalpha, text)) > 1
        and is_words(text)
    )


def is_title(text: str) -> bool:
    """Returns True for what can be the title of a post."""
    return 0 < len(text) <= LONGEST_TITLE and text.isprintable() and is_words(text)


def is_words(text: str) -> bool:
    """Returns False for a formula, an address or markup: what spreadsheets hold beside words."""
    return (
        not text.startswith(("=", "+", "-", "@"))
        and not set("<>{}=@\\|") & set(text)
        and "://" not in text
    )


def matching(
    entries: Iterable[CountryEntry], words: str, language: Language
) -> tuple[CountryEntry, ...]:
    """Returns the countries with those of their mechanisms and speakers that hold each of the
    words, in name, country, group, institution or post; accents and case apart.

    Countries with none are left out.
    """
    wanted = plain_key(words).split()

    def fits(entry: CountryEntry, *texts: LocalizedText | str | None) -> bool:
        said = [entry.name.in_(language)]
        said += [t if isinstance(t, str) else t.in_(language) for t in texts if t]
        key = plain_key(" ".join(said))
        return all(word in key for word in wanted)

    matches = []
    for entry in entries:
        mechanisms = tuple(m for m in entry.mechanisms if fits(entry, m.name, m.mailbox))
        speakers = tuple(
            s
            for s in entry.speakers
            if fits(entry, s.full_name, s.group_name, s.institution, s.post, s.email)
        )
        if mechanisms or speakers:
            matches.append(replace(entry, mechanisms=mechanisms, speakers=speakers))
    return tuple(matches)


FOCAL_POINTS, DELEGATES_OF, MECHANISMS_OF = "focal-points", "delegates-", "mechanisms-"
"""Lists of addressees by their name in an address: the last two go on with a working group's slug
and a country's code.
"""


def addressees(entries: Iterable[CountryEntry], listed: str) -> tuple[ListedAddress, ...] | None:
    """Returns who is on a list today: the list follows the post. None for what is no list.

    A mechanism is reached at its own mailbox; without one, through those who speak for the country
    and have a post there.
    """
    if listed == FOCAL_POINTS:
        return tuple(_addressee(e, s) for e in entries for s in e.focal_points)
    if listed.startswith(DELEGATES_OF):
        group = listed.removeprefix(DELEGATES_OF)
        return tuple(
            _addressee(e, s)
            for e in entries
            for s in e.delegates
            if s.group == group and s.part is Part.DELEGATE
        )
    code = listed.removeprefix(MECHANISMS_OF)
    entry = next((one for one in entries if one.code == code), None)
    if entry is None or code == listed:
        return None
    return tuple(line for one in entry.mechanisms for line in _lines_of(entry, one))


def _lines_of(entry: CountryEntry, mechanism: Mechanism) -> tuple[ListedAddress, ...]:
    if mechanism.mailbox:
        return (ListedAddress(entry.name, "", mechanism.name, mechanism.mailbox),)
    there = {s.person_id: s for s in entry.speakers if s.institution_id == mechanism.id}
    if not there:
        return (ListedAddress(entry.name, "", mechanism.name, ""),)
    return tuple(_addressee(entry, one) for one in there.values())


def _addressee(entry: CountryEntry, one: Representative) -> ListedAddress:
    return ListedAddress(entry.name, one.full_name, one.institution, one.email)
