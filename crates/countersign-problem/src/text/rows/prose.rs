//! Prose without a code, from many servers.

super::rows! {
    Contains("oauth_signature [{received}] does not match expected value [{expected}]") by ["Tumblr", "Instapaper"], SIGNATURE_INVALID;
    "The signature does not belong to the request; the text has the one received and, which no server should say, the one expected.";
    ["A parameter is missing from the base string, or the URL differs.", "The percent-encoding deviates.", "The secrets are mixed up."];
    ["Give the text to `countersign doctor`: it looks for the deviation that yields the signature sent.", "Encode by RFC 5849 section 3.6.", "Copy the secrets again."];
    "The request as sent, with this answer.";
    "ddo/oauth-1.0a issue 32; python-tumblpy issue 17; Stack Overflow 7518795", B;

    Contains("Invalid signature for signature method {method}]") by ["ImmoScout24", "Spring Security OAuth"], SIGNATURE_INVALID;
    "The signature does not belong to the request.";
    ["The Content-Type of an XML body is missing, so the server signs it as a form.", "A realm was sent.", "Base string or key deviate."];
    ["Send Content-Type: application/xml.", "Leave realm out.", "Verify the request as sent: `countersign doctor`."];
    "The request as sent.";
    "ImmoScout24 developer FAQ", A;

    Whole("ERROR_COMMON_AUTHENTICATION_REQUIRED") by ["ImmoScout24"], NONE;
    "The code of every refusal; the cause stands in square brackets in the message.";
    ["See the message."];
    ["Read the text in square brackets."];
    "The message.";
    "ImmoScout24 developer FAQ", A;

    Contains("OAuth authentication error: Invalid signature") by ["7digital"], SIGNATURE_INVALID;
    "The signature does not belong to the request.";
    ["Base string or key deviate."];
    ["Verify the request as sent: `countersign doctor`."];
    "The request as sent.";
    "public code", B;

    Contains("invalid signature") by ["Trello", "Garmin", "Evernote", "TripIt", "MediaWiki", "Rdio"], SIGNATURE_INVALID;
    "The signature does not belong to the request as the server saw it. Trello says so with HTTP status 500, also for PLAINTEXT, which it does not take.";
    ["A parameter is missing from the base string, or the URL differs.", "The secrets are mixed up.", "The method is not taken.", "A JSON body was signed as a form, by either side."];
    ["Verify the request as sent: `countersign doctor`.", "Copy the secrets again.", "Sign with HMAC-SHA1.", "Send the right Content-Type and leave the body unsigned."];
    "The request as sent.";
    "node-trello pull 20; requests-oauthlib issue 432; tripit/api issue 46", B;

    Whole("invalid token") by ["Trello"], TOKEN_REJECTED;
    "The token is not known any more.";
    ["The user revoked it, or it has expired (expiration=1hour, 1day, 30days)."];
    ["Ask the user to connect again, with the expiration needed."];
    "The user's list of applications.";
    "public code", B;

    Whole("App not found") by ["Trello"], CONSUMER_KEY_UNKNOWN;
    "There is no such key.";
    ["The key is mistyped."];
    ["Copy the key again."];
    "The page of keys.";
    "public code", B;

    Contains("Unknown consumer key") by ["Garmin", "Evernote"], CONSUMER_KEY_UNKNOWN;
    "The server does not have this consumer key.";
    ["The key is not active yet, or is that of the sandbox."];
    ["Ask for activation, or use the host of the key's environment."];
    "The environment that the key was issued for.";
    "public code", B;

    Starts("HTTP Status 401 - oauth_consumer_key: {key}") by ["Evernote"], CONSUMER_KEY_UNKNOWN;
    "The server does not have this consumer key.";
    ["A sandbox key was used at production.", "The key is not active yet."];
    ["Use the sandbox host.", "Ask for activation."];
    "The environment that the key was issued for.";
    "everest-js issue 1", B;

    Starts("[unauthorized]. The token used in the OAuth request is not valid") by ["LinkedIn"], TOKEN_REJECTED;
    "The access token is not valid any more. The body has the server's clock in milliseconds.";
    ["It has expired after 60 days, or the user revoked it."];
    ["Ask the user to connect again."];
    "When the token was issued.";
    "LinkedIn v1 answers quoted in public code", B;

    Starts("[unauthorized]. OAU:") by ["LinkedIn"], SIGNATURE_INVALID;
    "The OAuth parameters were refused: key, token or signature.";
    ["Key and token do not belong together.", "Base string or secrets deviate."];
    ["Use one application's key and token.", "Verify the request as sent: `countersign doctor`."];
    "The request as sent.";
    "LinkedIn v1 answers quoted in public code", B;

    Contains("Please provide valid credentials") by ["Yahoo"], PARAMETER_ABSENT;
    "The server saw no usable credentials.";
    ["The request was not signed, or the header was dropped."];
    ["Sign the request, and look at the header as sent."];
    "The request as sent.";
    "Yahoo weather answers quoted in public code", B;

    Contains("timestamp invalid {difference}") by ["Photobucket"], TIMESTAMP_REFUSED;
    "The number is the difference of the clocks. If it is minus the present time, the timestamp was read as 0: the parameters were not seen at all.";
    ["The OAuth parameters were sent in a place that the server does not read.", "The client's clock is off."];
    ["Send them in the place that the provider documents.", "Set the clock by network time."];
    "The number, compared with the present time.";
    "Photobucket answers quoted in public threads", B;

    Contains("OAuth 1.0 and 1.0a are disabled") by ["OpenStreetMap"], CONSUMER_KEY_REJECTED;
    "The provider switched OAuth 1.0a off.";
    ["OpenStreetMap ended it in June 2024."];
    ["Move to OAuth 2.0."];
    "The provider's announcement.";
    "osmeditor4android issue 2576", B;

    Starts("No ApiKeyIndex for keystring=") by ["Etsy"], NONE;
    "A fault of the provider, mended the same day.";
    ["Storage trouble at the provider."];
    ["Wait; change nothing."];
    "Whether others see it in the same hour.";
    "etsy/open-api issue 609", B;

    Whole("the oauth_token is unacceptable to the Service Provider") by ["PHP providers"], TOKEN_REJECTED;
    "The token is not accepted; no reason given.";
    ["It was revoked, has expired, or is of the wrong kind."];
    ["Ask the user to connect again."];
    "Where and when the token was issued.";
    "public documentation of a PHP provider", B;

    Whole("token was not issued") by ["passport-http-oauth"], TOKEN_REJECTED;
    "The exchange of the request token gave none.";
    ["The verifier is wrong, or the request token was not approved."];
    ["Begin again with a new request token."];
    "The callback, compared with the request.";
    "passport-http-oauth source", A;
}
