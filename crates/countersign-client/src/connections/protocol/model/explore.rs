//! Every state that can be come to, each once.

use core::hash::{BuildHasher, BuildHasherDefault};
use std::collections::HashSet;
use std::hash::DefaultHasher;

use countersign_token::{ConnectionPhase, ConnectionState};

use super::world::{Defect, Mode, Process, World};
use crate::connections::protocol::{Outcome, Step};

/// How often what may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Budget {
    /// The generation that the processes go on to.
    pub(super) goal: u64,
    pub(super) crashes: u8,
    pub(super) losses: u8,
    pub(super) ticks: u8,
    /// Of the store, with and without having done what it was asked.
    pub(super) failures: u8,
}

impl Budget {
    pub(super) const fn of(goal: u64, crashes: u8, losses: u8, ticks: u8, failures: u8) -> Self {
        Self {
            goal,
            crashes,
            losses,
            ticks,
            failures,
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Explored {
    pub(super) states: usize,
    pub(super) ends: usize,
    /// Ends with a newer token.
    pub(super) renewed: usize,
    /// Ends at which only the user can help.
    pub(super) reauthorisations: usize,
    /// Tokens taken although the connection was given up.
    pub(super) late: usize,
}

type Node = (World, Budget);

/// # Errors
///
/// The invariant that does not hold, and in which state.
pub(super) fn explore(mode: Mode, defect: Defect, budget: Budget) -> Result<Explored, String> {
    let mut seen = HashSet::new();
    let first = (World::new(mode, defect, budget.goal), budget);
    let mut open = vec![first];
    let mut explored = Explored::default();
    while let Some((world, budget)) = open.pop() {
        explored.states += 1;
        let next = successors(&world, budget).map_err(|broken| format!("{broken}: {world:?}"))?;
        let mut ended = true;
        for (after, left) in next {
            check(&world, &after).map_err(|broken| format!("{broken}: {after:?}"))?;
            explored.late += usize::from(given_up(&world) && !given_up(&after));
            // That time may pass, or a process die, keeps nothing from having come to its end.
            ended &= left.ticks != budget.ticks || left.crashes != budget.crashes;
            let node = (after, left);
            let print = BuildHasherDefault::<DefaultHasher>::default().hash_one(&node);
            if seen.insert(print) {
                open.push(node);
            }
        }
        if ended {
            explored.ends += 1;
            end(world, &mut explored)?;
        }
    }
    Ok(explored)
}

fn given_up(world: &World) -> bool {
    world.row.life.state.phase() == ConnectionPhase::NeedsReauthorisation
}

fn successors(world: &World, budget: Budget) -> Result<Vec<Node>, String> {
    let mut next = Vec::new();
    for number in 0..world.processes.len() {
        let Process { step, flight, .. } = &world.processes[number];
        if world.goes_on(number) && !matches!(step, Step::Send { .. }) {
            let mut after = world.clone();
            after.act(number)?;
            next.push((after, budget));
        }
        if matches!(step, Step::Send { .. }) {
            let mut after = world.clone();
            match flight {
                None => after.serve(number),
                Some(_) => after.deliver(number)?,
            }
            next.push((after, budget));
            if budget.losses > 0 {
                let losses = budget.losses - 1;
                let mut after = world.clone();
                after.lose(number)?;
                next.push((after, Budget { losses, ..budget }));
                if flight.is_none() {
                    let mut after = world.clone();
                    after.send_nothing(number)?;
                    next.push((after, Budget { losses, ..budget }));
                }
            }
        }
        if budget.failures > 0 && matches!(step, Step::Commit(_) | Step::Keep { .. }) {
            let failures = budget.failures - 1;
            for done in [false, true] {
                let mut after = world.clone();
                after.fail(number, done)?;
                next.push((after, Budget { failures, ..budget }));
            }
        }
        if budget.crashes > 0 && !world.processes[number].is_done() {
            let mut after = world.clone();
            after.crash(number);
            let crashes = budget.crashes - 1;
            next.push((after, Budget { crashes, ..budget }));
        }
    }
    if budget.ticks > 0 {
        let mut after = world.clone();
        after.now += 1;
        let ticks = budget.ticks - 1;
        next.push((after, Budget { ticks, ..budget }));
    }
    Ok(next)
}

/// What holds from each state to the next.
fn check(before: &World, after: &World) -> Result<(), &'static str> {
    if after.row.life.generation < before.row.life.generation {
        return Err("I3: the generation fell");
    }
    if after.token != after.row.life.generation.get() {
        return Err("I3: a token of another generation");
    }
    if after.durable() < before.durable() || after.durable() < after.promised {
        return Err("I1: what was durable is gone");
    }
    Ok(())
}

/// What holds when nobody has anything more to do, and after one more process came.
fn end(mut world: World, explored: &mut Explored) -> Result<(), String> {
    for process in &world.processes {
        if process.knows() > world.token {
            return Err(format!("I1: a token that came was lost: {world:?}"));
        }
    }
    // A later start, when all leases are over and nothing is lost any more.
    world.now += 100;
    world.processes[0] = Process::new(world.goal - 1);
    while !matches!(world.processes[0].step, Step::Done(_)) {
        match (world.processes[0].step, world.processes[0].flight) {
            (Step::Send { .. }, None) => world.serve(0),
            (Step::Send { .. }, Some(_)) => world.deliver(0)?,
            _ => world.act(0)?,
        }
    }
    let whole = world.token == world.issued;
    let active = world.row.life.state == ConnectionState::Active;
    let right = match world.row.life.state {
        ConnectionState::Active => whole,
        // Only where an answer was lost, by a provider that gives it once.
        ConnectionState::NeedsReauthorisation { .. } => {
            world.mode == Mode::Strict && world.lost && world.token + 1 == world.issued
        }
        ConnectionState::Renewing(_) | ConnectionState::RenewalUnknown(_) => false,
    };
    if !right {
        return Err(format!(
            "I6: {:?} of {}: {world:?}",
            world.row, world.issued
        ));
    }
    let outcome = world.processes[0].step;
    explored.renewed += usize::from(active && outcome != Step::Done(Outcome::Gone));
    explored.reauthorisations += usize::from(given_up(&world));
    Ok(())
}
