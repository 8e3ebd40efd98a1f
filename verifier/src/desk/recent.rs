//! A small memory: the newest so many, by key.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

pub(crate) struct Recent<K, V> {
    most: usize,
    /// Oldest first.
    entries: Mutex<VecDeque<(K, V)>>,
}

impl<K: PartialEq, V: Clone> Recent<K, V> {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, entries: Mutex::default() }
    }

    pub(crate) fn put(&self, key: K, value: V) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|(kept, _)| *kept != key);
        while entries.len() >= self.most {
            entries.pop_front();
        }
        entries.push_back((key, value));
    }

    pub(crate) fn find<Q>(&self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
        Q: PartialEq + ?Sized,
    {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().find(|(kept, _)| kept.borrow() == key).map(|(_, value)| value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_gives_way() {
        let recent = Recent::new(2);
        recent.put("a", 1);
        recent.put("b", 2);
        recent.put("a", 3);
        recent.put("c", 4);

        assert_eq!(recent.find("a"), Some(3));
        assert_eq!(recent.find("b"), None);
        assert_eq!(recent.find("c"), Some(4));
    }
}
