// A session's rows as somebody would write them by hand who needs nothing else: the markup of the page's outline, made once,
// and a tick that touches the two rows which it changes. It folds no events, asks no rules, keeps nothing and sends nothing.
const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
};

const row = (step, number) => {
  const state = `state-${step.id}`;
  const tick = make("span", { class: "tick", "aria-hidden": "true" });
  const name = make("span", { class: "step-name" }, make("span", { class: "step-number" }, number), ` ${step.title}`);
  const button = make("button", { type: "button", class: "step-row later", "aria-label": `${number} ${step.title}`, "aria-describedby": state }, tick, name);
  const who = make("span", { class: "who" });
  const word = make("span", { class: "sr-only", id: state }, "later");
  return { step, line: make("li", {}, make("div", { class: "step-line" }, button, who, word)), button, tick, who, word };
};

const begin = ({ button, word }) => {
  button.className = "step-row now shown";
  button.setAttribute("aria-current", "step");
  word.textContent = "current";
};

const end = ({ button, tick, who, word }, by, at) => {
  button.className = "step-row done with-who";
  button.removeAttribute("aria-current");
  button.title = `Ticked by ${by}`;
  tick.className = "tick on";
  who.textContent = `${by.replace(/[^A-Z]/g, "")} ${at}`;
  word.textContent = "done";
};

const draw = ({ events }) => {
  // The session's start holds its procedure.
  const { procedure } = events[0].event;
  const rows = procedure.steps.map((step, index) => row(step, step.number ?? `${index + 1}`));
  const by = events[0].actor?.name ?? "Somebody Else";
  let done = 0;
  const count = make("span", {});
  const title = make("h2", { id: "step-title" });
  const log = make("ol", {});
  const show = () => {
    count.textContent = `${done} of ${rows.length}`;
    title.textContent = rows[done].step.title;
  };
  const button = make("button", { type: "button", class: "btn primary tick-button" }, "Tick step ", make("kbd", {}, "x"));
  button.addEventListener("click", () => {
    const at = new Date().toTimeString().slice(0, 5);
    end(rows[done], by, at);
    log.prepend(make("li", {}, make("time", {}, at), make("span", {}, make("b", {}, "Ticked"), ` ${rows[done].step.title}`)));
    done += 1;
    begin(rows[done]);
    show();
  });
  begin(rows[0]);
  show();
  const outline = make("nav", { class: "outline", "aria-label": "Steps" }, make("h2", { class: "label" }, procedure.title, " · ", count), make("ol", { class: "level-1" }, ...rows.map(({ line }) => line)));
  const article = make("article", { class: "step", "aria-labelledby": "step-title" }, title, make("div", { class: "acts" }, button));
  document.body.append(
    make("header", { class: "site" }, make("a", { class: "brand", href: "/" }, "Peer")),
    make("section", { class: "head" }, make("h1", {}, procedure.title)),
    make("div", { class: "desk" }, outline, make("main", { class: "work" }, article), make("aside", { class: "log", "aria-label": "Log" }, make("h2", { class: "label" }, "Log"), log)),
  );
};

const answer = await fetch("/session.json");
draw(await answer.json());
