"""Writing a bank into a file, and what the format cannot hold."""

from app.training.exchange.exports import aiken, gift, moodle_xml
from app.training.exchange.values import Bank, Format, Written

WRITERS = {Format.GIFT: gift.write, Format.AIKEN: aiken.write, Format.MOODLE_XML: moodle_xml.write}
MEDIA_TYPES = {
    Format.GIFT: "text/plain; charset=utf-8",
    Format.AIKEN: "text/plain; charset=utf-8",
    Format.MOODLE_XML: "application/xml; charset=utf-8",
}
ENDS_OF_NAMES = {Format.GIFT: ".gift.txt", Format.AIKEN: ".aiken.txt", Format.MOODLE_XML: ".xml"}


def write(bank: Bank, format_: Format) -> Written:
    """Returns the file in UTF-8.

    Questions before the first category come first: no format leads back out of a category.
    """
    questions = sorted(bank.questions, key=lambda question: bool(question.category))
    return WRITERS[format_](Bank(tuple(questions), categories=bank.categories))
