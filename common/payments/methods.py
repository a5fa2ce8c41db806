"""The ways to pay that a person can choose from; what a provider calls them is in its own module."""

from typing import NamedTuple


class Method(NamedTuple):
    """One way to pay; `code` is what a purchase names."""

    group: str
    code: str
    name: str


METHODS = (
    Method("QRIS", "qris", "QRIS (All E-Wallets)"),
    Method("E-Wallet", "gopay", "GoPay"),
    Method("E-Wallet", "dana", "DANA"),
    Method("E-Wallet", "ovo", "OVO"),
    Method("Virtual Account", "bni_va", "BNI Virtual Account"),
    Method("Virtual Account", "bri_va", "BRI Virtual Account"),
    Method("Virtual Account", "bca_va", "BCA Virtual Account"),
    Method("Virtual Account", "mandiri_va", "Mandiri Virtual Account"),
)
