//! MediaWiki, Moodle, OKAPI and python-oauth2: the lineage of Andy Smith's PHP library.

super::rows! {
    Contains("Expired timestamp, yours {client}, ours {server}") by ["MediaWiki", "OKAPI", "Moodle"], TIMESTAMP_REFUSED;
    "The timestamp is too far from the server's clock; the text has both.";
    ["The client's clock is off by the difference.", "Local time was taken for UTC.", "The value is in milliseconds."];
    ["Set the clock by network time.", "Take seconds since 1970 in UTC.", "Send seconds."];
    "The difference of the two numbers.";
    "MediaWiki OAuth extension, OAuthServer.php; OKAPI documentation", A;

    Contains("Expired timestamp: given {client} and now {server} has a greater difference than threshold {seconds}") by ["python-oauth2", "pylti"], TIMESTAMP_REFUSED;
    "The timestamp is too far from the server's clock; the text has both and the limit.";
    ["The client's clock is off by the difference.", "The launch page was opened long before it was sent.", "Local time was taken for UTC."];
    ["Set the clock by network time.", "Launch again from a fresh page.", "Take seconds since 1970 in UTC."];
    "The difference of the two numbers.";
    "hypothesis/lms issue 495", B;

    Contains("Nonce already used: {nonce}") by ["MediaWiki", "Moodle"], NONCE_USED;
    "The nonce was used before.";
    ["The same signed request was sent twice.", "MediaWiki stores it before it checks the signature, so a failed attempt counts."];
    ["Sign anew for every sending."];
    "Two captures compared.";
    "MediaWiki OAuth extension, OAuthServer.php", A;

    Contains("No approved grant was found for that authorization token") by ["MediaWiki"], TOKEN_REJECTED;
    "The user's approval for this token does not exist any more.";
    ["The user revoked it.", "The application was changed and has to be approved anew.", "The token is of another wiki."];
    ["Ask the user to connect again.", "Use the wiki that issued the token."];
    "The user's list of connected applications.";
    "MediaWiki OAuth extension", A;

    Contains("Invalid consumer") by ["MediaWiki"], CONSUMER_KEY_UNKNOWN;
    "The wiki has no such consumer, or has not approved it.";
    ["The key is mistyped.", "The application waits for approval or was disabled."];
    ["Copy the key again.", "Wait for the approval."];
    "The list of applications of the wiki.";
    "MediaWiki OAuth extension", A;

    Whole("mwoauth-invalid-authorization") by ["MediaWiki"], NONE;
    "The code of every refusal; only the text beside it tells which.";
    ["See the text after \"not valid:\"."];
    ["Read the field info."];
    "The field info.";
    "MediaWiki OAuth extension", A;

    Whole("mwoauth-invalid-authorization-wrong-wiki") by ["MediaWiki"], PERMISSION_DENIED;
    "The signature is right, and the token or the application is for another wiki.";
    ["The user approved it for one wiki, and this is another.", "The application is registered for one wiki alone."];
    ["Send it to the wiki that it is for.", "Register the application for all of them, and ask the user anew."];
    "The wiki in the list of connected applications.";
    "MediaWiki OAuth extension, SessionProvider.php", A;

    Whole("mwoauth-invalid-authorization-invalid-user") by ["MediaWiki"], PERMISSION_DENIED;
    "The signature is right, and its user has no account at this wiki.";
    ["The user never visited this wiki.", "The account there is not part of the user's unified one."];
    ["Have the user visit the wiki once, logged in.", "Have the user unite the accounts."];
    "The user's page at that wiki.";
    "MediaWiki OAuth extension, SessionProvider.php", A;

    Whole("mwoauth-invalid-authorization-blocked-user") by ["MediaWiki"], PERMISSION_DENIED;
    "The signature is right, and its user is locked or blocked.";
    ["The account is locked.", "The account is blocked at a wiki where that ends its sessions."];
    ["Ask the user.", "Ask the user to appeal there."];
    "The wiki's log of blocks.";
    "MediaWiki OAuth extension, SessionProvider.php", A;

    Whole("mwoauth-invalid-authorization-not-approved") by ["MediaWiki"], CONSUMER_KEY_REJECTED;
    "The signature is right, and the application may not be used by this user.";
    ["It waits for approval, and is used by another than its owner.", "Its approval was taken back."];
    ["Wait for the approval; until then only its owner can use it.", "Look at its entry in the list of applications."];
    "The list of applications of the wiki.";
    "MediaWiki OAuth extension, SessionProvider.php", A;

    Whole("mwoauth-api-module-disabled") by ["MediaWiki"], PERMISSION_DENIED;
    "The token is good, and this part of the API is closed to applications.";
    ["The wiki has it in its list of modules that are none for OAuth."];
    ["Do it without OAuth, or in another way."];
    "The setting MWOauthDisabledApiModules of the wiki.";
    "MediaWiki OAuth extension, SessionProvider.php", A;

    Whole("E004") by ["MediaWiki"], TOKEN_REJECTED;
    "A page of the flow did not find the token.";
    ["The request token was used before or has expired.", "It was begun on another wiki."];
    ["Begin again with a new request token."];
    "The wiki at which the token was issued.";
    "MediaWiki OAuth extension", A;
}
