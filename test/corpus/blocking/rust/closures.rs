use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

async fn for_each_element(pauses: Vec<u64>) {
    pauses.iter().for_each(|pause| {
        // ruleid: rust/blocking-sleep
        std::thread::sleep(Duration::from_secs(*pause));
    });
    std::thread::spawn(move || {
        pauses.iter().for_each(|pause| {
            // ok: rust/blocking-sleep
            std::thread::sleep(Duration::from_secs(*pause));
        });
    });
}

async fn asked_of_a_path(path: &Path) -> bool {
    // ruleid: rust/blocking-file
    path.exists()
}

struct Waiting;

impl std::future::Future for Waiting {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<()> {
        // ruleid: rust/blocking-sleep
        std::thread::sleep(Duration::from_secs(1));
        Poll::Ready(())
    }
}
