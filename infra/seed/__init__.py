"""The catalogue that a new database starts with, and its pictures and music."""
