"""S3 Block Public Access: with RestrictPublicBuckets on, a public bucket lets in only its owner's account and AWS services (R110)."""

from __future__ import annotations

from whygate import values
from whygate.conditions import operator
from whygate.layers import Layers
from whygate.logic import FALSE, Truth, Unknown, all_of, known, negate, unknown
from whygate.policy import Statement
from whygate.request import Request
from whygate.statements import Layered

# A star-grade Allow that one of these keys narrows to fixed values is not public.
_NARROWING = frozenset(
    key.lower()
    for key in (
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:SourceArn",
        "aws:SourceAccount",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:SourceIp",
        "aws:SourceOrgID",
        "aws:userid",
        "s3:DataAccessPointArn",
        "s3:DataAccessPointAccount",
    )
)
_WIDEST_PREFIX = {4: 8, 6: 32}


def restricted(request: Request, layers: Layers, levels: tuple[Layered, ...]) -> Truth:
    """Whether the setting stops this request. Only S3, only callers of another account, only where the bucket policy is public."""
    if request.service != "s3" or layers.public_access is False or request.caller.kind == "service":
        return FALSE
    public = any(is_public(item.statement) for level in levels for item in level.matches)
    if not public:
        return FALSE
    setting = (
        known(True)
        if layers.public_access
        else unknown(Unknown("layer", "s3-bpa", "the bucket's Block Public Access setting was not collected"))
    )
    foreign = known(True) if request.caller.kind == "anonymous" else negate(request.same_account)
    return all_of([setting, foreign])


def is_public(statement: Statement) -> bool:
    """Whether S3 would call an Allow statement of a bucket policy public."""
    if statement.effect != "Allow" or ("AWS", "*") not in (statement.principals or ()):
        return False
    return not any(_narrows(test.operator, test.key, test.values) for test in statement.tests)


def _narrows(name: str, key: str, texts: tuple[str, ...]) -> bool:
    parsed = operator(name)
    if parsed is None or parsed.negated or parsed.if_exists or parsed.qualifier == "all" or key.lower() not in _NARROWING:
        return False
    if key.lower() == "aws:sourceip":
        networks = [values.network(text) for text in texts]
        return all(network is not None and network.prefixlen >= _WIDEST_PREFIX[network.version] for network in networks)
    return not any("*" in text or "${" in text for text in texts if key.lower() != "aws:sourcearn" or text == "*")
