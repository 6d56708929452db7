# Handlers in Flask, each with one mistake, named by the path: python3 field.py PORT
import base64
import hashlib
import hmac
import json
import os
import sys
import time

from flask import Flask, request

app = Flask(__name__)
secret = os.environ["SCALEKIT_WEBHOOK_SECRET"]


def signed_body(mistake):
    if mistake == "prints the dict":
        return str(request.get_json()).encode()
    if mistake == "dumps again":
        return json.dumps(request.get_json()).encode()
    if mistake == "dumps compactly":
        return json.dumps(request.get_json(), separators=(",", ":"), ensure_ascii=False).encode()
    if mistake == "reads 300 bytes":
        return request.get_data()[:300]
    return request.get_data()


@app.route("/webhook/<mistake>", methods=["POST"])
def webhook(mistake):
    key = base64.b64decode(secret[6:])
    if mistake == "reads a variable that is not set":
        key = base64.b64decode(os.environ.get("SCALEKIT_SECRET", ""))
    headers = dict(request.headers)
    names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
    # Names in the dict are capitalized.
    find = headers.get if mistake == "looks up lower-case names" else request.headers.get
    msg_id, timestamp, signatures = [find(name) or "" for name in names]
    try:
        body = signed_body(mistake)
        text = f"{msg_id}.{timestamp}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
        is_right = (
            msg_id != ""
            and timestamp.isdigit()
            and abs(time.time() - int(timestamp)) <= 300
            and expected in signatures.split(" ")
        )
        if not is_right:
            raise ValueError("signature")
        json.loads(request.get_data())
    except Exception:
        return "unauthorized", 401
    return "ok", 201


if __name__ == "__main__":
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", int(sys.argv[1]), app, threaded=True)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
