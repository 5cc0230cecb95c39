"""What the document decoder takes, and what it says of what it cannot take."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from whygate.document import Document, DocumentError, decode, decode_mapping
from whygate.json_source import steps, written
from whygate.snapshot import build

ACCOUNT = "111122223333"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "textract:*", "Resource": "*"}]}


def user(name: str = "ana", **more: Any) -> dict[str, Any]:
    return {"UserName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}", **more}


def role(name: str = "Ocr", **more: Any) -> dict[str, Any]:
    return {"RoleName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}", **more}


def read(value: Any) -> Document:
    return decode(json.dumps(value).encode())


def refused(data: bytes | str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        decode(data.encode() if isinstance(data, str) else data)
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.todo
    return caught.value


# --- the whole text


def test_every_list_may_be_missing_or_empty_and_the_two_differ() -> None:
    page = read({"UserDetailList": [], "Policies": None}).accounts[0].page
    assert page.user_detail_list == []
    assert page.role_detail_list is None
    assert page.policies is None


def test_pages_one_after_another_are_one_account() -> None:
    text = json.dumps({"UserDetailList": [user()], "IsTruncated": True, "Marker": "x"}, indent=1)
    document = decode(f"{text}\n{json.dumps({'RoleDetailList': [role()], 'IsTruncated': False})}\n".encode())
    assert len(document.accounts) == 1
    assert document.warnings == ()
    snapshot = build(document)
    assert [user.name for user in snapshot.users] == ["ana"]
    assert [role.name for role in snapshot.roles] == ["Ocr"]


def test_json_lines_are_pages() -> None:
    lines = "\r\n".join(json.dumps({"UserDetailList": [user(name)]}) for name in ("ana", "bo", "cy"))
    assert [user.name for user in build(decode(lines.encode())).users] == ["ana", "bo", "cy"]


def test_a_list_of_pages_is_one_account() -> None:
    snapshot = build(read([{"UserDetailList": [user("ana")]}, {"UserDetailList": [user("bo")]}]))
    assert [user.name for user in snapshot.users] == ["ana", "bo"]


def test_pages_that_name_different_accounts_are_different_accounts() -> None:
    pages = [{"Account": {"Id": id}, "UserDetailList": []} for id in ("111122223333", "444455556666")]
    assert [account.id for account in read(pages).accounts] == ["111122223333", "444455556666"]


@pytest.mark.parametrize("page", [{"IsTruncated": True}, {"NextToken": "abc"}, {"Marker": "abc"}], ids=str)
def test_a_truncated_last_page_is_a_warning_and_partial_coverage(page: dict[str, Any]) -> None:
    snapshot = build(read({"UserDetailList": [user()], "RoleDetailList": [], **page}))
    assert "cut short" in snapshot.warnings[0]
    assert {row.part for row in snapshot.primary.coverage if row.status == "partial"} == {"users", "groups", "roles", "policies"}
    assert not snapshot.primary.roles_collected


def test_a_last_page_that_says_it_is_complete_is_complete_whatever_marker_it_has() -> None:
    assert read({"UserDetailList": [], "IsTruncated": False, "Marker": "x"}).warnings == ()


def test_response_metadata_beside_the_lists_is_ignored() -> None:
    assert read({"ResponseMetadata": {"RetryAttempts": 0}, "UserDetailList": [user()], "IsTruncated": False}).warnings == ()


def test_an_answer_wrapped_in_data_is_unwrapped() -> None:
    page = read({"status_code": 200, "data": {"UserDetailList": [user()], "ResponseMetadata": {}}}).accounts[0].page
    assert page.user_detail_list is not None
    assert page.user_detail_list[0].user_name == "ana"


def test_a_fault_in_a_wrapped_answer_has_the_whole_path_and_its_line() -> None:
    error = refused('{"status_code": 200,\n "data": {\n  "UserDetailList": [\n   {"UserName": 3}]}}')
    assert error.path == "data.UserDetailList[0].UserName"
    assert error.line == 4


def test_a_byte_order_mark_and_crlf_are_taken() -> None:
    text = json.dumps({"UserDetailList": [user()]}, indent=1).replace("\n", "\r\n")
    assert decode(b"\xef\xbb\xbf" + text.encode()).accounts[0].id == ACCOUNT


def test_keys_in_any_order_and_unknown_keys_are_taken() -> None:
    assert read({"Zeta": 1, "RoleDetailList": [{"Nonsense": {}, **role()}], "Alpha": []}).accounts[0].id == ACCOUNT


@pytest.mark.parametrize(
    "keys",
    [
        ("roleDetailList", "roleName", "arn", "assumeRolePolicyDocument"),
        ("role_detail_list", "role_name", "arn", "assume_role_policy_document"),
    ],
    ids=["camelCase", "snake_case"],
)
def test_other_spellings_of_the_keys_are_taken_and_documents_left_alone(keys: tuple[str, ...]) -> None:
    lists, name, arn, trust = keys
    document = {"statement": [{"arn": 1, "user_name": 2}], "version": "x"}
    text = json.dumps({lists: [{name: "Ocr", arn: f"arn:aws:iam::{ACCOUNT}:role/Ocr", trust: document}]}, indent=1)
    found = build(decode(text.encode())).roles[0]
    assert found.name == "Ocr"
    assert found.trust is not None
    assert json.loads(bytes(found.trust)) == document


def test_a_fault_under_another_spelling_still_has_its_line() -> None:
    error = refused('{\n "roleDetailList": [\n  {\n   "roleName": 7\n  }]}')
    assert (error.path, error.line) == ("RoleDetailList[0].RoleName", 4)


def test_several_accounts_in_one_file() -> None:
    accounts = [{"Account": {"Id": id}, "UserDetailList": []} for id in ("000011112222", "444455556666")]
    assert [account.id for account in read({"Accounts": accounts}).accounts] == ["000011112222", "444455556666"]


def test_a_mapping_takes_the_same_way_as_text() -> None:
    value = {"UserDetailList": [user(UserPolicyList=[{"PolicyName": "p", "PolicyDocument": POLICY}])]}
    assert decode_mapping(value) == decode(msgspec.json.encode(value))


def test_a_fault_in_a_mapping_has_a_path_and_no_line() -> None:
    with pytest.raises(DocumentError) as caught:
        decode_mapping({"UserDetailList": [user(), {"UserName": 5}]})
    assert (caught.value.path, caught.value.line) == ("UserDetailList[1].UserName", None)


def test_a_mapping_that_json_cannot_hold_is_refused() -> None:
    with pytest.raises(DocumentError, match="not a document that JSON can hold"):
        decode_mapping({"UserDetailList": [object()]})


# --- the fields


def test_an_entity_may_carry_nothing_but_a_name_where_the_account_is_known() -> None:
    value = {
        "Account": {"Id": "000011112222"},
        "RoleDetailList": [{"RoleName": "Ocr", "Path": "/svc/"}],
        "UserDetailList": [{"UserName": "ana"}],
    }
    snapshot = build(read(value))
    assert snapshot.roles[0].arn == "arn:aws:iam::000011112222:role/svc/Ocr"
    assert snapshot.users[0].arn == "arn:aws:iam::000011112222:user/ana"
    assert snapshot.roles[0].trust is None
    assert snapshot.roles[0].tags is None


def test_an_entity_may_carry_nothing_but_an_arn() -> None:
    found = build(read({"RoleDetailList": [{"Arn": f"arn:aws:iam::{ACCOUNT}:role/a/b/Ocr"}]})).roles[0]
    assert (found.name, found.path, found.account) == ("Ocr", "/a/b/", ACCOUNT)


def test_an_entity_with_neither_name_nor_arn_is_refused_with_its_place() -> None:
    error = refused('{"UserDetailList": [\n {"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana"},\n {"UserId": "AIDA"}]}')
    assert (error.path, error.line) == ("UserDetailList[1]", 3)
    assert "neither Arn nor UserName" in error.what


def test_a_name_without_any_account_is_refused() -> None:
    assert "no account id is known" in refused('{"UserDetailList": [{"UserName": "ana"}]}').what


def test_an_arn_that_is_none_is_refused() -> None:
    error = refused('{"RoleDetailList": [{"Arn": "role/Ocr"}]}')
    assert error.path == "RoleDetailList[0].Arn"


@pytest.mark.parametrize("boundary_type", ["Policy", "PermissionsBoundaryPolicy", "SomethingNew"])
def test_the_kind_of_a_boundary_is_not_an_enumeration(boundary_type: str) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/edge"
    given = {"PermissionsBoundaryType": boundary_type, "PermissionsBoundaryArn": arn}
    assert build(read({"UserDetailList": [user(PermissionsBoundary=given)]})).users[0].boundary == arn


@pytest.mark.parametrize("account", ["000000000012", "XXXXXXXXXXXX", "REDACTED"])
def test_account_ids_are_text(account: str) -> None:
    assert read({"UserDetailList": [{"Arn": f"arn:aws:iam::{account}:user/ana"}]}).accounts[0].id == account


def test_an_account_id_that_is_a_number_is_refused_and_says_why() -> None:
    error = refused('{"UserDetailList": [],\n"Account": {"Id": 111122223333}}')
    assert (error.path, error.line) == ("Account.Id", 2)
    assert "leading zero" in error.todo


def test_optional_parts_may_be_null() -> None:
    fields = ("UserPolicyList", "GroupList", "Tags", "PermissionsBoundary", "AttachedManagedPolicies", "Path", "UserId", "CreateDate")
    found = build(read({"UserDetailList": [{**user(), **dict.fromkeys(fields)}]})).users[0]
    assert (found.inline, found.groups, found.tags, found.boundary, found.attached, found.path) == ((), (), None, None, (), "/")


def test_equal_tag_keys_and_one_key_twice_in_an_object_are_taken() -> None:
    equal = [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]
    assert build(read({"UserDetailList": [user(Tags=equal)]})).users[0].tags == (("k", "1"), ("k", "2"))
    twice = f'{{"UserDetailList": [{{"Arn": "arn:aws:iam::{ACCOUNT}:user/a", "Tags": {{"k": "1", "k": "2"}}}}]}}'
    assert build(decode(twice.encode())).users[0].tags == (("k", "2"),)


def test_tags_may_be_a_mapping() -> None:
    assert build(read({"UserDetailList": [user(Tags={"team": "vision"})]})).users[0].tags == (("team", "vision"),)


# --- policy documents

FORMS = {
    "object": POLICY,
    "json text": json.dumps(POLICY),
    "url-encoded text": "%7B%22Version%22%3A%222012-10-17%22%7D%0A",
    "list of one": [POLICY],
    "statement as an object": {"Statement": {"Effect": "Allow", "Condition": {"Bool": {"a": True}}}},
    "empty statement": {"Version": "2008-10-17", "Statement": []},
    "nonsense": 17,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_documents_of_every_form_are_carried_unharmed(form: Any) -> None:
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": form}
    policy = {"PolicyName": "p", "Arn": f"arn:aws:iam::{ACCOUNT}:policy/p", "PolicyVersionList": [version]}
    holder = role(AssumeRolePolicyDocument=form, RolePolicyList=[{"PolicyName": "i", "PolicyDocument": form}])
    snapshot = build(read({"RoleDetailList": [holder], "Policies": [policy]}))
    for raw in (snapshot.roles[0].trust, snapshot.roles[0].inline[0].document, snapshot.policies[0].document):
        assert raw is not None
        assert bytes(raw) == json.dumps(form).encode()


@pytest.mark.parametrize("key", ["PolicyDocument", "Document"])
def test_inline_and_version_documents_are_found_under_both_names(key: str) -> None:
    version = {"VersionId": "v1", "IsDefaultVersion": True, key: POLICY}
    policy = {"Arn": f"arn:aws:iam::{ACCOUNT}:policy/p", "PolicyVersionList": [version]}
    snapshot = build(read({"UserDetailList": [user(UserPolicyList=[{"PolicyName": "i", key: POLICY}])], "Policies": [policy]}))
    assert snapshot.users[0].inline[0].document is not None
    assert snapshot.policies[0].document is not None


def test_a_key_that_comes_twice_in_a_policy_document_survives() -> None:
    text = '{"Effect":"Allow","Effect":"Deny"}'
    data = f'{{"RoleDetailList": [{{"Arn": "arn:aws:iam::{ACCOUNT}:role/r", "AssumeRolePolicyDocument": {text}}}]}}'
    trust = build(decode(data.encode())).roles[0].trust
    assert trust is not None
    assert bytes(trust).decode() == text


# --- what is refused


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        ("", None, "empty"),
        (" \n\t", None, "empty"),
        ("hello", 1, "begins with h"),
        ("\n\n# notes", 3, "begins with #"),
        ('{"Policies": [\n // mine\n]}', 2, "a comment, which JSON does not have"),
        ('{"Policies": [],\n}', 2, "trailing comma"),
        ('{"Policies":\n\n [1,]}', 3, "trailing comma"),
        ("{'Policies': []}", 1, "single quotes"),
        ('{"Policies": nil}', 1, "not JSON at column 15"),
        ('{"Policies": []}\n}', 2, "not JSON"),
    ],
)
def test_text_that_is_not_json_is_refused_with_its_line(data: str, line: int | None, says: str) -> None:
    error = refused(data)
    assert error.line == line
    assert says in error.what


def test_text_that_is_cut_off_says_inside_what() -> None:
    whole = json.dumps({"UserDetailList": [user()], "RoleDetailList": [role(), role("Second", Path="/a/")]}, indent=1)
    cut = whole[: whole.index('"/a/"') + 2]
    error = refused(cut)
    assert "cut off: the file ends inside RoleDetailList[1].Path" in error.what
    assert error.line == cut.count("\n") + 1


def test_every_shorter_beginning_of_an_export_is_refused_in_one_line() -> None:
    whole = json.dumps({"RoleDetailList": [role(Description='é \\ "', Tags=[{"Key": "k", "Value": None}])], "IsTruncated": False}).encode()
    for length in range(len(whole)):
        refused(whole[:length])


def test_half_a_surrogate_pair_is_not_called_cut_off() -> None:
    assert "surrogate" in refused('{"UserDetailList": [{"UserName": "\\ud800"}]}').what


def test_text_in_another_encoding_is_refused_with_its_line() -> None:
    error = refused(b'{"UserDetailList": [],\n "Source": {"Origin": "caf\xe9"}}')
    assert error.line == 2
    assert "not UTF-8" in error.what
    assert "0xe9" in error.what


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_beyond_all_measure_is_refused(opening: str) -> None:
    error = refused('{"UserDetailList": [], "RoleDetailList": [{"AssumeRolePolicyDocument": ' + opening * 100_000)
    assert "nested too deeply" in error.what
    assert error.path.startswith("RoleDetailList[0].AssumeRolePolicyDocument")


def test_a_wrong_type_deep_inside_has_its_path_and_its_line() -> None:
    roles = [
        role(f"r{number}", AttachedManagedPolicies=[{"PolicyName": "a", "PolicyArn": "arn:aws:iam::aws:policy/a"}]) for number in range(300)
    ]
    roles[212]["AttachedManagedPolicies"].append({"PolicyName": "é b", "PolicyArn": 4711})
    text = json.dumps({"UserDetailList": [user()], "RoleDetailList": roles}, indent=2, ensure_ascii=False)
    error = refused(text)
    assert error.path == "RoleDetailList[212].AttachedManagedPolicies[1].PolicyArn"
    assert error.line == next(number for number, line in enumerate(text.splitlines(), 1) if "4711" in line)
    assert "expected text, found a whole number" in error.what
    assert str(error.at("account.json")).startswith(f"account.json:{error.line}: RoleDetailList[212]")


def test_a_wrong_type_on_a_later_page_names_the_page() -> None:
    error = refused(json.dumps({"UserDetailList": []}) + '\n{"RoleDetailList":\n {}}')
    assert error.path == "page 2: RoleDetailList"
    assert error.line == 3
    assert "expected a list, found an object" in error.what


def test_a_list_that_is_there_twice_is_refused_rather_than_lost() -> None:
    error = refused('{"RoleDetailList": [],\n "RoleDetailList": []}')
    assert (error.path, error.what) == ("RoleDetailList", "RoleDetailList: is there twice")


def test_a_missing_part_is_named() -> None:
    error = refused(json.dumps({"UserDetailList": [user(AttachedManagedPolicies=[{"PolicyName": "x"}])]}))
    assert "PolicyArn is missing" in error.what
    assert error.path == "UserDetailList[0].AttachedManagedPolicies[0]"


def test_a_later_snapshot_version_is_refused_before_anything_else() -> None:
    error = refused('{"SnapshotVersion": 2,\n "UserDetailList": {"new": "shape"}}')
    assert "snapshot version 2" in error.what
    assert error.todo == "update whygate"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"Hello": 1}, "none of UserDetailList, GroupDetailList, RoleDetailList, Policies is there"),
        (POLICY, "a single policy document"),
        ([POLICY], "a single policy document"),
        ({"Id": "r-1", "Policies": [], "Children": []}, "an organization tree"),
        ({"Policies": [], "Targets": []}, "an organization alone"),
        ({"Policies": [{"Id": "p-1", "Arn": "arn:aws:organizations::aws:policy/p-1", "Name": "x"}]}, "expected an ARN of IAM"),
        ({"Records": []}, "CloudTrail"),
        ({"Roles": []}, "list-roles"),
        ({"resourceType": "AWS::IAM::Role", "configuration": {}}, "AWS Config item"),
        ({"data": {"Error": {"Code": "AccessDenied"}}}, "an error that AWS answered"),
        ({"Accounts": [{"Alias": "x"}]}, "not an account"),
        ([], "an empty list"),
        ([17], "expected an object"),
        (17, "expected an object"),
    ],
)
def test_what_is_no_account_export_is_refused_by_its_name(value: Any, says: str) -> None:
    assert says in refused(json.dumps(value)).what


def test_hostile_names_are_shown_as_escapes_in_errors() -> None:
    error = refused(json.dumps({"UserDetailList": [{"Arn": "\x1b[31mred"}]}))
    assert "\x1b" not in str(error)


def test_paths_read_from_messages_are_written_back_the_same() -> None:
    assert steps("$.RoleDetailList[12].Tags[0].Key") == ("RoleDetailList", 12, "Tags", 0, "Key")
    assert written(("RoleDetailList", 12, "Tags", 0, "Key")) == "RoleDetailList[12].Tags[0].Key"
    assert steps("$.Details[...].x") == ("Details",)
