//! Withings' former interface: HTTP 200, the number in `status`.

super::rows! {
    Number("status", "247") by ["Withings"], PARAMETER_REJECTED;
    "The userid is missing or wrong.";
    ["userid was not taken from the callback."];
    ["Store userid with the token and send it."];
    "The callback.";
    "client libraries", B;

    Number("status", "249") by ["Withings"], SIGNATURE_INVALID;
    "The action was called with bad OAuth credentials.";
    ["Base string or keys deviate."];
    ["Verify the request as sent: `countersign doctor`."];
    "The request as sent.";
    "client libraries", B;

    Number("status", "250") by ["Withings"], TOKEN_REJECTED;
    "userid and token do not belong together.";
    ["Tokens of two users are mixed up."];
    ["Store userid and token as one."];
    "The callback.";
    "client libraries", B;

    Number("status", "283") by ["Withings"], TOKEN_REJECTED;
    "The token is invalid or missing.";
    ["The user disconnected the application."];
    ["Ask the user to connect again."];
    "The user's list of applications.";
    "client libraries", B;

    Number("status", "328") by ["Withings"], PERMISSION_DENIED;
    "The user's account is deactivated.";
    ["The account was closed."];
    ["Ask the user."];
    "The account.";
    "client libraries", B;

    Number("status", "342") by ["Withings"], SIGNATURE_INVALID;
    "The signature does not belong to the request. It comes with HTTP status 200.";
    ["Parameters of the query were not signed or encoded otherwise.", "The interface was switched off in 2018."];
    ["Verify the request as sent: `countersign doctor`.", "Move to OAuth 2.0."];
    "The request as sent.";
    "GoldenCheetah issue 2834", B;

    Whole("The signature (using Oauth) is invalid") by ["Withings"], SIGNATURE_INVALID;
    "The signature does not belong to the request. It comes with HTTP status 200.";
    ["Parameters of the query were not signed or encoded otherwise.", "The interface was switched off in 2018."];
    ["Verify the request as sent: `countersign doctor`.", "Move to OAuth 2.0."];
    "The request as sent.";
    "GoldenCheetah issue 2834", B;

    Number("status", "343") by ["Withings"], PARAMETER_REJECTED;
    "The callback is not accepted.";
    ["The callback is not reachable or not registered."];
    ["Send a registered, reachable callback."];
    "The settings of the application.";
    "client libraries", B;

    Number("status", "601") by ["Withings"], CONSUMER_KEY_REFUSED;
    "Too many requests.";
    ["The limit is used up."];
    ["Wait and go on more slowly."];
    "The number of requests in the last minute.";
    "client libraries", B;

    Number("status", "2554") by ["Withings"], NONE;
    "The service failed or does not have this action.";
    ["A fault at the provider, or a wrong action."];
    ["Check the action; try again later."];
    "Whether others see it.";
    "client libraries", B;

    Number("status", "2555") by ["Withings"], NONE;
    "The service failed.";
    ["A fault at the provider."];
    ["Try again later."];
    "Whether others see it.";
    "client libraries", B;

    Number("status", "2556") by ["Withings"], NONE;
    "The service or the action does not exist.";
    ["The action is mistyped, or was retired."];
    ["Check the action."];
    "The documentation.";
    "client libraries", B;
}
