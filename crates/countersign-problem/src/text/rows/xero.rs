//! Xero's OAuth 1.0a interface, switched off in 2021; its texts live on in others'.

super::rows! {
    Starts("The access token has not been authorized, or has been revoked by the user") by ["Xero"], TOKEN_REJECTED;
    "The connection between the application and the organisation no longer exists. The signature is not at fault.";
    [
        "A user of the organisation disconnected the application.",
        "The user who had connected it was removed, or lost the role that allows it.",
        "A second authorisation of the same application for the same organisation, by another login or instance, replaced this token.",
    ];
    [
        "Treat it as a normal event: forget the token and ask the user to connect again.",
        "Ask for the role that may connect: standard or financial adviser.",
        "If it happens often: find out who connects a second time, and share one connection.",
    ];
    "The list of connected applications in the provider's settings: connected or not, by whom, since when.";
    "Xero, OAuth Issues page", A;

    Whole("Token {token} does not match an expected REQUEST token") by ["Xero"], TOKEN_REJECTED;
    "The token presented to renew is not the newest one: it was superseded by an earlier renewal, or it is no request token of this flow.";
    [
        "Two workers renewed at once, and this one came second.",
        "An earlier renewal succeeded, but its answer was lost or never stored.",
        "The token was read from a copy or a cache that is behind.",
        "The callback was handled twice, or with a token of another user.",
    ];
    [
        "Renew under one lock over all processes.",
        "Store the new token, secret and session handle before using them.",
        "Read the stored token again; if it is newer, use it; else the user must connect again.",
    ];
    "The token presented, compared with the newest one that the store ever held.";
    "Xero, OAuth Issues page; xero-node issues 175 and 248; xeroizer issue 248", A;

    Contains("does not match an expected REQUEST token") by ["Xero"], TOKEN_REJECTED;
    "The token presented to renew or to exchange is not the one expected.";
    ["A renewal was made with a token that is no longer the newest.", "A request token was used twice or mixed up."];
    ["Renew under one lock and store the new token before using it.", "Begin again with a new request token."];
    "The token presented, compared with the newest one that the store ever held.";
    "xeroizer issue 248", B;

    Whole("Token {token} does not match an expected ACCESS token") by ["Xero"], TOKEN_REJECTED;
    "The token presented to the interface is not the newest access token.";
    [
        "The token was renewed, and this worker still uses the old one.",
        "A request token was used as an access token: the exchange was left out or its answer not stored.",
        "The token belongs to another application or environment.",
    ];
    [
        "Read the stored token again before each request, or after this answer.",
        "Exchange the request token and its verifier, and store both parts of the answer.",
        "Keep one set of tokens for each environment.",
    ];
    "Whether the token equals the one of the first step of the flow, or an older one of the store.";
    "Xero-Java issue 158; elixero issue 7; Kademi issue 5329", B;

    Contains("does not match an expected ACCESS token") by ["Xero"], TOKEN_REJECTED;
    "The token presented to the interface is not the newest access token.";
    ["The token was renewed, and this worker still uses the old one.", "A request token was used as an access token."];
    ["Read the stored token again.", "Exchange the request token first."];
    "Whether the token equals an older one of the store.";
    "Xero-NetStandard issue 22", B;

    Whole("Token has not been provided") by ["Xero"], TOKEN_REJECTED, token_may_be_good;
    "The request carries no oauth_token, or an empty one.";
    ["The token was not set in the client.", "The session that held it was lost.", "A private application must send its consumer key as the token."];
    ["Look at the Authorization header sent: is oauth_token there and not empty?", "Private application: set token and consumer key to the same value."];
    "The Authorization header as sent.";
    "xero-node issue 19; node-xero issue 1", B;

    Whole("The access token is not valid") by ["Xero"], TOKEN_REJECTED;
    "The provider never issued this token to this application, or has forgotten it.";
    ["A renewal failed, and an old or cut token is being used.", "Token and consumer key belong to different applications.", "The token is broken: cut, or encoded twice."];
    ["Ask the user to connect again.", "Keep the tokens of each application apart.", "Compare the token sent with the one received, character by character."];
    "The token sent, compared with the answer that issued it.";
    "Xero-Net issue 319; help.ordertime.com", B;

    Whole("The Request could not be verified") by ["Xero"], TOKEN_REJECTED, token_may_be_good;
    "Keys of one version of OAuth were used with the other.";
    ["OAuth 1.0a keys at OAuth 2.0 endpoints, or the reverse.", "A collection or library made for the other version."];
    ["Create keys of the version that the endpoint speaks."];
    "The kind of application in the provider's portal.";
    "Xero-Postman issue 4", A;

    Whole("The access token has expired") by ["Xero"], TOKEN_EXPIRED;
    "The 30 minutes of the access token are over.";
    ["The token was not renewed in time.", "This kind of application cannot renew."];
    ["Renew before expiry, with the session handle.", "Without a session handle: ask the user to connect again."];
    "The time of issue and oauth_expires_in.";
    "pyxero tests, a live answer", B;

    Starts("The timestamp is too old, it must be at most {seconds} seconds before the server's") by ["Xero"], TIMESTAMP_REFUSED;
    "The client's clock is behind, or the request waited before it was sent.";
    [
        "The clock of the client's machine is behind the true time.",
        "Local time was taken for UTC: the difference is whole or half hours.",
        "The request was signed long before it was sent: a queue, a retry, a cached header.",
        "The timestamp is a value pasted from some documentation.",
    ];
    [
        "Set the clock by network time.",
        "Take seconds since 1970 in UTC.",
        "Sign right before sending, retries too.",
        "Compute the timestamp for every request.",
    ];
    "The Date header of the answer, compared with oauth_timestamp.";
    "Xero, OAuth Issues page", A;

    Starts("The timestamp is too far in the future, it must be at most {seconds} seconds after the server's current date and time") by ["Xero"], TIMESTAMP_REFUSED;
    "The client's clock is ahead.";
    [
        "The clock of the client's machine is ahead of the true time.",
        "Local time was taken for UTC: the difference is whole or half hours.",
        "The timestamp is in milliseconds.",
    ];
    ["Set the clock by network time.", "Take seconds since 1970 in UTC.", "Divide milliseconds by 1000 and drop the rest."];
    "The Date header of the answer, compared with oauth_timestamp.";
    "Xero, OAuth Issues page", A;

    Whole("The nonce value \"{nonce}\" has already been used") by ["Xero", "DevDefined.OAuth"], NONCE_USED;
    "A request with this nonce arrived before.";
    ["The same signed request was sent twice: a retry, a redirect, a reload.", "The nonces are not random enough, and two workers drew the same.", "The nonce is derived from the time."];
    ["Sign anew for every sending.", "Take 64 random bits or more."];
    "Two captures: equal in every byte, or only in the nonce?";
    "xero-php issues 568 and 603; xeroizer issue 260", B;

    Whole("No certificates have been registered for the consumer") by ["Xero"], SIGNATURE_METHOD_REJECTED;
    "The provider has no certificate of this application that is valid now. It may have had one.";
    [
        "The registered certificate has expired, or is not valid yet.",
        "No certificate was ever uploaded for this application.",
        "The consumer key belongs to another application than the one with the certificate.",
    ];
    [
        "Make a new certificate, best with the same key, and upload it; `countersign cert renew` does the first half.",
        "Upload the public certificate in the provider's portal.",
        "Check that the consumer key is that of the application with the certificate.",
    ];
    "The end date of the certificate: `countersign cert inspect`.";
    "Xero, OAuth Issues page; pyxero tests, a live answer", A;

    Whole("Partner applications must use RSA-SHA1 signature method") by ["Xero"], SIGNATURE_METHOD_REJECTED;
    "This kind of application signs with RSA, and the request was signed with a secret.";
    ["The client is configured as a public application."];
    ["Sign with RSA-SHA1 and the private key of the registered certificate."];
    "The kind of application in the provider's portal.";
    "xeroizer issue 421", B;

    Whole("Failed to validate signature") by ["Xero", "DevDefined.OAuth"], SIGNATURE_INVALID;
    "The signature does not belong to the request as the server saw it, under the key that it has.";
    [
        "RSA: the registered certificate does not belong to the private key that signs.",
        "The URL signed is not the one requested: query, port, scheme, host.",
        "A form body, or a parameter, was left out of the base string or put in unduly.",
        "The percent-encoding deviates: + for a space, lower-case hex digits, oauth_callback not encoded in the header.",
        "HMAC: consumer secret or token secret is another one, or has a blank at its end.",
    ];
    [
        "Compare certificate and private key: `countersign cert check`.",
        "Verify the request as sent: `countersign doctor`.",
        "Sign the form body, and all parameters sent, and nothing else.",
        "Encode by RFC 5849 section 3.6.",
        "Copy the secrets again.",
    ];
    "The request as sent, in full, with the answer; for RSA also the registered certificate.";
    "Xero, OAuth Issues page; Xero-Net 253; xeroizer 446; xero-php 92, 324, 373, 410; elixero 9", A;

    Whole("Unknown Consumer (Realm: {realm}, Key: {key})") by ["Xero", "DevDefined.OAuth"], CONSUMER_KEY_UNKNOWN;
    "No application has this consumer key here.";
    ["The key is mistyped, cut, or has a blank.", "The application was deleted, or belongs to OAuth 2.0.", "The key is that of another environment."];
    ["Copy the key again.", "Look whether the application still exists.", "Use the key of this environment."];
    "The key in the text, compared with the portal's.";
    "Xero-Net issues 414 and 415; xero-node issue 235", B;

    Whole("Consumer key was not recognised") by ["Xero"], CONSUMER_KEY_UNKNOWN;
    "No application has this consumer key here.";
    ["The key is mistyped, cut, or has a blank.", "The application was deleted."];
    ["Copy the key again.", "Look whether the application still exists."];
    "The key sent, compared with the portal's.";
    "pyxero tests", B;

    Whole("Private applications cannot request a Request Token") by ["Xero"], CONSUMER_KEY_REJECTED;
    "This kind of application has no token flow: its consumer key is its token.";
    ["The client runs the three-legged flow with the key of a private application."];
    ["Leave the flow out: send the consumer key as oauth_token and sign with RSA-SHA1.", "Or register a public or partner application."];
    "The kind of application in the provider's portal.";
    "Xero-Net issue 44", B;

    Whole("The consumer was denied access to this resource") by ["Xero", "DevDefined.OAuth"], PERMISSION_DENIED;
    "The user said no, or the token does not reach this resource. With the code bad_verifier: the verifier is wrong.";
    ["The user refused, or the verifier does not belong to the request token.", "The user's role does not allow it.", "The kind of application may not use this part of the interface."];
    ["Run the flow again and take the verifier from its own callback.", "Ask for the role.", "Ask the provider which kind of application may."];
    "The step at which it comes: exchange of the verifier, or use of a resource.";
    "Xero-Net issue 208; xero-php issue 395; xero-node issue 220; pyxero tests", B;

    Whole("please wait before retrying the xero api") by ["Xero"], CONSUMER_KEY_REFUSED;
    "Too many requests: 60 a minute, or the day's share of this organisation.";
    ["More than 60 requests in a minute.", "The daily limit of the organisation is used up, by all its applications."];
    ["Wait and go on more slowly.", "Wait until tomorrow, or fetch less."];
    "The header X-Rate-Limit-Problem: minute or daily.";
    "Xero-Net issues 189 and 216; XeroAPI.Net issue 15; pyxero tests", B;

    Contains("The page you are attempting to access requires an SSL client certificate") by ["Xero"], NONE;
    "The refusal comes from the TLS layer, before OAuth: the partner host wanted a client certificate.";
    ["The TLS client certificate was not sent, has expired, or is not the one registered."];
    ["Configure the client certificate for TLS; it is another one than that for signing."];
    "The TLS handshake, seen with a trace.";
    "Xero-Net issue 97", B;
}
