//! `GET /requirements/{kind}/{staff_group}`: what this host asks for, open to everybody, so that a
//! wallet knows what to show and why.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use passport::{Kind, Requirement, Requirements, StaffGroup};
use serde_json::json;
use server::Problem;
use sha2::{Digest, Sha256};

use crate::app::App;

/// Requirements with the bytes they are published as.
pub(crate) struct Published {
    requirements: Requirements,
    documents: HashMap<(String, String), Document>,
    list: Document,
    names: String,
}

struct Document {
    body: Bytes,
    etag: String,
}

impl Published {
    /// Those that come with the program.
    pub(crate) fn shipped() -> Result<Self, serde_json::Error> {
        let requirements = Requirements::shipped();
        let mut documents = HashMap::new();
        let mut list = Vec::new();
        let mut names = Vec::new();
        for one in requirements.iter() {
            let key = (one.kind.to_string(), one.staff_group.to_string());
            list.push(json!({
                "kind": one.kind, "staff_group": one.staff_group,
                "version": one.version, "title": one.title,
            }));
            names.push(format!("{}/{}", key.0, key.1));
            documents.insert(key, Document::new(serde_json::to_vec(one)?));
        }
        let list = Document::new(serde_json::to_vec(&json!({ "requirements": list }))?);
        Ok(Self { requirements, documents, list, names: names.join(", ") })
    }

    /// The requirement for a kind and a staff group, as they are written.
    pub(crate) fn find(&self, kind: &str, staff_group: &str) -> Option<&Requirement> {
        let kind: Kind = kind.parse().ok()?;
        let staff_group: StaffGroup = staff_group.parse().ok()?;
        self.requirements.find(kind, staff_group)
    }

    /// Every one, for a person who asked for another.
    pub(crate) fn names(&self) -> &str {
        &self.names
    }

    fn document(&self, kind: &str, staff_group: &str) -> Option<&Document> {
        let found = match staff_group {
            // What the list calls it.
            "ANY" => self.requirements.iter().find(|one| {
                one.kind.to_string() == kind && one.staff_group.to_string() == staff_group
            })?,
            _ => self.find(kind, staff_group)?,
        };
        self.documents.get(&(found.kind.to_string(), found.staff_group.to_string()))
    }
}

impl Document {
    fn new(body: Vec<u8>) -> Self {
        let etag = format!("\"{}\"", vc::base64url::encode(&Sha256::digest(&body)));
        Self { body: body.into(), etag }
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        let kept = [(ETAG, self.etag.as_str()), (CACHE_CONTROL, "no-cache")];
        let known = headers
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|value| value.trim().trim_start_matches("W/") == self.etag);
        if known {
            return (StatusCode::NOT_MODIFIED, kept).into_response();
        }
        (kept, [(CONTENT_TYPE, "application/json")], self.body.clone()).into_response()
    }
}

pub(crate) async fn read(
    State(app): State<App>,
    Path((kind, staff_group)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let document = app.requirements.document(&kind, &staff_group).ok_or_else(|| {
        Problem::not_found(format!("No such requirement; there are {}.", app.requirements.names()))
    })?;
    Ok(document.answer(&headers))
}

pub(crate) async fn list(State(app): State<App>, headers: HeaderMap) -> Response {
    app.requirements.list.answer(&headers)
}
