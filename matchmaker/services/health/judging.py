"""What each item of the health check looks at. Words are looked for as people of the trades use them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from matchmaker.domain.fields import FieldType, fields_of
from matchmaker.domain.listings import ListingKind
from matchmaker.services.reading.indicators import IndicatorRow

LONG_ENOUGH = 80
SAME = 0.9
_PROSE = frozenset({FieldType.LINE, FieldType.PROSE})
TITLE_LEAST = 6

# A technique by its own name, or a general word with something before it: 提取工艺, but not 先进技术.
_METHOD = re.compile(
    r"算法|模型|配方|涂层|涂料|传感|检测|识别|监测|预测|预警|控制器|催化|焊接|热处理|分离|提取|萃取|结晶|发酵|育种|选育|机器人|"
    r"添加剂|制剂|试剂|菌剂|药物|品种|激光|超声|膜法|仿真|数字孪生|物联网|区块链|人工智能|大数据|保鲜|灭菌|脱硫|脱硝|除尘|净化|防护|"
    r"清扫|剔除|分选|烘干|干燥|粉碎|成型|铸造|锻造|加氢|裂解|气化|储能|光伏|引擎|疫苗|"
    r"[\u4e00-\u9fff]{2}(?<!先进)(?<!相关)(?<!有关)(?<!关键)(?<!核心)(?<!新型)(?<!成熟)(?<!寻求)(?<!需要)(?<!现有)(?<!什么)(?<!一种)"
    r"(?<!一项)(?<!提供)(?<!采用)(?<!引进)(?<!解决)(?<!这项)(?<!该项)(?<!升级)(?<!提升)(?<!改进)(?<!公司)(?<!企业)(?<!我们)(?<!最新)"
    r"(?<!可靠)(?<!配套)(?<!整套)(?<!成套)(?<!能的)(?<!进的)(?<!好的)(?<!靠的)(?<!其他)(?<!整体)(?<!生产)(?<!科技)"
    r"(?:技术(?!水平|力量|人员|支持|含量|难题|问题|需求|合作|服务|攻关|改造|升级)|工艺|方法|装备|装置|设备|系统|软件|平台|材料|仪器)"
)
_MEANS = re.compile(r"采用|利用|基于|通过|原理|以[\u4e00-\u9fff]{2,12}为")
_MATERIAL = re.compile(
    r"煤|矿|钢|铁(?!路)|铝|铜|镁|钛|硅|锂|镍|锰|钒|金属|合金|陶瓷|玻璃|石(?!河子)|砂|沙(?!发)|土壤|黏土|水泥|混凝土|沥青|树脂|塑料|"
    r"橡胶|纤维|膜|涂料|漆|胶|油|[尾烟煤氢氧沼]气|天然气|水(?!平|准)|盐|酸|碱|渣|灰|粉|泥|尘|溶[液剂]|原料|棉|麻|毛(?!利|病)|绒|丝|纱|"
    r"布(?!置|局|发)|皮|肉|奶|乳|蛋|果(?!断)(?<!成果|效果|结果|如果)|葡萄|枣|核桃|番茄|苗|种子|作物|小麦|玉米|秸秆|饲料|草(?!案|稿)|木|药材|"
    r"植物|细胞|蛋白|多糖|样[品本]|组织样|血|数据|语音|图像|影像|文本|信号|视频|粮|茶|酒|糖|叶片|晶体|单晶|电解质|催化剂|冰|雪|氢|氨|甲醇|"
    r"废[水气渣料弃]|污[水泥]|浆|颗粒|[钢板]板|板材|管[材道线网]|线缆|电缆|羊|牛|马(?!上)|驼|鸡|猪|鱼|虫|菌|病害"
)
_EFFECT = re.compile(
    r"(?:提高|提升(?!整体|水平|管理|竞争|综合)|增加|增强|延长|加快|降低|减少|减轻|缩短|避免|防止|抑制|消除|去除|改善|稳定|保持|恢复|节约|节省)[\u4e00-\u9fffa-zA-Z\d]{2}"
    r"|达到|不低于|不高于|不超过|不小于|不大于|小于|大于|低于|高于|优于|以上|以内|以下|控制在|不开裂|不损伤|不脱落|节能|"
    r"耐[磨热寒蚀候高低酸碱]|抗[冻裂蚀压氧]|防[腐冻冰锈爆]|能(?:在|够|自动|处理|识别)|[≥≤><]"
)
_PRODUCT = re.compile(
    r"产品|装置|设备|机组|风机|叶片|电站|组件|电池|电机|泵|阀|[锅熔窑高转]炉|罐|塔|井|管道|产线|生产线|流水线|机床|刀具|模具|零件|部件|"
    r"车(?!间)|无人机|仪|传感器|芯片|软件|系统|平台|终端|制剂|胶囊|片剂|药|饮料|食品|面料|服装|纱线|膜|涂层|[板型管]材|构件|轴承|齿轮|"
    r"变压器|开关|电缆|箱|包装|肥料|有机肥|农药|饲料|种子|品种|大棚|温室|牧场|牛舍|农机|[\u4e00-\u9fff]机(?!会|制|构|理|遇)|[\u4e00-\u9fff]器(?!重)|"
    r"[工模夹农]具"
)
_APPLICATION = re.compile(
    r"(?:用于|适用于?|应用[于在到]?|适应|使用)[\u4e00-\u9fffa-zA-Z\d]{2}|场合|场景|环境|条件下|工况|现场|野外|户外|井下|地下|高原|[高寒]寒|寒区|"
    r"寒冷|低温|冬季|夏季|零下|沙漠|戈壁|风沙|风区|高温|高压|高湿|干旱|盐碱|园区|矿区|矿山|油田|农田|棉田|草原|牧区|果园|大田|医院|临床|"
    r"学校|口岸|铁路|公路|电网|电站|仓库|车间|工厂|厂区|[\u4e00-\u9fff]厂(?!家|商)|生产线|产线|规模化|批量|工业化|连续运行|作业|服役|施工|机房|"
    r"地区|牧场|猪场|养殖场|大棚|温室|水库|渠|港"
)
_EMPTY_TITLE = re.compile(
    r"(?:关于|有关|企业|公司|我司|本公司|本单位|单位|产业|项目|新|一种|一项|若干|几项|各类|相关|关键|核心|共性|重大|科技|技术|成果|难题|问题|"
    r"需求|攻关|转让|转化|合作|开发|研发|研究|应用|推广|征集|求助|升级|改造|创新|介绍|简介|名称|标题|测试|的|与|和|及|等|一|二|三|\d|\W)+"
)
_NO_UNIT = re.compile(
    r"ph|比$|之比|系数|指数|因子|等级|级别|次数|个数|数量|倍数|信噪比|密实度|得分|评分|f1|auc|map", re.IGNORECASE
)
_OPEN_PRICE = re.compile(r"面议|面谈|协商|议价|洽谈")
_RIGHTS = re.compile(r"专利|软件著作权|软著|著作权|品种权|植物新品种|技术秘密|专有技术|know-?how|商标", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """A revision as the items look at it: `main` is the problem or the description, `text` all of its prose."""

    values: Mapping[str, Any]
    main: str
    text: str

    @classmethod
    def of(cls, kind: str, values: Mapping[str, Any]) -> "Written":
        """Read typed values; fields that are not among them are empty."""
        whole = {spec.name: values.get(spec.name) for spec in fields_of(kind)}
        main = whole["problem" if kind == ListingKind.NEED else "description"] or ""
        proses = (str(whole[spec.name]) for spec in fields_of(kind) if spec.type in _PROSE and whole[spec.name])
        return cls(whole, main, "\n".join(proses))


def has(name: str) -> Callable[[Written], bool]:
    """Return the question whether a field is filled."""
    return lambda written: written.values[name] not in (None, "", ())


def has_number(written: Written) -> bool:
    """Whether one of the indicators holds a number."""
    return any(map(_has_number, (written.values["indicators"] or ())))


def units_are_given(written: Written) -> bool:
    """Whether each number among the indicators has its comparator and, where one is due, its unit."""
    numbers = [row for row in (written.values["indicators"] or ()) if _has_number(row)]
    return bool(numbers) and all(map(_is_clear, numbers))


def names_method(written: Written) -> bool:
    """Whether it says what kind of technique it is about, beyond the bare word."""
    values = written.values
    return bool(_METHOD.search("\n".join((values["title"] or "", values["abstract"] or "", written.main))))


def describes_method(written: Written) -> bool:
    """Whether an achievement says by what means it works."""
    return names_method(written) or bool(_METHOD.search(written.text) or _MEANS.search(written.text))


def names_material(written: Written) -> bool:
    """Whether it says what is worked on."""
    return bool(_MATERIAL.search(written.text))


def names_effect(written: Written) -> bool:
    """Whether it says what is to become better; indicators with numbers say so too."""
    return bool(_EFFECT.search(written.main)) or has_number(written)


def names_product(written: Written) -> bool:
    """Whether it says in what product or machine."""
    return bool(_PRODUCT.search(written.text))


def names_application(written: Written) -> bool:
    """Whether it says where and under what conditions."""
    return bool(_APPLICATION.search(written.text))


def is_long_enough(written: Written) -> bool:
    """Whether the main text can say what is difficult."""
    return len(written.main) >= LONG_ENOUGH


def title_says_something(written: Written) -> bool:
    """Whether the title is more than 技术需求 or 关于某项技术的合作."""
    title = written.values["title"] or ""
    return len(title) >= TITLE_LEAST and not _EMPTY_TITLE.fullmatch(title)


def abstract_is_its_own(written: Written) -> bool:
    """Whether the abstract is written for itself: not the main text, not its title again."""
    abstract = written.values["abstract"] or ""
    if not abstract or abstract == written.values["title"]:
        return False
    return not _same(abstract, written.main)


def applications_are_given(written: Written) -> bool:
    """Whether an achievement says what it is good for."""
    return len(written.values["applications"] or "") >= TITLE_LEAST


def price_is_given(written: Written) -> bool:
    """Whether there is a price, or the word that it is to be agreed."""
    return written.values["price"] is not None or bool(_OPEN_PRICE.search(written.text))


def rights_are_given(written: Written) -> bool:
    """Whether an achievement says what protects it."""
    return bool(written.values["patents"]) or bool(_RIGHTS.search(written.text))


def _same(one: str, other: str) -> bool:
    """Whether two texts are the same but for a few words; the quick bounds spare nearly all the comparing."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return all(ratio() >= SAME for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))


def _has_number(row: IndicatorRow) -> bool:
    return any(character.isdigit() for character in row.value)


def _is_clear(row: IndicatorRow) -> bool:
    return row.comparator != "text" and bool(row.unit or _NO_UNIT.search(row.name))
