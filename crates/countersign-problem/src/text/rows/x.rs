//! X, formerly Twitter.

super::rows! {
    Number("errors.code", "32") by ["X"], SIGNATURE_INVALID;
    "The signature is wrong, or any OAuth parameter is malformed: X does not tell these apart.";
    ["A parameter is missing from the base string, or the URL differs.", "The keys or tokens are mixed up, or of another application.", "JSON or multipart bodies were signed: they must not be."];
    ["Verify the request as sent: `countersign doctor`.", "Copy all four secrets again.", "Sign only query and form parameters."];
    "The request as sent.";
    "X documentation, error codes", A;

    Whole("Could not authenticate you") by ["X"], SIGNATURE_INVALID;
    "The signature is wrong, or any OAuth parameter is malformed: X does not tell these apart.";
    ["A parameter is missing from the base string, or the URL differs.", "The keys or tokens are mixed up, or of another application.", "JSON or multipart bodies were signed: they must not be."];
    ["Verify the request as sent: `countersign doctor`.", "Copy all four secrets again.", "Sign only query and form parameters."];
    "The request as sent.";
    "X documentation, error codes", A;

    Number("errors.code", "89") by ["X"], TOKEN_REJECTED;
    "The access token is not valid any more, or never was.";
    ["The user removed the application.", "The tokens were generated anew.", "Token and consumer key belong to different applications."];
    ["Ask the user to connect again.", "Use the newest tokens.", "Keep the sets apart."];
    "The list of connected apps of that account.";
    "X documentation, error codes", A;

    Whole("Invalid or expired token") by ["X"], TOKEN_REJECTED;
    "The access token is not valid any more, or never was.";
    ["The user removed the application.", "The tokens were generated anew.", "Token and consumer key belong to different applications."];
    ["Ask the user to connect again.", "Use the newest tokens.", "Keep the sets apart."];
    "The list of connected apps of that account.";
    "X documentation, error codes", A;

    Number("errors.code", "135") by ["X"], TIMESTAMP_REFUSED;
    "The timestamp is too far from X's clock, about five minutes.";
    ["The client's clock is off.", "Local time was taken for UTC.", "The value was pasted from documentation."];
    ["Set the clock by network time.", "Take seconds since 1970 in UTC.", "Compute the timestamp for every request."];
    "The Date header of the answer, compared with oauth_timestamp.";
    "X documentation, error codes", A;

    Whole("Timestamp out of bounds") by ["X"], TIMESTAMP_REFUSED;
    "The timestamp is too far from X's clock, about five minutes.";
    ["The client's clock is off.", "Local time was taken for UTC.", "The value was pasted from documentation."];
    ["Set the clock by network time.", "Take seconds since 1970 in UTC.", "Compute the timestamp for every request."];
    "The Date header of the answer, compared with oauth_timestamp.";
    "X documentation, error codes", A;

    Number("errors.code", "215") by ["X"], PARAMETER_ABSENT;
    "X found no usable credentials in the request.";
    ["There is no Authorization header, or it was dropped on the way.", "The header is malformed, or of the wrong scheme.", "The endpoint of the old interface was used without signing."];
    ["Send the OAuth header.", "Look at the header as sent.", "Sign the request."];
    "The request as sent.";
    "X documentation, error codes", A;

    Whole("Bad Authentication data") by ["X"], PARAMETER_ABSENT;
    "X found no usable credentials in the request.";
    ["There is no Authorization header, or it was dropped on the way.", "The header is malformed, or of the wrong scheme."];
    ["Send the OAuth header.", "Look at the header as sent."];
    "The request as sent.";
    "X documentation, error codes", A;

    Number("errors.code", "220") by ["X"], PERMISSION_DENIED;
    "These credentials may not use this resource.";
    ["An application token was used where a user's is due.", "The application's access level does not include the resource."];
    ["Sign with the user's token.", "Raise the access level."];
    "The resource's documentation: which kind of token it takes.";
    "X documentation, error codes", A;

    Whole("Your credentials do not allow access to this resource") by ["X"], PERMISSION_DENIED;
    "These credentials may not use this resource.";
    ["An application token was used where a user's is due.", "The application's access level does not include the resource."];
    ["Sign with the user's token.", "Raise the access level."];
    "The resource's documentation: which kind of token it takes.";
    "X documentation, error codes", A;

    Number("errors.code", "261") by ["X"], PERMISSION_DENIED;
    "The application may only read.";
    ["Its permission is read-only, or it was suspended."];
    ["Raise the permission, then generate the access token anew: a token keeps the permission of its issue."];
    "The permission in the portal, and when the token was issued.";
    "X documentation, error codes", A;

    Whole("Read-only application cannot POST") by ["X"], PERMISSION_DENIED;
    "The token has the permission with which it was issued: reading.";
    ["The token was issued before the permission was raised.", "The application's permission is read-only."];
    ["Generate the access token anew.", "Raise the permission first."];
    "When the token was issued, and when the permission was raised.";
    "semiphemeral issue 51", B;

    Number("errors.code", "415") by ["X"], PARAMETER_REJECTED;
    "The oauth_callback is not among the registered ones.";
    ["The callback is not in the application's settings, letter by letter."];
    ["Register the exact URL, or send the registered one."];
    "The callback sent, compared with the settings.";
    "twitteroauth issue 658", B;

    Starts("Callback URL not approved for this client application") by ["X"], PARAMETER_REJECTED;
    "The oauth_callback is not among the registered ones.";
    ["The callback is not in the application's settings, letter by letter."];
    ["Register the exact URL, or send the registered one."];
    "The callback sent, compared with the settings.";
    "twitteroauth issue 658", B;

    Contains("Desktop applications only support the oauth_callback value 'oob'") by ["X"], PARAMETER_REJECTED;
    "The application has no callback in its settings and so counts as a desktop application.";
    ["The callback field of the settings is empty."];
    ["Enter any callback URL in the settings, or send oauth_callback=oob."];
    "The settings of the application.";
    "twitteroauth issue 512", B;

    Whole("Failed to validate oauth signature and token") by ["X"], SIGNATURE_INVALID;
    "Asking for a request token failed: signature, key or clock.";
    ["Consumer secret or base string deviate.", "The clock is off by hours.", "The callback was not encoded."];
    ["Verify the request as sent: `countersign doctor`.", "Set the clock by network time.", "Encode oauth_callback by RFC 5849 section 3.6."];
    "The request as sent, and the Date header of the answer.";
    "ttezel/twit and many public reports", B;

    Whole("Unauthorized") by ["X"], NONE;
    "The newer interface refuses without saying why: key, token, signature or clock.";
    ["Any of what the older interface tells apart by numbers."];
    ["Verify the request as sent: `countersign doctor`.", "Compare the clocks by the Date header of the answer."];
    "The request as sent, with the answer's headers.";
    "X documentation, version 2", A;

    Whole("denied") by ["X"], NONE;
    "As a parameter of the callback: the user said no; its value is the request token.";
    ["The user pressed cancel on the approval page."];
    ["Respect it, and show that nothing was connected."];
    "The query of the callback.";
    "X documentation, signing in", A;
}
