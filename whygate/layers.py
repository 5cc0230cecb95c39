"""The policy layers of a request (R4, R81): for each one its documents, or that it surely does not exist, or that it was not collected.

How they combine is in `evaluate`; how they are gathered from an account is in `collect`.
"""

from __future__ import annotations

import msgspec

from whygate.logic import Unknown
from whygate.policies import Held

ORDER = ("scp", "rcp", "vpce", "resource", "identity", "boundary", "session")
"""The order of AWS's flow chart, in which errors name a layer."""

TITLES = {
    "scp": "service control policies",
    "rcp": "resource control policies",
    "vpce": "VPC endpoint policy",
    "resource": "resource-based policy",
    "identity": "identity-based policies",
    "boundary": "permissions boundary",
    "session": "session policy",
}

# As a sentence calls them; Block Public Access is no layer of its own, and yet something that may not be known.
NAMES = {
    "scp": "SCPs",
    "rcp": "RCPs",
    "vpce": "the VPC endpoint policy",
    "resource": "the resource-based policy",
    "identity": "the identity-based policies",
    "boundary": "the permissions boundary",
    "session": "the session policy",
    "s3-bpa": "Block Public Access",
}


class Level(msgspec.Struct, frozen=True):
    """One level of a layer: an organization's root, an OU or the account for SCPs and RCPs; the only one for other layers."""

    policies: tuple[Held, ...]
    name: str = ""


class Layer(msgspec.Struct, frozen=True):
    """`exists` is True, False (surely none), or None where the layer was not collected. `missing` names documents of a layer that
    is there but not complete. `note` says in plain words why it is none or unknown."""

    name: str
    exists: bool | None
    levels: tuple[Level, ...] = ()
    missing: tuple[Unknown, ...] = ()
    note: str = ""

    @property
    def policies(self) -> tuple[Held, ...]:
        return tuple(held for level in self.levels for held in level.policies)


def none(name: str, note: str = "") -> Layer:
    return Layer(name, False, note=note)


def not_known(name: str, note: str = "not collected") -> Layer:
    return Layer(name, None, note=note)


def of(name: str, policies: tuple[Held, ...], note: str = "") -> Layer:
    """A layer of one level."""
    return Layer(name, True, (Level(policies),), note=note)


class Layers(msgspec.Struct, frozen=True):
    """All layers of one request. `public_access` is the S3 Block Public Access setting RestrictPublicBuckets for the bucket in
    question: on, off, or None where it is not known (R110)."""

    identity: Layer
    boundary: Layer = none("boundary")
    session: Layer = none("session")
    resource: Layer = none("resource")
    scp: Layer = none("scp")
    rcp: Layer = none("rcp")
    vpce: Layer = none("vpce")
    public_access: bool | None = False

    def get(self, name: str) -> Layer:
        layer: Layer = getattr(self, name)
        return layer
