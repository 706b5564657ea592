"""The rule book in plain words: what each rule is called and says, what its number counts, how hard
it may be.
"""

from datetime import date, datetime

from babel.dates import format_date

from app.infra.language import translate
from app.kernel.dated import last_day
from app.kernel.reference import reference_day
from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language, interface_language
from app.planning.scheduling.rules import book
from app.planning.scheduling.rules.book import spec_of
from app.planning.scheduling.rules.spec import REFUSED
from app.planning.scheduling.values import Approver, Setting, Severity

SEVERITIES = {
    Severity.BLOCK: N_("Refused"),
    Severity.CONFIRM: N_("Must be confirmed"),
    Severity.WARN: N_("Warning"),
    Severity.INFO: N_("Mentioned"),
}
APPROVERS = {
    Approver.NOBODY: N_("Nobody"),
    Approver.PRESIDENCY: N_("The presidency"),
    Approver.SECRETARIAT: N_("The secretariat or the presidency"),
}
CHOOSE = Sentence(N_("Choose one of the answers."))


def rule_titles() -> dict[str, str]:
    """Returns the msgid of each rule's title, by the rule's name."""
    return {str(spec.name): spec.title for spec in book.BOOK}


class BookWords:
    """The book in one language, for a page."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def name(self, rule: str) -> str:
        return translate(self.language, spec_of(rule).title)

    def explained(self, rule: str) -> str:
        return translate(self.language, spec_of(rule).explanation)

    def severity(self, severity: Severity) -> str:
        return translate(self.language, SEVERITIES[severity])

    def approver(self, rule: str, setting: Setting) -> str:
        """Returns who may let an event stand; nobody needs to where nothing is refused. A quorum
        is refused however lenient the severity.
        """
        refused = setting.severity in REFUSED or spec_of(rule).limits.is_quorum
        return translate(self.language, APPROVERS[setting.approver]) if refused else "–"

    def number(self, rule: str, threshold: int | None) -> str:
        """Returns what the rule counts up to, in words; "" for one that does not count."""
        limits = spec_of(rule).limits
        if threshold is None or not limits.sentence:
            return ""
        if limits.at_zero and threshold == 0:
            return translate(self.language, limits.at_zero)
        return translate(self.language, limits.sentence, count=threshold)

    def counted(self, rule: str) -> str:
        """Returns the label of its number."""
        return translate(self.language, spec_of(rule).limits.label)

    def day(self, on: date) -> str:
        return format_date(
            on,
            "d 'de' MMMM 'de' y" if interface_language(self.language) == "es" else "d MMMM y",
            locale=interface_language(self.language),
        )

    def last_day(self, until: date) -> str:
        """Returns the day before the first that no longer counts."""
        return self.day(last_day(until))

    def decided_on(self, at: datetime) -> str:
        return self.day(reference_day(at))
