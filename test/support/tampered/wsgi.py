"""A WSGI app that takes one request and tells what it sees of it: environ names headers in its own way."""

import base64, json, wsgiref.simple_server


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


def app(environ, start_response):
    body = environ['wsgi.input'].read(int(environ['CONTENT_LENGTH']))
    headers = [[name, value] for name, value in environ.items() if name.startswith('HTTP_WEBHOOK')]
    print(json.dumps({'headers': headers, 'body': base64.b64encode(body).decode()}), flush=True)
    start_response('204 No Content', [])
    return []


with wsgiref.simple_server.make_server('127.0.0.1', 0, app, handler_class=Quiet) as server:
    print(server.server_port, flush=True)
    server.handle_request()
