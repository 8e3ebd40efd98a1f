//! What `layout.html` needs of every page.

use std::sync::Arc;

use crate::people::Role;
use crate::texts::{Texts, isolated};

/// The frame of a page; a template's field `shell`.
#[derive(Clone, Debug)]
pub struct Shell {
    /// What the trust calls the product.
    pub product: String,
    /// Whose service it is.
    pub organisation: String,
    /// Name of a style sheet `/assets/theme-NAME.css`, when the trust has one.
    pub theme: Option<String>,
    /// Where the product name leads.
    pub home: String,
    /// What the person may open.
    pub nav: Vec<NavItem>,
    /// Who is signed in.
    pub person: Option<String>,
    /// The person's roles, in words.
    pub roles: String,
    /// Goes back with every form, and with scripts' requests as `x-csrf-token`.
    pub csrf: String,
    /// Shown once at the top: what the last act did.
    pub notice: Option<String>,
    pub(crate) texts: Arc<Texts>,
}

/// One entry of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// Its text.
    pub text: String,
    /// Whether this page is it or beneath it.
    pub current: bool,
}

impl Shell {
    /// A frame for when nothing is known of the service.
    pub(crate) fn bare(texts: &Arc<Texts>) -> Self {
        Self {
            product: texts.t("product"),
            organisation: String::new(),
            theme: None,
            home: "/".to_owned(),
            nav: vec![],
            person: None,
            roles: String::new(),
            csrf: String::new(),
            notice: None,
            texts: Arc::clone(texts),
        }
    }

    /// A text by its key.
    pub fn t(&self, key: &str) -> String {
        self.texts.t(key)
    }

    /// A text with values; a value is text, numbers too (`&count.to_string()`).
    pub fn ta(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.texts.ta(key, values)
    }

    /// A name or other text from outside, made unable to turn the text around it.
    pub fn inert(&self, value: &str) -> String {
        isolated(value)
    }

    /// The language of the page.
    pub fn language(&self) -> &'static str {
        self.texts.language()
    }

    /// The hidden field of every form: `{{ shell.csrf_field()|safe }}`.
    pub fn csrf_field(&self) -> String {
        // base64url: nothing to escape.
        format!(r#"<input type="hidden" name="csrf" value="{}">"#, self.csrf)
    }

    /// A role in words.
    pub fn role(&self, role: &Role) -> String {
        self.t(role.text_key())
    }
}
