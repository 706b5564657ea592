"""Files made to break a reader: refused or read, in a time that grows with their size only."""

import time
from contextlib import suppress

import pytest

from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.training.exchange.forms import read
from app.training.exchange.rules.fitting import to_items

MANY = 100_000
SECONDS = 8
HOSTILE = {
    "braces in braces": b"x" + b"{" * 100_000 + b"}" * 100_000,
    "braces that never close": b"x {=a\n\n" * MANY,
    "blocks without an end": b"{\n\n" + b"a\n\n" * MANY + b"{",
    "a line of answers": b"x {" + b"~a=b" * MANY + b"}",
    "escapes": b"x {=" + b"\\" * MANY + b"~a}",
    "marks": b"::" * MANY + b"{=a ~b}",
    "spaces": b"x {=a ~" + b" " * 3_000_000 + b"b}",
    "comment marks": b"// " + b"[tag:" * MANY + b"\nx{=a ~b}",
    "half tags": b"x" + b"<a" * MANY + b"{=a ~b}",
    "weights": b"x {=a ~" + b"%" + b"-" * MANY + b"}",
    "one long word": b"x {=" + b"a" * 3_000_000 + b" ~b}",
    "answers of Aiken": b"x\n" + b"A) a\n" * MANY + b"B) b\nANSWER: Z",
    "a question in XML": b"<quiz><question type='essay'>" + b"<a>" * 9 + b"x" * 3_000_000,
    "a picture in Markdown": b"[markdown]" + b"![" * MANY + b"{=a ~b}",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_costs_no_more_than_its_size(data: bytes) -> None:
    start = time.process_time()
    with suppress(InvalidInput):
        to_items(read(data, "bank.gift"), true="True", false="False")
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("data", [b"a" * 50_000_000, b"x{T}\n\n" * 5_001])
def test_too_much_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(data, "bank.gift")
    assert list(refusal.value.errors) == ["file"]


@pytest.mark.parametrize("bad", [b"\0", b"\xed\xa0\x80", b"\xff"])
def test_a_character_that_cannot_be_stored_costs_one_question(bad: bytes) -> None:
    bank = read("Niñez, ¿sí?{T}\n\nDos ".encode() + bad + b"{=a ~b}", "bank.gift")

    assert [question.text.body for question in bank.questions] == ["Niñez, ¿sí?"]
    assert say("es", bank.skipped[0].reason) == "Contiene un carácter que no se puede guardar."
    assert bank.skipped[0].name.encode()
