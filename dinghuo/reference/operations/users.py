"""Letting people in."""

from django.db import transaction

from dinghuo.kernel.errors import Malformed, Missing
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Customer, Membership, Role, User


@transaction.atomic
def admit_user(*, act: Act, name: str, password_hash: str, role: str, customer_code: str | None = None) -> User:
    """Let a person sign in with a password and act in the company with a role; a user that exists gets the new password.

    The password comes as Django's hash of it: whether it is good enough was the caller's to ask. Other roles of the user stay.
    Raises Malformed for an unknown role and for a customer's user without its customer or another role with one, Missing for an
    unknown customer.
    """
    if role not in Role.values:
        raise Malformed(f"There is no role {role}; there are {', '.join(Role.values)}.", code="unknown_role", column="role")
    if (role == Role.CUSTOMER) != bool(customer_code):
        raise Malformed("A user with the role customer names its customer, and no other does.", column="customer")
    customer = Customer.objects.filter(company_id=act.company_id, code=customer_code).first() if customer_code else None
    if customer_code and customer is None:
        raise Missing(f"There is no customer {customer_code}.", code=customer_code)

    user, _ = User.objects.select_for_update().get_or_create(username=name)
    user.password = password_hash
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    Membership.objects.update_or_create(company_id=act.company_id, user=user, role=role, defaults={"customer": customer})
    return user
