"""The catalogue of a new installation: its rows, its pictures and its music."""
