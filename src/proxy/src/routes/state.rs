//! What handlers take by `State`: each takes the part that it needs.

use std::sync::Arc;

use axum::extract::FromRef;
use tokio_util::sync::CancellationToken;

use crate::auth::Auth;
use crate::auth::origin::AllowedOrigins;
use crate::check::GateChecks;
use crate::config::Config;
use crate::engine::Engine;
use crate::incidents::Incidents;
use crate::library::Library;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::notify::Statuses;
use crate::pipeline::Pipelines;
use crate::rehearsal::Rehearsal;
use crate::store::Store;

#[derive(Clone, FromRef)]
pub struct AppState {
    pub engine: Arc<Engine>,
    pub store: Arc<dyn Store>,
    pub hub: Arc<Hub>,
    pub metrics: Arc<Metrics>,
    pub auth: Arc<Auth>,
    pub allowed_origins: Arc<AllowedOrigins>,
    pub secure_cookies: SecureCookies,
    pub config: Arc<Config>,
    pub library: Arc<Library>,
    pub checks: Arc<GateChecks>,
    pub incidents: Arc<Incidents>,
    pub notifications: Arc<Statuses>,
    pub pipelines: Arc<Pipelines>,
    /// None when the proxy runs no rehearsal.
    pub rehearsal: Option<Arc<Rehearsal>>,
    /// Cancelled when the proxy stops.
    pub shutdown: CancellationToken,
}

/// People reach the proxy over HTTPS, so that browsers are told to send the cookie over nothing else.
#[derive(Clone, Copy, Debug)]
pub struct SecureCookies(pub bool);
