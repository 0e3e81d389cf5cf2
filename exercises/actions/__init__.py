"""Writes to the library."""
