"""Takes only whole answers: what botocore lets through, a body that breaks off or a proxy's page, would read as an empty list.

botocore does not hold a body to its Content-Length, and its JSON parser makes of broken JSON an answer without any members.
"""

from __future__ import annotations

from typing import Any

_JSON = ("json", "rest-json")


def only_whole_answers(client: Any) -> None:
    """Makes a client treat a body that is not whole as a connection that was cut: tried again, then an error."""
    json = client.meta.service_model.resolved_protocol in _JSON

    def send(request: Any, **_: Any) -> Any:
        response = client._endpoint.http_session.send(request)
        _check(request.url, response, json)
        return response

    client.meta.events.register("before-send", send)


def _check(url: str, response: Any, json: bool) -> None:
    from botocore.exceptions import ConnectionClosedError, HTTPClientError

    body: bytes = response.content
    length = response.headers.get("Content-Length")
    if length is not None and length.isdigit() and len(body) < int(length):
        raise ConnectionClosedError(endpoint_url=url, error="the answer breaks off")
    start = body[:200].lstrip().lower()
    strange = start.startswith((b"<!doctype html", b"<html")) or (json and (start[:1] != b"{" or body.rstrip()[-1:] != b"}"))
    if response.status_code == 200 and body and strange:
        raise HTTPClientError(error="what answers is not AWS: a proxy or a login page may be in between")
