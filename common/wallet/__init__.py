"""Creators' rupiah: the ledger of their wallets, commissions, and the vault that keeps bank accounts."""
