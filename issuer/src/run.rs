//! From command line to a running service.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use clock::Clock;
use fetch::{Fetcher, Guards};
use keys::Ring;
use keys::args::{OpenRingError, RingArgs};
use passport::OdsCode;
use server::config::{BaseUrl, StoreUrl};
use server::control::Control;
use server::serve::{Limits, ServeError, Tls, bind, serve_with, shutdown_signal};
use server::sign_in::{SignInArgs, SignInError, Site};
use server::web::WebArgs;
use server::{Durable, Tokens};

use crate::console::WalletOrigin;
use crate::oid4vci::policy::{PolicyArgs, PolicyError};
use crate::oversight::roots::{RootsError, network_roots};
use crate::passports::SCOPES;
use crate::service::SERVICE;
use crate::state::{OFFER_SECONDS, Settings};
use crate::store::sled::SledStore;
use crate::store::{ListPolicy, StoreError};
use crate::wallet_site::{WalletArgs, WalletSiteError};
use crate::{Parts, StartError, secrets};

/// How often old lists are signed anew and old rows forgotten.
const MAINTENANCE: Duration = Duration::from_secs(30);
/// Longest life of an offer in minutes: a week.
const MAX_OFFER_MINUTES: i64 = 7 * 24 * 60;

/// `issuer serve`.
#[derive(Clone, Debug, clap::Args)]
// The flattened flags of every service are a group of the same name.
#[group(skip)]
pub struct ServeArgs {
    #[command(flatten)]
    server: server::config::ServeArgs,
    /// Address that wallets and verifiers reach it by; it is the issuer identifier
    #[arg(long, env = "STAFF_PASSPORT_BASE_URL")]
    base_url: BaseUrl,
    /// ODS code of the organisation
    #[arg(long, env = "STAFF_PASSPORT_ODS")]
    ods: OdsCode,
    /// Name of the organisation
    #[arg(long, env = "STAFF_PASSPORT_NAME", value_parser = name)]
    name: String,
    /// Where the store is, for example sled:/var/lib/issuer
    #[arg(long, env = "STAFF_PASSPORT_STORE")]
    store: StoreUrl,
    #[command(flatten)]
    ring: RingArgs,
    /// Minutes that an offer may be collected
    #[arg(long, env = "STAFF_PASSPORT_OFFER_MINUTES", default_value_t = OFFER_SECONDS / 60,
          value_parser = clap::value_parser!(u32).range(1..=MAX_OFFER_MINUTES))]
    offer_minutes: u32,
    /// One person alone may issue by hand; the log of accounts says so
    #[arg(long, env = "STAFF_PASSPORT_ONE_PERSON_ISSUING")]
    one_person_issuing: bool,
    /// Root certificates (PEM) of the network, which certify the keys of hosts: without them no
    /// notice of a movement is taken
    #[arg(long, env = "STAFF_PASSPORT_NETWORK_ROOT")]
    network_root: Option<PathBuf>,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    web: WebArgs,
    #[command(flatten)]
    sign_in: SignInArgs,
    #[command(flatten)]
    wallet: WalletArgs,
}

impl ServeArgs {
    /// Starts logging as the flags say.
    pub fn start_logging(&self) {
        server::telemetry::init(self.server.log);
    }
}

/// The bounds of `employer.name` in the schema.
fn name(text: &str) -> Result<String, String> {
    let length = text.chars().count();
    if text.trim() == text && !text.chars().any(char::is_control) && (1..=80).contains(&length) {
        Ok(text.to_owned())
    } else {
        Err("a name has 1 to 80 characters on one line".to_owned())
    }
}

/// Serves until told to stop.
///
/// # Errors
/// [`RunError`].
pub async fn serve(args: ServeArgs) -> Result<(), RunError> {
    let ring = args.ring.open()?;
    let mut policy = args.policy.policy()?;
    let network_roots = match &args.network_root {
        Some(file) => network_roots(file)?,
        None => Vec::new(),
    };
    let clock = Clock::system();
    let StoreUrl::Sled(dir) = &args.store;
    let (store, db) = open_store(dir, &ring)?;
    let tokens = Tokens::new(db.clone(), clock.clone(), SCOPES);
    let who = (&args.base_url, args.name.as_str());
    let site = Site::start(SERVICE, who, (db, clock.clone()), &args.sign_in, &args.web)?;
    policy.authorization_code = site.web().has_pages();
    let product = &args.sign_in.product_name;
    let wallet = args.wallet.site(&args.base_url, &args.name, product, site.web())?;
    let loopback = args.base_url.url().scheme() == "http";
    let settings = Settings {
        base_url: args.base_url,
        ods: args.ods,
        name: args.name,
        offer_seconds: args.offer_minutes.saturating_mul(60),
        policy,
        two_people: !args.one_person_issuing,
        network_roots,
    };
    let parts = Parts { store: Arc::new(store), tokens: tokens.clone(), ring, clock };
    let app = crate::app(settings, parts).await?;
    let issuer = app.issuer();
    let auditor = issuer.store.auditor(Arc::clone(&issuer.ring));
    let _control = Control::with_auditor(dir, tokens, site.accounts(), auditor)?;
    let _sessions = site.maintained();
    if let Some(address) = args.server.metrics_listen {
        server::metrics::listen(address).await?;
    }
    let listener = bind(args.server.listen).await?;

    let maintained = app.clone();
    let maintenance = tokio::spawn(async move {
        let mut tick = tokio::time::interval(MAINTENANCE);
        loop {
            tick.tick().await;
            if let Err(error) = maintained.maintain().await {
                tracing::error!(%error, "maintenance fails");
            }
        }
    });
    let fetcher = Fetcher::new(Guards { allow_loopback_http: loopback, ..Guards::default() })?;
    let delivering = app.clone();
    let delivery = tokio::spawn(async move {
        let mut news = delivering.issuer().watch.any();
        loop {
            match delivering.deliver(&fetcher).await {
                // There may be more.
                Ok(taken) if taken > 0 => {}
                Ok(_) => news.next().await,
                Err(error) => {
                    tracing::error!(%error, "webhooks cannot be served");
                    news.next().await;
                }
            }
        }
    });
    let tls = args.server.tls_cert.zip(args.server.tls_key).map(|(cert, key)| Tls { cert, key });
    let pages = match args.wallet.origin() {
        Some(origin) => app.pages().layer(Extension(WalletOrigin(origin.as_str().to_owned()))),
        None => app.pages(),
    };
    let router = site.router(app.router().merge(site.web().docs()), pages);
    let wallet = match (wallet, args.wallet.wallet_listen) {
        (Some(wallet), Some(address)) => Some((bind(address).await?, wallet.router())),
        _ => None,
    };
    let served = tokio::try_join!(
        serve_with(
            listener,
            router,
            Some(Arc::new(app.standing())),
            tls.clone(),
            crate::limits(),
            shutdown_signal(),
        ),
        async {
            let Some((listener, router)) = wallet else { return Ok(()) };
            server::serve(listener, router, tls, Limits::default(), shutdown_signal()).await
        },
    );
    maintenance.abort();
    delivery.abort();
    served?;
    Ok(())
}

/// Opens the store in a folder, for the issuer and for its tokens.
///
/// # Errors
/// [`RunError`].
pub fn open_store(dir: &Path, ring: &Ring) -> Result<(SledStore, Durable), RunError> {
    let db = Durable::open(dir)?;
    let store = SledStore::new(db.clone(), secrets::index_order(ring), ListPolicy::default())?;
    Ok((store, db))
}

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The ring does not open.
    #[error(transparent)]
    Ring(#[from] OpenRingError),
    /// What is asked of wallets cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] server::durable::OpenError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The issuer does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// People cannot sign in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The log of accounts does not stand.
    #[error(transparent)]
    Accounts(#[from] server::audit::AuditError),
    /// The phone wallet is not served.
    #[error(transparent)]
    Wallet(#[from] WalletSiteError),
    /// Nothing can be sent to webhooks.
    #[error(transparent)]
    Fetch(#[from] fetch::SetUpError),
    /// The network's root is refused.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// The control socket does not work.
    #[error(transparent)]
    Control(#[from] server::control::ControlError),
    /// The service cannot be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
}
