"""Master data. Company, user, currency, country and unit are shared by all companies; everything else belongs to one."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow


class Currency(models.Model):
    """An ISO 4217 currency and how many decimals its smallest coin has."""

    code = fields.code(3, primary_key=True)
    minor_units = models.SmallIntegerField()

    class Meta:
        db_table = "currency"


class Country(models.Model):
    """An ISO 3166 country."""

    code = fields.code(2, primary_key=True)
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)

    class Meta:
        db_table = "country"


class Unit(models.Model):
    """A unit of measure, by its UN/ECE Recommendation 20 code."""

    code = fields.code(8, primary_key=True)
    name = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=40)

    class Meta:
        db_table = "unit"


class Company(models.Model):
    """A wholesaler that runs on this system, and which steps it lets run by themselves.

    `works_on` are the ISO weekdays on which goods leave: 1 is Monday. Address, tax id and bank account stand on its papers.
    """

    id = models.AutoField(primary_key=True)
    code = fields.code(20, unique=True)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, db_default="")
    currency = models.ForeignKey(Currency, models.PROTECT, db_column="currency")
    time_zone = fields.code(60, db_default="Asia/Shanghai")
    language = fields.code(10, db_default="zh-hans")
    rounding = fields.code(10, db_default="half_up")
    works_on = fields.code(7, db_default="12345")
    auto_release = models.BooleanField(db_default=True)
    auto_allocate = models.BooleanField(db_default=True)
    auto_notice = models.BooleanField(db_default=True)
    auto_invoice = models.BooleanField(db_default=True)
    finance_confirms = models.BooleanField(db_default=False)
    is_generated = models.BooleanField(db_default=False)
    address = models.CharField(max_length=300, db_default="")
    city = models.CharField(max_length=100, db_default="")
    postcode = fields.code(20, db_default="")
    country = fields.code(2, db_default="")
    phone = fields.code(40, db_default="")
    tax_id = fields.code(40, db_default="")
    bank_name = models.CharField(max_length=200, db_default="")
    bank_account = fields.code(40, db_default="")

    class Meta:
        db_table = "company"
        constraints = (
            models.CheckConstraint(condition=models.Q(rounding__in=["half_up", "half_even"]), name="rounding_is_known"),
            models.CheckConstraint(condition=models.Q(works_on__regex="^[1-7]{1,7}$"), name="company_works_on_some_day"),
        )


class User(AbstractUser):
    """A person or program that signs in; what it may do is said by its memberships."""

    language = fields.code(10, blank=True, default="")

    class Meta:
        db_table = "app_user"


class Role(models.TextChoices):
    """What a member of a company may do; `dinghuo.reference.access` says which role may call what."""

    ADMIN = "admin", _("Administrator")
    SALES = "sales", _("Sales")
    CREDIT = "credit", _("Credit control")
    WAREHOUSE = "warehouse", _("Warehouse")
    FINANCE = "finance", _("Finance")
    AUDITOR = "auditor", _("Auditor")
    CUSTOMER = "customer", _("Customer")


class Warehouse(CompanyRow):
    """A place that holds stock and ships it. Lower `priority` is asked first."""

    code = fields.code(20)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, db_default="")
    address = models.CharField(max_length=300, db_default="")
    city = models.CharField(max_length=100, db_default="")
    country = models.ForeignKey(Country, models.PROTECT, db_column="country", db_index=False, related_name="+")
    priority = models.SmallIntegerField(db_default=1)
    is_active = models.BooleanField(db_default=True)

    class Meta:
        db_table = "warehouse"
        constraints = (models.UniqueConstraint(fields=["company_id", "code"], name="warehouse_code_is_unique"),)


class Carrier(CompanyRow):
    """Who moves goods: own fleet, pick-up by the customer, or a carrier. `country` empty serves every country."""

    code = fields.code(20)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, db_default="")
    mode = fields.code(20, db_default="road")
    country = fields.code(2, db_default="")
    weight_kg_max = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    transit_days = models.SmallIntegerField(db_default=2)
    base_price = fields.amount(db_default=0)
    price_per_kg = fields.amount(db_default=0)
    is_active = models.BooleanField(db_default=True)

    class Meta:
        db_table = "carrier"
        constraints = (models.UniqueConstraint(fields=["company_id", "code"], name="carrier_code_is_unique"),)


class PriceList(CompanyRow):
    """Prices agreed with some customers; a product without an item here has its list price."""

    code = fields.code(20)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, db_default="")

    class Meta:
        db_table = "price_list"
        constraints = (models.UniqueConstraint(fields=["company_id", "code"], name="price_list_code_is_unique"),)


class Customer(CompanyRow):
    """Who orders and pays. A credit limit of null means that credit is not checked.

    Customers with one `parent` share its `group_credit_limit`. `receiving_days` are ISO weekdays as digits, "12345", every day when
    empty; `po_must_be_unique` null leaves it to the rules. Who pays within `cash_discount_days` may deduct `cash_discount_rate`.
    """

    code = fields.code()
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, db_default="")
    customer_class = fields.code(4, db_default="B")
    country = models.ForeignKey(Country, models.PROTECT, db_column="country", db_index=False, related_name="+")
    address = models.CharField(max_length=300, db_default="")
    city = models.CharField(max_length=100, db_default="")
    region = models.CharField(max_length=100, db_default="")
    postcode = fields.code(12, db_default="")
    contact = models.CharField(max_length=100, db_default="")
    phone = fields.code(40, db_default="")
    email = models.CharField(max_length=254, db_default="")
    language = fields.code(10, db_default="zh-hans")
    tax_id = fields.code(40, db_default="")
    tax_rate = fields.rate(null=True)
    payment_terms_days = models.SmallIntegerField(db_default=30)
    cash_discount_rate = fields.rate(db_default=0)
    cash_discount_days = models.SmallIntegerField(db_default=0)
    credit_limit = fields.amount(null=True)
    parent: "fields.Within[Customer | None, Customer | None]" = fields.Within("self", null=True)
    group_credit_limit = fields.amount(null=True)
    order_maximum = fields.amount(null=True)
    credit_limit_expires_on = models.DateField(null=True)
    account_status = fields.code(20, db_default="")
    dunning_level = models.SmallIntegerField(db_default=0)
    receiving_days = fields.code(7, db_default="")
    po_must_be_unique = models.BooleanField(null=True)
    price_list = fields.Within(PriceList, null=True)
    is_blocked = models.BooleanField(db_default=False)
    is_walk_in = models.BooleanField(db_default=False)
    is_generated = models.BooleanField(db_default=False)

    class Meta:
        db_table = "customer"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "code"], name="customer_code_is_unique"),
            models.CheckConstraint(condition=models.Q(credit_limit__gte=0), name="credit_limit_is_not_negative"),
            models.CheckConstraint(condition=models.Q(payment_terms_days__range=(0, 365)), name="payment_terms_within_a_year"),
        )
        indexes = (
            models.Index(fields=["company_id", "parent"], condition=models.Q(parent__isnull=False), name="customer_by_parent"),
        )


class Product(CompanyRow):
    """What is sold. `standard_cost` values returns and corrections whose original cost is not known.

    Stock of a product that `keeps_lots` is kept lot by lot; of any other it has none.
    """

    code = fields.code()
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, db_default="")
    category = fields.code(60, db_default="")
    unit = models.ForeignKey(Unit, models.PROTECT, db_column="unit", db_index=False, related_name="+")
    barcode = fields.code(14, db_default="")
    list_price = fields.unit_price()
    standard_cost = fields.unit_price()
    tax_rate = fields.rate()
    weight_kg = models.DecimalField(max_digits=10, decimal_places=3, db_default=0)
    case_quantity = fields.quantity(db_default=1)
    reorder_level = fields.quantity(db_default=0)
    keeps_lots = models.BooleanField(db_default=False)
    minimum_quantity = fields.quantity(null=True)
    lead_time_days = models.SmallIntegerField(null=True)
    sold_from = models.DateField(null=True)
    discontinued_on = models.DateField(null=True)
    is_dual_use = models.BooleanField(db_default=False)
    is_blocked = models.BooleanField(db_default=False)
    is_generated = models.BooleanField(db_default=False)

    class Meta:
        db_table = "product"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "code"], name="product_code_is_unique"),
            models.CheckConstraint(
                condition=models.Q(list_price__gte=0, standard_cost__gte=0, tax_rate__gte=0),
                name="product_prices_not_negative",
            ),
            models.CheckConstraint(condition=models.Q(case_quantity__gt=0), name="product_case_is_positive"),
        )


class PriceListItem(CompanyRow):
    """The agreed price of one product in one list, from a date on."""

    price_list = fields.Within(PriceList)
    product = fields.Within(Product)
    unit_price = fields.unit_price()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        db_table = "price_list_item"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "price_list", "product", "valid_from"], name="one_agreed_price_per_day"),
            models.CheckConstraint(condition=models.Q(unit_price__gte=0), name="agreed_price_not_negative"),
        )


class AssortmentItem(CompanyRow):
    """A product that a customer, or a class of customers, may buy or may not; a denial outranks an allowance.

    Whoever has any allowance may buy what is allowed alone.
    """

    customer = fields.Within(Customer, null=True)
    customer_class = fields.code(4, db_default="")
    product = fields.Within(Product)
    is_allowed = models.BooleanField(db_default=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        db_table = "assortment_item"
        indexes = (models.Index(fields=["company_id", "product"], name="assortment_by_product"),)


class Membership(CompanyRow):
    """What a user is in a company; a member with role `customer` sees that customer's documents only."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = fields.code(20, choices=Role.choices)
    customer = fields.Within(Customer, null=True)

    class Meta:
        db_table = "membership"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "user", "role"], name="one_membership_per_role"),
            models.CheckConstraint(
                condition=models.Q(role="customer", customer__isnull=False) | ~models.Q(role="customer") & models.Q(customer=None),
                name="customer_members_name_their_customer",
            ),
        )


class ApiToken(CompanyRow):
    """A program's way in: only the SHA-256 of the token is kept; `scopes` narrow what its user's role allows."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    token_hash = models.BinaryField(unique=True)
    scopes = models.JSONField(db_default=[])
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_token"
