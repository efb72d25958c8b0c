//! Mastercard, Magento (Adobe Commerce), E*TRADE and Intuit.

super::rows! {
    Whole("Problem with signature base string. Missing {absent}") by ["Mastercard"], PARAMETER_ABSENT;
    "The gateway could not build the base string: the parameter named did not arrive.";
    ["The Authorization header is incomplete, malformed, or was dropped."];
    ["Send the parameter in the OAuth header."];
    "The Authorization header as sent.";
    "Mastercard answers quoted in public code", B;

    Whole("INVALID_OAUTH_SBS") by ["Mastercard"], SIGNATURE_INVALID;
    "The gateway's base string is not the client's, or could not be built.";
    ["A parameter is missing.", "oauth_body_hash is missing, or not SHA-256.", "Header values were encoded otherwise than the gateway does it."];
    ["Send all parameters.", "Send oauth_body_hash with SHA-256 whenever there is a body.", "Try the raw dialect of Mastercard's own signers."];
    "The Description beside the code.";
    "Mastercard answers quoted in public code", B;

    Whole("AUTHENTICATION_FAILED") by ["Mastercard"], SIGNATURE_INVALID;
    "The gateway could not authenticate the request.";
    ["The key does not belong to the consumer key.", "The signature is wrong."];
    ["Check that the key file and consumer key belong to one project.", "Verify the request as sent."];
    "The project in the developer portal.";
    "general knowledge", C;

    Whole("INVALID_CLIENT_ID") by ["Mastercard"], CONSUMER_KEY_UNKNOWN;
    "The consumer key is not known.";
    ["The key is that of sandbox at production, or the reverse.", "Only one of its two halves was sent."];
    ["Use the key of this environment.", "Send the whole key, with the exclamation mark."];
    "The project in the developer portal.";
    "general knowledge", C;

    Whole("INVALID_KEY") by ["Mastercard"], CONSUMER_KEY_REJECTED;
    "The signing key is not accepted.";
    ["The key has expired or was replaced."];
    ["Renew the key in the developer portal."];
    "The project in the developer portal.";
    "general knowledge", C;

    Starts("The consumer isn't authorized to access {resources}") by ["Adobe Commerce (Magento)"], PERMISSION_DENIED;
    "The signature is right; the integration may not use this resource.";
    ["The integration lacks the permission named.", "Its permissions were changed without authorising it anew."];
    ["Grant the resource to the integration.", "Authorise it again after a change."];
    "The list of resources of the integration.";
    "Adobe Commerce documentation", A;

    Contains("message=ApplicationAuthenticationFailed; errorCode={code};") by ["QuickBooks"], SIGNATURE_INVALID;
    "The signature was refused. The interface is retired.";
    ["A query value was encoded otherwise than signed (%3D).", "The token was revoked."];
    ["Encode query values by RFC 5849 section 3.6.", "Move to OAuth 2.0."];
    "The request as sent.";
    "apps-script-oauth1 issue 27", B;

    Contains("Status 401 - oauth_problem=consumer_key_rejected") by ["E*TRADE"], CONSUMER_KEY_REJECTED;
    "The consumer key is no longer accepted; E*TRADE's keys lapse without notice.";
    ["A personal key has expired.", "The sandbox key was used at production."];
    ["Ask for a new key; that takes days.", "Use the key of this environment."];
    "The age of the key.";
    "pyetrade issue 38", B;
}
