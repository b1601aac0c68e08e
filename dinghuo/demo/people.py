"""Who works at the demo company, who orders from it, and what they say."""

from typing import Final

from dinghuo.reference.models import Role

# Known to everybody who reads this, and so good for nothing but a company of made-up data.
SIGN_IN_WITH: Final = "yunling-demo-tea"

USERS: Final = (
    ("demo-admin", Role.ADMIN, None, "管理员 administrator"),
    ("demo-sales", Role.SALES, None, "销售 sales"),
    ("demo-credit", Role.CREDIT, None, "信控 credit control"),
    ("demo-warehouse", Role.WAREHOUSE, None, "仓库 warehouse"),
    ("demo-finance", Role.FINANCE, None, "财务 finance"),
    ("demo-auditor", Role.AUDITOR, None, "审计 auditor"),
    ("demo-hangzhou", Role.CUSTOMER, "C001", "客户：杭州钱塘惠民超市 customer in Hangzhou"),
    ("demo-singapore", Role.CUSTOMER, "C056", "客户：新加坡 customer in Singapore"),
)

SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN_NAMES: Final = (*"伟芳娜敏静丽强磊洋艳勇杰娟涛明超", "秀英", "建国", "文博", "雨桐")
CONTACTS_ABROAD: Final = ("Tan Wei Ling", "Somchai Prasert", "Claire Beaumont", "Jens Petersen", "Olivia Hart")

# What a reviewer writes, with the reason code that goes with it.
RELEASE_REASONS: Final = (
    ("limit_agreed", "客户承诺本周内付款，信控主管同意放行。"),
    ("known_customer", "老客户，上月按时付清，同意超额发货。"),
    ("paid", "已收到付款凭证，先行放行。"),
)
REJECT_REASONS: Final = (("credit_risk", "多次逾期，且未回复催款。"), ("credit_risk", "超出额度过多，客户不愿预付。"))
CANCEL_REASONS: Final = ("客户改变计划。", "重复下单。", "客户改订其他规格。")
RETURN_REASONS: Final = ("外包装破损", "发错规格", "临近保质期", "数量多发", "客户不再需要")

COMMENTS: Final = {
    5: (
        "送货很快，包装完好。",
        "品质一如既往，下次还订。",
        "Everything arrived as ordered, thank you.",
        "客服回复及时，非常满意。",
        "",
    ),
    4: ("总体不错，送货晚了半天。", "货品很好，标签可以再清楚些。", "Good goods, one carton slightly dented.", ""),
    3: ("有两样缺货，分两次送来。", "价格比上次高了一点。", "Delivery came without a call beforehand."),
    2: ("等了一周才到，耽误销售。", "Two boxes were wet."),
    1: ("发错货，退换很麻烦。", "Half of the order was missing."),
}
ANSWERS: Final = {
    True: ("感谢支持，期待再次合作！", "Thank you, we will pass this on to the warehouse."),
    False: (
        "非常抱歉，我们已联系承运商并会给您补偿。",
        "We are sorry. Our sales team will call you today.",
        "抱歉缺货，下批到货后优先安排。",
    ),
}
