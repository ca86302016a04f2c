"""Names of organizations: the poster's own in all its forms, those that are registered here, and company-like ones."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from matchmaker.domain import codes
from matchmaker.search.text import Folded, fold
from matchmaker.services.identity.finding import Finding, IdentityKind, Searched

LEAST_FORM = 3
"""Characters of a short form that is looked for by itself; a shorter one must stand where names stand."""

_LEGAL = re.compile(
    r"(?:股份有限公司|有限责任公司|集团有限公司|有限公司|总公司|分公司|公司|集团|总厂|厂|专业合作社|合作社|合伙企业|"
    r"研究总院|研究院|研究所|设计院|事务所|工作室|经营部|商行|中心|学院|大学|学校|医院|协会)$"
)
_BRACKETED = re.compile(r"\([^)]*\)")
# What a company makes, at the end of its name; what is left is its brand.
_TRADES = (
    "机械|制造|科技|技术|化工|化学|新材料|材料|新能源|能源|电气|电子|信息|商贸|贸易|实业|工业|农业|生物|医药|制药|药业|食品|纺织|建材|"
    "环保|环境|工程|装备|设备|重工|矿业|煤业|煤化工|股份|控股|发展|投资|物流|畜牧|牧业|乳业|种业|软件|网络|智能|光伏|风电|电力|水务|水泥|"
    "钢铁|铝业|硅业|集团|有限|责任|建设|建筑|服务|咨询|文化|教育|仪器|仪表|自动化|橡胶|塑料|轮胎|电缆|酒业|果业|棉业|油脂|石油|石化|"
    "理工|师范|医科|工程|财经|职业|农牧|数据|通信|通讯|传媒|检测|认证|设计|研究|开发|加工|销售|供应链|国际|技术转移"
)
_TRADE = re.compile(rf"(?:{_TRADES})$")
_TRADE_START = re.compile(_TRADES)
_NAMING_AFTER = re.compile(rf"(?:牌|公司|集团|厂|品牌|系列|商标|本部|总部|基地|员工|团队|®|™|[\"”」』》】]|{_TRADES})")
_NAMING_BEFORE = re.compile(r"(?:我司|我公司|我厂|本公司|本厂|我们|我校|品牌|商标|单位|[\"“「『《【])$")

_COMPANY = re.compile(
    r"[\u4e00-\u9fff()]{2,24}?(?:股份有限公司|有限责任公司|集团有限公司|集团公司|有限公司|总公司|专业合作社|股份公司)"
    r"|[\u4e00-\u9fff]{2,12}?集团(?!化|军|内|式|型)"
)
_SCHOOL = re.compile(r"[\u4e00-\u9fff]{2,10}?(?:大学|学院|研究院|研究所|科学院|农科院|林科院|设计院|理化所)(?!生)")
_INSTITUTE = re.compile(r"中(?:国)?科(?:学)?院[\u4e00-\u9fff]{2,12}?(?:所|研究所|中心|研究院)")
# Words before a name, and words that make a name of nobody: 国内大学, 相关研究所.
# Words after which a name may begin, and one that names also hold: 新疆众和股份有限公司.
_LEADING = re.compile(
    r"委托|联合|依托|来自|位于|隶属|下属|加入|成立|就是|作为|通过|由于|适用于|以及|或者|公司|(?<!华)为|[与及由是的在向对给从被把将找请到了等我该跟于、如]"
)
_LEADING_OR_WITHIN = re.compile("和")
_NOBODY = re.compile(
    r"^(?:国内外|国内|国外|多所|多家|几所|几家|各|某|知名|重点|高等|高水平|有关|相关|著名|一流|专业|本科|综合性?|地方|当地|疆内|区内|区外|内地|"
    r"省内|全国|高校|院校|科研|企业|独立|民营|国有|中小|股份|上市|子|分|母|有限|有色金属|双一流|合作|职业|技工|普通|具备|具有|拥有|承担|能力|其他|其它|若干|大型|跨国|某某?|各类|产业|财团|"
    r"两家|两所|三家|三所|一家|一所|数家|数所|这|那|本|医学|理工科?|农业|林业|师范|工程|技术|材料|化工|机械|石油|矿业|纺织|食品)*"
    r"(?:大学|学院|研究院|研究所|科学院|设计院|有限公司|有限责任公司|股份有限公司|集团公司|总公司|股份公司|专业合作社|集团)$"
)


def own_forms(name: str) -> tuple[str, ...]:
    """Return the forms in which people write an organization's name: whole, without its legal form, without its place.

    Folded and without blanks, the longest first; the brand alone is `brand_of`.
    """
    whole = _tight(name)
    plain = _BRACKETED.sub("", whole)
    short = _LEGAL.sub("", plain)
    local = _without_place(short)
    forms = {whole, plain, short, local}
    forms.add(_without_place(plain))
    while (found := _TRADE.search(local)) and found.start() > LEAST_FORM - 1:
        local = local[: found.start()]
        forms.add(local)
    return tuple(sorted((form for form in forms if _names_somebody(form)), key=lambda form: (-len(form), form)))


@lru_cache(maxsize=1 << 15)
def registered_forms(name: str) -> tuple[str, ...]:
    """Return the forms of somebody else's name that are looked for: four characters and more."""
    return tuple(form for form in own_forms(name) if len(form) > LEAST_FORM)


def brand_of(name: str) -> str:
    """Return what is left of a name without place, legal form and trade: 天山 of 新疆天山机械有限公司; "" for none."""
    left = _without_place(_LEGAL.sub("", _BRACKETED.sub("", _tight(name))))
    while (found := _TRADE.search(left)) and found.start() > 1:
        left = left[: found.start()]
    return left if len(left) > 1 and not _TRADE.fullmatch(left) else ""


def _heads_of(brand: str) -> Iterator[str]:
    """Yield what may be the brand alone where a trade is unknown: 云脊 of 云脊风电运维."""
    for size in (2, LEAST_FORM):
        if len(brand) > size and not _TRADE_START.match(brand):
            yield brand[:size]


def find_own(text: Searched, names: Iterable[str]) -> Iterator[Finding]:
    """Yield every form of the poster's own names, also with blanks and signs between the characters."""
    for name in names:
        for form in own_forms(name):
            yield from _occurrences(text, IdentityKind.OWN_NAME, text.tight, form)
        brand = brand_of(name)
        if len(brand) >= LEAST_FORM:
            yield from _occurrences(text, IdentityKind.OWN_NAME, text.tight, brand)
        elif brand:
            yield from _named(text, brand)
        for head in _heads_of(brand):
            yield from _named(text, head)


def find_labels(text: Searched, labels: Iterable[str], kind: IdentityKind) -> Iterator[Finding]:
    """Yield every occurrence of other words that stand for the poster: people, streets, a name in a web address."""
    for label in labels:
        form = _tight(label)
        if len(form) > 1:
            yield from _occurrences(text, kind, text.tight, form)


def find_registered(text: Searched, names: Iterable[str]) -> Iterator[Finding]:
    """Yield the names of organizations that are registered here."""
    form = text.tight
    pairs = {form.text[place : place + 2] for place in range(len(form.text) - 1)}
    for name in names:
        for spelling in registered_forms(name):
            if spelling[:2] in pairs and spelling in form.text:
                yield from _occurrences(text, IdentityKind.ORGANIZATION, form, spelling)


def find_companies(text: Searched) -> Iterator[Finding]:
    """Yield what is written like the name of a company, a university or an institute, registered or not."""
    whole = text.folded
    for pattern in (_COMPANY, _SCHOOL, _INSTITUTE):
        for found in pattern.finditer(whole.text):
            start = _start_of_name(found.group())
            if start is not None:
                yield text.finding(IdentityKind.ORGANIZATION, whole, found.start() + start, found.end())


def _start_of_name(written: str) -> int | None:
    """Return where the name begins in what runs up to its 公司 or 大学; None where it names nobody."""
    core = _LEGAL.sub("", written)
    start = max((lead.end() for lead in _LEADING.finditer(core)), default=0)
    starts = [start, *(lead.end() for lead in _LEADING_OR_WITHIN.finditer(core, start))]
    return next((start for start in reversed(starts) if _names_a_company(written[start:])), None)


def _names_a_company(name: str) -> bool:
    return len(_LEGAL.sub("", name)) > 1 and not _NOBODY.match(name)


def _named(text: Searched, brand: str) -> Iterator[Finding]:
    """A brand of two characters may be a mountain: it counts where names stand."""
    form = text.tight
    for found in re.finditer(re.escape(brand), form.text):
        start, end = found.span()
        if _NAMING_AFTER.match(form.text, end) or _NAMING_BEFORE.search(form.text[max(0, start - 4) : start]):
            yield text.finding(IdentityKind.OWN_NAME, form, start, end)


def _occurrences(text: Searched, kind: IdentityKind, form: Folded, wanted: str) -> Iterator[Finding]:
    for found in re.finditer(re.escape(wanted), form.text):
        start, end = found.span()
        if not _cuts_a_word(form.text, wanted, start, end):
            yield text.finding(kind, form, start, end)


def _cuts_a_word(text: str, wanted: str, start: int, end: int) -> bool:
    # A Latin name must not be found inside a longer word.
    if not wanted.isascii():
        return False
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return any(character.isascii() and character.isalnum() for character in around)


def _names_somebody(form: str) -> bool:
    return len(form) >= LEAST_FORM and not _TRADE_START.fullmatch(form) and not re.fullmatch(f"(?:{_TRADES})+", form)


def _without_place(name: str) -> str:
    for place in _places():
        if name.startswith(place) and len(name) - len(place) > 1:
            return _without_place(name[len(place) :])
    return name


@cache
def _places() -> tuple[str, ...]:
    """Names of regions as organizations begin with them, the longest first; a district's short form is a brand too."""
    found = {"中国", "高新区", "经开区", "兵团"}
    for region in codes.table("regions"):
        found.add(region.name)
        short = re.sub(
            r"(?:维吾尔|壮族|回族|蒙古|柯尔克孜|哈萨克)*(?:特别行政区|自治区|自治州|地区|省|市)$", "", region.name
        )
        if not region.name.endswith(("区", "县")) or region.name.endswith(("自治区", "地区")):
            found.add(short)
    return tuple(sorted((place for place in found if len(place) > 1), key=lambda place: -len(place)))


def _tight(name: str) -> str:
    return Searched(name).tight.text if name else fold(name).text
