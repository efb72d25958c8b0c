// The package `oauth-1.0a`: it signs, and leaves the sending to whoever calls it.

"use strict";

const crypto = require("node:crypto");
const OAuth = require("oauth-1.0a");

function signer(ask) {
  const hash = ask.signature_method.split("-")[1].toLowerCase();
  const rsa = (text) =>
    crypto.sign(`RSA-${hash}`, Buffer.from(text), ask.private_key).toString("base64");
  const hmac = (text, key) => crypto.createHmac(hash, key).update(text).digest("base64");
  return new OAuth({
    consumer: { key: ask.consumer_key, secret: ask.consumer_secret ?? "" },
    signature_method: ask.signature_method,
    hash_function: ask.private_key ? rsa : hmac,
    // Its own default is the keyed hash of the body.
    body_hash_function: (body) => crypto.createHash(hash).update(body).digest("base64"),
  });
}

// Pairs as the object that the package takes: an array for what is repeated.
function grouped(pairs) {
  const data = {};
  for (const [name, value] of pairs) {
    data[name] = name in data ? [].concat(data[name], value) : value;
  }
  return data;
}

function encoded(oauth, pairs) {
  const encode = (text) => oauth.percentEncode(String(text));
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
}

// `protocol` holds the protocol parameters that the package does not know.
async function sendSigned(ask, request, protocol) {
  const oauth = signer(ask);
  const url = ask.origin + request.target;
  const form = request.form ?? [];
  const data = request.body_hash ? request.text : { ...grouped(form), ...protocol };
  const token = ask.token ? { key: ask.token, secret: ask.token_secret } : undefined;
  const signed = oauth.authorize(
    { method: request.method, url, data, includeBodyHash: request.body_hash },
    token,
  );
  const parameters = { ...signed, ...protocol };
  // The package answers with the parameters of the request among its own.
  const pairs = Object.entries(parameters).filter(([name]) => name.startsWith("oauth_"));
  const headers = {};
  let target = url;
  let body = request.text ?? encoded(oauth, form);
  if (ask.placement === "header") {
    Object.assign(headers, oauth.toHeader(parameters));
  } else if (ask.placement === "query") {
    target += (url.includes("?") ? "&" : "?") + encoded(oauth, pairs);
  } else {
    body = encoded(oauth, form.concat(pairs));
  }
  if (body) {
    headers["Content-Type"] = request.content_type ?? "application/x-www-form-urlencoded";
  }
  const { method } = request;
  const response = await fetch(target, { method, headers, body: body || undefined });
  return { status: response.status, body: await response.text() };
}

async function token(ask, leg, protocol) {
  const answer = await sendSigned(ask, { method: "POST", target: `/oauth/${leg}` }, protocol);
  if (answer.status !== 200) {
    throw answer;
  }
  const pairs = new URLSearchParams(answer.body);
  return {
    status: 200,
    token: pairs.get("oauth_token"),
    token_secret: pairs.get("oauth_token_secret"),
    session_handle: pairs.get("oauth_session_handle"),
  };
}

module.exports = {
  async connect(ask, approve) {
    const temporary = await token(ask, "RequestToken", { oauth_callback: ask.callback });
    const verifier = await approve(temporary.token);
    return token({ ...ask, ...temporary }, "AccessToken", { oauth_verifier: verifier });
  },
  send: (ask) => sendSigned(ask, ask.request, {}),
  renew: (ask) => token(ask, "AccessToken", { oauth_session_handle: ask.session_handle }),
};
