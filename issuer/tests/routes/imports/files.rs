//! Files as HR's programs write them.

use serde_json::Value;

use crate::world::World;

/// Heading and cell of each column.
pub(crate) type Person = Vec<(String, String)>;

/// The sample nurse under the template's headings, with some cells changed.
pub(crate) fn nurse(world: &World, change: &[(&str, &str)]) -> Person {
    let mut person = Person::new();
    let document = world.nurse();
    for (section, value) in document.as_object().unwrap() {
        match value {
            _ if section == "assurance" => {}
            Value::Array(rows) => {
                for (at, row) in rows.iter().enumerate() {
                    flat(&format!("{section}.{}", at + 1), row, &mut person);
                }
            }
            value => flat(section, value, &mut person),
        }
    }
    for (heading, cell) in change {
        match person.iter_mut().find(|(known, _)| known == heading) {
            Some(column) => (*cell).clone_into(&mut column.1),
            None => person.push(((*heading).to_owned(), (*cell).to_owned())),
        }
    }
    person
}

fn flat(prefix: &str, value: &Value, person: &mut Person) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                flat(&format!("{prefix}.{name}"), value, person);
            }
        }
        Value::String(text) => person.push((prefix.to_owned(), text.clone())),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| item.as_str().unwrap()).collect();
            person.push((prefix.to_owned(), items.join(";")));
        }
        other => person.push((prefix.to_owned(), other.to_string())),
    }
}

fn table(people: &[Person]) -> Vec<Vec<String>> {
    let mut headings: Vec<String> = Vec::new();
    for (heading, _) in people.iter().flatten() {
        if !headings.contains(heading) {
            headings.push(heading.clone());
        }
    }
    let cell = |person: &Person, heading: &String| {
        let found = person.iter().find(|(known, _)| known == heading);
        found.map(|(_, cell)| cell.clone()).unwrap_or_default()
    };
    let rows: Vec<Vec<String>> = people
        .iter()
        .map(|person| headings.iter().map(|heading| cell(person, heading)).collect())
        .collect();
    [vec![headings], rows].concat()
}

pub(crate) fn csv(people: &[Person]) -> Vec<u8> {
    delimited(people, b',')
}

pub(crate) fn delimited(people: &[Person], delimiter: u8) -> Vec<u8> {
    lines(&table(people), delimiter)
}

/// Rows, the headings first, as CSV.
pub(crate) fn written(rows: &[Vec<String>]) -> Vec<u8> {
    lines(rows, b',')
}

fn lines(rows: &[Vec<String>], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

/// The rows of a file of ours, the headings first.
pub(crate) fn records(file: &[u8]) -> Vec<Vec<String>> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").expect("the mark that says UTF-8");
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(file)
        .into_records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// A cell at the farthest corner that a workbook has.
pub(crate) fn far_corner() -> Vec<Person> {
    vec![vec![("identity.given_name".to_owned(), CORNER.to_owned())]]
}

const CORNER: &str = "far corner";

/// An xlsx workbook of inline texts; numbers are numbers.
pub(crate) fn workbook(people: &[Person]) -> Vec<u8> {
    let mut rows = String::new();
    for (row, cells) in table(people).iter().enumerate() {
        let number = row + 1;
        rows.push_str(&format!("<row r=\"{number}\">"));
        for (column, cell) in cells.iter().enumerate() {
            let place = if cell == CORNER {
                "XFD1048576".to_owned()
            } else {
                format!("{}{number}", letters(column))
            };
            if cell.parse::<f64>().is_ok() {
                rows.push_str(&format!("<c r=\"{place}\"><v>{cell}</v></c>"));
            } else {
                let text = cell.replace('&', "&amp;").replace('<', "&lt;");
                let text = format!("<is><t>{text}</t></is>");
                rows.push_str(&format!("<c r=\"{place}\" t=\"inlineStr\">{text}</c>"));
            }
        }
        rows.push_str("</row>");
    }
    let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>\
         <sheet name=\"People\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let relations = |target: &str, kind: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"r1\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";
    zip(&[
        ("[Content_Types].xml", types),
        ("_rels/.rels", &relations("xl/workbook.xml", "officeDocument")),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &relations("worksheets/sheet1.xml", "worksheet")),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// `A`, `B` … `Z`, `AA` …
fn letters(column: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(column % 26).unwrap());
    if column < 26 { letter.to_string() } else { letters(column / 26 - 1) + &letter.to_string() }
}

/// An archive of files that are not compressed.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let at = u32::try_from(archive.len()).unwrap();
        let size = u32::try_from(text.len()).unwrap().to_le_bytes();
        let mut about = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        about.extend(crc32(text.as_bytes()).to_le_bytes());
        about.extend([size, size].concat());
        about.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        about.extend([0, 0]);
        archive.extend(b"PK\x03\x04");
        archive.extend(&about);
        archive.extend(name.as_bytes());
        archive.extend(text.as_bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&about);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let (at, size) = (archive.len(), directory.len());
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count, count].concat());
    archive.extend(u32::try_from(size).unwrap().to_le_bytes());
    archive.extend(u32::try_from(at).unwrap().to_le_bytes());
    archive.extend([0, 0]);
    archive
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
        crc
    })
}
