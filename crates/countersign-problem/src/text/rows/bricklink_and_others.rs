//! Providers with tables of codes: BrickLink, FatSecret, SmugMug, TripIt, Salesforce.

super::rows! {
    Capitals("TOKEN_IP_MISMATCHED") by ["BrickLink"], TOKEN_REJECTED, token_may_be_good;
    "The token is bound to registered addresses, and the request came from another. The signature is not at fault.";
    ["The client's public address changed or is not registered."];
    ["Register the address in the text, or make a token for any address."];
    "The address in the text, compared with the registered ones.";
    "BrickLink answers quoted in public code", B;

    Capitals("BAD_OAUTH_REQUEST") by ["BrickLink"], NONE;
    "The code of every refusal; the description beside it tells which. It comes with HTTP status 200.";
    ["See the description."];
    ["Read the field description."];
    "The field description.";
    "BrickLink answers quoted in public code", B;

    Capitals("TIMESTAMP_REFUSED") by ["BrickLink"], TIMESTAMP_REFUSED;
    "The timestamp is too far from the server's clock.";
    ["The client's clock is off."];
    ["Set the clock by network time."];
    "The Date header of the answer, compared with oauth_timestamp.";
    "BrickLink answers quoted in public code", B;

    Capitals("SIGNATURE_INVALID") by ["BrickLink"], SIGNATURE_INVALID;
    "The signature does not belong to the request.";
    ["Query parameters were not signed.", "The secrets are mixed up."];
    ["Sign every query parameter.", "Copy the four values again."];
    "The request as sent.";
    "general knowledge", C;

    Capitals("NONCE_USED") by ["BrickLink"], NONCE_USED;
    "The nonce was used before.";
    ["The same signed request was sent twice."];
    ["Sign anew for every sending."];
    "Two captures compared.";
    "general knowledge", C;

    Capitals("CONSUMER_KEY_UNKNOWN") by ["BrickLink"], CONSUMER_KEY_UNKNOWN;
    "There is no such consumer key.";
    ["The key is mistyped, or was replaced."];
    ["Copy the key again."];
    "The registration page.";
    "general knowledge", C;

    Capitals("PERMISSION_DENIED") by ["BrickLink"], PERMISSION_DENIED;
    "The account may not do this.";
    ["The resource belongs to another store."];
    ["Use the token of that store."];
    "The owner of the resource.";
    "general knowledge", C;

    Number("error.code", "2") by ["FatSecret"], PARAMETER_ABSENT;
    "A required oauth_ parameter is missing; oauth_version=1.0 is required here.";
    ["oauth_version was left out."];
    ["Send oauth_version=1.0."];
    "The parameters as sent.";
    "FatSecret documentation", A;

    Number("error.code", "3") by ["FatSecret"], PARAMETER_REJECTED;
    "A parameter is not supported.";
    ["An unknown oauth_ parameter was sent."];
    ["Leave it out."];
    "The parameters as sent.";
    "FatSecret documentation", A;

    Number("error.code", "4") by ["FatSecret"], SIGNATURE_METHOD_REJECTED;
    "Only HMAC-SHA1 is taken.";
    ["Another method was configured."];
    ["Sign with HMAC-SHA1."];
    "oauth_signature_method as sent.";
    "FatSecret documentation", A;

    Number("error.code", "5") by ["FatSecret"], CONSUMER_KEY_UNKNOWN;
    "The consumer key is not known.";
    ["The key is mistyped, or it is the OAuth 2.0 client id."];
    ["Copy the OAuth 1.0 consumer key."];
    "The platform's page of keys.";
    "FatSecret documentation", A;

    Number("error.code", "6") by ["FatSecret"], TIMESTAMP_REFUSED;
    "The timestamp is expired, or lower than that of an earlier request: it must not go backwards here.";
    ["Parallel clients overtook each other.", "The clock is off."];
    ["Send the requests of one key in order.", "Set the clock by network time."];
    "The timestamps of the last requests.";
    "FatSecret documentation", A;

    Number("error.code", "7") by ["FatSecret"], NONCE_USED;
    "The nonce was used before.";
    ["The same signed request was sent twice."];
    ["Sign anew for every sending."];
    "Two captures compared.";
    "FatSecret documentation", A;

    Number("error.code", "8") by ["FatSecret"], SIGNATURE_INVALID;
    "The signature does not belong to the request.";
    ["The parameters signed are not those sent.", "The ampersand at the end of the key is missing."];
    ["Verify the request as sent: `countersign doctor`.", "Sign with the secret followed by &."];
    "The request as sent.";
    "FatSecret documentation", A;

    Starts("Invalid signature: oauth_signature '{received}'") by ["FatSecret"], SIGNATURE_INVALID;
    "The signature does not belong to the request; the text has the one received.";
    ["The parameters signed are not those sent.", "The signature lost its + on the way."];
    ["Verify the request as sent: `countersign doctor`.", "Encode the signature."];
    "The signature in the text, compared with the one computed.";
    "FatSecret documentation", A;

    Number("error.code", "9") by ["FatSecret"], TOKEN_REJECTED;
    "The token is not valid.";
    ["The profile's token is mistyped or was replaced."];
    ["Use the profile's current token and secret."];
    "The profile's token.";
    "FatSecret documentation", A;

    Number("err.code", "17") by ["SmugMug"], NONE;
    "There is no such method of the old interface.";
    ["The method's name is mistyped."];
    ["Correct it."];
    "The documentation of the old interface.";
    "SmugMug 1.2.2 documentation", A;

    Number("err.code", "22") by ["SmugMug"], PARAMETER_ABSENT;
    "A required parameter is missing.";
    ["oauth_callback is missing: the client speaks OAuth 1.0, not 1.0a."];
    ["Send oauth_callback."];
    "The parameters as sent.";
    "SmugMug 1.2.2 documentation", A;

    Number("err.code", "30") by ["SmugMug"], TIMESTAMP_REFUSED;
    "The timestamp is too old.";
    ["The client's clock is off."];
    ["Set the clock by network time."];
    "The Date header of the answer, compared with oauth_timestamp.";
    "SmugMug 1.2.2 documentation", A;

    Number("err.code", "31") by ["SmugMug"], CONSUMER_KEY_UNKNOWN;
    "The consumer key is not known.";
    ["The key is mistyped."];
    ["Copy the key again."];
    "The registration page.";
    "SmugMug 1.2.2 documentation", A;

    Number("err.code", "33") by ["SmugMug"], NONCE_USED;
    "The nonce is bad or was used before.";
    ["The same signed request was sent twice."];
    ["Sign anew for every sending."];
    "Two captures compared.";
    "SmugMug 1.2.2 documentation", A;

    Number("err.code", "35") by ["SmugMug"], SIGNATURE_INVALID;
    "The signature does not belong to the request.";
    ["Base string or key deviate."];
    ["Verify the request as sent: `countersign doctor`."];
    "The request as sent.";
    "SmugMug 1.2.2 documentation", A;

    Number("err.code", "36") by ["SmugMug"], TOKEN_REJECTED;
    "The token is invalid or expired; a request token lives five minutes and serves once.";
    ["The user took longer than five minutes.", "The user revoked the application."];
    ["Begin again with a new request token.", "Ask the user to connect again."];
    "The time between the two steps.";
    "SmugMug 1.2.2 documentation", A;

    Number("err.code", "37") by ["SmugMug"], SIGNATURE_METHOD_REJECTED;
    "Only HMAC-SHA1, and PLAINTEXT over TLS, are taken.";
    ["Another method was configured."];
    ["Sign with HMAC-SHA1."];
    "oauth_signature_method as sent.";
    "SmugMug 1.2.2 documentation", A;

    Number("err.code", "38") by ["SmugMug"], VERSION_REJECTED;
    "The oauth_version is not 1.0.";
    ["\"1.0a\" or another text was sent."];
    ["Send oauth_version=1.0."];
    "oauth_version as sent.";
    "SmugMug 1.2.2 documentation", A;

    Number("detailed_error_code", "104.1") by ["TripIt"], SIGNATURE_INVALID;
    "The signature does not belong to the request.";
    ["Query parameters were not signed.", "Only HMAC-SHA1 is taken."];
    ["Sign every parameter.", "Sign with HMAC-SHA1."];
    "The request as sent.";
    "tripit/api issue 46", B;

    Number("salesforce login history", "1701") by ["Salesforce"], NONCE_USED;
    "The nonce was replayed.";
    ["The same signed request was sent twice."];
    ["Sign anew for every sending."];
    "The login history.";
    "Salesforce documentation, OAuth 1 login history", A;

    Number("salesforce login history", "1702") by ["Salesforce"], PARAMETER_ABSENT;
    "The consumer key is missing.";
    ["oauth_consumer_key was not sent."];
    ["Send it."];
    "The login history.";
    "Salesforce documentation, OAuth 1 login history", A;

    Number("salesforce login history", "1703") by ["Salesforce"], TOKEN_REJECTED;
    "The token is not valid.";
    ["It was revoked or replaced."];
    ["Ask the user to connect again."];
    "The login history.";
    "Salesforce documentation, OAuth 1 login history", A;

    Number("salesforce login history", "1704") by ["Salesforce"], VERSION_REJECTED;
    "The oauth_version is not 1.0.";
    ["Another text was sent."];
    ["Send oauth_version=1.0."];
    "The login history.";
    "Salesforce documentation, OAuth 1 login history", A;

    Number("salesforce login history", "1705") by ["Salesforce"], TIMESTAMP_REFUSED;
    "The timestamp is out of the window.";
    ["The client's clock is off."];
    ["Set the clock by network time."];
    "The login history.";
    "Salesforce documentation, OAuth 1 login history", A;

    Number("salesforce login history", "1706") by ["Salesforce"], PARAMETER_ABSENT;
    "The nonce is missing.";
    ["oauth_nonce was not sent."];
    ["Send it."];
    "The login history.";
    "Salesforce documentation, OAuth 1 login history", A;

    Number("salesforce login history", "1707") by ["Salesforce"], PARAMETER_ABSENT;
    "The token is missing.";
    ["oauth_token was not sent."];
    ["Send it."];
    "The login history.";
    "Salesforce documentation, OAuth 1 login history", A;

    Number("salesforce login history", "1708") by ["Salesforce"], PERMISSION_DENIED;
    "The request came from an address that is not allowed.";
    ["The address is outside the trusted ranges."];
    ["Add the address to the trusted ranges."];
    "The login history, column source address.";
    "Salesforce documentation, OAuth 1 login history", A;

    Number("salesforce login history", "1709") by ["Salesforce"], SIGNATURE_METHOD_REJECTED;
    "The signature method is not taken.";
    ["Another method was configured."];
    ["Sign with HMAC-SHA1 or RSA-SHA1."];
    "The login history.";
    "Salesforce documentation, OAuth 1 login history", A;

    Number("salesforce login history", "1710") by ["Salesforce"], PARAMETER_REJECTED;
    "The callback must be https or oob.";
    ["An http address was sent."];
    ["Use https, or oob."];
    "The login history.";
    "Salesforce documentation, OAuth 1 login history", A;
}
