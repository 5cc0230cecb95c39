"""Opens `inventory:FILE.csv`, a company's own list of who holds which managed policies, in whygate. It imports nothing of whygate."""

import csv
from collections.abc import Callable
from typing import Any

PREFIX = "inventory:"


class InventoryAdapter:
    """A CSV with the columns account, user and policy (an ARN); a user with several policies has several rows."""

    name = "inventory"
    description = "the company's inventory of users: inventory:FILE.csv"

    def accepts(self, source: str) -> bool:
        return source.startswith(PREFIX)

    def load(self, source: str, report: Callable[[int, int, str], None]) -> dict[str, Any]:
        with open(source.removeprefix(PREFIX), newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        accounts: dict[str, dict[str, Any]] = {}
        for done, row in enumerate(rows):
            report(done, len(rows), "inventory")
            users = accounts.setdefault(row["account"], {})
            user = users.setdefault(
                row["user"],
                {
                    "UserName": row["user"],
                    "Arn": f"arn:aws:iam::{row['account']}:user/{row['user']}",
                    "AttachedManagedPolicies": [],
                    # The inventory does not know these. Without this line they would read as "none".
                    "NotCollected": ["UserPolicyList", "GroupList", "PermissionsBoundary"],
                },
            )
            user["AttachedManagedPolicies"].append({"PolicyArn": row["policy"]})
        return {"Accounts": [{"Account": {"Id": id}, "UserDetailList": list(users.values())} for id, users in accounts.items()]}
