"""What every form and list takes for an e-mail address."""

import pytest

from app.infra.email_address import LONGEST_EMAIL, canonical_email, is_email


@pytest.mark.parametrize(
    "text", ["ana@example.org", "ana.lopez+crm@migracion.gob.hn", "ñandú@example.org"]
)
def test_addresses_that_letters_reach(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "ana@ministerio",
        "ana..lopez@example.org",
        "ana@localhost",
        "ana@example.org, eva@example.org",
        "Ana <ana@example.org>",
        "ana@example.org\n",
        "ana@exa\x00mple.org",
        f"ana@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.org",
        "a" * 100_000 + "@example.org",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert not is_email(text)


def test_canonical_address_has_its_domain_in_small_letters() -> None:
    assert canonical_email("Ana@EXAMPLE.org") == "Ana@example.org"
    assert canonical_email("ana") is None
    assert LONGEST_EMAIL == 254
