"""Requests and answers on the wire: which operation a request means, and how an answer or an error is written in its protocol."""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

_SESSION = botocore.session.get_session()
# What the SigV4 scope calls a service, and boto3's name of its client where that differs.
_SCOPES = {"sso": "sso-admin"}
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")


class Request(NamedTuple):
    """One call: who signed it, where, which operation, with which parameters."""

    key: str
    region: str
    service: str
    operation: str
    parameters: dict[str, Any]


@functools.cache
def service_model(service: str) -> Any:
    return _SESSION.get_service_model(service)


@functools.cache
def operation_model(service: str, operation: str) -> OperationModel:
    model: OperationModel = service_model(service).operation_model(operation)
    return model


@functools.cache
def pagination(service: str, operation: str) -> dict[str, Any] | None:
    """botocore's table row of how an operation is paged; None where it is not."""
    try:
        found: dict[str, Any] = _SESSION.get_paginator_model(service).get_paginator(operation)
    except (botocore.exceptions.UnknownServiceError, ValueError):
        return None
    return found


@functools.cache
def protocol(service: str) -> str:
    """The protocol that botocore's client speaks by default."""
    return str(service_model(service).resolved_protocol)


def read(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
    """The call that a signed HTTP request means; raises LookupError where none fits."""
    signed = _CREDENTIAL.search(headers.get("Authorization", ""))
    if signed is None:
        raise LookupError("not signed")
    key, region, scope = signed.groups()
    service = _SCOPES.get(scope, scope)
    path, query = urlsplit(target).path, parse_qs(urlsplit(target).query, keep_blank_values=True)
    if service == "s3" and path.startswith("/v20180820/"):
        service = "s3control"
    kind = protocol(service)
    if kind == "json":
        operation = headers["X-Amz-Target"].rsplit(".", 1)[-1]
        return Request(key, region, service, operation, json.loads(body or b"{}"))
    if kind in ("query", "ec2"):
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        return Request(key, region, service, form.pop("Action"), {name: value for name, value in form.items() if name != "Version"})
    operation, parameters = _by_path(service, method, path, query)
    return Request(key, region, service, operation, parameters)


def _by_path(service: str, method: str, path: str, query: Mapping[str, list[str]]) -> tuple[str, dict[str, Any]]:
    """The REST operation with the most fixed query words that all stand in the request."""
    found: list[tuple[int, str, dict[str, Any]]] = []
    for name, http, pattern, fixed, named in _routes(service):
        match = pattern.fullmatch(path)
        if http != method or match is None or not fixed <= query.keys():
            continue
        given = {member: unquote(value) for member, value in match.groupdict().items()}
        given |= {member: query[word][0] for word, member in named.items() if word in query}
        found.append((len(fixed), name, given))
    if not found:
        raise LookupError(f"{method} {path}")
    _, operation, parameters = max(found, key=lambda one: one[0])
    return operation, parameters


@functools.cache
def _routes(service: str) -> list[tuple[str, str, re.Pattern[str], set[str], dict[str, str]]]:
    routes = []
    for name in service_model(service).operation_names:
        model = operation_model(service, name)
        where, _, query = model.http["requestUri"].partition("?")
        members = model.input_shape.members if model.input_shape else {}
        if service == "s3" and "Bucket" in members and "{Bucket}" not in where:  # botocore leaves the bucket to the endpoint rules
            where = "/{Bucket}" + where.rstrip("/")
        labels = {
            shape.serialization.get("name", member): member
            for member, shape in members.items()
            if shape.serialization.get("location") == "uri"
        }
        pattern = _pattern(where, labels)
        fixed = {word.split("=")[0] for word in query.split("&") if word}
        named = {
            shape.serialization["name"]: member for member, shape in members.items() if shape.serialization.get("location") == "querystring"
        }
        routes.append((name, model.http["method"], re.compile(pattern), fixed, named))
    return routes


def _pattern(where: str, labels: Mapping[str, str]) -> str:
    """A URI template as a regular expression with a group for each label, called like its member; `{Key+}` takes slashes too."""
    parts = []
    for fixed, label, greedy in re.findall(r"([^{]*)(?:\{(\w+)(\+)?\})?", where):
        parts.append(re.escape(fixed))
        if label:
            parts.append(f"(?P<{labels.get(label, label)}>{'.+' if greedy else '[^/]+'})")
    return "".join(parts)


def answer(request: Request, output: dict[str, Any]) -> tuple[str, bytes]:
    """Content type and body. Raises ValueError where the output is not one that the operation can have."""
    model = operation_model(request.service, request.operation)
    shape = model.output_shape
    if shape is None:
        return "text/plain", b""
    report = ParamValidator().validate(output, shape)
    if report.has_errors():
        raise ValueError(f"{request.service} {request.operation}: {report.generate_report()}")
    strangers = _strangers(shape, output)
    if strangers:
        raise ValueError(f"{request.service} {request.operation} has no {', '.join(strangers)}")
    kind = protocol(request.service)
    if request.operation == "GetBucketLocation":  # the one answer whose root element is the value
        return "application/xml", f"<LocationConstraint>{escape(output.get('LocationConstraint', ''))}</LocationConstraint>".encode()
    if kind in ("json", "rest-json"):
        return "application/x-amz-json-1.1", json.dumps(_json(shape, output)).encode()
    if kind == "query":
        wrapper = shape.serialization.get("resultWrapper", f"{request.operation}Result")
        inner = _members(shape, output, kind)
        meta = "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
        return "text/xml", f"<{request.operation}Response><{wrapper}>{inner}</{wrapper}>{meta}</{request.operation}Response>".encode()
    if kind == "ec2":
        return "text/xml", f"<R><requestId>1</requestId>{_members(shape, output, kind)}</R>".encode()
    payload = shape.serialization.get("payload")
    if payload is not None:
        body = shape.members[payload]
        value = output.get(payload)
        if body.type_name in ("string", "blob"):
            return "application/xml", str(value or "").encode()
        assert isinstance(body, StructureShape)
        return "application/xml", f"<P>{_members(body, value or {}, kind)}</P>".encode()
    return "application/xml", f"<R>{_members(shape, output, kind)}</R>".encode()


def error(service: str, code: str, message: str) -> tuple[str, bytes, dict[str, str]]:
    """Content type, body and further headers of an error in the protocol of a service."""
    kind = protocol(service)
    if kind == "json":
        return "application/x-amz-json-1.1", json.dumps({"__type": f"com.amazonaws.{service}#{code}", "message": message}).encode(), {}
    if kind == "rest-json":
        return "application/json", json.dumps({"message": message}).encode(), {"x-amzn-ErrorType": code}
    inner = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if kind == "ec2":
        return "text/xml", f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>1</RequestID></Response>".encode(), {}
    if kind == "query" or service == "s3control":
        return "text/xml", f"<ErrorResponse><Error>{inner}</Error><RequestId>1</RequestId></ErrorResponse>".encode(), {}
    return "application/xml", f"<Error>{inner}<RequestId>1</RequestId></Error>".encode(), {}


def _strangers(shape: Shape, value: Any) -> list[str]:
    """Members that the model does not know, which the validator lets pass."""
    if isinstance(shape, StructureShape):
        known = [name for key, item in value.items() if key in shape.members for name in _strangers(shape.members[key], item)]
        return [*(str(key) for key in value if key not in shape.members), *known]
    if isinstance(shape, ListShape):
        return [name for item in value for name in _strangers(shape.member, item)]
    return []


def _json(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        members = {name: member for name, member in shape.members.items() if name in value}
        return {member.serialization.get("name", name): _json(member, value[name]) for name, member in members.items()}
    if isinstance(shape, ListShape):
        return [_json(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _json(shape.value, item) for key, item in value.items()}
    if isinstance(value, datetime):
        return value.timestamp()
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return value


def _members(shape: StructureShape, value: Mapping[str, Any], kind: str) -> str:
    parts = []
    for name, member in shape.members.items():
        if name in value and "location" not in member.serialization:
            parts.append(_xml(member, member.serialization.get("name", name), value[name], kind))
    return "".join(parts)


def _xml(shape: Shape, name: str, value: Any, kind: str) -> str:
    if isinstance(shape, StructureShape):
        named = shape.serialization.get("xmlNamespace") or {}
        spaces = f' xmlns:{named["prefix"]}="{named["uri"]}"' if named.get("prefix") else ""
        attributes = {member: one.serialization["name"] for member, one in shape.members.items() if one.serialization.get("xmlAttribute")}
        inside = {key: item for key, item in value.items() if key not in attributes}
        written = "".join(f' {attribute}="{escape(value[member])}"' for member, attribute in attributes.items() if member in value)
        return f"<{name}{spaces}{written}>{_members(shape, inside, kind)}</{name}>"
    if isinstance(shape, ListShape):
        if shape.serialization.get("flattened"):
            return "".join(_xml(shape.member, name, item, kind) for item in value)
        inner = shape.member.serialization.get("name", "item" if kind == "ec2" else "member")
        return f"<{name}>{''.join(_xml(shape.member, inner, item, kind) for item in value)}</{name}>"
    if isinstance(shape, MapShape):
        keys = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
        entries = "".join(
            f"<entry>{_xml(shape.key, keys[0], key, kind)}{_xml(shape.value, keys[1], item, kind)}</entry>" for key, item in value.items()
        )
        return f"<{name}>{entries}</{name}>"
    return f"<{name}>{escape(_text(shape, value))}</{name}>"


def _text(shape: Shape, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return str(value)
