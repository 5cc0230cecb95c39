"""Ways to fill in what is not known: sample values for a condition key, and stand-in documents for a layer or a policy.

The samples of a key are drawn from the policy values that it is tested against: one that fits each, one that fits none, absent.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from whygate import conditions, globs, values, variables
from whygate.conditions import Operator
from whygate.context import Context, Value, is_multivalued
from whygate.layers import Layer, Layers, Level
from whygate.logic import Unknown
from whygate.policies import Held, given
from whygate.policy import ConditionTest

FRESH = "another-value"
_FRESH_ARN = "arn:aws:another:another-region:000000000000:another/thing"
_FRESH_ADDRESSES = ("192.0.2.77", "198.18.0.77", "2001:db8:ffff::77")

_ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}
_BY_ALL = {"Principal": "*"}


class Filling(msgspec.Struct, frozen=True):
    """One way to fill in one unknown: `values` for the context, or `layers` made over. `word` is what a reader would call it."""

    word: str
    values: tuple[tuple[str, Value], ...] = ()
    layer: Layer | None = None
    policy: Held | None = None
    replaces: str = ""
    public_access: bool | None = None
    owner: str = ""

    def apply(self, layers: Layers) -> Layers:
        """The layers with this filling in its place."""
        if self.public_access is not None:
            return msgspec.structs.replace(layers, public_access=self.public_access)
        if self.layer is not None:
            return msgspec.structs.replace(layers, **{self.layer.name: self.layer})
        if self.policy is not None:
            return _with_policy(layers, self.replaces, self.policy)
        return layers


def for_key(key: str, value: Value, tests: Iterable[ConditionTest], context: Context, *, linked: Iterable[str] = ()) -> tuple[Filling, ...]:
    """Sample values of a condition key: whatever tells the tests on it apart, and absent where it may be. `linked` are values that
    other keys take, for tests that compare two keys."""
    samples: dict[tuple[str, ...], None] = {}
    mine = [test for test in tests if test.key.lower() == key.lower()]
    several = is_multivalued(key) or any(":" in test.operator for test in mine)
    for test in mine:
        parsed = conditions.operator(test.operator)
        for text in test.values if parsed else ():
            samples.update(dict.fromkeys((sample,) for sample in _samples(parsed, text, context)))
    samples.update(dict.fromkeys((text,) for text in linked))
    families = {parsed.family for parsed in (conditions.operator(test.operator) for test in mine) if parsed}
    if not families or families & {"String", "Arn", "Null", "Binary"}:  # other families cannot take a text that is none of theirs
        samples.setdefault((FRESH,))
    if several:
        alone = [sample for sample in samples if sample != (FRESH,)]
        samples.update(dict.fromkeys((*sample, FRESH) for sample in alone[:4]))
    found = [Filling(" and ".join(sample), ((key.lower(), _present(sample)),)) for sample in samples]
    if not value.sent:
        found.append(Filling("absent", ((key.lower(), Value("absent", origin="filled in")),)))
    return tuple(found)


def _present(sample: tuple[str, ...]) -> Value:
    return Value("present", sample, "filled in", multivalued=len(sample) > 1)


def _samples(parsed: Operator | None, text: str, context: Context) -> list[str]:
    """Values around what one policy value accepts: inside, and just outside where there is a border."""
    if parsed is None:
        return []
    if parsed.family == "Bool":
        return ["true", "false"]
    if parsed.family == "Null":
        return [FRESH]
    if parsed.family == "Numeric":
        number = values.number(text)
        return [] if number is None else [str(number - 1), str(number), str(number + 1)]
    if parsed.family == "Date":
        moment = values.date(text)
        return [] if moment is None else [str(moment - Decimal(1)), str(moment), str(moment + Decimal(1))]
    if parsed.family == "Ip":
        network = values.network(text)
        return [*_FRESH_ADDRESSES, *([] if network is None else [str(network.network_address)])]
    expanded = variables.expand(text, context, variables=True, wildcards=parsed.comparison in ("like", "arn"))
    filled = "".join(part if isinstance(part, str) else "x" if part == globs.ONE else "sample" for part in expanded.parts or ())
    fresh = [_FRESH_ARN] if parsed.family == "Arn" else []
    return [*([filled] if filled else []), *fresh]


def for_unknown(item: Unknown, layers: Layers, account: str) -> tuple[Filling, ...]:
    """Stand-ins for a layer that was not collected, a document that is missing, or an owner who is not known (`account` is the
    caller's); empty for what cannot be filled in."""
    if item.kind == "owner":
        return (Filling("the caller's account", owner=account), Filling("another account", owner="another"))
    if item.kind == "layer":
        if item.name == "s3-bpa":
            return (Filling("lets it pass", public_access=False), Filling("stops it", public_access=True))
        return _layer(item.name)
    if item.kind == "policy":
        for name in ("identity", "boundary", "session", "resource", "scp", "rcp", "vpce"):
            held = next((held for held in layers.get(name).policies if item.name in (held.arn, held.label)), None)
            if held is not None:
                return tuple(Filling(word, policy=document, replaces=held.key) for word, document in _documents(held.kind, held.name))
    return ()


def _layer(name: str) -> tuple[Filling, ...]:
    kind = {"identity": "inline"}.get(name, name)
    if name in ("scp", "rcp"):
        stop = given([_DENY], "scp", name)  # an RCP's own grammar would want a service named; here it is only a Deny
        return (Filling("passes", layer=Layer(name, False)), Filling("stops", layer=Layer(name, True, (Level((stop,)),))))
    return tuple(Filling(word, layer=Layer(name, True, (Level((document,)),))) for word, document in _documents(kind, name))


def _documents(kind: str, name: str) -> tuple[tuple[str, Held], ...]:
    named = _BY_ALL if kind in ("resource", "trust", "vpce") else {}
    trust = {key: item for key, item in _ALLOW.items() if key != "Resource"}
    allow = {**(trust if kind == "trust" else _ALLOW), **named}
    deny = {**allow, "Effect": "Deny"}
    return (("allows", given([allow], kind, name)), ("silent", given([], kind, name)), ("denies", given([deny], kind, name)))


def _with_policy(layers: Layers, key: str, document: Held) -> Layers:
    changed: dict[str, Layer] = {}
    for name in ("identity", "boundary", "session", "resource", "scp", "rcp", "vpce"):
        layer = layers.get(name)
        if any(held.key == key for held in layer.policies):
            levels = tuple(
                msgspec.structs.replace(level, policies=tuple(document if held.key == key else held for held in level.policies))
                for level in layer.levels
            )
            changed[name] = msgspec.structs.replace(layer, levels=levels)
    return msgspec.structs.replace(layers, **changed)
