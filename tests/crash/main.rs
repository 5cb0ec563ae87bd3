//! The real program and what may happen to it: killed at any moment, on a full disk, on a damaged folder, told to stop.
//!
//! `server` runs the program, `traffic` sends lines and remembers what was acknowledged, `oracle` reads back what is
//! there. Random moments come from a seed that is printed; `TRAILPROOF_CRASH_SEED` repeats a run.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod random;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod server;
#[cfg(test)]
mod stop;
#[cfg(test)]
mod traffic;
