//! The Python tools.

use std::io::{self, Write};

use super::{Paper, option};
use crate::rehearsal::faults::{Fault, Pretence};

const SIGNATURES: [(&str, &str); 4] = [
    ("ops.claim_pending_job", "(TEXT[], INTEGER, TEXT)"),
    ("ops.update_job_status", "(UUID, TEXT, TEXT, INTEGER)"),
    ("ops.queue_job", "(TEXT, JSONB, INTEGER, TIMESTAMPTZ)"),
    ("ops.register_heartbeat", "(TEXT, TEXT, TEXT, TEXT)"),
];

pub(super) fn pytest(paper: &mut Paper<impl Write>, pretence: &Pretence, arguments: &[&str]) -> io::Result<i32> {
    let contract = arguments
        .iter()
        .any(|argument| argument.ends_with("test_worker_rpc_contract.py"));
    let (name, dots, count) = if contract {
        ("tests/test_worker_rpc_contract.py", "............", 12)
    } else {
        (
            "tests",
            "....................................................................",
            412,
        )
    };
    if pretence.has(Fault::CommandFailsTests) {
        paper.lines(&[
            &format!("{name} {dots}F"),
            "=================================== FAILURES ===================================",
            "FAILED tests/test_worker_rpc_contract.py::test_queue_job_signature - AssertionError",
            &format!("1 failed, {} passed in 2.31s", count - 1),
        ])?;
        return Ok(1);
    }
    paper.line(&format!("{name} {dots}"))?;
    paper.line(&format!("{count} passed in 2.31s"))?;
    Ok(0)
}

/// `python -m tools.…`; `None` for a module that nobody stands in for.
pub(super) fn module(
    paper: &mut Paper<impl Write>,
    pretence: &Pretence,
    module: &str,
    arguments: &[&str],
) -> io::Result<Option<i32>> {
    let environment = option(arguments, "--env").unwrap_or("dev");
    let ill = pretence.has(Fault::CommandFailsDoctor);
    let code = match module {
        "tools.doctor" | "tools.doctor_all" => {
            paper.line(&format!("[doctor] environment: {environment}"))?;
            checks(
                paper,
                &["Database connection", "Canonical RPC signatures", "Settings"],
                ill,
            )?
        }
        "tools.check_schema_consistency" => {
            paper.line(&format!("[schema] comparing code and database ({environment})"))?;
            checks(paper, &["Tables", "Views", "Functions"], false)?
        }
        "tools.prod_gate" => {
            let strict = if arguments.contains(&"--strict") {
                ", strict"
            } else {
                ""
            };
            paper.line(&format!("[prod_gate] environment: {environment}{strict}"))?;
            let checked = [
                "API health check",
                "Database connectivity",
                "Schema consistency",
                "Worker heartbeat verification",
                "Security audit",
            ];
            checks(paper, &checked, ill)?
        }
        "tools.security_audit" => audit(paper, pretence, environment)?,
        "tools.migration_status" => migrations(paper, pretence, environment)?,
        "tools.verify_env_config" => {
            paper.line(&format!("[env] environment: {environment}"))?;
            checks(
                paper,
                &[
                    "Required variables are set",
                    "Forbidden variables are absent",
                    "Pooler with SSL",
                ],
                false,
            )?
        }
        "tools.smoke_plaintiffs" => {
            paper.line(&format!("[smoke] reading the plaintiffs' views ({environment})"))?;
            checks(paper, &["public.v_plaintiffs", "public.v_plaintiff_tiers"], false)?
        }
        _ => return Ok(None),
    };
    Ok(Some(code))
}

/// `python -c …`, as far as gates use it.
pub(super) fn inline(paper: &mut Paper<impl Write>, code: &str) -> io::Result<Option<i32>> {
    if code == "import tools.doctor" || code.contains("data_in/simplicity_test_single.csv") {
        return Ok(Some(0));
    }
    paper.line("python -c: only the lines that the shipped gates run are known here.")?;
    Ok(None)
}

/// `scripts/verify_db_contract.py`: what it finds in the database, it finds there in a rehearsal, too.
pub(super) fn db_contract(paper: &mut Paper<impl Write>, pretence: &Pretence, arguments: &[&str]) -> io::Result<i32> {
    let environment = option(arguments, "--env").unwrap_or("dev");
    paper.line(&format!("Verifying the database contract ({environment})"))?;
    let mut wrong = 0;
    for (function, signature) in SIGNATURES {
        let complaint = match function {
            "ops.queue_job" if pretence.has(Fault::OverloadedRpc) => Some("2 signatures (expected exactly 1)"),
            "ops.update_job_status" if pretence.has(Fault::CommandFailsContract) => Some("SECURITY DEFINER is not set"),
            _ => None,
        };
        if let Some(complaint) = complaint {
            wrong += 1;
            paper.line(&format!("❌ {function}: {complaint}"))?;
        } else {
            paper.line(&format!("✅ {function} {signature}: 1 signature, SECURITY DEFINER"))?;
        }
    }
    if wrong > 0 {
        paper.line(&format!("CONTRACT VIOLATED: {wrong} of 4 canonical RPCs"))?;
        return Ok(1);
    }
    paper.line("CONTRACT OK: 4 of 4 canonical RPCs")?;
    Ok(0)
}

fn audit(paper: &mut Paper<impl Write>, pretence: &Pretence, environment: &str) -> io::Result<i32> {
    paper.line(&format!("[audit] environment: {environment}"))?;
    // The grant is in the platform's database, not in the development one.
    if pretence.has(Fault::DangerousGrant) && environment != "dev" {
        paper.line("❌ ops.job_queue: anon may INSERT, UPDATE, DELETE")?;
        paper.line("1 violation")?;
        return Ok(1);
    }
    paper.line("No violations")?;
    Ok(0)
}

fn migrations(paper: &mut Paper<impl Write>, pretence: &Pretence, environment: &str) -> io::Result<i32> {
    paper.line(&format!("[migrations] environment: {environment}"))?;
    paper.lines(&[
        "applied  20251218160000_canonical_worker_rpcs.sql",
        "applied  20260110120000_lock_ops_schema.sql",
    ])?;
    if pretence.has(Fault::CommandFailsMigrations) {
        paper.line("PENDING  20260112090000_add_plaintiff_tier.sql")?;
        return Ok(1);
    }
    paper.line("All migrations applied successfully")?;
    Ok(0)
}

/// A list of things that are well; the last one is not when `ill`.
fn checks(paper: &mut Paper<impl Write>, names: &[&str], ill: bool) -> io::Result<i32> {
    for (index, name) in names.iter().enumerate() {
        let mark = if ill && index + 1 == names.len() { "❌" } else { "✅" };
        paper.line(&format!("{mark} {name}"))?;
    }
    paper.line(if ill { "FAILED" } else { "All green" })?;
    Ok(i32::from(ill))
}
