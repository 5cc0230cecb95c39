"""Live accounts as a source: `aws:` and `aws:PROFILE`, by read-only calls alone. Nothing here needs boto3 until an account is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from adapters.aws import source as sources

if TYPE_CHECKING:
    from adapters.aws.pull import Identity, Pull
    from adapters.aws.session import Connection, Settings

Report = Callable[[int, int, str], None]


class AwsAdapter:
    """Pulls an account with the credentials that boto3 finds: profiles, SSO, assumed roles with MFA, instance roles, the environment."""

    name = "aws"
    description = "a live account: aws: or aws:PROFILE, with --region as often as needed; read-only calls alone"

    # The connections made so far, by source: a second opinion asks through the one that collected, without another MFA code.
    _made: ClassVar[dict[str, Connection]] = {}

    # Connections made before a screen took the terminal, each to be used once.
    _prepared: ClassVar[dict[str, Connection]] = {}

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._open: dict[str, tuple[Connection, Identity]] = {}

    def accepts(self, source: str) -> bool:
        """True for what begins with `aws:`."""
        return source.startswith(sources.PREFIX)

    def cache_key(self, source: str) -> tuple[str, ...]:
        """What tells one pull from another: account, caller, regions and adapter. Asks AWS who the caller is; raises `UserError`."""
        connection, identity = self._connected(source)
        # A session's name is another one each time, and its rights are the role's.
        caller = identity.arn.rsplit("/", 1)[0] if ":assumed-role/" in identity.arn else identity.arn
        return (identity.account, caller, ",".join(connection.regions), self.name)

    def prepare(self, source: str) -> None:
        """Ask now for what only a person at the terminal can give, an MFA code, before a screen takes the terminal. Raises `UserError`."""
        if not sources.asks_for_mfa(source):
            return
        from adapters.aws.session import Connection

        connection = Connection(sources.read(source), self._settings)
        connection.credentials()
        self._prepared[source] = connection

    def load(self, source: str, report: Report) -> dict[str, Any]:
        """The snapshot document of everything that the caller may read. Raises `UserError` where the first call says that nothing works."""
        return self.begin(source).run(report)

    def begin(self, source: str) -> Pull:
        """A pull that has not begun: `run` does it, `document` shows what is there by now, `stop` ends it early. Raises `UserError`."""
        from adapters.aws.plan import plan

        connection, identity = self._connected(source)
        del self._open[source]
        return plan(connection, identity, source)

    def _connected(self, source: str) -> tuple[Connection, Identity]:
        """The connection that a question about the cache has just made is used for the pull: an MFA code is asked for once."""
        if source not in self._open:
            from adapters.aws.pull import who
            from adapters.aws.session import Connection

            connection = self._prepared.pop(source, None) or Connection(sources.read(source), self._settings)
            self._open[source] = (connection, who(connection))
            self._made[source] = connection
        return self._open[source]

    def second_opinion(self, source: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """What AWS's policy simulator says: see `adapters.second_opinion`. Raises `UserError`."""
        from adapters.aws import second_opinion

        made = self._made.get(source)
        connection = made.resumed() if made is not None and not made.expired else self._connected(source)[0]
        return second_opinion.ask(connection, source, question)
