//! What the page weighs, and how long it takes until a session's first row is painted.

use std::path::Path;

use holdpoint_tests::{Browser, DriverError, Figures, Result, repository};
use serde_json::json;

use crate::bed::{Bed, answered, opened};

/// How many browsers load the page under each condition.
const RUNS: usize = 5;

/// What the browser pretends to have.
struct Condition {
    name: &'static str,
    slow: bool,
}

const CONDITIONS: [Condition; 2] = [
    Condition {
        name: "this machine, loopback",
        slow: false,
    },
    Condition {
        name: "4× slower CPU, slow 4G (150 ms, 1.6 Mbit/s down, 0.75 up)",
        slow: true,
    },
];

/// Bytes of the page's program, as they are and as they are sent.
pub fn weight() -> Result<String> {
    let folder = repository().join("dist");
    let mut table = "| of the page | bytes | brotli |\n| --- | ---: | ---: |\n".to_owned();
    let mut sum = (0, 0);
    for extension in ["wasm", "js"] {
        let (raw, packed) = (bytes(&folder, extension)?, bytes(&folder, &format!("{extension}.br"))?);
        sum = (sum.0 + raw, sum.1 + packed);
        table += &format!("| {extension} | {raw} | {packed} |\n");
    }
    Ok(format!("{table}| together | {} | {} |\n", sum.0, sum.1))
}

fn bytes(folder: &Path, ending: &str) -> Result<u64> {
    let io = |source| DriverError::Io {
        doing: format!("weighing {}", folder.display()),
        source,
    };
    let mut sum = 0;
    for file in std::fs::read_dir(folder).map_err(io)? {
        let file = file.map_err(io)?;
        if file.file_name().to_string_lossy().ends_with(&format!(".{ending}")) {
            sum += file.metadata().map_err(io)?.len();
        }
    }
    Ok(sum)
}

/// From the navigation to the first painted row, in browsers that were never here and in browsers that were here before.
pub async fn first_row(bed: &Bed, steps: usize) -> Result<String> {
    let session = bed.session(steps).await?;
    let page = format!("/sessions/{session}");
    let mut table =
        format!("| navigation to the first row of a session of {steps} steps | cold | warm |\n| --- | ---: | ---: |\n");
    for condition in CONDITIONS {
        let (mut cold, mut warm) = (Figures::default(), Figures::default());
        eprintln!("  … loading, {}", condition.name);
        for _ in 0..RUNS {
            let browser = bed.browser().await?;
            if condition.slow {
                slow_down(&browser).await?;
            }
            cold.add(opened(&browser, &page, steps).await?.0);
            // What the browser keeps of page and session is kept after both are on screen.
            browser
                .script("return navigator.serviceWorker.ready.then(() => true)")
                .await?;
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            warm.add(opened(&browser, &page, steps).await?.0);
            browser.close().await?;
        }
        table += &format!("| {} | {cold} | {warm} |\n", condition.name);
    }
    Ok(table
        + "\nCold: an empty profile. Warm: once more in the same browser. Slowing the network down does not reach service \
           workers, so under slow 4G the page is loaded past its own: a warm one has its assets from the HTTP cache.\n")
}

/// From the navigation to the watch page's verdict, in browsers that were never here.
pub async fn verdict(bed: &Bed, steps: usize) -> Result<String> {
    let session = bed.session(steps).await?;
    let page = format!("/watch/{session}");
    let mut table =
        "| navigation to the watch page's verdict, cold | in the first answer | by the page itself |\n| --- | ---: | ---: |\n".to_owned();
    for condition in CONDITIONS {
        let (mut first, mut own) = (Figures::default(), Figures::default());
        eprintln!("  … watching, {}", condition.name);
        for _ in 0..RUNS {
            let browser = bed.browser().await?;
            if condition.slow {
                slow_down(&browser).await?;
            }
            let (answer, page) = answered(&browser, &page).await?;
            first.add(answer);
            own.add(page);
            browser.close().await?;
        }
        table += &format!("| {} | {first} | {own} |\n", condition.name);
    }
    Ok(table)
}

async fn slow_down(browser: &Browser) -> Result<()> {
    let cdp = browser.driver().cdp();
    let bytes_per_second = |kilobits: u32| f64::from(kilobits) * 1000.0 / 8.0;
    let network = json!({
        "offline": false,
        "latency": 150,
        "downloadThroughput": bytes_per_second(1600),
        "uploadThroughput": bytes_per_second(750),
    });
    cdp.send_raw("Network.enable", json!({})).await?;
    cdp.send_raw("Network.emulateNetworkConditions", network).await?;
    cdp.send_raw("Network.setBypassServiceWorker", json!({ "bypass": true }))
        .await?;
    cdp.send_raw("Emulation.setCPUThrottlingRate", json!({ "rate": 4 }))
        .await?;
    Ok(())
}
