"""The rule book: `spec` what a rule is, `book` all rules, each with its spec, `overlaps` about
engagements that overlap, `limits` about what is counted, `clock` about hours and days, `delegates`
about groups that share them, `judging` about all of it at once, `slots` about free time, `tiles`
about what is left beside others, `overrides` about standing against a rule.
"""

from app.planning.scheduling.rules.book import AS_WRITTEN, ORDINARY, rule_book
from app.planning.scheduling.rules.overrides import SHORTEST_REASON, require_reason, with_overrides
from app.planning.scheduling.rules.refusals import (
    LONGEST,
    Clash,
    TooLong,
    require_bounded,
    require_free,
)
from app.planning.scheduling.rules.slots import best
from app.planning.scheduling.rules.spec import RuleBook, Terms

__all__ = [
    "AS_WRITTEN",
    "LONGEST",
    "ORDINARY",
    "SHORTEST_REASON",
    "Clash",
    "RuleBook",
    "Terms",
    "TooLong",
    "best",
    "require_bounded",
    "require_free",
    "require_reason",
    "rule_book",
    "with_overrides",
]
