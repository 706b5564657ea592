"""States, roles and days of accounts as words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.infra.language import date_text, translate
from app.kernel.text import N_, Language
from app.people.access.values import AccountRow, AccountState, Corrected, RoleChoice
from app.people.directory.queries.roster import Namesake
from app.people.identity.values import AddressOutcome
from app.people.identity.wording import ROLE_NAMES

STATES = {
    AccountState.ACTIVE: N_("Active"),
    AccountState.INVITED: N_("Invited"),
    AccountState.LAPSED: N_("Invitation lapsed"),
    AccountState.BLOCKED: N_("Blocked"),
}


FIELDS = {
    "full_name": N_("Name"),
    "email": N_("E-mail"),
    "post": N_("Post"),
}
ADDRESSES = {
    AddressOutcome.INVITED: N_("A letter of invitation goes to %(email)s."),
    AddressOutcome.UNINVITED: N_(
        "No invitation goes to %(email)s: somebody else signs in with it."
    ),
    AddressOutcome.ASKED: N_(
        "A letter to %(email)s asks its owner to confirm it; until then the old address signs in, and it is told."
    ),
}


def corrected(language: Language, done: Corrected, email: str) -> str:
    """Says what was put right, and which letters leave."""
    if done.is_nothing:
        return translate(language, "Nothing differs from the record.")
    said = []
    if done.changed:
        said.append(
            translate(language, "The correction is saved; the history keeps both versions.")
        )
    if done.address in ADDRESSES:
        said.append(translate(language, ADDRESSES[done.address], email=email))
    return " ".join(said)


def choice_text(language: Language, choice: RoleChoice) -> str:
    """Returns a role with its scope, such as "Convenor, Protection"."""
    name = translate(language, ROLE_NAMES[choice.grant.role])
    return f"{name}, {choice.scope_name.in_(language)}" if choice.scope_name else name


def local_day(language: Language, at: datetime, timezone: str) -> str:
    return date_text(language, at.astimezone(ZoneInfo(timezone)).date())


def invitation_text(language: Language, row: AccountRow, timezone: str) -> str:
    """Returns until when an invitation works, or since when it does not; "" where none is out."""
    if row.invitation_id is None or row.state not in (AccountState.INVITED, AccountState.LAPSED):
        return ""
    if row.lapses_at is None:
        return translate(language, "The letter is being written.")
    day = local_day(language, row.lapses_at, timezone)
    if row.state is AccountState.LAPSED:
        return translate(language, "The invitation lapsed on %(day)s.", day=day)
    return translate(language, "The invitation works until %(day)s.", day=day)


def namesake_line(language: Language, one: Namesake) -> str:
    """Returns the latest post of a namesake, such as "Consul, Directorate of Consular Affairs"."""
    if one.latest is None:
        return translate(language, "No post on record")
    return f"{one.latest.post.in_(language)}, {one.latest.institution.in_(language)}"
