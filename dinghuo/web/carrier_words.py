"""Words of what carriers are asked and tell."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

# States of labels, why one waits, and the eight states that carriers' events are told in.
CODES: Final[Mapping[str, StrOrPromise]] = {
    "label_waiting": _("To be booked"),
    "label_sent": _("Sent to the carrier"),
    "booked": _("Label made"),
    "refused": _("Refused by the carrier"),
    "given_up": _("Given up"),
    "cancelling": _("Being cancelled"),
    "not_reached": _("the carrier was not reached"),
    "doubtful": _("the carrier's answer is missing or makes no sense; it is asked again"),
    "carrier_refuses": _("the carrier refuses"),
    "announced": _("Announced to the carrier"),
    "picked_up": _("With the carrier"),
    "in_transit": _("On the way"),
    "out_for_delivery": _("Out for delivery"),
    "ready_for_pickup": _("Ready to be fetched"),
    "exception": _("Held up"),
    "returned": _("Returned to the sender"),
}

EVENTS: Final[Mapping[str, StrOrPromise]] = {
    "ArrivalMoved": _("Shipment %(number)s is now expected on %(expected_on)s"),
    "LabelOrdered": _("Label asked for shipment %(number)s"),
    "LabelRetried": _("Label for shipment %(number)s to be tried again"),
    "LabelBooked": _("Label for shipment %(number)s made, tracking number %(tracking_number)s"),
    "LabelRefused": _("Carrier refuses shipment %(number)s: %(reason)s"),
    "LabelDecided": _("Label of shipment %(number)s decided by hand"),
    "LabelGivenUp": _("Label for shipment %(number)s given up"),
    "LabelCancelling": _("Label of shipment %(number)s to be cancelled"),
    "LabelCancelled": _("Label of shipment %(number)s cancelled"),
    "CarrierConnected": _("Carrier connected"),
    "TrackingNumberKnown": _("Shipment %(number)s has tracking number %(tracking_number)s"),
}
