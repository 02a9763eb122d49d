"""A little identity provider over loopback: discovery, keys that rotate, and the exchange of codes with PKCE."""

import base64
import hashlib
import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CLIENT, SECRET, AUDIENCE = "portal", "rahasia & klien", "bangkom"


class IdentityProvider:
    """The provider, with its signing keys by id; the newest signs."""

    def __init__(self):
        self.keys, self.published, self.asked, self.codes, self.answers = {}, [], [], {}, {}
        self.is_down, self.delay = False, 0
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self, None)

            def do_POST(self):
                provider.answer(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.rotate("k1")

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def rotate(self, kid, *, kind="RS256", keep=True):
        """Sign with a new key from now on; publish those before too, or not."""
        if kind == "RS256":
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        else:
            key = ec.generate_private_key(ec.SECP256R1())
            public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self.keys[kid] = key
        self.published = [*(self.published if keep else []), {**public, "kid": kid, "use": "sig", "alg": kind}]
        self.signing = (kid, kind)

    def token(self, *, kid=None, headers=None, without=(), **claims):
        now = int(time.time())
        whole = {"iss": self.issuer, "aud": AUDIENCE, "sub": "s-1", "iat": now, "exp": now + 300} | claims
        for name in without:
            del whole[name]
        used = self.signing[0] if kid is None else kid
        return jwt.encode(whole, self.keys[used], self.signing[1], {"kid": used} | (headers or {}))

    def consent(self, url, **claims):
        """Be the person who logs in: return code and state as the browser would bring them back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        code = f"code-{len(self.codes)}"
        self.codes[code] = (asked, claims)
        return code, asked["state"]

    def answer(self, request, body):
        path = urlsplit(request.path).path
        self.asked.append(path)
        time.sleep(self.delay)
        status, document = (503, {}) if self.is_down else self._documents(path, request, body)
        document = self.answers.get(path, document)
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            request.wfile.write(content)

    def _documents(self, path, request, body):
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            }  # fmt: skip
        if path == "/keys":
            return 200, {"keys": self.published}
        if path == "/token":
            return self._exchange(request, {name: values[0] for name, values in parse_qs(body).items()})
        return 404, {}

    def _exchange(self, request, form):
        pair = urlencode({"u": CLIENT})[2:] + ":" + "rahasia%20%26%20klien"
        if request.headers["Authorization"] != f"Basic {base64.b64encode(pair.encode()).decode()}":
            return 401, {"error": "invalid_client"}
        asked, claims = self.codes.pop(form["code"], (None, None))
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        is_right = asked is not None and (asked["code_challenge"], asked["redirect_uri"], asked["client_id"]) == (
            challenge, form["redirect_uri"], CLIENT,
        )  # fmt: skip
        if not is_right or form["grant_type"] != "authorization_code":
            return 400, {"error": "invalid_grant"}
        return 200, {"id_token": self.token(**({"aud": CLIENT, "nonce": asked["nonce"]} | claims))}
