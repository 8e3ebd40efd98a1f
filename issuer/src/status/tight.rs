//! The tightest packing of a list: too slow to stand between a change and its publication, so it
//! follows when the list has been quiet for a while.

use libdeflater::{CompressionLvl, Compressor};
use vc::status_list::StatusList;

/// In zlib's form (RFC 1950), the dozenfold time of the fast packing; `None` when it can't be
/// packed so.
pub(super) fn pack(list: &StatusList) -> Option<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::best());
    let mut zlib = vec![0; compressor.zlib_compress_bound(list.bytes().len())];
    let len = compressor.zlib_compress(list.bytes(), &mut zlib).ok()?;
    zlib.truncate(len);
    Some(zlib)
}

#[cfg(test)]
mod tests {
    use vc::status_list::{LIST_ENTRIES, Status};

    use super::*;

    #[test]
    fn a_list_is_packed_tighter_than_in_haste() {
        let mut list = StatusList::new(2, LIST_ENTRIES).unwrap();
        for index in (0..LIST_ENTRIES).filter(|index| index * index % 101 == 5) {
            list.set(index, Status::Invalid).unwrap();
        }

        let tight = list.packed_as(pack(&list).unwrap()).unwrap();

        assert!(tight.bytes().len() < list.pack().bytes().len());
    }
}
