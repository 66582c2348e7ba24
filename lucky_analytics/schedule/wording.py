"""Lines of a report, reworded by a language model where somebody wants that, and only if nothing changed.

The model is asked once a report. What it gives is held against the plain lines, number by number; whatever
differs, or fails, has the plain lines sent.
"""

from __future__ import annotations

import json
import re
import urllib.error
from collections.abc import Sequence
from dataclasses import dataclass

from lucky_analytics.errors import LuckyError
from lucky_analytics.schedule.http_post import is_private, post_json
from lucky_analytics.schedule.message import redact
from lucky_analytics.secrets import Secret

__all__ = ["Endpoint", "Wording", "find_difference", "reword"]

_ASKED = (
    "You make lines of a morning report easier to read. Keep every number, sign, unit, name and direction "
    "exactly as it is written, in the same order and in the same line. Add nothing and leave nothing out. "
    "Answer with a JSON array of strings alone, one for each line."
)
_LONGEST = 40  # words of a line, as on a page; a longer one may grow by a quarter
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand "
    "million billion dozen half halves halved third thirds quarter quarters once twice double doubled triple "
    "tripled first second both couple pair single"
)
_NUMBER = re.compile(
    r"[+\u2212-]?\s?[$€£]?\d[\d,.]*(?<![,.])(?:\s?(?:%|[KMB]\b|(?:st|nd|rd|th)\b))?"
    rf"|\b(?:{_COUNTED.replace(' ', '|')})\b",
    re.IGNORECASE,
)
_UNITS = (
    "second minute hour day week month year order customer coupon refund payment machine store item cent "
    "dollar percent"
)
_DIRECTIONS = {
    "up": "above over more higher high up rise rose grew grow increase increased gain gained better dearer "
    "larger",
    "down": "below under less fewer lower low down fell fall decrease decreased decline declined lost short "
    "worse cheaper smaller dropped drop",
    "not": "not no none nothing never without but",
    "usual": "usual usually",
    "unusual": "unusual unusually",
    "within": "within inside",
    "outside": "outside beyond",
}
_SIDE = {word: side for side, words in _DIRECTIONS.items() for word in words.split()}


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible address (``{url}/chat/completions``), and the notebooks whose reports go there.
    ``key`` is null where it asks for none; ``seconds`` is how long it may take."""

    url: str
    model: str
    notebooks: tuple[str, ...]
    key: Secret | None = None
    seconds: float = 20.0


@dataclass(frozen=True)
class Wording:
    """``lines`` in the order of those given; none where the plain ones are to be sent, and then ``why``."""

    lines: tuple[str, ...] = ()
    why: str = ""


def reword(lines: Sequence[str], endpoint: Endpoint) -> Wording:
    """The lines as the model words them, or none with the reason. Raises nothing: a report is sent
    anyway."""
    try:
        answer = _ask(lines, endpoint)
    except urllib.error.HTTPError as error:
        return Wording(why=f"answer {error.code}")
    except (OSError, ValueError) as error:
        return Wording(why=type(getattr(error, "reason", error)).__name__)
    except LuckyError as error:
        return Wording(why=str(error))
    if not isinstance(answer, list) or not all(isinstance(line, str) for line in answer):
        return Wording(why="expected a list of lines, got another form")
    if len(answer) != len(lines):
        return Wording(why=f"expected {len(lines)} lines, got {len(answer)}")
    worded = tuple(_SPACES.sub(" ", line).strip() for line in answer)
    for place, (plain, new) in enumerate(zip(lines, worded, strict=True), start=1):
        if why := find_difference(plain, new):
            return Wording(why=f"line {place}: {why}")
    return Wording(worded)


def find_difference(plain: str, worded: str) -> str:
    """What a reader would be told differently, in one line; empty where the words alone differ.

    Numbers, written in digits or as words, have to be the same in the same order, with sign and unit; so have
    the words that give a direction or take something back. No capital word may be gone or stand elsewhere.

    >>> find_difference("Orders fell by 12 % to 1,204.", "Down 12 % to 1,204: that is how orders fared.")
    ''
    >>> find_difference("Orders fell by 12 % to 1,204.", "Orders fell by 13 % to 1,204.")
    'expected the numbers 12 %, 1,204, got 13 %, 1,204'
    """
    if not worded or not worded.isprintable():
        return "expected one line of text, got none"
    if redact(worded) != worded:
        return "expected neither addresses nor anything personal, got some"
    longest = max(_LONGEST, round(1.25 * len(plain.split())))
    if (n_words := len(worded.split())) > longest:
        return f"expected at most {longest} words, got {n_words}"
    for what, find in (("numbers", _numbers), ("directions", _sides)):
        before, after = find(plain), find(worded)
        if before != after:
            return f"expected the {what} {', '.join(before) or 'none'}, got {', '.join(after) or 'none'}"
    if added := _units(worded) - _units(plain):
        return f"expected no other unit, got {', '.join(sorted(added))}"
    if (name := _lost_name(plain, worded)) is not None:
        return f"expected the name {name} in its place, got none"
    return ""


def _ask(lines: Sequence[str], endpoint: Endpoint) -> object:
    if not is_private(endpoint.url):
        raise ValueError(endpoint.url)
    asked = [
        {"role": "system", "content": _ASKED},
        {"role": "user", "content": json.dumps(list(lines), ensure_ascii=False)},
    ]
    headers = {"Authorization": f"Bearer {endpoint.key.reveal()}"} if endpoint.key else {}
    body = {"model": endpoint.model, "temperature": 0, "messages": asked}
    address = f"{endpoint.url.rstrip('/')}/chat/completions"
    answer = json.loads(post_json(address, body, endpoint.seconds, headers))
    try:
        text = str(answer["choices"][0]["message"]["content"])
    except (KeyError, IndexError, TypeError):
        raise ValueError("no message") from None
    # Models put their answer between fences, asked or not.
    return json.loads(re.sub(r"^\s*```(?:json)?\s*|\s*```\s*$", "", text))


def _numbers(text: str) -> list[str]:
    found = _NUMBER.findall(_SPACES.sub(" ", text))
    return [_plain(number) for number in found]


def _plain(number: str) -> str:
    has_digit = any(letter.isdigit() for letter in number)
    return number.strip().replace("-", "\u2212") if has_digit else number.lower()


def _sides(text: str) -> list[str]:
    return [_SIDE[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _SIDE]


def _units(text: str) -> set[str]:
    words = set(re.findall(r"[a-z]+", text.lower()))
    return {unit for unit in _UNITS.split() if words & {unit, f"{unit}s"}} | words & {"goods"}


def _lost_name(plain: str, worded: str) -> str | None:
    """The first word with a capital letter, but for a sentence's first, that does not follow those before."""
    at = 0
    for found in re.finditer(r"(?<=[\w,;)&] )[A-Z][\w'-]*", plain):
        at = worded.find(found[0], at)
        if at < 0:
            return found[0]
        at += len(found[0])
    return None
