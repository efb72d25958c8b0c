// The package `oauth`: it signs, sends and knows the three legs.

"use strict";

const { OAuth } = require("oauth");
const querystring = require("node:querystring");

function client(ask) {
  return new OAuth(
    `${ask.origin}/oauth/RequestToken`,
    `${ask.origin}/oauth/AccessToken`,
    ask.consumer_key,
    ask.private_key ?? ask.consumer_secret,
    "1.0",
    ask.callback,
    ask.signature_method,
  );
}

// Calls one of its methods; what it calls back with, or its refusal.
function call(oauth, method, ...args) {
  return new Promise((resolve, reject) => {
    oauth[method](...args, (error, ...results) => {
      if (error) {
        reject(error.statusCode ? { status: error.statusCode, body: error.data } : error);
      } else {
        resolve(results);
      }
    });
  });
}

function credentials(token, secret, rest) {
  return {
    status: 200,
    token,
    token_secret: secret,
    session_handle: rest.oauth_session_handle,
  };
}

async function sendInQuery(ask, oauth, url) {
  const { method, content_type: type, text } = ask.request;
  const target = oauth.signUrl(url, ask.token, ask.token_secret, method);
  const headers = type ? { "Content-Type": type } : {};
  const response = await fetch(target, { method, headers, body: text });
  return { status: response.status, body: await response.text() };
}

module.exports = {
  async connect(ask, approve) {
    const oauth = client(ask);
    const [token, secret] = await call(oauth, "getOAuthRequestToken");
    const verifier = await approve(token);
    return credentials(...(await call(oauth, "getOAuthAccessToken", token, secret, verifier)));
  },
  async send(ask) {
    const oauth = client(ask);
    const { method, target, form, text, content_type: type } = ask.request;
    const url = ask.origin + target;
    if (ask.placement === "query") {
      return sendInQuery(ask, oauth, url);
    }
    const with_token = [url, ask.token, ask.token_secret];
    const [body] =
      method === "GET"
        ? await call(oauth, "get", ...with_token)
        : await call(oauth, "post", ...with_token, text ?? grouped(form), type);
    return { status: 200, body };
  },
  async renew(ask) {
    const extra = { oauth_session_handle: ask.session_handle };
    const url = `${ask.origin}/oauth/AccessToken`;
    const [body] = await call(client(ask), "post", url, ask.token, ask.token_secret, extra, null);
    const { oauth_token: token, oauth_token_secret: secret, ...rest } = querystring.parse(body);
    return credentials(token, secret, rest);
  },
};

// Pairs as the object that the package takes: an array for what is repeated.
function grouped(pairs) {
  const data = {};
  for (const [name, value] of pairs) {
    data[name] = name in data ? [].concat(data[name], value) : value;
  }
  return data;
}
