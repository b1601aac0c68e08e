"""Which protocols there are, what each needs, and the port that speaks one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from dinghuo.journey.shipping.carriers.dhl_parcel_de import DhlParcelDe
from dinghuo.journey.shipping.carriers.kuaidi100 import Kuaidi100
from dinghuo.journey.shipping.carriers.own import Own
from dinghuo.journey.shipping.carriers.port import CarrierPort, Connection
from dinghuo.journey.shipping.carriers.sf_express import SfExpress
from dinghuo.journey.shipping.carriers.track17 import Track17


@dataclass(frozen=True, slots=True)
class Spoken:
    """A protocol: what it is called, its public address, which settings and secrets it needs, and what it can do.

    `can_book`: it makes labels. `is_pushed`: it sends us events. `is_polled`: we ask it for them. `needs_postcode`: it takes no
    address without.
    """

    title: StrOrPromise
    base_url: str
    port: Callable[[Connection], CarrierPort]
    settings: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    can_book: bool = False
    is_pushed: bool = False
    is_polled: bool = False
    needs_postcode: bool = False


PROTOCOLS: Final[Mapping[str, Spoken]] = {
    "sf_express": Spoken(
        _("SF Express"), "https://sfapi.sf-express.com", SfExpress, ("partner_id",), ("checkword",), can_book=True, is_polled=True
    ),
    "dhl_parcel_de": Spoken(
        _("DHL Parcel Germany"),
        "https://api-eu.dhl.com",
        DhlParcelDe,
        ("user", "billing_number"),
        ("password", "api_key"),
        can_book=True,
        is_polled=True,
        needs_postcode=True,
    ),
    "kuaidi100": Spoken(
        _("Kuaidi100"),
        "https://poll.kuaidi100.com",
        Kuaidi100,
        ("customer", "company_code"),
        ("key", "salt"),
        is_pushed=True,
        is_polled=True,
    ),
    "track17": Spoken(_("17TRACK"), "https://api.17track.net", Track17, (), ("token",), is_pushed=True, is_polled=True),
    "own_fleet": Spoken(_("Own fleet"), "", Own, can_book=True),
    "pick_up": Spoken(_("Fetched by the customer"), "", Own, can_book=True),
}


def port_of(connection: Connection) -> CarrierPort:
    """The port that speaks a connection's protocol."""
    return PROTOCOLS[connection.protocol].port(connection)
