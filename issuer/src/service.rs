//! What people may do here: roles and their scopes, and the navigation of the console.

use server::people::{Grants, Role};
use server::sign_in::{ManagePeople, Nav, ReadAudit, Service};
use server::tokens::Scope;

use crate::console;
use crate::oversight::events::ManageWebhooks;
use crate::passports::{ReadPassports, WritePassports};

/// The issuer, to its pages.
pub const SERVICE: Service = Service {
    name: "issuer",
    grants: Grants(&[
        (Role::HrIssuer, &[ReadPassports::NAME, WritePassports::NAME]),
        (Role::Auditor, &[ReadPassports::NAME, ReadAudit::NAME]),
        // Whoever gives roles sees no passports.
        (Role::Administrator, &[ManagePeople::NAME, ManageWebhooks::NAME]),
    ]),
    nav: &[
        Nav { href: "/console", key: "nav-queues", scope: ReadPassports::NAME },
        Nav { href: "/console/passports", key: "nav-passports", scope: ReadPassports::NAME },
        Nav { href: "/console/passports/new", key: "nav-new", scope: WritePassports::NAME },
        Nav { href: "/console/import", key: "nav-import", scope: WritePassports::NAME },
        Nav { href: "/console/movements", key: "nav-movements", scope: ReadPassports::NAME },
        Nav { href: "/audit", key: "nav-audit", scope: ReadAudit::NAME },
        Nav { href: "/people", key: "nav-people", scope: ManagePeople::NAME },
    ],
    texts: &[console::TEXTS, passport::text::ENGLISH],
};
