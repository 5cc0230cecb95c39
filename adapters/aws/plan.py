"""Which jobs a pull is made of: IAM, the organization, Identity Center, and every collector in every region."""

from __future__ import annotations

from adapters.aws import collectors, iam, organizations, sso
from adapters.aws.pull import Identity, Job, Pull, everywhere
from adapters.aws.session import Connection

NO_ACCOUNT = "which account it is was not permitted: sts:GetCallerIdentity"
NO_REGION = "no region is named: give --region"


def plan(connection: Connection, identity: Identity, origin: str) -> Pull:
    """The pull of the connection's account."""
    home = everywhere(connection)
    if not identity.account:  # without its number most ARNs cannot be known, and a wrong one would be worse than none
        pull = Pull(connection, identity, iam.jobs(home, ""), origin)
        parts = [part for collector in collectors.every() for part in collector.parts]
        pull.leave_out((organizations.PLACE, *organizations.KINDS, sso.PART, *parts), NO_ACCOUNT)
        return pull
    jobs: list[Job] = [*iam.jobs(home, identity.arn), *organizations.jobs(home), *collectors.jobs(connection.regions, connection.home)]
    for region in connection.regions:
        jobs += sso.jobs(region)
    pull = Pull(connection, identity, jobs, origin)
    if not connection.regions:
        pull.leave_out((sso.PART, *(part for collector in collectors.every() if collector.regional for part in collector.parts)), NO_REGION)
    return pull
