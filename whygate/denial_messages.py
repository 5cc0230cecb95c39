"""AccessDenied messages found in any text: of an SDK, the CLI, the console, a log or a stack trace (R151-R160).

One pass from left to right: every pattern begins with a fixed word and is bounded, so that the time grows with the text and no faster.
"""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Iterable

import msgspec

from whygate import arn, catalogue
from whygate import denial_patterns as data
from whygate.denial import Denial, Reported, encodable
from whygate.denial_request import action_of_call, arn_of_name, iam_arn

_LOOK_BACK = 2600
_LOOK_AHEAD = 12000
_EXCERPT = 1200


def _loose(phrase: str) -> str:
    """A pattern for the phrase with white space anywhere: terminals and logs break lines in the middle of words."""
    return r"\s*".join(re.escape(character) for character in phrase if not character.isspace())


def _squeezed(text: str) -> str:
    return "".join(text.split())


_LAYERS = {_squeezed(phrase).lower(): layer for phrase, layer in data.LAYER_PHRASES}
_LAYER = "|".join(_loose(phrase) for phrase in sorted((phrase for phrase, _ in data.LAYER_PHRASES), key=len, reverse=True))
_AN = r"\s*(?:an?\s*|the\s*)?"
_FLAGS = re.IGNORECASE

_NOT_AUTHORIZED = re.compile(_loose("not authorized to perform"), _FLAGS)
_LEAD = re.compile(r"(?:i\s*s|a\s*r\s*e)\s*$", _FLAGS)
_YOU_ARE = re.compile(r"you\s+are\s+$", _FLAGS)
_THIS_OPERATION = re.compile(r"\s*" + _loose("this operation") + r"\s*\.?", _FLAGS)
_USER = re.compile(r"U\s*s\s*e\s*r\s*:", _FLAGS)
_ARN_AT_END = re.compile(r"(arn:[^\s\"'<>]{8,2100})\s*$", _FLAGS)
_NEW_LINE = r"(?:[ \t]*\r?\n[ \t]*)"
_NEXT_LINE = re.compile(rf"{_NEW_LINE}(\S{{1,2100}})")
_ACTION = re.compile(
    rf"\s*:?\s*(?:action\s*:?\s*)?[\"'`\[]?([a-z0-9-]{{1,64}}(?:{_NEW_LINE}[a-z0-9-]{{1,64}})?{_NEW_LINE}?:{_NEW_LINE}?[a-z0-9*]{{1,128}})",
    _FLAGS,
)
_ON_RESOURCE = re.compile(r"[\"'`\]]?\s*" + _loose("on resource") + r"\s*(?:s|\(\s*s\s*\))?\s*:\s*", _FLAGS)
_QUOTED = re.compile(r"\\*([\"'`“])(.{0,2100}?)\\*[\"'`”]", re.DOTALL)
_TOKEN = re.compile(rf"(?:(?:{'|'.join(data.IAM_WORDS)})\s+)?\S{{1,2100}}", _FLAGS)
_NO_LAYER_ALLOWS = re.compile(_loose("because no") + rf"\s*({_LAYER})\s*" + _loose("allow"), _FLAGS)
_EXPLICIT = re.compile(
    _loose("with an explicit deny")
    + rf"(?:\s*i\s*n\b{_AN}({_LAYER})(?:\s*"
    + _loose("transitively through")
    + rf"{_AN}({_LAYER}))?(?:\s*:\s*(arn:[^\s\"'<>;()\\]+))?)?",
    _FLAGS,
)
_S3_SWITCH = re.compile(_loose("because") + "\\s*(" + "|".join(_loose(phrase) for phrase, _, _ in data.S3_SWITCHES) + ")", _FLAGS)
_OTHER_REASON = re.compile(r"\bbecause\s+[^\r\n]{1,300}", _FLAGS)
_CUT_OFF = re.compile(r"\b(?:because(?:\s+no\b[\w\s-]{0,40})?|deny\s+in\b[\w\s-]{0,40}|with(?:\s+an?(?:\s+e\w{0,7})?)?)\s*$", _FLAGS)
_ENCODED = re.compile(_loose("Encoded authorization failure message") + r"\s*:\s*([\w+/=-]+(?:\r?\n[ \t]*[\w+/=-]{16,}(?=\s|$))*)", _FLAGS)

_FRAME = re.compile(
    _loose("An error occurred (")
    + r"\s*([A-Za-z.\s]{1,80}?)\s*\)\s*"
    + _loose("when calling the")
    + r"\s*([A-Za-z0-9_\s]{1,110}?)\s*"
    + _loose("operation")
    + r"(?:\s*\([^()\n]{0,60}\))?\s*:",
)
_GO = re.compile(r"operation error ([A-Za-z0-9 ]{1,60}): ([A-Za-z0-9]{1,100}),[^\n]{0,600}?api error ([A-Za-z.]{1,80}):")
_XML = re.compile(r"<Code>([A-Za-z.]{1,80})</Code>\s{0,80}<Message>")
_CODES = (
    r"AccessDenied(?:Exception|Fault)?|(?:Client\.)?UnauthorizedOperation|AuthorizationError(?:Exception)?"
    r"|UnauthorizedException|Forbidden(?:Exception)?"
)
_BARE = re.compile(
    rf"\b({_CODES})(?:\s\(client\))?:\s{{0,80}}(?=access\sdenied|you\sare\snot\sauth|forbidden|{data.NO_POLICY[0][0]})", _FLAGS
)
_JAVA = re.compile(
    r"\bAccess Denied\s{0,80}\(Service: ([A-Za-z0-9 ]{1,60})[;,] Status Code: 40[13](?:[;,] Error Code: ([A-Za-z.]{1,80}))?", _FLAGS
)
_CODE_BEFORE = re.compile(r"([A-Za-z.]{6,80})(?:\s\(client\))?\s*:\s*$")
_CODE_AFTER = re.compile(r"Error\s*Code\s*:\s*([A-Za-z.]{1,80})")
_CONSOLE = re.compile(
    r"\bUser\s*:\s*(\S{1,2100})\s+(?:Service\s*:\s*(\S{1,64})\s+)?Action\s*:\s*(\S{1,200})"
    r"(?:\s+On\s+resource(?:\(s\)|s)?\s*:\s*(\S{1,2100}))?(?:\s+Context\s*:\s*([^\n]{1,400}))?",
    _FLAGS,
)
_HALF = re.compile(r"User\s{0,40}:\s{0,40}(arn:\S{1,2100})\s{1,40}is(?:\s[\w\s:]{0,40})?\s*$", _FLAGS)
_WHOLE = re.compile(r"\W*(?:an\s+)?(?:error|exception|message)?\W*(?:access\s*denied(?:exception)?\W*)+(?:access\s*denied)?\W*", _FLAGS)
_MARGIN = re.compile(r"^[ \t]*(?:[>|│╷╵][ \t]?)+", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class _Mark(msgspec.Struct, frozen=True):
    """A place where a denial is said without its request: a frame with a code, or a bare sentence."""

    start: int
    end: int
    code: str | None = None
    operation: str | None = None
    service: str | None = None


def is_denial_code(code: str) -> bool:
    """Whether an error code says that authorization was refused (R151)."""
    bare = re.split(r"[#:]", code.strip())[-1] if "#" in code else code.strip()
    return bare.lower().removeprefix("client.").split(":", 1)[0] in data.DENIAL_CODES


def scan(text: str, code: str | None = None) -> list[Denial]:
    """The denials that `text` holds, in their order. `code` is an error code that came beside the text."""
    text = _cleaned(text)
    cores = _cores(text)
    starts = [start for start, _, _ in cores]
    frames: dict[int, _Mark] = {}
    alone: list[_Mark] = []
    last = -1
    for mark in _marks(text):
        if mark.start < last:
            continue
        index = bisect.bisect_left(starts, mark.end)
        if index < len(cores) and starts[index] - mark.end <= 400 and _leads_to(text[mark.end : starts[index]]):
            frames.setdefault(index, mark)
            last = starts[index]
        else:
            alone.append(mark)
            last = mark.end + 1
    borders = sorted({*starts, *(mark.start for mark in (*frames.values(), *alone)), len(text)})
    found: list[tuple[int, Denial]] = []
    for index, (start, anchor_end, principal) in enumerate(cores):
        end = borders[bisect.bisect_right(borders, anchor_end)] if anchor_end < len(text) else len(text)
        end = min(end, anchor_end + _LOOK_AHEAD)
        frame = frames.get(index)
        found.append((start, _core(text, start, anchor_end, end, principal, frame, code)))
    for mark in alone:
        end = borders[bisect.bisect_right(borders, mark.start)] if mark.start < len(text) else len(text)
        found.append((mark.start, _plain(text, mark, min(end, mark.end + _LOOK_AHEAD), code)))
    found += [(match.start(), _console(match)) for match in _CONSOLE.finditer(text)] if re.search(r"\bAction\s*:", text) else []
    if not found and _is_bare(text, code):
        found.append((0, Denial(_excerpt(text), Reported(code=code), encoded=_blob(text))))
    return [denial for _, denial in sorted(found, key=lambda item: item[0])]


def _cleaned(text: str) -> str:
    """Without colours, quotation margins and XML entities, which are of the place the message stood in and not of the message."""
    text = encodable(text)
    if "\x1b[" in text:
        text = _COLOUR.sub("", text)
    if any(character in text for character in ">|│"):
        text = _MARGIN.sub("", text)
    return html.unescape(text) if "&quot;" in text or "&#" in text or "&lt;" in text else text


def _is_bare(text: str, code: str | None) -> bool:
    sentence = any(phrase.lower() in text.lower() for phrase, _ in data.NO_POLICY) if len(text) < 4000 else False
    return sentence or (len(text) < 400 and (_WHOLE.fullmatch(text) is not None or (code is not None and is_denial_code(code))))


def _marks(text: str) -> list[_Mark]:
    found = [_Mark(m.start(), m.end(), _squeezed(m[1]), _squeezed(m[2])) for m in _FRAME.finditer(text) if is_denial_code(_squeezed(m[1]))]
    found += [_Mark(m.start(), m.end(), m[3], m[2], _squeezed(m[1]).lower()) for m in _GO.finditer(text) if is_denial_code(m[3])]
    found += [_Mark(m.start(), m.end(), m[1]) for m in _XML.finditer(text) if is_denial_code(m[1])]
    found += [_Mark(m.start(), m.end(), m[1]) for m in _BARE.finditer(text)]
    found += [_Mark(m.start(), m.end(), m[2]) for m in _JAVA.finditer(text)]
    for match in _NOT_AUTHORIZED.finditer(text):
        operation = _THIS_OPERATION.match(text, match.end())
        if operation:
            lead = _YOU_ARE.search(text[max(0, match.start() - 16) : match.start()])
            found.append(_Mark(match.start() - (len(lead.group()) if lead else 0), operation.end()))
    return _merged(text, sorted(found, key=lambda mark: (mark.start, -mark.end)))


def _merged(text: str, marks: list[_Mark]) -> list[_Mark]:
    """A frame and the bare sentence that follows it are one."""
    found: list[_Mark] = []
    for mark in marks:
        before = found[-1] if found else None
        if before and mark.start <= before.end + 60 and _leads_to(text[before.end : mark.start]):
            service, operation = before.service or mark.service, before.operation or mark.operation
            found[-1] = _Mark(before.start, max(mark.end, before.end), before.code or mark.code, operation, service)
        else:
            found.append(mark)
    return found


def _leads_to(between: str) -> bool:
    return not between.strip(" \t\r\n\"'(")


def _cores(text: str) -> list[tuple[int, int, str | None]]:
    """For each message in the core form: where it begins, where its action is to be read, and its principal (R152)."""
    found: list[tuple[int, int, str | None]] = []
    edge = 0
    for match in _NOT_AUTHORIZED.finditer(text):
        if not _ACTION.match(text, match.end()):
            continue
        window_start = max(edge, match.start() - _LOOK_BACK)
        window = text[window_start : match.start()]
        lead = _LEAD.search(window, max(0, len(window) - 40))
        window = window[: lead.start()] if lead else window
        start, principal = match.start(), None
        users = list(_USER.finditer(window))
        if users:
            principal = _principal(window[users[-1].end() :])
            start = window_start + users[-1].start() if principal else start
        elif tail := _ARN_AT_END.search(window, max(0, len(window) - 2200)):
            principal, start = tail.group(1), window_start + tail.start()
        found.append((start, match.end(), principal))
        edge = match.end()
    return found


def _principal(text: str) -> str | None:
    squeezed = _squeezed(text).strip("\"'`\\")
    if squeezed.lower().startswith("arn:") and squeezed.count(":") >= 5:
        return squeezed
    parts = text.split()
    return parts[0].strip("\"'`\\") if len(parts) == 1 else None


def _core(text: str, start: int, anchor: int, end: int, principal: str | None, frame: _Mark | None, code: str | None) -> Denial:
    action, position = _action(text, anchor)
    reason, decision, layer, policy, setting = _reason(text, position, end)
    said = _resource(text, position, reason, end)
    denial = Denial(
        text=_excerpt(text[frame.start if frame else start : end]),
        reported=Reported(decision, layer, policy, _code(text, start, position, end, frame) or code, setting),
        principal=principal,
        action=action,
        encoded=_blob(text[position:end]),
        operation=frame.operation if frame else None,
        notes=_left_out(text, position, reason, end, decision, layer),
    )
    return with_resource(denial, said)


def with_resource(denial: Denial, said: str | None) -> Denial:
    """`denial` about the resource that its text names: as it stands, or as the ARN that its words mean."""
    if said is None:
        return denial
    made = None if arn.split(said) or said == "*" else iam_arn(said, denial.principal)
    if made is None and denial.action and not arn.split(said) and "aws:RequestedRegion" in denial.context:
        owner = arn.split(denial.principal or "")
        where = {"region": str(denial.context["aws:RequestedRegion"])}
        if owner:
            where |= {"partition": owner.partition, "account": owner.account}
        made = arn_of_name(denial.action, said, where)
    if made is None:
        return msgspec.structs.replace(denial, resource=said)
    inferred = (*denial.inferred, "resource")
    return msgspec.structs.replace(denial, resource=made.name, said_resource=said, inferred=inferred, notes=(*denial.notes, made.note))


def _action(text: str, anchor: int) -> tuple[str, int]:
    """The action and where it ends; the rest of a name that a line break cut in two is put back where the reference knows the whole."""
    match = _ACTION.match(text, anchor)
    assert match is not None  # `_cores` looked
    action = _squeezed(match.group(1))
    rest = re.compile(rf"{_NEW_LINE}([a-z0-9]{{1,100}})", _FLAGS).match(text, match.end())
    if rest and catalogue.action(action) is None and catalogue.action(action + rest.group(1)):
        return action + rest.group(1), rest.end()
    return action, match.end()


def _reason(text: str, start: int, end: int) -> tuple[int | None, str | None, str | None, str | None, str | None]:
    """Where the reason begins, and decision, layer, policy ARN and setting (R153-R157)."""
    matches = [match for pattern in (_NO_LAYER_ALLOWS, _EXPLICIT, _S3_SWITCH) if (match := pattern.search(text, start, end))]
    if not matches:
        line = text.find("\n", start, end)
        other = _OTHER_REASON.search(text, start, min(end if line < 0 else line, start + 2400))
        return (other.start() if other else None), None, None, None, None
    match = min(matches, key=lambda item: item.start())
    if match.re is _NO_LAYER_ALLOWS:
        return match.start(), "implicitDeny", _LAYERS[_squeezed(match[1]).lower()], None, None
    if match.re is _S3_SWITCH:
        said = _squeezed(match[1]).lower()
        _, layer, setting = next(row for row in data.S3_SWITCHES if _squeezed(row[0]).lower() == said)
        return match.start(), "explicitDeny", layer, None, setting
    phrase = match[2] or match[1]
    policy = match[3].rstrip(".,") if match[3] else None
    return match.start(), "explicitDeny", _LAYERS[_squeezed(phrase).lower()] if phrase else None, policy, None


def _left_out(text: str, start: int, reason: int | None, end: int, decision: str | None, layer: str | None) -> tuple[str, ...]:
    if layer is not None:
        return ()
    if reason is not None and decision is None:
        said = " ".join(text[reason : min(end, reason + 200)].split())
        return (f"AWS gave a reason whose words are not known (patterns of {data.DATE}): {said}",)
    if end == len(text) and _CUT_OFF.search(text, max(start, end - 100)):
        return ("the message is cut off before it names the layer",)
    return ()


def _resource(text: str, position: int, reason: int | None, end: int) -> str | None:
    match = _ON_RESOURCE.match(text, position, end)
    if match is None:
        return None  # also `on the resource associated with this ciphertext`, `on this resource` (R159)
    quoted = _QUOTED.match(text, match.end(), end)
    if quoted:
        return _unwrapped(quoted[2]) or None
    if reason is not None and reason - match.end() <= 2100:
        raw = text[match.end() : reason].strip()
        if raw.count("\n") <= 40:
            return _unwrapped(raw).rstrip(",;") or None
    token = _TOKEN.match(text, match.end(), end)
    if token is None:
        return None
    raw, stop = token.group(), token.end()
    while (raw.endswith(("-", ":", "/")) or (raw.startswith("arn:") and raw.count(":") < 5)) and (
        more := _NEXT_LINE.match(text, stop, end)
    ):
        raw, stop = raw + more[1], more.end()
    raw = re.split(r"\\+n|\\+\"|</", raw)[0]
    return _unwrapped(raw).rstrip(".,;)\"'`") or None


def _unwrapped(text: str) -> str:
    glue = "" if _squeezed(text[:12]).lower().startswith("arn:") else " "
    return re.sub(r"[ \t]*\r?\n[ \t]*", glue, text)


def _code(text: str, start: int, position: int, end: int, frame: _Mark | None) -> str | None:
    if frame and frame.code:
        return frame.code
    before = _CODE_BEFORE.search(text[max(0, start - 140) : start])
    if before and is_denial_code(before[1].rsplit(".", 1)[-1]):
        return before[1] if before[1].startswith("Client.") else before[1].rsplit(".", 1)[-1]
    after = _CODE_AFTER.search(text, position, min(end, position + 3000))
    return after[1] if after and is_denial_code(after[1]) else None


def _blob(text: str) -> str | None:
    match = _ENCODED.search(text)
    return _squeezed(match[1]) if match else None


def _plain(text: str, mark: _Mark, end: int, code: str | None) -> Denial:
    """A denial that does not say what was refused (R157)."""
    denial = Denial(
        text=_excerpt(text[mark.start : end]),
        reported=Reported(code=mark.code or code),
        encoded=_blob(text[mark.start : end]),
        operation=mark.operation,
    )
    if mark.service and mark.operation and catalogue.knows_service(mark.service):
        made = action_of_call(mark.service, mark.operation)
        return msgspec.structs.replace(denial, action=made.name, inferred=("action",), notes=(made.note,))
    return denial


def _console(match: re.Match[str]) -> Denial:
    """The panel of the console, which lists user, service, action, resources and context."""
    principal, service, action, said, context = match.groups()
    named = action if ":" in action else f"{service.lower()}:{action}" if service else None
    words = (context or "").strip()
    lead = "because " if words.lower().startswith("no ") else "with " if words.lower().startswith("an explicit") else ""
    _, decision, layer, policy, setting = _reason(f"{lead}{words} allows", 0, len(words) + 16)
    denial = Denial(_excerpt(match.group()), Reported(decision, layer, policy, None, setting), principal=principal, action=named)
    return with_resource(denial, said)


def _excerpt(text: str) -> str:
    shown = " ".join(text[: _EXCERPT * 2].split())
    return shown if len(shown) <= _EXCERPT else f"{shown[:_EXCERPT]}…"


def other_clouds(text: str) -> Iterable[str]:
    """Whose message this may be, where it is none of AWS's."""
    lowered = text[:20000].lower()
    return (cloud for cloud, phrase in data.OTHER_CLOUDS if phrase in lowered)


def half(text: str) -> str:
    """What can be read of a message that ends before its action, in words; empty where nothing of one is there."""
    text = _cleaned(text)[-_LOOK_BACK:]
    match = _HALF.search(text)
    return f"only the principal {match[1]} can be read" if match else ""
