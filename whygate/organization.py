"""The levels of an organization above one account, read along `ParentId`. How SCPs and RCPs are evaluated is not here."""

from __future__ import annotations

from msgspec import Raw, UnsetType

from whygate.entities import ControlLevel, ControlPolicy
from whygate.entries import ControlPolicyEntry, LevelEntry, OrganizationEntry, TargetEntry

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"


def given(raw: Raw | UnsetType) -> Raw | None:
    """A document, or None where the key is not there or null."""
    if isinstance(raw, UnsetType):
        return None
    return None if memoryview(raw).nbytes == 4 and bytes(raw) == b"null" else raw


def control_policy(entry: ControlPolicyEntry) -> ControlPolicy:
    name = entry.name or entry.id or (entry.arn or "").rsplit("/", 1)[-1]
    return ControlPolicy(entry.id or "", name, entry.arn or "", given(entry.document) or given(entry.content))


def written_levels(levels: list[LevelEntry]) -> tuple[ControlLevel, ...]:
    """The levels that an account's own snapshot carries."""
    found = []
    for level in levels:
        name = level.target_name or level.target_id or ""
        found.append(ControlLevel(level.target_id or "", name, tuple(control_policy(entry) for entry in level.policies)))
    return tuple(found)


class Tree:
    """An organization's targets and policies, asked for one account at a time."""

    def __init__(self, entry: OrganizationEntry) -> None:
        self.id = entry.id
        self.management_account = entry.management_account_id
        self._targets = {target.id: target for target in entry.targets or ()}
        self._policies = {policy.id: policy for policy in entry.policies or ()}
        self._types = {policy.type for policy in entry.policies or ()}

    def lacks(self, kind: str) -> bool:
        """True where no policy of this kind is listed: AWS attaches one to every target as soon as the kind is in use, so
        either it is not, or nobody collected it."""
        return kind not in self._types

    def chain(self, account: str) -> tuple[TargetEntry, ...] | None:
        """The targets from the root to the account; None where the way up breaks off or turns in a circle."""
        chain: list[TargetEntry] = []
        step: str | None = account
        while step:
            target = self._targets.get(step)
            if target is None or target in chain:
                return None
            chain.append(target)
            step = target.parent_id
        return tuple(reversed(chain)) if chain and chain[-1].type in ("ROOT", None) else None

    def levels(self, account: str, kind: str) -> tuple[ControlLevel, ...] | None:
        """The levels of `SCP` or `RCP` for one account, None where they are not known."""
        chain = self.chain(account)
        if chain is None or self.lacks(kind) or any(target.policy_ids is None for target in chain):
            return None
        return tuple(self._level(target, kind) for target in chain)

    def path(self, account: str) -> str | None:
        """The account's organization path (`o-ab/r-cd/ou-cd-1/`), None where it is not known."""
        chain = self.chain(account)
        if chain is None or not self.id:
            return None
        return "/".join([self.id, *(target.id for target in chain if target.type != "ACCOUNT")]) + "/"

    def _level(self, target: TargetEntry, kind: str) -> ControlLevel:
        policies = []
        for name in target.policy_ids or ():
            entry = self._policies.get(name)
            if entry is None:  # attached, and its kind and contents unknown: it may be of either kind
                policies.append(ControlPolicy(name, name, "", None))
            elif entry.type == kind:
                policies.append(control_policy(entry))
        return ControlLevel(target.id, target.name or target.id, tuple(policies))
