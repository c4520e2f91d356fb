//! What a gate costs beside the bare thing that it does: an HTTP gate beside curl, a command gate beside the same program without
//! a runner, an SQL gate beside pgbench with the same statement. `cargo xtask bench gates` builds what is measured and starts this.

#[path = "../common/machine.rs"]
mod machine;
mod peers;
#[path = "../common/pgbench.rs"]
mod pgbench;
mod runs;

use holdpoint_tests::{Figures, Result};

use machine::peer;
use peers::Database;
use runs::Runs;

/// How often everything is measured, in turn.
const ROUNDS: usize = 5;
/// Runs of each gate and of each peer in a round. A round's figure is their average: the proxy records whole milliseconds, which are
/// too coarse one by one, and pgbench gives nothing else.
const RUNS: usize = 100;
/// What DESIGN asks for.
const BUDGET: &str = "≤ 1.5";

/// A gate's times, in milliseconds.
#[derive(Default)]
struct Gate {
    /// From the start to the end of the run, as the proxy recorded them in the verdict.
    run: Figures,
    /// From the request to the verdict in the session's stream. Two events become durable on the way.
    whole: Figures,
}

impl Gate {
    async fn measure(&mut self, runs: &mut Runs, gate: &str) -> Result<()> {
        let (mut run, mut whole) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let took = runs.run(gate).await?;
            run.push(took.run);
            whole.push(took.whole);
        }
        self.run.add(average(&run));
        self.whole.add(average(&whole));
        Ok(())
    }

    fn row(&self, gate: &str, peer: &str, took: &Figures, budget: &str) {
        println!(
            "| {gate} | {} | {} | {peer} | {took} | {:.2} | {:.2} | {budget} |",
            self.run,
            self.whole,
            self.run.ratio(took),
            self.whole.ratio(took)
        );
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    println!("\n{}", machine::machine());
    let curl = peer("curl", "curl");
    let database = match peer("pgbench", "postgresql") {
        Some(program) => Some(Database::start(program).await?),
        None => None,
    };
    let url = database.as_ref().map(Database::url);
    let mut runs = Runs::start(url.as_deref()).await?;
    let [mut http, mut command, mut sql] = [(); 3].map(|()| Gate::default());
    let [mut own_time, mut process, mut spawned, mut fresh, mut kept] = [(); 5].map(|()| Figures::default());
    for round in 1..=ROUNDS {
        eprintln!("  … round {round} of {ROUNDS}");
        http.measure(&mut runs, "http").await?;
        if let Some(curl) = &curl {
            let (own, whole): (Vec<f64>, Vec<f64>) = (0..RUNS)
                .map(|_| peers::curl(curl, &runs.health))
                .collect::<Result<Vec<_>>>()?
                .into_iter()
                .map(|took| (took.own, took.process))
                .unzip();
            own_time.add(average(&own));
            process.add(average(&whole));
        }
        command.measure(&mut runs, "command").await?;
        let took = (0..RUNS).map(|_| peers::spawn()).collect::<Result<Vec<_>>>()?;
        spawned.add(average(&took));
        if let Some(database) = &database {
            sql.measure(&mut runs, "sql").await?;
            fresh.add(database.fresh(RUNS)?);
            kept.add(database.kept(RUNS)?);
        }
    }
    println!("\nAverages of {RUNS} runs; of them, medians and quartiles of {ROUNDS} rounds\n");
    println!(
        "| gate | run | request to verdict | beside it | took | run ÷ it | request to verdict ÷ it | budget of the run |"
    );
    println!("| --- | ---: | ---: | --- | ---: | ---: | ---: | --- |");
    http.row("http", "curl, its own time (`time_total`)", &own_time, BUDGET);
    http.row("http", "curl, its process", &process, "");
    command.row("command", "the same program, spawned", &spawned, BUDGET);
    sql.row("sql", "pgbench -S, a new connection each time (-C)", &fresh, BUDGET);
    sql.row("sql", "pgbench -S, a connection that is kept", &kept, "");
    Ok(())
}

fn average(all: &[f64]) -> f64 {
    all.iter().sum::<f64>() / all.len() as f64
}
