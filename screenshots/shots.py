"""Which pictures there are, as values: where the explorer begins, what is typed there, what is on the screen then. `make` draws them."""

from __future__ import annotations

from typing import NamedTuple

from adapters.offers import Found, Offer

USER = "arn:aws:iam::123456789012:user"
ADAPTER = "arn:aws:textract:eu-west-1:123456789012:/adapters/8e04a7d5c219"
MATEO = "principal=mateojackson&action=textract:DetectDocumentText&resource=*"
SOFIA = f"principal=sofiamartinez&action=textract:DeleteAdapter&resource={ADAPTER}"
SCANNER = "principal=scanner-upload&action=s3:PutObject&resource=arn:aws:s3:::ocr-prod-scans/reports/2026.pdf"
TEXTRACT_USE = "arn:aws:iam::123456789012:policy/TextractUse"
DENIED = (
    f"An error occurred (AccessDeniedException) when calling the DetectDocumentText operation: User: {USER}/mateojackson is not authorized"
    " to perform: textract:DetectDocumentText because no identity-based policy allows the textract:DetectDocumentText action"
)

OFFERS = {
    "kept": Found((Offer("kept", "aws:prod", "kept snapshot", ("--offline",), "123456789012", 7200.0, 3_400_000),)),
    "profile": Found(
        (
            Offer("profile", "aws:prod", "assumes role Reader", account="123456789012"),
            Offer("profile", "aws:research", "IAM Identity Center", account="444455556666"),
        )
    ),
    "file": Found(
        (
            Offer("file", "account.json", "account export", account="123456789012", age=90.0, size=1_500_000),
            Offer("file", "october.json.gz", "account export", account="123456789012", age=2_000_000.0, size=210_000),
        )
    ),
}
"""What the start screen finds in its picture, by kind."""


class Shot(NamedTuple):
    """One picture: `at` is where the explorer begins (empty: the start screen), `first` is on the screen before anything is typed. Then
    `pasted` is pasted, and `then` waited for; then `keys` are pressed. `wanted` is on the screen when nothing more is to come."""

    name: str
    size: tuple[int, int]
    at: str
    wanted: str
    keys: tuple[str, ...] = ()
    first: str = ""
    png: bool = False
    theme: str = ""
    pasted: str = ""
    then: str = ""


SHOTS = (
    Shot("start", (100, 26), "", "6 sources"),
    Shot("account", (110, 28), "list users", "▸ efuaowusu", ("down", "down", "down")),
    Shot("account-wide", (160, 45), "list roles", "roles", ("down", "down")),
    Shot("filter", (100, 26), "list users", "3 of 20", ("/", *"eff:deny act:rekognition:*")),
    Shot("questions", (80, 24), "list questions", "Why can Mateo not read text"),
    Shot(
        "principal",
        (100, 30),
        f"principal {USER}/mateojackson",
        "ReadForms",
        ("down", "down", "right", "down", "right"),
        first="inline policies",
    ),
    Shot("question", (100, 30), f"question?{MATEO}", "nearest misses", png=True),
    Shot("question-light", (100, 30), f"question?{MATEO}", "nearest misses", theme="light"),
    Shot("depends", (100, 30), f"question?{SOFIA}", "DEPENDS"),
    Shot("value", (100, 30), f"question?{SOFIA}", "ALLOWED", ("=", *"true"), first="DEPENDS"),
    Shot("policy", (110, 34), f"question?{MATEO}", "near miss", ("down", "down", "down", "enter"), first="nearest misses", png=True),
    Shot("actions", (110, 32), f"policy {TEXTRACT_USE}", "Read (", ("down",) * 6 + ("a",), first="textract:*"),
    Shot("findings", (110, 26), "policy arn:aws:iam::123456789012:policy/AdapterTuning", "no action here takes"),
    Shot("compare", (110, 32), f"policy {TEXTRACT_USE}@v4?against=v3", "against v3"),
    Shot("resource", (100, 30), "resource arn:aws:s3:::ocr-prod-scans", "named"),
    Shot("way", (110, 30), f"way?{SCANNER}", "DENIED", png=True),
    Shot(
        "services",
        (100, 36),
        f"services {USER}/mateojackson",
        "DeleteAdapter",
        ("down",) * 4 + ("right",),
        first="were not asked about",
        png=True,
    ),
    Shot("denied", (100, 26), "denied", "agrees", pasted=DENIED, then="denied here too"),
    Shot("jump", (100, 30), f"way?{SCANNER}", "go there", ("f",), first="DENIED"),
    Shot("command", (100, 26), "list users", "textract:DetectDocumentText", (":", *"can mateojackson textract:Dete"), first="mateo"),
    Shot("help", (100, 30), f"question?{MATEO}", "type to search", ("?",), first="nearest misses"),
    Shot("palette", (100, 30), "list users", "bookmarks", ("ctrl+p", *"bookmark"), first="mateo"),
)
"""All of them; those with `png` are in the README."""
