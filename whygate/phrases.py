"""What an unknown must be, in a few words: "aws:MultiFactorAuthPresent is true", "SCPs do not stop it"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whygate.conditions import Operator, operator
from whygate.logic import Unknown
from whygate.policy import ConditionTest

_LAYERS = {
    "scp": ("no SCP stops it", "an SCP stops it"),
    "rcp": ("no RCP denies it", "an RCP denies it"),
    "s3-bpa": ("Block Public Access is off for the bucket", "Block Public Access restricts the bucket"),
}
_TITLES = {
    "identity": "an identity-based policy",
    "boundary": "the permissions boundary",
    "session": "the session policy",
    "resource": "the resource-based policy",
    "vpce": "the VPC endpoint policy",
}
_WORDS = {
    "equal": "is",
    "ignore-case": "is, in any letter case,",
    "like": "is like",
    "arn": "is like",
    "bytes": "is",
    "bool": "is",
    "in": "is in",
    "==": "is",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_DATE_WORDS = {"==": "is", "<": "is before", "<=": "is not after", ">": "is after", ">=": "is not before"}


def gate_phrase(layer: str, passes: bool) -> str:
    """What a layer does that can only stop a request."""
    return _LAYERS[layer][0 if passes else 1]


def choice(unknown: Unknown, words: Sequence[str], chosen: frozenset[int], truths: Mapping[ConditionTest, frozenset[int]]) -> str:
    """What holds where `unknown` is filled in by one of the `chosen` samples (called `words`) and by no other. `truths` says for
    each test on a key for which samples it holds."""
    if unknown.kind == "context":
        return _key(unknown.name, words, chosen, truths)
    picked = {words[index] for index in chosen}
    if unknown.kind == "owner":
        return f"{' or '.join(sorted(picked))} owns {unknown.name}"
    if unknown.kind == "layer" and unknown.name in _LAYERS:
        passes, stops = _LAYERS[unknown.name]
        return passes if "passes" in picked or "lets it pass" in picked else stops
    name = _TITLES.get(unknown.name, unknown.name) if unknown.kind == "layer" else unknown.name
    if picked == {"allows"}:
        return f"{name} allows it"
    if "denies" not in picked:
        return f"{name} does not deny it"
    return f"{name} denies it" if picked == {"denies"} else f"{name} does not allow it"


def _key(key: str, words: Sequence[str], chosen: frozenset[int], truths: Mapping[ConditionTest, frozenset[int]]) -> str:
    everything = frozenset(range(len(words)))
    if {words[index] for index in chosen} in ({"true"}, {"false"}):
        return f"{key} is {words[min(chosen)]}"
    for test, holding in truths.items():
        parsed = operator(test.operator)
        if parsed and holding == chosen:
            return f"{key} {_said(parsed, test, negative=parsed.negated)}"
        if parsed and holding == everything - chosen:
            return f"{key} {_said(parsed, test, negative=not parsed.negated)}"
    inside = [words[index] for index in sorted(chosen)]
    outside = [words[index] for index in sorted(everything - chosen)]
    if any(word.startswith("another") for word in inside):
        return f"{key} is not {_either(outside)}"
    return f"{key} is {_either(inside)}"


def _said(parsed: Operator, test: ConditionTest, *, negative: bool) -> str:
    values = _either(list(test.values))
    if parsed.family == "Null":
        absent = (test.values == ("true",)) is not negative
        return "is absent" if absent else "is there"
    if parsed.qualifier:
        lead = "holds only" if parsed.qualifier == "all" else "holds one of"
        return f"does not satisfy {parsed.name} {values} for its values" if negative or parsed.negated else f"{lead} {values}"
    words = _DATE_WORDS if parsed.family == "Date" else _WORDS
    verb = words[parsed.comparison]
    said = f"is not {verb.removeprefix('is').strip()} {values}".replace("  ", " ") if negative else f"{verb} {values}"
    return f"{said}, or absent" if parsed.if_exists and not negative else said


def _either(texts: list[str]) -> str:
    if len(texts) <= 1:
        return texts[0] if texts else "anything"
    shown = texts[:4] + ([f"{len(texts) - 4} more"] if len(texts) > 4 else [])
    return ", ".join(shown[:-1]) + f" or {shown[-1]}"
