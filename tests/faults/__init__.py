"""Faults of network, database and disk: what is answered, how soon, and that nothing is lost or done twice."""
