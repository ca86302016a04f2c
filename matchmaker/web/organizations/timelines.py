"""The journal of verifications, merges and organizations in words."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from matchmaker.domain import codes
from matchmaker.services.history import HistoryEntry
from matchmaker.services.verification_terms import CHANGED, EXPIRED, MERGED
from matchmaker.web.language import translate
from matchmaker.web.timelines import TimelineEntry

MOVES = {
    ("draft", "submitted"): lazy_pgettext("history", "提交材料"),
    ("submitted", "checked"): lazy_pgettext("history", "核对一致"),
    ("checked", "submitted"): _l("退回重新核对"),
    ("checked", "verified"): lazy_pgettext("history", "复核通过"),
    ("submitted", "refused"): _l("核对未通过"),
    ("checked", "refused"): _l("复核未通过"),
    ("submitted", "withdrawn"): _l("撤回"),
    ("checked", "withdrawn"): _l("撤回"),
    ("verified", "lapsed"): _l("核验失效"),
    ("proposed", "merged"): _l("复核并合并"),
    ("proposed", "rejected"): _l("未同意合并"),
}
ACTIONS = {
    "begin": _l("开始准备材料"),
    "add_document": _l("上传材料"),
    "remove_document": _l("删除材料"),
    "open_document": _l("查看材料"),
    "propose": lazy_pgettext("history", "提议合并"),
    "call_different": _l("认定不是重复"),
    "register": lazy_pgettext("history", "注册"),
    "create": lazy_pgettext("history", "登记"),
    "update": lazy_pgettext("history", "修改资料"),
    "unverify": _l("核验失效"),
    "suspend": _l("停用"),
    "resume": lazy_pgettext("history", "恢复使用"),
    "merge": _l("合并"),
    "add_sub_unit": lazy_pgettext("history", "登记部门"),
    "update_sub_unit": _l("修改部门"),
    "remove_sub_unit": lazy_pgettext("history", "删除部门"),
}
REASONS = {
    EXPIRED: _l("有效期已到"),
    CHANGED: _l("名称或统一社会信用代码已更改"),
    MERGED: _l("并入另一个单位"),
    "renewed": _l("由新的核验接替"),
}
TABLES = ("verification_refusals", "suspension_reasons")
TONES = {"verified": "success", "merged": "success", "refused": "danger", "rejected": "danger"}


def organization_timeline(entries: Iterable[HistoryEntry]) -> tuple[TimelineEntry, ...]:
    """Return the entries in words, in the given order."""
    return tuple(_entry(entry) for entry in entries)


def _entry(entry: HistoryEntry) -> TimelineEntry:
    by = " · ".join(part for part in (entry.actor_name, entry.organization_name) if part) or _("系统")
    if entry.action == "move":
        text = str(MOVES.get((entry.before or "", entry.after or ""), entry.after or ""))
    else:
        text = str(ACTIONS.get(entry.action, entry.action))
    return TimelineEntry(entry.at, text, by, _reason(entry.reason or ""), TONES.get(entry.after or "", "neutral"))


def _reason(reason: str) -> str:
    if reason in REASONS:
        return str(REASONS[reason])
    for name in TABLES:
        if reason in codes.table(name):
            return translate(codes.table(name).name(reason))
    return translate(reason)
