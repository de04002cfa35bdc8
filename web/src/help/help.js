// Asks without leaving the page. Without this file the form does the same by a page load.
// Everything that came from a person or an article is set as text, never as markup.

const form = document.querySelector("[data-ask]");
const region = document.getElementById("answer");

/** Makes an element: el("p", {className: "x"}, "text", child). */
function el(name, properties, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined && value !== "") node[key] = value;
  }
  node.append(...children);
  return node;
}

/** A link; an address that a browser should not follow becomes plain text. */
function link(url, text, properties = {}) {
  let target;
  try {
    target = new URL(url, location.href);
  } catch {
    return el("span", properties, text);
  }
  if (target.protocol !== "https:" && target.protocol !== "http:") return el("span", properties, text);
  return el("a", { ...properties, href: target.href }, text);
}

/** A statement with its citations, as an element of this name. */
function statement(name, properties, s) {
  const node = el(name, properties, s.text);
  for (const n of s.citations) {
    const cite = el("a", { className: "cite", href: `#source-${n}` }, String(n));
    cite.setAttribute("aria-label", `${region.dataset.source} ${n}`);
    node.append("\u00a0", cite); // no line begins with the number
  }
  return node;
}

const lists = { step: "ol", item: "ul", row: "ul" };

/** Statements as paragraphs; those that follow each other in an article's list as one list. */
function blocks(statements) {
  const nodes = [];
  for (const s of statements) {
    const list = lists[s.kind];
    if (!list) {
      nodes.push(statement("p", { dir: "auto" }, s));
      continue;
    }
    if (nodes.at(-1)?.localName !== list) nodes.push(el(list, { dir: "auto" }));
    nodes.at(-1).append(statement("li", {}, s));
  }
  return nodes;
}

function source(c) {
  const where = [c.title, ...(c.headings ?? [])].join(" › ");
  return el("li", { id: `source-${c.n}`, value: c.n },
    el("blockquote", { lang: c.lang, dir: "auto" }, c.quote_text),
    link(c.url, where, { lang: c.lang, dir: "auto" }));
}

/** The nodes that show an answer: statements with their sources, or an honest "not sure". */
function show(answer) {
  const words = region.dataset;
  const nodes = [el("p", { className: "question", dir: "auto" }, answer.question)];
  if (answer.statements?.length) {
    nodes.push(
      el("h2", {}, words.answer),
      el("div", { className: "statements", lang: answer.lang }, ...blocks(answer.statements)),
      el("h3", {}, words.sources),
      el("ol", { className: "sources" }, ...answer.citations.map(source)));
    return nodes;
  }
  nodes.push(el("p", { className: "notice" }, answer.decision === "in_review" ? words.in_review : words.abstained));
  if (answer.suggestions?.length) {
    nodes.push(
      el("h3", {}, words.suggestions),
      el("ul", { className: "suggestions" },
        ...answer.suggestions.map((s) => el("li", {}, link(s.url, s.title, { dir: "auto" })))));
  }
  return nodes;
}

async function ask(question, signal) {
  const response = await fetch("/v1/answers", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ question }),
    signal,
  });
  if (!response.ok) throw new Error(response.status === 429 ? region.dataset.busy : region.dataset.failed);
  return response.json();
}

let pending = new AbortController();

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const question = form.elements.question.value.trim();
  if (!question) return;
  pending.abort(); // an answer that comes late for an earlier question is dropped
  const mine = (pending = new AbortController());
  region.setAttribute("aria-busy", "true");
  region.replaceChildren(el("p", {}, region.dataset.working));
  let nodes;
  try {
    nodes = show(await ask(question, mine.signal));
  } catch (err) {
    const known = err.message === region.dataset.busy ? err.message : region.dataset.failed;
    nodes = [el("p", { className: "notice" }, known)];
  }
  if (mine !== pending) return;
  region.removeAttribute("aria-busy");
  region.replaceChildren(...nodes);
});
