"""Letters about accounts."""

from app.infra.language import translate
from app.kernel.actor import Role
from app.kernel.text import LocalizedText
from app.office.notifications.values import Recipient
from app.office.notifications.wording.letters import letter
from app.office.outbox.values import Letter
from app.people.identity.wording import ROLE_NAMES


def account_invited(
    to: Recipient,
    *,
    role: Role | None,
    scope_name: LocalizedText | None,
    link: str,
    last_day: str,
    sign_in_url: str,
    course_url: str,
) -> Letter:
    """To somebody whom others added: as what, a link of their own and until when it works, and what
    waits there.
    """
    lang = to.language
    kind, values = "account-official", {"name": to.name}
    if role in (None, Role.OFFICIAL):
        subject = translate(lang, "You can take the course on the Guidelines")
        why = translate(
            lang,
            "Your country's focal point added you to the list of officials who may take the course.",
        )
        what = translate(
            lang,
            "The course, in parts of ten minutes, on a phone or a computer: %(url)s",
            url=course_url,
        )
    elif role is Role.FOCAL_POINT:
        country = scope_name.in_(lang) if scope_name else ""
        kind, values["country"] = "account-focal-point", country
        subject = translate(lang, "You are the focal point of %(country)s", country=country)
        why = translate(
            lang,
            "The secretariat registered you as the focal point of %(country)s: you say who "
            "serves in your country and who takes part.",
            country=country,
        )
        what = translate(
            lang,
            "First look at the list of institutions of your country; then paste the officials "
            "who are to take the course. Each takes some ten minutes.",
        )
    else:
        name = translate(lang, ROLE_NAMES[role])
        as_what = f"{name}, {scope_name.in_(lang)}" if scope_name else name
        kind, values["role"] = "account-role", as_what
        subject = translate(lang, "You are invited to work in Convoca")
        why = translate(lang, "You were added with this role: %(role)s.", role=as_what)
        what = translate(lang, "What needs your attention is on the home page.")
    greeting = (translate(lang, "Hello, %(name)s:", name=to.name),) if to.name else ()
    return letter(
        lang,
        subject,
        *greeting,
        why,
        translate(
            lang,
            "Sign in with this link, which is yours alone and works once, until %(day)s: %(url)s",
            day=last_day,
            url=link,
        ),
        what,
        translate(
            lang,
            "After that, sign in by giving this e-mail address and asking for a link; there "
            "is no password: %(url)s",
            url=sign_in_url,
        ),
        kind=kind,
        values=values,
        lead=len(greeting),
    )


def address_to_confirm(to: Recipient, *, link: str, last_day: str) -> Letter:
    """To another address that was written down for somebody, who says there that it is theirs."""
    lang = to.language
    return letter(
        lang,
        translate(lang, "Is this your new address for Convoca?"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "This address was written down for you. Until you confirm it, nothing changes.",
        ),
        translate(lang, "Confirm it with this link until %(day)s: %(url)s", day=last_day, url=link),
        translate(lang, "If you are not this person, do nothing."),
        kind="address-confirm",
        values={"name": to.name},
    )


def address_to_change(to: Recipient, *, email: str, url: str) -> Letter:
    """To the address that signs in so far."""
    lang = to.language
    return letter(
        lang,
        translate(lang, "Another address was written down for you"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "You will sign in with %(email)s once it is confirmed there; until then with this address.",
            email=email,
        ),
        translate(
            lang,
            "If that is not right, stay with this address on the page of your account, "
            "or write to the secretariat: %(url)s",
            url=url,
        ),
        kind="address-notice",
        values={"name": to.name, "email": email},
    )
