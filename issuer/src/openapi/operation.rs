//! One operation of the document.

use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

/// What a request carries.
pub(super) enum Takes {
    Nothing,
    Json {
        schema: Value,
        example: Value,
    },
    /// Fields of an `application/x-www-form-urlencoded` body.
    Form(&'static [&'static str]),
    /// CSV or a workbook.
    File,
}

/// Who may ask.
enum Need {
    Nobody,
    /// A scope of our own API.
    Scope(&'static str),
    /// The access token of a wallet.
    AccessToken,
}

pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    summary: &'static str,
    need: Need,
    parameters: Vec<Value>,
    pub(super) takes: Takes,
    answers: Map<String, Value>,
    /// Named schemas that it refers to.
    pub(super) schemas: Vec<(String, Value)>,
}

impl Operation {
    pub(super) fn new(method: &'static str, path: &'static str, summary: &'static str) -> Self {
        let names = path.split('{').skip(1).filter_map(|part| part.split('}').next());
        let parameters = names
            .map(|name| {
                json!({ "name": name, "in": "path", "required": true,
                        "schema": { "type": "string" } })
            })
            .collect();
        Self {
            method,
            path,
            summary,
            need: Need::Nobody,
            parameters,
            takes: Takes::Nothing,
            answers: Map::new(),
            schemas: Vec::new(),
        }
    }

    /// An operation of our own API.
    pub(super) fn scope(mut self, scope: &'static str) -> Self {
        self.need = Need::Scope(scope);
        self.refer::<crate::openapi::operations::Problem>();
        self
    }

    /// An operation of wallets.
    pub(super) fn access_token(mut self) -> Self {
        self.need = Need::AccessToken;
        self
    }

    pub(super) fn query(mut self, name: &str, schema: Value, description: &str) -> Self {
        self.parameters.push(json!({
            "name": name, "in": "query", "required": false, "schema": schema,
            "description": description,
        }));
        self
    }

    pub(super) fn header(mut self, name: &str, description: &str) -> Self {
        self.parameters.push(json!({
            "name": name, "in": "header", "required": true, "schema": { "type": "string" },
            "description": description,
        }));
        self
    }

    pub(super) fn takes<T: ToSchema>(mut self, example: Value) -> Self {
        let schema = self.refer::<T>();
        self.takes = Takes::Json { schema, example };
        self
    }

    /// A body whose schema has no name.
    pub(super) fn takes_of(mut self, schema: Value, example: Value) -> Self {
        self.takes = Takes::Json { schema, example };
        self
    }

    pub(super) fn takes_form(mut self, fields: &'static [&'static str]) -> Self {
        self.takes = Takes::Form(fields);
        self
    }

    pub(super) fn takes_file(mut self) -> Self {
        self.takes = Takes::File;
        self
    }

    pub(super) fn gives<T: ToSchema>(mut self, status: u16, description: &str) -> Self {
        let schema = self.refer::<T>();
        self.answer(status, description, Some(("application/json", schema)))
    }

    /// A stream of server-sent events, whose data are such objects.
    pub(super) fn streams<T: ToSchema>(mut self, description: &str) -> Self {
        let schema = self.refer::<T>();
        let schema = json!({ "type": "string", "contentMediaType": "application/json",
                             "contentSchema": schema });
        self.answer(200, description, Some(("text/event-stream", schema)))
    }

    pub(super) fn gives_of(self, status: u16, media_type: &str, description: &str) -> Self {
        let schema = match media_type {
            "application/json" => json!({ "type": "object" }),
            _ => json!({ "type": "string" }),
        };
        self.answer(status, description, Some((media_type, schema)))
    }

    pub(super) fn gives_nothing(self, status: u16, description: &str) -> Self {
        self.answer(status, description, None)
    }

    fn answer(mut self, status: u16, description: &str, content: Option<(&str, Value)>) -> Self {
        let mut answer = json!({ "description": description });
        if let Some((media_type, schema)) = content
            && let Some(answer) = answer.as_object_mut()
        {
            answer.insert("content".to_owned(), json!({ media_type: { "schema": schema } }));
        }
        self.answers.insert(status.to_string(), answer);
        self
    }

    fn refer<T: ToSchema>(&mut self) -> Value {
        let mut found = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut found);
        let name = T::name();
        self.schemas.extend(found.into_iter().filter_map(|(name, schema)| {
            serde_json::to_value(schema).ok().map(|schema| (name, schema))
        }));
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    /// Whether its path stands before the base URL's own.
    pub(super) fn is_at_origin(&self) -> bool {
        self.path.starts_with("/.well-known/") || matches!(self.path, "/healthz" | "/readyz")
    }

    pub(super) fn to_json(&self) -> Value {
        let mut answers = self.answers.clone();
        let (security, fault, tag) = match self.need {
            Need::Nobody => (
                json!([]),
                ("application/json", json!({ "type": "object" })),
                "wallets and verifiers",
            ),
            Need::AccessToken => (
                json!([{ "access_token": [] }]),
                ("application/json", json!({ "type": "object" })),
                "wallets and verifiers",
            ),
            Need::Scope(scope) => (
                json!([{ "token": [scope] }, { "session": [scope] }]),
                ("application/problem+json", json!({ "$ref": "#/components/schemas/Problem" })),
                "HR",
            ),
        };
        let (media_type, schema) = fault;
        answers.insert(
            "default".to_owned(),
            json!({
                "description": "What is wrong, and what to do",
                "content": { media_type: { "schema": schema } },
            }),
        );
        let mut operation = json!({
            "operationId": self.id(),
            "summary": self.summary,
            "tags": [tag],
            "security": security,
            "parameters": self.parameters,
            "responses": answers,
        });
        let body = match &self.takes {
            Takes::Nothing => None,
            Takes::Json { schema, example } => {
                Some(json!({ "application/json": { "schema": schema, "example": example } }))
            }
            Takes::Form(fields) => {
                let fields: Map<String, Value> = fields
                    .iter()
                    .map(|name| ((*name).to_owned(), json!({ "type": "string" })))
                    .collect();
                let schema = json!({ "type": "object", "properties": fields });
                Some(json!({ "application/x-www-form-urlencoded": { "schema": schema } }))
            }
            Takes::File => {
                let workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                Some(json!({ "text/csv": { "schema": { "type": "string" } }, workbook: {} }))
            }
        };
        if let Some(content) = body
            && let Some(members) = operation.as_object_mut()
        {
            members
                .insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
        operation
    }

    /// `post_passports_offer` of `POST /api/v1/passports/{id}/offer`.
    fn id(&self) -> String {
        let path = self.path.replace("/api/v1", "").replace("/.well-known", "");
        let words = path.split('/').filter(|word| !word.is_empty());
        let words = words.map(|word| match word.strip_prefix('{') {
            Some(name) => format!("by_{}", name.trim_end_matches('}')),
            None => word.replace(['-', '.'], "_"),
        });
        [self.method.to_owned()].into_iter().chain(words).collect::<Vec<_>>().join("_")
    }
}

/// A schema as JSON.
pub(super) fn schema_of<T: PartialSchema>() -> Value {
    serde_json::to_value(T::schema()).unwrap_or_default()
}
