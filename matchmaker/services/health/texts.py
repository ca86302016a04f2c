"""What the items of the health check are called, and the advice where one does not pass."""

from matchmaker.domain.language import N_
from matchmaker.domain.listings import ListingKind

_NEED_LABELS = {
    "indicator_number": N_("有量化指标"),
    "indicator_unit": N_("指标有比较方式和单位"),
    "method": N_("点明要找哪类技术"),
    "material": N_("说明处理对象或材料"),
    "effect": N_("说明期望效果"),
    "product": N_("说明用在什么产品或设备上"),
    "application": N_("说明应用场合"),
    "length": N_("正文足够详细"),
    "title": N_("名称说明内容"),
    "abstract": N_("摘要另写，不照抄正文"),
    "budget": N_("写明拟投入资金"),
    "deadline": N_("写明期望完成日期"),
    "ip": N_("写明知识产权归属"),
    "cooperation": N_("选择合作方式"),
    "keywords": N_("填写关键词"),
    "industry": N_("选择所属行业"),
}
_ACHIEVEMENT_LABELS = {
    "indicator_number": N_("有量化指标"),
    "indicator_unit": N_("指标有比较方式和单位"),
    "method": N_("说明采用什么技术"),
    "effect": N_("说明实际效果"),
    "length": N_("简介足够详细"),
    "title": N_("名称说明内容"),
    "abstract": N_("摘要另写，不照抄正文"),
    "stage": N_("写明成果阶段"),
    "trl": N_("写明技术就绪度"),
    "trl_evidence": N_("就绪度有依据"),
    "applications": N_("说明应用场合"),
    "price": N_("写明报价或面议"),
    "patents": N_("写明知识产权"),
    "cooperation": N_("选择合作方式"),
    "keywords": N_("填写关键词"),
    "industry": N_("选择所属行业"),
}
_NEED_ADVICE = {
    "indicator_number": N_("没有一项指标带数值。写上两三项，例如：能耗 ≤ 45 kWh/t。"),
    "indicator_unit": N_("指标要有比较方式和单位：请选好比较方式，数值和单位分开填。"),
    "method": N_("没有点明要找的是哪类技术：工艺、材料、装备、软件还是检测方法？"),
    "material": N_("没有说明针对什么材料或原料，例如：高钠煤、棉籽、铝合金。"),
    "effect": N_("没有说明要达到什么效果：提高、降低或避免什么，到什么程度？"),
    "product": N_("没有说明用在什么产品、设备或生产线上。"),
    "application": N_("没有说明在什么场合和条件下使用，例如：冬季野外、井下、车间现场。"),
    "length": N_("正文太短，外人看不懂难点在哪里。请写到八十字以上。"),
    "title": N_("名称太笼统。请写成“什么对象的什么问题或技术”，例如：风电叶片低温除冰涂层。"),
    "abstract": N_("公开摘要和正文一样。摘要人人可见，请另写两三句，不写细节。"),
    "budget": N_("没有写拟投入资金，对方难以判断是否合适。写一个范围也可以。"),
    "deadline": N_("没有写期望完成日期。"),
    "ip": N_("没有写成果的知识产权归谁，这是洽谈中最常见的分歧。"),
    "cooperation": N_("没有选择合作方式。"),
    "keywords": N_("没有关键词。写上两三个行内常用的说法。"),
    "industry": N_("没有选择国民经济行业。"),
}
_ACHIEVEMENT_ADVICE = {
    "indicator_number": N_("没有一项指标带数值。写上已经测得的两三项，例如：附着强度 ≤ 20 kPa。"),
    "indicator_unit": N_("指标要有比较方式和单位：请选好比较方式，数值和单位分开填。"),
    "method": N_("没有说明用的是什么原理、工艺或方法。"),
    "effect": N_("没有说明带来什么效果：提高、降低或避免了什么？"),
    "length": N_("成果简介太短，外人看不懂做到了什么。请写到八十字以上。"),
    "title": N_("名称太笼统。请写成“什么对象的什么技术或产品”，例如：耐候疏冰复合涂料。"),
    "abstract": N_("公开摘要和正文一样。请另写两三句，让外行也看得懂。"),
    "stage": N_("没有选择成果阶段，企业首先要看这一项。"),
    "trl": N_("没有选择技术就绪度（GB/T 22900 的 1 到 9 级）。"),
    "trl_evidence": N_("没有写就绪度的依据，例如：何时何地做过中试、第三方检测报告。"),
    "applications": N_("没有写应用场合：哪些行业、哪种产品、什么条件下能用？"),
    "price": N_("没有报价。不便公开时，请在“对合作方的期望”里写“价格面议”。"),
    "patents": N_("没有写专利号。没有专利的，请说明是软件著作权、品种权还是技术秘密。"),
    "cooperation": N_("没有选择合作方式。"),
    "keywords": N_("没有关键词。写上两三个行内常用的说法。"),
    "industry": N_("没有选择国民经济行业。"),
}
LABELS: dict[str, dict[str, str]] = {ListingKind.NEED: _NEED_LABELS, ListingKind.ACHIEVEMENT: _ACHIEVEMENT_LABELS}
ADVICE: dict[str, dict[str, str]] = {ListingKind.NEED: _NEED_ADVICE, ListingKind.ACHIEVEMENT: _ACHIEVEMENT_ADVICE}
