//! Codes that servers put into `oauth_problem` although the extension has none such.

super::rows! {
    Whole("access_token_expired") by ["Yahoo", "OAuth Session draft"], TOKEN_EXPIRED;
    "The access token is too old; another spelling of token_expired.";
    ["The token lived as long as oauth_expires_in said."];
    ["Renew it with its session handle, before it expires."];
    "The time of issue and oauth_expires_in.";
    "OAuth Session 1.0 draft 1, section 5.2", A;

    Whole("token_not_authorized") by ["net.oauth"], PERMISSION_UNKNOWN;
    "The request token has not been approved by the user.";
    ["The request token was exchanged before the user approved.", "A request token was used as an access token."];
    ["Wait for the callback.", "Exchange the request token and use the token of that answer."];
    "Whether the token is the one of the first step.";
    "net.oauth, OAuth.Problems", A;

    Whole("body_hash_invalid") by ["DevDefined.OAuth"], SIGNATURE_INVALID;
    "The body received is not the one that was hashed.";
    ["The body was hashed before its final encoding.", "Another hash than the server's was used."];
    ["Hash the very bytes sent.", "Use the hash of the signature method."];
    "The bytes of the body, and oauth_body_hash.";
    "DevDefined.OAuth, Framework/Error.cs", A;

    Whole("bad_verifier") by ["Xero"], PARAMETER_REJECTED;
    "The oauth_verifier is not the one of this request token.";
    ["The verifier was mistyped, or belongs to another request token.", "The request token was exchanged before."];
    ["Take verifier and token from the same callback.", "Begin again with a new request token."];
    "The callback, compared with the request.";
    "pyxero tests", B;

    Whole("verifier_invalid") by ["PECL", "Adobe Commerce (Magento)"], PARAMETER_REJECTED;
    "The oauth_verifier is not the one of this request token.";
    ["The verifier was mistyped, or belongs to another request token."];
    ["Take verifier and token from the same callback."];
    "The callback, compared with the request.";
    "PECL OAuthProvider; Adobe Commerce documentation", A;

    Whole("rate limit exceeded") by ["Xero"], CONSUMER_KEY_REFUSED;
    "Too many requests. Nothing is wrong with keys, token or signature.";
    ["The limit for a minute or for a day is used up."];
    ["Wait and go on more slowly; keep the token."];
    "The header X-Rate-Limit-Problem: minute or daily.";
    "pyxero tests; Xero-Net issues 189 and 216", B;

    Whole("organisation offline") by ["Xero"], NONE;
    "The organisation can't be reached for the moment. Keys, token and signature are right.";
    ["Maintenance at the provider.", "The organisation was deleted, or its trial is over."];
    ["Wait and try again later.", "Ask the user whether the organisation still exists."];
    "Whether other organisations answer.";
    "xeroizer, error map", B;

    Whole("token_revoke") by ["Adobe Commerce (Magento)"], TOKEN_REVOKED;
    "The token was revoked; a misspelling of token_revoked.";
    ["The integration was deactivated or authorised anew."];
    ["Authorise the integration again and use its new token."];
    "The state of the integration in the shop's administration.";
    "Adobe Commerce documentation", A;

    Whole("unable_to_determine_oauth_type") by ["Yahoo"], PARAMETER_ABSENT;
    "The server saw no usable OAuth parameters.";
    ["The Authorization header did not arrive.", "oauth_ parameters are missing or misspelled."];
    ["Look whether a proxy or a redirect dropped the header.", "Send all required oauth_ parameters."];
    "The request as it arrives, seen at an echo service.";
    "Yahoo answers quoted in public code", B;

    Whole("OST_OAUTH_PARAMETER_ABSENT_ERROR") by ["Yahoo"], PARAMETER_ABSENT;
    "A required parameter did not arrive.";
    ["The request was not signed at all.", "The Authorization header did not arrive."];
    ["Sign the request.", "Look whether a proxy or a redirect dropped the header."];
    "The request as sent.";
    "Yahoo weather answers quoted in public code", B;

    Whole("oauth_right_signature") by ["Sina Weibo"], SIGNATURE_INVALID;
    "A parameter of the challenge with the signature that the server expected, which no server should disclose.";
    ["The server signs another URL: its proxy ends TLS, and it takes the port 443 for part of an http address."];
    ["Give the whole answer to `countersign doctor`: it looks for the deviation that yields each signature."];
    "oauth_signature_base_string beside it.";
    "a public report of 2011", B;

    Whole("oauth_signature_base_string") by ["net.oauth", "Jira", "Confluence"], SIGNATURE_INVALID;
    "A parameter of the answer with the base string that the server computed.";
    ["The difference to the client's own base string is the fault."];
    ["Compare the two: `countersign doctor --provider-base-string`.", "Behind a proxy: configure scheme, name and port of the server."];
    "The client's own base string.";
    "net.oauth, OAuthSignatureMethod.validate; node-jira-client issue 44", A;

    Whole("debug_sbs") by ["PECL", "Flickr"], SIGNATURE_INVALID;
    "A parameter of the answer with the base string that the server computed, not encoded, up to the end of the body.";
    ["The difference to the client's own base string is the fault."];
    ["Compare the two: `countersign doctor --provider-base-string`."];
    "The client's own base string.";
    "PECL and HHVM, OAuthProvider::reportProblem", A;

    Whole("server_error") by ["oauthorize (Node)"], NONE;
    "The provider failed. It says nothing about the request.";
    ["A fault in the provider's code or storage."];
    ["Try again later; change nothing."];
    "Whether others see it in the same hour.";
    "oauthorize source", A;

    Whole("unknown_problem") by ["PECL"], NONE;
    "The PHP provider has no word for its own result; the parameter code has its number.";
    ["The provider's check returned a number of its own."];
    ["Ask the provider what the number means."];
    "The number in the parameter code.";
    "PECL and HHVM, OAuthProvider::reportProblem", A;

    Whole("invalid_consumer") by ["various"], CONSUMER_KEY_UNKNOWN;
    "The consumer key is not known.";
    ["The key is mistyped or that of another environment."];
    ["Copy the key again, from this environment."];
    "The key sent, compared with the portal's.";
    "public code", B;

    Whole("invalid_client") by ["authlib"], CONSUMER_KEY_UNKNOWN;
    "The consumer key is not known.";
    ["The key is mistyped or that of another environment."];
    ["Copy the key again, from this environment."];
    "The key sent, compared with the portal's.";
    "authlib, rfc5849 errors", A;

    Whole("invalid_token") by ["authlib", "OKAPI"], TOKEN_REJECTED;
    "The token is not known.";
    ["The token was revoked, has expired, or belongs to another application."];
    ["Ask the user to connect again."];
    "Where and when the token was issued.";
    "authlib, rfc5849 errors; OKAPI documentation", A;

    Whole("invalid_nonce") by ["authlib"], NONCE_USED;
    "The nonce was used before.";
    ["The same signed request was sent twice."];
    ["Sign anew for every sending."];
    "Two captures compared.";
    "authlib, rfc5849 errors", A;

    Whole("invalid_signature") by ["authlib", "OKAPI"], SIGNATURE_INVALID;
    "The signature does not belong to the request.";
    ["Base string or key deviate."];
    ["Verify the request as sent: `countersign doctor`."];
    "The request as sent.";
    "authlib, rfc5849 errors; OKAPI documentation", A;

    Whole("invalid_timestamp") by ["OKAPI"], TIMESTAMP_REFUSED;
    "The timestamp is out of the window; the answer holds both clocks.";
    ["The client's clock is off by the difference given."];
    ["Set the clock by network time."];
    "The fields yours, ours and difference.";
    "OKAPI documentation", A;

    Whole("missing_required_parameter") by ["authlib"], PARAMETER_ABSENT;
    "A required parameter did not arrive; the description names it.";
    ["The client does not send it."];
    ["Send it."];
    "The description beside the code.";
    "authlib, rfc5849 errors", A;

    Whole("duplicated_oauth_protocol_parameter") by ["authlib"], PARAMETER_REJECTED;
    "An oauth_ parameter occurs twice.";
    ["Parameters are sent both in the header and in query or body."];
    ["Send every oauth_ parameter once, all in one place."];
    "The request as sent.";
    "authlib, rfc5849 errors", A;

    Whole("unsupported_signature_method") by ["authlib"], SIGNATURE_METHOD_REJECTED;
    "The server does not take this signature method.";
    ["Another method is configured there."];
    ["Sign with a method that the server lists."];
    "The provider's documentation.";
    "authlib, rfc5849 errors", A;

    Whole("method_not_allowed") by ["authlib"], NONE;
    "The HTTP method does not fit this endpoint.";
    ["GET was sent where POST is due, or the reverse."];
    ["Use the method that the provider documents, and sign that one."];
    "The provider's documentation.";
    "authlib, rfc5849 errors", A;

    Whole("insecure_transport") by ["authlib"], NONE;
    "The server takes this request over TLS only.";
    ["The URL begins with http:.", "A proxy ends TLS, and the server does not know it."];
    ["Use https.", "Configure the proxy to pass on the scheme, and the server to believe it."];
    "The URL as the server sees it.";
    "authlib, rfc5849 errors", A;

    Whole("application_is_not_active") by ["Cybozu"], CONSUMER_KEY_REJECTED;
    "The application is not switched on.";
    ["It was never activated."];
    ["Activate it in the administration."];
    "The application's state in the administration.";
    "Cybozu documentation", B;

    Whole("application_is_stopped") by ["Cybozu"], CONSUMER_KEY_REFUSED;
    "The application was switched off.";
    ["An administrator stopped it."];
    ["Ask the administrator to start it."];
    "The application's state in the administration.";
    "Cybozu documentation", B;
}
