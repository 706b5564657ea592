"""What an archive is when it is no SCORM package, and what its author can do instead.

An archive of another kind is told by the names in it, or by what its imsmanifest.xml declares: its
schema, its namespaces and the types of its resources. The manifest is searched as text, because a
cartridge is named as one even where its manifest could not be read as SCORM.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Collection

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.training.packages.rules.archive import shown

NO_MANIFEST = N_("The archive holds no imsmanifest.xml, so it is not a SCORM package.")
IS_H5P = N_(
    "This is an H5P package, which is not played here. Open it where it was made or in the program Lumi, "
    "export it as SCORM 1.2, and upload that."
)
IS_CMI5 = N_(
    "This is a cmi5 package, which is not played here. Export it again from the program that made it, as SCORM 1.2."
)
IS_TINCAN = N_(
    "This is an xAPI (Tin Can) package, which is not played here. Export it again from the program that made it, "
    "as SCORM 1.2."
)
IS_AICC = N_(
    "This is an AICC package, which is not played here. Export it again from the program that made it, as SCORM 1.2."
)
IS_CARTRIDGE = N_(
    "This is a Common Cartridge: a whole course of another platform. Export its lessons there as SCORM 1.2 and its "
    "questions as Moodle XML; the questions belong in the bank of a course, the lessons here."
)
IS_QTI = N_(
    "These are questions (QTI) and not a lesson. Export them as Moodle XML, GIFT or Aiken, and import that into the "
    "bank of a course."
)
IS_INNER = N_("The package is inside another archive (%(name)s). Unpack it and upload that one.")

BY_NAME = (("h5p.json", IS_H5P), ("cmi5.xml", IS_CMI5), ("tincan.xml", IS_TINCAN))
AICC_ENDS = {".crs", ".au"}
"""Every AICC course has both: its description, and its table of assignable units."""

SCORM = re.compile(r"\bscormtype\s*=", re.IGNORECASE)
CARTRIDGE = re.compile(
    r"/xsd/imscc|imscc_xmlv|<(?:\w{1,20}:)?schema>\s{0,40}IMS (?:Thin )?Common Cartridge",
    re.IGNORECASE,
)
QTI = re.compile(
    r"\btype\s*=\s*[\"'](?:imsqti|assessment/x-bb-qti)|<(?:\w{1,20}:)?schema>\s{0,40}(?:IMS )?QTI",
    re.IGNORECASE,
)


def other_kind(manifest: bytes) -> Sentence | None:
    """Returns what an archive with this imsmanifest.xml is instead of a SCORM package; None for one
    of SCORM, and for plain content without questions.
    """
    text = _text(manifest)
    if SCORM.search(text):
        return None
    if CARTRIDGE.search(text):
        return Sentence(IS_CARTRIDGE)
    return Sentence(IS_QTI) if QTI.search(text) else None


def _text(manifest: bytes) -> str:
    is_wide = manifest.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    return manifest.decode("utf-16" if is_wide else "utf-8", "replace")


def kind_without_manifest(paths: Collection[str]) -> Sentence:
    """Returns what an archive is that holds no imsmanifest.xml."""
    names = [path.rpartition("/")[2].casefold() for path in paths]
    for name, msgid in BY_NAME:
        if name in names:
            return Sentence(msgid)
    if {f".{name.rpartition('.')[2]}" for name in names} >= AICC_ENDS:
        return Sentence(IS_AICC)
    inner = next((path for path in paths if path.casefold().endswith(".zip")), "")
    return Sentence(IS_INNER, {"name": shown(inner)}) if inner else Sentence(NO_MANIFEST)
