//! The rows, grouped by kind.

mod commerce;
mod finance;
mod life;
mod media;
mod shared;
mod tools;

use crate::Provider;

const HMAC_SHA1: &str = "HMAC-SHA1";
const HMAC_SHA256: &str = "HMAC-SHA256";
const PLAINTEXT: &str = "PLAINTEXT";
const RSA_SHA1: &str = "RSA-SHA1";
const RSA_SHA256: &str = "RSA-SHA256";

pub(crate) static PROVIDERS: [Provider; 41] = [
    // Pictures, music, words.
    media::X,
    media::TUMBLR,
    media::INSTAPAPER,
    media::DISCOGS,
    media::FLICKR,
    media::SMUGMUG,
    media::NOUN_PROJECT,
    media::PLURK,
    media::RAVELRY,
    media::SKYROCK,
    media::BEATPORT,
    media::SEVEN_DIGITAL,
    // Shops and books of account.
    commerce::NETSUITE_TBA,
    commerce::NETSUITE_SUITESIGNON,
    commerce::MAGENTO,
    commerce::WOOCOMMERCE,
    commerce::BRICKLINK,
    commerce::TRADE_ME,
    commerce::IMMOSCOUT24,
    commerce::SELLSY,
    commerce::CARDMARKET,
    // Banks, brokers, gateways.
    finance::MASTERCARD,
    finance::ETRADE,
    finance::OPEN_BANK_PROJECT,
    finance::PAYNETEASY,
    // Tools for work and learning.
    tools::ATLASSIAN_DATA_CENTER,
    tools::WORDPRESS,
    tools::MEDIAWIKI,
    tools::TRELLO,
    tools::ZOTERO,
    tools::EVERNOTE,
    media::HATENA,
    tools::SCHOOLOGY,
    tools::ALCHEMER,
    tools::PROJECTPLACE,
    // What many speak alike.
    shared::LTI,
    shared::PARTNER,
    // Health, travel, home.
    life::GARMIN,
    life::FATSECRET,
    life::TRIPIT,
    life::TELLDUS,
];
