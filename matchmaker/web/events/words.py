"""How the moves of an event are called on their buttons, and what is said when they are made."""

from dataclasses import dataclass

from matchmaker.domain.events import EventState
from matchmaker.domain.language import N_


@dataclass(frozen=True, slots=True)
class MoveWords:
    """`label` of the button, the `question` before it is done, and what is said `done`."""

    label: str
    question: str
    done: str


MOVE_WORDS: dict[str, MoveWords] = {
    EventState.ANNOUNCED: MoveWords(
        N_("公布活动"), N_("公布之后所有人都能看到这场活动。"), N_("活动已公布，所有人都能看到。")
    ),
    EventState.REGISTRATION: MoveWords(N_("开放报名"), N_("各单位可以在平台上报名。"), N_("已开放报名。")),
    EventState.TIMETABLE: MoveWords(
        N_("开始排期"), N_("停止接收新的报名，开始安排一对一洽谈。"), N_("已进入排期，可以安排洽谈时间表。")
    ),
    EventState.FINAL: MoveWords(
        N_("确定安排"), N_("安排确定后，参会人按此准备。之后仍可个别调整。"), N_("安排已确定。")
    ),
    EventState.HELD: MoveWords(N_("记为已举办"), N_("活动已经举办，可以登记签到和洽谈结果。"), N_("已记为举办。")),
    EventState.CLOSED: MoveWords(N_("归档结束"), N_("归档之后不能再修改。"), N_("活动已归档。")),
    EventState.CANCELLED: MoveWords(
        N_("取消这场活动"), N_("取消后不能恢复。已报名的人会收到通知和原因。"), N_("活动已取消，已报名的人会收到通知。")
    ),
}

# What the journal's actions are called in the history of an event; other actions are not told there.
ACTION_WORDS: dict[str, str] = {
    "create": N_("建立活动"),
    "edit": N_("修改活动"),
    "move": N_("改变状态"),
    "add_agenda_item": N_("添加议程"),
    "edit_agenda_item": N_("修改议程"),
    "remove_agenda_item": N_("删除议程"),
    "add_tables": N_("添加洽谈桌"),
    "remove_table": N_("删除洽谈桌"),
    "add_staff": N_("添加工作人员"),
    "remove_staff": N_("删除工作人员"),
    "attach": N_("上传资料"),
    "detach": N_("删除资料"),
    "export": N_("导出报名名单"),
}
