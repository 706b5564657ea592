"""Codes, names, states and file names."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.training.certificates import rules
from app.training.certificates.values import CertificateStatus, CodeMistake
from tests.training.certificates.builders import sample

bits = st.integers(min_value=0, max_value=2**rules.RANDOM_BITS - 1)


@given(bits)
def test_a_code_is_read_back_however_it_is_typed(number: int) -> None:
    code = rules.code_from(number)
    assert len(code) == 16
    assert rules.read_code(code) == code
    assert rules.read_code(f" {rules.grouped(code).lower()} ") == code
    assert rules.read_code(code.replace("0", "o").replace("1", "l")) == code
    assert rules.read_code(code.replace("0", "O").replace("1", "I").replace("", " ")) == code
    assert rules.read_code(rules.grouped(code).replace("-", "–")) == code


@given(bits)
def test_every_single_wrong_symbol_is_caught(number: int) -> None:
    code = rules.code_from(number)
    for place in range(16):
        for symbol in rules.SYMBOLS:
            if symbol != code[place]:
                assert not rules.is_code(code[:place] + symbol + code[place + 1 :])


@given(bits)
def test_every_exchange_of_two_symbols_is_caught_neighbours_or_not(number: int) -> None:
    code = rules.code_from(number)
    for first in range(16):
        for second in range(first + 1, 16):
            symbols = list(code)
            symbols[first], symbols[second] = symbols[second], symbols[first]
            if code[first] != code[second]:
                assert not rules.is_code("".join(symbols))


def test_every_pair_of_symbols_is_told_from_its_exchange_at_every_place() -> None:
    """Exhaustive: the check is linear, so it is enough that no difference of two symbols vanishes
    at two places.
    """
    for place in range(15):
        for distance in (1, 2):
            for symbol in rules.SYMBOLS[1:]:
                plain = ["0"] * 16
                plain[place] = symbol
                if place + distance < 16:
                    plain[place + distance] = symbol
                    assert not rules.is_code("".join(plain))


@given(st.text(max_size=120))
def test_no_text_makes_reading_fail_otherwise_than_by_refusal(typed: str) -> None:
    try:
        link = rules.link_in(typed)
        code = rules.read_code(typed) if link is None else rules.code_of_link(link)
    except rules.CodeMalformed:
        return
    assert rules.is_code(code)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ABCD",
        "U" * 16,
        "0" * 15,
        "0" * 17,
        "0000-0000-0000-0001",
        "ñ" * 16,
        "٠" * 16,
        "0" * 9999,
    ],
)
def test_what_cannot_be_a_code_is_refused(typed: str) -> None:
    with pytest.raises(rules.CodeMalformed):
        rules.read_code(typed)


@pytest.mark.parametrize(
    ("typed", "mistake", "num", "shown"),
    [
        ("0000-0000-0000", CodeMistake.SHORT, 4, ""),
        ("0" * 15, CodeMistake.SHORT, 1, ""),
        ("0" * 18, CodeMistake.LONG, 2, ""),
        ("0000-0000-0000-0001", CodeMistake.CHECK, 0, ""),
        ("0000-0000-0000-000ñ", CodeMistake.SYMBOL, 0, "Ñ"),
        ("UUUU", CodeMistake.SYMBOL, 0, "U"),
        ("0000\u202e0000", CodeMistake.SYMBOL, 0, "U+202E"),
        ("0" * 81, CodeMistake.NO_CODE, 0, ""),
    ],
)
def test_refusal_of_a_code_says_what_to_mend(
    typed: str, mistake: CodeMistake, num: int, shown: str
) -> None:
    with pytest.raises(rules.CodeMalformed) as refused:
        rules.read_code(typed)
    refusal = refused.value
    assert (refusal.mistake, refusal.num, refusal.shown) == (mistake, num, shown)


CODE = rules.code_from(2**40 + 12345)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        (f"https://convoca.example.org/verify/{CODE}", "convoca.example.org"),
        (f"  http://convoca.example.org:8000/verify/{CODE}/?lang=en#top ", "convoca.example.org"),
        (f"convoca.example.org/verify/{rules.grouped(CODE).lower()}", "convoca.example.org"),
        (f"HTTPS://CONVOCA.EXAMPLE.ORG/VERIFY/{CODE}", "convoca.example.org"),
        (f"https://convoca.example.org/verify?code={rules.grouped(CODE)}", "convoca.example.org"),
        (f"/verify/{CODE}", None),
        (f"https://convoca.example.org@example.com/verify/{CODE}", "example.com"),
    ],
)
def test_pasted_link_is_read_with_its_host(typed: str, host: str | None) -> None:
    link = rules.link_in(typed)
    assert link is not None
    assert link.hostname == host
    assert rules.code_of_link(link) == CODE


@pytest.mark.parametrize(
    "typed", ["https://convoca.example.org/certificates", "https://[broken/verify/x", "/" * 400]
)
def test_link_without_a_code_is_refused(typed: str) -> None:
    with pytest.raises(rules.CodeMalformed):
        rules.code_of_link(rules.link_in(typed) or urlsplit(""))


def test_text_without_a_slash_is_no_link() -> None:
    assert rules.link_in(rules.grouped(CODE)) is None


def test_a_code_takes_exactly_75_bits() -> None:
    for wrong in (-1, 2**75):
        with pytest.raises(ValueError, match="75 bits"):
            rules.code_from(wrong)
    assert rules.code_from(0) == "0" * 16
    assert rules.code_from(2**75 - 1)[:15] == "Z" * 15


def test_the_state_follows_from_the_record_and_the_day() -> None:
    facts = sample(completed_on=date(2026, 11, 24), last_valid_on=date(2028, 11, 24))
    last = date(2028, 11, 24)

    def on(
        day: date,
        revoked: date | None = None,
        superseded: date | None = None,
        replaced: bool = False,
    ) -> CertificateStatus:
        return rules.status_of(
            facts, revoked_on=revoked, superseded_on=superseded, is_replaced=replaced, today=day
        )

    assert on(last) is CertificateStatus.VALID
    assert on(last + timedelta(days=1)) is CertificateStatus.EXPIRED
    assert on(last, superseded=last) is CertificateStatus.SUPERSEDED
    assert on(last, superseded=last + timedelta(days=1)) is CertificateStatus.VALID
    assert on(last + timedelta(days=1), superseded=last) is CertificateStatus.EXPIRED
    assert on(last, revoked=last, superseded=last) is CertificateStatus.REVOKED
    assert on(last + timedelta(days=9), revoked=last) is CertificateStatus.REVOKED
    assert on(last + timedelta(days=9), replaced=True) is CertificateStatus.REPLACED
    assert on(last, revoked=last, replaced=True) is CertificateStatus.REVOKED
    assert (
        rules.status_of(None, revoked_on=None, superseded_on=None, today=last)
        is CertificateStatus.UNKNOWN
    )


def test_a_certificate_without_end_does_not_expire() -> None:
    facts = sample(last_valid_on=None)
    status = rules.status_of(facts, revoked_on=None, superseded_on=None, today=date(2126, 1, 1))
    assert status is CertificateStatus.VALID


@pytest.mark.parametrize(
    "name",
    [
        "María José Ñáñez Güell de la O",
        "Li",
        "O’Brien-Usher",
        "Nguyễn Thị Ánh",
        "Þóra Œuvre",
        "J. P. d'Arc",
    ],
)
def test_names_people_have_are_printable(name: str) -> None:
    assert rules.printable_name(name) == name


def test_a_decomposed_name_is_composed_and_its_spaces_are_single() -> None:
    assert rules.printable_name(" Nun\u0303ez   Gu\u0308ell ") == "Nuñez Güell"


@pytest.mark.parametrize(
    "name",
    [
        "A\u202eb",
        "A\u200bb",
        "A\nb",
        "A\tb",
        "Ana 😀",
        "安娜",
        "Ана",
        "Ana <b>",
        "A\u0000",
        "",
        " ",
        "-.",
        "x\u0336y",
        "A1",
    ],
)
def test_names_that_would_print_wrong_are_refused(name: str) -> None:
    with pytest.raises(rules.NameNotPrintable):
        rules.printable_name(name)


def test_file_name_keeps_accents_and_carries_the_code() -> None:
    name = rules.file_name("María José Ñáñez Güell", "Atención y protección", "4HMASW9NF6YY093X")
    assert name == "maría-josé-ñáñez-güell_atención-y-protección_4HMA-SW9N-F6YY-093X.pdf"


@given(st.text(), st.text())
def test_file_names_are_safe_whatever_the_names(holder_name: str, course: str) -> None:
    name = rules.file_name(holder_name, course, "0" * 16)
    assert len(name) <= 130
    assert all(sign.isalnum() or sign in "-_." for sign in name)
    assert name.count("_") == 2
    assert not name.startswith(("-", ".", "_"))
