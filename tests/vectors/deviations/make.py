#!/usr/bin/env python3
"""Writes the cases of this directory that are about method, URI, structure, key, hash and spelling.

Each case is a request whose signature deviates from RFC 5849 in one way that is written out here:
the base string or the key is given as text, not computed by the code under test. Standard library
only. Run it in this directory; it overwrites its own files and leaves all others.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import urllib.parse

CK, CS = "dpf43f3p2l4k3l03", "kd94hf93k423kf44"
TK, TS = "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00"
URL = "https://api.example.com/v1/items"
HERE = pathlib.Path(__file__).parent
HASHES = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256, "HMAC-SHA512": hashlib.sha512}
counts: dict[str, int] = {}


def pe(text):
    """RFC 5849 section 3.6."""
    return urllib.parse.quote(text, safe="-._~")


def case(code, note, *, method="GET", url=URL, headers=(), uri=None, signed_method=None, base=None,
         key=None, secrets=(CS, TS), token=TK, hash=None, declared="HMAC-SHA1", spell=None,
         others=None, query=True, depth=1, same=()):
    """One file.

    uri: the base URI as it was signed. signed_method: likewise. base: makes the whole base string of
    method, base URI and normalised parameters. key: the key as it was used. secrets: those in the
    keys at hand. spell: makes the text on the wire of the digest, percent-encoding included. query:
    whether the query is in the list of parameters. same: codes that give the same signature and may
    be told in place of `code`.
    """
    split = urllib.parse.urlsplit(url)
    default = {"http": 80, "https": 443}[split.scheme]
    netloc = split.hostname + (f":{split.port}" if split.port not in (None, default) else "")
    own = {
        "oauth_consumer_key": CK,
        "oauth_nonce": "kllo9940pd9333jh",
        "oauth_signature_method": declared,
        "oauth_timestamp": "1191242096",
        "oauth_version": "1.0",
    }
    if token:
        own["oauth_token"] = token
    pairs = list(own.items())
    if query:
        pairs += urllib.parse.parse_qsl(split.query, keep_blank_values=True)
    normalised = "&".join(f"{n}={v}" for n, v in sorted((pe(n), pe(v)) for n, v in pairs))
    parts = (
        method if signed_method is None else signed_method,
        f"{split.scheme}://{netloc}{split.path or '/'}" if uri is None else uri,
        normalised,
    )
    text = base(*parts) if base else "&".join([parts[0], pe(parts[1]), pe(parts[2])])
    if key is None:
        key = f"{pe(secrets[0])}&{pe(secrets[1]) if token else ''}"
    octets = key if isinstance(key, bytes) else key.encode()
    digest = hmac.new(octets, text.encode(), hash or HASHES[declared]).digest()
    signature = spell(digest) if spell else pe(base64.b64encode(digest).decode())
    fields = ", ".join([f'{n}="{pe(v)}"' for n, v in sorted(own.items())]
                       + [f'oauth_signature="{signature}"'])
    keys = {"consumer_key": CK, "consumer_secret": secrets[0]}
    if token:
        keys["token"] = token
    if secrets[1]:
        keys["token_secret"] = secrets[1]
    if others:
        keys["others"] = others
    counts[code] = counts.get(code, 0) + 1
    name = f"{code}-{counts[code]}"
    target = (split.path or "/") + (f"?{split.query}" if split.query else "")
    out = {
        "id": name,
        "kind": "deviation",
        "derived": True,
        "note": note,
        "input": {
            "scheme": split.scheme,
            "method": method,
            "target": target,
            "headers": [["Host", netloc], *map(list, headers), ["Authorization", f"OAuth {fields}"]],
            "keys": keys,
        },
        "expected": {"code": code, "same": list(same), "depth": depth},
    }
    HERE.joinpath(f"{name}.json").write_text(json.dumps(out, indent=2, ensure_ascii=True) + "\n")


# The method.
case("method.mismatch", "POST was signed for GET", signed_method="POST")
case("method.mismatch", "PUT was signed for PATCH", method="PATCH", signed_method="PUT")
case("method.rewritten_by_proxy", "a cache turned HEAD into GET", signed_method="HEAD")
case("method.rewritten_by_proxy", "POST was signed, X-HTTP-Method-Override made PATCH of it",
     method="PATCH", signed_method="POST", headers=[("X-HTTP-Method-Override", "PATCH")])
case("method.case", "small letters", signed_method="get")
case("method.case", "one capital letter", method="POST", signed_method="Post")
case("sbs.structure", "the method was empty", signed_method="")

# The scheme.
case("uri.scheme_proxy", "captured behind a TLS proxy", url="http://hub.example.com/lti",
     uri="https://hub.example.com/lti")
case("uri.scheme_server", "http was signed for https", uri="http://api.example.com/v1/items")
case("uri.case", "the scheme in capital letters", uri="HTTPS://api.example.com/v1/items")
case("uri.malformed", "the scheme was missing", uri="//api.example.com/v1/items")
case("uri.malformed", "scheme and slashes were missing", uri="api.example.com/v1/items")
case("uri.malformed", "one slash after the scheme", uri="https:/api.example.com/v1/items")
case("uri.malformed", "the scheme twice", uri="https://https://api.example.com/v1/items")

# The host.
case("uri.host", "www. was added", url="https://example.com/wp-json/x",
     uri="https://www.example.com/wp-json/x")
case("uri.host", "www. was left out", url="https://www.example.com/wp-json/x",
     uri="https://example.com/wp-json/x")
case("uri.host", "the host of X-Forwarded-Host", uri="https://public.example.org/v1/items",
     headers=[("X-Forwarded-Host", "public.example.org")])
case("uri.host", "the host of Forwarded", uri="https://public.example.org/v1/items",
     headers=[("Forwarded", 'for=192.0.2.1;host="public.example.org";proto=https')])
case("uri.host", "localhost", uri="https://localhost/v1/items")
case("uri.host", "api. in place of www.", url="https://www.example.com/v1/items", uri=URL)
case("uri.host", "the service under its former name", url="https://api.x.com/1.1/account.json",
     uri="https://api.twitter.com/1.1/account.json")
case("uri.host", "a dot at the end", uri="https://api.example.com./v1/items")
case("uri.case", "the host in capital letters", uri="https://API.EXAMPLE.COM/v1/items")
case("uri.case", "the host with capital letters", uri="https://Api.Example.Com/v1/items")

# The port.
case("uri.nondefault_port", "8080 was left out", url="http://localhost:8080/test",
     uri="http://localhost/test")
case("uri.nondefault_port", "port and path were left out", url="http://localhost:8080/test",
     uri="http://localhost")
case("uri.default_port", "443 was kept", uri="https://api.example.com:443/v1/items")
case("uri.default_port", "80 was kept", url="http://api.example.com/x",
     uri="http://api.example.com:80/x")
case("uri.proxy_port", "the port behind the proxy", uri="https://api.example.com:8080/v1/items")
case("uri.proxy_port", "https with the port of http", uri="https://api.example.com:80/v1/items")
case("uri.proxy_port", "the port of X-Forwarded-Port", uri="https://api.example.com:12345/v1/items",
     headers=[("X-Forwarded-Port", "12345")])
case("uri.malformed", "the port -1 of a URL without one", uri="https://api.example.com:-1/v1/items")

# Slashes.
case("uri.trailing_slash", "added", uri=URL + "/")
case("uri.trailing_slash", "left out", url="https://api.example.com/library/",
     uri="https://api.example.com/library")
case("uri.trailing_slash", "the only one was left out", url="http://localhost:8000/",
     uri="http://localhost:8000")
case("uri.double_slash", "folded", url="https://api.example.com/v1//items",
     uri="https://api.example.com/v1/items")
case("uri.double_slash", "doubled between host and path", uri="https://api.example.com//v1/items")
case("uri.double_slash", "doubled within the path", uri="https://api.example.com/v1//items")
case("uri.path", "the slash between host and path was missing", uri="https://api.example.comv1/items")

# Segments of the path.
case("uri.path", "lost", uri="https://api.example.com")
case("uri.path", "a slash was left of it", uri="https://api.example.com/")
case("uri.path", "the last segment was lost", uri="https://api.example.com/v1")
case("uri.path", "an ending was added", uri=URL + ".json")
case("uri.path", "dots were resolved", url="https://api.example.com/v1/x/../items",
     uri="https://api.example.com/v1/items")
case("uri.path_prefix", "the first segment was left out", uri="https://api.example.com/items")
case("uri.path_prefix", "the first segment stood there twice",
     uri="https://api.example.com/v1/v1/items")
case("uri.path_prefix", "the path of X-Original-URL", uri="https://api.example.com/public/all",
     headers=[("X-Original-URL", "/public/all?x=1")])
case("uri.path_prefix", "the prefix of X-Forwarded-Prefix", uri="https://api.example.com/shop/v1/items",
     headers=[("X-Forwarded-Prefix", "/shop")])
case("uri.path_prefix", "index.php was put before it",
     uri="https://api.example.com/index.php/v1/items")
case("redirect.not_resigned", "v1 was signed, v2 called", url="https://api.example.com/v2/diff",
     uri="https://api.example.com/v1/diff")
case("redirect.not_resigned", "1.0 was signed, 1.1 called", url="https://api.example.com/1.1/x",
     uri="https://api.example.com/1.0/x")
case("uri.path_case", "small letters", url="https://api.example.com/V1/Items", uri=URL)
case("uri.path_params", "cut off", url=URL + ";jsessionid=1A2B", uri=URL)

# The path's percent-encoding.
case("uri.path_encoding", "decoded", url="https://api.example.com/a%5B1%5D.pdf",
     uri="https://api.example.com/a[1].pdf")
case("uri.path_encoding", "only the slash was decoded", url="https://api.example.com/a%2Fb%20c",
     uri="https://api.example.com/a/b%20c")
case("uri.path_encoding", "a letter beyond ASCII was decoded",
     url="https://api.example.com/caf%C3%A9%20x", uri="https://api.example.com/caf\u00e9%20x")
case("uri.path_encoding", "brackets were encoded", url="https://api.example.com/a[1].pdf",
     uri="https://api.example.com/a%5B1%5D.pdf")
case("uri.path_encoding", "encoded once more", url="https://api.example.com/a%20b",
     uri="https://api.example.com/a%2520b")
case("uri.path_encoding", "a blank as a plus", url="https://api.example.com/a%20b",
     uri="https://api.example.com/a+b")
case("uri.path_encoding", "digits in capital letters", url="https://api.example.com/a%2fb",
     uri="https://api.example.com/a%2Fb")
case("uri.path_encoding", "slashes were encoded", uri="https://api.example.com/v1%2Fitems")
case("uri.path_encoding", "the base URI was encoded twice",
     base=lambda m, u, p: f"{m}&{pe(pe(u))}&{pe(p)}")

# The URL before a redirect gives what other causes give too.
case("redirect.not_resigned", "http, redirected to https", uri="http://api.example.com/v1/items")
case("redirect.not_resigned", "redirected to www", url="https://www.example.com/x",
     uri="https://example.com/x")
case("redirect.not_resigned", "redirected to the slash", url=URL + "/", uri=URL)

# Query and fragment in the URI, white space, no URL at all.
QUERY = URL + "?b=2&a=%5B1%5D%20x"
case("sbs.query_in_uri", "and its parameters in the list", url=QUERY, uri=QUERY)
case("sbs.query_in_uri", "and not in the list", url=QUERY, uri=QUERY, query=False)
case("sbs.query_in_uri", "decoded, and in the list", url=QUERY, uri=URL + "?b=2&a=[1] x")
case("sbs.query_in_uri", "a bare question mark", uri=URL + "?")
case("uri.fragment", "a bare '#'", uri=URL + "#")
case("uri.whitespace", "a blank at the end", uri=URL + " ")
case("uri.whitespace", "a line end at the end", uri=URL + "\n")
case("uri.whitespace", "an encoded blank at the end", uri=URL + "%20")
case("uri.whitespace", "a byte order mark before it", uri="\ufeff" + URL)
case("uri.whitespace", "a blank after the base URL", uri="https://api.example.com /v1/items")
case("uri.malformed", "null//null", uri="null//null/v1/items")
case("uri.malformed", "the path alone", uri="/v1/items")
case("uri.malformed", "undefined://undefined", uri="undefined://undefined/v1/items")
case("uri.malformed", "no host", uri="https:///v1/items")
case("uri.malformed", "in quotes", uri=f'"{URL}"')

# The structure.
LIST = URL + "?q=a%20b&z=!"
for note, base in [
    ("no method", lambda m, u, p: f"{pe(u)}&{pe(p)}"),
    ("no parameters", lambda m, u, p: f"{m}&{pe(u)}"),
    ("an empty third part", lambda m, u, p: f"{m}&{pe(u)}&"),
    ("no URI", lambda m, u, p: f"{m}&{pe(p)}"),
    ("the parameters alone", lambda m, u, p: p),
    ("the encoded parameters alone", lambda m, u, p: pe(p)),
    ("the URI alone", lambda m, u, p: u),
    ("one block, no method", lambda m, u, p: pe(f"{u}?{p}")),
    ("one block after the method", lambda m, u, p: f"{m}&{pe(f'{u}?{p}')}"),
    ("one block after the method, joined by '&'", lambda m, u, p: f"{m}&{pe(f'{u}&{p}')}"),
    ("one block joined by '&', no method", lambda m, u, p: pe(f"{u}&{p}")),
    ("METHOD&URI?PARAMETERS as it is", lambda m, u, p: f"{m}&{u}?{p}"),
    ("URI?PARAMETERS as it is", lambda m, u, p: f"{u}?{p}"),
    ("joined by nothing", lambda m, u, p: m + pe(u) + pe(p)),
    ("joined by commas", lambda m, u, p: ",".join([m, pe(u), pe(p)])),
    ("joined by blanks", lambda m, u, p: " ".join([m, pe(u), pe(p)])),
    ("joined by line ends", lambda m, u, p: "\n".join([m, pe(u), pe(p)])),
    ("joined by %26", lambda m, u, p: "%26".join([m, pe(u), pe(p)])),
    ("joined by &amp;", lambda m, u, p: "&amp;".join([m, pe(u), pe(p)])),
    ("the URI first", lambda m, u, p: "&".join([pe(u), m, pe(p)])),
    ("the parameters before the URI", lambda m, u, p: "&".join([m, pe(p), pe(u)])),
    ("the URI not encoded", lambda m, u, p: "&".join([m, u, pe(p)])),
    ("the list not encoded as a whole", lambda m, u, p: "&".join([m, pe(u), p])),
    ("neither encoded", lambda m, u, p: "&".join([m, u, p])),
    ("the whole encoded once more", lambda m, u, p: pe("&".join([m, pe(u), pe(p)]))),
    ("the whole encoded, not its parts", lambda m, u, p: pe("&".join([m, u, p]))),
    ("the whole encoded, not the URI", lambda m, u, p: pe("&".join([m, u, pe(p)]))),
    ("the whole encoded, not the list", lambda m, u, p: pe("&".join([m, pe(u), p]))),
    ("an '&' after the last parameter", lambda m, u, p: "&".join([m, pe(u), pe(p + "&")])),
    ("an '&' before the first parameter", lambda m, u, p: "&".join([m, pe(u), pe("&" + p)])),
    ("a '?' before the first parameter", lambda m, u, p: "&".join([m, pe(u), pe("?" + p)])),
    ("a line end after the last parameter", lambda m, u, p: "&".join([m, pe(u), pe(p + "\n")])),
    ("an '&' at the end", lambda m, u, p: "&".join([m, pe(u), pe(p), ""])),
    ("a line end at the end", lambda m, u, p: "&".join([m, pe(u), pe(p)]) + "\n"),
    ("an '&' before it all", lambda m, u, p: "&".join(["", m, pe(u), pe(p)])),
    ("base64 of it all",
     lambda m, u, p: base64.b64encode("&".join([m, pe(u), pe(p)]).encode()).decode()),
]:
    case("sbs.structure", note, url=LIST, base=base)
case("enc.double_encoded", "the list of parameters was encoded twice", url=LIST,
     base=lambda m, u, p: f"{m}&{pe(u)}&{pe(pe(p))}")


def lower(text):
    """Percent-encoding with small letters."""
    return "".join(f"%{b:02x}" if chr(b) not in PLAIN else chr(b) for b in text.encode())


PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"


def relist(encode):
    """The list of LIST's and the protocol parameters, by another encoder."""
    own = [("oauth_consumer_key", CK), ("oauth_nonce", "kllo9940pd9333jh"),
           ("oauth_signature_method", "HMAC-SHA1"), ("oauth_timestamp", "1191242096"),
           ("oauth_token", TK), ("oauth_version", "1.0")]
    extra = urllib.parse.parse_qsl(urllib.parse.urlsplit(WILD).query, keep_blank_values=True)
    pairs = sorted((encode(n), encode(v)) for n, v in own + extra)
    return "&".join(f"{n}={v}" for n, v in pairs)


def http_utility(text):
    """HttpUtility.UrlEncode of .NET."""
    plain = PLAIN.replace("~", "") + "!*()"
    return "".join("+" if b == 32 else chr(b) if chr(b) in plain else f"%{b:02x}"
                   for b in text.encode())


WILD = "https://api.example.com/~me/a(1)/items?q=a%20b~&z=%21%2F%3D"
component = lambda text: urllib.parse.quote(text, safe="-._~!*'()")
quote = lambda text: urllib.parse.quote(text, safe="-._~/")
tilde = lambda text: pe(text).replace("~", "%7E")
java = lambda text: urllib.parse.quote_plus(text, safe="-._*").replace("~", "%7E")
escape = lambda text: urllib.parse.quote(text, safe="-._@*+/").replace("~", "%7E")
encode_uri = lambda text: urllib.parse.quote(text, safe="-._~!*'();,/?:@&=+$#")
php = lambda text: urllib.parse.quote_plus(text, safe="-._").replace("~", "%7E")
for code, note, encode in [
    ("enc.lowercase_hex", "small letters everywhere", lower),
    ("enc.reserved_chars", "encodeURIComponent everywhere", component),
    ("enc.reserved_chars", "quote() of Python everywhere", quote),
    ("enc.tilde", "the tilde everywhere", tilde),
    ("enc.plus_space", "urlencode() of PHP everywhere", php),
    ("enc.plus_space", "URLEncoder of Java everywhere", java),
    ("enc.reserved_chars", "escape() of JavaScript everywhere", escape),
    ("enc.lowercase_hex", "HttpUtility.UrlEncode everywhere", http_utility),
]:
    case(code, note, url=WILD,
         base=lambda m, u, p, encode=encode: "&".join([m, encode(u), encode(relist(encode))]))
    case(code, note + " but in the parameters", url=WILD,
         base=lambda m, u, p, encode=encode: "&".join([m, encode(u), encode(p)]))

case("enc.reserved_chars", "encodeURI for the parts", url=WILD,
     base=lambda m, u, p: "&".join([m, encode_uri(u), encode_uri(p)]))

# The hash, and the spelling of the signature.
case("sig.alg_mismatch", "SHA-256 for SHA-1", hash=hashlib.sha256)
case("sig.alg_mismatch", "SHA-1 for SHA-256", declared="HMAC-SHA256", hash=hashlib.sha1)
case("sig.alg_mismatch", "SHA-512 for SHA-256", declared="HMAC-SHA256", hash=hashlib.sha512)
b64 = lambda octets: base64.b64encode(octets).decode()
case("sig.hex_not_base64", "hexadecimal", spell=lambda d: d.hex())
case("sig.hex_not_base64", "pairs with hyphens", spell=lambda d: d.hex("-").upper())
case("sig.base64_of_hex", "base64 of hexadecimal", spell=lambda d: pe(b64(d.hex().encode())))
case("sig.double_encoded", "encoded twice", spell=lambda d: pe(pe(b64(d))))
case("sig.not_base64", "no padding", spell=lambda d: pe(b64(d).rstrip("=")))
case("sig.not_base64", "the alphabet for URLs",
     url=URL + "?n=2", spell=lambda d: pe(base64.urlsafe_b64encode(d).decode()))
case("sig.not_base64", "a line end", spell=lambda d: pe(b64(d) + "\n"))
case("sig.base64_twice", "base64 twice", spell=lambda d: pe(b64(b64(d).encode())))
case("sig.not_percent_encoded", "a plus became a blank", url=URL + "?n=1",
     spell=lambda d: pe(b64(d).replace("+", " ")))

# The key.
case("key.missing_ampersand", "nothing between", key=CS + TS)
case("key.missing_ampersand", "the consumer secret alone, without a token", key=CS, token=None,
     secrets=(CS, ""))
case("key.missing_ampersand", "the consumer secret alone", key=CS)
case("key.missing_ampersand", "the '&' was encoded", key=f"{CS}%26{TS}")
case("key.token_secret_missing", "left out", key=CS + "&")
case("key.extra_token", "in the key, and no token sent", key=f"{CS}&{TS}", token=None)
for note, key in [
    ("swapped", f"{TS}&{CS}"),
    ("no consumer secret", f"&{TS}"),
    ("an '&' alone", "&"),
    ("the consumer key for its secret", f"{CK}&{TS}"),
    ("the consumer key for the token secret", f"{CS}&{CK}"),
    ("the token for its secret", f"{CS}&{TK}"),
    ("key and token, no secret", f"{CK}&{TK}"),
    ("the token for the consumer secret", f"{TK}&{TS}"),
    ("the token secret alone", TS),
    ("the consumer key alone", CK),
    ("nothing", ""),
    ("undefined for the token secret", f"{CS}&undefined"),
    ("null for the token secret", f"{CS}&null"),
]:
    case("key.wrong_material", note, key=key)
ODD = ("h%>%U4=v8HiV]$j", "abc+/==")
case("key.not_encoded", "both raw", secrets=ODD, key="&".join(ODD))
case("key.not_encoded", "the consumer secret raw", secrets=ODD, key=f"{ODD[0]}&{pe(ODD[1])}")
case("key.not_encoded", "the token secret raw", secrets=ODD, key=f"{pe(ODD[0])}&{ODD[1]}")
case("key.encoding", "twice", secrets=ODD, key="&".join(pe(pe(s)) for s in ODD))
case("key.encoding", "small letters", secrets=ODD, key="&".join(lower(s) for s in ODD))
case("key.encoding", "as a form", secrets=("a b", "c"), key="a+b&c")
case("key.encoding", "encodeURIComponent", secrets=("a!b", "c(d"), key="a!b&c(d")
case("key.encoding", "Latin-1", secrets=("pass\u00e9", "c"), key="pass%E9&c", same=())
for note, key in [
    ("a blank before the consumer secret", f"%20{CS}&{TS}"),
    ("a line end after the consumer secret", f"{CS}%0A&{TS}"),
    ("a carriage return after the consumer secret", f"{CS}%0D&{TS}"),
    ("CR LF after the token secret", f"{CS}&{TS}%0D%0A"),
    ("a tab after the token secret", f"{CS}&{TS}%09"),
    ("a zero byte after the token secret", f"{CS}&{TS}%00"),
    ("a byte order mark before the consumer secret", f"%EF%BB%BF{CS}&{TS}"),
    ("a no-break space after both", f"{CS}%C2%A0&{TS}%C2%A0"),
    ("a line end after the token secret, not encoded", f"{CS}&{TS}\n"),
]:
    case("key.whitespace", note, key=key)
case("key.whitespace", "cut off, which the keys at hand have", secrets=(CS + "\n", TS),
     key=f"{CS}&{TS}")
case("key.altered", "in double quotes", key=f"%22{CS}%22&{TS}")
case("key.altered", "quotes taken off", secrets=(f'"{CS}"', TS), key=f"{CS}&{TS}")
case("key.altered", "percent-decoded", secrets=("abc%2Fdef", TS), key=f"abc%2Fdef&{TS}",
     same=("key.not_encoded",))
case("key.altered", "base64-decoded", secrets=("c2VjcmV0LW9uZQ==", TS), key=f"secret-one&{TS}")
case("key.altered", "hex-decoded", secrets=("7365637265742d6f6e65", TS), key=f"secret-one&{TS}")
case("key.altered", "base64 of it", key=f"{pe(b64(CS.encode()))}&{TS}")
case("key.altered", "small letters", secrets=("AbCdEf", "tS"), key="abcdef&tS")
case("key.altered", "cut off at a dollar sign", secrets=("h5%x$HOME", TS), key=f"h5%25x&{TS}")
SANDBOX = {"sandbox": {"consumer_key": "sandbox-key", "consumer_secret": "sandbox-cs",
                       "token": "sandbox-token", "token_secret": "sandbox-ts"}}
case("key.other_set", "both secrets", others=SANDBOX, key="sandbox-cs&sandbox-ts")
case("key.other_set", "its consumer secret", others=SANDBOX, key=f"sandbox-cs&{TS}")
case("key.other_set", "its token secret", others=SANDBOX, key=f"{CS}&sandbox-ts")
case("key.other_set", "its consumer secret alone", others=SANDBOX, key="sandbox-cs&")

# One secret in a set; the other scheme with its own port; octets that are no text.
case("key.other_set", "the secret of another token",
     others={"request token": {"token": "request-token", "token_secret": "request-ts"}},
     key=f"{CS}&request-ts")
case("key.other_set", "the secret of another consumer",
     others={"old": {"consumer_secret": "old-cs"}}, key=f"old-cs&{TS}")
case("uri.scheme_proxy", "https and its default port, captured as http",
     url="http://api.example.com:443/x", uri="https://api.example.com/x")
case("uri.scheme_proxy", "http and its default port, captured as https",
     url="https://api.example.com:80/x", uri="http://api.example.com/x")
case("uri.scheme_proxy", "http with the default port of https",
     uri="http://api.example.com:443/v1/items")
NO_TEXT = "iueKmBTOk1vO8bAeJa6vOhntE5pY"
case("key.altered", "base64-decoded to octets that are no text, not encoded", secrets=(NO_TEXT, "a&b"),
     key=base64.b64decode(NO_TEXT) + b"&a%26b")

# Two at once, of which one has to come first.
case("method.case", "PUT in small letters for GET", signed_method="put", depth=2,
     same=["method.mismatch"])
case("key.other_set", "the secret of another token, with a line end",
     others={"request token": {"token": "request-token", "token_secret": "request-ts"}},
     key=f"{CS}&request-ts%0A", depth=2, same=["key.whitespace"])
case("key.encoding", "as a form, with a line end", secrets=("a b", "c"), key="a+b%0A&c", depth=2,
     same=["key.whitespace"])
case("key.wrong_material", "no consumer secret, and a line end in its place", key=f"%0A&{TS}",
     depth=2, same=["key.whitespace"])

# One encoder for everything, the secrets too. Behind the others, so that those keep their numbers.
SECRETS = ("a b~/c", "d(e*f")
for code, note, encode in [
    ("enc.lowercase_hex", "small letters everywhere, in the key too", lower),
    ("enc.reserved_chars", "encodeURIComponent everywhere, for the key too", component),
    ("enc.reserved_chars", "quote() of Python 2 everywhere, for the key too",
     lambda text: quote(text).replace("~", "%7E")),
    ("enc.reserved_chars", "escape() of JavaScript everywhere, for the key too", escape),
    ("enc.plus_space", "URLEncoder of Java everywhere, for the key too", java),
    ("enc.plus_space", "urlencode() of PHP everywhere, for the key too", php),
    ("enc.tilde", "the tilde everywhere, in the key too", tilde),
]:
    case(code, note, url=WILD, secrets=SECRETS, key="&".join(encode(s) for s in SECRETS),
         base=lambda m, u, p, encode=encode: "&".join([m, encode(u), encode(relist(encode))]))
