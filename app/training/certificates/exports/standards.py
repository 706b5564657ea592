"""What a page of WeasyPrint lacks to be PDF/A-3a and PDF/UA-1 in one file.

WeasyPrint promises one standard at a time. Its PDF/A-3a page is written, and what PDF/UA-1 asks for
beside it is added to the file's objects, by public names of pydyf, before they are written.
"""

from typing import Any

import pydyf  # type: ignore[import-untyped]  # ships no types

VARIANT = "pdf/a-3a"
IDENTIFICATION = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>\
</rdf:Description>"""
"""PDF/A wants each property that it does not know described (ISO 19005-3, 6.6.2.3)."""


def promise_both_standards(pdf: pydyf.PDF) -> None:
    """Adds to the metadata of a PDF/A-3a file that it is PDF/UA-1 too."""
    metadata = _object(pdf, pdf.catalog["Metadata"])
    (xmp,) = metadata.stream
    metadata.stream = [xmp.replace(b"</rdf:RDF>", IDENTIFICATION + b"</rdf:RDF>")]


def write_streams(pdf: pydyf.PDF) -> None:
    """Writes each stream once, compressed but for the metadata, which any program may look for.

    To be called last, with `uncompressed_pdf=True`: else pydyf puts objects into streams of its own.
    """
    for number, item in enumerate(pdf.objects):
        if isinstance(item, pydyf.Stream):
            item.compress = not {"Filter", "Type"} & item.extra.keys()
            pdf.objects[number] = WrittenStream(item)


class WrittenStream(pydyf.Object):
    """The bytes of a stream as they stand in the file, its end marked by CRLF.

    pydyf marks it by LF. After compressed bytes that happen to end in CR, as one in 256 does, a
    reader takes both for the mark and finds the stream one byte too short.
    """

    def __init__(self, stream: pydyf.Stream) -> None:
        super().__init__()
        self.number, self.generation = stream.number, stream.generation
        content, _, end = stream.data.rpartition(b"\n")
        self._data: bytes = content + b"\r\n" + end

    @property
    def data(self) -> bytes:
        return self._data


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
