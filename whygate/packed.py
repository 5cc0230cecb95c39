"""A snapshot as bytes that open in an instant: each list is decoded when it is first looked at. Made and read by the same version of the
program alone; what lasts is the snapshot document. Where the bytes are kept is not here.
"""

from __future__ import annotations

import marshal
import types
import typing
import zlib
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from whygate import __version__, assembly, dates, document, entities, json_source, organization
from whygate.entities import Account, Group, ManagedPolicy, Resource, Role, SavedQuestion, Source, User
from whygate.snapshot import Snapshot

HEAD = "head"
LISTS: Mapping[str, type] = {"users": User, "groups": Group, "roles": Role, "policies": ManagedPolicy, "resources": Resource}
_MAKERS = (assembly, dates, document, organization)
_DOCUMENTS = (Raw | None, Raw | UnsetType | None)
_NOT_HELD = (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError)


class _Form(NamedTuple):
    """How a type travels: as which type, and the way there and back; both None where it travels as it is. msgspec decodes no `Raw` that
    may also be None, so entities with a policy document travel as structs that hold its bytes."""

    wire: Any
    there: Callable[[Any], Any] | None = None
    back: Callable[[Any], Any] | None = None


def pack(snapshot: Snapshot) -> dict[str, bytes] | None:
    """The snapshot by part: its head, and each list; None for one that holds what no such bytes can."""
    try:
        head = (snapshot.questions, snapshot.source, snapshot.warnings)
        parts: dict[str, object] = {HEAD: (_layout(), _there(tuple[Account, ...], snapshot.accounts), *head)}
        for name, kind in LISTS.items():
            parts[name] = _there(_several(kind), getattr(snapshot, name))
        return {name: zlib.compress(msgspec.msgpack.encode(part), 1) for name, part in parts.items()}
    except _NOT_HELD:
        return None


def unpack(parts: Mapping[str, bytes], more_warnings: tuple[str, ...] = ()) -> Snapshot | None:
    """The snapshot of which these are the parts, known to be undamaged; None for what another version made."""
    if not {HEAD, *LISTS} <= parts.keys():
        return None
    head = zlib.decompress(parts[HEAD])
    try:
        if msgspec.msgpack.decode(head, type=tuple[str, Raw, Raw, Raw, Raw])[0] != _layout():
            return None
    except msgspec.DecodeError:
        return None
    form = _form(tuple[Account, ...])
    _, accounts, questions, source, warnings = msgspec.msgpack.decode(
        head, type=types.GenericAlias(tuple, (str, form.wire, tuple[SavedQuestion, ...], Source, tuple[str, ...]))
    )
    kept = object.__new__(_Kept)
    kept.__dict__.update(
        accounts=form.back(accounts) if form.back else accounts,
        questions=questions,
        source=source,
        warnings=(*warnings, *more_warnings),
        _parts=parts,
    )
    return kept


class _Kept(Snapshot):
    """A snapshot whose lists are decoded when they are first looked at."""

    users = cached_property(lambda self: self._list("users"))
    groups = cached_property(lambda self: self._list("groups"))
    roles = cached_property(lambda self: self._list("roles"))
    policies = cached_property(lambda self: self._list("policies"))
    resources = cached_property(lambda self: self._list("resources"))

    def _list(self, name: str) -> Any:
        form = _form(_several(LISTS[name]))
        with json_source.collector_paused():
            found = msgspec.msgpack.decode(zlib.decompress(self.__dict__["_parts"][name]), type=form.wire)
            return form.back(found) if form.back else found


@cache
def _layout() -> str:
    """What the bytes depend on: the entities, and the code that makes them from a document. Another layout is another program."""
    kinds = [kind for kind in vars(entities).values() if isinstance(kind, type) and issubclass(kind, Struct) and kind is not Struct]
    shape = repr([(kind.__name__, [(item.name, str(item.type)) for item in msgspec.structs.fields(kind)]) for kind in kinds]).encode()
    code = [marshal.dumps(item.__code__) for module in _MAKERS for item in vars(module).values() if isinstance(item, types.FunctionType)]
    return f"{__version__} {zlib.crc32(b''.join([shape, *code])):08x}"


def _several(kind: Any) -> Any:
    return types.GenericAlias(tuple, (kind, ...))


def _optional(kind: Any) -> Any:
    return typing.Union[kind, None]  # noqa: UP007  # a type made at run time


def _there(kind: Any, value: Any) -> Any:
    form = _form(kind)
    return form.there(value) if form.there else value


@cache
def _form(kind: Any) -> _Form:
    if kind in _DOCUMENTS:
        return _Form(bytes | bool | None, _bytes, _raw)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _struct(kind)
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is tuple and arguments[-1:] == (...,):
        inner = _form(arguments[0])
        if inner.there is not None and inner.back is not None:
            there, back = inner.there, inner.back
            return _Form(_several(inner.wire), lambda items: tuple(map(there, items)), lambda items: tuple(map(back, items)))
    if isinstance(kind, types.UnionType) and len(arguments) == 2 and arguments[1] is types.NoneType:
        inner = _form(arguments[0])
        if inner.there is not None and inner.back is not None:
            given, taken = inner.there, inner.back
            return _Form(
                _optional(inner.wire),
                lambda value: None if value is None else given(value),
                lambda value: None if value is None else taken(value),
            )
    return _Form(kind)


def _struct(kind: type[Struct]) -> _Form:
    forms = {item.name: _form(item.type) for item in msgspec.structs.fields(kind)}
    ways = [(number, form.there, form.back) for number, form in enumerate(forms.values()) if form.there and form.back]
    if not ways:
        return _Form(kind)
    wire = msgspec.defstruct(kind.__name__, [(name, form.wire) for name, form in forms.items()], array_like=True, frozen=True, gc=False)

    def there(value: Any) -> Any:
        values = list(msgspec.structs.astuple(value))
        for number, way, _ in ways:
            values[number] = way(values[number])
        return wire(*values)

    def back(value: Any) -> Any:
        values = list(msgspec.structs.astuple(value))
        for number, _, way in ways:
            values[number] = way(values[number])
        return kind(*values)

    return _Form(wire, there, back)


def _bytes(raw: Raw | UnsetType | None) -> bytes | bool | None:
    if isinstance(raw, UnsetType):
        return False
    return None if raw is None else bytes(raw)


def _raw(data: bytes | bool | None) -> Raw | UnsetType | None:
    if data is False:
        return UNSET
    return Raw(data) if isinstance(data, bytes) else None
