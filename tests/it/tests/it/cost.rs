//! What hostile input costs: refused by its size, and never more than about its length.

use core::time::Duration;
use std::time::Instant;

use countersign_base_string::{
    BaseString, Limits, Parameters, ParametersError, Request, Sink, Uri, stream_base_string,
};

const FORM: &str = "application/x-www-form-urlencoded";

fn collect<'a>(
    authorization: Option<&'a str>,
    query: &'a str,
    body: &'a [u8],
) -> Result<usize, ParametersError> {
    let uri = Uri::parse(query).expect("a URI");
    let mut request = Request::new("POST", uri)
        .expect("a method")
        .with_body(Some(FORM), body);
    if let Some(authorization) = authorization {
        request = request.with_authorization(authorization);
    }
    Parameters::collect(&request, &Limits::default()).map(|parameters| parameters.len())
}

#[test]
fn a_mebibyte_is_refused_by_its_size() {
    let filler = "a".repeat(1 << 20);
    let header = format!("OAuth oauth_token=\"{filler}\"");
    let refused = collect(Some(&header), "http://example.com/", b"").expect_err("a long header");
    assert!(refused.is_limit(), "{refused}");
    assert!(
        refused.to_string().len() < 200,
        "an error does not repeat its input"
    );

    let commas = format!("OAuth {}", ",".repeat(1 << 20));
    let refused = collect(Some(&commas), "http://example.com/", b"").expect_err("a long header");
    assert!(refused.is_limit(), "{refused}");

    let url = format!("http://example.com/?{filler}");
    assert!(
        collect(None, &url, b"")
            .expect_err("a long query")
            .is_limit()
    );
}

#[test]
fn too_many_parameters_are_refused() {
    let many = "a&".repeat(Limits::default().parameters() + 1);
    let refused = collect(None, "http://example.com/", many.as_bytes()).expect_err("too many");
    assert!(refused.is_limit(), "{refused}");
    // Separators alone are no parameters, and cost nothing.
    let none = "&".repeat(20_000);
    assert_eq!(
        collect(None, "http://example.com/", none.as_bytes()).expect("an empty form"),
        0
    );
}

/// Parameters that are hard to sort: one long common front, in falling order.
fn falling(count: usize) -> String {
    let mut form = String::new();
    for at in (0..count).rev() {
        form.push_str(&format!("common%20front%20{at:05}={at}&"));
    }
    form
}

struct Count {
    bytes: usize,
    writes: usize,
}

impl Sink for Count {
    fn write(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.writes += 1;
    }
}

fn with_parameters<T>(form: &str, then: impl FnOnce(&Request<'_>, &Parameters<'_>) -> T) -> T {
    let uri = Uri::parse("http://example.com/").expect("a URI");
    let request = Request::new("POST", uri)
        .expect("a method")
        .with_body(Some(FORM), form.as_bytes());
    let limits = Limits::default()
        .with_parameters(20_000)
        .with_body_bytes(1 << 20);
    let parameters = Parameters::collect(&request, &limits).expect("parameters");
    then(&request, &parameters)
}

#[test]
fn a_stream_writes_every_byte_once() {
    for count in [1_000, 10_000] {
        with_parameters(&falling(count), |request, parameters| {
            let mut counted = Count {
                bytes: 0,
                writes: 0,
            };
            stream_base_string(request, parameters, &mut counted);
            let whole = BaseString::new(request, parameters);
            assert_eq!(counted.bytes, whole.as_str().len());
            assert!(counted.writes <= counted.bytes, "empty writes");
        });
    }
}

/// Time that this thread was computing, where the system counts it; else time on the wall.
fn computing(start: Instant) -> Duration {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|line| line.split(' ').next()?.parse().ok())
        .map_or_else(|| start.elapsed(), Duration::from_nanos)
}

#[expect(clippy::disallowed_methods, reason = "the cost itself is measured")]
fn cost(times: u32, mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    let before = computing(start);
    for _ in 0..times {
        work();
    }
    computing(start).saturating_sub(before)
}

/// Ten times the parameters may cost ten times as much, and the sorting a third more.
#[test]
fn parameters_cost_about_their_number() {
    let (small, large) = (falling(1_000), falling(10_000));
    let build = |form: &str| {
        with_parameters(form, |request, parameters| {
            core::hint::black_box(BaseString::new(request, parameters));
        });
    };
    build(&large);
    // The machine may be busy: what has been cheap once is cheap enough. Each side builds as many
    // parameters as the other, and enough of them for a coarse clock.
    let fits = (0..60).any(|_| {
        let few = cost(150, || build(&small)) / 150;
        let many = cost(15, || build(&large)) / 15;
        println!("1,000 parameters {few:?}, 10,000 parameters {many:?}");
        !few.is_zero() && many < few * 15
    });
    assert!(
        fits,
        "ten times the parameters cost more than fifteen times as much"
    );
}
