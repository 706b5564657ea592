"""The list of passwords that are tried first."""

import lzma

from app.infra.common_passwords import FILE, SHORTEST, is_common


def test_the_list_is_long_and_its_file_small() -> None:
    words = lzma.decompress(FILE.read_bytes()).decode().split("\n")
    assert words[0] == words[-1] == ""
    assert len(words) > 300_000
    assert all(len(word) >= SHORTEST for word in words[1:-1])
    assert FILE.stat().st_size < 1_500_000


def test_a_word_is_found_whole_only() -> None:
    assert is_common("qwerty123456789")
    assert is_common("contraseña")
    assert not is_common("qwerty12345678901x")
    assert not is_common("contraseña\nqwerty")
    assert not is_common("1234")
    assert not is_common("")
