"""Figures and changes in sentences."""

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from app.infra.language import ntranslate, translate
from app.kernel.text import N_, Language
from app.turnover.services import Imported, RosterChange
from app.turnover.values import Coverage


def short_day(on: date, language: Language) -> str:
    """ "24 nov 2026": for tables."""
    return format_date(on, "d MMM y", locale=language)


def month_name(on: date, language: Language) -> str:
    return format_date(on, "MMM y", locale=language)


def decimal(number: float, language: Language) -> str:
    """To one place, with the comma or point of the language."""
    return format_decimal(number, "#,##0.0", locale=language)


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"


def changed(change: RosterChange, language: Language) -> str:
    """What a page of answers did, and what that means for coverage."""
    confirmed, ended = change.outcome.confirmed, change.outcome.ended
    said = [_confirmed(confirmed, language)] if confirmed else []
    said += [_gone(ended, language)] if ended else []
    if not said:
        return translate(language, "Nothing was changed: choose an answer for at least one person.")
    return " ".join([*said, moved(change.before, change.after, language)])


ON_THE_LIST = N_("%(name)s is on the list.")


def arrived(name: str, change: RosterChange, language: Language) -> str:
    if change.is_held:
        return translate(language, "%(name)s waits: the secretariat checks the e-mail address first.", name=name)
    said = translate(language, ON_THE_LIST, name=name)
    return f"{said} {moved(change.before, change.after, language)}"


def moved(before: Coverage | None, after: Coverage | None, language: Language) -> str:
    if before is None or after is None:
        return ""
    one, two = (f"{c.certified}/{c.serving}" for c in (before, after))
    if one == two:
        return translate(language, "Coverage: %(certified)s of %(serving)s, as before.", certified=after.certified,
                         serving=after.serving)  # fmt: skip
    return translate(
        language, "Coverage: from %(certified)s of %(serving)s to %(certified_now)s of %(serving_now)s.",
        certified=before.certified, serving=before.serving, certified_now=after.certified, serving_now=after.serving,
    )  # fmt: skip


def _confirmed(n: int, language: Language) -> str:
    return ntranslate(language, "%(n)s person confirmed as still here.", "%(n)s people confirmed as still here.", n)


def _gone(n: int, language: Language) -> str:
    return ntranslate(language, "%(n)s person marked as gone.", "%(n)s people marked as gone.", n)


def imported(done: Imported, language: Language) -> str:
    """What became of a paste, in as many sentences as there is something to say."""
    sentences = [
        ntranslate(language, "%(n)s person was added.", "%(n)s people were added.", done.created),
    ]
    if done.invited:
        sentences.append(
            ntranslate(language, "%(n)s letter of invitation goes out.", "%(n)s letters of invitation go out.",
                       done.invited)
        )  # fmt: skip
    if done.uninvited:
        sentences.append(
            ntranslate(language, "%(n)s has an account already, or shares an address with somebody who has one.",
                       "%(n)s have an account already, or share an address with somebody who has one.", done.uninvited)
        )  # fmt: skip
    if done.known:
        sentences.append(ntranslate(language, "%(n)s was on the list already.", "%(n)s were on the list already.",
                                    done.known))  # fmt: skip
    if done.held:
        sentences.append(
            ntranslate(
                language,
                "%(n)s person waits: the secretariat checks the e-mail address first.",
                "%(n)s people wait: the secretariat checks their e-mail addresses first.",
                done.held,
            )
        )
    if done.bad:
        sentences.append(ntranslate(language, "%(n)s line was not taken.", "%(n)s lines were not taken.",
                                    len(done.bad)))  # fmt: skip
    return " ".join(sentences)
