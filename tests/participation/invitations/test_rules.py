"""Keys, lasting and pasting: pure, so tried without an application."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.infra.secret_keys import SecretKeys
from app.kernel.refusal import InvalidInput
from app.participation.invitations.rules import (
    FIELDS,
    GUEST,
    INVITATION,
    MOST_LINES,
    SURVEY_LASTS,
    InvitationWithdrawn,
    LinkClosed,
    LinkDead,
    LinkFull,
    LinkTerm,
    TooManyNominated,
    digest,
    new_key,
    opened_key,
    read_lines,
    require_alive,
    require_not_full,
    require_sound,
    require_takes_guests,
    require_within,
    target_of,
)
from app.participation.invitations.values import InvitationClass, InvitationDraft
from app.participation.registrations.values import Way

END = datetime(2026, 12, 10, 16, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_key_is_256_bits_and_opens_with_the_sites_key_for_its_purpose_alone() -> None:
    own, link = SecretKeys("one secret"), new_key(SecretKeys("one secret"), INVITATION)
    assert len(link.key) == 43
    assert link.sha256 == digest(link.key)
    assert new_key(own, INVITATION).key != link.key
    later = SecretKeys("another", ("one secret",))
    assert opened_key(link.sealed, own=own, purpose=INVITATION) == link.key
    assert opened_key(link.sealed, own=later, purpose=INVITATION) == link.key
    assert opened_key(link.sealed, own=SecretKeys("another"), purpose=INVITATION) == ""
    assert opened_key(link.sealed, own=own, purpose=GUEST) == ""
    assert opened_key("", own=own, purpose=INVITATION) == ""
    assert link.key not in repr(link)
    assert "one secret" not in repr(own)


def test_r23_a_link_dies_a_week_after_the_end_and_joins_nothing_from_the_end_on() -> None:
    term = LinkTerm(END)
    assert not term.is_over(END - SECOND)
    assert term.is_over(END)
    require_alive(term, is_revoked=False, now=END + SURVEY_LASTS - SECOND)
    with pytest.raises(LinkDead):
        require_alive(term, is_revoked=False, now=END + SURVEY_LASTS)
    with pytest.raises(InvitationWithdrawn):
        require_alive(term, is_revoked=True, now=END - SECOND)
    require_alive(LinkTerm(None), is_revoked=False, now=END)


def test_an_invitation_takes_guests_until_it_closes_is_withdrawn_or_the_event_is_over() -> None:
    def ask(now: datetime, *, is_revoked: bool = False) -> None:
        require_takes_guests(
            LinkTerm(END), is_revoked=is_revoked, closes_at=END - timedelta(days=1), now=now
        )

    ask(END - timedelta(days=1) - SECOND)
    for now, refusal in ((END - timedelta(days=1), LinkClosed), (END, LinkDead)):
        with pytest.raises(refusal):
            ask(now)
    with pytest.raises(InvitationWithdrawn):
        ask(END - timedelta(days=9), is_revoked=True)
    require_not_full(None, 10**6)
    require_not_full(3, 2)
    with pytest.raises(LinkFull):
        require_not_full(3, 3)


def test_r21_a_pasted_list_names_each_bad_line_and_keeps_the_good_ones() -> None:
    lines = read_lines(
        "Ana Núñez; Red Ñ; ANA@example.org; es\n"
        "\n"
        "Bob Brown\tUN Women\tbob@example.org\ten\n"
        "Sin correo; Red; no-es-correo; es\n"
        "; Red; x@example.org; es\n"
        "Carla Paz; Red; carla@example.org\n"
        "Otra; Red; ana@example.org; es\n"
        "Dos campos; nada\n"
        "Fr; Red; fr@example.org; fr\n"
    )
    assert [(one.number, one.name, one.email, one.language) for one in lines.good] == [
        (1, "Ana Núñez", "ana@example.org", "es"),
        (3, "Bob Brown", "bob@example.org", "en"),
        (6, "Carla Paz", "carla@example.org", "es"),
    ]
    assert [one.number for one in lines.bad] == [4, 5, 7, 8, 9]
    assert lines.bad[2].reason.params == {"line": 1}


@given(st.text(max_size=400))
def test_every_line_that_says_something_is_good_or_bad(text: str) -> None:
    said = [number for number, line in enumerate(text.splitlines(), start=1) if line.strip(" \t;")]
    read = read_lines(text)
    assert (
        sorted([one.number for one in read.good] + [one.number for one in read.bad])
        == said[: MOST_LINES + 1]
    )
    assert all(one.name and "@" in one.email for one in read.good)


def test_too_many_lines_are_said_and_not_silently_cut() -> None:
    read = read_lines("\n".join(f"N{n}; O; n{n}@example.org; es" for n in range(MOST_LINES + 5)))
    assert len(read.good) == MOST_LINES
    assert [one.number for one in read.bad] == [MOST_LINES + 1]
    assert FIELDS == 4


@pytest.mark.parametrize(
    ("way", "more", "field"),
    [
        (Way.PERSON, {}, "person"),
        (Way.INSTITUTION, {}, "institution"),
        (Way.GROUP, {}, "group"),
        (Way.COUNTRY, {}, "country"),
        (Way.GUEST, {"name": "Ana", "email": "no"}, "email"),
        (Way.GUEST, {"name": "Ana", "email": "ana@ministerio"}, "email"),
        (Way.GUEST, {"name": "", "email": "a@example.org"}, "name"),
        (Way.LINK, {"places": 5}, "closes_on"),
        (Way.LINK, {"closes_at": END}, "places"),
        (Way.COUNTRY, {"country_code": "HN", "places": 0}, "places"),
        (Way.COUNTRY, {"country_code": "HN", "note": "x" * 2001}, "note"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    way: Way, more: dict[str, object], field: str
) -> None:
    draft = InvitationDraft(InvitationClass.OBSERVER, way, **more)  # type: ignore[arg-type]  # a table of cases
    with pytest.raises(InvalidInput) as refused:
        require_sound(draft)
    assert field in refused.value.errors


def test_an_event_invites_a_target_once_and_open_links_as_often_as_wished() -> None:
    made = InvitationDraft(InvitationClass.OBSERVER, Way.COUNTRY, country_code="HN")
    assert target_of(made) == "country:HN"
    assert target_of(InvitationDraft(InvitationClass.OBSERVER, Way.LINK)) is None


def test_no_more_are_nominated_than_were_asked_for() -> None:
    require_within(None, 40, 40)
    require_within(2, 1, 1)
    with pytest.raises(TooManyNominated):
        require_within(2, 1, 2)
