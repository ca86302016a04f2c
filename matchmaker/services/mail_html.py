"""The HTML part of a mail: the same words as its text, with links that can be clicked. Nothing is fetched."""

import re
from html import escape

_LINK = re.compile(r"https?://[^\s<>\"]+")
_FONT = "font-family:'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"


def html_of(subject: str, text: str, sender: str, language: str) -> str:
    """Return a small document in `language`: `sender`, `subject` as its heading, the paragraphs of `text`."""
    parts = (part.strip() for part in text.replace("\r\n", "\n").split("\n\n"))
    paragraphs = "".join(
        f'<p style="margin:0 0 14px;line-height:1.7;overflow-wrap:anywhere">{_linked(part)}</p>'
        for part in parts
        if part
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(subject)}</title></head>'
        f'<body style="margin:0;padding:24px;background:#f4f7f8;color:#24363d;font-size:15px;{_FONT}">'
        '<div style="max-width:600px;margin:0 auto;background:#fff;border:1px solid #dce5e8;border-radius:12px">'
        '<div style="padding:14px 24px;background:#0a5a6a;color:#fff;border-radius:12px 12px 0 0">'
        f'{escape(sender)}</div><div style="padding:20px 24px">'
        f'<h1 style="margin:0 0 16px;font-size:19px;color:#10313b">{escape(subject)}</h1>'
        f"{paragraphs}</div></div></body></html>"
    )


def _linked(part: str) -> str:
    html, end = "", 0
    for found in _LINK.finditer(part):
        link = escape(found.group())
        html += escape(part[end : found.start()]) + f'<a href="{link}" style="color:#0a5a6a">{link}</a>'
        end = found.end()
    return (html + escape(part[end:])).replace("\n", "<br>")
