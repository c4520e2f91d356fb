//! The PowerShell scripts. Those that try the platform out really ask it.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::{Paper, option};
use crate::rehearsal::faults::{Fault, Pretence};

/// Shorter than the slow API takes.
const PATIENCE: Duration = Duration::from_secs(2);
const POLLS: u32 = 5;
const POLL_PAUSE: Duration = Duration::from_millis(100);
const CSV: &str = "case_number,plaintiff,amount\n2025-CV-0001,Simplicity Test LLC,1250.00\n";
const RULE: &str = "═══════════════════════════════════════════════════════════════════════";

/// A script by its path; `None` for one that nobody stands in for.
pub(super) fn script(
    paper: &mut Paper<impl Write>,
    pretence: &Pretence,
    env: &dyn Fn(&str) -> Option<String>,
    path: &str,
    arguments: &[&str],
) -> io::Result<Option<i32>> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let code = match name {
        "gate_preflight.ps1" | "release_commander.ps1" | "preflight_prod.ps1" => preflight(paper, pretence)?,
        "deploy_db_prod.ps1" | "db_push.ps1" => {
            paper.line("Applying pending migrations from supabase/migrations/")?;
            paper.line("All migrations applied successfully")?;
            0
        }
        "smoke_production.ps1" => production(paper, pretence, option(arguments, "-ApiBaseUrl"))?,
        "smoke_golden_path.ps1" => {
            let base = env("DRAGONFLY_API_BASE");
            let key = env("DRAGONFLY_API_KEY").filter(|key| !key.is_empty());
            if key.is_none() {
                paper.line("DRAGONFLY_API_KEY is not set")?;
                return Ok(Some(1));
            }
            golden_path(paper, pretence, base.as_deref())?
        }
        _ => return Ok(None),
    };
    Ok(Some(code))
}

fn preflight(paper: &mut Paper<impl Write>, pretence: &Pretence) -> io::Result<i32> {
    let failing = pretence.has(Fault::CommandFailsPreflight);
    let gates = [
        ("RPC-CONTRACT", "Database RPC signatures match code expectations"),
        ("WORKER-CONTRACT", "Worker code uses correct RPC signatures"),
        ("CONFIG-CONTRACT", "Configuration logic is sound"),
        ("UNIT-TESTS", "All non-integration tests pass"),
    ];
    for (index, (gate, what)) in gates.into_iter().enumerate() {
        let mark = if failing && index == 0 { "FAIL" } else { "PASS" };
        paper.line(&format!("[{mark}] {gate}: {what}"))?;
    }
    paper.line(if failing {
        "HARD GATE FAILED: stop and fix"
    } else {
        "PREFLIGHT: 4 of 4 hard gates pass"
    })?;
    Ok(i32::from(failing))
}

fn production(paper: &mut Paper<impl Write>, pretence: &Pretence, base: Option<&str>) -> io::Result<i32> {
    let Some(api) = base.and_then(Api::at) else {
        paper.line("-ApiBaseUrl is missing, or is not an address on loopback")?;
        return Ok(1);
    };
    let ingested = if pretence.has(Fault::CommandFailsSmoke) {
        Err("the batch was refused".to_owned())
    } else {
        api.upload().map(|batch| format!("batch_id = {batch}"))
    };
    let worked = match &ingested {
        Ok(said) => api.wait_for(said.trim_start_matches("batch_id = ")),
        Err(_) => Err("there is no batch to work on".to_owned()),
    };
    let mut failed = 0;
    for (what, result) in [
        ("API health endpoint", api.health()),
        ("Batch ingest", ingested),
        ("Workers", worked),
    ] {
        let (mark, said) = match result {
            Ok(said) => ("PASS", said),
            Err(said) => ("FAIL", said),
        };
        failed += i32::from(mark == "FAIL");
        paper.line(&format!("[{mark}] {what}: {said}"))?;
    }
    paper.line(if failed == 0 { "SMOKE: PASS" } else { "SMOKE: FAIL" })?;
    Ok(i32::from(failed > 0))
}

fn golden_path(paper: &mut Paper<impl Write>, pretence: &Pretence, base: Option<&str>) -> io::Result<i32> {
    let Some(api) = base.and_then(Api::at) else {
        paper.line("DRAGONFLY_API_BASE is missing, or is not an address on loopback")?;
        return Ok(1);
    };
    let start = Instant::now();
    let mut report = Vec::new();
    let mut batch = String::new();
    for stage in ["Health Check", "CSV Upload", "Ingest Poll", "Snapshot"] {
        let begun = Instant::now();
        paper.line(&format!("[{:06}ms] [RUNNING] {stage}", start.elapsed().as_millis()))?;
        let result = match stage {
            "Health Check" => api.health(),
            "CSV Upload" => api.upload().map(|id| {
                batch.clone_from(&id);
                format!("batch_id = {id}")
            }),
            "Ingest Poll" => api.wait_for(&batch),
            _ if pretence.has(Fault::CommandFailsGoldenPath) => Err("Row counts differ".to_owned()),
            _ => Ok("Row counts valid".to_owned()),
        };
        let passed = result.is_ok();
        let (mark, said) = if passed { ("PASS", result) } else { ("FAIL", result) };
        let said = said.unwrap_or_else(|complaint| complaint);
        paper.line(&format!(
            "[{:06}ms] [{mark}] {stage}: {said}",
            start.elapsed().as_millis()
        ))?;
        report.push((stage, mark, begun.elapsed().as_millis()));
        if !passed {
            break;
        }
    }
    let overall = if report.iter().all(|(_, mark, _)| *mark == "PASS") {
        "PASS"
    } else {
        "FAIL"
    };
    paper.lines(&["", RULE, "                           MISSION REPORT", RULE])?;
    for (stage, mark, took) in report {
        let sign = if mark == "PASS" { "✅" } else { "❌" };
        paper.line(&format!("  {sign} {stage:<20} {mark} {took:>7}ms"))?;
    }
    paper.line(&format!(
        "  OVERALL: {overall}          Total: {}ms",
        start.elapsed().as_millis()
    ))?;
    paper.line(RULE)?;
    Ok(i32::from(overall == "FAIL"))
}

/// The stand-in API. It is always plain HTTP on loopback, and closes after each answer: no HTTP library is needed.
struct Api {
    address: SocketAddr,
}

impl Api {
    fn at(base: &str) -> Option<Self> {
        let address: SocketAddr = base.strip_prefix("http://")?.trim_end_matches('/').parse().ok()?;
        address.ip().is_loopback().then_some(Self { address })
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Result<serde_json::Value, String> {
        let answer = self
            .exchange(method, path, body)
            .map_err(|error| format!("no answer ({error})"))?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("the answer broke off")?;
        let status = head.split(' ').nth(1).unwrap_or("none");
        if !status.starts_with('2') {
            return Err(format!("status {status}"));
        }
        serde_json::from_str(body).map_err(|_| "the answer is not JSON".to_owned())
    }

    fn exchange(&self, method: &str, path: &str, body: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&self.address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (host, length) = (self.address, body.len());
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/csv\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn health(&self) -> Result<String, String> {
        let answer = self.ask("GET", "/api/health", "")?;
        if answer["status"] == "ok" && answer["db_connected"] == true {
            return Ok("API alive".to_owned());
        }
        Err(format!("the API says {answer}"))
    }

    fn upload(&self) -> Result<String, String> {
        let answer = self.ask("POST", "/api/v1/intake/batches", CSV)?;
        answer["batch_id"]
            .as_str()
            .map(ToOwned::to_owned)
            .ok_or_else(|| "the answer names no batch".to_owned())
    }

    fn wait_for(&self, batch: &str) -> Result<String, String> {
        for _ in 0..POLLS {
            let answer = self.ask("GET", &format!("/api/v1/intake/batches/{batch}"), "")?;
            if answer["status"] == "completed" {
                return Ok("Batch completed".to_owned());
            }
            std::thread::sleep(POLL_PAUSE);
        }
        Err("the batch is still being processed: no worker finishes it".to_owned())
    }
}
