"""Exercises in and out of files: our own JSON, CSV and XLSX, and the JSON shape of free-exercise-db.

Everything here but `stored` is pure: bytes and plain values in, plain values out, no Django, no clock. A file is read
once, when it comes in (`reading.read`); each row is then judged against the library (`judging.judge`).
"""
