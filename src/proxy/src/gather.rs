//! Group commit without a timer: a queue's next batch waits a moment for those who were answered by the last one.

use tokio::sync::mpsc;

/// How often other tasks are let go first.
const MAX_YIELDS: u32 = 4;
/// Messages that are enough, however many the last batch had: as many as the writer puts into one transaction.
const ENOUGH: usize = 64;

/// Lets those who were answered together (`last` of them) ask again before the next transaction begins, so that it is not begun for
/// the first of them alone while the others wait for all of it, which costs a wait for the disk. It waits for nothing but tasks that
/// can run. `cargo bench --bench append` shows what it is worth with 8 and 64 writers.
pub(crate) async fn gather<T>(queue: &mpsc::Receiver<T>, last: usize) {
    for _ in 0..MAX_YIELDS {
        if queue.len() >= last.min(ENOUGH) || last < 2 {
            return;
        }
        tokio::task::yield_now().await;
    }
}
