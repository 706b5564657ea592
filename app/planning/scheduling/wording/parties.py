"""Names of parties in sentences: people and groups by name, countries counted, an engagement by its
title or as "another meeting".
"""

from collections.abc import Iterable, Sequence

from babel.lists import format_list

from app.infra.body import current_body
from app.infra.language import both
from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText, in_every_language, interface_language
from app.planning.scheduling.rules.refusals import ANOTHER_MEETING, titled
from app.planning.scheduling.values import Party, PartyKind, Standing


def all_countries() -> int:
    """Returns the number of Member Countries."""
    return len(current_body().countries)


def said(msgid: str) -> LocalizedText:
    """Returns the sentence in each language; it has no parameters."""
    return both(msgid)


def joined(first: LocalizedText, second: LocalizedText) -> LocalizedText:
    return in_every_language(lambda language: f"{first.in_(language)} {second.in_(language)}")


def without_stop(text: LocalizedText) -> LocalizedText:
    """Returns the sentence without its full stop, so that it can go on."""
    return text.map(lambda sentence: sentence.removesuffix("."))


def listed(words: Iterable[LocalizedText]) -> LocalizedText:
    """Returns "A, B and C" in each language; Spanish writes "e" before an i."""
    items = tuple(words)
    return in_every_language(
        lambda language: format_list(
            [item.in_(language) for item in items], locale=interface_language(language)
        )
    )


def capitalized(text: LocalizedText) -> LocalizedText:
    """Returns the words with a capital letter, for sentences that begin with "the Protection
    Working Group".
    """
    return text.map(lambda sentence: sentence[:1].upper() + sentence[1:])


def named(party: Party) -> LocalizedText:
    return (
        both(N_("the %(group)s"), group=party.label)
        if party.kind is PartyKind.WORKING_GROUP
        else party.label
    )


def who(parties: Sequence[Party]) -> LocalizedText:
    """Names the parties; several countries are counted, with their codes."""
    codes = [party.key for party in parties if party.kind is PartyKind.COUNTRY]
    if len(codes) != len(parties) or len(codes) == 1:
        return listed(map(named, parties))
    total = all_countries()
    if len(codes) == total:
        return both(N_("all %(total)s countries"), total=total)
    return both(
        N_("%(count)s of %(total)s countries (%(codes)s)"),
        count=len(codes),
        total=total,
        codes=", ".join(sorted(codes)),
    )


def title_of(other: Standing, *, may_see_title: bool) -> Sentence:
    return (
        titled(other) if may_see_title or not other.is_confidential else Sentence(ANOTHER_MEETING)
    )
