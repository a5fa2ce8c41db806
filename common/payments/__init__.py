"""Payments: invoices and their states, what a paid one grants, and the providers that take the money."""
