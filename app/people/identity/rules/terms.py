"""Rules of dated roles: spans are half-open local dates, so that a role passes on without a gap or
an overlap.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from app.kernel.actor import Role
from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_
from app.people.identity.values import SCOPE_BY_COUNTRY, SCOPE_BY_GROUP

HANDED_OVER = frozenset({Role.PRESIDENCY, Role.FOCAL_POINT})
READS_ON = timedelta(days=60)
TERM_AHEAD = timedelta(days=731)
LONGEST_TERM = timedelta(days=731)


class RoleAlreadyHeld(Refusal):
    rule = "role-already-held"
    msgid = N_("This account already holds this role in these days.")


class NotInTerm(Refusal):
    kind = Kind.CONFLICT
    rule = "not-in-term"
    msgid = N_("This person does not act for the presidency in that term. Reload the page.")


class TermOver(Refusal):
    kind = Kind.CONFLICT
    rule = "term-over"
    msgid = N_("That term is over. What happened in it stays as it was.")


class NoAddress(Refusal):
    """Nobody can be invited: the person has no address, or another account has it."""

    kind = Kind.CONFLICT
    rule = "no-address"
    msgid = N_(
        "%(name)s cannot sign in: the directory has no e-mail address of their own. Add one first."
    )


class LastOrganizer(Refusal):
    kind = Kind.CONFLICT
    rule = "last-organizer"
    msgid = N_(
        "This is the only organizer. Give the role to somebody else first, or nobody could run Convoca."
    )


def readable_until(
    role: Role, valid_from: date, valid_until: date | None, today: date
) -> date | None:
    """Returns the first day on which a role that was handed over can no longer even be read; None
    when it was not handed over.

    It is sixty days after the end, for the roles that pass to a successor. Other roles end
    altogether on their day.
    """
    if role not in HANDED_OVER or valid_until is None or not valid_from < valid_until <= today:
        return None
    last = valid_until + READS_ON
    return last if today < last else None


def require_role_fits(
    role: Role, scope: str, countries: Iterable[str], groups: Iterable[str]
) -> None:
    """Refuses a scope that does not fit the role: a country, a working group, or nothing."""
    if role in SCOPE_BY_COUNTRY:
        fits = scope in set(countries)
    elif role in SCOPE_BY_GROUP:
        fits = scope in set(groups)
    else:
        fits = scope == ""
    if not fits:
        raise InvalidInput(
            {
                "scope": Sentence(
                    N_("This role needs another scope: a country's code or a group's name.")
                )
            }
        )


def require_span(valid_from: date, valid_until: date | None) -> None:
    if valid_until is not None and valid_until <= valid_from:
        raise InvalidInput({"valid_until": Sentence(N_("A role must hold for at least one day."))})


def require_term(
    valid_from: date, valid_until: date, *, today: date, next_from: date | None
) -> None:
    """Refuses a term of the presidency that begins before today or reaches into the next one."""
    if not today <= valid_from <= today + TERM_AHEAD:
        raise InvalidInput(
            {"valid_from": Sentence(N_("Write a first day from today to two years ahead."))}
        )
    if valid_until <= valid_from:
        raise InvalidInput({"valid_until": Sentence(N_("The end must come after the first day."))})
    if valid_until > valid_from + LONGEST_TERM:
        raise InvalidInput({"valid_until": Sentence(N_("A term lasts two years at most."))})
    if next_from is not None and valid_until > next_from:
        said = Sentence(
            N_("The next term begins on %(on)s. End this one by then."), {"on": next_from}
        )
        raise InvalidInput({"valid_until": said})
