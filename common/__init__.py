"""What more than one function needs; it goes into every function's bundle."""
