"""Street addresses and brands by the way in which they are written."""

import re
from collections.abc import Iterator

from matchmaker.services.identity.finding import Finding, IdentityKind, Searched

_NUMBER = r"[\d一二三四五六七八九十百]{1,6}"
# What ends in 路 or 道 without being a street.
_NO_STREET = (
    r"(?<!线)(?<!电)(?<!气)(?<!油)(?<!管)(?<!回)(?<!支)(?<!公)(?<!铁)(?<!网)(?<!思)(?<!光)(?<!水)(?<!通)(?<!旁)(?<!短)"
    r"(?<!开)(?<!磁)(?<!热)(?<!风)(?<!液)(?<!链)(?<!单)(?<!双)(?<!多)(?<!各)(?<!每)(?<!一)(?<!二)(?<!三)(?<!四)(?<!技术)"
    r"(?<!干)(?<!道)(?<!筑)(?<!修)(?<!乙)(?<!甲)(?<!走)(?<!套)"
)
_STREET = re.compile(
    rf"[\u4e00-\u9fff]{{0,24}}?[\u4e00-\u9fff]{{2}}(?:{_NO_STREET}路|大街|街|大道|巷|胡同|弄)(?:[东西南北中]段?)?\s?附?"
    rf"(?:{_NUMBER}(?:-\d+)?\s?(?:号院|号楼|号|弄|栋|幢)|\d+-\d+)(?!机组|线|炉|泵|井|矿|电机|变压器|锅炉|样|试样|产品)"
    r"(?:[\u4e00-\u9fffa-z\d\-]{0,14}?(?:号楼|\d楼|\d室|\d层|[a-z]座|单元|大厦))*"
)
_BUILDING = re.compile(
    rf"[\u4e00-\u9fff]{{0,14}}(?:大厦|写字楼|广场|科技园|产业园|工业园|创业园|孵化园|软件园|物流园|小区|家园|花园)\s?(?:[a-z]区)?"
    rf"(?:[a-z]|{_NUMBER})\s?(?:-\d+)?(?:座|栋|幢|号楼|号院|楼|层|室)(?:\d+[室层楼])*"
)
_VILLAGE = re.compile(
    rf"[\u4e00-\u9fff]{{2,10}}(?:乡|镇|街道|农场|牧场|团场)[\u4e00-\u9fff]{{1,10}}(?:村|社区|连|队)(?:\s?{_NUMBER}\s?(?:组|号|队|连))?"
    rf"|[\u4e00-\u9fff]{{2,8}}(?:村|社区)\s?{_NUMBER}\s?(?:组|号)"
)
_REGIMENT = re.compile(
    rf"(?:第[一二三四五六七八九十\d]+师|兵团)[\u4e00-\u9fff]{{0,6}}?(?:第?{_NUMBER}团)(?:{_NUMBER}连)?"
)
_SAID = re.compile(r"(?:地址|住所|注册地|办公地点|厂址|通讯地址)\s*[:是为]\s*[\u4e00-\u9fffa-z\d\-()]{4,40}")
# What stands before an address: 我司位于….
_LEAD = re.compile(r"[\u4e00-\u9fff]*?(?:位于|坐落于|坐落在|地处|设在|就在|来到|送到|寄到)(?=[\u4e00-\u9fff]{4})")
_POSTCODE = re.compile(r"邮编\s*[:是为]?\s*\d{6}(?!\d)")

_QUOTED = r"[\"“”'「『《【]\s?[^\"”'」』》】\s]{2,12}\s?[\"”'」』》】]"
_BRAND = re.compile(
    rf"{_QUOTED}\s?(?:牌|品牌|商标|系列品牌)|(?:品牌|商标|商号|字号)(?:为|是|:|名称?为?)?\s?{_QUOTED}"
    r"|(?:注册商标|自有品牌|自主品牌|旗下品牌)(?:为|是|:|\s)?[\u4e00-\u9fffa-z]{2,6}"
    r"|(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,4}牌(?=[\u4e00-\u9fff])(?!号)(?<!品牌)(?<!名牌)(?<!铭牌)(?<!招牌)(?<!挂牌)(?<!标牌)(?<!号牌)(?<!车牌)"
    r"|[\u4e00-\u9fffa-z\d\-]{2,12}\s?[®™]"
)


def find_places(text: Searched) -> Iterator[Finding]:
    """Yield street addresses and brands."""
    whole = text.folded
    for kind, pattern, form in (
        (IdentityKind.ADDRESS, _STREET, whole),
        (IdentityKind.ADDRESS, _BUILDING, whole),
        (IdentityKind.ADDRESS, _VILLAGE, whole),
        (IdentityKind.ADDRESS, _REGIMENT, whole),
        (IdentityKind.ADDRESS, _SAID, whole),
        (IdentityKind.ADDRESS, _POSTCODE, whole),
        (IdentityKind.BRAND, _BRAND, whole),
    ):
        for found in pattern.finditer(form.text):
            lead = _LEAD.match(found.group()) if kind is IdentityKind.ADDRESS else None
            yield text.finding(kind, form, found.start() + (lead.end() if lead else 0), found.end())
