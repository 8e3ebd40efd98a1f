//! Every route by every role, by nobody and by tokens (SECURITY I6).

use server::people::Role;
use server::testing::matrix::{Asker, Need, Route, SIGN_IN, hold, is_whole, route};
use verifier::SERVICE;

use crate::world::World;

const SCAN: &str = "scan";

const TABLE: &[Route] = &[
    route("POST", "/api/v1/scan", Need::Api(SCAN)),
    route("GET", "/desk", Need::Page(SCAN)),
    route("GET", "/desk/placement", Need::Page(SCAN)),
    route("POST", "/desk/placement", Need::Page(SCAN)),
    route("POST", "/desk/code", Need::Page(SCAN)),
    route("POST", "/desk/scan", Need::Page(SCAN)),
    route("GET", "/requirements", Need::Nobody),
    route("GET", "/requirements/{kind}/{staff_group}", Need::Nobody),
];

const SOURCES: &[&str] = &[
    include_str!("../../src/router.rs"),
    include_str!("../../src/desk/mod.rs"),
    include_str!("../../../crates/server/src/sign_in/routes.rs"),
    include_str!("../../../crates/server/src/health.rs"),
];

fn table() -> Vec<Route> {
    [TABLE, SIGN_IN].concat()
}

#[test]
fn the_table_has_every_route() {
    is_whole(&table(), SOURCES);
}

#[tokio::test]
async fn i6_nobody_gets_past_sign_in() {
    let world = World::new().await;

    hold(&table(), &mut world.nobody(), &Asker::Nobody).await;
}

#[tokio::test]
async fn i6_each_role_opens_what_the_table_says_and_nothing_else() {
    let world = World::new().await;
    let roles: Vec<Role> = SERVICE.grants.roles().collect();
    assert_eq!(roles.len(), 3);
    for role in roles {
        let mut browser = world.browser(role).await;
        let roles = [role];
        let asker = Asker::Person(&roles, SERVICE.grants.scopes(&roles));

        assert_eq!(hold(&table(), &mut browser, &asker).await, table().len());
    }
}

#[tokio::test]
async fn a_token_scans_and_opens_no_page() {
    let world = World::new().await;
    let token = world.another_token().await;

    hold(&table(), &mut world.nobody(), &Asker::Token(&token, &[SCAN])).await;
}
