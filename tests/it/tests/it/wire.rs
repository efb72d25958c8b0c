//! From a request as sent to its base string and back.

use countersign_base_string::{BaseString, Limits, Parameters, Request, Uri, write_authorization};
use countersign_signature::{Method, Verifier};
use countersign_test_support::vectors::Case;
use countersign_test_support::wire::Wire;

/// What is read of the wire, or the text of the first error.
pub(crate) fn read<T>(
    wire: &Wire,
    then: impl FnOnce(&Request<'_>, &Parameters<'_>) -> T,
) -> Result<T, String> {
    let uri = Uri::parse(&wire.url).map_err(|error| error.to_string())?;
    let mut request = Request::new(&wire.method, uri).map_err(|error| error.to_string())?;
    if let Some(authorization) = &wire.authorization {
        request = request.with_authorization(authorization);
    }
    request = request.with_body(wire.content_type.as_deref(), &wire.body);
    let parameters =
        Parameters::collect(&request, &Limits::default()).map_err(|error| error.to_string())?;
    Ok(then(&request, &parameters))
}

/// The base string of the wire.
pub(crate) fn base_string(wire: &Wire) -> Result<String, String> {
    read(wire, |request, parameters| {
        BaseString::new(request, parameters).into_string()
    })
}

/// Verifies the signature that the wire carries.
pub(crate) fn verify(wire: &Wire, verifier: &Verifier) -> Result<(), String> {
    read(wire, |request, parameters| {
        let text = parameters
            .protocol("oauth_signature")
            .and_then(|parameter| parameter.value_str())
            .ok_or("no oauth_signature")?
            .into_owned();
        let signature = verifier
            .method()
            .parse_signature(&text)
            .map_err(|error| error.to_string())?;
        let base_string = BaseString::new(request, parameters);
        verifier
            .verify(base_string.as_bytes(), &signature)
            .map_err(|error| error.to_string())
    })?
}

/// The request of a vector, its protocol parameters in the header.
pub(crate) fn of_case(case: &Case) -> Option<Wire> {
    let mut wire = Wire {
        method: case.input("method")?.to_owned(),
        url: case.input("url")?.to_owned(),
        content_type: case.input("content_type").map(str::to_owned),
        body: case.input("body").unwrap_or_default().as_bytes().to_vec(),
        authorization: None,
    };
    wire.authorization = credentials(&case.params());
    Some(wire)
}

/// A header with these parameters; `realm` becomes the realm.
pub(crate) fn credentials(pairs: &[(String, String)]) -> Option<String> {
    let (realm, rest): (Vec<_>, Vec<_>) =
        pairs.iter().cloned().partition(|(name, _)| name == "realm");
    let realm = realm.first().map(|(_, value)| value.as_str());
    (!pairs.is_empty()).then(|| write_authorization(realm, &rest).expect("a header"))
}

/// The method of this name, `PLAINTEXT` too.
pub(crate) fn method(name: &str) -> &'static Method {
    let methods = countersign_signature::Methods::standard().dangerous_with_plaintext();
    methods
        .find(name)
        .unwrap_or_else(|| panic!("method {name}"))
}
