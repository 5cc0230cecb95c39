"""Denials read from whatever people have of them: messages, CloudTrail events, decoded messages, alone or in a log of anything (R151-R161).

What they mean beside an account is in `denial_answer`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from whygate import cloudtrail, denial_messages
from whygate.denial import Denial, Reported
from whygate.denial_patterns import CREDENTIAL_FAULTS
from whygate.errors import UserError
from whygate.text import count

__all__ = ["Denial", "Reported", "read"]

_CODE_KEYS = ("errorCode", "Code", "code", "__type", "name")
_LOOKED_FOR = "an AccessDenied message, a CloudTrail event with an error code, or a decoded authorization message"
_DECODER = json.JSONDecoder(strict=False)


class _Reading:
    """What was found so far. `events` counts events of every kind; `effort` bounds how much may be read as JSON in vain."""

    def __init__(self, text: str) -> None:
        self.denials: list[Denial] = []
        self.events = 0
        self.effort = 4 * len(text) + 100_000

    def decode(self, text: str, start: int) -> tuple[object, int] | None:
        """The JSON value at `start` and where it ends; None where there is none."""
        if self.effort < 0:
            return None
        try:
            return _DECODER.raw_decode(text, start)
        except json.JSONDecodeError as error:
            self.effort -= error.pos - start + 100
        except (ValueError, RecursionError):  # numbers of thousands of digits, thousands of brackets
            self.effort -= 20_000
        return None


def read(text: str) -> tuple[Denial, ...]:
    """The denials in `text`, in their order; equal ones once, with how often they are there.

    Raises `UserError` where there is none, saying what was read and what was looked for. The time grows with the length of the text.
    """
    reading = _Reading(text)
    rest = _values(text.removeprefix("\ufeff"), reading)
    if rest.strip():
        reading.denials += denial_messages.scan(rest)
    if not reading.denials:
        raise _nothing(text, reading)
    return _once(reading.denials)


def _values(text: str, reading: _Reading) -> str:
    """Reads the JSON values that begin lines, and events inside log lines; returns the text that is left over."""
    left: list[str] = []
    position = 0
    while position < len(text):
        if text[position] in " \t\r\n,":
            left.append(text[position])
            position += 1
            continue
        found = reading.decode(text, position) if text[position] in "{[" else None
        if found:
            _walk(found[0], reading)
            position = found[1]
            continue
        end = text.find("\n", position) + 1 or len(text)
        line = text[position:end]
        embedded = line.find("{") if '"eventName"' in line or '"errorMessage"' in line else -1
        inside = reading.decode(line, embedded) if embedded > 0 else None
        if inside:
            _walk(inside[0], reading)
        else:
            left.append(line)
        position = end
    return "".join(left)


def _walk(value: object, reading: _Reading) -> None:
    """Every event, decoded message and text inside a JSON value, in order."""
    waiting: list[tuple[object, str | None]] = [(value, None)]
    while waiting:
        item, code = waiting.pop()
        if isinstance(item, list):
            waiting += [(part, None) for part in reversed(item)]
        elif isinstance(item, dict):
            _walk_object(item, reading, waiting)
        elif isinstance(item, str):
            inner = reading.decode(item.strip(), 0) if item.lstrip()[:1] in ("{", "[") else None
            if inner:
                waiting.append((inner[0], None))
            else:
                reading.denials += denial_messages.scan(item, code)


def _walk_object(item: Mapping[str, object], reading: _Reading, waiting: list[tuple[object, str | None]]) -> None:
    if cloudtrail.is_event(item):
        reading.events += 1
        denial = cloudtrail.event(item)
        if denial:
            reading.denials.append(denial)
    elif cloudtrail.is_decoded(item):
        reading.denials.append(cloudtrail.decoded(item))
    elif isinstance(item.get("CloudTrailEvent"), str):  # lookup-events repeats parts of the event beside it
        waiting.append((item["CloudTrailEvent"], None))
    else:
        code = next((part for key in _CODE_KEYS if isinstance(part := item.get(key), str) and denial_messages.is_denial_code(part)), None)
        said = [key for key in item if key.lower() in ("message", "errormessage")]
        waiting += [
            (part, code.rsplit("#", 1)[-1] if code and key in said else None)
            for key, part in reversed(list(item.items()))
            if key not in _CODE_KEYS
        ]


def _once(denials: list[Denial]) -> tuple[Denial, ...]:
    seen: dict[bytes, Denial] = {}
    for denial in denials:
        key = msgspec.json.encode(msgspec.structs.replace(denial, text="", times=1))
        before = seen.get(key)
        seen[key] = msgspec.structs.replace(before, times=before.times + 1) if before else denial
    return tuple(seen.values())


def _nothing(text: str, reading: _Reading) -> UserError:
    if not text.strip():
        return UserError("the text is empty", todo=f"give {_LOOKED_FOR}")
    if reading.events:
        return UserError(
            f"{count(reading.events, 'CloudTrail event')}, and none of them is a denial", todo="give an event with AccessDenied"
        )
    cloud = next(iter(denial_messages.other_clouds(text)), None)
    if cloud:
        return UserError(f"this looks like a message of {cloud}, and only AWS's are read here", todo=f"give {_LOOKED_FOR}")
    fault = next((name for name in CREDENTIAL_FAULTS if name in text), None)
    if fault:
        return UserError(f"{fault} refuses the credentials, before any policy is looked at", todo="renew or correct the credentials")
    half = denial_messages.half(text)
    if half:
        return UserError(f"the message is cut off: {half}", todo="copy it to its end, with the action after `perform:`")
    return UserError("no denial was found in this text", todo=f"give {_LOOKED_FOR}")
