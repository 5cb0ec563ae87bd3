//! A disk that is full: writes are refused as a whole and said so, reads go on, and with space again all goes on.

use std::process::Command;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::oracle::{compare, walk};
use crate::random::Random;
use crate::server::{Place, Server};
use crate::traffic::{Ledger, Writer, send};

/// Files can grow no further than this.
const FILE_BYTES: u64 = 150_000;
/// Size of the file system that is too small.
const DISK_BYTES: u64 = 3_000_000;

#[tokio::test]
async fn a_batch_that_does_not_fit_is_refused_as_a_whole_and_all_goes_on_around_it() {
    let mut place = Place::new();
    place.wrapper = too_small_files();
    let server = place.start().await;
    let mut writer = Writer::new("w".to_owned(), Random::seeded("file size"));
    let mut ledger = Ledger::default();

    let small = send(&server, writer.batch(5, 10), &mut ledger).await;
    let problem = refused(&server, &mut writer, &mut ledger).await;
    compare(&walk(&server, None).await, &ledger, "while the disk is full");
    let small_again = send(&server, writer.batch(5, 10), &mut ledger).await;
    server.kill();
    place.wrapper.clear();
    let server = place.start().await;
    let large = send(&server, writer.batch(150, 200), &mut ledger).await;

    assert_eq!((small, small_again, large), (Some(200), Some(200), Some(200)));
    assert_eq!(problem["code"], 3055, "{problem}");
    compare(&walk(&server, None).await, &ledger, "after a start with space");
}

#[tokio::test]
async fn a_full_disk_takes_no_line_with_it_and_with_space_again_writes_work_without_a_restart() {
    let mut place = Place::new();
    let disk = SmallDisk::new(&mut place);
    let server = place.start().await;
    let mut writer = Writer::new("w".to_owned(), Random::seeded("full disk"));
    let mut ledger = Ledger::default();

    let mut statuses = Vec::new();
    while statuses.iter().filter(|status| **status == Some(503)).count() < 3 {
        // Ever larger, so that it ends also where only the size of one file is limited.
        let lines = 50 + 20 * u64::try_from(statuses.len()).unwrap();
        statuses.push(send(&server, writer.batch(lines, 100), &mut ledger).await);
        assert!(statuses.len() < 100, "the disk is never full: {statuses:?}");
    }
    compare(&walk(&server, None).await, &ledger, "while the disk is full");
    disk.enlarge(server.pid());
    let with_space = send(&server, writer.batch(150, 200), &mut ledger).await;

    println!("{statuses:?}");
    assert_eq!(statuses[0], Some(200));
    assert_eq!(with_space, Some(200), "{}", server.log());
    compare(&walk(&server, None).await, &ledger, "with space again");
}

/// Sends a batch that cannot fit, and returns the problem that it is answered with.
async fn refused(server: &Server, writer: &mut Writer, ledger: &mut Ledger) -> Value {
    let batch = writer.batch(150, 200);
    let request = server.request(Method::POST, "/api/v1/logs").header("content-type", "application/x-ndjson");
    let answer = request.body(batch.body.clone()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(send(server, batch, ledger).await, Some(503), "a second try");
    problem
}

/// Without the trap the system would end the process when a file grows too large.
fn too_small_files() -> Vec<String> {
    let script = format!("trap '' XFSZ; exec prlimit --fsize={FILE_BYTES}:unlimited \"$@\"");
    ["sh", "-c", &script, "sh"].map(str::to_owned).to_vec()
}

/// A file system of its own that only the server sees; where this machine lets nobody mount one, a limit on files.
enum SmallDisk {
    Mounted(String),
    Limited,
}

impl SmallDisk {
    fn new(place: &mut Place) -> Self {
        let data = place.data().display().to_string();
        let mount = format!("mkdir -p {data} && mount -t tmpfs -o size={DISK_BYTES} tmpfs {data}");
        let may_mount = Command::new("unshare").args(["-m", "sh", "-c", &mount]).output();
        if !may_mount.is_ok_and(|output| output.status.success()) {
            println!("no file system can be mounted here: the size of files is limited instead");
            place.wrapper = too_small_files();
            return Self::Limited;
        }
        let script = format!("{mount} && exec \"$@\"");
        place.wrapper = ["unshare", "-m", "sh", "-c", &script, "sh"].map(str::to_owned).to_vec();
        Self::Mounted(data)
    }

    fn enlarge(&self, pid: u32) {
        let pid = pid.to_string();
        let mut command = match self {
            Self::Mounted(data) => {
                let mut command = Command::new("nsenter");
                command.args(["-t", &pid, "-m", "mount", "-o", "remount,size=200m", data]);
                command
            }
            Self::Limited => {
                let mut command = Command::new("prlimit");
                command.args(["--pid", &pid, "--fsize=unlimited"]);
                command
            }
        };
        assert!(command.status().unwrap().success());
    }
}
