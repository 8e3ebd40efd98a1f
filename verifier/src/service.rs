//! What people may do here: roles and their scopes, and the navigation of the desk.

use server::people::{Grants, Role};
use server::sign_in::{ManagePeople, Nav, ReadAudit, Service};
use server::tokens::Scope;

use crate::scan::ScanScope;

/// The verifier, to its pages.
pub const SERVICE: Service = Service {
    name: "verifier",
    grants: Grants(&[
        (Role::HrVerifier, &[ScanScope::NAME]),
        (Role::Auditor, &[ReadAudit::NAME]),
        (Role::Administrator, &[ManagePeople::NAME]),
    ]),
    nav: &[
        Nav { href: "/desk", key: "nav-desk", scope: ScanScope::NAME },
        Nav { href: "/audit", key: "nav-audit", scope: ReadAudit::NAME },
        Nav { href: "/people", key: "nav-people", scope: ManagePeople::NAME },
    ],
    texts: &[include_str!("../texts/en.ftl"), passport::text::ENGLISH],
};
