"""The one door for changes of state: a table of allowed moves, and `move`, which checks it and keeps the journal."""

from typing import Any, ClassVar, Protocol

from sqlalchemy.orm import Session

from matchmaker.domain.agreements import AgreementState as A
from matchmaker.domain.appointments import AppointmentState as P
from matchmaker.domain.campaigns import CampaignState as C
from matchmaker.domain.campaigns import EntryState as E
from matchmaker.domain.campaigns import OpinionState as O
from matchmaker.domain.closed_periods import PeriodState as X
from matchmaker.domain.commissions import COMMISSION_NAMES
from matchmaker.domain.commissions import CommissionState as Z
from matchmaker.domain.confidentialities import CONFIDENTIALITY_NAMES
from matchmaker.domain.confidentialities import ConfidentialityState as Y
from matchmaker.domain.contracts import ContractState as W
from matchmaker.domain.deals import DEAL_STATE_NAMES
from matchmaker.domain.deals import DealState as D
from matchmaker.domain.errors import Conflict
from matchmaker.domain.event_invitations import InvitationState as I
from matchmaker.domain.events import EventState as T
from matchmaker.domain.evidence_records import RecordState as N
from matchmaker.domain.follow_ups import FollowUpState as F
from matchmaker.domain.handovers import HandoverState as H
from matchmaker.domain.jobs import JobState as J
from matchmaker.domain.journal import record
from matchmaker.domain.judges import SheetState as K
from matchmaker.domain.language import N_
from matchmaker.domain.listings import ListingState as S
from matchmaker.domain.merges import MergeState as M
from matchmaker.domain.permissions import Actor
from matchmaker.domain.pitches import PitchState as L
from matchmaker.domain.questions import QuestionState as Q
from matchmaker.domain.rankers import RankerState as R
from matchmaker.domain.refits import REFIT_STATE_NAMES
from matchmaker.domain.refits import RefitState as U
from matchmaker.domain.registrations import RegistrationState as G
from matchmaker.domain.timetables import TimetableState as B
from matchmaker.domain.verifications import VerificationState as V

STATE_NAMES: dict[str, str] = {
    S.DRAFT: N_("草稿"),
    S.CONFIRMING: N_("待客户确认"),
    S.SUBMITTED: N_("待审核"),
    S.RETURNED: N_("退回修改"),
    S.PUBLISHED: N_("已发布"),
    S.CLOSED: N_("已结束"),
    S.SUPERSEDED: N_("已被替代"),
    S.DISCARDED: N_("已放弃"),
    V.CHECKED: N_("已核对，待复核"),
    V.VERIFIED: N_("已核验"),
    V.REFUSED: N_("未通过"),
    V.WITHDRAWN: N_("已撤回"),
    V.LAPSED: N_("已失效"),
    H.OFFERED: N_("待对方接受"),
    H.TAKEN: N_("已接任"),
    H.DECLINED: N_("已谢绝"),
    H.RECALLED: N_("已收回"),
    M.PROPOSED: N_("待复核"),
    M.MERGED: N_("已合并"),
    M.REJECTED: N_("未同意"),
    M.DIFFERENT: N_("不是重复"),
    R.BUILDING: N_("准备中"),
    R.ACTIVE: N_("正在使用"),
    R.RETIRED: N_("已停用"),
    J.QUEUED: N_("排队中"),
    J.RUNNING: N_("进行中"),
    J.DONE: N_("已完成"),
    J.CANCELLED: N_("已取消"),
    J.FAILED: N_("未完成"),
    C.OPEN: N_("征集中"),
    C.SCREENING: N_("评审中"),
    C.CANCELLED: N_("已取消"),
    E.ENTERED: N_("待筛选"),
    E.SCREENED_IN: N_("入选"),
    E.SCREENED_OUT: N_("未入选"),
    O.ASKED: N_("待评审"),
    O.GIVEN: N_("已评审"),
    O.RECUSED: N_("已回避"),
    Q.WAITING: N_("等待答复"),
    Q.ANSWERED: N_("已答复"),
    Q.WITHHELD: N_("不便透露"),
    I.INVITED: N_("已邀请"),
    T.ANNOUNCED: N_("已公布"),
    T.REGISTRATION: N_("报名中"),
    T.TIMETABLE: N_("排期中"),
    T.FINAL: N_("安排已定"),
    T.HELD: N_("已举办"),
    P.ASKED: N_("待对方答复"),
    P.CONFIRMED: N_("已约定"),
    P.REFUSED_BY_OTHER: N_("对方未接受"),
    P.EXPIRED: N_("已过期"),
    P.MISSED: N_("未到场"),
    G.REQUESTED: N_("报名待确认"),
    G.WAITLISTED: N_("候补"),
    G.ACCEPTED: N_("已确认"),
    L.PROPOSED: N_("待项目方确认"),
    L.CONFIRMED: N_("已列入节目单"),
    K.SIGNED: N_("已签名"),
    F.DUE: N_("待回访"),
    B.RELEASED: N_("已发布"),
    B.REPLACED: N_("已被新版替代"),
    A.AWAITING: N_("待对方签署"),
    A.STANDING: N_("已签署"),
    A.TURNED_DOWN: N_("对方未同意"),
    A.TAKEN_BACK: N_("已收回，未签署"),
    A.ENDED: N_("已终止"),
    N.RECORDED: N_("待确认"),
    N.APPROVED: N_("已确认"),
    N.DISMISSED: N_("未通过"),
    N.CORRECTED: N_("已更正"),
    X.REOPENED: N_("已重新打开"),
    **COMMISSION_NAMES,
    **CONFIDENTIALITY_NAMES,
    W.CANCELLED: N_("已取消"),
    **DEAL_STATE_NAMES,
    **REFIT_STATE_NAMES,
}

MOVES: dict[str, dict[str, frozenset[str]]] = {
    "agreement": {
        A.AWAITING: frozenset({A.STANDING, A.TURNED_DOWN, A.TAKEN_BACK}),
        A.STANDING: frozenset({A.ENDED}),
        A.TURNED_DOWN: frozenset(),
        A.TAKEN_BACK: frozenset(),
        A.ENDED: frozenset(),
    },
    "listing": {
        S.DRAFT: frozenset({S.CONFIRMING, S.SUBMITTED, S.CLOSED}),
        S.CONFIRMING: frozenset({S.SUBMITTED, S.DRAFT, S.CLOSED}),
        S.SUBMITTED: frozenset({S.PUBLISHED, S.RETURNED, S.DRAFT, S.CLOSED}),
        S.RETURNED: frozenset({S.CONFIRMING, S.SUBMITTED, S.CLOSED}),
        S.PUBLISHED: frozenset({S.CLOSED}),
        S.CLOSED: frozenset({S.PUBLISHED, S.DRAFT}),
    },
    "revision": {
        S.DRAFT: frozenset({S.CONFIRMING, S.SUBMITTED, S.DISCARDED}),
        S.CONFIRMING: frozenset({S.SUBMITTED, S.DRAFT, S.DISCARDED}),
        S.SUBMITTED: frozenset({S.PUBLISHED, S.RETURNED, S.DRAFT, S.DISCARDED}),
        S.RETURNED: frozenset({S.CONFIRMING, S.SUBMITTED, S.DISCARDED}),
        S.PUBLISHED: frozenset({S.SUPERSEDED}),
        S.SUPERSEDED: frozenset(),
        S.DISCARDED: frozenset({S.DRAFT}),
    },
    "verification": {
        V.DRAFT: frozenset({V.SUBMITTED, V.WITHDRAWN}),
        V.SUBMITTED: frozenset({V.CHECKED, V.REFUSED, V.WITHDRAWN}),
        V.CHECKED: frozenset({V.VERIFIED, V.REFUSED, V.SUBMITTED, V.WITHDRAWN}),
        V.VERIFIED: frozenset({V.LAPSED}),
    },
    "handover": {H.OFFERED: frozenset({H.TAKEN, H.DECLINED, H.RECALLED})},
    "deal_offer": {H.OFFERED: frozenset({H.TAKEN, H.DECLINED, H.RECALLED})},
    "confidentiality": {
        Y.SENT: frozenset({Y.SIGNED, Y.DROPPED}),
        Y.SIGNED: frozenset({Y.DROPPED}),
        Y.DROPPED: frozenset(),
    },
    "merge": {M.PROPOSED: frozenset({M.MERGED, M.REJECTED})},
    "ranker_choice": {
        R.BUILDING: frozenset({R.ACTIVE, R.RETIRED}),
        R.ACTIVE: frozenset({R.RETIRED}),
        R.RETIRED: frozenset(),
    },
    "refit": {
        U.RUNNING: frozenset({U.PROMOTED, U.REFUSED, U.TOO_FEW, U.FAILED}),
        U.PROMOTED: frozenset(),
        U.REFUSED: frozenset(),
        U.TOO_FEW: frozenset(),
        U.FAILED: frozenset(),
    },
    "job": {
        J.QUEUED: frozenset({J.RUNNING, J.CANCELLED}),
        J.RUNNING: frozenset({J.DONE, J.CANCELLED, J.FAILED}),
        J.DONE: frozenset(),
        J.CANCELLED: frozenset(),
        J.FAILED: frozenset(),
    },
    "campaign": {
        C.DRAFT: frozenset({C.OPEN, C.CANCELLED}),
        C.OPEN: frozenset({C.SCREENING, C.CANCELLED}),
        C.SCREENING: frozenset({C.CLOSED, C.CANCELLED}),
        C.CLOSED: frozenset(),
        C.CANCELLED: frozenset(),
    },
    "campaign_entry": {
        E.ENTERED: frozenset({E.SCREENED_IN, E.SCREENED_OUT}),
        E.SCREENED_OUT: frozenset({E.ENTERED}),
        E.SCREENED_IN: frozenset(),
    },
    "event": {
        T.DRAFT: frozenset({T.ANNOUNCED, T.CANCELLED}),
        T.ANNOUNCED: frozenset({T.REGISTRATION, T.FINAL, T.CANCELLED}),
        T.REGISTRATION: frozenset({T.TIMETABLE, T.FINAL, T.CANCELLED}),
        T.TIMETABLE: frozenset({T.REGISTRATION, T.FINAL, T.CANCELLED}),
        T.FINAL: frozenset({T.TIMETABLE, T.HELD, T.CANCELLED}),
        T.HELD: frozenset({T.CLOSED}),
        T.CLOSED: frozenset(),
        T.CANCELLED: frozenset(),
    },
    "appointment": {
        P.ASKED: frozenset({P.CONFIRMED, P.REFUSED_BY_OTHER, P.EXPIRED, P.CANCELLED}),
        P.CONFIRMED: frozenset({P.HELD, P.MISSED, P.CANCELLED}),
        # A record typed in a hurry may be set right.
        P.HELD: frozenset({P.MISSED}),
        P.MISSED: frozenset({P.HELD}),
        P.REFUSED_BY_OTHER: frozenset(),
        P.EXPIRED: frozenset(),
        P.CANCELLED: frozenset(),
    },
    "event_invitation": {
        I.INVITED: frozenset({I.ACCEPTED, I.DECLINED}),
        # Plans change, either way.
        I.DECLINED: frozenset({I.ACCEPTED}),
        I.ACCEPTED: frozenset({I.DECLINED}),
    },
    "registration": {
        G.REQUESTED: frozenset({G.ACCEPTED, G.WAITLISTED, G.DECLINED, G.WITHDRAWN}),
        G.WAITLISTED: frozenset({G.ACCEPTED, G.DECLINED, G.WITHDRAWN}),
        G.ACCEPTED: frozenset({G.DECLINED, G.WITHDRAWN}),
        # Who stayed away or was turned away may ask again.
        G.DECLINED: frozenset({G.REQUESTED, G.ACCEPTED}),
        G.WITHDRAWN: frozenset({G.REQUESTED, G.ACCEPTED}),
    },
    "pitch": {
        L.PROPOSED: frozenset({L.CONFIRMED, L.WITHDRAWN}),
        L.CONFIRMED: frozenset({L.PROPOSED, L.WITHDRAWN}),
        # Who declined, or was taken off, may be asked again.
        L.WITHDRAWN: frozenset({L.PROPOSED}),
    },
    "score_sheet": {
        K.DRAFT: frozenset({K.SIGNED}),
        # By the organiser only, with a reason.
        K.SIGNED: frozenset({K.DRAFT}),
    },
    "follow_up": {F.DUE: frozenset({F.ANSWERED}), F.ANSWERED: frozenset()},
    "deal": {
        # Among the open states a deal goes onwards and back, so that any step can be undone. Whatever is open may
        # sleep; what wakes is where it slept (see services/deals/sleeping.py).
        D.LEAD: frozenset({D.TALKS, D.INTENT, D.CONTRACT, D.SLEEPING, D.LOST}),
        D.TALKS: frozenset({D.LEAD, D.INTENT, D.CONTRACT, D.SLEEPING, D.LOST}),
        D.INTENT: frozenset({D.LEAD, D.TALKS, D.CONTRACT, D.SLEEPING, D.LOST}),
        D.CONTRACT: frozenset({D.LEAD, D.TALKS, D.INTENT, D.REGISTERED, D.SLEEPING, D.LOST}),
        D.SLEEPING: frozenset({D.LEAD, D.TALKS, D.INTENT, D.CONTRACT, D.LOST}),
        D.REGISTERED: frozenset(),
        # What was given up may be taken up again.
        D.LOST: frozenset({D.LEAD, D.TALKS, D.INTENT, D.CONTRACT}),
    },
    "contract": {
        W.DRAFT: frozenset({W.SUBMITTED, W.DISCARDED}),
        # Whoever has handed it in may take it back until it is judged.
        W.SUBMITTED: frozenset({W.REGISTERED, W.RETURNED, W.DRAFT}),
        W.RETURNED: frozenset({W.SUBMITTED, W.DISCARDED}),
        W.REGISTERED: frozenset({W.CANCELLED}),
        W.CANCELLED: frozenset(),
        W.DISCARDED: frozenset(),
    },
    "timetable": {
        B.DRAFT: frozenset({B.RELEASED, B.DISCARDED}),
        B.RELEASED: frozenset({B.REPLACED}),
        B.REPLACED: frozenset(),
        B.DISCARDED: frozenset(),
    },
    "question": {
        Q.WAITING: frozenset({Q.ANSWERED, Q.WITHHELD}),
        # Whoever would not say may think better of it.
        Q.WITHHELD: frozenset({Q.ANSWERED}),
        Q.ANSWERED: frozenset(),
    },
    "evidence_record": {
        N.RECORDED: frozenset({N.APPROVED, N.DISMISSED}),
        # By a later record, once that is approved.
        N.APPROVED: frozenset({N.CORRECTED}),
        N.DISMISSED: frozenset(),
        N.CORRECTED: frozenset(),
    },
    "commission": {
        Z.TABLED: frozenset({Z.AGREED, Z.OBJECTED, Z.SUPERSEDED}),
        # By another one that all have agreed to.
        Z.AGREED: frozenset({Z.SUPERSEDED}),
        Z.OBJECTED: frozenset(),
        Z.SUPERSEDED: frozenset(),
    },
    "closed_period": {X.CLOSED: frozenset({X.REOPENED}), X.REOPENED: frozenset()},
    "opinion": {
        O.ASKED: frozenset({O.GIVEN, O.RECUSED}),
        O.GIVEN: frozenset(),
        O.RECUSED: frozenset(),
    },
}


class Moving(Protocol):
    """Anything with a state and a row in `MOVES`."""

    subject_kind: ClassVar[str]
    id: int
    state: str


def can_move(subject: Moving, to: str) -> bool:
    """Whether the table allows `subject` to go to the state `to` from where it is."""
    return to in MOVES[subject.subject_kind].get(subject.state, frozenset())


def move(session: Session, subject: Moving, to: str, actor: Actor, reason: str | None = None, **data: Any) -> None:
    """Take `subject` to the state `to` and write it into the journal, with plain JSON `data`.

    Raises:
        Conflict: the table does not allow it, most often because somebody else was quicker.
    """
    if not can_move(subject, to):
        raise Conflict(
            N_("当前状态是“%(state)s”，不能变为“%(to)s”。请刷新页面查看最新状态。"),
            state=STATE_NAMES.get(subject.state, subject.state),
            to=STATE_NAMES.get(to, to),
        )
    before, subject.state = subject.state, to
    if subject.id is None:
        session.flush()
    record(session, actor, "move", subject.subject_kind, subject.id, before=before, after=to, reason=reason, **data)
