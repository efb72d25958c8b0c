//! DevDefined.OAuth, the .NET library behind Xero, Tradevine and others.

super::rows! {
    Starts("Missing required parameter : {absent}") by ["DevDefined.OAuth", "Tradevine"], PARAMETER_ABSENT;
    "The parameter named did not arrive.";
    ["The client does not send it.", "It was sent in a place that this endpoint does not read."];
    ["Send it, in the Authorization header.", "Send all oauth_ parameters in one place."];
    "The request as sent.";
    "DevDefined.OAuth, Framework/Error.cs", A;

    Whole("The parameter \"{rejected}\" was rejected") by ["DevDefined.OAuth", "Xero"], PARAMETER_REJECTED;
    "The value of the parameter named can't be used; most often it is a wrong oauth_verifier.";
    ["The verifier is not the one of this request token.", "The value was cut or encoded twice."];
    ["Take verifier and token from the same callback.", "Send the value decoded once, and sign what is sent."];
    "The parameter's value, compared with the callback.";
    "DevDefined.OAuth, Framework/Error.cs", A;

    Whole("When obtaining a request token, you must not supply the oauth_token parameter") by ["DevDefined.OAuth", "Xero"], PARAMETER_REJECTED;
    "A request for a request token must not carry oauth_token here, not even an empty one.";
    ["The client still holds a token of an earlier flow.", "The client always sends oauth_token, empty if it has none."];
    ["Clear the stored token before the flow.", "Leave oauth_token out in this step."];
    "The Authorization header as sent.";
    "DevDefined.OAuth, Framework/Error.cs", A;

    Whole("The oauth_token_secret must not be transmitted to the provider") by ["DevDefined.OAuth", "Xero"], PARAMETER_REJECTED;
    "The client sends the token secret as a parameter. It belongs in the signing key only.";
    ["The client copies all of the token answer into the next request."];
    ["Send oauth_token, keep oauth_token_secret. Treat the secret as disclosed."];
    "The request as sent.";
    "DevDefined.OAuth, Framework/Error.cs", A;

    Whole("Encountered unexpected oauth_body_hash value in form-encoded request") by ["DevDefined.OAuth"], PARAMETER_REJECTED;
    "A form body is signed by its parameters and must not have an oauth_body_hash.";
    ["The client hashes every body."];
    ["Leave oauth_body_hash out of form-encoded requests."];
    "The Content-Type sent.";
    "DevDefined.OAuth, Framework/Error.cs; Request Body Hash draft section 4.1.1", A;

    Whole("The {absent} parameter must be present") by ["DevDefined.OAuth"], PARAMETER_ABSENT;
    "An xAuth request lacks the parameter named.";
    ["The parameter is missing, misspelled, empty, or not in the form body."];
    ["Send x_auth_mode=client_auth with x_auth_username and x_auth_password in a signed form body over TLS."];
    "The body as sent, without its password.";
    "DevDefined.OAuth, Framework/Error.cs", A;

    Whole("The x_auth_mode parameter is invalid") by ["DevDefined.OAuth"], PARAMETER_REJECTED;
    "An xAuth request asks for another mode than client_auth.";
    ["The value is misspelled, or the server takes no xAuth."];
    ["Send x_auth_mode=client_auth."];
    "The body as sent, without its password.";
    "DevDefined.OAuth, Framework/Error.cs", A;

    Whole("Unknown or previously rejected token \"{token}\"") by ["DevDefined.OAuth", "Tradevine"], TOKEN_REJECTED;
    "The server does not have this token. The signature was not looked at yet.";
    ["The token is of another environment or application.", "It was revoked or replaced.", "A request token is used as an access token, or the reverse."];
    ["Use the token of this environment.", "Ask the user to connect again.", "Exchange the request token first."];
    "Where and when the token was issued.";
    "DevDefined.OAuth, Framework/Error.cs", A;

    Whole("The decision to give access to the consumer has yet to be made, please try again later") by ["DevDefined.OAuth"], PERMISSION_UNKNOWN;
    "The user has not answered the approval page yet.";
    ["The client exchanges the request token before the callback."];
    ["Wait for the callback, or for the user to type the verifier."];
    "Whether the user saw the approval page.";
    "DevDefined.OAuth, Framework/Error.cs", A;

    Whole("Failed to validate body hash") by ["DevDefined.OAuth"], SIGNATURE_INVALID;
    "The body received is not the one that was hashed.";
    ["The body was hashed before its final encoding.", "Another hash than the server's was used: SHA-1 or SHA-256.", "Something on the way changed the body."];
    ["Hash the very bytes sent.", "Use the hash of the signature method."];
    "The bytes of the body, and oauth_body_hash.";
    "DevDefined.OAuth, Framework/Error.cs", A;

    Starts("The timestamp is to old, it must be at most {seconds} seconds before the server's") by ["DevDefined.OAuth", "Tradevine"], TIMESTAMP_REFUSED;
    "The client's clock is behind. (The library spells it so.)";
    ["The client's clock is behind.", "The request waited between signing and sending."];
    ["Set the clock by network time.", "Sign right before sending."];
    "The Date header of the answer, compared with oauth_timestamp.";
    "DevDefined.OAuth, timestamp inspector", A;

    Starts("The timestamp is to far in the future, if must be at most {seconds} seconds after the server's") by ["DevDefined.OAuth", "Tradevine"], TIMESTAMP_REFUSED;
    "The client's clock is ahead. (The library spells it so.)";
    ["The client's clock is ahead.", "Local time was taken for UTC."];
    ["Set the clock by network time.", "Take seconds since 1970 in UTC."];
    "The Date header of the answer, compared with oauth_timestamp.";
    "DevDefined.OAuth, timestamp inspector", A;
}
