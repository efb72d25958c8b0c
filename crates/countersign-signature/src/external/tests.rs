#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use core::pin::pin;
use core::task::{Context, Poll, Waker};

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};

use crate::testing::{Fixed, WIKI, key, private};
use crate::{
    BlockingSigner, ExternalError, ExternalSigner, Method, RsaBackend as _, SignError, SignRequest,
    Signer, SignerError, ToSign, Verifier,
};

/// A module that keeps its key and knows only the raw operation, as PKCS#11's `CKM_RSA_PKCS` does.
struct Module {
    fails: bool,
}

impl Module {
    fn answer(&self, to_sign: ToSign<'_>) -> Result<Vec<u8>, ExternalError> {
        if self.fails {
            return Err(ExternalError::new("the card was pulled out"));
        }
        let info = to_sign.digest_info().unwrap();
        let mut encoded = vec![0, 1];
        encoded.resize(128 - info.len() - 1, 0xff);
        encoded.push(0);
        encoded.extend(info);
        let operation = crate::PureRust::new().private(&private(WIKI)).unwrap();
        Ok(operation.apply(&encoded, &mut Fixed(1)).unwrap())
    }
}

impl BlockingSigner for Module {
    fn method(&self) -> &'static Method {
        Method::RSA_SHA256
    }

    fn sign(&self, to_sign: ToSign<'_>) -> Result<Vec<u8>, ExternalError> {
        self.answer(to_sign)
    }
}

impl ExternalSigner for Module {
    fn method(&self) -> &'static Method {
        Method::RSA_SHA256
    }

    async fn sign(&self, to_sign: ToSign<'_>) -> Result<Vec<u8>, ExternalError> {
        Pause(false).await;
        self.answer(to_sign)
    }
}

/// Not ready at first, as the answer of a service.
struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: core::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if core::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// The smallest executor; the second value counts how often it had to wait.
fn run<T>(future: impl Future<Output = T> + Send) -> (T, usize) {
    let mut future = pin!(future);
    let mut waited = 0;
    loop {
        match future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(value) => return (value, waited),
            Poll::Pending => waited += 1,
        }
    }
}

#[test]
fn the_same_request_is_signed_the_same_here_and_there() {
    let uri = Uri::parse("https://example.com/a?b=c").unwrap();
    let request = Request::new("GET", uri).unwrap();
    let protocol = ProtocolParameters::new("key", "RSA-SHA256", "137131200", "n");
    let sign = SignRequest::new(&request, &protocol).with_placement(Place::Header);

    let local = Signer::rsa(Method::RSA_SHA256, &private(WIKI)).unwrap();
    let expected = sign.sign(&local, Some(&mut Fixed(5))).unwrap();

    let (awaited, waited) = run(sign.sign_with(&Module { fails: false }));
    assert_eq!(awaited.unwrap().authorization(), expected.authorization());
    assert_eq!(waited, 1);

    let blocking = Signer::external(Box::new(Module { fails: false }));
    let blocked = sign.sign(&blocking, None).unwrap();
    assert_eq!(blocked.authorization(), expected.authorization());

    // By hand, for anything that is neither a thread nor a future.
    let prepared = sign.prepare(Method::RSA_SHA256).unwrap();
    assert_eq!(
        prepared.base_string().as_bytes(),
        prepared.to_sign().message()
    );
    let bytes = Module { fails: false }.answer(prepared.to_sign()).unwrap();
    let signature = prepared.to_sign().finish(&bytes).unwrap();
    assert_eq!(
        prepared.finish(signature).unwrap().authorization(),
        expected.authorization()
    );
}

#[test]
fn a_failing_signer_is_named_as_the_cause() {
    let uri = Uri::parse("https://example.com/").unwrap();
    let request = Request::new("GET", uri).unwrap();
    let protocol = ProtocolParameters::new("key", "RSA-SHA256", "137131200", "n");
    let sign = SignRequest::new(&request, &protocol);
    let (awaited, _) = run(sign.sign_with(&Module { fails: true }));
    assert!(matches!(awaited, Err(SignError::External(_))));
    let blocking = Signer::external(Box::new(Module { fails: true }));
    match blocking.sign(b"", None) {
        Err(SignerError::External(error)) => {
            let source = core::error::Error::source(&error).unwrap();
            assert_eq!(source.to_string(), "the card was pulled out");
        }
        other => panic!("{other:?}"),
    }
    // A module with RSA-SHA256 cannot sign a request that says otherwise.
    let other = ProtocolParameters::new("key", "RSA-SHA1", "137131200", "n");
    let (awaited, _) = run(SignRequest::new(&request, &other).sign_with(&Module { fails: false }));
    assert!(matches!(
        awaited,
        Err(SignError::OtherMethod {
            expected: "RSA-SHA256"
        })
    ));
}

#[test]
fn what_comes_back_is_checked() {
    let to_sign = ToSign::new(Method::HMAC_SHA1, b"base string");
    assert!(to_sign.finish(&[0; 20]).is_ok());
    for wrong in [&[0; 19][..], &[0; 32], &[]] {
        assert!(to_sign.finish(wrong).is_err());
    }
    let to_sign = ToSign::new(Method::RSA_SHA256, b"base string");
    assert!(to_sign.finish(&[]).is_err());
    let bytes = Module { fails: false }.answer(to_sign).unwrap();
    let public = private(WIKI);
    let verifier = |method| Verifier::rsa(method, public.public_key()).unwrap();
    assert!(
        to_sign
            .finish_verified(&bytes, &verifier(Method::RSA_SHA256))
            .is_ok()
    );
    assert!(
        to_sign
            .finish_verified(&bytes, &verifier(Method::RSA_SHA1))
            .is_err()
    );
    assert!(
        to_sign
            .finish_verified(&bytes[1..], &verifier(Method::RSA_SHA256))
            .is_err()
    );
    let other = ToSign::new(Method::RSA_SHA256, b"another");
    assert!(
        other
            .finish_verified(&bytes, &verifier(Method::RSA_SHA256))
            .is_err()
    );
}

#[test]
fn digest_info_is_for_pkcs1_only() {
    for (method, len) in [
        (Method::RSA_SHA1, 35),
        (Method::RSA_SHA256, 51),
        (Method::RSA_SHA512, 83),
    ] {
        assert_eq!(
            ToSign::new(method, b"")
                .digest_info()
                .map(|info| info.len()),
            Some(len)
        );
    }
    for method in [
        Method::RSA_PSS_SHA256,
        Method::HMAC_SHA1,
        Method::dangerous_plaintext(),
    ] {
        assert_eq!(ToSign::new(method, b"").digest_info(), None);
    }
    assert_eq!(
        ToSign::new(Method::dangerous_plaintext(), b"").digest(),
        None
    );
    let signer = Signer::dangerous_plaintext(&key("a", "b"));
    assert_eq!(signer.sign(b"", None).unwrap().to_text(), "a&b");
}
