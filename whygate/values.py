"""The types that condition values can have besides text: numbers, dates and addresses (R62, R63, R65). None means "not one"."""

from __future__ import annotations

import functools
import ipaddress
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?\s*([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?)?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@functools.lru_cache(maxsize=4096)
def number(text: str) -> Decimal | None:
    """An integer or a decimal; no exponents, no infinities."""
    return Decimal(text) if _NUMBER.fullmatch(text) and len(text) < 400 else None


@functools.lru_cache(maxsize=4096)
def date(text: str) -> Decimal | None:
    """Seconds since 1970 of an ISO 8601 date or of epoch seconds; four digits alone are a year (R63). No offset means UTC."""
    match = _DATE.fullmatch(text)
    if match is None:
        return number(text)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        leap = 1 if second == "60" else 0
        moment = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0) - leap, tzinfo=_zone(zone)
        )
    except ValueError:
        return None
    elapsed = moment - _EPOCH
    whole = Decimal(elapsed.days * 86400 + elapsed.seconds + leap)
    return whole + Decimal(f"0.{fraction}") if fraction else whole


def is_bare_year(text: str) -> bool:
    """Whether a date is four digits alone, which AWS could also read as epoch seconds."""
    return re.fullmatch(r"[0-9]{4}", text) is not None


def _zone(text: str | None) -> timezone:
    if not text or text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


@functools.lru_cache(maxsize=4096)
def network(text: str) -> Network | None:
    """An address or a CIDR range, IPv4 or IPv6; host bits are masked; without a prefix length it is one address."""
    address, slash, prefix = text.partition("/")
    if slash and not re.fullmatch(r"[0-9]{1,3}", prefix):
        return None  # the library would take a netmask, AWS does not
    if "%" in address:
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def network_holds(policy: Network, request: Network) -> bool:
    """Whether the requested address lies in the range; families never match each other."""
    if isinstance(policy, ipaddress.IPv4Network) and isinstance(request, ipaddress.IPv4Network):
        return request.subnet_of(policy)
    if isinstance(policy, ipaddress.IPv6Network) and isinstance(request, ipaddress.IPv6Network):
        return request.subnet_of(policy)
    return False
