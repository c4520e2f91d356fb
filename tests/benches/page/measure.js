// Runs before anything of a page, in the real page and in its peer alike. What it looks for are the names that the browser
// tests use, and the class of a line of the outline; all of them stand here.
window.bench = (() => {
  const ROW = "step-row";
  const CURRENT = `nav[aria-label="Steps"] .${ROW}[aria-current="step"]`;
  const rows = () => document.getElementsByClassName(ROW);
  const tickButton = () => [...document.querySelectorAll("article button")].find((button) => button.checkVisibility() && button.textContent.trim().startsWith("Tick step"));
  // What a screen reader says of a row beside its name: `current`, `done`, ….
  const wordOf = (row) => document.getElementById(row.getAttribute("aria-describedby")).textContent;

  const sleep = (time) => new Promise((done) => setTimeout(done, time));
  // A frame's callbacks come before it is painted, and a message that one of them posts comes after.
  const painted = () =>
    new Promise((done) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => done(performance.now());
        port2.postMessage(null);
      }),
    );

  const seen = { rows: 0, first: null, last: null };
  const watch = new MutationObserver(() => {
    const there = rows().length;
    if (there === seen.rows) return;
    seen.rows = there;
    seen.last = null;
    painted().then((at) => {
      seen.first ??= at;
      if (seen.rows === there) seen.last = at;
    });
  });
  watch.observe(document, { childList: true, subtree: true });

  // Milliseconds from the navigation until the first row was painted, and until this many were.
  const opened = async (count) => {
    while (seen.rows !== count || seen.last === null) await sleep(20);
    watch.disconnect();
    return [seen.first, seen.last];
  };

  // The watch page's verdict: as the proxy's first answer has it, and as the page itself draws it.
  const verdicts = { first: "#first-answer .answer", own: '[role="status"][aria-label="Answer"]' };
  const verdict = {};
  const answers = new MutationObserver(() => {
    for (const [which, selector] of Object.entries(verdicts)) {
      if (verdict[which] || !document.querySelector(selector)) continue;
      verdict[which] = painted();
    }
  });
  answers.observe(document, { childList: true, subtree: true });

  // Milliseconds from the navigation until each of the two was painted.
  const answered = async () => {
    while (!verdict.first || !verdict.own) await sleep(20);
    answers.disconnect();
    return Promise.all([verdict.first, verdict.own]);
  };

  // A replay's picture, and the steps as they stood.
  const replay = {};
  const parts = { picture: "svg[role=img] .playhead", rows: 'ol[aria-label="Steps then"] li' };
  const drawn = new MutationObserver(() => {
    for (const [which, selector] of Object.entries(parts)) {
      if (replay[which] || !document.querySelector(selector)) continue;
      replay[which] = painted();
    }
  });
  drawn.observe(document, { childList: true, subtree: true });

  // Milliseconds from the navigation until each of the two was painted.
  const replayed = async () => {
    while (!replay.picture || !replay.rows) await sleep(20);
    drawn.disconnect();
    const times = await Promise.all([replay.picture, replay.rows]);
    // The whole log is there, so that what is measured next is not its coming.
    const slider = document.querySelector('input[aria-label="By event"]');
    for (let max = null; max !== slider.max; await sleep(1000)) max = slider.max;
    return times;
  };

  // Goes to an event by the slider; milliseconds until it is painted.
  const scrubbed = async (place) => {
    const slider = document.querySelector('input[aria-label="By event"]');
    await painted();
    const begun = performance.now();
    slider.value = place;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    while (!slider.getAttribute("aria-valuetext").startsWith(`Event ${place} `)) await sleep(0);
    return (await painted()) - begun;
  };

  // Ticks the current step so many milliseconds after a frame; milliseconds from there until its row is painted as something
  // else than current.
  const tick = async (phase) => {
    const [button, row] = [tickButton(), document.querySelector(CURRENT)];
    if (!button || !row) throw new Error("There is no step to be ticked.");
    const before = wordOf(row);
    const changed = new Promise((done) => {
      const outline = new MutationObserver(() => {
        if (wordOf(row) === before) return;
        outline.disconnect();
        done();
      });
      outline.observe(row.closest("nav"), { attributes: true, characterData: true, childList: true, subtree: true });
    });
    await painted();
    await sleep(phase);
    const begun = performance.now();
    button.click();
    await changed;
    const took = (await painted()) - begun;
    // The proxy's word, and whatever the page does then, are not of this tick and must not be of the next one.
    while (!(wordOf(row).startsWith("done") && tickButton() && document.querySelector(CURRENT) !== row)) await sleep(20);
    return took;
  };

  // Elements with the names of their attributes, to tell whether the peer's rows are still those of the page.
  const shape = (element) => {
    const names = element.getAttributeNames().sort().map((name) => (name === "class" ? `class=${element.className}` : name));
    return `<${element.localName} ${names.join(" ")}>${[...element.children].map(shape).join("")}`;
  };
  const shapes = () => [rows()[0], rows()[1]].map((row) => shape(row.closest("li")));

  return { opened, answered, replayed, scrubbed, tick, shapes };
})();
