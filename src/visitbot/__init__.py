"""visitbot answers what the public asks about a series of museum visits, and when each museum reopens."""

__version__ = "0.1.0"
