"""Clients at work against a provider: JSON lines in, JSON lines out.

{"op": "connect", ...}  -> {"status", "token", "token_secret", "session_handle"}
{"op": "send", ...}     -> {"status", "body"}
{"op": "renew", ...}    -> as connect

A refusal is {"status", "body"}, an exception {"error": its text}.
"""

import json
import os
import sys
from urllib.parse import parse_qs, parse_qsl, urlsplit

# Authlib refuses http otherwise, on this machine too.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import authlib
import oauthlib
import requests
import requests_oauthlib
from authlib.integrations.requests_client import OAuth1Auth
from authlib.integrations.requests_client import OAuth1Session as AuthlibSession

# Nothing but the server is to be met: no proxy, no netrc.
plain = requests.Session()
plain.trust_env = False


class Refused(Exception):
    def __init__(self, response):
        self.answer = answer_of(response)


def answer_of(response):
    return {"status": response.status_code, "body": response.text}


def check(response, *_args, **_kwargs):
    """A hook: a refusal of the token endpoints keeps its body."""
    if response.status_code >= 400:
        raise Refused(response)


class WithHandle:
    """A signer that sends one protocol parameter more, as both libraries let one do."""

    session_handle = None

    def get_oauth_params(self, *args):
        pairs = super().get_oauth_params(*args)
        if self.session_handle:
            pairs.append(("oauth_session_handle", self.session_handle))
        return pairs


class OauthlibClient(WithHandle, oauthlib.oauth1.Client):
    pass


class AuthlibAuth(WithHandle, OAuth1Auth):
    pass


class AuthlibWithHandle(AuthlibSession):
    auth_class = AuthlibAuth


def requests_oauthlib_session(ask, body_hash, callback):
    session = requests_oauthlib.OAuth1Session(
        ask["consumer_key"],
        client_secret=ask.get("consumer_secret"),
        resource_owner_key=ask.get("token"),
        resource_owner_secret=ask.get("token_secret"),
        callback_uri=callback,
        signature_method=ask["signature_method"],
        signature_type={"header": "AUTH_HEADER"}.get(ask["placement"], ask["placement"].upper()),
        rsa_key=ask.get("private_key"),
        client_class=OauthlibClient,
        force_include_body=body_hash,
    )
    return session, session.auth.client


def authlib_session(ask, body_hash, callback):
    session = AuthlibWithHandle(
        ask["consumer_key"],
        client_secret=ask.get("consumer_secret"),
        token=ask.get("token"),
        token_secret=ask.get("token_secret"),
        redirect_uri=callback,
        signature_method=ask["signature_method"],
        signature_type=ask["placement"].upper(),
        rsa_key=ask.get("private_key"),
        force_include_body=body_hash,
    )
    return session, session.auth


SESSIONS = {"requests-oauthlib": requests_oauthlib_session, "Authlib": authlib_session}


def session_for(ask, body_hash=False, callback=None):
    session, signer = SESSIONS[ask["client"]](ask, body_hash, callback)
    session.trust_env = False
    return session, signer


def credentials(pairs):
    return {
        "status": 200,
        "token": pairs["oauth_token"],
        "token_secret": pairs.get("oauth_token_secret"),
        "session_handle": pairs.get("oauth_session_handle"),
    }


def connect(ask):
    session, _ = session_for(ask, callback=ask["callback"])
    session.hooks["response"].append(check)
    temporary = session.fetch_request_token(ask["origin"] + "/oauth/RequestToken")
    form = {
        "oauth_token": temporary["oauth_token"],
        "user": "ann",
        "organisation": "Demo Company",
        "role": "standard",
        "decision": "approve",
    }
    page = plain.post(ask["origin"] + "/oauth/Authorize", data=form, allow_redirects=False)
    verifier = parse_qs(urlsplit(page.headers["Location"]).query)["oauth_verifier"][0]
    token = session.fetch_access_token(ask["origin"] + "/oauth/AccessToken", verifier=verifier)
    return credentials(token)


def send(ask):
    request = ask["request"]
    session, _ = session_for(ask, request.get("body_hash", False))
    data = request.get("form") or request.get("text")
    if isinstance(data, str) and ask["client"] == "Authlib":
        data = data.encode()
    response = session.request(
        request["method"],
        ask["origin"] + request["target"],
        data=data,
        headers={"Content-Type": request["content_type"]} if data else None,
    )
    return answer_of(response)


def renew(ask):
    session, signer = session_for(ask)
    session.hooks["response"].append(check)
    signer.session_handle = ask["session_handle"]
    response = session.post(ask["origin"] + "/oauth/AccessToken")
    return credentials(dict(parse_qsl(response.text)))


def versions(_ask):
    return {
        "oauthlib": oauthlib.__version__,
        "requests-oauthlib": requests_oauthlib.__version__,
        "Authlib": authlib.__version__,
    }


def main():
    operations = {"connect": connect, "send": send, "renew": renew, "versions": versions}
    for line in sys.stdin:
        try:
            ask = json.loads(line)
            answer = operations[ask["op"]](ask)
        except Refused as refused:
            answer = refused.answer
        except Exception as error:  # noqa: BLE001
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
