"""What the request says about a condition key: section 1 of the reference, in its order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from second.callers import Who
from second.three import NotSaidError

# R70.
MULTIVALUED = {
    "aws:tagkeys",
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:vpceorgpaths",
    "aws:principalservicenameslist",
    "sts:transitivetagkeys",
}

# R129, for the actions that rows are made of, from their tables in the Service Authorization Reference: which of the keys that rows
# use an action defines ("tag" stands for aws:ResourceTag/k, "request" for aws:RequestTag/k and aws:TagKeys).
DEFINED: dict[str, set[str]] = {
    "textract:detectdocumenttext": set(),
    "textract:analyzeid": set(),
    "textract:getadapter": {"tag"},
    "textract:updateadapter": {"tag"},
    "textract:tagresource": {"tag", "request"},
    "textract:createadapter": {"request"},
    "s3:getobject": {"tag"},
    "s3:putobject": {"tag"},
    "s3:listbucket": {"tag", "s3:prefix", "s3:max-keys"},
    "s3:deletebucketpolicy": {"tag"},
    "s3:listallmybuckets": set(),
    "rekognition:searchfacesbyimage": {"tag"},
    "rekognition:detecttext": set(),
    "rekognition:copyprojectversion": {"tag", "request"},
    "kms:decrypt": {"tag", "kms:viaservice", "kms:calleraccount"},
    "kms:retiregrant": {"tag", "kms:viaservice", "kms:calleraccount"},
    "kms:listaliases": {"kms:viaservice", "kms:calleraccount"},
    "sts:assumerole": {"tag", "request", "sts:externalid", "sts:rolesessionname"},
    "sts:assumerolewithwebidentity": {"tag", "request", "sts:rolesessionname"},
    "sts:tagsession": {"tag", "request"},
    "sts:getcalleridentity": set(),
    "sqs:sendmessage": {"tag"},
    "iam:passrole": {"iam:passedtoservice"},
    "iam:getuser": {"tag"},
}
NO_SUCH_ACTION = "textract:domagic"
"""R123: an action of no service; nothing is known of its keys."""


@dataclass(frozen=True)
class Said:
    """`state` is present, absent or unknown; an unknown key that is `sent` in any case only lacks its value."""

    state: str
    values: tuple[str, ...] = ()
    sent: bool = False


ABSENT = Said("absent")
UNKNOWN = Said("unknown")
SENT = Said("unknown", sent=True)


def is_(value: str) -> Said:
    return Said("present", (value,))


def text(value: object) -> str:
    """R48."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@dataclass
class Context:
    """The row's own keys, and what follows from caller, action and resource. `who` is None where nothing is derived."""

    given: dict[str, Any]
    who: Who | None = None
    action: str = ""
    resource: str = "*"
    resource_account: str | None = None
    unknown: dict[str, Said] = field(default_factory=dict)
    """Keys that were asked for and are not known."""

    def get(self, key: str) -> Said:
        found = self._given(key)
        if found is None:
            found = self._derived(key.lower()) if self.who else UNKNOWN
        if found.state == "unknown":
            self.unknown[key.lower()] = found
        return found

    def multivalued(self, key: str) -> bool:
        """R70; a key that the row gives several values is one of those typed ArrayOf."""
        said = self.get(key)
        return key.lower() in MULTIVALUED or len(said.values) > 1

    def _given(self, key: str) -> Said | None:
        spellings = {item: value for item, value in self.given.items() if item.lower() == key.lower()}  # R58
        if not spellings:
            return None
        values = list(spellings.values())
        if any(as_list(item) != as_list(values[0]) for item in values):
            return UNKNOWN
        value = values[0]
        if value is None:
            return ABSENT
        if value == "<unknown>":
            return UNKNOWN
        listed = as_list(value)
        return Said("present", tuple(text(item) for item in listed)) if listed else ABSENT  # R69: empty counts as absent

    def _is_given(self, *keys: str) -> bool:
        return any(item.lower() in keys and value not in (None, [], "<unknown>") for item, value in self.given.items())

    def _derived(self, key: str) -> Said:
        who = self.who
        assert who is not None
        kind, defined = who.kind, DEFINED.get(self.action.lower())
        by_action = not key.startswith("aws:") or key == "aws:tagkeys" or key.startswith(("aws:resourcetag/", "aws:requesttag/"))
        if by_action and defined is None and self.action.lower() != NO_SUCH_ACTION:
            raise NotSaidError(f"{key}: {self.action} is not in the table")
        if kind == "service" and key in ("aws:username", "aws:userid", "aws:principaltype", "aws:principalaccount"):
            raise NotSaidError(key)
        if kind == "provider" and key.startswith(("aws:principal", "aws:user")) and key != "aws:useragent":
            raise NotSaidError(key)
        match key:
            case "aws:principalarn":  # R11
                return {"session": is_(who.role), "anonymous": ABSENT, "service": ABSENT}.get(kind, is_(who.arn))
            case "aws:principalaccount":
                return is_("anonymous") if kind == "anonymous" else is_(who.account)
            case "aws:username":  # R12
                return is_(who.name) if kind == "user" else ABSENT
            case "aws:userid" if who.ids:
                return is_(f"{who.ids[0]}:{who.session}" if kind == "session" else who.ids[0])
            case "aws:userid":
                return {"root": is_(who.account), "fed": is_(f"{who.account}:{who.name}"), "anonymous": is_("anonymous")}.get(kind, SENT)
            case "aws:principaltype":
                names = {"root": "Account", "user": "User", "fed": "FederatedUser", "session": "AssumedRole", "anonymous": "Anonymous"}
                return is_(names[kind])
            case "aws:principalorgid" | "aws:principalorgpaths":  # R13 from here on
                return ABSENT if kind == "anonymous" else UNKNOWN
            case "aws:principalisawsservice":
                return ABSENT if kind == "anonymous" else is_("true" if kind == "service" else "false")
            case "aws:principalservicename":
                return is_(who.name) if kind == "service" else ABSENT
            case "aws:tokenissuetime" | "aws:multifactorauthpresent" | "aws:multifactorauthage":  # R14
                return self._credential(key, kind)
            case "aws:resourceaccount":
                return self._resource_account(kind)
            case "aws:sourcearn" | "aws:sourceaccount":
                if kind in ("service", "provider", "anonymous") or self._is_given("aws:viaawsservice"):
                    return self._only(kind == "service", key)
                return ABSENT
            case "aws:sourceip":
                return ABSENT if self._is_given("aws:sourcevpce") else UNKNOWN
            case "aws:sourcevpce":
                return ABSENT if self._is_given("aws:sourceip") else UNKNOWN
            case "aws:calledvia":
                if kind not in ("user", "session", "fed", "root"):
                    raise NotSaidError(key)
                return ABSENT if self._direct() else UNKNOWN
            case "aws:viaawsservice" | "aws:currenttime" | "aws:epochtime" | "aws:securetransport" | "aws:useragent":
                return SENT
            case "aws:requestedregion":
                return is_("us-east-1") if self.action.lower().startswith("iam:") else SENT
            case "aws:tagkeys":
                return UNKNOWN if defined is None or "request" in defined else ABSENT
            case "kms:calleraccount" if self.action.lower().startswith("kms:"):
                return is_(who.account) if who.in_account else self._only(False, key)
            case "kms:viaservice" if self._direct() or kind == "anonymous":
                return ABSENT
            case "sts:rolesessionname" if self.action.lower() == "sts:assumerole":
                return SENT
        if key.startswith("aws:principaltag/"):
            return UNKNOWN if kind in ("user", "session", "fed") else self._only(False, key)
        if key.startswith("aws:resourcetag/"):
            if self.action.lower() == "iam:passrole":
                raise NotSaidError(key)  # R128
            return UNKNOWN if defined is None or "tag" in defined else ABSENT
        if key.startswith("aws:requesttag/"):
            return UNKNOWN if defined is None or "request" in defined else ABSENT
        if key.startswith("aws:"):
            return UNKNOWN
        if defined is None:
            return UNKNOWN  # R123
        if "." in key.partition(":")[0]:
            raise NotSaidError(key)
        return UNKNOWN if key in defined else ABSENT

    def _direct(self) -> bool:
        """Whether the call is told not to be a forwarded one."""
        return [item.lower() for item in self.get("aws:viaawsservice").values] == ["false"]

    def _credential(self, key: str, kind: str) -> Said:
        if kind in ("service", "provider") or self._is_given("aws:tokenissuetime", "aws:multifactorauthpresent", "aws:multifactorauthage"):
            raise NotSaidError(key)
        if kind == "anonymous":
            return ABSENT
        return SENT if kind in ("session", "fed") and key != "aws:multifactorauthage" else UNKNOWN

    def _resource_account(self, kind: str) -> Said:
        if self.resource == "*":  # R15
            assert self.who
            return is_(self.who.account) if self.who.in_account else self._only(False, "aws:ResourceAccount")
        return is_(self.resource_account) if self.resource_account else SENT

    def _only(self, known: bool, key: str) -> Said:
        if not known:
            raise NotSaidError(key)
        return UNKNOWN
