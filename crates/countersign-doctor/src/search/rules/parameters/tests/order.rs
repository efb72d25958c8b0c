//! The order of the parameters.

use super::{FORM, Sent, check, check_silent};

#[test]
fn unsorted() {
    const APART: &str = "signed the oauth_ parameters and the others as two separate lists";
    let sent = Sent {
        header: "oauth_token=t,oauth_nonce=n",
        query: "z=1&a=2",
        ..Sent::default()
    };
    let all = Sent {
        body: "y=3&b=4",
        content_type: FORM,
        ..sent
    };
    let line = |did: &'static str, sent: Sent<'static>, expected: &'static str| {
        ("sbs.order", did, sent, expected)
    };
    check(&[
        line(
            "signed the parameters in the order in which they were sent, unsorted",
            sent,
            "oauth_token=t&oauth_nonce=n&z=1&a=2",
        ),
        line(APART, sent, "oauth_nonce=n&oauth_token=t&a=2&z=1"),
        line(APART, sent, "a=2&z=1&oauth_nonce=n&oauth_token=t"),
        line(APART, sent, "oauth_nonce=n&oauth_token=t&z=1&a=2"),
        line(APART, sent, "z=1&a=2&oauth_nonce=n&oauth_token=t"),
        line(APART, sent, "z=1&a=2&oauth_token=t&oauth_nonce=n"),
        line(
            "signed header, query and body one after the other",
            all,
            "b=4&y=3&a=2&z=1&oauth_nonce=n&oauth_token=t",
        ),
        line(
            "signed header, query and body one after the other",
            all,
            "a=2&oauth_nonce=n&oauth_token=t&z=1&y=3&b=4",
        ),
        line(
            "signed header, query and body one after the other",
            all,
            "z=1&a=2&y=3&b=4&oauth_token=t&oauth_nonce=n",
        ),
        line(
            "put a parameter before or behind the sorted list",
            sent,
            "a=2&oauth_token=t&z=1&oauth_nonce=n",
        ),
        line(
            "put a parameter before or behind the sorted list",
            sent,
            "z=1&a=2&oauth_nonce=n&oauth_token=t",
        ),
        line(
            "put one parameter out of its place",
            sent,
            "a=2&z=1&oauth_nonce=n&oauth_token=t",
        ),
        line(
            "signed the oauth_ parameters in the order of the examples of the specification",
            sent,
            "oauth_token=t&oauth_nonce=n&a=2&z=1",
        ),
    ]);
    check_silent(&[(
        "sbs.order",
        "signed the parameters in the order in which they were sent, unsorted",
        Sent::query("a=1&b=2"),
    )]);
}

#[test]
fn sorted_otherwise() {
    const RAW: &str = "sorted the parameters before encoding them";
    const NATURAL: &str = "sorted in natural order, where 2 comes before 10";
    const NESTED: &str = "sorted nested parameters name[...] level by level";
    const LANGUAGE: &str = "sorted by the alphabet of a language instead of by bytes";
    let line = |did: &'static str, query: &'static str, expected: &'static str| {
        ("sbs.order", did, Sent::query(query), expected)
    };
    check(&[
        line(RAW, "c2=&c%40=", "c2=&c%40="),
        line(RAW, "tag=%E3%83%96&tag=perl", "tag=perl&tag=%E3%83%96"),
        line(
            "sorted the joined texts name=value instead of names first",
            "a=2&a1=1",
            "a1=1&a=2",
        ),
        line(NATURAL, "f%5B10%5D=k&f%5B2%5D=c", "f%5B2%5D=c&f%5B10%5D=k"),
        line(NATURAL, "f=a10&f=a9", "f=a9&f=a10"),
        line(
            "sorted by name only and left equal names in the order in which they were sent",
            "t=z&t=a&s=1",
            "s=1&t=z&t=a",
        ),
        line(
            "sorted names upwards and the values of equal names downwards or in reverse",
            "t=a&t=c&t=b&s=1",
            "s=1&t=c&t=b&t=a",
        ),
        line(
            "sorted names upwards and the values of equal names downwards or in reverse",
            "t=a&t=c&t=b&s=1",
            "s=1&t=b&t=c&t=a",
        ),
        line(
            NESTED,
            "f%5Bz%5D=9&f%5Ba%5D=5&b=1",
            "b=1&f%5Bz%5D=9&f%5Ba%5D=5",
        ),
        line(
            NESTED,
            "f%5B10%5D=k&f%5B9%5D=c&b=1",
            "b=1&f%5B9%5D=c&f%5B10%5D=k",
        ),
        line("sorted without regard to letter case", "B=1&a=2", "a=2&B=1"),
        line(LANGUAGE, "B=1&a=2", "a=2&B=1"),
        line(LANGUAGE, "ab=1&a_c=2&aB=3", "ab=1&aB=3&a_c=2"),
        line("sorted downwards", "a=1&b=2", "b=2&a=1"),
        line("sorted by value", "a=2&b=1", "b=1&a=2"),
        line("sorted by the length of names", "aa=2&b=1", "b=1&aa=2"),
    ]);
}
