"""Answers of AWS Organizations as a source: the levels above accounts, from a tree or from the CLI's answers beside each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import SHARED
from sources import AWAY, HOME, export, policy, refused, register, verdict

from adapters import registry
from whygate.snapshot import Snapshot

TREES = SHARED / "data" / "organizations" / "iamspy"
SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
DETECT = "textract:DetectDocumentText"
FULL = policy(action="*")
DENY = policy(effect="Deny", action="textract:*")
FULL_RCP = policy(action="*", Principal="*")
ROOT, UNIT = "r-ab12", "ou-ab12-workload1"


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


def summary(id: str, kind: str = SCP) -> dict[str, Any]:
    return {"Id": id, "Name": f"name of {id}", "Type": kind, "AwsManaged": False, "Arn": f"arn:aws:organizations::{AWAY}:policy/o-1/x/{id}"}


def tree(*policies: dict[str, Any]) -> dict[str, Any]:
    """The root with all policies, and below it a unit and an account with the first one."""
    account = {"Id": HOME, "Name": "prod", "Policies": list(policies[:1]), "Children": []}
    unit = {"Id": UNIT, "Name": "Workloads", "Policies": list(policies[:1]), "Children": [account]}
    arn = f"arn:aws:organizations::{AWAY}:root/o-1/{ROOT}"
    return {"Id": ROOT, "Arn": arn, "Name": "Root", "PolicyTypes": [], "Policies": list(policies), "Children": [unit]}


def answers(documents: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the CLI prints of an organization of a root, a unit and an account, each in its file."""
    attached = [summary("p-FullAWSAccess"), summary("p-blocktext1")]
    rcp = [summary("p-RCPFullAWSAccess", RCP)]
    found: dict[str, Any] = {
        "describe-organization.json": {"Organization": {"Id": "o-1", "MasterAccountId": AWAY, "FeatureSet": "ALL"}},
        "list-roots.json": {"Roots": [{"Id": ROOT, "Arn": f"arn:aws:organizations::{AWAY}:root/o-1/{ROOT}", "Name": "Root"}]},
        f"list-organizational-units-for-parent-{ROOT}.json": {"OrganizationalUnits": [{"Id": UNIT, "Arn": "x", "Name": "Workloads"}]},
        f"list-accounts-for-parent-{UNIT}.json": {"Accounts": [{"Id": HOME, "Name": "prod", "Email": "a@example.com"}]},
        "list-policies-scp.json": {"Policies": attached},
        "list-policies-rcp.json": {"Policies": rcp},
        f"scps-of-{ROOT}.json": {"Policies": attached[:1]},
        f"scps-of-{UNIT}.json": {"Policies": attached},
        f"scps-of-{HOME}.json": {"Policies": attached[:1]},
    }
    for target in (ROOT, UNIT, HOME):
        found[f"rcps-of-{target}.json"] = {"Policies": rcp}
    for id, document in (documents or {"p-FullAWSAccess": FULL, "p-blocktext1": DENY, "p-RCPFullAWSAccess": FULL_RCP}).items():
        kind = RCP if "RCP" in id else SCP
        found[f"describe-{id}.json"] = {"Policy": {"PolicySummary": summary(id, kind), "Content": json.dumps(document)}}
    return found


def put(folder: Path, files: dict[str, Any]) -> Snapshot:
    for name, value in files.items():
        (folder / name).write_text(json.dumps(value))
    return registry.load(str(folder))


ACCOUNT = {"account.json": export(inline=policy())}


def test_a_tree_gives_its_accounts_their_levels(tmp_path: Path) -> None:
    path = tmp_path / "tree.json"
    path.write_text(json.dumps(tree({**summary("p-full"), "Content": FULL}, {**summary("p-deny"), "Content": DENY})))
    snapshot = registry.load(str(path))
    account = snapshot.account(HOME)
    assert account is not None
    assert (account.organization_id, account.organization_path) == ("o-1", f"o-1/{ROOT}/{UNIT}/")
    assert account.is_management is False
    levels = [(level.target_name, [held.id for held in level.policies]) for level in account.scps or ()]
    assert levels == [("Root", ["p-full", "p-deny"]), ("Workloads", ["p-full"]), ("prod", ["p-full"])]
    assert account.rcps is None
    assert not account.users_collected


@pytest.mark.parametrize("denies", [False, True])
def test_a_tree_beside_an_export_decides(tmp_path: Path, denies: bool) -> None:
    documents = [{**summary("p-full"), "Content": FULL}, {**summary("p-RCPFullAWSAccess", RCP), "Content": FULL_RCP}]
    root = tree(documents[0], *([{**summary("p-deny"), "Content": DENY}] if denies else []))
    for node in (root, root["Children"][0], root["Children"][0]["Children"][0]):
        node["Policies"] = [*node["Policies"], documents[1]]
    snapshot = put(tmp_path, {**ACCOUNT, "tree.json": root})
    assert verdict(snapshot, "ana", DETECT) == ("explicitDeny" if denies else "allowed")


def test_the_answers_of_the_cli_beside_each_other_are_the_organization(tmp_path: Path) -> None:
    snapshot = put(tmp_path, {**ACCOUNT, **answers()})
    account = snapshot.primary
    assert (account.id, account.organization_path) == (HOME, f"o-1/{ROOT}/{UNIT}/")
    assert verdict(snapshot, "ana", DETECT) == "explicitDeny"
    (tmp_path / f"scps-of-{UNIT}.json").write_text(json.dumps({"Policies": [summary("p-FullAWSAccess")]}))
    assert verdict(registry.load(str(tmp_path)), "ana", DETECT) == "allowed"
    assert registry.load(str(tmp_path)).warnings == ()


@pytest.mark.parametrize(
    "lost", [f"scps-of-{UNIT}.json", f"rcps-of-{HOME}.json", f"list-accounts-for-parent-{UNIT}.json", "describe-p-blocktext1.json"]
)
def test_an_answer_that_is_not_there_leaves_its_part_unknown(tmp_path: Path, lost: str) -> None:
    files = answers({"p-FullAWSAccess": FULL, "p-blocktext1": FULL, "p-RCPFullAWSAccess": FULL_RCP})
    assert verdict(put(tmp_path, {**ACCOUNT, **files}), "ana", DETECT) == "allowed"
    (tmp_path / lost).unlink()
    del files[lost]
    assert verdict(put(tmp_path, {**ACCOUNT, **files}), "ana", DETECT) == "depends"


def test_list_children_and_list_parents_tell_the_tree_as_well(tmp_path: Path) -> None:
    files = answers()
    del files[f"list-accounts-for-parent-{UNIT}.json"]
    del files[f"list-organizational-units-for-parent-{ROOT}.json"]
    files[f"list-children-{ROOT}.json"] = {"Children": [{"Id": UNIT, "Type": "ORGANIZATIONAL_UNIT"}]}
    files[f"list-parents-{HOME}.json"] = {"Parents": [{"Id": UNIT, "Type": "ORGANIZATIONAL_UNIT"}]}
    assert verdict(put(tmp_path, {**ACCOUNT, **files}), "ana", DETECT) == "explicitDeny"


def with_targets(documents: dict[str, list[str]]) -> dict[str, Any]:
    files = {name: value for name, value in answers().items() if "-of-" not in name}
    for id, targets in documents.items():
        rows = [{"TargetId": target, "Name": target, "Type": "ACCOUNT" if target == HOME else "ROOT"} for target in targets]
        files[f"list-targets-for-policy-{id}.json"] = {"Targets": rows}
    return files


def test_the_targets_of_every_policy_are_as_good_as_the_policies_of_every_target(tmp_path: Path) -> None:
    everywhere = [ROOT, UNIT, HOME]
    files = with_targets({"p-FullAWSAccess": everywhere, "p-RCPFullAWSAccess": everywhere, "p-blocktext1": [UNIT]})
    for name in [name for name in files if name.startswith("list-targets")]:
        for row in files[name]["Targets"]:
            row["Type"] = {ROOT: "ROOT", UNIT: "ORGANIZATIONAL_UNIT", HOME: "ACCOUNT"}[row["TargetId"]]
    assert verdict(put(tmp_path, {**ACCOUNT, **files}), "ana", DETECT) == "explicitDeny"
    (tmp_path / "list-targets-for-policy-p-blocktext1.json").unlink()
    assert verdict(registry.load(str(tmp_path)), "ana", DETECT) == "depends"


def test_policy_files_that_are_called_like_a_policy_are_its_document(tmp_path: Path) -> None:
    files = {name: value for name, value in answers().items() if not name.startswith("describe-p-")}
    files |= {"p-FullAWSAccess.json": FULL, "name of p-blocktext1.json": DENY, "p-RCPFullAWSAccess.json": FULL_RCP, "stray.json": DENY}
    snapshot = put(tmp_path, {**ACCOUNT, **files})
    assert verdict(snapshot, "ana", DETECT) == "explicitDeny"
    assert snapshot.warnings == ("not used, because nothing says what they belong to: stray.json",)


def test_two_organizations_keep_their_accounts_apart(tmp_path: Path) -> None:
    other = tree({**summary("p-deny"), "Content": FULL})
    other |= {"Id": "r-cd34", "Arn": f"arn:aws:organizations::{AWAY}:root/o-2/r-cd34"}
    other["Children"][0]["Children"][0]["Id"] = AWAY
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "snapshot.json").write_text(
        json.dumps({"Accounts": [export(inline=policy())], "Organization": {"Id": "o-1", "Policies": [], "Targets": []}})
    )
    (tmp_path / "two.json").write_text(json.dumps(other))
    snapshot = registry.load(str(tmp_path))
    assert [account.organization_id for account in snapshot.accounts] == [None, "o-2"]


BAD = {
    "more follows": ("list-roots.json", {"Roots": [{"Id": ROOT, "Arn": "x"}], "NextToken": "t"}, "cut short: it says that more follows"),
    "no parent": ("children.json", {"Children": [{"Id": HOME, "Type": "ACCOUNT"}]}, "nothing says which parent it is about"),
    "no child": ("parents.json", {"Parents": [{"Id": UNIT, "Type": "ORGANIZATIONAL_UNIT"}]}, "nothing says which child it is about"),
    "no policy": ("targets.json", {"Targets": [{"TargetId": HOME, "Type": "ACCOUNT"}]}, "nothing says which policy it is about"),
    "no account": ("list-policies.json", {"Policies": [summary("p-full")]}, "no account is named in it"),
    "a list of texts": ("tree.json", tree(summary("p-full")) | {"Policies": ["p-full"]}, "Policies[0]: expected an object"),
    "no list": ("tree.json", tree(summary("p-full")) | {"Children": {}}, "Children: expected a list"),
    "no id": ("list-roots.json", {"Roots": [{"Arn": "x", "Id": ""}]}, "Id is missing"),
}


@pytest.mark.parametrize(("name", "value", "says"), BAD.values(), ids=BAD)
def test_an_answer_that_does_not_say_enough_costs_a_line(tmp_path: Path, name: str, value: Any, says: str) -> None:
    path = tmp_path / name
    path.write_text(json.dumps(value))
    line = refused(path)
    assert says in line
    assert name in line


@pytest.mark.skipif(not TREES.is_dir(), reason="the sample trees are not beside this checkout")
def test_every_sample_tree_opens_and_its_denials_count(tmp_path: Path) -> None:
    blocked = {}
    for path in sorted(TREES.glob("*.json")):
        snapshot = registry.load(str(path))
        assert snapshot.source.adapter == "organizations"
        for account in snapshot.accounts:
            asked = (f"arn:aws:iam::{account.id}:user/x", "lambda:ListFunctions")
            assert account.organization_path == "o-abcdefghij/r-abcd/"
            blocked[path.stem, account.id] = verdict(snapshot, *asked)
    assert blocked == {
        ("scp-basic", "023456789012"): "depends",  # the management account, which SCPs do not bind
        ("scp-basic", "123456789012"): "depends",
        ("scp-deny-lambda", "023456789012"): "depends",
        ("scp-deny-lambda", "123456789012"): "explicitDeny",
        ("scp-deny-lambda2", "123456789012"): "depends",  # again the management account
    }
