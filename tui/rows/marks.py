"""The mark, the word and the tone that go with a decision: a mark and a word always, so that nothing hangs on colour."""

from __future__ import annotations

VERDICTS = {"allowed": ("✓", "good"), "explicitDeny": ("✗", "bad"), "implicitDeny": ("✗", "bad"), "depends": ("?", "maybe")}

DECISIONS = {
    "allow": ("✓", "good"),
    "deny": ("✗", "bad"),
    "no-allow": ("✗", "bad"),
    "unknown": ("?", "maybe"),
    "none": ("–", "dim"),
    "not-applicable": ("–", "dim"),
}


def of_statement(outcome: str, effect: str, near: bool) -> tuple[str, str, str]:
    """(mark, word, tone) of a statement under a question; outcome and effect as in an explanation's statement report."""
    if outcome == "unknown":
        return "?", "unknown", "maybe"
    if outcome == "match":
        return ("✗", "denies", "bad") if effect == "Deny" else ("✓", "matched", "good")
    return ("≈", "near miss", "maybe") if near else ("–", "out of scope", "dim")
