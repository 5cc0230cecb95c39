"""What a `depends` hangs on, in words: the sentence beside one verdict, and the group that it falls into among many.

What only waits for layers that were not collected is told apart from what hangs on the request (R1, R4).
"""

from __future__ import annotations

from collections.abc import Sequence

from whygate import collect, sentences
from whygate.evaluate import ALLOWED, DEPENDS, Verdict, evaluate
from whygate.logic import Unknown

_GATES = ("scp", "rcp")  # these can only stop what all else allows
_SHOWN = 3


def reason(verdict: Verdict) -> str:
    """One sentence about a `depends`."""
    uncollected = [item for item in verdict.unknowns if item.kind == "layer"]
    if uncollected and _allowed_without(verdict):
        return f"allowed by everything collected; {_join(uncollected)} may still deny it."
    return f"it hangs on {_join(verdict.unknowns)}."


def group(verdict: Verdict, matters: Sequence[Unknown]) -> str:
    """What a `depends` is told by among other verdicts: `allowed by everything collected (SCPs, RCPs not collected)`, or `depends on
    aws:MultiFactorAuthPresent`; `matters` are the unknowns that count (`residual`). Empty for every other verdict."""
    if verdict.verdict != DEPENDS:
        return ""
    items = list(dict.fromkeys(matters or verdict.unknowns))
    layers = [item for item in items if item.kind == "layer"]
    if layers and _allowed_without(verdict):
        return f"allowed by everything collected ({_uncollected(layers)})"
    gates = [item for item in layers if item.name in _GATES]
    others = [item for item in items if item not in gates]
    if not others:
        return f"depends on {_join(items)}"
    names = list(dict.fromkeys(_name(item) for item in others))
    shown = names[:_SHOWN] + ([f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else [])
    return f"depends on {_listed(shown)}" + (f" ({_uncollected(gates)})" if gates else "")


def _name(item: Unknown) -> str:
    if item.kind == "rule":
        return f"what AWS leaves open ({item.name})"
    return sentences.layer_name(item.name) if item.kind == "layer" else sentences.unknown(item)


def _allowed_without(verdict: Verdict) -> bool:
    return evaluate(verdict.request, collect.assume_none(verdict.layers)).verdict == ALLOWED


def _uncollected(layers: Sequence[Unknown]) -> str:
    return f"{', '.join(sentences.layer_name(item.name) for item in layers)} not collected"


def _join(items: Sequence[Unknown]) -> str:
    return _listed(list(dict.fromkeys(sentences.unknown(item) for item in items)))


def _listed(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " and " + texts[-1] if texts else "something not known"
