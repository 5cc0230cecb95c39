"""Textract adapters in analysis calls, where AWS's own texts disagree (R133).

The developer guide lets policies allow or deny chosen Textract adapters for inference; the Service Authorization Reference lists no
resource type for these actions. So such a call is checked on `*` and on the adapter's ARN, a Deny on the ARN denies, and where only
the ARN is allowed the answer is that it depends on which text is right.
"""

from __future__ import annotations

import msgspec

from whygate.evaluate import DEPENDS, EXPLICIT_DENY, Verdict
from whygate.logic import Truth, Unknown

CONFLICT = Unknown(
    "rule",
    "R133",
    "the Textract guide lets policies name adapters for this call, the Service Authorization Reference gives the call no resource",
)


def together(on_adapter: Verdict, on_star: Verdict) -> Verdict:
    """The verdict of an analysis call with a Textract adapter, from the checks on the adapter's ARN and on `*`."""
    note = f"{CONFLICT.detail} (R133): asked on * and on {on_adapter.request.resource}"
    if EXPLICIT_DENY in (on_adapter.verdict, on_star.verdict):
        chosen = on_adapter if on_adapter.verdict == EXPLICIT_DENY else on_star
    elif on_star.access.value is True:
        chosen = on_star if on_adapter.deny.value is False else _depends(on_adapter, on_adapter.deny.unknowns)
    elif on_adapter.access.possible:
        chosen = _depends(on_adapter, (CONFLICT, *on_adapter.access.unknowns, *on_star.access.unknowns))
    else:
        chosen = on_star
    return msgspec.structs.replace(chosen, notes=(*chosen.notes, note))


def _depends(verdict: Verdict, reasons: tuple[Unknown, ...]) -> Verdict:
    return msgspec.structs.replace(verdict, verdict=DEPENDS, access=Truth(None, tuple(dict.fromkeys(reasons))))
