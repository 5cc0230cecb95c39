"""Principal and NotPrincipal elements against a caller: the grade that an element gives (R35-R42)."""

from __future__ import annotations

from whygate import arn
from whygate.callers import Caller
from whygate.logic import FALSE, TRUE, Truth, Unknown, any_of, unknown

GRADES = ("star", "direct", "role", "fed-parent", "account")
"""Strongest first; a statement counts with the best grade it gives (R36)."""

Entries = tuple[tuple[str, str], ...]


def grades(entries: Entries, caller: Caller) -> dict[str, Truth]:
    """For each grade that some entry of a Principal element gives `caller`, how certain that is; empty means none.

    Weaker grades than the strongest certain one are left out.
    """
    found: dict[str, list[Truth]] = {}
    for kind, text in entries:
        grade, truth = _entry(kind, text, caller)
        if truth.value is not False:
            found.setdefault(grade, []).append(truth)
    ranked: dict[str, Truth] = {}
    for grade in GRADES:
        if grade in found:
            ranked[grade] = any_of(found[grade])
            if ranked[grade].value is True:
                break
    return ranked


def best_grade(entries: Entries, caller: Caller) -> str:
    """The strongest certain grade, or `none` (the form of R36's table)."""
    return next((grade for grade, truth in grades(entries, caller).items() if truth.value is True), "none")


def matches(entries: Entries, caller: Caller) -> Truth:
    """Whether the element names the caller with any grade: what counts for Deny (R36)."""
    return any_of(grades(entries, caller).values())


def account_named(kind: str, text: str) -> str:
    """The account of an account principal (a bare id or `…:root`, R37), or an empty text."""
    if kind != "AWS":
        return ""
    if text.startswith("arn:"):
        parsed = arn.split(text)
        return parsed.account if parsed and parsed.service == "iam" and parsed.resource == "root" else ""
    return text if arn.ACCOUNT_ID.fullmatch(text) else ""


def _entry(kind: str, text: str, caller: Caller) -> tuple[str, Truth]:
    nothing = ("none", FALSE)
    if kind == "Service":
        return ("direct", TRUE) if caller.kind == "service" and caller.arn == text else nothing
    if kind == "Federated":
        # Some providers are called as services are: cognito-identity.amazonaws.com.
        return ("direct", TRUE) if caller.kind in ("provider", "service") and text in (caller.arn, caller.name) else nothing
    if kind == "CanonicalUser":
        why = Unknown("principal", text, "which account this canonical user id belongs to is not in the data")
        return ("account", unknown(why)) if caller.is_principal else nothing
    if kind != "AWS":
        return nothing
    if text == "*":
        return "star", TRUE
    account = account_named(kind, text)
    if account:
        if (
            not caller.is_principal
            or account != caller.account
            or (text.startswith("arn:") and not text.startswith(f"arn:{caller.partition}:"))
        ):
            return nothing
        return ("direct" if caller.kind == "root" else "account"), TRUE
    if text.startswith("arn:"):
        return _arn_entry(text, caller)
    return _id_entry(text, caller)


def _arn_entry(text: str, caller: Caller) -> tuple[str, Truth]:
    if (text == caller.arn and caller.kind in ("user", "federated-user")) or (text == caller.arn and caller.session is not None):
        return "direct", TRUE
    if caller.kind == "session":
        if (
            caller.session is None
            and text.startswith(f"arn:{caller.partition}:sts::{caller.account}:assumed-role/{caller.name}/")
            and "*" not in text
        ):
            return "direct", unknown(
                Unknown("principal", text, "the role is asked about without naming a session, and only this session is named here")
            )
        if text == caller.role_arn:
            return "role", TRUE
        if (
            caller.role_arn is None
            and text.startswith(f"arn:{caller.partition}:iam::{caller.account}:role/")
            and text.rsplit("/", 1)[-1] == caller.name
        ):
            return "role", unknown(Unknown("principal", caller.arn, "the role behind this session is not in the data"))
    if caller.kind == "federated-user" and text.startswith(f"arn:{caller.partition}:iam::{caller.account}:user/"):
        if caller.parent_arn == text:
            return "fed-parent", TRUE
        if caller.parent_arn is None and not set(text) & {"*", "?"}:  # a wildcard is nobody's name (R38)
            return "fed-parent", unknown(Unknown("principal", caller.arn, "the user who asked for this federated session is not known"))
    return "none", FALSE


def _id_entry(text: str, caller: Caller) -> tuple[str, Truth]:
    """A unique id: it matches the principal that has it now, and nobody once that one is deleted (R39)."""
    grade = {("user", "AIDA"): "direct", ("session", "AROA"): "role", ("federated-user", "AIDA"): "fed-parent"}.get((caller.kind, text[:4]))
    if grade is None:
        return "none", FALSE
    if caller.ids is None:
        return grade, unknown(Unknown("principal", text, f"the unique id of {caller.arn} is not in the data"))
    return (grade, TRUE) if text in caller.ids else ("none", FALSE)


def not_principal_denies(entries: Entries, caller: Caller, has_boundary: Truth) -> Truth:
    """Whether a Deny with NotPrincipal hits the caller (R41)."""
    by_grade: dict[str, list[Truth]] = {}
    for kind, text in entries:
        grade, truth = _entry(kind, text, caller)
        if truth.value is not False:
            by_grade.setdefault(grade, []).append(truth)
    listed = {grade: any_of(truths) for grade, truths in by_grade.items()}
    # AWS documents that such a statement always denies a principal with a permissions boundary, whatever is listed.
    return any_of([has_boundary, _not_exempt(entries, caller, listed)])


def _not_exempt(entries: Entries, caller: Caller, listed: dict[str, Truth]) -> Truth:
    if "star" in listed:
        return FALSE
    if not listed:
        return TRUE
    needed = {
        "user": ("direct", "account"),
        "session": ("direct", "role", "account"),
        "federated-user": ("direct", "fed-parent", "account"),
    }.get(caller.kind, ("direct",))
    certain = {grade for grade, truth in listed.items() if truth.value is True}
    if certain.issuperset(needed):
        return FALSE
    why = Unknown("rule", "R41", f"AWS says that a NotPrincipal list which is not complete for {caller.arn} might still deny")
    if set(listed) == {"account"}:
        narrower = any(kind == "AWS" and not account_named(kind, text) and arn.account_of(text) == caller.account for kind, text in entries)
        return TRUE if narrower else unknown(why)
    return unknown(why, *(reason for truth in listed.values() for reason in truth.unknowns))
