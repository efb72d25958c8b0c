//! NetSuite token-based authentication: the real cause stands in the Login Audit Trail only.

super::rows! {
    Whole("Invalid login attempt") by ["NetSuite"], TOKEN_REJECTED, token_may_be_good;
    "NetSuite's word for any refusal of token-based authentication, a wrong signature included.";
    ["The realm is wrong: it is the account id in capitals with an underscore (1234567_SB1), not as in the host name.", "HMAC-SHA1 was used: only HMAC-SHA256 is taken.", "Query parameters such as script and deploy were not signed.", "The token's role lacks the permission, or the token was revoked.", "Too many requests at once."];
    ["Send realm in capitals with an underscore.", "Sign with HMAC-SHA256.", "Sign every query parameter.", "Look at the role's permissions.", "Send fewer requests at once."];
    "The Login Audit Trail of the account, column Detail.";
    "NetSuite answers quoted in public code", B;

    Starts("Invalid login attempt. For more details, see the Login Audit Trail") by ["NetSuite"], TOKEN_REJECTED, token_may_be_good;
    "NetSuite's word for any refusal of token-based authentication, a wrong signature included.";
    ["The realm is wrong: it is the account id in capitals with an underscore (1234567_SB1).", "HMAC-SHA1 was used: only HMAC-SHA256 is taken.", "Query parameters were not signed.", "The token's role lacks the permission."];
    ["Send realm in capitals with an underscore.", "Sign with HMAC-SHA256.", "Sign every query parameter.", "Look at the role's permissions."];
    "The Login Audit Trail of the account, column Detail.";
    "NetSuite answers quoted in public code", B;

    Whole("INVALID_LOGIN") by ["NetSuite"], TOKEN_REJECTED, token_may_be_good;
    "The same for REST services: any refusal of token-based authentication.";
    ["Realm, method, signature, token or role: the answer does not say which."];
    ["Look into the Login Audit Trail first."];
    "The Login Audit Trail of the account, column Detail.";
    "NetSuite answers quoted in public code", B;

    Whole("INVALID_LOGIN_ATTEMPT") by ["NetSuite"], TOKEN_REJECTED, token_may_be_good;
    "The same for RESTlets: any refusal of token-based authentication.";
    ["Query parameters script, deploy or others were not signed.", "Realm, method, token or role."];
    ["Sign every query parameter.", "Look into the Login Audit Trail."];
    "The Login Audit Trail of the account, column Detail.";
    "laravel-netsuite pull 4", B;

    Whole("FeatureDisabled") by ["NetSuite"], CONSUMER_KEY_REJECTED;
    "Token-based authentication is switched off in this account.";
    ["The feature was never enabled, or not in this sandbox."];
    ["Enable it under the account's features."];
    "The account's list of features.";
    "NetSuite help, error names", A;

    Whole("MissingTokenPassportRequiredFields") by ["NetSuite"], PARAMETER_ABSENT;
    "The SOAP token passport is incomplete.";
    ["Account, consumer key, token, nonce, timestamp or signature is missing."];
    ["Fill all fields of the token passport."];
    "The SOAP header as sent, without secrets.";
    "NetSuite help, error names", A;

    Whole("nonce_rejected") by ["NetSuite"], PARAMETER_REJECTED;
    "The nonce is too short or too long: 6 to 64 characters, 20 advised.";
    ["The client draws short nonces."];
    ["Take 20 random letters and digits."];
    "The length of oauth_nonce.";
    "NetSuite help, error names", A;

    Whole("NonceRejected") by ["NetSuite"], PARAMETER_REJECTED;
    "The nonce is too short or too long: 6 to 64 characters, 20 advised.";
    ["The client draws short nonces."];
    ["Take 20 random letters and digits."];
    "The length of oauth_nonce.";
    "NetSuite help, error names", A;

    Whole("NonceUsed") by ["NetSuite"], NONCE_USED;
    "The nonce was used before.";
    ["The same signed request was sent twice."];
    ["Sign anew for every sending."];
    "Two captures compared.";
    "NetSuite help, error names", A;

    Whole("UnknownIntegration") by ["NetSuite"], CONSUMER_KEY_UNKNOWN;
    "No integration record has this consumer key.";
    ["The key is mistyped, or that of another account or sandbox."];
    ["Copy the key from the integration record of this account."];
    "The integration record.";
    "NetSuite help, error names", A;

    Whole("IntegrationBlocked") by ["NetSuite"], CONSUMER_KEY_REFUSED;
    "The integration record is blocked.";
    ["An administrator blocked it."];
    ["Ask the administrator to enable it."];
    "The state of the integration record.";
    "NetSuite help, error names", A;

    Whole("AuthorizationFlowRequired") by ["NetSuite"], CONSUMER_KEY_REJECTED;
    "The integration demands the authorisation flow: tokens made by hand are not taken.";
    ["The integration record allows the three-step flow only."];
    ["Obtain the token by the flow, or allow the other way in the record."];
    "The settings of the integration record.";
    "NetSuite help, error names", A;

    Whole("InvalidTimestamp") by ["NetSuite"], TIMESTAMP_REFUSED;
    "The timestamp is more than five minutes off.";
    ["The client's clock is off.", "The value is in milliseconds."];
    ["Set the clock by network time.", "Send seconds."];
    "The Date header of the answer, compared with oauth_timestamp.";
    "NetSuite help, error names", A;

    Whole("InvalidSignature") by ["NetSuite"], SIGNATURE_INVALID;
    "The signature does not belong to the request.";
    ["HMAC-SHA1 instead of HMAC-SHA256.", "Query parameters were not signed.", "Token secret or consumer secret is another one."];
    ["Sign with HMAC-SHA256.", "Sign every query parameter.", "Copy the secrets again."];
    "The request as sent.";
    "NetSuite help, error names", A;

    Whole("InvalidCallback") by ["NetSuite"], PARAMETER_REJECTED;
    "The oauth_callback is not the registered one.";
    ["The callback differs from the integration record."];
    ["Send the registered callback, encoded once."];
    "The integration record.";
    "NetSuite help, error names", A;

    Whole("MissingRequiredParameter") by ["NetSuite"], PARAMETER_ABSENT;
    "A required parameter did not arrive.";
    ["The client does not send it."];
    ["Send all parameters of the step."];
    "The request as sent.";
    "NetSuite help, error names", A;
}
