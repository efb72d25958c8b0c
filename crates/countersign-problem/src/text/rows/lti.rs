//! LTI 1.1 launches.

super::rows! {
    Whole("Nonce too old") by ["caccl-lti"], TIMESTAMP_REFUSED;
    "The launch came later than the tool accepts, one minute.";
    ["The launch page was open for more than a minute.", "One of the two clocks is off."];
    ["Launch again from a fresh page.", "Set both clocks by network time."];
    "oauth_timestamp of the launch, compared with the tool's clock.";
    "caccl-lti source", B;

    Whole("Nonce expired") by ["caccl-lti"], TIMESTAMP_REFUSED;
    "The launch came later than the tool accepts, one minute.";
    ["The launch page was open for more than a minute."];
    ["Launch again from a fresh page."];
    "oauth_timestamp of the launch, compared with the tool's clock.";
    "caccl-lti source", B;

    Whole("Nonce already used") by ["caccl-lti"], NONCE_USED;
    "The same launch was sent twice.";
    ["The user reloaded the page of the tool.", "The browser sent the form again."];
    ["Launch again from the course."];
    "Two launches compared.";
    "caccl-lti source", B;

    Whole("lti_errormsg") by ["LTI"], NONE;
    "A tool's message for the user, in the query of launch_presentation_return_url.";
    ["The tool refused or ended the launch."];
    ["Read its text, and lti_errorlog for the operator."];
    "lti_errorlog beside it.";
    "LTI 1.1 specification", A;

    Whole("lti_errorlog") by ["LTI"], NONE;
    "A tool's message for the operator, in the query of launch_presentation_return_url.";
    ["The tool refused or ended the launch."];
    ["Read its text."];
    "The tool's own log.";
    "LTI 1.1 specification", A;
}
