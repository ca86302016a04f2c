"""What mails say: each function returns subject and body, in plain text, still to be put into the reader's language."""

from matchmaker.domain.language import N_, Sentence, joined

_SIGNATURE = N_("\n\n—— 科技成果对接平台（自动发送，请勿回复）\n")


def already_registered(base_url: str) -> tuple[str, str]:
    """To the holder of an address with which somebody tried to register again."""
    return _mail(
        N_("您已有账号"),
        N_(
            "有人用您的邮箱或手机号在平台注册新账号。您已经有账号，所以没有新建任何内容。\n\n"
            "如果是您本人，请直接登录；忘记密码可以在登录页重设：\n%(base_url)s/login\n\n"
            "如果不是您，无需理会。"
        ),
        base_url=base_url,
    )


def reset_password(link: str, minutes: int) -> tuple[str, str]:
    """To somebody who has asked to set a new password."""
    return _mail(
        N_("重设密码"),
        N_(
            "有人申请重设您的密码。请在 %(minutes)s 分钟内打开下面的链接设置新密码，链接只能使用一次：\n\n%(link)s\n\n"
            "如果不是您申请的，无需理会，原密码继续有效。"
        ),
        link=link,
        minutes=minutes,
    )


def password_changed(base_url: str) -> tuple[str, str]:
    """To somebody whose password has just been changed."""
    return _mail(
        N_("密码已更改"),
        N_("您的密码刚刚被更改，其他设备上的登录已全部退出。\n\n如果不是您本人，请立即重设密码：\n%(base_url)s/forgot"),
        base_url=base_url,
    )


def contacts_changed(base_url: str) -> tuple[str, str]:
    """To the former address of somebody who has changed e-mail or mobile number."""
    return _mail(
        N_("登录信息已更改"),
        N_("您账号的邮箱或手机号刚刚被更改。\n\n如果不是您本人，请立即联系平台管理员：\n%(base_url)s/"),
        base_url=base_url,
    )


def invited_newcomer(inviter: str, organization: str, link: str, days: int) -> tuple[str, str]:
    """To a person without account whom a colleague has added."""
    return _mail(
        N_("邀请您加入 %(organization)s"),
        N_(
            "%(inviter)s 邀请您以 %(organization)s 成员的身份使用平台。\n\n"
            "请在 %(days)s 天内打开下面的链接设置密码并加入：\n\n%(link)s\n\n如果您不认识对方，无需理会。"
        ),
        inviter=inviter,
        organization=organization,
        link=link,
        days=days,
    )


def broker_confirmed(organization: str, base_url: str) -> tuple[str, str]:
    """To a broker whom the bureau has confirmed."""
    return _mail(
        N_("技术经纪人身份已确认"),
        N_("科技局已确认您在 %(organization)s 的技术经纪人身份，您现在可以使用全部经纪功能：\n%(base_url)s/"),
        organization=organization,
        base_url=base_url,
    )


def broker_refused(organization: str, reason: str) -> tuple[str, str]:
    """To a broker whom the bureau has not confirmed."""
    return _mail(
        N_("技术经纪人身份未通过确认"),
        N_("科技局没有确认您在 %(organization)s 的技术经纪人身份。\n\n说明：%(reason)s"),
        organization=organization,
        reason=reason,
    )


def with_links(body: str, link: str | None, leave: str | None) -> str:
    """Return a mail's text with where to see it on the site, and where to leave mails of its kind."""
    parts = [body]
    if link is not None:
        parts += [Sentence(N_("\n\n打开查看：\n%(link)s"), link=link), _SIGNATURE]
    if leave is not None:
        parts.append(Sentence(N_("\n不想再收到这类邮件？\n%(link)s\n"), link=leave))
    return joined(parts)


def verify_email(link: str, days: int) -> tuple[str, str]:
    """To an address that somebody has given as his own."""
    return _mail(
        N_("请验证您的邮箱"),
        N_(
            "有人在平台填写了这个邮箱。如果是您本人，请在 %(days)s 天内打开下面的链接确认，"
            "之后才能收到匹配、审核等通知：\n\n%(link)s\n\n如果不是您，无需理会，不会再有通知发到这里。"
        ),
        link=link,
        days=days,
    )


def forwarded(
    *, recipient: str, sender: str, organization: str, title: str, message: str, days: int
) -> tuple[str, str]:
    """To a person without account to whom an organization forwards what might be for him; the link stands below."""
    subject = Sentence(N_("%(organization)s 转发给您：%(title)s"), organization=organization, title=title)
    opening = Sentence(
        N_(
            "%(recipient)s，您好：\n\n%(organization)s 的 %(sender)s 认为下面这条内容可能适合您：\n\n《%(title)s》\n\n"
            "打开链接可以看到公开摘要和匹配理由，并直接答复感兴趣、不合适或提出问题，不需要注册。"
            "链接只供您本人使用，%(days)s 天内有效。"
        ),
        recipient=recipient,
        organization=organization,
        sender=sender,
        title=title,
        days=days,
    )
    if not message:
        return subject, opening
    return subject, joined((opening, Sentence(N_("\n\n附言：\n%(message)s"), message=message)))


def _mail(subject: str, body: str, **values: object) -> tuple[str, str]:
    return Sentence(subject, **values), joined((Sentence(body, **values), _SIGNATURE))
