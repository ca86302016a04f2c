"""What people are told of questions and answers. Neither is quoted: a notice stays, what was opened may be closed."""

from sqlalchemy.orm import Session

from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.questions import Question, QuestionState
from matchmaker.services.desks import desk_of
from matchmaker.services.notices import tell

_ANSWERED = {
    QuestionState.ANSWERED: (N_("对方答复了您的问题：《%(title)s》"), N_("请打开匹配页面查看答复和新的判断。")),
    QuestionState.WITHHELD: (
        N_("对方不便透露：《%(title)s》"),
        N_("对方暂时不便回答这个问题，可以通过技术经纪人继续了解。"),
    ),
}


def tell_asked(session: Session, match: Match, question: Question) -> None:
    """Tell the desk of the achievement that it is asked something."""
    title = Sentence(N_("有人就您的成果提问：《%(title)s》"), title=match.achievement.current.title)
    body = Sentence(N_("想了解一项技术指标能做到多少。请打开页面查看问题并答复；不便说的可以直接选“不便透露”。"))
    for reader in desk_of(session, match.achievement):
        path = f"/questions/{question.id}"
        tell(session, reader.user, topic=NoticeTopic.QUESTION, title=title, body=body, path=path)


def tell_answered(session: Session, match: Match, question: Question) -> None:
    """Tell whoever asked that there is an answer."""
    seen = match.achievement.current.title
    template, body = _ANSWERED[QuestionState(question.state)]
    title = Sentence(template, title=seen)
    path = f"/matches/{match.id}"
    tell(session, question.asked_by, topic=NoticeTopic.QUESTION, title=title, body=Sentence(body), path=path)
