"""Rupiah as people read them."""


def rupiah(amount: int) -> str:
    """50000 as `Rp50.000`, the way it is written in Indonesia in both languages."""
    return f"Rp{amount:,}".replace(",", ".")
