//! The form as the page shows it.

use super::entered::{Entered, PRESET, ROWS};
use super::faults::{Faults, Say, row_title};
use super::fields::{Field, Group, Kind, Need, Presence, SECTIONS, Section};

/// The whole form.
pub(crate) struct FormView {
    pub(crate) sections: Vec<SectionView>,
    /// Hidden fields that belong to no section.
    pub(crate) rows_name: &'static str,
    pub(crate) rows: usize,
}

/// One section.
pub(crate) struct SectionView {
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) intro: String,
    /// The question whether it is there at all.
    pub(crate) ask: Option<FieldView>,
    pub(crate) groups: Vec<GroupView>,
    pub(crate) rows: Vec<RowView>,
    pub(crate) is_rows: bool,
    /// Whether it is folded away.
    pub(crate) folded: bool,
    pub(crate) open: bool,
    pub(crate) faulty: bool,
}

/// Fields that stand together.
pub(crate) struct GroupView {
    /// Empty for what is not folded away.
    pub(crate) title: String,
    pub(crate) open: bool,
    pub(crate) fields: Vec<FieldView>,
}

/// One row of training.
pub(crate) struct RowView {
    pub(crate) index: usize,
    pub(crate) title: String,
    /// Name and text of the hidden field that tells what the page itself had put there.
    pub(crate) preset: (String, String),
    pub(crate) main: Vec<FieldView>,
    pub(crate) more: GroupView,
}

/// One field.
pub(crate) struct FieldView {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) error: String,
    pub(crate) control: Control,
    /// Shown only while that field says one of these: `name` and words parted by spaces.
    pub(crate) when: Option<(String, String)>,
}

/// What it is typed into.
pub(crate) enum Control {
    Text { value: String, width: String, numeric: bool, code: bool },
    Area { value: String },
    Day { day: String, month: String, year: String },
    Period { years: String, months: String },
    Radios { options: Vec<Opt>, inline: bool },
    Select { options: Vec<Opt> },
    Tick { value: &'static str, text: String, checked: bool },
    Portrait { value: String },
}

/// One choice.
pub(crate) struct Opt {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) hint: String,
    pub(crate) checked: bool,
}

struct Maker<'a> {
    entered: &'a Entered,
    faults: &'a Faults,
    say: Say<'a>,
}

/// The form with what was typed and what is wrong with it.
pub(crate) fn form_view(entered: &Entered, faults: &Faults, say: Say<'_>) -> FormView {
    let maker = Maker { entered, faults, say };
    FormView {
        sections: SECTIONS.iter().map(|section| maker.section(section)).collect(),
        rows_name: ROWS,
        rows: entered.rows(),
    }
}

impl Maker<'_> {
    fn t(&self, key: &str) -> String {
        (self.say)(key, &[])
    }

    /// A text that need not be there.
    fn maybe(&self, key: &str) -> String {
        let text = self.t(key);
        if text == key { String::new() } else { text }
    }

    fn section(&self, section: &'static Section) -> SectionView {
        let is_rows = section.presence == Presence::Rows;
        let filled = section.presence == Presence::Filled;
        SectionView {
            name: section.name,
            title: self.t(&format!("section-{}", section.name)),
            intro: self.maybe(&format!("section-{}-intro", section.name)),
            ask: (section.presence == Presence::Asked).then(|| self.ask(section.name)),
            groups: if is_rows {
                Vec::new()
            } else {
                let groups = section.groups.iter();
                groups.map(|group| self.group(section, group, section.name)).collect()
            },
            rows: if is_rows {
                (0..self.entered.rows()).map(|row| self.row(section, row)).collect()
            } else {
                Vec::new()
            },
            is_rows,
            folded: filled,
            open: self.entered.any_below(section.name) || self.faults.any_below(section.name),
            faulty: self.faults.any_below(section.name),
        }
    }

    fn ask(&self, name: &str) -> FieldView {
        let says = self.entered.text(name);
        let options = ["yes", "no"].map(|word| Opt {
            value: word.to_owned(),
            text: self.t(&format!("ask-{name}-{word}")),
            hint: String::new(),
            checked: says == word,
        });
        FieldView {
            name: name.to_owned(),
            label: self.t(&format!("ask-{name}")),
            hint: self.maybe(&format!("ask-{name}-hint")),
            error: self.faults.of(name),
            control: Control::Radios { options: options.into(), inline: false },
            when: None,
        }
    }

    fn group(&self, section: &Section, group: &Group, prefix: &str) -> GroupView {
        let fields: Vec<FieldView> = group
            .fields
            .iter()
            .filter(|field| !matches!(field.kind, Kind::Always(_)))
            .map(|field| self.field(section, field, prefix))
            .collect();
        let open = fields.iter().any(|field| !field.error.is_empty() || field.control.is_filled());
        let title = match group.name {
            "" => String::new(),
            name => self.t(&format!("group-{name}")),
        };
        GroupView { title, open, fields }
    }

    fn row(&self, section: &'static Section, row: usize) -> RowView {
        let prefix = format!("{}.{row}", section.name);
        let preset = format!("{prefix}.{PRESET}");
        let mut groups = section.groups.iter().map(|group| self.group(section, group, &prefix));
        let main = groups.next().map(|group| group.fields).unwrap_or_default();
        let mut more = GroupView { title: self.t("group-skill"), open: false, fields: Vec::new() };
        for group in groups {
            more.open |= group.fields.iter().any(|field| {
                // The framework is CSTF unless somebody says otherwise.
                let usual =
                    field.name.ends_with(".framework") && self.entered.text(&field.name) != "LOCAL";
                !field.error.is_empty() || (field.control.is_filled() && !usual)
            });
            more.fields.extend(group.fields);
        }
        RowView {
            index: row,
            title: row_title(row, self.entered, self.say),
            preset: (preset.clone(), self.entered.raw(&preset).to_owned()),
            main,
            more,
        }
    }

    fn field(&self, section: &Section, field: &Field, prefix: &str) -> FieldView {
        let name = format!("{prefix}.{}", field.path);
        let key = field.text_key(section.name);
        let label = self.t(&key);
        let label = match field.need {
            Need::Always | Need::When(..) => label,
            // A row's own section says what may be left empty.
            Need::Maybe | Need::Only(..) if section.presence == Presence::Rows => label,
            Need::Maybe | Need::Only(..) => (self.say)("optional", &[("field", &label)]),
        };
        let when = match field.need {
            Need::Always | Need::Maybe => None,
            Need::When(of, says) | Need::Only(of, says) => {
                Some((format!("{prefix}.{of}"), says.join(" ")))
            }
        };
        FieldView {
            hint: self.maybe(&format!("{key}-hint")),
            error: self.faults.of(&name),
            control: self.control(field, &name, &key),
            name,
            label,
            when,
        }
    }

    fn control(&self, field: &Field, name: &str, key: &str) -> Control {
        let raw = |end: &str| self.entered.raw(&format!("{name}{end}")).to_owned();
        let text = |width: u8, numeric: bool, code: bool| Control::Text {
            value: raw(""),
            width: if width == 0 { String::new() } else { width.to_string() },
            numeric,
            code,
        };
        match field.kind {
            Kind::Line(width) => text(width, false, false),
            Kind::Code(width) => text(width, false, true),
            Kind::Number => text(3, true, false),
            Kind::Paragraph(_) | Kind::Lines => Control::Area { value: raw("") },
            Kind::Portrait => Control::Portrait { value: raw("") },
            Kind::Day => {
                Control::Day { day: raw(".day"), month: raw(".month"), year: raw(".year") }
            }
            Kind::Period => Control::Period { years: raw(".years"), months: raw(".months") },
            Kind::OneOf(words) => {
                let options = self.options(field, name, words());
                Control::Radios { inline: options.len() == 2, options }
            }
            Kind::YesNo => Control::Radios {
                options: self.options(field, name, field.kind.words()),
                inline: true,
            },
            Kind::Pick(_) | Kind::Level => {
                Control::Select { options: self.options(field, name, field.kind.words()) }
            }
            Kind::Tick(word) | Kind::Always(word) => Control::Tick {
                value: word,
                text: self.t(&format!("{key}-tick")),
                checked: !raw("").is_empty(),
            },
        }
    }

    fn options(&self, field: &Field, name: &str, words: Vec<&str>) -> Vec<Opt> {
        let says = self.entered.text(name);
        let says = if says.is_empty() && field.path == "framework" { "CSTF" } else { says };
        words
            .into_iter()
            .map(|word| {
                let key = word_key(field, word);
                Opt {
                    hint: self.maybe(&format!("{key}-hint")),
                    text: self.t(&key),
                    checked: says == word,
                    value: word.to_owned(),
                }
            })
            .collect()
    }
}

/// The text of a word.
pub(crate) fn word_key(field: &Field, word: &str) -> String {
    match field.kind {
        Kind::YesNo => format!("word-{word}"),
        Kind::Line(_)
        | Kind::Code(_)
        | Kind::Paragraph(_)
        | Kind::Day
        | Kind::Number
        | Kind::OneOf(_)
        | Kind::Pick(_)
        | Kind::Level
        | Kind::Tick(_)
        | Kind::Always(_)
        | Kind::Lines
        | Kind::Period
        | Kind::Portrait => format!("word-{}-{word}", field.leaf()),
    }
}

impl Control {
    /// Whether two of its kind stand side by side where there is room.
    pub(crate) fn is_short(&self) -> bool {
        match self {
            Self::Text { .. } | Self::Day { .. } | Self::Period { .. } | Self::Select { .. } => {
                true
            }
            Self::Radios { inline, .. } => *inline,
            Self::Area { .. } | Self::Tick { .. } | Self::Portrait { .. } => false,
        }
    }

    fn is_filled(&self) -> bool {
        match self {
            Self::Text { value, .. } | Self::Area { value } | Self::Portrait { value } => {
                !value.is_empty()
            }
            Self::Day { day, month, year } => {
                !(day.is_empty() && month.is_empty() && year.is_empty())
            }
            Self::Period { years, months } => !(years.is_empty() && months.is_empty()),
            Self::Radios { options, .. } | Self::Select { options } => {
                options.iter().any(|option| option.checked)
            }
            Self::Tick { checked, .. } => *checked,
        }
    }
}
