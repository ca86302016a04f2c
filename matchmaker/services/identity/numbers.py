"""What identifies by its form: phone numbers, addresses of mail and web, accounts, credit codes, patent numbers."""

import re
from collections.abc import Iterator

from stdnum.cn import uscc

from matchmaker.search.text import Folded
from matchmaker.services.identity.finding import Finding, IdentityKind, Searched

K = IdentityKind

# Written-out digits and the letters that stand for them where people hide a number: 一三八〇〇…, 幺叁捌零零…
_SPOKEN = str.maketrans("〇零○o一幺壹l二贰两三叁四肆五伍六陆七柒八捌九玖", "0000111122233445566778899")
_GAP = r"[\s\-.·,]{0,2}"
# A quantity, not a number to call: 13800000000次.
_UNIT = (
    r"(?!\s*(?:次|个|元|吨|条|件|台|只|倍|万|亿|转|圈|步|年|赫|度|米|"
    r"hz|kwh?|[mck]m|kg|m[23]?|[tavj]|%|℃|°|pa|bq)(?![a-z]))"
)
_MOBILE = re.compile(
    rf"(?<![\d.])(?:(?:\+|00)?86{_GAP})?1[3-9]\d(?:\d{{8}}|{_GAP}\d{{4}}{_GAP}\d{{4}}|(?:[\s\-]\d){{8}})"
    rf"(?!\d|\.\d){_UNIT}"
)
_LANDLINE = re.compile(
    r"(?<![\d.])(?:(?:\+|00)86[\s\-]?[(\[]?0?|[(\[]?0)(?:10|2\d|[3-9]\d{2})[)\]]?[\s\-—–]{0,3}\d{3,4}[\s\-]?\d{4}(?!\d|\.\d)"
    r"(?:\s*(?:转|-|ext\.?)\s*\d{1,6})?"
)
_FOREIGN = re.compile(r"(?<![\d.])\+[1-9]\d{0,2}[\s\-]?\(?\d{2,4}\)?(?:[\s\-]?\d{2,4}){2,4}(?!\d)")
_SERVICE = re.compile(r"(?<![\d.\-])[48]00[\s\-]?(?:\d{3}[\s\-]?\d{4}|\d{4}[\s\-]?\d{3}|\d{7})(?!\d)" + _UNIT)
_CALLED = re.compile(
    r"(?:电话|座机|热线|传真|手机号?码?|来电|致电|拨打|tel|phone|fax)(?:号码?)?\s*[:为是]?\s*((?:\d[\s\-]?){7,12})(?!\d)"
)

_EMAIL = re.compile(
    r"[a-z0-9][\w.+\-]*\s?(?:@|\(at\)|\[at\]|\(a\)|#at#|艾特)\s?[a-z0-9\-]+(?:\s?(?:\.|点|\(dot\)|\[dot\])\s?[a-z0-9\-]+)+"
)
_TLD = (
    r"(?:com|cn|net|org|gov|edu|io|cc|ltd|top|xyz|vip|tech|site|shop|store|online|info|biz|club|group|ru|kz|uz|kg|"
    r"中国|公司|网络|集团)"
)
_WEB = re.compile(
    rf"(?:https?://|ftp://|www\s?\.\s?)[^\s，。；、）)】》\"'<>\u4e00-\u9fff]+|(?<![a-z0-9_@.\-])(?:[a-z0-9][a-z0-9\-]*\.)*"
    rf"[a-z0-9\-]*[a-z][a-z0-9\-]{{2,}}\.(?:com\.)?{_TLD}(?![a-z0-9\-_])(?:/[\w\-./?=&%]*)?"
)
_NOT_WEB = frozenset({"asp.net", "vb.net", "ado.net", "ml.net", "socket.io", "paddle.io"})
_ICP = re.compile(
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新]icp[备证]\s?\d{5,10}号?(?:-\d+)?"
)

_QQ = re.compile(
    r"(?<![a-z])(?:qq|扣扣|q群|企鹅)(?:交流)?(?:号码?|群号?|联系方式)?\s*[:是为加]?\s*([1-9](?:[\s\-]?\d){4,11})(?!\d)"
)
_CHAT = re.compile(
    r"(?:微信公众号|微信群|微信|薇信|威信|wechat|weixin|(?<![a-z])vx|v信|钉钉|飞书|抖音|快手|公众号|小红书|whatsapp|telegram|line)"
    r"(?:账号|帐号|同号|号|id)?\s*[:是为]?\s*"
    r"(?:(?<=[号:是为d])\s*[a-z][a-z0-9_\-]{4,19}|[a-z][a-z_\-]*\d[a-z0-9_\-]{3,19}|[a-z]+_[a-z0-9_\-]+|[1-9]\d{5,11})(?![a-z0-9])"
)
_CHANNEL = re.compile(
    r"(?:公众号|视频号|抖音号?|快手号?|小红书号?)\s*[:是为]?\s*[\"“”'「『《【\[][^\"”'」』》】\]]{2,30}[\"”'」』》】\]]"
)

_CREDIT_CODE = re.compile(r"(?<![0-9a-z])[0-9a-hj-npqrtuwxy](?:[\s\-]?[0-9a-hj-npqrtuwxy]){17}(?![0-9a-z])")
_NAMED_CODE = re.compile(
    r"(?:信用代码|机构代码|营业执照号?|注册号|税号|纳税人识别号)(?:证?号?)?\s*[:是为]?\s*([0-9a-z](?:[\s\-]?[0-9a-z]){7,17})(?![0-9a-z])"
)

_PATENT = re.compile(
    r"(?<![a-z0-9])(?:"
    r"zl\s?\d{2,4}[\s.]?[1-389]?[\s.]?\d{5,8}(?:\.[\dx])?"
    r"|cn\s?\d{7,13}(?:\.[\dx])?\s?[abcsuy]?\d?"
    r"|(?:19[89]|20[0-3])\d[\s.]?[12389][\s.]?\d{7}\.[\dx]"
    r"|(?:us|ep|jp|wo|ru|kz|ea|de|kr)\s?\d{2,4}[/,.]?\d{3,}[/,.]?\d{3,}\s?[abcu]\d?"
    r"|(?:wo|pct/[a-z]{2})\s?\d{4}[/\s]?\d{5,6}"
    r"|20[0-3]\dsr\d{6,7}"
    r"|cna\d{8}\.\d"
    r")(?![0-9a-z])"
)
_NAMED_PATENT = re.compile(
    r"(?:专利|申请|公开|公告|授权|登记|软著|著作权)(?:申请|登记)?(?:证书)?号?(?:为|是|:|\s)*(?<!\d)(\d{8,13}(?:\.[\dx])?)(?![\d])"
)


def find_numbers(text: Searched) -> Iterator[Finding]:
    """Yield every passage of `text` whose form alone tells who somebody is."""
    whole = text.folded
    spoken = Folded(whole.text.translate(_SPOKEN), whole.starts, whole.ends)
    for form in (whole, spoken):
        for pattern in (_MOBILE, _LANDLINE, _FOREIGN, _SERVICE):
            yield from _all(text, K.PHONE, pattern, form)
    yield from _all(text, K.PHONE, _CALLED, whole, group=1)
    yield from _all(text, K.EMAIL, _EMAIL, whole)
    yield from _websites(text)
    yield from _all(text, K.ACCOUNT, _QQ, spoken)
    for pattern in (_CHAT, _CHANNEL):
        yield from _all(text, K.ACCOUNT, pattern, whole)
    yield from _credit_codes(text)
    yield from _all(text, K.PATENT, _PATENT, whole)
    yield from _all(text, K.PATENT, _NAMED_PATENT, whole, group=1)


def _all(
    text: Searched, kind: IdentityKind, pattern: re.Pattern[str], form: Folded, group: int = 0
) -> Iterator[Finding]:
    for found in pattern.finditer(form.text):
        start, end = found.span(group)
        while end > start and form.text[end - 1] in " -.,":
            end -= 1
        yield text.finding(kind, form, start, end)


def _websites(text: Searched) -> Iterator[Finding]:
    whole = text.folded
    for found in _WEB.finditer(whole.text):
        if found.group() not in _NOT_WEB:
            yield text.finding(K.WEBSITE, whole, *found.span())
    yield from _all(text, K.WEBSITE, _ICP, whole)


def _credit_codes(text: Searched) -> Iterator[Finding]:
    whole = text.folded
    for found in _CREDIT_CODE.finditer(whole.text):
        code = re.sub(r"[\s\-]", "", found.group()).upper()
        # The check character tells a code from any other row of 18 characters (GB 32100-2015).
        if code[2:8].isdigit() and code[-1] == uscc.calc_check_digit(code):
            yield text.finding(K.CREDIT_CODE, whole, *found.span())
    # One that says what it is gives its owner away even where a character is mistyped.
    yield from _all(text, K.CREDIT_CODE, _NAMED_CODE, whole, group=1)
