"""Random rows in the vector format. One maker serves hypothesis and the plain seeded runs: it only needs a `random.Random`."""

from __future__ import annotations

import json
import random
from typing import Any

from second import alphabet
from second.alphabet import ACTIONS, CALLERS, KINDS, ONE, PROVIDER, TWO

Row = dict[str, Any]

_PATTERNS = [
    "*",
    "s3:*",
    "S3:Get*",
    "textract:*",
    "textract:Get*",
    "*:*",
    "s3:GetObject",
    "kms:*",
    "sts:AssumeRole",
    "rekognition:?e*",
    "textract:${aws:username}",
]


class Maker:
    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.action = ""
        self.resource = "*"
        self.caller: dict[str, Any] = {}
        self.keys: set[str] = set()
        self.presence: set[str] = set()
        """Keys of tests that ask whether the key is there; these are left out more often."""

    def chance(self, of_100: int) -> bool:
        return self.random.randrange(100) < of_100

    def one(self, items: list[Any]) -> Any:
        return self.random.choice(items)

    def row(self) -> Row:
        """A whole `eval` row, without `expect`."""
        self.keys, self.presence = set(), set()
        self.caller = self.one(CALLERS)
        self.action, resources, has_policy = self.one(ACTIONS)
        self.resource = self.one(resources)
        if self.chance(4):
            self.caller, self.action, self.resource, has_policy = PROVIDER, "sts:AssumeRoleWithWebIdentity", self.one(alphabet.ROLES), True
        row: Row = {
            "t": "eval",
            **self.caller,
            "action": self.cased(self.action) if self.chance(10) else self.action,
            "resource": self.resource,
        }
        if self.resource.startswith("arn:aws:s3") and self.chance(85):
            row["resource_account"] = self.one([ONE, ONE, TWO])
        for name, wanted in (("identity", 90), ("boundary", 25), ("session", 25), ("vpce", 8)):
            if self.chance(wanted):
                row[name] = self.layer(name)
        if has_policy and self.chance(65):
            row["resource_policy"] = self.layer("trust" if self.resource in alphabet.ROLES else "resource")
        for name, wanted in (("scps", 25), ("rcps", 25)):
            if self.chance(wanted):
                row[name] = self.levels(name[:-1])
        row["ctx"] = self.context()
        return row

    def layer(self, kind: str) -> Any:
        if self.chance(6):
            return "unknown"
        if self.chance(8):
            return {"policies": [self.document(kind) for _ in range(2)]}
        return self.document(kind)

    def levels(self, kind: str) -> Any:
        if self.chance(8):
            return "unknown"
        return [self.document(kind) for _ in range(self.random.randrange(4))]

    def document(self, kind: str) -> Any:
        statements = [self.statement(kind) for _ in range(self.one([0, 1, 1, 1, 2, 2, 3]))]
        if self.chance(60):
            return statements
        document: Row = {"Version": self.one(["2012-10-17"] * 6 + ["2008-10-17"] * 3), "Statement": statements}
        if len(statements) == 1 and self.chance(30):
            document["Statement"] = statements[0]
        if self.chance(4):
            return json.dumps(document)
        if self.chance(10):
            del document["Version"]
        elif self.chance(2):
            document["Version"] = "2020-01-01"
        return document

    def statement(self, kind: str) -> Row:
        effect = "Deny" if kind == "rcp" or self.chance(30) else "Allow"
        statement: Row = {"Effect": effect}
        if self.chance(8):
            statement["Sid"] = self.one(["A", "B", "A1"])
        if kind == "rcp":
            statement["Principal"] = "*"
        elif kind in ("resource", "trust", "vpce"):
            listed = effect == "Deny" and kind != "trust" and self.chance(25)
            statement["NotPrincipal" if listed else "Principal"] = self.principal()
        statement["NotAction" if kind != "rcp" and self.chance(10) else "Action"] = self.some(lambda: self.action_pattern(kind))
        if kind != "trust" and not (kind == "resource" and self.chance(5)):
            statement["NotResource" if self.chance(12) else "Resource"] = self.some(lambda: self.resource_pattern(kind))
        if self.chance(45):
            statement["Condition"] = self.condition()
        return self.spoilt(statement) if self.chance(1) else statement

    def some(self, make: Any) -> Any:
        return make() if self.chance(60) else [make() for _ in range(self.one([1, 2, 2, 3]))]

    def cased(self, text: str) -> str:
        return str(self.one([text.lower(), text.upper(), text.swapcase()]))

    def action_pattern(self, kind: str) -> str:
        service, _, name = self.action.partition(":")
        at = self.random.randrange(len(name))
        near = [
            self.action,
            f"{service}:*",
            f"{service}:{name[:at]}*",
            f"{service}:*{name[at:]}",
            f"{service}:{name[:at]}?{name[at + 1 :]}",
        ]
        near += [f"{service[:2]}*:{name}", "*", "*"]
        made = str(self.one(near) if self.chance(75) else self.one(_PATTERNS))
        if kind == "rcp" and "*" in made.partition(":")[0] and self.chance(95):
            made = f"{service}:*"
        return self.cased(made) if self.chance(10) else made

    def resource_pattern(self, kind: str) -> str:
        if self.resource == "*" or self.chance(35):
            target = self.one([item for _, items, _ in ACTIONS for item in items]) if self.chance(30) else "*"
        else:
            target = self.resource
        if target == "*":
            return str(self.one(["*", "*", "*", "arn:aws:s3:::*", "arn:*:*:*:*:*", "arn:aws:textract:*:*:*"]))
        parts = target.split(":", 5)
        if "$" in parts[5] and self.chance(50):
            parts[5] = parts[5].replace("$", "${$}")
        for _ in range(self.random.randrange(3)):
            self.bend(parts)
        if self.chance(5) and (kind not in ("session", "rcp") or self.chance(5)):
            parts = parts[: self.random.randrange(2, 6)]
            if self.chance(50) or (kind == "scp" and self.chance(95)):
                parts[-1] = self.one(["*", parts[-1] + "*"])
        if self.chance(4) and len(parts) == 6:  # a star that would have to run past a colon
            at = self.random.randrange(2, 5)
            parts[at : at + 2] = ["*"]
        return ":".join(parts)

    def bend(self, parts: list[str]) -> None:
        """One field of a pattern becomes another, a wildcard, or a variable."""
        if self.chance(50) and "$" not in parts[5]:
            text = parts[5]
            at = self.random.randrange(len(text))
            choices = [
                "*",
                text[:at] + "*",
                text[:at] + "?" + text[at + 1 :],
                "*" + text[at:],
                text + "/*",
                text[:at] + "*" + text[at + 1 :],
            ]
            for name, variable in (
                ("ana", "${aws:username}"),
                ("red", "${aws:PrincipalTag/team}"),
                ("ana", "${aws:PrincipalTag/team, 'ana'}"),
            ):
                choices.append(text.replace(name, variable))
            parts[5] = self.one(choices)
        else:
            at = self.one([1, 2, 3, 3, 4, 4])
            text = parts[at].partition("$")[0]
            parts[at] = self.one(
                ["*", "", text[:2] + "*", text[:-1] + "?", ONE if at == 4 else "eu-west-1", TWO if at == 4 else "us-*", "aws"]
            )
            if at == 4 and self.chance(10):
                parts[at] = "${aws:PrincipalAccount}"

    def principal(self) -> Any:
        own = self.caller["caller"]
        if self.chance(20):
            return "*"
        account = own.split(":")[4] if own.startswith("arn:") else ONE
        near = [own, own, self.caller.get("role_arn", f"arn:aws:iam::{account}:role/Ocr"), self.caller.get("parent_arn", own), account]
        near += [f"arn:aws:iam::{account}:root", f"arn:aws:iam::{account}:user/ana"]
        far = [
            "*",
            TWO,
            f"arn:aws:iam::{ONE}:user/*",
            f"arn:aws:iam::{ONE}:user/Ana",
            f"arn:aws:iam::{TWO}:user/bo",
            f"arn:aws:iam::{ONE}:role/Other",
        ]
        if self.chance(4):
            far = ["AROAEXAMPLEDELETED12", "AIDAEXAMPLEDELETED12", "AROAEXAMPLECURRENT12", "AIDAEXAMPLECURRENT12"]
        if self.chance(4):
            far = [f"arn:aws-cn:iam::{account}:root", own.swapcase(), f"arn:aws:iam::{account}:group/devs", own + "*"]
        element: dict[str, Any] = {}
        if own.startswith("arn:") or self.chance(50):
            element["AWS"] = self.some(lambda: self.one(near if self.chance(75) else far))
            if own == PROVIDER["caller"]:
                element["Federated"] = self.one([own, own, "idp.example.com.other"])
        if not own.startswith("arn:") or self.chance(8):
            element["Service"] = self.some(
                lambda: self.one(["textract.amazonaws.com", "rekognition.amazonaws.com", "textract.us-east-1.amazonaws.com"])
            )
        if self.chance(2):
            element["CanonicalUser"] = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
        return element

    def condition(self) -> Row:
        condition: dict[str, dict[str, Any]] = {}
        for _ in range(self.one([0] + [1] * 12 + [2] * 6)):
            keys, operators, values, _ = self.one(KINDS)
            key, operator = self.one(keys), self.one(operators)
            self.keys.add(key)
            if self.chance(3):
                operator = self.one(alphabet.STRING_OPERATORS + alphabet.NUMERIC_OPERATORS)
            value = self.some(lambda values=values: self.one(values))
            if self.chance(7):
                operator, value = self.one(["Null"] * 9 + ["ForAnyValue:Null"]), self.one(["true", "false", True, False, ["false", "true"]])
            else:
                operator += "IfExists" if self.chance(15) else ""
            if not operator.endswith("Null") and self.chance(2):
                value = self.one([[], 10, True, ["10", 10]])
            if "Null" in operator or "IfExists" in operator:
                self.presence.add(key)
            many = key in ("aws:TagKeys", "aws:CalledVia")
            if not operator.endswith("Null") and self.chance(70 if many else 6):
                operator = self.one(["ForAllValues:", "ForAnyValue:"]) + operator
            if self.chance(5):
                operator = self.cased(operator)
            condition.setdefault(operator, {})[self.cased(key) if self.chance(5) else key] = value
        return condition

    def context(self) -> Row:
        """Values for the keys that the policies name, and now and then for the keys that variables name."""
        found: Row = {}
        for name in sorted(self.keys | {"aws:PrincipalTag/team"}):
            choice = self.random.randrange(100)
            if choice < 22 or (name in self.presence and self.chance(50)):
                continue
            values = next(given for keys, _, _, given in KINDS if name in keys)
            key = self.cased(name) if self.chance(5) else name
            if choice < 75:
                found[key] = self.one(values)
            elif choice < 88:
                found[key] = None
            elif choice < 92:
                found[key] = "<unknown>"
            else:
                found[key] = self.random.sample([item for item in values if item], self.random.randrange(3))
            if name in ("aws:TagKeys", "aws:CalledVia") and isinstance(found[key], str) and self.chance(60) and choice < 75:
                found[key] = self.one([["red"], ["red", "blue"], ["ana", "red"], [], [""]])
        if found and self.chance(2):
            found[self.one(list(found)).swapcase()] = "red"
        return found

    def spoilt(self, statement: Row) -> Row:
        """A statement that is malformed."""
        wrong: list[Row] = [
            {"Effect": "allow"},
            {"Actions": "s3:*"},
            {"Sid": "a-b"},
            {"Action": []},
            {"Condition": {"StringMatches": {"aws:username": "ana"}}},
            {"Condition": {"NullIfExists": {"aws:username": "true"}}},
            {"Resource": "docs/*"},
            {"Principal": "*", "NotPrincipal": "*"},
        ]
        return {**statement, **self.one(wrong)}


def made(seed: int) -> Row:
    """The row of a seed."""
    return Maker(random.Random(seed)).row()
