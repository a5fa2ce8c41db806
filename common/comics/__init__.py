"""Comics, as far as more than one function needs them: the states of a draft, and how a comic is shown."""
