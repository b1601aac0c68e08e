"""A wholesaler in plain Python, with one warehouse and goods of one price: what the journey must come to, step by step.

Each operation returns whether it is done; a refused one changes nothing.
"""

from dataclasses import dataclass, field
from decimal import Decimal

GROSS_OF_UNIT = Decimal("11.30")


@dataclass
class Line:
    """An order line's counters."""

    ordered: int
    allocated: int = 0
    shipped: int = 0
    invoiced: int = 0


@dataclass
class Shipment:
    """Goods by product, how many of them came back, and what billed them."""

    goods: dict[int, int]
    state: str = "notice"
    returned: dict[int, int] = field(default_factory=dict)
    invoice: int | None = None


@dataclass
class Order:
    """An order of one line a product."""

    customer: int
    lines: dict[int, Line]
    state: str = "draft"
    version: int = 1
    invoiced: Decimal = Decimal(0)
    shipments: dict[int, Shipment] = field(default_factory=dict)

    @property
    def gross(self) -> Decimal:
        return sum(line.ordered for line in self.lines.values()) * GROSS_OF_UNIT

    @property
    def has_stock(self) -> bool:
        return any(line.allocated for line in self.lines.values())

    def loose(self) -> dict[int, int]:
        """Allocated goods that no shipment holds."""
        held = [each.goods for each in self.shipments.values() if each.state == "notice"]
        found = {
            product: line.allocated - line.shipped - sum(goods.get(product, 0) for goods in held)
            for product, line in self.lines.items()
        }
        return {product: units for product, units in found.items() if units}


@dataclass
class Invoice:
    """A document that bills (or, negative, credits); `open` counts once it is posted."""

    customer: int
    order: int
    gross: Decimal
    state: str = "draft"
    open: Decimal = Decimal(0)
    is_credit: bool = False


@dataclass
class Model:
    """Everything there is; keys are the ids of the rows."""

    on_hand: dict[int, int]
    limits: dict[int, Decimal | None]
    blocked: set[int]
    orders: dict[int, Order] = field(default_factory=dict)
    invoices: dict[int, Invoice] = field(default_factory=dict)
    payments: dict[int, tuple[int, Decimal]] = field(default_factory=dict)

    def allocated(self, product: int) -> int:
        """Units of a product that are promised and have not left."""
        lines = [order.lines[product] for order in self.orders.values() if product in order.lines]
        return sum(line.allocated - line.shipped for line in lines)

    def owed(self, customer: int) -> Decimal:
        """What a customer owes, less credits."""
        return sum((each.open for each in self.invoices.values() if each.customer == customer), Decimal(0))

    def paid_ahead(self, customer: int) -> Decimal:
        """What is left of a customer's payments."""
        return sum((left for owner, left in self.payments.values() if owner == customer), Decimal(0))

    def submit(self, key: int) -> bool:
        return self.move(key, {"draft"}, "submitted")

    def move(self, key: int, sources: set[str], target: str) -> bool:
        order = self.orders[key]
        if order.state not in sources:
            return False
        order.state = target
        return True

    def review(self, key: int) -> bool:
        order = self.orders[key]
        if order.state != "submitted":
            return False
        limit = self.limits[order.customer]
        others = [other for other in self.orders.values() if other.customer == order.customer and other.state == "released"]
        exposure = sum((other.gross - other.invoiced for other in others), Decimal(0))
        exposure += self.owed(order.customer) - self.paid_ahead(order.customer) + order.gross
        is_held = order.customer in self.blocked or (limit is not None and exposure > limit)
        order.state = "held" if is_held else "released"
        return True

    def amend(self, key: int, product: int, units: int, version: int) -> bool:
        order = self.orders[key]
        if order.version != version or order.state not in {"draft", "submitted", "held", "released"} or order.has_stock:
            return False
        order.lines[product].ordered = units
        order.version += 1
        order.state = "draft" if order.state == "draft" else "submitted"
        return True

    def cancel(self, key: int) -> bool:
        order = self.orders[key]
        return not order.has_stock and self.move(key, {"draft", "submitted", "held", "released"}, "cancelled")

    def withdraw(self, key: int) -> bool:
        order = self.orders[key]
        if order.state not in {"draft", "submitted", "held", "released"} or any(line.shipped for line in order.lines.values()):
            return False
        for shipment in order.shipments.values():
            shipment.state = "cancelled"
        self.give_back(key)
        return self.cancel(key)

    def allocate(self, key: int) -> bool:
        """Whether anything was given; a first look that finds nothing is done too, and so is not told here."""
        order = self.orders[key]
        if order.state != "released":
            return False
        given = 0
        for product, line in order.lines.items():
            units = min(line.ordered - line.allocated, self.on_hand[product] - self.allocated(product))
            line.allocated += units
            given += units
        return given > 0

    def give_back(self, key: int) -> bool:
        order = self.orders[key]
        loose = order.loose()
        for product, units in loose.items():
            order.lines[product].allocated -= units
        return bool(loose)

    def can_notice(self, key: int) -> bool:
        order = self.orders[key]
        return order.state == "released" and bool(order.loose())

    def notice(self, key: int, shipment_id: int) -> None:
        self.orders[key].shipments[shipment_id] = Shipment(self.orders[key].loose())

    def dispatch(self, key: int, shipment_id: int) -> bool:
        order = self.orders[key]
        shipment = order.shipments[shipment_id]
        if shipment.state != "notice" or order.state != "released":
            return False
        shipment.state = "dispatched"
        for product, units in shipment.goods.items():
            order.lines[product].shipped += units
            self.on_hand[product] -= units
        return True

    def deliver(self, key: int, shipment_id: int) -> bool:
        shipment = self.orders[key].shipments[shipment_id]
        is_on_road = shipment.state == "dispatched"
        shipment.state = "delivered" if is_on_road else shipment.state
        return is_on_road

    def cancel_shipment(self, key: int, shipment_id: int) -> bool:
        shipment = self.orders[key].shipments[shipment_id]
        is_notice = shipment.state == "notice"
        shipment.state = "cancelled" if is_notice else shipment.state
        return is_notice

    def can_bill(self, key: int, shipment_id: int) -> bool:
        shipment = self.orders[key].shipments[shipment_id]
        return shipment.state in {"dispatched", "delivered"} and shipment.invoice is None

    def bill(self, key: int, shipment_id: int, invoice_id: int) -> None:
        order = self.orders[key]
        shipment = order.shipments[shipment_id]
        shipment.invoice = invoice_id
        for product, units in shipment.goods.items():
            order.lines[product].invoiced += units
        self.invoices[invoice_id] = Invoice(order.customer, key, sum(shipment.goods.values()) * GROSS_OF_UNIT)

    def drop(self, invoice_id: int) -> bool:
        invoice = self.invoices[invoice_id]
        if invoice.state != "draft":
            return False
        invoice.state = "dropped"
        order = self.orders[invoice.order]
        for shipment in order.shipments.values():
            if shipment.invoice == invoice_id:
                shipment.invoice = None
                for product, units in shipment.goods.items():
                    order.lines[product].invoiced -= units
        return True

    def post(self, invoice_id: int) -> bool:
        invoice = self.invoices[invoice_id]
        if invoice.state != "draft":
            return False
        invoice.state, invoice.open = "posted", invoice.gross
        if not invoice.is_credit:
            self.orders[invoice.order].invoiced += invoice.gross
        return True

    def can_pay(self, invoice_id: int) -> bool:
        return self.invoices[invoice_id].open > 0

    def pay(self, invoice_id: int, payment_id: int, amount: Decimal) -> None:
        invoice = self.invoices[invoice_id]
        used = min(amount, invoice.open)
        invoice.open -= used
        self.payments[payment_id] = (invoice.customer, amount - used)

    def settle(self) -> None:
        """Credits first, then payments, each to what its customer has owed longest."""
        for key in sorted(self.invoices):
            credit = self.invoices[key]
            if credit.open < 0:
                credit.open = -self.use(credit.customer, -credit.open)
        for key, (customer, left) in sorted(self.payments.items()):
            self.payments[key] = customer, self.use(customer, left)

    def use(self, customer: int, money: Decimal) -> Decimal:
        """What is left of money after a customer's open invoices."""
        for key in sorted(self.invoices):
            invoice = self.invoices[key]
            if invoice.customer == customer and invoice.open > 0:
                used = min(money, invoice.open)
                invoice.open -= used
                money -= used
        return money

    def can_return(self, key: int, shipment_id: int, product: int, units: int) -> bool:
        shipment = self.orders[key].shipments[shipment_id]
        left = shipment.goods.get(product, 0) - shipment.returned.get(product, 0)
        return shipment.state in {"dispatched", "delivered"} and units <= left

    def take_back(self, key: int, shipment_id: int, product: int, units: int) -> None:
        shipment = self.orders[key].shipments[shipment_id]
        shipment.returned[product] = shipment.returned.get(product, 0) + units
        self.on_hand[product] += units

    def complete(self, key: int) -> bool:
        order = self.orders[key]
        drafts = [each for each in self.invoices.values() if each.order == key and each.state == "draft"]
        is_billed = all(line.invoiced == line.ordered for line in order.lines.values())
        return not drafts and is_billed and self.move(key, {"released"}, "completed")
