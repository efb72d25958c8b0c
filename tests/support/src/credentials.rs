//! The public example credentials of OAuth Core 1.0a and RFC 5849.

/// Consumer key of OAuth Core 1.0a appendix A and RFC 5849 section 1.2.
pub const CONSUMER_KEY: &str = "dpf43f3p2l4k3l03";
/// Consumer secret of the same examples.
pub const CONSUMER_SECRET: &str = "kd94hf93k423kf44";
/// Token of OAuth Core 1.0a appendix A and RFC 5849 section 1.2.
pub const TOKEN: &str = "nnch734d00sl2jdk";
/// Token secret of the same examples.
pub const TOKEN_SECRET: &str = "pfkkdhi9sl3r4s00";
/// A text that no output may ever show; put in the place of a secret.
pub const CANARY: &str = "canary-Zq7x-do-not-print";
