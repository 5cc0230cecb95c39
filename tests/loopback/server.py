"""The server: answers by table, pages whatever AWS pages, has faults by operation. A wrong answer in the table fails the test."""

from __future__ import annotations

import dataclasses
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from loopback import wire
from loopback.wire import Request

Output = dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any] | None]
Answers = Mapping[tuple[str, str], Output]


@dataclasses.dataclass(frozen=True)
class Fault:
    """What an operation does instead of answering: `times` times (always where None), from the `after`-th call on.

    Without a `code` the body of the true answer breaks off in the middle (`cut`), nothing comes until the server stops
    (`hang`), or something else comes with status 200 (`page`).
    """

    code: str = ""
    status: int = 400
    message: str = "as the test asked"
    times: int | None = None
    after: int = 0
    cut: bool = False
    hang: bool = False
    page: str = ""


DENIED = Fault("AccessDenied", 403, "is not authorized to perform it")
THROTTLED = Fault("ThrottlingException", 400, "Rate exceeded")
BROKEN = Fault("InternalFailure", 500)
EXPIRED = Fault("ExpiredToken", 403, "The security token included in the request is expired")


class AbsentError(Exception):
    """An answer of the table that says there is none: an error code that belongs to the operation."""

    def __init__(self, code: str, status: int = 404, message: str = "Cannot find it: there is none") -> None:
        super().__init__(code)
        self.message = message
        self.code = code
        self.status = status


class Loopback:
    """A running server; a context manager that stops it. `faults` may change while it runs; `calls` is what was asked."""

    def __init__(self, answers: Answers, page: int = 2) -> None:
        self.answers = dict(answers)
        self.page = page
        self.hollow = False  # the first page of everything is empty and names another, as AWS may do
        self.faults: dict[tuple[str, str], Fault] = {}
        self.calls: list[Request] = []
        self.wrong: list[str] = []
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._all = 0
        self.everything: Fault | None = None
        loopback = self

        class Handler(_Handler):
            aws = loopback

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reset(self) -> None:
        """No faults, nothing asked yet."""
        with self.lock:
            self.faults.clear()
            self.calls.clear()
            self._counts.clear()
            self.everything = None
            self.hollow = False
            self._all = 0

    def asked(self) -> set[tuple[str, str]]:
        with self.lock:
            return {(call.service, call.operation) for call in self.calls}

    def fault(self, request: Request) -> Fault | None:
        """The fault that this call meets, by its number among the calls of its operation (or of all)."""
        name = (request.service, request.operation)
        with self.lock:
            self.calls.append(request)
            number, every = self._counts[name], self._all
            self._counts[name] += 1
            self._all += 1
        for found, count in ((self.faults.get(name), number), (self.everything, every)):
            if found is not None and count >= found.after and (found.times is None or count < found.after + found.times):
                return found
        return None

    def output(self, request: Request) -> dict[str, Any]:
        """The answer, or the page of it that was asked for. Raises `AbsentError`, and KeyError where the table has none."""
        given = self.answers[request.service, request.operation]
        output = given(request.parameters) if callable(given) else given
        if output is None:
            raise KeyError(request.operation)
        return self._paged(request, output)

    def _paged(self, request: Request, output: dict[str, Any]) -> dict[str, Any]:
        rule = wire.pagination(request.service, request.operation)
        if rule is None:
            return output
        keys = rule["result_key"] if isinstance(rule["result_key"], list) else [rule["result_key"]]
        keys = [key for key in keys if key in output]
        into = rule["input_token"] if isinstance(rule["input_token"], str) else rule["input_token"][0]
        out = rule["output_token"] if isinstance(rule["output_token"], str) else rule["output_token"][0]
        shape = wire.operation_model(request.service, request.operation).input_shape
        member = next((name for name in (into, into[:1].upper() + into[1:]) if name in request.parameters), into)
        assert shape is not None
        start = int(str(request.parameters.get(member, "page:0")).removeprefix("page:"))
        if self.hollow:
            first = member not in request.parameters
            page = {**output, **{key: [] for key in keys}, out: "page:0"} if first else dict(output)
            return {**page, **({rule["more_results"]: first} if "more_results" in rule else {})}
        cut = {key: value[start : start + self.page] if key in keys else value for key, value in output.items()}
        more = any(len(output[key]) > start + self.page for key in keys)
        if more:
            cut[out] = f"page:{start + self.page}"
        if "more_results" in rule:
            cut[rule["more_results"]] = more
        return cut


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    aws: Loopback
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format: str, *arguments: object) -> None:
        """Tests have no use for a log."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            request = wire.read(self.command, self.path, dict(self.headers), body)
        except LookupError as error:
            self._wrong(f"no operation: {error}")
            return
        fault = self.aws.fault(request)
        if fault is not None and fault.code:
            self._send(fault.status, *wire.error(request.service, fault.code, fault.message))
            return
        if fault is not None and fault.page:
            self._send(200, "text/html", fault.page.encode())
            return
        if fault is not None and fault.hang:
            self.aws.stopping.wait(60)
            self.close_connection = True
            return
        try:
            kind, written = wire.answer(request, self.aws.output(request))
        except AbsentError as absent:
            self._send(absent.status, *wire.error(request.service, absent.code, absent.message))
            return
        except Exception as error:  # a mistake in the test's own table: the test must hear of it
            self._wrong(f"{request.service} {request.operation} {request.parameters}: {type(error).__name__}: {error}")
            return
        self._send(200, kind, written, cut=fault is not None and fault.cut)

    def _wrong(self, what: str) -> None:
        self.aws.wrong.append(what)
        self._send(501, "text/plain", what.encode())

    def _send(self, status: int, kind: str, body: bytes, headers: Mapping[str, str] | None = None, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True
