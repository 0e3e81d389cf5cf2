"""A scanner of our own: each role follows every link and sends every form with hostile values; answers are judged.

`make scan` does all of it and writes what it found to var/scan.json; tests/test_scan.py takes a sample.
"""
