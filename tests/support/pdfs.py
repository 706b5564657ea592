"""Small PDF files, made by the rules of ISO 32000: sound ones, and ones with more in them."""

import zlib

Objects = dict[int, bytes]
SOUND: Objects = {
    1: b"<< /Type /Catalog /Pages 2 0 R >>",
    2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
}


def a_pdf(more: Objects | None = None, *, catalog: bytes = b"", trailer: bytes = b"") -> bytes:
    """Returns a PDF of one page. `more`: objects by number, from 4 on, or in place of those of a
    sound one; `catalog` and `trailer`: further members.
    """
    objects = {**SOUND, 1: SOUND[1].replace(b" >>", b" " + catalog + b" >>"), **(more or {})}
    written, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, body in sorted(objects.items()):
        places[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(written)
    size = max(objects) + 1
    written += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        free = b"0000000000 65535 f \n"
        written += b"%010d 00000 n \n" % places[number] if number in places else free
    ending = (size, trailer, table)
    written += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % ending
    return bytes(written)


def a_packed_pdf(action: bytes) -> bytes:
    """Returns a PDF of PDF 1.5 whose catalog with an action lies in a compressed object stream."""
    bodies = [SOUND[1].replace(b" >>", b" /OpenAction %s >>" % action), SOUND[2], SOUND[3]]
    heads, at = [], 0
    for number, body in enumerate(bodies, start=1):
        heads.append(b"%d %d" % (number, at))
        at += len(body) + 1
    head = b" ".join(heads) + b" "
    packed = zlib.compress(head + b" ".join(bodies))
    written = bytearray(b"%PDF-1.5\n")
    stream_at = len(written)
    written += (
        b"4 0 obj\n<< /Type /ObjStm /N 3 /First %d /Filter /FlateDecode /Length %d >>\nstream\n"
        % (
            len(head),
            len(packed),
        )
    )
    written += packed + b"\nendstream\nendobj\n"
    table_at = len(written)
    rows = [(0, 0, 65535), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, stream_at, 0), (1, table_at, 0)]
    table = zlib.compress(
        b"".join(bytes([kind]) + a.to_bytes(4, "big") + b.to_bytes(2, "big") for kind, a, b in rows)
    )
    written += (
        b"5 0 obj\n<< /Type /XRef /Size 6 /Root 1 0 R /W [1 4 2] /Filter /FlateDecode "
        b"/Length %d >>\nstream\n" % len(table)
    )
    written += table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table_at
    return bytes(written)
