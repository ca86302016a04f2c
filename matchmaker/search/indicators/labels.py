"""The name of an indicator: cut out of the clause before its number."""

import re

LONGEST = 24
# Where a clause turns from other things to what is measured. Look-arounds keep words whole: 时间, 后期, 下限, 内径.
_CUTS = re.compile(
    r"要求|需要|希望|期望|确保|保证|满足|实现|使得|能使|可使|使(?!用)|令|具有|具备|拥有|可将|能将|将(?!来)|把(?!握|手)|其(?!他|它)|该|本(?=[装产技系材成项工])|"
    r"并且|并(?!网|联|行|购)|且|同时|其中|以及|从而|经检测|经测试|经第三方检测|实测|测得|(?:检测|测试)结果|经过?(?!济|营|纬|验)|"
    r"(?<=[^今以最先])后(?!期|处|置|续|备)|时(?!间|长|效|速|段|延|刻|空|差|变)|(?<=[^以地井水])下(?!降|限|游|料|线)|(?<=条件)下|"
    r"(?<=[年月天时期围])内|对(?!比|称|流|准|数|位|中|接|苯|二)|通过(?!率|量)|采用|可达|目标[:：]?|指标[:：]|"
    r"(?i:\b(?:the|a|an|with|and|has|have|of our)\b)"
)
_BESIDE = (
    r"工艺|技术|方法|产品|设备|装置|系统|水平|材料|方案|平均值?|涂料|机组|配方|改造前|之前|以前|原来|上年|去年|均值|标准|"
    r"做法|方式|现状|药剂|品种|灌溉|模式|人工|手工"
)
# What is compared with is another thing; what changes stands before it (能耗较原工艺) or after it (较原工艺能耗).
_AGAINST = re.compile(
    r"较|比(?![例重表热强能容功色率值阻面对较]|$)|相比于?|相较于?|相对于?|compared with|"
    r"[与同](?=[^，,;；。]{1,12}(?:相比|比较))"
)
_OTHER = re.compile(
    rf"[^，,;；。]{{0,14}}?(?:(?:{_BESIDE})+(?:相比|比较|而言|对比)?|相比|比较)(?:要|更)?|"
    r"(?:传统|现有|原有?|常规|普通|国外|国内|同类|进口)的?"
)
_THIS = re.compile(r"^(?:本|该|我|新|其|此)?(?:产品|系统|成果|技术|工艺|装置|设备|项目|方案|涂料)?的?$")
_NUMBERING = re.compile(r"^\s*(?:\(?\d{1,2}[).、]|[①-⑳]|[一二三四五六七八九十]{1,2}、|[-•·*#>]+)\s*")
_EDGES = " \t:：;；,，、。.()（）[]【】“”\"'《》<>-—~=*·•|/\\"
_FILLED = re.compile(
    r"^(?:的|了|后(?![期处置续备])|时(?![间长效速])|和(?!易)|与|及|为|是|在(?!线|研)|可(?![靠用视见溶]|再生)|能(?![耗源效量级见])|应(?![力变急用])|须|需(?![水求氧])|且|均(?![匀值方质])|也|还(?!原)|又|再(?!生)|则|其|等(?!级|效|温))+"
)
_ASIDE = re.compile(r"\(([^()]{1,24})\)")
SMALLER_IS_BETTER = re.compile(
    r"耗|成本|费用|价格|造价|误差|偏差|精度|排放|损失|损耗|衰减|噪声|噪音|漏|故障|时间|周期|工期|重量|粗糙度|浊度|残留|泄漏|延迟|浓度|"
    r"含水|含杂|含油|灰分|投资|压降|阻力|杂质含量|腐烂|误检|误报|回收期|硫分|菌落|疵点"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
OTHERS = re.compile(
    r"目前|现有|现状|当前|原来|原有|原先|传统|常规|普通|国外|国内|进口|同类|行业(?:平均|水平|标准)|以往|此前|过去|仅|只有|仅为|对照|"
    r"国家标准|国标|标准规定|竞品|市场上|现行|一般(?:为|在)|currently|existing|conventional"
)
AIMS = re.compile(
    r"要求|需|应|达到|目标|希望|期望|改造后|升级后|优化后|降[至到低]|提[高升]|缩短|减少|延长|增加|控制|≤|≥|不[高低大小超少多]|拟|相比|较|比|本(?:产品|技术|项目|成果|系统)"
)


def name_of(text: str) -> tuple[str, str]:
    """Return the name at the end of what stands before a number, and what is said of it in brackets (（28 天）)."""
    text = text[-80:].rstrip(" :：=，,")
    aside = ""
    if text.endswith(")") and (found := _ASIDE.search(text, max(0, len(text) - 26))) and found.end() == len(text):
        aside, text = found[1].strip(), text[: found.start()].rstrip(" :：=")
        aside = aside if _HAN.search(aside) or aside[:1].isdigit() else ""
    text = _NUMBERING.sub("", _last_part(text))
    text = _without_comparison(text)
    cuts = list(_CUTS.finditer(text))
    for cut in reversed(cuts):
        if text[cut.end() :].strip(_EDGES):
            text = text[cut.end() :]
            break
    text = _FILLED.sub("", text.strip(_EDGES)).strip(_EDGES)
    if len(text) > LONGEST:
        text = text.rpartition("的")[2] or text
        text = text[-LONGEST:]
    return text, aside


def _without_comparison(text: str) -> str:
    """Take 较原工艺, 与传统方法相比 out, whichever side of the name they stand on."""
    found = _AGAINST.search(text)
    if found is None:
        return text
    ahead = text[: found.start()].strip(_EDGES)
    if len(ahead) > 1 and not _THIS.match(ahead):
        return ahead
    other = _OTHER.match(text, found.end())
    return text[other.end() if other else found.end() :]


def _last_part(text: str) -> str:
    for place in range(len(text) - 1, -1, -1):
        if text[place] in "，,、。;；!?！？\n“”|" or (text[place] in ":：" and len(text) - place > 2):
            return text[place + 1 :]
    return text
