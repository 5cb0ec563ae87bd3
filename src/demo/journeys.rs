//! What a request does on an ordinary day: which services it meets, in which order, with which end.

use super::lines::{auth_service as auth, background, event_service as event, faults, gateway, security};
use super::random::Random;
use super::request::Request;
use super::visitor::Visitor;
use crate::model::Micros;

/// What one request, or one piece of background work, writes.
pub(super) type Journey = fn(&mut Request);

/// Who sets out on a journey.
#[derive(Clone, Copy, Debug)]
enum Sender {
    Customer,
    Intruder,
    Staff,
    Nobody,
}

/// Journeys and how often each is made, relative to the others.
const JOURNEYS: [(u64, Sender, Journey); 17] = [
    (250, Sender::Customer, browse),
    (110, Sender::Customer, look_at_seats),
    (90, Sender::Customer, log_in),
    (22, Sender::Customer, mistype_password),
    (80, Sender::Customer, refresh_token),
    (70, Sender::Customer, reserve),
    (75, Sender::Customer, pay),
    (22, Sender::Customer, be_declined),
    (70, Sender::Customer, show_ticket),
    (18, Sender::Customer, cancel),
    (28, Sender::Customer, change_profile),
    (11, Sender::Customer, be_refused),
    (22, Sender::Customer, meet_a_fault),
    (14, Sender::Intruder, probe),
    (10, Sender::Staff, administer),
    (240, Sender::Nobody, routine),
    (16, Sender::Nobody, unusual),
];

/// An ordinary request, or a piece of background work, that begins at `at`, and the journey it is about to make.
pub(super) fn ordinary(seed: u64, at: Micros) -> (Request, Journey) {
    let mut choice = Random::of_topic(seed, "journey");
    let total = JOURNEYS.iter().map(|(weight, _, _)| weight).sum();
    let mut left = choice.below(total);
    let mut chosen: (Sender, Journey) = (Sender::Nobody, routine);
    for (weight, sender, journey) in JOURNEYS {
        chosen = (sender, journey);
        let Some(rest) = left.checked_sub(weight) else { break };
        left = rest;
    }
    let (sender, journey) = chosen;
    let request = match sender {
        Sender::Customer => Request::new(seed, at, Visitor::customer),
        Sender::Intruder => Request::new(seed, at, Visitor::intruder),
        Sender::Staff => Request::new(seed, at, Visitor::staff),
        Sender::Nobody => Request::background(seed, at),
    };
    (request, journey)
}

/// A line of background work.
pub(super) fn sign_of_life(seed: u64, at: Micros) -> Request {
    let mut work = Request::background(seed, at);
    routine(&mut work);
    work
}

/// Comes in at the gateway, which sometimes says so.
fn arrive(request: &mut Request, method: &'static str, path: &'static str) {
    request.receive(method, path);
    if request.random.chance(260) {
        request.write_one_of(&gateway::ROUTED);
    }
    request.work(1, 4);
}

fn browse(request: &mut Request) {
    let path = request.random.pick(&[
        "/api/v1/events",
        "/api/v1/events/{show_id}",
        "/api/v1/events?category={category}",
        "/api/v1/search",
        "/api/v1/events/{show_id}/reviews",
    ]);
    arrive(request, "GET", path);
    request.write_one_of(&event::BROWSED);
    request.work(3, 60);
    if request.random.chance(300) {
        request.write_one_of(&event::BROWSED);
    }
    request.answer(200);
}

fn look_at_seats(request: &mut Request) {
    request.identify();
    arrive(request, "GET", "/api/v1/events/{show_id}/seats");
    request.write_one_of(&event::SEATS_SHOWN);
    request.work(4, 90);
    if request.random.chance(400) {
        request.write_one_of(&event::SEATS_SHOWN);
    }
    request.answer(200);
}

fn log_in(request: &mut Request) {
    arrive(request, "POST", "/api/v1/login");
    request.write_one_of(&auth::LOGIN_BEGUN);
    request.work(50, 140);
    request.identify();
    if request.random.chance(250) {
        request.write_one_of(&auth::SECOND_FACTOR);
        request.work(200, 900);
    }
    request.write_one_of(&auth::LOGIN_DONE);
    if request.random.chance(70) {
        request.write_one_of(&security::SUSPICIOUS);
    }
    request.work(1, 6);
    request.answer(200);
}

fn mistype_password(request: &mut Request) {
    request.identify();
    arrive(request, "POST", "/api/v1/login");
    request.work(50, 140);
    request.write_one_of(&auth::LOGIN_FAILED);
    request.write_one_of(&security::LOGIN_FAILED);
    if request.random.chance(120) {
        request.write_one_of(&security::LOCKED);
    }
    request.answer(401);
}

fn refresh_token(request: &mut Request) {
    request.identify();
    arrive(request, "POST", "/api/v1/token/refresh");
    request.work(1, 12);
    if request.random.chance(60) {
        request.write_one_of(&auth::EXPIRED);
        request.answer(401);
        return;
    }
    request.write_one_of(&auth::REFRESHED);
    request.work(1, 5);
    request.write_one_of(&auth::REFRESHED);
    request.answer(200);
}

fn reserve(request: &mut Request) {
    request.identify();
    arrive(request, "POST", "/api/v1/reservations");
    request.write_one_of(&auth::PERMITTED);
    request.work(2, 12);
    if request.random.chance(90) {
        request.write_one_of(&event::SEAT_TAKEN);
        request.answer(409);
        return;
    }
    request.write_one_of(&event::RESERVED);
    request.work(5, 60);
    request.write_one_of(&event::RESERVED);
    request.work(1, 8);
    request.set("routing_key", "reservation.created");
    request.write_one_of(&event::PUBLISHED);
    request.answer(201);
}

fn pay(request: &mut Request) {
    request.identify();
    arrive(request, "POST", "/api/v1/orders");
    request.write_one_of(&auth::PERMITTED);
    request.work(2, 10);
    request.write_one_of(&event::PAYMENT_BEGUN);
    request.work(180, 900);
    request.write_one_of(&event::PAYMENT_DONE);
    request.work(5, 40);
    request.set("routing_key", "ticket.issued");
    request.write_one_of(&event::TICKET_ISSUED);
    request.work(1, 9);
    request.write_one_of(&event::PUBLISHED);
    request.answer(201);
}

fn be_declined(request: &mut Request) {
    request.identify();
    arrive(request, "POST", "/api/v1/orders");
    request.write_one_of(&auth::PERMITTED);
    request.work(2, 10);
    request.write_one_of(&event::PAYMENT_BEGUN);
    request.work(180, 900);
    request.write_one_of(&event::PAYMENT_DECLINED);
    request.answer(402);
}

fn show_ticket(request: &mut Request) {
    request.identify();
    let path = request.random.pick(&[
        "/api/v1/tickets/{ticket_id}",
        "/api/v1/tickets",
        "/api/v1/tickets/{ticket_id}/qr",
    ]);
    arrive(request, "GET", path);
    if request.random.chance(300) {
        request.write_one_of(&auth::PERMITTED);
    }
    request.work(3, 50);
    request.write_one_of(&event::TICKET_SHOWN);
    request.answer(200);
}

fn cancel(request: &mut Request) {
    request.identify();
    arrive(request, "DELETE", "/api/v1/orders/{order_id}");
    request.write_one_of(&auth::PERMITTED);
    request.work(4, 30);
    request.write_one_of(&event::CANCELLED);
    request.work(120, 600);
    request.set("routing_key", "order.cancelled");
    request.write_one_of(&event::CANCELLED);
    request.write_one_of(&event::PUBLISHED);
    request.answer(200);
}

fn change_profile(request: &mut Request) {
    request.identify();
    arrive(request, "PATCH", "/api/v1/users/me");
    request.work(4, 30);
    request.write_one_of(&auth::PROFILE);
    request.work(2, 20);
    request.answer(200);
}

fn be_refused(request: &mut Request) {
    request.receive("POST", "/api/v1/reservations");
    request.work(1, 4);
    request.write_one_of(&gateway::REFUSED);
    let status = request.random.pick(&[400, 401, 429]);
    request.answer(status);
}

/// Something breaks; rarely it takes the whole process along.
fn meet_a_fault(request: &mut Request) {
    request.identify();
    if request.random.chance(30) {
        request.write_one_of(&faults::FATAL);
        return;
    }
    match request.random.below(10) {
        0..6 => {
            arrive(request, "POST", "/api/v1/orders");
            request.write_one_of(&event::PAYMENT_BEGUN);
            request.work(40, 2_500);
            request.write_one_of(&faults::EVENT_SERVICE);
        }
        6..8 => {
            arrive(request, "POST", "/api/v1/login");
            request.work(10, 300);
            request.write_one_of(&faults::AUTH_SERVICE);
        }
        _ => {
            arrive(request, "GET", "/api/v1/events/{show_id}");
            request.work(5, 80);
            request.write_one_of(&faults::GATEWAY);
        }
    }
    let status = request.random.pick(&[500, 500, 502]);
    request.answer(status);
}

/// Machines try doors that do not exist, or passwords that are not theirs.
fn probe(request: &mut Request) {
    if request.random.chance(500) {
        request.receive("POST", "/api/v1/login");
        request.work(40, 90);
        request.write_one_of(&security::LOGIN_FAILED);
        request.answer(401);
        return;
    }
    let path = request.random.pick(&[
        "/.env",
        "/wp-login.php",
        "/../../etc/passwd",
        "/actuator/env",
        "/api/v1/admin/users",
    ]);
    request.receive("GET", path);
    request.work(1, 3);
    request.write_one_of(&security::BLOCKED);
    request.answer(403);
}

fn administer(request: &mut Request) {
    request.identify();
    arrive(request, "POST", "/api/v1/admin/actions");
    request.work(10, 80);
    request.write_one_of(&security::ADMINISTERED);
    request.answer(200);
}

fn routine(request: &mut Request) {
    request.write_one_of(&background::ROUTINE);
}

fn unusual(request: &mut Request) {
    request.write_one_of(&background::UNUSUAL);
}
