"""Answers what oauthlib makes of a request: JSON lines in, JSON lines out.

{"op": "sign", ...}    -> {"base_string", "signature", "url", "authorization", "body"}
{"op": "verify", ...}  -> {"valid", "base_string"}
{"op": "endpoint", ...} -> {"valid"}: a whole check by its server, which keeps the nonces

An exception becomes {"error": its text}.
"""

import json
import sys
from urllib.parse import urlparse

import oauthlib
from oauthlib.common import Request
from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint
from oauthlib.oauth1.rfc5849 import SIGNATURE_METHODS, Client, signature

PLACES = {"header": "AUTH_HEADER", "query": "QUERY", "body": "BODY"}

recorded = []
build = signature.signature_base_string


def recording(method, uri, parameters):
    text = build(method, uri, parameters)
    recorded.append(text)
    return text


signature.signature_base_string = recording


def headers_of(ask):
    headers = {}
    if ask.get("content_type"):
        headers["Content-Type"] = ask["content_type"]
    return headers


def sign(ask):
    client = Client(
        ask["consumer_key"],
        client_secret=ask.get("consumer_secret", ""),
        resource_owner_key=ask.get("token"),
        resource_owner_secret=ask.get("token_secret", ""),
        callback_uri=ask.get("callback"),
        verifier=ask.get("verifier"),
        signature_method=ask["signature_method"],
        signature_type=PLACES[ask["place"]],
        rsa_key=ask.get("private_key"),
        nonce=ask["nonce"],
        timestamp=ask["timestamp"],
    )
    compute, made = client.get_oauth_signature, []

    def computing(request):
        made.append(compute(request))
        return made[-1]

    client.get_oauth_signature = computing
    url, headers, body = client.sign(
        ask["url"], ask["method"], body=ask.get("body"), headers=headers_of(ask), realm=ask.get("realm")
    )
    return {
        "base_string": recorded[-1] if recorded else None,
        "signature": made[0] if len(made) == 1 else None,
        "url": url,
        "authorization": headers.get("Authorization"),
        "body": body,
    }


def parameters_of(url, headers, body):
    form = (headers.get("Content-Type") or "").startswith("application/x-www-form-urlencoded")
    return signature.collect_parameters(
        uri_query=urlparse(url).query,
        body=body if form else None,
        headers=headers,
        exclude_oauth_signature=False,
    )


def verify(ask):
    headers = headers_of(ask)
    if ask.get("authorization"):
        headers["Authorization"] = ask["authorization"]
    request = Request(ask["url"], ask["method"], ask.get("body"), headers)
    pairs = parameters_of(ask["url"], headers, ask.get("body"))
    request.signature = dict(pairs)["oauth_signature"]
    request.params = [pair for pair in pairs if pair[0] != "oauth_signature"]
    name = ask["signature_method"]
    check = getattr(signature, "verify_" + name.lower().replace("-", "_"))
    if name.startswith("RSA-"):
        valid = check(request, ask["public_key"])
    else:
        valid = check(request, ask.get("consumer_secret", ""), ask.get("token_secret", ""))
    return {"valid": bool(valid), "base_string": recorded[-1] if recorded else None}


class Validator(RequestValidator):
    """Knows the secrets of one question; its nonces stay."""

    enforce_ssl = False
    allowed_signature_methods = SIGNATURE_METHODS
    seen = set()

    def __init__(self, ask):
        self.ask = ask

    def check_client_key(self, client_key):
        return True

    def check_nonce(self, nonce):
        return True

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, *_tokens):
        mark = (client_key, timestamp, nonce)
        fresh = mark not in self.seen
        self.seen.add(mark)
        return fresh

    def validate_client_key(self, client_key, request):
        return True

    def get_client_secret(self, client_key, request):
        return self.ask["consumer_secret"]

    def get_access_token_secret(self, client_key, token, request):
        return self.ask["token_secret"]

    def get_rsa_key(self, client_key, request):
        return self.ask["public_key"]


def endpoint(ask):
    headers = headers_of(ask)
    if ask.get("authorization"):
        headers["Authorization"] = ask["authorization"]
    server = SignatureOnlyEndpoint(Validator(ask))
    valid, _ = server.validate_request(ask["url"], ask["method"], ask["body"], headers)
    return {"valid": bool(valid)}


def version(_ask):
    return {"version": oauthlib.__version__}


def main():
    operations = {"sign": sign, "verify": verify, "endpoint": endpoint, "version": version}
    for line in sys.stdin:
        recorded.clear()
        try:
            ask = json.loads(line)
            answer = operations[ask["op"]](ask)
        except Exception as error:  # noqa: BLE001
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
