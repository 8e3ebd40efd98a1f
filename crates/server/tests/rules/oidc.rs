//! Sign-in at an OpenID provider.

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::people::Role;
use server::sign_in::SignInArgs;
use server::testing::provider::{CLIENT, Provider, SECRET, Signing};
use server::testing::{Browser, Seen};

use super::site::{START, Site, sees_things};

struct World {
    site: Site,
    provider: Provider,
    _dir: tempfile::TempDir,
}

impl World {
    async fn start(more: &str) -> Self {
        let provider = Provider::start(START).await;
        let dir = tempfile::tempdir().unwrap();
        let secret = dir.path().join("secret");
        std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
        let file = dir.path().join("oidc.toml");
        let settings = format!(
            "[[provider]]\nid = \"fake\"\npreset = \"generic\"\nlabel = \"Example account\"\n\
             issuer = \"{}\"\nclient_id = \"{CLIENT}\"\nclient_secret_file = {secret:?}\n{more}\n\
             [provider.roles]\n\"Passport.Issuer\" = \"hr_issuer\"\n\"Audit\" = \"auditor\"\n",
            provider.issuer()
        );
        std::fs::write(&file, settings).unwrap();
        let site = Site::with(&SignInArgs {
            product_name: "Staff passport".to_owned(),
            oidc: Some(file),
            ..Default::default()
        });
        Self { site, provider, _dir: dir }
    }

    /// Goes to the provider and back.
    async fn sign_in(&self, browser: &mut Browser) -> Seen {
        let away = browser.get("/sign-in/oidc/fake?next=%2Fthings").await;
        assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.body);
        let (code, state) = self.provider.consent(away.location());
        self.back(browser, &code, &state, "").await
    }

    async fn back(&self, browser: &mut Browser, code: &str, state: &str, more: &str) -> Seen {
        browser.get(&format!("/sign-in/oidc/fake/callback?code={code}&state={state}{more}")).await
    }
}

#[tokio::test]
async fn a_first_sign_in_with_a_mapped_role_makes_the_account() {
    let world = World::start("").await;
    let mut browser = world.site.browser();

    let page = browser.get("/sign-in").await;
    assert!(page.body.contains("Example account"));
    let seen = world.sign_in(&mut browser).await;

    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/things"));
    assert_eq!(browser.get("/things").await.body, "Petra Provider");
    let [person] = &world.site.people().list().unwrap()[..] else { panic!() };
    assert_eq!(person.roles, [Role::HrIssuer]);
}

#[tokio::test]
async fn roles_are_what_the_provider_says_at_each_sign_in() {
    let world = World::start("").await;
    world.sign_in(&mut world.site.browser()).await;
    world.provider.lie(|lies| {
        lies.claims = Box::new(|claims| claims["roles"] = json!(["Audit"]));
    });

    world.sign_in(&mut world.site.browser()).await;

    let [person] = &world.site.people().list().unwrap()[..] else { panic!() };
    assert_eq!(person.roles, [Role::Auditor]);
}

#[tokio::test]
async fn whoever_has_no_mapped_role_is_told_so_and_gets_no_account() {
    let world = World::start("").await;
    for roles in [json!([]), json!(["Something.Else"]), json!("hr_issuer"), Value::Null] {
        world.provider.lie(|lies| {
            lies.claims = Box::new(move |claims| claims["roles"] = roles.clone());
        });
        let mut browser = world.site.browser();

        let seen = world.sign_in(&mut browser).await;

        assert_eq!(seen.status, StatusCode::FORBIDDEN);
        assert!(seen.body.contains("no role at this service"), "{}", seen.body);
        assert_eq!(sees_things(&mut browser).await, StatusCode::SEE_OTHER);
    }
    assert!(world.site.people().list().unwrap().is_empty());
}

#[tokio::test]
async fn a_disabled_person_stays_out() {
    let world = World::start("").await;
    world.sign_in(&mut world.site.browser()).await;
    let person = world.site.people().list().unwrap()[0].id;
    world.site.people().disable(person, None).await.unwrap();
    let mut browser = world.site.browser();

    let seen = world.sign_in(&mut browser).await;

    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    assert_eq!(sees_things(&mut browser).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_id_token_that_lies_signs_nobody_in() {
    let world = World::start("").await;
    type Lie = fn(&mut Value);
    let lies: &[(&str, Lie)] = &[
        ("another's nonce", |claims| claims["nonce"] = json!("other")),
        ("no nonce", |claims| {
            claims.as_object_mut().unwrap().remove("nonce");
        }),
        ("another issuer", |claims| claims["iss"] = json!("https://evil.example")),
        ("another audience", |claims| claims["aud"] = json!("somebody-else")),
        ("one audience too many", |claims| claims["aud"] = json!([CLIENT, "somebody-else"])),
        ("expired", |claims| claims["exp"] = json!(START - 1)),
        ("no subject", |claims| {
            claims.as_object_mut().unwrap().remove("sub");
        }),
    ];

    for (what, lie) in lies {
        world.provider.lie(|lies| lies.claims = Box::new(*lie));
        let mut browser = world.site.browser();

        let seen = world.sign_in(&mut browser).await;

        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{what}: {}", seen.body);
        assert_eq!(sees_things(&mut browser).await, StatusCode::SEE_OTHER, "{what}");
    }
    assert!(world.site.people().list().unwrap().is_empty());
}

#[tokio::test]
async fn an_id_token_that_the_provider_did_not_sign_signs_nobody_in() {
    let world = World::start("").await;
    for signing in [Signing::None, Signing::ClientSecret, Signing::OtherKey] {
        world.provider.lie(|lies| lies.signing = signing);
        let mut browser = world.site.browser();

        let seen = world.sign_in(&mut browser).await;

        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{signing:?}");
        assert_eq!(sees_things(&mut browser).await, StatusCode::SEE_OTHER, "{signing:?}");
    }
}

#[tokio::test]
async fn a_return_with_another_state_or_issuer_signs_nobody_in() {
    let world = World::start("").await;
    for (what, state, more) in [
        ("another's state", Some("other"), ""),
        ("no state", Some(""), ""),
        ("another issuer", None, "&iss=https%3A%2F%2Fevil.example"),
        ("an error", None, "&error=access_denied"),
    ] {
        let mut browser = world.site.browser();
        let away = browser.get("/sign-in/oidc/fake").await;
        let (code, right) = world.provider.consent(away.location());

        let seen = world.back(&mut browser, &code, state.unwrap_or(&right), more).await;

        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{what}");
        assert_eq!(sees_things(&mut browser).await, StatusCode::SEE_OTHER, "{what}");
        // And the state is used up.
        let again = world.back(&mut browser, &code, &right, "").await;
        assert_eq!(again.status, StatusCode::FORBIDDEN, "{what}");
    }
}

#[tokio::test]
async fn a_return_to_another_browser_signs_nobody_in() {
    let world = World::start("").await;
    let away = world.site.browser().get("/sign-in/oidc/fake").await;
    let (code, state) = world.provider.consent(away.location());
    let mut victim = world.site.browser();
    victim.get("/sign-in").await;

    let seen = world.back(&mut victim, &code, &state, "").await;

    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    assert_eq!(sees_things(&mut victim).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_return_after_ten_minutes_signs_nobody_in() {
    let world = World::start("").await;
    let mut browser = world.site.browser();
    let away = browser.get("/sign-in/oidc/fake").await;
    let (code, state) = world.provider.consent(away.location());

    world.site.clock.advance(600);

    assert_eq!(world.back(&mut browser, &code, &state, "").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_code_for_another_browser_fails_at_pkce() {
    let world = World::start("").await;
    let mut attacker = world.site.browser();
    let away = attacker.get("/sign-in/oidc/fake").await;
    let (stolen, _) = world.provider.consent(away.location());
    let mut browser = world.site.browser();
    let away = browser.get("/sign-in/oidc/fake").await;
    let (_, state) = world.provider.consent(away.location());

    let seen = world.back(&mut browser, &stolen, &state, "").await;

    assert_eq!(seen.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn signing_in_at_a_provider_changes_the_session_id() {
    let world = World::start("").await;
    let mut browser = world.site.browser();
    let away = browser.get("/sign-in/oidc/fake").await;
    let (code, state) = world.provider.consent(away.location());
    let mut thief = browser.copied();

    world.back(&mut browser, &code, &state, "").await;

    assert_eq!(sees_things(&mut browser).await, StatusCode::OK);
    assert_eq!(sees_things(&mut thief).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn roles_at_userinfo_count_only_for_the_same_subject() {
    let world = World::start("roles_in = \"userinfo\"\nroles_claim = \"access.roles\"").await;
    let about = |subject: &str| json!({"sub": subject, "access": {"roles": ["Audit"]}});

    world.provider.lie(|lies| lies.userinfo = about("subject-2"));
    let seen = world.sign_in(&mut world.site.browser()).await;
    assert_eq!(seen.status, StatusCode::SERVICE_UNAVAILABLE, "{}", seen.body);

    world.provider.lie(|lies| lies.userinfo = about("subject-1"));
    let seen = world.sign_in(&mut world.site.browser()).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
    assert_eq!(world.site.people().list().unwrap()[0].roles, [Role::Auditor]);
}

#[tokio::test]
async fn a_level_of_assurance_that_is_asked_for_must_be_given() {
    let world = World::start("acr_values = [\"AAL3\"]").await;

    let without = world.sign_in(&mut world.site.browser()).await;
    world.provider.lie(|lies| lies.claims = Box::new(|claims| claims["acr"] = json!("AAL3")));
    let with = world.sign_in(&mut world.site.browser()).await;

    assert_eq!(without.status, StatusCode::FORBIDDEN);
    assert_eq!(with.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_provider_that_points_elsewhere_is_not_followed() {
    let world = World::start("").await;
    for (member, address) in [
        ("authorization_endpoint", "https://evil.example/authorize"),
        ("jwks_uri", "http://127.0.0.1:1/jwks"),
        ("issuer", "https://evil.example"),
    ] {
        world.provider.lie(|lies| lies.metadata = json!({member: address}));

        let seen = world.site.browser().get("/sign-in/oidc/fake").await;

        assert_eq!(seen.status, StatusCode::SERVICE_UNAVAILABLE, "{member}");
    }
    let unknown = world.site.browser().get("/sign-in/oidc/other").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
