"""Mail that is broken, by accident or on purpose: refused at once and quietly, so that the next one
is read.
"""

import time

import pytest
from flask import Flask

from app.kernel.refusal import Refusal
from tests.office.notifications.world import take_in

BROKEN = {
    "empty": b"",
    "zeros": b"\x00" * 1000,
    "no head": b"\r\n\r\nx",
    "no boundary": b"Content-Type: multipart/mixed\r\n\r\n--x",
    "open boundary": b'Content-Type: multipart/mixed; boundary="a\r\n\r\n--a\r\n',
    "bad base64": b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!=A\xff",
    "bad charset": b'Content-Type: text/calendar; charset="no\xff-such"\r\n\r\nBEGIN:VCALENDAR\r\n',
    "bad uuencode": b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n\xff",
    "bad words": b"To: =?utf-8?b?%%%?= <rsvp+x@example.org>\r\n\r\n",
    "deep": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
        for n in range(2000)
    ),
    "wide": b'Content-Type: multipart/mixed; boundary="a"\r\n\r\n' + b"--a\r\n\r\n\r\n" * 5000,
    "name in no charset": b"Content-Disposition: attachment; filename*=ut\0f'en'x%41.ics\r\n\r\nx",
    "rfc822 in rfc822": b"Content-Type: message/rfc822\r\n\r\n" * 3000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_mail_is_refused_quietly(app: Flask, name: str) -> None:
    to = f"Delivered-To: rsvp+{'a' * 20}@example.org\r\n".encode()
    for raw in (BROKEN[name], to + BROKEN[name]):
        with pytest.raises(Refusal):
            take_in(app, raw)


def _deep_and_long() -> bytes:
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(200)
    )
    return head + b"x\r\n" * 30_000


SLOW = {
    "commas": b"Content-Type: text/calendar\r\n\r\nATTENDEE"
    + b"".join(b";X-%d=,,,,,,,," % n for n in range(8)),
    "deep and long": _deep_and_long(),
}


@pytest.mark.parametrize("name", SLOW)
def test_what_is_written_to_take_long_is_refused_at_once(app: Flask, name: str) -> None:
    raw = f"Delivered-To: rsvp+{'a' * 20}@example.org\r\n".encode() + SLOW[name]
    began = time.process_time()
    with pytest.raises(Refusal):
        take_in(app, raw)
    assert time.process_time() - began < 0.5
