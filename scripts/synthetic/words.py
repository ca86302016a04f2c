"""Words that never were said: names, titles and texts, drawn from lists of the city's trades."""

from dataclasses import dataclass
from random import Random

FAMILY = ("王", "李", "张", "刘", "陈", "杨", "赵", "马", "艾", "阿", "古", "周", "吴", "徐", "热")
GIVEN = ("建国", "丽娜", "海峰", "晓梅", "明远", "依拉", "志强", "文静", "立新", "雪", "斯兰", "合曼", "国栋", "思远")
PLACES = ("天山", "昆仑", "丝路", "塔里木", "准噶尔", "博格达", "红山", "雅玛里克", "乌拉泊", "达坂城")
STYLES = ("新能源", "装备", "材料", "生物", "农业科技", "信息技术", "环保", "化工", "交通", "建设")
UNIVERSITIES = ("理工大学", "农业大学", "医科大学", "师范大学", "工程学院", "科学研究院", "材料研究所", "大学")


@dataclass(frozen=True, slots=True)
class Trade:
    """What one field talks about: things, what ails them, and what is done about it."""

    things: tuple[str, ...]
    troubles: tuple[str, ...]
    ways: tuple[str, ...]


TRADES = {
    "electronics": Trade(
        ("工业视觉检测", "边缘计算网关", "哈萨克语语音识别", "光伏电站监控", "物流调度平台", "低温传感器"),
        ("误报率高", "断网后数据丢失", "多语种识别不准", "响应延迟大", "低温漂移"),
        ("深度学习模型压缩", "断点续传协议", "多任务学习", "时序数据库", "温度补偿算法"),
    ),
    "aerospace": Trade(
        ("无人机植保", "高原通信基站", "北斗授时终端", "遥感影像解译"),
        ("大风下偏航", "供电不稳", "授时漂移", "云层遮挡"),
        ("抗风控制律", "风光互补供电", "守时算法", "多源融合反演"),
    ),
    "manufacturing": Trade(
        ("采棉机采摘头", "风电齿轮箱", "重载减速机", "激光熔覆生产线", "输送带滚筒", "数控机床主轴"),
        ("早期故障难以发现", "磨损快", "加工精度不足", "粉尘进入轴承", "振动超标"),
        ("声纹诊断", "表面强化", "误差补偿", "迷宫密封", "主动减振"),
    ),
    "biomedicine": Trade(
        ("雪莲细胞培养", "肉苁蓉提取物", "包虫病诊断试剂", "骨科植入物", "民族药质量标准"),
        ("产率低", "有效成分不稳定", "假阳性高", "骨结合慢", "缺少指纹图谱"),
        ("生物反应器放大", "微囊包埋", "重组抗原", "多孔钛打印", "液相色谱指纹图谱"),
    ),
    "materials": Trade(
        ("叶片疏冰涂层", "煤基碳纤维", "高纯铝箔", "光伏背板膜", "耐候沥青", "硅基负极材料"),
        ("低温附着力差", "强度离散大", "晶粒粗大", "老化开裂", "低温脆裂", "循环衰减快"),
        ("有机硅改性", "熔纺稳定化", "定向凝固", "共挤改性", "纳米填料", "碳包覆"),
    ),
    "energy": Trade(
        ("风电叶片除冰", "光伏组件清洗", "储能热管理", "煤制氢", "余热回收", "电解水制氢电极"),
        ("覆冰停机", "沙尘遮挡", "温差过大", "能耗高", "回收效率低", "析氧过电位高"),
        ("气热除冰", "无水清扫机器人", "相变冷却", "催化重整", "热管换热", "双金属催化剂"),
    ),
    "environment": Trade(
        ("高盐废水处理", "煤矸石综合利用", "盐碱地改良", "挥发性有机物治理", "尾矿库监测"),
        ("结垢严重", "利用率低", "返盐", "浓度波动大", "预警滞后"),
        ("分质结晶", "烧结制砖", "暗管排盐", "蓄热氧化", "光纤测斜"),
    ),
    "nuclear": Trade(
        ("辐照育种", "工业探伤源管理", "铀矿浸出"),
        ("变异方向难控", "定位不准", "浸出率低"),
        ("剂量梯度筛选", "双模定位标签", "二氧化碳加氧浸出"),
    ),
    "agriculture": Trade(
        ("棉花节水滴灌", "红枣分级", "番茄酱加工", "绒山羊繁育", "林果病虫害防治", "冷链葡萄保鲜"),
        ("堵塞严重", "漏检", "色泽衰减", "产羔率低", "用药过量", "脱粒腐烂"),
        ("自清洗滴头", "近红外分选", "低温浓缩", "同期发情", "性诱剂监测", "二氧化氯缓释"),
    ),
    "transport": Trade(
        ("铁路换装场调度", "戈壁公路防沙", "重卡换电", "口岸集装箱查验"),
        ("作业冲突", "积沙", "换电等待长", "查验时间长"),
        ("约束规划排程", "导沙板阵列", "柔性充电调度", "射线图像识别"),
    ),
    "city": Trade(
        ("供热管网平衡", "严寒地区装配式建筑", "地下管廊巡检", "垃圾分选"),
        ("近热远冷", "接缝渗漏", "盲区多", "误分率高"),
        ("自适应水力平衡", "低温灌浆料", "轨道巡检机器人", "多光谱识别"),
    ),
}
FIELDS = tuple(TRADES)
# The city's contracts are not spread evenly over the fields.
WEIGHTS = (14, 3, 16, 8, 14, 16, 9, 1, 12, 5, 6)


def draw_field(random: Random) -> str:
    """Draw a field as often as the city has it."""
    return random.choices(FIELDS, WEIGHTS)[0]


def need_text(random: Random, field: str, number: int) -> dict[str, object]:
    """Return a complete need as a form sends it."""
    trade = TRADES[field]
    thing, trouble = random.choice(trade.things), random.choice(trade.troubles)
    limit = random.randint(5, 60)
    return {
        "title": f"{thing}{trouble}问题求解（{number}号）",
        "abstract": f"现场{thing}{trouble}，寻求可以在两年内用到生产线上的办法。",
        "problem": (
            f"我们的{thing}在冬季和沙尘季节{trouble}，去年因此停工{limit}天。试过更换供应商和加密维护，没有根本解决。"
            f"希望合作方给出样机或工艺包，在现场连续运行三个月，指标达到要求后批量采用。"
        ),
        "indicators": [{"name": "故障率", "comparator": "le", "value": str(limit), "upper": "", "unit": "%"}],
        "cooperation": [random.choice(("commissioned", "joint", "transfer", "service"))],
        "field": field,
        "budget": f"{random.randint(3, 80) * 10}万",
    }


def achievement_text(random: Random, field: str, number: int) -> dict[str, object]:
    """Return a complete achievement as a form sends it."""
    trade = TRADES[field]
    thing, way = random.choice(trade.things), random.choice(trade.ways)
    return {
        "title": f"面向{thing}的{way}技术（{number}号）",
        "abstract": f"以{way}解决{thing}中的难题，已完成中试。",
        "description": (
            f"成果以{way}为核心，针对{thing}在寒冷干旱地区的使用条件做了专门设计。"
            f"样机运行{random.randint(200, 3000)}小时，"
            f"主要指标优于同类产品，已申请专利，可提供工艺包和现场调试。"
        ),
        "cooperation": [random.choice(("license_ordinary", "joint", "transfer", "service"))],
        "field": field,
        "stage": random.choice(("lab", "pilot", "mature")),
    }


def enterprise_name(random: Random, number: int) -> str:
    """Return the name of an enterprise; numbers keep them apart."""
    return f"{PLACES[number % len(PLACES)]}{random.choice(STYLES)}（{number + 1}）有限公司"


def university_name(number: int) -> str:
    """Return the name of a university or an institute."""
    return f"{PLACES[number % len(PLACES)]}{UNIVERSITIES[number % len(UNIVERSITIES)]}{number // 8 or ''}"
