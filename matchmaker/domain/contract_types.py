"""The questions by which people find out what type a technology contract is, and what each answer says about it.

Sources: Civil Code (民法典), book three, chapter twenty; the Supreme Court's interpretation on technology contracts
(法释〔2020〕19 号). An answer never decides; the office that registers the contract does.
"""

from dataclasses import dataclass, field

from matchmaker.domain.contracts import ContractKind
from matchmaker.domain.language import N_

DEVELOPMENT, TRANSFER, LICENCE = ContractKind.DEVELOPMENT, ContractKind.TRANSFER, ContractKind.LICENCE
CONSULTING, SERVICE = ContractKind.CONSULTING, ContractKind.SERVICE


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the types that it speaks for and against, and the sentence that says why.

    `sub_kinds` gives the sub-type by type, a code of the table `contract_kinds`.
    """

    code: str
    text: str
    because: str
    towards: frozenset[ContractKind] = frozenset()
    against: frozenset[ContractKind] = frozenset()
    sub_kinds: dict[ContractKind, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `only_for` are the types for which it is worth asking, none means always."""

    code: str
    text: str
    answers: tuple[Answer, ...]
    only_for: frozenset[ContractKind] = frozenset()

    def answer(self, code: str | None) -> Answer | None:
        """Return the answer of a code, None where there is no such answer."""
        return next((each for each in self.answers if each.code == code), None)


DELIVERS = Question(
    "delivers",
    N_("卖方按合同交付的主要是什么？"),
    (
        Answer(
            "result",
            N_("研究开发出来的新成果：新产品、新工艺、新材料或者新的系统"),
            N_("技术开发合同就新技术、新产品、新工艺、新品种或者新材料及其系统的研究开发订立（民法典第 851 条）。"),
            frozenset({DEVELOPMENT}),
        ),
        Answer(
            "ownership",
            N_("现有的专利、专利申请、技术秘密或软件，权利让给买方"),
            N_("把现有技术的相关权利让与他人的，是技术转让合同（民法典第 862 条第 1 款）。"),
            frozenset({TRANSFER}),
            frozenset({LICENCE}),
        ),
        Answer(
            "use",
            N_("现有技术的使用权，权利仍归卖方"),
            N_("许可他人实施、使用现有技术的，是技术许可合同（民法典第 862 条第 2 款）。"),
            frozenset({LICENCE}),
            frozenset({TRANSFER}),
        ),
        Answer(
            "report",
            N_("可行性论证、技术预测、专题调查、分析评价等报告或意见"),
            N_("就特定技术项目提供论证、预测、调查、评价报告的，是技术咨询合同（民法典第 878 条第 1 款）。"),
            frozenset({CONSULTING}),
        ),
        Answer(
            "solution",
            N_("用已有的技术知识，解决买方一个具体的技术问题"),
            N_("以技术知识为对方解决特定技术问题的，是技术服务合同（民法典第 878 条第 2 款）。"),
            frozenset({SERVICE}),
            sub_kinds={SERVICE: "technical_service"},
        ),
        Answer(
            "training",
            N_("技术培训"),
            N_("技术培训合同按技术服务一类登记（民法典第 887 条）。"),
            frozenset({SERVICE}),
            sub_kinds={SERVICE: "training_service"},
        ),
        Answer(
            "introduction",
            N_("介绍供需双方认识，促成他们签约"),
            N_("技术中介合同按技术服务一类登记（民法典第 887 条）。"),
            frozenset({SERVICE}),
            sub_kinds={SERVICE: "intermediary_service"},
        ),
        Answer(
            "goods",
            N_("设备、材料、加工件或者工程施工"),
            N_("承揽合同和建设工程合同不是技术服务合同（民法典第 878 条第 2 款），单纯买卖设备也不是技术合同。"),
            against=frozenset(ContractKind),
        ),
    ),
)

KNOWN = Question(
    "known",
    N_("签合同的时候，这项技术已经有了吗？"),
    (
        Answer(
            "no",
            N_("还没有，要经过研究开发才能得到"),
            N_("尚待研究开发的技术成果，不能作为技术转让或技术许可的标的（技术合同司法解释第 22 条）。"),
            frozenset({DEVELOPMENT}),
            frozenset({TRANSFER, LICENCE}),
        ),
        Answer(
            "laboratory",
            N_("有实验室成果，还要做成能用的产品或工艺"),
            N_("就有实用价值的科技成果实施转化订立的合同，参照技术开发合同的规定（民法典第 851 条）。"),
            frozenset({DEVELOPMENT}),
        ),
        Answer(
            "protected",
            N_("已经有了，是专利、专利申请、技术秘密或软件著作权"),
            N_("转让和许可的对象是现有的、特定的、权利清楚的技术（民法典第 862 条）。"),
            frozenset({TRANSFER, LICENCE}),
            frozenset({DEVELOPMENT}),
        ),
        Answer(
            "common",
            N_("已经有了，是行业里通用的知识和经验"),
            N_("不涉及专利、专利申请或者技术秘密的知识和经验，不能转让或许可（技术合同司法解释第 22 条）。"),
            frozenset({CONSULTING, SERVICE}),
            frozenset({DEVELOPMENT, TRANSFER, LICENCE}),
        ),
    ),
)

RIGHTS = Question(
    "rights",
    N_("合同履行完，技术的权利归谁？"),
    (
        Answer(
            "agreed",
            N_("履行中产生的新成果归谁，由合同约定"),
            N_("研究开发产生的成果，归属由当事人约定（民法典第 859、860 条）。"),
            frozenset({DEVELOPMENT}),
        ),
        Answer(
            "buyer",
            N_("卖方现有的权利全部归买方"),
            N_("权利换了主人的是转让，不是许可（民法典第 862 条）。"),
            frozenset({TRANSFER}),
            frozenset({LICENCE}),
        ),
        Answer(
            "seller",
            N_("仍归卖方，买方在约定范围内使用"),
            N_("权利不换主人、只是允许使用的是许可，不是转让（民法典第 862 条）。"),
            frozenset({LICENCE}),
            frozenset({TRANSFER}),
        ),
        Answer(
            "none",
            N_("不涉及技术权利，买方得到的是报告或服务"),
            N_("没有权利让与或许可使用，交付的是知识和劳动：技术咨询或技术服务（民法典第 878 条）。"),
            frozenset({CONSULTING, SERVICE}),
            frozenset({TRANSFER, LICENCE}),
        ),
    ),
)

RISK = Question(
    "risk",
    N_("有没有做不出来的可能？"),
    (
        Answer(
            "uncertain",
            N_("有，可能遇到克服不了的技术困难"),
            N_("研究开发失败的风险由当事人约定，这是技术开发合同特有的内容（民法典第 858 条）。"),
            frozenset({DEVELOPMENT}),
        ),
        Answer(
            "routine",
            N_("没有，用成熟的办法就能做到"),
            N_("结果有把握，卖方要保证做到，这不像研究开发（民法典第 870、883 条）。"),
            frozenset({TRANSFER, LICENCE, SERVICE}),
            frozenset({DEVELOPMENT}),
        ),
        Answer(
            "advice",
            N_("卖方只提意见，用不用、怎么用由买方决定"),
            N_("按咨询意见作出决策的损失由委托人承担，另有约定的除外（民法典第 881 条第 3 款）。"),
            frozenset({CONSULTING}),
        ),
    ),
)

WORK = Question(
    "work",
    N_("研究开发由谁来做？"),
    (
        Answer(
            "seller",
            N_("买方出经费、提要求，卖方来做"),
            N_("一方出经费、另一方完成研究开发的，是委托开发（民法典第 852、853 条）。"),
            sub_kinds={DEVELOPMENT: "commissioned_development"},
        ),
        Answer(
            "both",
            N_("双方都投入，分工一起做"),
            N_("双方按约定投资、分工参与研究开发的，是合作开发（民法典第 855 条）。"),
            sub_kinds={DEVELOPMENT: "joint_development"},
        ),
    ),
    frozenset({DEVELOPMENT}),
)

_BY_RIGHT = N_("转让和许可按权利的种类再分（民法典第 863 条）。")
RIGHT = Question(
    "right",
    N_("是哪一种权利？"),
    tuple(
        Answer(code, text, _BY_RIGHT, sub_kinds={TRANSFER: f"{code}_transfer", LICENCE: licence})
        for code, text, licence in (
            ("patent", N_("已授权的专利"), "patent_licence"),
            ("application", N_("还没有授权的专利申请"), "other_licence"),
            ("secret", N_("技术秘密"), "secret_licence"),
            ("software", N_("计算机软件著作权"), "software_licence"),
            ("other", N_("集成电路布图设计、植物新品种等其他权利"), "other_licence"),
        )
    ),
    frozenset({TRANSFER, LICENCE}),
)

QUESTIONS = (DELIVERS, KNOWN, RIGHTS, RISK, WORK, RIGHT)

MEANINGS: dict[ContractKind, str] = {
    DEVELOPMENT: N_("为得到还没有的新技术、新产品、新工艺、新材料而研究开发，包括成果的实施转化。"),
    TRANSFER: N_("把现有的专利、专利申请、技术秘密等权利让给对方。"),
    LICENCE: N_("允许对方实施、使用现有的专利、技术秘密等，权利仍归自己。"),
    CONSULTING: N_("就特定技术项目提供可行性论证、预测、调查、分析评价。"),
    SERVICE: N_("用技术知识解决对方的特定技术问题；技术培训、技术中介也在这一类。"),
}
