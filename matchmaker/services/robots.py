"""The messages that group-chat robots take: what is posted, where, and whether the answer means yes.

WeCom: https://developer.work.weixin.qq.com/document/path/91770 (markdown of at most 4096 bytes, 20 messages a minute).
DingTalk: https://open.dingtalk.com/document/robots/custom-robot-access (markdown with a title, 20 messages a minute;
with a secret, `timestamp` in milliseconds and `sign` in the address: HMAC-SHA256 over "timestamp\\nsecret", base64).
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import quote_plus

from matchmaker.domain.language import N_
from matchmaker.domain.webhooks import RobotKind
from matchmaker.services.outbound import Answer

MOST_BYTES = 4096
ERROR_LONGEST = 300
# What people type must not become a link, a mention or a heading in somebody's chat.
_PLAIN = str.maketrans("[]()<>*_`#@|", "［］（）＜＞＊＿｀＃＠｜")


def message(robot: str, title: str, body: str, link: str, sender: str) -> bytes:
    """Return the JSON that a robot takes: title, body, a link, and who sends it, cut to what it takes at most."""
    heading = _plain(title).replace("\n", " ")
    foot = f"\n\n[{N_('打开查看')}]({link})\n\n{_plain(sender)}"
    room = MOST_BYTES - len(f"**{heading}**\n\n{foot}".encode())
    lines = "\n".join(f"> {line}" for line in _plain(body).splitlines() if line.strip())
    text = f"**{heading}**\n\n{_cut(lines, room)}{foot}"
    if robot == RobotKind.DINGTALK:
        return _json({"msgtype": "markdown", "markdown": {"title": heading[:60], "text": text}})
    return _json({"msgtype": "markdown", "markdown": {"content": text}})


def signed(robot: str, address: str, secret: str | None, now: datetime) -> str:
    """Return the address to post to; DingTalk's carries time and signature where the robot has a secret."""
    if robot != RobotKind.DINGTALK or not secret:
        return address
    timestamp = round(now.timestamp() * 1000)
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    sign = quote_plus(base64.b64encode(digest))
    return f"{address}{'&' if '?' in address else '?'}timestamp={timestamp}&sign={sign}"


def refusal(answer: Answer) -> str | None:
    """Return why a robot did not take a message, None where it did: both kinds answer {"errcode": 0} then."""
    text = answer.body.decode("utf-8", "replace")
    if answer.status != 200:
        return f"HTTP {answer.status} {text}"[:ERROR_LONGEST]
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if isinstance(said, dict) and said.get("errcode") == 0:
        return None
    return (text or "empty answer")[:ERROR_LONGEST]


def _plain(text: str) -> str:
    return text.translate(_PLAIN)


def _cut(text: str, most_bytes: int) -> str:
    data = text.encode()
    if len(data) <= most_bytes:
        return text
    return data[: max(0, most_bytes - 3)].decode("utf-8", "ignore") + "…"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
