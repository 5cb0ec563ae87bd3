//! The program as a user meets it: the real binary, its output, its files, its exit codes and its signals.
//!
//! Every test has a home of its own. `TRAILPROOF_TEST_PROGRAM` names another binary to test, such as a release build.
//! The tests of `real_logs` and of the modules that begin with `cluster_` need servers; the lanes `real-logs`, `es9` and `compat` of
//! `tests/run` start them.

#[cfg(test)]
#[path = "cli/cluster_clients.rs"]
mod cluster_clients;
#[cfg(test)]
#[path = "cli/cluster_doctor.rs"]
mod cluster_doctor;
#[cfg(test)]
#[path = "cli/cluster_tls.rs"]
mod cluster_tls;
#[cfg(test)]
#[path = "cli/cluster_upgrade.rs"]
mod cluster_upgrade;
#[cfg(test)]
#[path = "cli/configuration.rs"]
mod configuration;
#[cfg(test)]
#[path = "cli/demo.rs"]
mod demo;
#[cfg(test)]
#[path = "cli/doctor.rs"]
mod doctor;
#[cfg(test)]
#[path = "cli/documents.rs"]
mod documents;
#[cfg(test)]
#[path = "cli/fake_server.rs"]
mod fake_server;
#[cfg(test)]
#[path = "cli/help.rs"]
mod help;
#[cfg(test)]
#[path = "cli/home.rs"]
mod home;
#[cfg(test)]
#[path = "cli/ingest.rs"]
mod ingest;
#[cfg(test)]
#[path = "cli/real_logs.rs"]
mod real_logs;
#[cfg(test)]
#[path = "cli/running.rs"]
mod running;
#[cfg(test)]
#[path = "cli/search.rs"]
mod search;
#[cfg(test)]
#[path = "cli/serve.rs"]
mod serve;
#[cfg(test)]
#[path = "cli/tail.rs"]
mod tail;
