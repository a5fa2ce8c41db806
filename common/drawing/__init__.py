"""Drawing a comic panel from a script, without a network (`local`) or with Vertex AI (`vertex`)."""
