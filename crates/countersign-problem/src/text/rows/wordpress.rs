//! WooCommerce and the OAuth 1 plugin of WordPress.

super::rows! {
    Starts("Invalid signature - provided signature does not match") by ["WooCommerce"], SIGNATURE_INVALID;
    "The signature does not belong to the URL as the shop sees it.";
    ["The shop's idea of its own URL is another one: scheme, host, port or path behind a proxy.", "Parameter names with brackets were encoded otherwise.", "The key is consumer secret and an ampersand, nothing more: there is no token."];
    ["Sign the URL that the shop has configured.", "Encode filter[limit] as a name by RFC 5849 section 3.6.", "Sign with the secret followed by &."];
    "The shop's configured address, compared with the URL requested.";
    "WooCommerce source", A;

    Starts("Consumer key is invalid") by ["WooCommerce"], CONSUMER_KEY_UNKNOWN;
    "The shop has no such key.";
    ["The key was deleted, or is that of another shop."];
    ["Make a new key in the shop."];
    "The list of keys in the shop.";
    "WooCommerce source", A;

    Starts("Consumer secret is invalid") by ["WooCommerce"], CONSUMER_KEY_REJECTED;
    "The secret does not belong to the key. This text comes from the Basic or query login, not from OAuth.";
    ["The secret was mistyped.", "Over https the shop takes Basic or query keys and no signature."];
    ["Copy the secret again.", "Over https send the keys by Basic authentication."];
    "Whether the shop saw the request as https.";
    "WooCommerce answers quoted in public code", B;

    Starts("Invalid timestamp") by ["WooCommerce", "WordPress"], TIMESTAMP_REFUSED;
    "The timestamp is more than 15 minutes off.";
    ["The client's clock is off.", "The shop's clock is off."];
    ["Set the client's clock by network time.", "Ask the shop's host to do the same."];
    "The Date header of the answer, compared with both clocks.";
    "WooCommerce source", A;

    Starts("Invalid nonce - nonce has already been used") by ["WooCommerce", "WordPress"], NONCE_USED;
    "The nonce was used within the last 15 minutes.";
    ["The same signed request was sent twice.", "A redirect made the client send it again."];
    ["Sign anew for every sending.", "Request the final URL directly."];
    "Two captures compared; any redirect in the trace.";
    "WooCommerce source", A;

    Whole("woocommerce_rest_authentication_error") by ["WooCommerce"], NONE;
    "The code of every refusal; only the message beside it tells which.";
    ["See the message."];
    ["Read the field message."];
    "The field message.";
    "WooCommerce source", A;

    Whole("json_consumer_notfound") by ["WordPress OAuth1 plugin"], CONSUMER_KEY_UNKNOWN;
    "The site has no such consumer.";
    ["The key is mistyped, or that of another site."];
    ["Copy the key again."];
    "The list of applications of the site.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_consumer_mismatch") by ["WordPress OAuth1 plugin"], TOKEN_REJECTED;
    "The token belongs to another consumer.";
    ["Keys and tokens of two applications are mixed."];
    ["Keep one set of keys and tokens for each application."];
    "Which application the token was issued to.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_invalid_token") by ["WordPress OAuth1 plugin"], TOKEN_REJECTED;
    "The site does not have this token.";
    ["The token was revoked, or belongs to another site."];
    ["Ask the user to connect again."];
    "The user's list of applications on the site.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_expired_token") by ["WordPress OAuth1 plugin"], TOKEN_EXPIRED;
    "The request token is too old.";
    ["The user took too long to approve."];
    ["Begin again with a new request token."];
    "The time between the two steps.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_unauthorized_token") by ["WordPress OAuth1 plugin"], PERMISSION_UNKNOWN;
    "The user has not approved the request token.";
    ["It was exchanged before the approval."];
    ["Wait for the callback."];
    "Whether the user saw the approval page.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_invalid_verifier") by ["WordPress OAuth1 plugin"], PARAMETER_REJECTED;
    "The verifier is not the one of this request token.";
    ["It was mistyped, or taken from another callback."];
    ["Take verifier and token from the same callback."];
    "The callback, compared with the request.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_invalid_callback") by ["WordPress OAuth1 plugin"], PARAMETER_REJECTED;
    "The callback is not the registered one.";
    ["It differs from the application's settings."];
    ["Send the registered callback."];
    "The settings of the application.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_invalid_user") by ["WordPress OAuth1 plugin"], TOKEN_REJECTED;
    "The user behind the token no longer exists.";
    ["The account was deleted."];
    ["Connect with an existing account."];
    "The list of users of the site.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_missing_parameter") by ["WordPress OAuth1 plugin"], PARAMETER_ABSENT;
    "A required parameter did not arrive.";
    ["The Authorization header was dropped by the web server.", "The client does not send it."];
    ["Configure the web server to pass Authorization on.", "Send all parameters of the step."];
    "The request as PHP sees it.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_invalid_route") by ["WordPress OAuth1 plugin"], NONE;
    "There is no such OAuth endpoint.";
    ["The path is mistyped: /oauth1/request, /oauth1/authorize, /oauth1/access."];
    ["Correct the path."];
    "The site's index of the interface.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_failed_parameter_sort") by ["WordPress OAuth1 plugin", "WooCommerce"], PARAMETER_REJECTED;
    "The site could not sort the parameters.";
    ["Array parameters that PHP can't order were sent."];
    ["Send plain names, or the bracket form."];
    "The parameters as sent.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_invalid_signature_method") by ["WordPress OAuth1 plugin"], SIGNATURE_METHOD_REJECTED;
    "The site takes HMAC-SHA1 and HMAC-SHA256 only.";
    ["Another method was configured in the client."];
    ["Sign with one of these."];
    "oauth_signature_method as sent.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_signature_mismatch") by ["WordPress OAuth1 plugin"], SIGNATURE_INVALID;
    "The signature does not belong to the request as the site sees it.";
    ["The site's own URL differs: www, scheme, subdirectory, redirect.", "Base string or key deviate."];
    ["Request and sign the site's configured address.", "Verify the request as sent: `countersign doctor`."];
    "The site's configured address.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_invalid_timestamp") by ["WordPress OAuth1 plugin"], TIMESTAMP_REFUSED;
    "The timestamp is more than 15 minutes off.";
    ["The client's clock is off."];
    ["Set the clock by network time."];
    "The Date header of the answer, compared with oauth_timestamp.";
    "WP-API OAuth1 source", A;

    Whole("json_oauth1_nonce_already_used") by ["WordPress OAuth1 plugin"], NONCE_USED;
    "The nonce was used before.";
    ["The same signed request was sent twice, or again after a redirect."];
    ["Sign anew for every sending."];
    "Two captures compared.";
    "WP-API OAuth1 source", A;
}
