#!/usr/bin/env python3
"""Writes the cases of this directory that are about parameters: which, how spelt, in what order.

Each case is a request and the list of parameters that was signed for it, written out by hand. In a
list, <O> stands for the six oauth_ parameters of the header, by RFC 5849. Standard library only. Run
it in this directory; it overwrites its own files (their names have "p" before the number) and leaves
all others.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import urllib.parse

CK, CS = "dpf43f3p2l4k3l03", "kd94hf93k423kf44"
TK, TS = "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00"
NONCE = "kllo9940pd9333jh"
HERE = pathlib.Path(__file__).parent
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
XML = "application/xml"
MULTIPART = "multipart/form-data; boundary=x"
OWN = [("oauth_consumer_key", CK), ("oauth_nonce", NONCE), ("oauth_signature_method", "HMAC-SHA1"),
       ("oauth_timestamp", "1191242096"), ("oauth_token", TK), ("oauth_version", "1.0")]
O = "&".join(f"{name}={value}" for name, value in OWN)
counts: dict[str, int] = {}


def pe(text):
    """RFC 5849 section 3.6."""
    return urllib.parse.quote(text, safe="-._~")


def case(code, note, signed, query="", *, body=None, of=FORM, method=None, header=None, realm=None,
         same=(), depth=1):
    """One file.

    signed: the list of parameters that was signed, with <O>; text, or octets where it is not UTF-8.
    header: the parameters of the Authorization field, names and raw values, in their order. same:
    codes that give the same signature and may be told in place of `code`.
    """
    method = method or ("GET" if body is None else "POST")
    header = [(n, pe(v)) for n, v in OWN] if header is None else header
    if isinstance(signed, str):
        signed = signed.encode()
    signed = signed.replace(b"<O>", O.encode())
    base = f"{method}&https%3A%2F%2Fapi.example.com%2Fv1%2Fitems&".encode() + pe(signed).encode()
    token = any(name == "oauth_token" and value for name, value in header)
    key = f"{CS}&{TS if token else ''}".encode()
    signature = base64.b64encode(hmac.new(key, base, hashlib.sha1).digest()).decode()
    fields = ", ".join([f'{n}="{v}"' for n, v in header] + [f'oauth_signature="{pe(signature)}"'])
    if realm is not None:
        fields = f'realm="{realm}", {fields}'
    headers = [["Host", "api.example.com"], ["Authorization", f"OAuth {fields}"]]
    keys = {"consumer_key": CK, "consumer_secret": CS}
    if token:
        keys |= {"token": TK, "token_secret": TS}
    content = {
        "scheme": "https",
        "method": method,
        "target": "/v1/items" + (f"?{query}" if query else ""),
        "headers": headers,
        "keys": keys,
    }
    if body is not None:
        headers.append(["Content-Type", of])
        content["body"] = body
    counts[code] = counts.get(code, 0) + 1
    name = f"{code}-p{counts[code]}"
    out = {
        "id": name,
        "kind": "deviation",
        "derived": True,
        "note": note,
        "input": content,
        "expected": {"code": code, "same": list(same), "depth": depth},
    }
    HERE.joinpath(f"{name}.json").write_text(json.dumps(out, indent=2, ensure_ascii=True) + "\n")


def own(*changes, drop=()):
    """The header's parameters with some changed or added, and some left out."""
    fields = [(n, pe(v)) for n, v in OWN if n not in drop]
    for name, value in changes:
        known = [at for at, (other, _) in enumerate(fields) if other == name]
        if known:
            fields[known[0]] = (name, value)
        else:
            fields.append((name, value))
    return fields


def signed_own(*changes, drop=()):
    """The list of those, sorted."""
    return "&".join(sorted(f"{n}={v}" for n, v in own(*changes, drop=drop)))


# Left out.
FOUR = "deploy=1&id=20&script=58&recordtype=customer"
case("sbs.query_omitted", "the whole query", "<O>", "page=2&per_page=100")
case("sbs.query_omitted", "one of it", "<O>&page=2", "page=2&per_page=100")
case("sbs.query_omitted", "two of four", "deploy=1&<O>&script=58", FOUR)
case("sbs.query_omitted", "three of four", "deploy=1&<O>", FOUR)
case("sbs.query_omitted", "one of twelve", "&".join(f"{c}=1" for c in "abcdfghijkl") + "&<O>",
     "&".join(f"{c}=1" for c in "abcdefghijkl"))
case("sbs.query_omitted", "the last four of twelve", "&".join(f"{c}=1" for c in "abcdefgh") + "&<O>",
     "&".join(f"{c}=1" for c in "abcdefghijkl"))
case("sbs.form_body_omitted", "the whole form", "<O>", body="foo=bar&size=original")
case("sbs.form_body_omitted", "the form, not the query", "<O>&q=1", "q=1", body="foo=bar")
case("sbs.form_body_omitted", "one field of it", "<O>&size=original", body="foo=bar&size=original")
case("sbs.param_missing", "all but the oauth_ parameters", "<O>", "q=1", body="foo=bar",
     same=["sbs.query_omitted", "sbs.form_body_omitted"])
case("sbs.oauth_param_missing", "oauth_version", signed_own(drop=["oauth_version"]))
case("sbs.oauth_param_missing", "oauth_callback", "<O>",
     header=own(("oauth_callback", "http%3A%2F%2Fa.example%2Fcb")))
case("sbs.oauth_param_missing", "all of them", "a=1", "a=1")
case("sbs.empty_oauth_token", "sent and not signed", signed_own(drop=["oauth_token"]),
     header=own(("oauth_token", "")))
case("bodyhash.missing", "sent and not signed", "<O>",
     header=own(("oauth_body_hash", "JAGtss%2F%2B%2Fb%2FNf2Pxe5Gl2UbnhVw%3D")),
     body="<x/>", of=XML)
case("sbs.empty_param", "left out", "a=1&<O>", "a=1&b=&c=", same=["sbs.query_omitted"])
case("sbs.empty_param", "without '='", "a=1&b&c&<O>", "a=1&b=&c=")
case("sbs.valueless_param", "without '='", "a=1&b&c=&<O>", "a=1&b&c=")
case("sbs.valueless_param", "left out", "a=1&c=&<O>", "a=1&b&c=",
     same=["sbs.query_omitted", "sbs.empty_param"])
case("sbs.valueless_param", "cut at the encoded '='", "accounting_period=%27Cash%27&<O>",
     "accounting_period%3D'Cash'")
case("sbs.realm_included", "the query's realm was dropped", "<O>", "realm=secret",
     same=["sbs.query_omitted"])
case("hdr.extra_params", "counted once", "<O>&skip=0&take=100", "skip=0&take=100",
     header=[("skip", "0"), ("take", "100")] + own(), same=["sbs.duplicate_params"])

# Added.
NO_TOKEN = own(drop=["oauth_token"])
case("sbs.realm_included", "the header's realm", "<O>&realm=Photos", realm="Photos")
case("sbs.empty_oauth_token", "signed and not sent", signed_own(("oauth_token", "")),
     header=NO_TOKEN)
case("sbs.oauth_param_added", "oauth_version", "<O>", header=own(drop=["oauth_version"]))
case("sbs.oauth_param_added", "oauth_callback=oob", "oauth_callback=oob&<O>")
case("sbs.oauth_param_added", "oauth_callback=about:blank", "oauth_callback=about%3Ablank&<O>")
case("sbs.oauth_param_added", "oauth_verifier, empty", signed_own(("oauth_verifier", "")))
case("sbs.oauth_param_added", "oauth_signature, empty", signed_own(("oauth_signature", "")))
case("sbs.oauth_param_added", "oauth_tokey, empty",
     signed_own(("oauth_tokey", ""), drop=["oauth_token"]), header=NO_TOKEN)
case("bodyhash.not_sent", "SHA-1 of the body",
     "oauth_body_hash=Lve95gjOVATpfV8EL5X4nxwjKHE%3D&<O>", body="Hello World!", of="text/plain")
case("sbs.param_added", "format=json", "a=1&format=json&<O>", "a=1")

# Repeated.
case("sbs.duplicate_params", "the last only", "<O>&type=CMPY", "type=SHAR&type=CMPY",
     same=["sbs.query_omitted"])
case("sbs.duplicate_params", "the first only", "<O>&type=SHAR", "type=SHAR&type=CMPY",
     same=["sbs.query_omitted"])
case("sbs.duplicate_params", "by a comma", "<O>&type=SHAR%2CCMPY", "type=SHAR&type=CMPY")
case("sbs.duplicate_params", "numbered", "<O>&t%5B0%5D=S&t%5B1%5D=C", "t=S&t=C")
case("sbs.duplicate_params", "the query twice", "a=1&a=1&b=2&b=2&<O>", "a=1&b=2")
case("sbs.duplicate_params", "all twice",
     "&".join(["a=1"] * 2 + [f"{n}={v}" for n, v in OWN for _ in range(2)]), "a=1")
case("sbs.duplicate_params", "equal pairs once", "a=1&a=2&<O>", "a=1&a=1&a=2",
     same=["sbs.query_omitted"])

# Other values.
case("sbs.param_value", "the clock read twice", signed_own(("oauth_timestamp", "1191242097")))
case("sbs.param_value", "milliseconds", signed_own(("oauth_timestamp", "1191242096000")))
case("sbs.param_value", "another method", signed_own(("oauth_signature_method", "HMAC-SHA256")))
case("sbs.param_value", "another version", signed_own(("oauth_version", "1.0a")))
case("sbs.param_value", "cut at the second '='", "<O>&sig=YWI", "sig=YWI%3D%3D")
case("sbs.param_value", "trimmed", "<O>&q=x", "q=%20x%20")
case("sbs.param_value", "line ends", "<O>&q=x%0Ay", "q=x%0D%0Ay")
case("sbs.param_value", "True for true", "a=True&<O>", "a=true")
case("sbs.param_value", "an array as a word", "a=Array&<O>", "a%5Bx%5D=1&a%5By%5D=2")
case("sbs.param_value", "backslashes", "<O>&q=it%5C%27s", "q=it%27s")
case("enc.html_escaped", "a value", "<O>&q=a%26amp%3Bb", "q=a%26b")
case("enc.html_escaped", "the query's '&'", "a=1&amp%3Bb=2&<O>", "a=1&b=2")
case("hdr.param_name_typo", "signed under its right name", "<O>",
     header=own(("oauth_nonse", NONCE), drop=["oauth_nonce"]))
case("enc.double_decoded", "a value", "<O>&q=x%2Cy", "q=x%252Cy")
case("enc.double_decoded", "before it was taken apart", "<O>&q=x&y=1", "q=x%26y%3D1")

# Bodies that are no forms.
case("sbs.non_form_body_included", "cut at the first '='",
     pe('<a>\n<b c') + "=" + pe('"d" />\n</a>') + "&<O>", body='<a>\n<b c="d" />\n</a>', of=XML)
case("sbs.non_form_body_included", "as a name", pe('{"a":1}') + "=&<O>", body='{"a":1}', of=JSON)
case("sbs.non_form_body_included", "as a name without '='", pe('{"a":1}') + "&<O>",
     body='{"a":1}', of=JSON)
case("sbs.non_form_body_included", "its members", "a=1&b=x%20y&<O>", body='{"a":1,"b":"x y"}',
     of=JSON)
case("sbs.non_form_body_included", "its members, nested", "a%5Bb%5D%5B0%5D=1&<O>",
     body='{"a":{"b":[1]}}', of=JSON)
case("sbs.non_form_body_included", "form of another type", "a=1&b=x%20y&<O>", body="a=1&b=x+y",
     of="text/plain")
PARTS = ('--x\r\nContent-Disposition: form-data; name="status"\r\n\r\nhi you\r\n'
         '--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\nJ\r\n--x--\r\n')
case("sbs.multipart_or_file_field", "its texts", "<O>&status=hi%20you", body=PARTS, of=MULTIPART)
case("sbs.multipart_or_file_field", "its texts and files", "<O>&photo=%40a.jpg&status=hi%20you",
     body=PARTS, of=MULTIPART)
case("sbs.multipart_or_file_field", "in short", "<O>&status=hi", body="(multipart) status=hi",
     of=MULTIPART)
case("sbs.form_body_mismatch", "the text of the form behind the list", "<O>&b=2%20c&a=3",
     body="b=2%20c&a=3")

# Order.
UNSORTED = [OWN[4], OWN[1], OWN[0], OWN[2], OWN[3], OWN[5]]
case("sbs.order", "as sent", "&".join(f"{n}={v}" for n, v in UNSORTED) + "&z=1&a=2", "z=1&a=2",
     header=UNSORTED)
case("sbs.order", "two lists, the others first", "a=2&z=1&<O>", "z=1&a=2")
case("sbs.order", "two lists, the oauth_ ones first", "<O>&a=2&z=1", "z=1&a=2")
case("sbs.order", "two lists, the others unsorted", "<O>&z=1&a=2", "z=1&a=2")
case("sbs.order", "the body before the query", "<O>&b=1&a=2", "a=2", body="b=1")
case("sbs.order", "one behind the list", O + "&oauth_verifier=v1",
     header=own(("oauth_verifier", "v1"))[:5] + [("oauth_verifier", "v1"), OWN[5]])
case("sbs.order", "before encoding: names", "c2=&c%40=&<O>", "c2=&c%40=")
case("sbs.order", "before encoding: values", "<O>&tag=perl&tag=%E3%83%96",
     "tag=%E3%83%96&tag=perl")
case("sbs.order", "joined", "a1=1&a=2&<O>", "a=2&a1=1")
case("sbs.order", "naturally", "f%5B2%5D=c&f%5B10%5D=k&<O>", "f%5B10%5D=k&f%5B2%5D=c")
case("sbs.order", "by name only", "<O>&t=z&t=a", "t=z&t=a")
case("sbs.order", "values downwards", "<O>&t=c&t=b&t=a", "t=b&t=a&t=c")
case("sbs.order", "nested, members as sent", "b=1&f%5Bz%5D=9&f%5Ba%5D=5&<O>",
     "f%5Bz%5D=9&f%5Ba%5D=5&b=1")
case("sbs.order", "nested, indexes as numbers", "f%5B9%5D=9&f%5B10%5D=5&<O>",
     "f%5B10%5D=5&f%5B9%5D=9")
case("sbs.order", "without letter case", "a=1&B=2&c=3&<O>", "a=1&B=2&c=3")
case("sbs.order", "downwards", "z=1&" + "&".join(f"{n}={v}" for n, v in OWN[::-1]) + "&a=2",
     "a=2&z=1")

# Spelling of values.
case("enc.double_encoded", "a value", "foo=first%252Csecond&<O>", "foo=first%2Csecond")
case("enc.double_encoded", "one of two values", "a=x%252Cy&b=x%2Cy&<O>", "a=x%2Cy&b=x%2Cy")
case("enc.double_encoded", "from the wire", "foo=first%252csecond&<O>", "foo=first%2csecond")
case("enc.double_encoded", "a name", "a%2520c=&<O>", "a%20c=")
case("enc.double_encoded", "names and values", "a%2520c=%2521&<O>", "a%20c=%21")
case("enc.double_encoded", "as a form first", "<O>&q=a%2Bb%252Cc", "q=a%20b%2Cc")
case("enc.double_encoded", "encodeURIComponent twice", "<O>&q=a!%2520b", "q=a%21%20b")
case("enc.double_encoded", "lower-case digits first", "<O>&q=a%252cb", "q=a%2Cb")
case("enc.single_encoded", "a value", "<O>&status=Hello, world", body="status=Hello%2C%20world")
case("enc.single_encoded", "as in the request", "<O>&status=Hello%2c+world",
     body="status=Hello%2c+world")
for note, raw, signed in [
    ("encodeURIComponent", "hello%21+(a)", "hello!%20(a)"),
    ("URLEncoder", "%2Acache+a~b", "*cache+a%7Eb"),
    ("URLEncoder without '+'", "%2Acache+a", "*cache%20a"),
    ("quote() of Python 3", "a%2Fb%21", "a/b%21"),
    ("quote() of Python 2", "a%2Fb~", "a/b%7E"),
    ("encodeURI", "http%3A%2F%2Fb%2C%3F%23%5B", "http://b,?#%5B"),
    ("url.PathEscape", "a%40b%3Dc%2Fd", "a@b=c%2Fd"),
    ("escape", "a%40b%3Ac", "a@b%3Ac"),
    ("one character", "a%7Cb%7D", "a|b%7D"),
    ("Swift", "a%2Fb%3Fc%26d%3De%23", "a/b?c&d=e%23"),
]:
    case("enc.reserved_chars", note, f"<O>&q={signed}", f"q={raw}")
case("enc.reserved_chars", "HttpUtility", "<O>&q=a+b%2c(c)", "q=a+b%2C(c)")
case("enc.tilde", "encoded", "<O>&q=%7Euser", "q=~user")
case("enc.unreserved_chars", "a hyphen", "<O>&q=a%2Db_c", "q=a-b_c")
case("enc.plus_space", "a space as '+'", "<O>&q=a+b%2C", "q=a%20b%2C")
case("enc.plus_space", "the '+' of the form as a plus", "note=a%2Bb&<O>", body="note=a+b")
case("enc.plus_space", "the '+' of the query as a plus", "<O>&scope=r_basic%2Br_email%21",
     "scope=r_basic+r_email%21")
case("enc.plus_space", "a plus as a space", "<O>&q=a%20b", "q=a%2Bb")
case("enc.plus_space", "a name", "a+b=1&<O>", "a%20b=1")
case("enc.lowercase_hex", "values", "<O>&q=a%2cb", "q=a%2Cb")
case("enc.lowercase_hex", "names", "f%5ba%5d=1%2C&<O>", "f%5Ba%5D=1%2C")
case("enc.param_name", "not encoded", "f[a]=%21&<O>", "f%5Ba%5D=%21")
case("enc.param_name", "not encoded, sorted before", "c@=2&c2=1&<O>", "c2=1&c%40=2")
case("enc.param_name", "not encoded, sorted then", "c2=1&c@=2&<O>", "c2=1&c%40=2",
     same=["sbs.order"])
case("enc.param_name", "'.' as '_'", "a_b=1&<O>", "a.b=1")

# Characters beyond ASCII.
for note, text, signed in [
    ("Latin-1", "\u00a355", "%A355"),
    ("Windows-1252", "\u20ac5", "%805"),
    ("UTF-8 twice", "caf\u00e9", "caf%C3%83%C2%A9"),
    ("the low byte", "\u5199", "%99"),
    ("a question mark", "\u5199x", "%3Fx"),
    ("left out", "a\u5199", "a"),
    ("UTF-16", "a\u00e9", "%00a%00%E9"),
    ("%uXXXX", "\u5199", "%u5199"),
    ("a byte of another encoding", "\u5199", "%8E"),
    ("as it is", "caf\u00e9", "caf\u00e9"),
    ("UTF-16 with a mark", "\u00e9", "%FE%FF%00%E9"),
    ("an entity", "\u00e9", "%26%23233%3B"),
]:
    case("enc.non_ascii", note, f"<O>&q={signed}", f"q={pe(text)}")

# Joined.
PAIRS = ["a=1", *O.split("&"), "q=2"]
for note, text in [
    ("nothing between the pairs", "".join(PAIRS)),
    ("commas between the pairs", ",".join(PAIRS)),
    ("&amp; between the pairs", "&amp;".join(PAIRS)),
    ("line ends between the pairs", "\n".join(PAIRS)),
    ("nothing at all between", "".join(PAIRS).replace("=", "")),
    ("values in quotes", "&".join(p.replace("=", '="') + '"' for p in PAIRS)),
]:
    case("sbs.structure", note, text, "a=1&q=2")

# Two at once.
case("sbs.query_omitted", "and the form", "<O>", "q=1", body="foo=bar",
     same=["sbs.param_missing", "sbs.form_body_omitted"])
case("enc.plus_space", "and unsorted", "<O>&z=a+b&a=2", "z=a%20b&a=2", depth=2,
     same=["sbs.order", "enc.reserved_chars"])
case("sbs.oauth_param_missing", "and double-encoded",
     signed_own(drop=["oauth_version"]) + "&q=x%252Cy", "q=x%2Cy", depth=2,
     same=["enc.double_encoded"])
case("sbs.duplicate_params", "the last only, and lower-case digits", "<O>&t=b%2cc", "t=a&t=b%2Cc",
     depth=2, same=["sbs.query_omitted", "enc.lowercase_hex"])

# Of ten names, some with several values; of more.
case("sbs.query_omitted", "three names of ten",
     "&".join(f"{c}=1" for c in "bdfghij") + "&<O>",
     "a=2&" + "&".join(f"{c}=1" for c in "abcdefghij") + "&c=2&e=2")
case("sbs.query_omitted", "all but the first of twelve", "a=1&<O>",
     "&".join(f"{c}=1" for c in "abcdefghijkl"))
case("sbs.form_body_omitted", "both values of one field", "b=1&<O>", body="a=1&a=2&b=1",
     same=["sbs.duplicate_params"])
case("sbs.duplicate_params", "the fields of the form twice, not its oauth_ parameter",
     "a=1&a=1&oauth_callback=oob&<O>", body="a=1&oauth_callback=oob")

# Names and values together.
PLUS_NONCE = ("oauth_nonce", "n%2Bce")
case("enc.double_encoded", "names and values from the wire, not the header's",
     "a%253D1=x&b=%252C&" + signed_own(PLUS_NONCE), "a%3D1=x&b=%2C", header=own(PLUS_NONCE))
case("enc.double_encoded", "a name as a form by Java first", "a%257Eb%2525=&<O>", "a~b%25=")
case("enc.reserved_chars", "escape, names and values", "a%7E+=x@&<O>", "a~%2B=x%40")
case("enc.reserved_chars", "urlencode of PHP, names and values", "<O>&x+%2Ay=%7E", "x%20*y=~",
     same=["enc.plus_space"])
case("enc.non_ascii", "%uXXXX in a name", "%u540D=1&<O>", pe("\u540d") + "=1")
case("enc.double_decoded", "as a form", "a=1%201&<O>&q=x%2Cy", "a=1%2B1&q=x%252Cy")
case("enc.double_decoded", "what is no text replaced", "<O>&q=%EF%BF%BD", "q=%25E9",
     same=["enc.non_ascii"])

# Two at once, of which one has to come first.
case("enc.double_encoded", "one value by hand, and encodeURIComponent for all",
     "a=x%252Cy&b=!&<O>", "a=x%2Cy&b=%21", depth=2, same=["enc.reserved_chars"])
case("sbs.duplicate_params", "all that was sent twice, and oauth_callback=oob once",
     "a=1&a=1&oauth_callback=oob&" + "&".join(f"{n}={v}" for n, v in OWN for _ in range(2)), "a=1",
     depth=2, same=["sbs.oauth_param_added"])
