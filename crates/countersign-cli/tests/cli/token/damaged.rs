//! A connection that can't be read: told as such, and mended by the commands that the text names.

use super::World;
use super::provider::{GOOD, Provider, token};
use crate::request::server::{Server, reply};
use crate::run::Ran;

fn request(world: &World, base: &str) -> Ran {
    let url = format!("{base}/api");
    world.run(&["request", "--profile", "acme", &url], b"")
}

/// As a disk does it.
fn damage(world: &World) {
    let store = rusqlite::Connection::open(world.store()).unwrap();
    let update = "UPDATE connections SET secrets = X'00'";
    assert_eq!(store.execute(update, []).unwrap(), 1);
}

fn damaged(provider: &Provider) -> World {
    let world = provider.world(GOOD);
    request(&world, &provider.base).exits(0);
    damage(&world);
    world
}

#[test]
fn it_is_told_with_what_mends_it() {
    let provider = Provider::start();
    let world = damaged(&provider);
    let sign = ["sign", "--profile", "acme", "https://api.example/"];
    let renew = ["token", "renew", "--profile", "acme"];
    for ran in [
        request(&world, &provider.base),
        world.run(&sign, b""),
        world.run(&renew, b""),
    ] {
        let ran = ran.exits(3);
        for command in ["token authorize --profile acme", "profile remove acme"] {
            let command = format!("countersign {command}");
            assert!(ran.err.contains(&command), "{command}: {}", ran.err);
        }
    }
    assert_eq!(world.state(), "damaged");
    let status = ["token", "status", "--profile", "acme"];
    let ran = world.run(&status, b"").exits(1);
    let next = "next: countersign token authorize --profile acme";
    assert!(ran.out.contains(next), "{}", ran.out);
    world.run(&["profile", "list"], b"").exits(0);
    assert_eq!(provider.set(|state| state.renewals), 0);
}

#[test]
fn it_is_removed_with_its_profile() {
    let provider = Provider::start();
    for removes in [true, false] {
        let world = damaged(&provider);
        if removes {
            world.run(&["profile", "remove", "acme"], b"").exits(0);
            assert!(world.kept().find().is_none());
        }
        world.add(&provider.base, GOOD);
        request(&world, &provider.base).exits(0);
        assert_eq!(world.state(), "active");
        assert_eq!(world.kept().token(), token(1));
    }
}

#[test]
fn an_authorisation_takes_its_place() {
    let temporary = "oauth_token=temporary&oauth_token_secret=canary-temporary\
                     &oauth_callback_confirmed=true";
    let access = "oauth_token=nnch734d00sl2jdk&oauth_token_secret=canary-token";
    let server = Server::answering(vec![
        reply("200 OK", "", "served"),
        reply("200 OK", "", temporary),
        reply("200 OK", "", access),
        reply("200 OK", "", "served"),
    ]);
    let base = server.url("");
    let world = World::at(&base);
    world.add(&base, GOOD);
    request(&world, &base).exits(0);
    damage(&world);
    let authorize = ["token", "authorize", "--profile", "acme"];
    let oob = ["--callback", "oob"];
    world
        .run(&[&authorize[..], &oob].concat(), b"hfdp7dh39dks9884\n")
        .exits(0);
    assert_eq!(world.state(), "active");
    assert_eq!(world.kept().token(), "nnch734d00sl2jdk");
    request(&world, &base).exits(0);
    server.requests();
}

#[test]
fn a_token_in_the_file_takes_its_place() {
    let provider = Provider::start();
    let world = damaged(&provider);
    let lines = world.written();
    let by_hand = format!("{GOOD}{lines}");
    world.files().write("config/profiles/acme.toml", by_hand);
    let sign = ["sign", "--profile", "acme", "https://api.example/"];
    world.run(&sign, b"").exits(0);
    assert_eq!(world.state(), "active");
    request(&world, &provider.base).exits(0);
    assert_eq!(world.kept().token(), token(1));
}
