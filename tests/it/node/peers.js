// Clients at work against a provider: JSON lines in, JSON lines out.
//
// {"op": "connect", ...}  -> {"status", "token", "token_secret", "session_handle"}
// {"op": "send", ...}     -> {"status", "body"}
// {"op": "renew", ...}    -> as connect
//
// A refusal is {"status", "body"}, an exception {"error": its text}.

"use strict";

const readline = require("node:readline");

const clients = {
  "oauth-1.0a": require("./oauth_1_0a.js"),
  oauth: require("./oauth.js"),
};

async function approve(ask, token) {
  const response = await fetch(`${ask.origin}/oauth/Authorize`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({
      oauth_token: token,
      user: "ann",
      organisation: "Demo Company",
      role: "standard",
      decision: "approve",
    }),
  });
  return new URL(response.headers.get("location")).searchParams.get("oauth_verifier");
}

const operations = {
  connect: (ask) => clients[ask.client].connect(ask, (token) => approve(ask, token)),
  send: (ask) => clients[ask.client].send(ask),
  renew: (ask) => clients[ask.client].renew(ask),
  versions: async () => ({
    oauth: require("oauth/package.json").version,
    "oauth-1.0a": require("oauth-1.0a/package.json").version,
  }),
};

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const ask = JSON.parse(line);
    const answer = await operations[ask.op](ask).catch((error) =>
      error.status ? error : { error: String(error) },
    );
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

main();
