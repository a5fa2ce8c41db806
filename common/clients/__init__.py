"""One module per outside service; each makes its client on first use, never at import."""
