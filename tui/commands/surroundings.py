"""What whygate reads and leaves around itself, in words: sources, the environment, files, exit statuses. For the manual page; tests
compare the names with those in the code."""

from __future__ import annotations

DESCRIPTION = (
    "whygate answers why an action on a resource of AWS is allowed or denied for a principal: from an export of the account or from a live "
    "one, without sending it anywhere. It evaluates every layer that AWS evaluates (service and resource control policies, resource-based "
    "and identity-based policies, permissions boundaries, session policies), and what it cannot know it names.",
    "`whygate SOURCE` opens the explorer; a command prints one answer. Nothing is ever changed in an account: whygate only lists and gets.",
)

SOURCES = (
    ("`FILE`", "An account export or a snapshot, as JSON, also gzip: aws iam get-account-authorization-details > account.json."),
    ("`FOLDER`", "A folder of exports: every account in it, with their organization."),
    ("`-`", "Standard input."),
    ("`aws:`, `aws:PROFILE`", "A live account, with the credentials of the AWS CLI; what was collected is kept."),
    ("`demo`", "The accounts that come with whygate."),
)

VERSION = "The version of whygate, and how old its reference of actions, resources and condition keys is."

STATUS = (
    ("`0`", "Answered; of `can` allowed, of `simulate` all as expected."),
    ("`1`", "Of `can` and `explain` denied, of `simulate` not as expected."),
    ("`2`", "No answer: standard output is empty, and one line on standard error says what is wrong, where, and what to do."),
    ("`3`", "Of `can` and `explain`: it depends, on what the answer names."),
    ("`130`", "Interrupted."),
)

ENVIRONMENT = (
    ("`WHYGATE_CACHE_DIR`", "Where what was collected of live accounts is kept, in place of the user's cache directory."),
    ("`WHYGATE_CONFIG`", "The configuration file of the explorer, in place of the usual one."),
    ("`WHYGATE_STATE_DIR`", "Where the explorer keeps bookmarks, history and places, in place of the user's state directory."),
    ("`XDG_CACHE_HOME`, `XDG_CONFIG_HOME`, `XDG_STATE_HOME`", "Where the usual directories are."),
    (
        "`AWS_PROFILE`, `AWS_REGION`, `AWS_DEFAULT_REGION`, `AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE`, `AWS_ACCESS_KEY_ID`, "
        "`AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_CONTAINER_CREDENTIALS_*`, `AWS_CA_BUNDLE`",
        "As the AWS CLI reads them, for live accounts.",
    ),
    ("`NO_COLOR`", "Where it is set and not empty, nothing is coloured."),
    ("`TERM`, `COLORTERM`", "What the terminal can show. The explorer refuses `dumb` and an unknown one."),
    ("`LC_ALL`, `LC_CTYPE`, `LANG`", "Whether the terminal shows more than ASCII."),
    ("`SSH_CONNECTION`, `SSH_TTY`, `SSH_CLIENT`", "Where one of them is set, the explorer sends less: no mouse, fewer frames."),
    ("`TMUX`, `STY`", "Whether what is copied has to pass tmux or screen on its way to the terminal."),
    ("`VISUAL`, `EDITOR`, `PAGER`", "What the explorer shows a document in, the first of them that is set."),
    ("`TEXTUAL_*`", "What the explorer would otherwise settle itself, such as `TEXTUAL_FPS` and `TEXTUAL_ANIMATIONS`."),
)

FILES = (
    ("`~/.config/whygate/config.toml`", "The configuration of the explorer."),
    ("`~/.local/state/whygate/`", "Bookmarks, history and the last place in each source, for this user alone."),
    ("`~/.cache/whygate/snapshots/`", "What was collected of live accounts, for this user alone; see `whygate cache`."),
    ("`~/.aws/config`, `~/.aws/credentials`", "The profiles and credentials of the AWS CLI; only read, and by boto3."),
)
