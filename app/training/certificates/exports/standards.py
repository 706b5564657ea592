"""What a page of WeasyPrint lacks to be PDF/A-3a and PDF/UA-1 in one file, with room for a seal.

WeasyPrint promises one standard at a time. Its PDF/A-3a page is written, and what PDF/UA-1 asks for
beside it is added to the file's objects, by public names of pydyf, before they are written. The
signature is prepared here too: it is part of the only revision of the file, so that sealing
(`exports.seal`) fills in bytes and changes nothing of what a validator sees.
"""

import zlib
from collections.abc import Mapping, Sequence
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

SEAL_BYTES = 16 * 1024
"""Room for the seal with its chain of certificates and a time stamp, some 4 to 14 kB."""
BYTE_RANGE = b"[0 %010d %010d %010d]" % (0, 0, 0)
SEALED_AT = b"(D:00000000000000Z)"
CONTENTS = b"<" + b"00" * SEAL_BYTES + b">"
FIELD = "seal"
DESCRIPTION = "Sello electrónico del emisor"
"""What a screen reader says of the field, in the language of the paper."""


def promise_both_standards(pdf: pydyf.PDF) -> None:
    """Adds to the metadata of a PDF/A-3a file that it is PDF/UA-1 too."""
    metadata = _object(pdf, pdf.catalog["Metadata"])
    (xmp,) = metadata.stream
    metadata.stream = [xmp.replace(b"</rdf:RDF>", IDENTIFICATION + b"</rdf:RDF>")]


def name_attachments_once(pdf: pydyf.PDF) -> None:
    """Names each attached file once among those associated with the document: WeasyPrint does it
    twice.
    """
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def make_room_for_seal(pdf: pydyf.PDF) -> None:
    """Adds an invisible signature field that permits no change, tagged so that PDF/UA-1 holds.

    The three values that sealing fills in stand in the file as BYTE_RANGE, SEALED_AT and CONTENTS.
    """
    page_reference = pdf.page_references[0]
    page = _object(pdf, page_reference)
    structure = _object(pdf, pdf.catalog["StructTreeRoot"])
    document = _object(pdf, structure["K"][0])
    parents = _object(pdf, structure["ParentTree"])["Nums"]
    key = parents[-2] + 1

    signature = pydyf.Dictionary(
        {
            "Type": "/Sig",
            "Filter": "/Adobe.PPKLite",
            "SubFilter": "/ETSI.CAdES.detached",
            "Contents": CONTENTS,
            "ByteRange": BYTE_RANGE,
            "M": SEALED_AT,
            "Reference": pydyf.Array([_no_change_permitted()]),
        }
    )
    pdf.add_object(signature)
    widget = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(FIELD),
            "TU": pydyf.String(DESCRIPTION),
            "V": signature.reference,
            "Rect": pydyf.Array([0, 0, 0, 0]),
            "F": 4 + 128,  # printed, locked
            "P": page_reference,
            "StructParent": key,
        }
    )
    pdf.add_object(widget)
    element = pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "P": document.reference,
            "Pg": page_reference,
            "K": pydyf.Dictionary({"Type": "/OBJR", "Obj": widget.reference, "Pg": page_reference}),
        }
    )
    pdf.add_object(element)
    document["K"].append(element.reference)
    parents.extend([key, element.reference])
    page["Annots"] = pydyf.Array([widget.reference])
    pdf.catalog["AcroForm"] = pydyf.Dictionary(
        {"Fields": pydyf.Array([widget.reference]), "SigFlags": 3}
    )
    pdf.catalog["Perms"] = pydyf.Dictionary({"DocMDP": signature.reference})


def add_validation_info(pdf: pydyf.PDF, info: Mapping[str, Sequence[bytes]]) -> None:
    """Adds the document security store that makes a seal B-LT (ETSI EN 319 142-1, 5.4.2.2)."""
    store = pydyf.Dictionary({"Type": "/DSS"})
    for name, contents in info.items():
        store[name] = pydyf.Array()
        for content in contents:
            stream = pydyf.Stream([content])
            pdf.add_object(stream)
            store[name].append(stream.reference)
    pdf.catalog["DSS"] = store
    pdf.catalog["Extensions"] = pydyf.Dictionary(
        {"ESIC": pydyf.Dictionary({"BaseVersion": "/1.7", "ExtensionLevel": 1})}
    )


def write_once(pdf: pydyf.PDF) -> None:
    """Puts the bytes of each object in its place, which pydyf would make twice, once for the
    identifier of the file. Streams are compressed but for the metadata, which any program may look
    for.

    To be called last, with `uncompressed_pdf=True`: else pydyf puts objects into streams of its own.
    """
    for number, item in enumerate(pdf.objects):
        if isinstance(item, pydyf.Stream) and not {"Filter", "Type"} & item.extra.keys():
            _deflate(item)
        if item.free != "f":
            pdf.objects[number] = WrittenObject(item)


def _deflate(stream: pydyf.Stream) -> None:
    """Compresses a stream as zlib does by default, which takes half the time of pydyf's way and
    some 100 bytes more of a whole file.
    """
    _, _, written = pydyf.Stream(stream.stream).data.partition(b"stream\n")
    stream.stream = [zlib.compress(written.removesuffix(b"\nendstream"))]
    stream.extra["Filter"] = "/FlateDecode"


class WrittenObject(pydyf.Object):
    """The bytes of an object as they stand in the file, the end of a stream marked by CRLF.

    pydyf marks it by LF. After compressed bytes that happen to end in CR, as one in 256 does, a
    reader takes both for the mark and finds the stream one byte too short.
    """

    def __init__(self, item: pydyf.Object) -> None:
        super().__init__()
        self.number, self.generation = item.number, item.generation
        self._data: bytes = item.data
        if isinstance(item, pydyf.Stream):
            content, _, end = self._data.rpartition(b"\n")
            self._data = content + b"\r\n" + end

    @property
    def data(self) -> bytes:
        return self._data


def _no_change_permitted() -> pydyf.Dictionary:
    parameters = pydyf.Dictionary({"Type": "/TransformParams", "P": 1, "V": "/1.2"})
    return pydyf.Dictionary(
        {"Type": "/SigRef", "TransformMethod": "/DocMDP", "TransformParams": parameters}
    )


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
