"""Signing in and out, the person's own security, and the clinic to work in."""
