//! Work for several threads, and what they say to the one that waits for them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, scope};

use super::MAX_JOBS;
use crate::error::{Error, Result};

/// Stack of a thread, in bytes: what the first thread of a program usually has. Decoders were tried
/// with no less.
const STACK_BYTES: usize = 8 << 20;

/// What a thread says.
pub(super) enum Message<T> {
    /// Sound was examined.
    Heard {
        /// How much, in seconds.
        seconds: f64,
        /// Bytes of files that this stands for.
        bytes: u64,
    },
    /// A piece of work is done.
    Done(T),
}

/// One piece of work; it may say how far it is, in seconds of sound and bytes.
pub(super) type Work<'a, I, T> = dyn Fn(&I, &mut dyn FnMut(f64, u64)) -> T + Sync + 'a;

/// Does `work` on each of `items`, each once and up to `jobs` at a time; `take` is called on this
/// thread, in the order in which things happen.
///
/// # Errors
///
/// The first of `take`, after which no further item is begun, or that no thread could be started.
pub(super) fn spread<I: Sync, T: Send>(
    items: &[I],
    jobs: usize,
    work: &Work<'_, I, T>,
    take: &mut dyn FnMut(Message<T>) -> Result<()>,
) -> Result<()> {
    let jobs = jobs.clamp(1, MAX_JOBS).min(items.len());
    let next = AtomicUsize::new(0);
    scope(|threads| {
        let (sender, receiver) = sync_channel(4 * jobs.max(1));
        for number in 0..jobs {
            let (sender, next) = (sender.clone(), &next);
            let body = move || drain(items, next, work, &sender);
            let thread = Builder::new().name(format!("scan {number}")).stack_size(STACK_BYTES);
            if let Err(error) = thread.spawn_scoped(threads, body) {
                if number == 0 {
                    let what = format!("no thread could be started: {error}");
                    return Err(Error::Limit { what });
                }
                break;
            }
        }
        drop(sender);
        // Leaving drops the receiver; threads end when they next say something.
        receiver.into_iter().try_for_each(take)
    })
}

/// What a thread does: the next item that no other has begun, until there is none or nobody listens.
fn drain<I, T>(
    items: &[I],
    next: &AtomicUsize,
    work: &Work<'_, I, T>,
    sender: &SyncSender<Message<T>>,
) {
    while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
        let done = work(item, &mut |seconds, bytes| {
            // Nobody listening shows at the end of this item.
            let _ = sender.send(Message::Heard { seconds, bytes });
        });
        if sender.send(Message::Done(done)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_done_once_by_any_number_of_threads() {
        let items: Vec<u64> = (0..100).collect();
        for jobs in [0, 1, 3, 1000] {
            let (mut seen, mut bytes) = (Vec::new(), 0);
            let work = |item: &u64, hear: &mut dyn FnMut(f64, u64)| {
                hear(1.0, *item);
                *item
            };
            spread(&items, jobs, &work, &mut |message| {
                match message {
                    Message::Heard { bytes: b, .. } => bytes += b,
                    Message::Done(item) => seen.push(item),
                }
                Ok(())
            })
            .unwrap();
            seen.sort_unstable();
            assert_eq!((seen, bytes), (items.clone(), 4950), "{jobs}");
        }
    }

    #[test]
    fn an_error_ends_the_work_and_no_items_are_none() {
        let begun = AtomicUsize::new(0);
        let work = |_: &u8, _: &mut dyn FnMut(f64, u64)| begun.fetch_add(1, Ordering::Relaxed);
        let mut refuse =
            |_: Message<usize>| Err(Error::Argument { what: "the disk is full".into() });
        assert!(spread(&[0; 1000], 2, &work, &mut refuse).is_err());
        assert!(begun.load(Ordering::Relaxed) < 1000);
        spread(&[], 2, &work, &mut refuse).unwrap();
    }
}
