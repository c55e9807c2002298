"""Checks from outside: the command line, the files it writes, and a server that shares no code with gen4flow."""
