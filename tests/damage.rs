//! Damage: everything that is known to go wrong with evidence, in every home, by hand and at random, and processes that are
//! killed or run out of disk. All of it must be found and named, and nothing else.

#![allow(clippy::unwrap_used, clippy::ptr_arg, clippy::type_complexity)]

mod support;

#[path = "damage/at_once.rs"]
mod at_once;
#[path = "support/random.rs"]
mod chance;
#[path = "damage/full_disk.rs"]
mod full_disk;
#[path = "damage/history.rs"]
mod history;
#[path = "damage/killed.rs"]
mod killed;
#[path = "damage/prepared.rs"]
mod prepared;
#[path = "damage/random.rs"]
mod random;
#[path = "damage/random_case.rs"]
mod random_case;
#[path = "damage/random_lane.rs"]
mod random_lane;
#[path = "damage/scene.rs"]
mod scene;
#[path = "stores/server.rs"]
#[allow(dead_code)]
mod server;
#[path = "damage/table.rs"]
mod table;
#[path = "damage/traced.rs"]
mod traced;
#[path = "damage/workshop.rs"]
mod workshop;
