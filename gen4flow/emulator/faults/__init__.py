"""Faults on demand: a register of one line a fault, and one small function for each.

A fault is called in place of an endpoint, with the request and `proceed`, which runs the endpoint: so it can
answer something else, change the answer, or book the submit and then lose the answer. To add one, write such
a function and its line in `register`.
"""
