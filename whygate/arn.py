"""An Amazon Resource Name and its six fields. Matching patterns against ARNs is in `matching`, not here."""

from __future__ import annotations

import re

import msgspec

from whygate.errors import UserError

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")
ACCOUNT_ID = re.compile(r"[0-9]{12}")


class Arn(msgspec.Struct, frozen=True):
    """The fields of `arn:partition:service:region:account:resource`; `resource` keeps its later colons and slashes."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    @property
    def kind(self) -> str:
        """The word before the first `/` or `:` of the resource (`user`, `role`, `collection`); may be empty."""
        return re.split("[/:]", self.resource, maxsplit=1)[0]

    @property
    def name(self) -> str:
        """What follows the last `/`: the name of an IAM entity without its path."""
        return self.resource.rsplit("/", 1)[-1]


def split(text: str) -> Arn | None:
    """The ARN in `text`, or None where there are fewer than six fields or the first is not `arn` (R24)."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return None
    return Arn(*parts[1:])


def parse(text: str) -> Arn:
    """As `split`, but a malformed ARN raises `UserError` with the field that is wrong."""
    arn = split(text)
    if arn is None:
        fields = text.count(":") + 1
        raise UserError(
            f"malformed ARN {text!r}: {'it does not begin with arn:' if not text.startswith('arn:') else f'{fields} of 6 fields'}",
            todo="write it as arn:partition:service:region:account:resource",
        )
    if arn.partition not in PARTITIONS and not re.fullmatch(r"aws[a-z0-9-]*", arn.partition):
        raise UserError(f"malformed ARN {text!r}: no partition is called {arn.partition!r}", todo="use aws, aws-cn or aws-us-gov")
    if not arn.service:
        raise UserError(f"malformed ARN {text!r}: the service is missing", todo="name it in the third field, as in arn:aws:s3:::bucket")
    if arn.account.isdigit() and not ACCOUNT_ID.fullmatch(arn.account):  # redacted exports hold placeholders, not digits
        raise UserError(f"malformed ARN {text!r}: account {arn.account!r} is not 12 digits", todo="give the account id in full")
    if not arn.resource:
        raise UserError(f"malformed ARN {text!r}: the resource is missing", todo="name it after the fifth colon")
    return arn


def account_of(text: str) -> str:
    """The account field of an ARN, or an empty text."""
    arn = split(text)
    return arn.account if arn else ""
