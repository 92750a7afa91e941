"""A mail server: aiosmtpd with encryption and a password. Each mail that it takes becomes a file of JSON, read by Python's own parser."""

import email
import email.policy
import json
import pathlib
import socket
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

folder, certificate, key, mode = sys.argv[1:5]


class Handler:
    taken = 0

    async def handle_DATA(self, server, session, envelope):
        Handler.taken += 1
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        parts = [{"type": part.get_content_type(), "text": part.get_content()} for part in mail.iter_parts()]
        said = {
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "parts": parts,
            "recipients": envelope.rcpt_tos,
            "user": session.authenticated,
            "encrypted": session.ssl is not None or mode == "smtps",
            "defects": [str(defect) for defect in mail.defects],
        }
        path = pathlib.Path(folder) / f"{Handler.taken}.json"
        path.write_text(json.dumps(said))
        return "250 2.0.0 Taken as number %d" % Handler.taken


def authenticate(server, session, envelope, mechanism, data):
    is_right = data.login == b"casebook" and data.password == b"correct horse"
    return AuthResult(success=is_right, handled=is_right)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
options = dict(hostname="127.0.0.1", port=0, authenticator=authenticate, auth_required=True)
if mode == "smtps":
    options.update(ssl_context=context, auth_require_tls=False)
else:
    options.update(tls_context=context, require_starttls=True)
controller = Controller(Handler(), **options)


def port():
    return controller.server.sockets[0].getsockname()[1]


# To see whether it is up the controller connects to the port that it was given, which here is 0.
controller._trigger_server = lambda: socket.create_connection(("127.0.0.1", port())).close()
controller.start()
print(port(), flush=True)
threading.Event().wait()
