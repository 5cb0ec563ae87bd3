//! The whole application in process, seen from outside: one binary, so that it is linked once.

#[cfg(test)]
mod access;
#[cfg(test)]
mod guarded;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod request_log;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod server;
#[cfg(test)]
mod transport;
