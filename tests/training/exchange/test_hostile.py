"""Files made to break a reader: refused or read, in a time that grows with their size only."""

import time
from contextlib import suppress

import pytest

from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.training.exchange.forms import TOO_MUCH_MARKUP, read
from app.training.exchange.rules.fitting import OVERLOADED, to_items

MANY = 100_000
BEGINNING = 1_600
"""Letters of a text from which a question without a name gets one."""
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
    "words before an ordering": b"x {>5 " + b"1 " * 4 * MANY + b"}",
    "steps of an ordering": b"x {>5\n" + b"a\n" * 4 * MANY + b"}",
    "empty lines after a question": b"x {T}" + b"\n" * 9_800_000,
    "lines of one letter": b"x {T}\n\n" + b"a\n" * 1_500_000,
    "emphasis that never ends": b"[markdown]" + b"*_[" * 30_000 + b"{=a ~b}",
    "tags in tags": b"[html]" + b"<p><div>" * 12_000 + b"{=a ~b}",
    "rows of a table": b"[markdown]|a|b|\\n|-|-|" + b"\\n|" * 30_000 + b"{=a ~b}",
    "a picture in Markdown": b"[markdown]" + b"![" * MANY + b"{=a ~b}",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_costs_no_more_than_its_size(data: bytes) -> None:
    start = time.process_time()
    with suppress(InvalidInput):
        to_items(read(data, "bank.gift"), true="True", false="False")
    assert time.process_time() - start < SECONDS


def marked(format_: str, body: str, count: int = 1_000) -> bytes:
    """So many questions in Moodle XML with this text."""
    answers = "".join(
        f"<answer fraction='{weight}'><text>{word}</text></answer>"
        for weight, word in ((100, "true"), (0, "false"))
    )
    question = (
        f"<question type='truefalse'><questiontext format='{format_}'><text><![CDATA[{body}]]></text>"
        f"</questiontext>{answers}</question>"
    )
    return f"<quiz>{question * count}</quiz>".encode()


@pytest.mark.parametrize(
    ("format_", "body"),
    [
        ("markdown", "*_[" * 30_000),
        ("html", "<b>" * 20_000),
        ("markdown", "|a|b|\n|-|-|\n" + "|\n" * 5_000),
    ],
)
def test_limits_are_asked_before_a_text_is_rendered(
    monkeypatch: pytest.MonkeyPatch, format_: str, body: str
) -> None:
    """A text of 90 KB that is too long for any quiz took 22 seconds first."""

    def rendered(words: str, *_more: object, **_options: object) -> str:
        if len(words) > BEGINNING:
            pytest.fail(f"rendered {len(words)} letters")
        return ""

    monkeypatch.setattr("app.web.markdown.rich_text", rendered)
    monkeypatch.setattr("nh3.clean", rendered)
    fitting = to_items(read(marked(format_, body, count=3)), true="True", false="False")
    assert fitting.items == ()
    assert {one.reason.msgid for one in fitting.skipped} == {OVERLOADED}


def test_markup_of_a_whole_file_is_bounded() -> None:
    few = marked("html", "<b>x</b>" * 100, count=500)
    assert len(to_items(read(few), true="True", false="False").items) == 500
    for body in ("<b>x</b>" * 400, "*x* " * 400):
        with pytest.raises(InvalidInput) as refusal:
            read(marked("html" if "<" in body else "markdown", body))
        assert refusal.value.errors["file"].msgid == TOO_MUCH_MARKUP


@pytest.mark.parametrize(
    "data", [b"a" * 50_000_000, b"x{T}\n\n" * 1_001, b"x{T}\n\n" + b"a " * 1_600_000]
)
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


def test_text_that_turns_the_line_around_costs_one_question() -> None:
    bank = read("¿Sí?{T}\n\nActa\u202efdp{=a ~b}".encode(), "bank.gift")
    assert [question.text.body for question in bank.questions] == ["¿Sí?"]
    assert [say("en", one.reason) for one in bank.skipped] == [
        "It holds invisible signs that turn the line around."
    ]
