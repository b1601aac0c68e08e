"""Every write of the master data."""

from dinghuo.reference.operations.company import change_company
from dinghuo.reference.operations.masters import (
    add_carrier,
    add_customer,
    add_product,
    add_warehouse,
    block_customers,
    block_products,
    change_customer,
    change_product,
)
from dinghuo.reference.operations.tokens import issue_token, revoke_tokens

__all__ = [
    "add_carrier",
    "add_customer",
    "add_product",
    "add_warehouse",
    "block_customers",
    "block_products",
    "change_company",
    "change_customer",
    "change_product",
    "issue_token",
    "revoke_tokens",
]
