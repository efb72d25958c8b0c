//! `countersign demo`: each refusal of an OAuth 1.0a API, caused for real and explained.

mod application;
mod browser;
mod keys;
mod scenes;
mod tell;
mod world;

use clap::Args;

use crate::exit::{Exit, Outcome};
use crate::output;

const AFTER: &str = "\
Examples:
  countersign demo

Everything happens in a temporary directory and on free ports of the loopback
address, and is gone afterwards.

Exit codes: 0 every refusal came as expected, 1 one did not, 3 it could not run.";

/// Start a provider, have it refuse in the eight ways that cost people days, and explain each.
///
/// Tokens that were revoked, lost with a role, replaced by a second login or lost in a renewal;
/// clocks that are off; a certificate that expired; a key that does not match.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Demo {}

impl Demo {
    #[expect(clippy::unused_self, reason = "as all commands run")]
    pub(crate) fn run(&self) -> Outcome {
        let mut world = world::World::start()?;
        output::data(&tell::opening(&world))?;
        let mut wrong = 0_usize;
        for (number, scene) in (1_usize..).zip(scenes::SCENES) {
            let shown = (scene.play)(&mut world)?;
            let text = tell::scene(number, scene, &shown, &world)?;
            output::data(&text)?;
            if !shown.is_as_expected(scene) {
                wrong = wrong.saturating_add(1);
            }
        }
        output::data(&tell::closing(wrong))?;
        Ok(if wrong == 0 { Exit::Yes } else { Exit::No })
    }
}
