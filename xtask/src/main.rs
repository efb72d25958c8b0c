//! The automation of this workspace.

fn main() {}
