//! Texts of the pages, from Fluent catalogues: the server's own (`crates/server/texts/en.ftl`) and
//! those of the service (`include_str!("../texts/en.ftl")`). Templates ask `shell.t("key")`.

use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// What every service says.
pub const OWN: &str = include_str!("../texts/en.ftl");

const LANGUAGE: &str = "en-GB";

/// Catalogues of one language.
pub struct Texts(FluentBundle<FluentResource>);

impl Texts {
    /// The server's own catalogue and these; a key stands once in all of them.
    ///
    /// # Errors
    /// [`TextsError`], with the first key or line that is wrong.
    pub fn new(catalogues: &[&str]) -> Result<Self, TextsError> {
        let language: LanguageIdentifier = LANGUAGE
            .parse()
            .map_err(|error| TextsError::Malformed(format!("{LANGUAGE}: {error}")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // A value that could turn the writing direction is isolated in `isolated`, others need not.
        bundle.set_use_isolating(false);
        for catalogue in [OWN].iter().chain(catalogues) {
            let resource = FluentResource::try_new((*catalogue).to_owned())
                .map_err(|(_, faults)| TextsError::Malformed(format!("{faults:?}")))?;
            bundle
                .add_resource(resource)
                .map_err(|faults| TextsError::Malformed(format!("{faults:?}")))?;
        }
        Ok(Self(bundle))
    }

    /// A text without values. An unknown key is given back itself: the tests find it.
    pub fn t(&self, key: &str) -> String {
        self.ta(key, &[])
    }

    /// A text with values: `ta("offer-expires", &[("time", "10:15")])`. A number in its plain form
    /// is taken as one, so that the catalogue can choose the plural.
    pub fn ta(&self, key: &str, values: &[(&str, &str)]) -> String {
        let Some(pattern) = self.0.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            let plain = value.len() < 10 && value.bytes().all(|byte| byte.is_ascii_digit());
            match value.parse::<u32>() {
                Ok(number) if plain && number.to_string() == *value => {
                    arguments.set(*name, FluentValue::from(number));
                }
                _ => arguments.set(*name, isolated(value)),
            }
        }
        let mut faults = Vec::new();
        self.0.format_pattern(pattern, Some(&arguments), &mut faults).into_owned()
    }

    /// The language, for `<html lang>`.
    pub fn language(&self) -> &'static str {
        LANGUAGE
    }
}

/// A value from outside cannot turn the sentence around it: directional controls go, and a value
/// beyond Latin letters is isolated (Unicode bidirectional algorithm, 2.4).
pub fn isolated(value: &str) -> String {
    let kept: String = value.chars().filter(|letter| !is_directional(*letter)).collect();
    if kept.chars().any(|letter| letter > '\u{24f}') {
        format!("\u{2068}{kept}\u{2069}")
    } else {
        kept
    }
}

fn is_directional(letter: char) -> bool {
    matches!(letter,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Texts")
    }
}

/// A catalogue that stops start-up.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// It is not Fluent, or a key stands twice.
    #[error("a catalogue of texts is malformed: {0}")]
    Malformed(String),
}
