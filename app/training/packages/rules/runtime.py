"""What the platform makes of what a package says: which elements are kept, how a status may change,
how time is counted, what a relaunch begins with. Sources: SCORM 1.2 RTE §3.4, SCORM 2004 4th ed. RTE §4.

A browser sends all of it, so all of it may be forged: values outside of their vocabulary are dropped,
and what the platform itself decides is not taken from there.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from app.training.packages.values import (
    DONE,
    PackageItem,
    PlayStatus,
    Standard,
    VisitEntry,
    VisitMode,
)

MOST_SUSPEND = 64_000
MOST_VALUE = 4_096
MOST_ELEMENTS = 6_000
MOST_STATE = 512 * 1024
LONGEST_ELEMENT = 120
GRACE_SECONDS = 60
"""Clocks of two machines differ; more than this above the time that passed is not believed."""

SUSPEND = "cmi.suspend_data"
STATUS_12, EXIT_12, TIME_12 = "cmi.core.lesson_status", "cmi.core.exit", "cmi.core.session_time"
RAW_12 = "cmi.core.score.raw"
COMPLETION, SUCCESS = "cmi.completion_status", "cmi.success_status"
EXIT_2004, TIME_2004, SCALED = "cmi.exit", "cmi.session_time", "cmi.score.scaled"
RAW_2004 = "cmi.score.raw"

KEPT_12 = re.compile(
    r"cmi\.(?:suspend_data|comments|core\.(?:lesson_location|lesson_status|exit|session_time|score\.(?:raw|min|max))"
    r"|student_preference\.(?:audio|language|speed|text)"
    r"|objectives\.(\d{1,3})\.(?:id|status|score\.(?:raw|min|max))"
    r"|interactions\.(\d{1,3})\.(?:id|time|type|weighting|student_response|result|latency"
    r"|objectives\.(\d{1,3})\.id|correct_responses\.(\d{1,3})\.pattern))"
)
KEPT_2004 = re.compile(
    r"cmi\.(?:suspend_data|location|completion_status|success_status|progress_measure|exit|session_time"
    r"|score\.(?:scaled|raw|min|max)"
    r"|learner_preference\.(?:audio_level|language|delivery_speed|audio_captioning)"
    r"|comments_from_learner\.(\d{1,3})\.(?:comment|location|timestamp)"
    r"|objectives\.(\d{1,3})\.(?:id|success_status|completion_status|progress_measure|description"
    r"|score\.(?:scaled|raw|min|max))"
    r"|interactions\.(\d{1,3})\.(?:id|type|timestamp|weighting|learner_response|result|latency|description"
    r"|objectives\.(\d{1,3})\.id|correct_responses\.(\d{1,3})\.pattern))"
)
KEPT = {Standard.SCORM_12: KEPT_12, Standard.SCORM_2004: KEPT_2004}
VOCABULARIES: Mapping[str, frozenset[str]] = {
    STATUS_12: frozenset(status.value for status in PlayStatus),
    EXIT_12: frozenset({"time-out", "suspend", "logout", ""}),
    COMPLETION: frozenset({"completed", "incomplete", "not attempted", "unknown"}),
    SUCCESS: frozenset({"passed", "failed", "unknown"}),
    EXIT_2004: frozenset({"time-out", "suspend", "logout", "normal", ""}),
}
NUMBERS: Mapping[str, tuple[float, float]] = {
    RAW_12: (0, 100),
    "cmi.core.score.min": (0, 100),
    "cmi.core.score.max": (0, 100),
    SCALED: (-1, 1),
    "cmi.progress_measure": (0, 1),
}
NOT_CARRIED = {EXIT_12, TIME_12, EXIT_2004, TIME_2004}
"""Of one session only: a relaunch begins without them."""


def kept_values(standard: Standard, sent: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Returns the elements that a package may set and whose values are in the vocabulary; drops the
    rest.
    """
    values = {}
    for element, value in sent:
        if len(element) > LONGEST_ELEMENT or not KEPT[standard].fullmatch(element):
            continue
        if isinstance(value, str) and _may_stand(element, value):
            values[element] = value
    return values


def _may_stand(element: str, value: str) -> bool:
    if len(value) > (MOST_SUSPEND if element == SUSPEND else MOST_VALUE) or "\x00" in value:
        return False
    if element in VOCABULARIES:
        return value in VOCABULARIES[element]
    if element in NUMBERS and value:
        number, (least, most) = _number(value), NUMBERS[element]
        return number is not None and least <= number <= most
    return True


def _number(text: str | None) -> float | None:
    if text is None or not re.fullmatch(r"-?\d{1,7}(\.\d{1,12})?", text.strip()):
        return None
    return float(text)


def suspend_is_too_long(sent: Mapping[str, object]) -> bool:
    value = sent.get(SUSPEND)
    return isinstance(value, str) and len(value) > MOST_SUSPEND


def is_too_large(state: Mapping[str, str]) -> bool:
    """Returns True for a session that holds more than any package needs."""
    size = sum(len(element) + len(value) for element, value in state.items())
    return len(state) > MOST_ELEMENTS or size > MOST_STATE


TIMESPAN = re.compile(r"(\d{1,4}):(\d{2}):(\d{2})(?:\.\d{1,2})?")
DURATION = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d{1,9})?S)?)?"
)
UNITS = (31_536_000, 2_628_000, 86_400, 3_600, 60, 1)
"""Seconds of a year, a twelfth of it, a day, an hour, a minute and a second."""


def seconds_of(text: str) -> int | None:
    """Reads a time span of SCORM 1.2 (`0001:02:03.50`) or of SCORM 2004 (`PT1H2M3S`); returns whole
    seconds.
    """
    if match := TIMESPAN.fullmatch(text):
        hours, minutes, seconds = map(int, match.groups())
        return hours * 3600 + minutes * 60 + seconds
    match = DURATION.fullmatch(text)
    if match is None or text in ("P", "PT"):
        return None
    pairs = zip(match.groups(), UNITS, strict=True)
    return sum(int(number) * unit for number, unit in pairs if number)


def time_text(standard: Standard, seconds: int) -> str:
    """Writes seconds in the format of `cmi.core.total_time` (SCORM 1.2) or `cmi.total_time` (2004)."""
    if standard is Standard.SCORM_2004:
        return f"PT{seconds}S"
    return f"{min(seconds // 3600, 9999):04d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.00"


def session_seconds(standard: Standard, state: Mapping[str, str], *, passed: int) -> int:
    """Returns the seconds that the package says this session took, at most the time since the
    launch and a minute more.
    """
    element = TIME_12 if standard is Standard.SCORM_12 else TIME_2004
    claimed = seconds_of(state.get(element, ""))
    return min(claimed or 0, max(passed, 0) + GRACE_SECONDS)


@dataclass(frozen=True)
class PackageOutcome:
    """The result of a session: a status in the words of SCORM 1.2, and a score of 0–100 or None."""

    status: PlayStatus
    score: float | None


def outcome(
    item: PackageItem, standard: Standard, state: Mapping[str, str], *, ended: bool
) -> PackageOutcome:
    """Derives the status from what the package sent. `ended`: it sent LMSFinish or Terminate.

    Then a mastery score decides between passed and failed, where the package sent a score. A
    package without a mastery score that never set a status has completed, unless it was suspended.
    """
    if standard is Standard.SCORM_12:
        return _outcome_12(item, state, ended)
    return _outcome_2004(item, state, ended)


def _outcome_12(item: PackageItem, state: Mapping[str, str], ended: bool) -> PackageOutcome:
    score, mastery = _number(state.get(RAW_12)), _number(item.mastery)
    status = PlayStatus(state.get(STATUS_12) or PlayStatus.NOT_ATTEMPTED)
    if ended and mastery is not None and score is not None:
        return PackageOutcome(PlayStatus.PASSED if score >= mastery else PlayStatus.FAILED, score)
    if status is PlayStatus.NOT_ATTEMPTED:
        is_put_aside = state.get(EXIT_12) == "suspend"
        completes = ended and not is_put_aside and mastery is None
        return PackageOutcome(PlayStatus.COMPLETED if completes else PlayStatus.INCOMPLETE, score)
    return PackageOutcome(status, score)


def _outcome_2004(item: PackageItem, state: Mapping[str, str], ended: bool) -> PackageOutcome:
    scaled, raw = _number(state.get(SCALED)), _number(state.get(RAW_2004))
    score = None if scaled is None else max(scaled, 0.0) * 100
    if score is None and raw is not None and 0 <= raw <= 100:  # noqa: PLR2004 - per cent
        score = raw
    completion = state.get(COMPLETION) or "unknown"
    success = state.get(SUCCESS) or "unknown"
    threshold, mastery = _number(item.completion_threshold), _number(item.mastery)
    progress = _number(state.get("cmi.progress_measure"))
    if threshold is not None and progress is not None:
        completion = "completed" if progress >= threshold else "incomplete"
    if mastery is not None and scaled is not None:
        success = "passed" if scaled >= mastery else "failed"
    if success == "passed":
        return PackageOutcome(PlayStatus.PASSED, score)
    if success == "failed":
        return PackageOutcome(PlayStatus.FAILED, score)
    is_put_aside = state.get(EXIT_2004) == "suspend"
    says_nothing = completion == "unknown" and mastery is None and threshold is None
    if completion == "completed" or (ended and not is_put_aside and says_nothing):
        return PackageOutcome(PlayStatus.COMPLETED, score)
    return PackageOutcome(PlayStatus.INCOMPLETE, score)


def later(before: PlayStatus, now: PlayStatus) -> PlayStatus:
    """Returns the status after a session. A status that was reached before is never lost."""
    if before is PlayStatus.PASSED or now is PlayStatus.NOT_ATTEMPTED:
        return before
    if before is PlayStatus.COMPLETED:
        return PlayStatus.PASSED if now is PlayStatus.PASSED else before
    if before is PlayStatus.FAILED:
        return now if now in DONE else before
    return now


def best(before: float | None, now: float | None) -> float | None:
    """Returns the better of two scores."""
    return max((score for score in (before, now) if score is not None), default=None)


@dataclass(frozen=True)
class Before:
    """The session before this one. `ended`: the package sent LMSFinish or Terminate in it."""

    state: Mapping[str, str]
    ended: bool
    mode: VisitMode = VisitMode.NORMAL


@dataclass(frozen=True)
class Beginning:
    """How a launch enters its item, and the elements that it finds again."""

    mode: VisitMode
    entry: VisitEntry
    kept: Mapping[str, str]


def begins_with(
    standard: Standard, before: Before | None, status: PlayStatus, *, is_anew: bool = False
) -> Beginning:
    """Returns how a launch begins.

    A session that did not end, because the tab was closed or the line was cut, is resumed. SCORM
    1.2 keeps everything between sessions. In SCORM 2004 an attempt that ended normally is over and
    the next one begins anew, unless the item is done and is only reviewed.

    Whoever has passed or completed the item only reviews it, and nothing of that counts. Two cases
    count all the same: `is_anew`, where the learner asked for another attempt, and an attempt that
    is not over, because some packages say “completed” when their last page opens, before its
    questions are answered. A result that was reached is not lost (`later`, `best`).
    """
    if before is None or is_anew:
        return Beginning(VisitMode.NORMAL, VisitEntry.FIRST, {})
    exit_ = before.state.get(EXIT_12 if standard is Standard.SCORM_12 else EXIT_2004, "")
    is_resumed = not before.ended or exit_ == "suspend"
    kept = {e: value for e, value in before.state.items() if e not in NOT_CARRIED}
    counts = status not in DONE or (is_resumed and before.mode is VisitMode.NORMAL)
    mode = VisitMode.NORMAL if counts else VisitMode.REVIEW
    if is_resumed:
        entry = VisitEntry.RESUME if kept else VisitEntry.FIRST
        return Beginning(mode, entry, kept)
    if standard is Standard.SCORM_2004 and status not in DONE and exit_ != "logout":
        return Beginning(mode, VisitEntry.FIRST, {})
    return Beginning(mode, VisitEntry.NEITHER, kept)


def data_model(
    item: PackageItem,
    standard: Standard,
    *,
    learner: tuple[str, str],
    entry: VisitEntry,
    mode: VisitMode,
    seconds: int,
    kept: Mapping[str, str],
) -> dict[str, str]:
    """Returns every element that the player starts from. `learner`: an id that means nothing
    elsewhere, and the name. Elements without a value are left out, because the runtime refuses
    empty ones. An attempt that begins finds the objectives of the manifest (SCORM 2004 RTE §4.2.17).
    """
    credit = "credit" if mode is VisitMode.NORMAL else "no-credit"
    if standard is Standard.SCORM_12:
        own = {
            "cmi.core.student_id": learner[0],
            "cmi.core.student_name": learner[1],
            "cmi.core.credit": credit,
            "cmi.core.entry": entry.value,
            "cmi.core.lesson_mode": mode.value,
            "cmi.core.total_time": time_text(standard, seconds),
            "cmi.launch_data": item.launch_data,
            "cmi.student_data.mastery_score": item.mastery,
            "cmi.student_data.max_time_allowed": item.max_time,
            "cmi.student_data.time_limit_action": item.time_limit_action,
        }
    else:
        own = {
            "cmi.learner_id": learner[0],
            "cmi.learner_name": learner[1],
            "cmi.credit": credit,
            "cmi.entry": entry.value,
            "cmi.mode": mode.value,
            "cmi.total_time": time_text(standard, seconds),
            "cmi.launch_data": item.launch_data,
            "cmi.scaled_passing_score": item.mastery,
            "cmi.completion_threshold": item.completion_threshold,
            "cmi.max_time_allowed": item.max_time,
            "cmi.time_limit_action": item.time_limit_action,
        }
        if not any(element.startswith("cmi.objectives.") for element in kept):
            own |= {f"cmi.objectives.{n}.id": name for n, name in enumerate(item.objectives)}
    return {e: value for e, value in {**kept, **own}.items() if value}


# The AICC script of SCORM 1.2 in which an item names what must be done before it: `A & (B | ~C)`.
#
# Also `AND`, `OR`, `NOT`, and `A="completed"` for a status. What cannot be read is ignored, which the
# dry run says.

TOKEN = re.compile(r'\s*(?:(&|\||~|\(|\)|<>|=)|"([^"]*)"|([^\s&|~()="<>]+))')
WORDS = {"and": "&", "or": "|", "not": "~"}
MOST_TOKENS = 150
STATUS_LETTERS = {
    "p": PlayStatus.PASSED,
    "c": PlayStatus.COMPLETED,
    "f": PlayStatus.FAILED,
    "i": PlayStatus.INCOMPLETE,
    "b": PlayStatus.BROWSED,
    "n": PlayStatus.NOT_ATTEMPTED,
}


class UnreadableScript(ValueError):
    """The script is none that is known here, or names an item that does not exist."""


def holds(script: str, statuses: Mapping[str, PlayStatus]) -> bool:
    """Returns True when the script is true of the statuses by item. Raises UnreadableScript."""
    if not script.strip():
        return True
    return _ScriptReader(_tokens(script), statuses).whole()


def is_readable(script: str, keys: Collection[str]) -> bool:
    try:
        holds(script, dict.fromkeys(keys, PlayStatus.NOT_ATTEMPTED))
    except UnreadableScript:
        return False
    return True


def _tokens(script: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    text = script.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None or len(tokens) >= MOST_TOKENS:
            raise UnreadableScript(script)
        sign, quoted, word = match.groups()
        if word is not None:
            sign = WORDS.get(word.lower(), f"w{word}")
        tokens.append(sign if sign is not None else f"w{quoted}")
        at = match.end()
    return tokens


class _ScriptReader:
    """A recursive descent: or, and, not, parentheses; each part is read whether it counts or not."""

    def __init__(self, tokens: list[str], statuses: Mapping[str, PlayStatus]) -> None:
        self.tokens, self.statuses = tokens, statuses

    def whole(self) -> bool:
        value = self.either()
        if self.tokens:
            raise UnreadableScript(self.tokens[0])
        return value

    def either(self) -> bool:
        value = self.both()
        while self.takes("|"):
            value = self.both() or value
        return value

    def both(self) -> bool:
        value = self.one()
        while self.takes("&"):
            value = self.one() and value
        return value

    def one(self) -> bool:
        if self.takes("~"):
            return not self.one()
        if self.takes("("):
            value = self.either()
            if not self.takes(")"):
                raise UnreadableScript("(")
            return value
        status = self.statuses.get(self.word())
        if status is None:
            raise UnreadableScript("item")
        for sign in ("=", "<>"):
            if self.takes(sign):
                return (status is _status(self.word())) is (sign == "=")
        return status in DONE

    def takes(self, token: str) -> bool:
        is_next = bool(self.tokens) and self.tokens[0] == token
        if is_next:
            self.tokens.pop(0)
        return is_next

    def word(self) -> str:
        if not self.tokens or not self.tokens[0].startswith("w"):
            raise UnreadableScript("word")
        return self.tokens.pop(0)[1:]


def _status(word: str) -> PlayStatus:
    """Returns a status by its whole name or by its first letter, as AICC allows."""
    folded = word.strip().lower()
    if folded in set(PlayStatus):
        return PlayStatus(folded)
    if folded in STATUS_LETTERS:
        return STATUS_LETTERS[folded]
    raise UnreadableScript(word)
