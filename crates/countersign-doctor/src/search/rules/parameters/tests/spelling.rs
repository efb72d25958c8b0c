//! How names and values are spelt, and how they are joined.

use super::{FORM, Sent, check, check_silent, texts};

const VALUE: &[(&str, &str, &str, &str)] = &[
    (
        "enc.double_encoded",
        "encoded values once too often",
        "a=x%2Cy",
        "a=x%252Cy",
    ),
    (
        "enc.double_encoded",
        "took values from the wire, where they are encoded, and encoded them again",
        "a=x%2cy",
        "a=x%252cy",
    ),
    (
        "enc.double_encoded",
        "encoded values three times",
        "a=x%2Cy",
        "a=x%25252Cy",
    ),
    (
        "enc.single_encoded",
        "did not encode values before the parameters were encoded as a whole",
        "a=Hello%2C+you",
        "a=Hello, you",
    ),
    (
        "enc.single_encoded",
        "signed values as they are spelt in the request",
        "a=x%2cy+z",
        "a=x%2cy+z",
    ),
    ("enc.reserved_chars", COMMON, "a=hello%21", "a=hello!"),
    (
        "enc.reserved_chars",
        COMMON,
        "a=%2Acache~+x",
        "a=*cache%7E+x",
    ),
    ("enc.reserved_chars", COMMON, "a=b/c", "a=b/c"),
    ("enc.reserved_chars", COMMON, "a=http://b!", "a=http://b%21"),
    ("enc.reserved_chars", RARE, "a=b@c$d%2Ce", "a=b@c$d%2Ce"),
    ("enc.reserved_chars", COMMON, "a=b~c+d", "a=b%7Ec+d"),
    (
        "enc.reserved_chars",
        RARE,
        "a=%7B%22b%22%3A1%7D",
        "a={\"b\":1}",
    ),
    (
        "enc.reserved_chars",
        "left one reserved character unencoded in values",
        "a=b%3Bc%7Cd",
        "a=b%3Bc|d",
    ),
    ("enc.double_encoded", LAYERS, "a=b%20c%2Cd", "a=b%2Bc%252Cd"),
    ("enc.double_encoded", LAYERS, "a=b!%20c", "a=b%21%2520c"),
    ("enc.double_encoded", LAYERS, "a=b!%20c", "a=b!%2520c"),
    ("enc.double_encoded", LAYERS, "a=b%2Cc", "a=b%252cc"),
    (
        "enc.tilde",
        "encoded the tilde, which stays as it is",
        "a=~b",
        "a=%7Eb",
    ),
    (
        "enc.unreserved_chars",
        "encoded characters that are never encoded",
        "a=b-c_d",
        "a=b%2Dc_d",
    ),
    ("enc.plus_space", PLUS, "a=b%20c", "a=b+c"),
    ("enc.plus_space", PLUS, "a=b+c", "a=b%2Bc"),
    ("enc.plus_space", PLUS, "a=b%2Bc", "a=b%20c"),
    ("enc.plus_space", PLUS, "a=b+c%21", "a=b%2Bc%21"),
    (
        "enc.plus_space",
        "did not write a space as %20",
        "a=b+c%21",
        "a=bc%21",
    ),
    (
        "enc.lowercase_hex",
        "wrote the percent-encoding of values with lower-case digits",
        "a=b%2Cc",
        "a=b%2cc",
    ),
    ("enc.non_ascii", UTF8, "a=%C2%A3", "a=%A3"),
    ("enc.non_ascii", UTF8, "a=%E2%82%AC", "a=%80"),
    ("enc.non_ascii", UTF8, "a=%C2%A3", "a=%C3%82%C2%A3"),
    ("enc.non_ascii", UTF8, "a=%E5%86%99", "a=%99"),
    ("enc.non_ascii", UTF8, "a=x%E5%86%99", "a=x%3F"),
    ("enc.non_ascii", UTF8, "a=x%C3%A9", "a=%00x%00%E9"),
    ("enc.non_ascii", UTF8, "a=x%C3%A9", "a=x%26%23233%3B"),
    ("enc.non_ascii", BYTES, "a=x%E5%86%99", "a=x%u5199"),
    ("enc.non_ascii", BYTES, "a=x%C3%A9", "a=x%E9"),
    ("enc.non_ascii", BYTES, "a=%C3%A9", "a=\\xc3\\xa9"),
    ("enc.non_ascii", BYTES, "a=%F0%9F%98%80", "a=%uD83D%uDE00"),
    (
        "enc.non_ascii",
        "signed a single byte for each character beyond ASCII",
        "a=%E5%86%99&b=%E5%86%99",
        "a=%8E&b=%8E",
    ),
    (
        "enc.non_ascii",
        "signed a single byte for each character beyond ASCII",
        "a=%E5%86%99%C3%A9",
        "a=%99%A9",
    ),
];

const LAYERS: &str = "encoded values twice, by two encoders or by one made for another purpose";
const COMMON: &str = "left reserved characters in values unencoded";
const RARE: &str = "encoded values with an encoder made for another purpose";
const PLUS: &str = "wrote a space as '+'";
const UTF8: &str = "did not sign text as UTF-8";
const BYTES: &str = "did not percent-encode text beyond ASCII byte by byte";

#[test]
fn values() {
    for (code, did, query, expected) in VALUE {
        check(&[(code, did, Sent::query(query), expected)]);
        // A value that every encoder writes alike says nothing of it.
        check_silent(&[(code, did, Sent::query("a=plain"))]);
    }
}

#[test]
fn values_of_some_parameters_only() {
    let sent = Sent {
        header: "oauth_callback=a%3Ab",
        query: "q=c%3Ad",
        content_type: FORM,
        body: "f=e%3Af",
        ..Sent::default()
    };
    let found = texts("enc.double_encoded", "encoded values once too often", sent);
    for expected in [
        "f=e%253Af&oauth_callback=a%253Ab&q=c%253Ad",
        "f=e%253Af&oauth_callback=a%3Ab&q=c%253Ad",
        "f=e%3Af&oauth_callback=a%253Ab&q=c%3Ad",
        "f=e%253Af&oauth_callback=a%3Ab&q=c%3Ad",
        "f=e%3Af&oauth_callback=a%3Ab&q=c%253Ad",
    ] {
        assert!(found.contains(expected), "{expected}");
    }
    assert_eq!(found.len(), 5);
}

#[test]
fn names() {
    let line =
        |code: &'static str, did: &'static str, query: &'static str, expected: &'static str| {
            (code, did, Sent::query(query), expected)
        };
    const KEPT: &str = "changed the names of parameters as its language keeps them";
    check(&[
        line(
            "enc.param_name",
            "did not encode the names of parameters",
            "f%5Ba%5D=%21",
            "f[a]=%21",
        ),
        line(
            "enc.param_name",
            "signed names as they are spelt in the request",
            "f[a%5D=1",
            "f[a%5D=1",
        ),
        line(
            "enc.double_encoded",
            "encoded names once too often",
            "a%20c=",
            "a%2520c=",
        ),
        line(
            "enc.reserved_chars",
            "left reserved characters in names unencoded",
            "a%21%2C=1",
            "a!%2C=1",
        ),
        line(
            "enc.plus_space",
            "wrote a space in names as '+'",
            "a%20b=1",
            "a+b=1",
        ),
        line("enc.tilde", "encoded the tilde in names", "a~=1", "a%7E=1"),
        line(
            "enc.unreserved_chars",
            "encoded characters in names that are never encoded",
            "a-b=1",
            "a%2Db=1",
        ),
        line(
            "enc.lowercase_hex",
            "wrote the percent-encoding of names with lower-case digits",
            "a%5B=1",
            "a%5b=1",
        ),
        line("enc.param_name", KEPT, "a.b=1", "a_b=1"),
        line("enc.param_name", KEPT, "a[]=1&a[]=2", "a=1&a=2"),
        line(
            "enc.param_name",
            KEPT,
            "a[0][x]=1&a[1]=2",
            "a%5B%5D=2&a%5B%5D%5Bx%5D=1",
        ),
        line("enc.param_name", KEPT, "a=1&b=2", "%3Fa=1&b=2"),
    ]);
}

#[test]
fn sorted_before_or_after_spelling() {
    let names = texts(
        "enc.param_name",
        "did not encode the names of parameters",
        Sent::query("c2=1&c%40=2"),
    );
    assert!(names.contains("c2=1&c@=2") && names.contains("c@=2&c2=1"));
    let values = texts(
        "enc.single_encoded",
        "did not encode values before the parameters were encoded as a whole",
        Sent::query("t=2&t=%40"),
    );
    assert!(values.contains("t=2&t=@") && values.contains("t=@&t=2"));
}

#[test]
fn names_together_with_values() {
    let found = texts(
        "enc.double_encoded",
        "encoded values once too often",
        Sent::query("a%20c=%21"),
    );
    assert!(found.contains("a%2520c=%2521"));
    assert!(found.contains("a%20c=%2521"));
}

#[test]
fn joins() {
    const BETWEEN: &str = "joined the parameters by something else than '&'";
    const WITHIN: &str = "joined names and values by something else than '='";
    let line = |code: &'static str, did: &'static str, expected: &'static str| {
        (code, did, Sent::query("a=1&b&c="), expected)
    };
    check(&[
        line(
            "sbs.valueless_param",
            "signed a parameter without '=' without the '=' that is due",
            "a=1&b&c=",
        ),
        line(
            "sbs.empty_param",
            "signed parameters with an empty value without the '='",
            "a=1&b&c",
        ),
        line("sbs.structure", BETWEEN, "a=1b=c="),
        line("sbs.structure", BETWEEN, "a=1,b=,c="),
        line("sbs.structure", BETWEEN, "a=1&amp;b=&amp;c="),
        line("sbs.structure", BETWEEN, "a=1\\x0ab=\\x0ac="),
        line(
            "sbs.structure",
            "put something before or behind the list of parameters",
            "a=1&b=&c=&",
        ),
        line("sbs.structure", WITHIN, "a1bc"),
        line("sbs.structure", WITHIN, "a=\"1\"&b=\"\"&c=\"\""),
    ]);
    check_silent(&[(
        "sbs.valueless_param",
        "signed a parameter without '=' without the '=' that is due",
        Sent::query("a=1"),
    )]);
}
