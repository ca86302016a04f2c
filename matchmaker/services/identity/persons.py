"""Names of people, known by what stands beside them: a title, or a word that announces a name."""

import re
from collections.abc import Iterator
from importlib.resources import files

from matchmaker.services.identity.finding import Finding, IdentityKind, Searched

# The common surnames, without those that are far more often an ordinary word's first character (和 向 同 全 应 …).
_SURNAMES = (
    "欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|司徒|夏侯|东方|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆"
    "汪范石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤温康施牛葛洪庞殷翟鲁邢童毕"
    "倪庄聂岳齐沙耿路焦左柴章关辛管祝凌甘卜柳骆裴苗穆尤舒阮游翁盛柯骈樊霍虞支柏欧娄包詹符单冉滕佟辜冼]"
)
_GIVEN = r"[\u4e00-\u9fff]"
_LONG_TITLES = (
    "教授级高工|教授|副教授|院士|博士后|博士|博导|导师|研究员|副研究员|高级工程师|总工程师|工程师|高工|总工|董事长|总经理|"
    "副总经理|副总裁|总裁|总监|经理|主任|副主任|院长|副院长|所长|副所长|厂长|矿长|场长|校长|会长|理事长|秘书长|部长|处长|科长|"
    "站长|队长|书记|主管|老师|先生|女士|老板|师傅|同志|首席|专家|法人|技术员"
)
# A short title is also the beginning of other words: 总量, 工艺.
_SHORT_TITLES = r"(?:总|工|导)(?![\u4e00-\u9fff])|(?:总|工|导)(?=[的说负在和与及是为您提牵指团办电手微联带主也就已将])"
# A name begins a text, follows a sign, or one of these.
_BEFORE = (
    r"(?:(?<![\u4e00-\u9fff])|"
    r"(?<=[由或即请找与和及跟问向让为是人给同得获经据自对系到询访了的者授士师总长校院所司厂系室队家组工员被将带任聘]))"
)
_TITLED = re.compile(
    rf"{_BEFORE}(?:(?P<name>(?:{_SURNAMES}){_GIVEN}{{1,2}})\s?(?:{_LONG_TITLES})"
    rf"|(?:{_SURNAMES})\s?(?:{_LONG_TITLES}|{_SHORT_TITLES}))"
)
# A high title alone announces a name; a common one does where nothing else can follow.
_TITLE_FIRST = re.compile(
    r"(?:教授|院士|博士|研究员|总经理|董事长|厂长|院长|所长|场长|校长)\s?"
    rf"(?P<high>(?:{_SURNAMES}){_GIVEN}{{1,2}})|(?:工程师|经理|主任|老师|专家)\s?"
    rf"(?P<name>(?:{_SURNAMES}){_GIVEN}{{1,2}})(?=$|[^\u4e00-\u9fff]|及|和|与|等|带领|领衔|牵头|团队|主持|负责|的|担任)"
)
_ANNOUNCED = re.compile(
    r"(?:联系人|负责人|发明人|法定代表人|法人代表|法人|带头人|对接人|完成人|作者|课题组长|联络人|姓名)\s?[:是为]?\s?"
    rf"(?P<name>(?:{_SURNAMES}){_GIVEN}{{1,2}})(?=$|[^\u4e00-\u9fff]|及|和|与|等|的|担任|电话|手机|带领|教授|博士|老师)"
)
_TEAM = re.compile(rf"{_BEFORE}(?P<name>(?:{_SURNAMES}){_GIVEN}{{1,2}})(?:团队|课题组|工作室|创新组|劳模)")
# The characters in which names of the region's other languages are written down, joined by a dot: 阿不都·热合曼.
_SOUND = (
    "[丁不东丹丽乃义乌乎买云亚亥介伊依克兰农凯切列别力加努勒卜卡古叶司合吉吐吾哈喀图地坤坦塔夏太奥妮姆姑威娅娜孜守安尔尤尼居山巴布帕库德恩恰扎托拉拜提撒敏斯旦明普曼木杜格森比毕汗江沙波洪"
    "海热牙玉玛班瓦甫登白皮祖穆米素索纳罕肉肯胡艾苏茹荪莫萨西贡赛达迪逊那都里铁阿音马鲁鲜麦默]"
)
_JOINED = re.compile(rf"{_SOUND}{{2,8}}[·・•‧∙]{_SOUND}{{2,8}}")
_LATIN = re.compile(
    r"\b(?:Dr|Prof|Professor|Mr|Ms|Mrs|Academician)\.?\s+[A-Z][a-z]+(?:\s[A-Z][a-z]+)?|"
    r"(?:[Пп]рофессор|[Аа]кадемик|[Дд]иректор|[Гг]осподин|[Гг]-н|[Гг]-жа|[Дд]октор)\s+[А-ЯЁ][а-яё]+(?:\s[А-ЯЁ][а-яё]+)?"
)

# Ordinary words that begin like a name.
_NOT_NAMES = tuple((files("matchmaker.services.identity") / "ordinary_words.txt").read_text("utf-8").split())


def find_persons(text: Searched) -> Iterator[Finding]:
    """Yield names that a title or a word such as 联系人 marks as a person's."""
    whole = text.folded
    for pattern in (_TITLED, _TITLE_FIRST, _ANNOUNCED, _TEAM):
        for found in pattern.finditer(whole.text):
            names = [name for name in found.groupdict().values() if name]
            if not _is_word(names[0] if names else found.group()):
                yield text.finding(IdentityKind.PERSON, whole, *found.span())
    for found in _JOINED.finditer(whole.text):
        yield text.finding(IdentityKind.PERSON, whole, *found.span())
    for found in _LATIN.finditer(text.raw):
        yield text.place(IdentityKind.PERSON, *found.span())


def _is_word(name: str) -> bool:
    return name.startswith(_NOT_NAMES)
