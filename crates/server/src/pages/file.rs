//! Forms with a file (`multipart/form-data`, RFC 7578): bounded, from our own page.

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use multer::{Constraints, Multipart, SizeLimit};

use crate::pages::form::{CSRF, csrf_failed, no_pages, unreadable};
use crate::pages::{PageError, Visit};
use crate::problem::Problem;

/// Longest text beside the file in bytes.
const MAX_TEXT_BYTES: u64 = 4 * 1024;
/// Most texts beside the file.
const MAX_TEXTS: usize = 32;

/// What a form with one file holds, after it proved to come from our own page.
#[derive(Clone, Debug)]
pub struct FileForm {
    /// The texts.
    pub fields: Vec<(String, String)>,
    /// The field `file`; empty when none was chosen.
    pub file: Bytes,
}

impl FileForm {
    /// Reads a form whose file has at most `max` bytes. The form's `csrf` field stands before the
    /// file, which is not read without it.
    ///
    /// # Errors
    /// [`PageError`]: not from our page, too long, or unreadable.
    pub async fn read(request: Request, max: usize) -> Result<Self, PageError> {
        let visit = request.extensions().get::<Visit>().cloned().ok_or_else(no_pages)?;
        visit.same_origin(request.headers())?;
        let boundary = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| multer::parse_boundary(value).ok());
        let Some(boundary) = boundary else {
            let title = "The content type is not taken here";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "NOT_A_FORM", title).into());
        };
        let max = u64::try_from(max).unwrap_or(u64::MAX);
        let limits = SizeLimit::new().per_field(MAX_TEXT_BYTES).for_field("file", max);
        let constraints = Constraints::new().size_limit(limits);
        let body = request.into_body().into_data_stream();
        let mut parts = Multipart::with_constraints(body, boundary, constraints);
        let (mut ours, mut fields, mut file) = (false, Vec::new(), Bytes::new());
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            match name.as_str() {
                CSRF if !ours => {
                    ours = visit.holds_csrf(&part.text().await.map_err(broken)?);
                    if !ours {
                        return Err(csrf_failed().into());
                    }
                }
                _ if !ours => return Err(csrf_failed().into()),
                "file" if file.is_empty() => file = part.bytes().await.map_err(broken)?,
                _ if fields.len() < MAX_TEXTS => {
                    fields.push((name, part.text().await.map_err(broken)?));
                }
                _ => return Err(unreadable().into()),
            }
        }
        if ours { Ok(Self { fields, file }) } else { Err(csrf_failed().into()) }
    }

    /// A text by its name; empty when it did not come.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text.as_str())
    }
}

fn broken(error: multer::Error) -> PageError {
    match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => {
            let title = "The file is too large";
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "FILE_TOO_LARGE", title).into()
        }
        // Its text may hold what was sent.
        _ => unreadable().into(),
    }
}
