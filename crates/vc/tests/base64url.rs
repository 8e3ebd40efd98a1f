//! base64url (RFC 4648, 5; SECURITY.md, T7).

use proptest::prelude::*;
use vc::base64url::{NotBase64Url, decode, decode_array, encode, encode_onto};

#[test]
fn the_vectors_of_rfc_4648_without_padding() {
    // RFC 4648, 10
    for (bytes, text) in [
        ("", ""),
        ("f", "Zg"),
        ("fo", "Zm8"),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ] {
        assert_eq!(encode(bytes.as_bytes()), text);
        assert_eq!(decode(text), Ok(bytes.as_bytes().to_vec()));
    }
    assert_eq!(encode(&[0xfb, 0xff]), "-_8");
}

#[test]
fn any_other_form_is_refused() {
    for text in [
        "Zg==", "Zg=", "Zm8=", "=", "Z", "Zm9vY", "Zh", "Zm9", "Zm+v", "Zm/v", " Zm9v", "Zm9v ",
        "Zm9v\n", "Zm 9v", "Zm9v\0", "Zm9é", "Zm9v.", "Zm9v~",
    ] {
        assert_eq!(decode(text), Err(NotBase64Url), "{text:?}");
    }
}

#[test]
fn an_array_is_of_its_length() {
    assert_eq!(decode_array("Zm9v"), Ok(*b"foo"));
    assert_eq!(decode_array::<4>("Zm9v"), Err(NotBase64Url));
    assert_eq!(decode_array::<2>("Zm9v"), Err(NotBase64Url));
    assert_eq!(decode_array::<2>("Zm9"), Err(NotBase64Url));
    assert_eq!(decode_array(""), Ok([]));
}

proptest! {
    #[test]
    fn bytes_come_back(bytes: Vec<u8>) {
        let text = encode(&bytes);
        let mut onto = "x.".to_owned();
        encode_onto(&bytes, &mut onto);

        prop_assert_eq!(onto, format!("x.{text}"));
        prop_assert_eq!(decode(&text), Ok(bytes));
    }

    #[test]
    fn a_text_that_decodes_is_the_one_that_encodes(text in "[A-Za-z0-9_=+/-]{0,9}") {
        if let Ok(bytes) = decode(&text) {
            prop_assert_eq!(encode(&bytes), text);
        }
    }
}
