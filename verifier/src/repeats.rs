//! Answers kept in memory for a minute: cameras and networks repeat themselves, and the scan
//! session that first showed a code gets the same answer again.
//!
//! They hold disclosed facts, so they are never written to disk. After a restart, or past the
//! bound, a repeat is judged anew instead: the store still knows that the session was the first.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use sha2::{Digest, Sha256};

use crate::store::{REPEAT_SECONDS, Session};

/// Most answers kept, a few kilobytes each.
const MOST: usize = 4096;
/// Longest answer kept: an issuer that fills a passport to the brim fills no memory here.
const LONGEST: usize = 16 * 1024;

/// A session's exact question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question([u8; 32]);

impl Question {
    /// `placement` tells apart two questions about one code.
    pub(crate) fn new(session: Session, code: &str, placement: &str) -> Self {
        let digest = Sha256::new()
            .chain_update(session.as_bytes())
            .chain_update(Sha256::digest(placement))
            .chain_update(code);
        Self(digest.finalize().into())
    }
}

#[derive(Default)]
pub(crate) struct Repeats(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    answers: HashMap<Question, (i64, Bytes)>,
    /// Oldest first.
    order: VecDeque<(i64, Question)>,
}

impl Repeats {
    pub(crate) fn find(&self, question: &Question, now: i64) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, answer) = kept.answers.get(question)?;
        (0..REPEAT_SECONDS).contains(&now.saturating_sub(*at)).then(|| answer.clone())
    }

    /// Keeps the first answer to a question, unless it is too long.
    pub(crate) fn keep(&self, question: Question, answer: Bytes, now: i64) {
        if answer.len() > LONGEST {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.drop_old(now);
        if kept.answers.contains_key(&question) {
            return;
        }
        kept.answers.insert(question, (now, answer));
        kept.order.push_back((now, question));
    }

    pub(crate) fn drop_old(&self, now: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).drop_old(now);
    }
}

impl Kept {
    fn drop_old(&mut self, now: i64) {
        while let Some((at, question)) = self.order.front() {
            let old = !(0..REPEAT_SECONDS).contains(&now.saturating_sub(*at));
            if !old && self.order.len() < MOST {
                break;
            }
            self.answers.remove(question);
            self.order.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn question(number: u128) -> Question {
        Question::new(Session::new("t", Uuid::from_u128(number)), "code", "placement")
    }

    #[test]
    fn an_answer_is_given_again_for_a_minute() {
        let repeats = Repeats::default();
        repeats.keep(question(1), Bytes::from_static(b"a"), 100);

        assert_eq!(repeats.find(&question(1), 159), Some(Bytes::from_static(b"a")));
        assert_eq!(repeats.find(&question(1), 160), None);
        assert_eq!(repeats.find(&question(2), 100), None);
    }

    #[test]
    fn the_oldest_answers_give_way_past_the_bound() {
        let repeats = Repeats::default();

        for number in 0..5000 {
            repeats.keep(question(number), Bytes::from_static(b"a"), 100);
        }

        let kept = repeats.0.lock().unwrap();
        assert_eq!((kept.answers.len(), kept.order.len()), (MOST, MOST));
        drop(kept);
        assert!(repeats.find(&question(0), 100).is_none());
        assert!(repeats.find(&question(4999), 100).is_some());
    }

    #[test]
    fn an_answer_past_the_bound_is_not_kept() {
        let repeats = Repeats::default();

        repeats.keep(question(1), Bytes::from(vec![b'a'; LONGEST]), 100);
        repeats.keep(question(2), Bytes::from(vec![b'a'; LONGEST + 1]), 100);

        assert!(repeats.find(&question(1), 100).is_some());
        assert!(repeats.find(&question(2), 100).is_none());
    }

    #[test]
    fn old_answers_leave_the_memory() {
        let repeats = Repeats::default();
        repeats.keep(question(1), Bytes::from_static(b"a"), 100);

        repeats.drop_old(160);

        assert!(repeats.0.lock().unwrap().answers.is_empty());
    }

    #[test]
    fn another_session_code_or_placement_is_another_question() {
        let mine = Session::new("t", Uuid::from_u128(1));

        let questions = [
            Question::new(mine, "code", "placement"),
            Question::new(mine, "code", "other"),
            Question::new(mine, "other", "placement"),
            Question::new(Session::new("u", Uuid::from_u128(1)), "code", "placement"),
        ];

        assert!(questions.iter().enumerate().all(|(i, a)| !questions[..i].contains(a)));
    }
}
