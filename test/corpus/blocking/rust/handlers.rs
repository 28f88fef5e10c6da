use std::fs;
use std::thread;
use std::time::Duration;

fn load(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

pub async fn direct(path: &str) -> String {
    // ruleid: rust/blocking-file
    fs::read_to_string(path).unwrap_or_default()
}

pub async fn twin(path: &str) -> String {
    // ok: rust/blocking-file
    tokio::fs::read_to_string(path).await.unwrap_or_default()
}

pub async fn helper(path: &str) -> String {
    // ruleid: rust/blocking-file
    load(path)
}

pub async fn elsewhere(path: String) -> String {
    // ok: rust/blocking-file
    tokio::task::spawn_blocking(move || load(&path)).await.unwrap_or_default()
}

pub fn synchronous(path: &str) -> String {
    // ok: rust/blocking-file
    load(path)
}

pub async fn napped(busy: bool) {
    if busy {
        // ruleid: rust/blocking-sleep
        thread::sleep(Duration::from_millis(100));
    }
    // ok: rust/blocking-sleep
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// A thread of its own may sleep.
pub async fn threads() {
    thread::spawn(|| {
        // ok: rust/blocking-sleep
        thread::sleep(Duration::from_millis(100));
    });
}

pub async fn inner_function() -> u8 {
    fn rest() {
        // ok: rust/blocking-sleep
        thread::sleep(Duration::from_millis(1));
    }
    tokio::task::spawn_blocking(rest).await.ok();
    1
}

struct Bed;

impl Bed {
    fn sleep(&self, _hours: u8) {}
}

pub async fn own(bed: &Bed) {
    // ok: rust/blocking-sleep
    bed.sleep(8);
}

pub async fn each(paths: &[String]) -> usize {
    let mut bytes = 0;
    for path in paths {
        // ruleid: rust/blocking-file
        bytes += fs::read(path).map(|text| text.len()).unwrap_or(0);
    }
    bytes
}
