"""Evaluates one Python expression over a message: what a Python sender or relay of a recorded case does.

Reads JSON on stdin, writes the value of the expression (bytes or text) to stdout.
"""

import base64, datetime, email.utils, hashlib, hmac, io, json, sys, time, urllib.parse


def saved(text, **how):
    """What a file holds after text was written to it."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, **how)
    file.write(text)
    file.flush()
    return raw.getvalue()


def read(raw, **how):
    """What reading a file as text gives."""
    return io.TextIOWrapper(io.BytesIO(raw), **how).read()


def mac(key, text, hash=hashlib.sha256):
    return hmac.new(key, text, hash)


given = json.load(sys.stdin)
secret = given.get('secret')
id = given.get('id')
seconds = given.get('seconds')
stamp = given.get('stamp')
body = base64.b64decode(given['body'])
signed = f'{id}.{stamp}.'.encode() + body
# The clock stands still, so that recording again gives the same.
now = given['now']
time.time = lambda: now
time.time_ns = lambda: int(now * 1e6) * 1000

value = eval(sys.argv[1])
sys.stdout.buffer.write(value if isinstance(value, bytes) else value.encode())
