// Shows what the OpenAPI document says, and tries it.

import { h, text } from "./dom.js";

const main = document.getElementById("main");
const MOST_EVENTS = 20;
let schemas = {};

const named = (reference) => reference.slice(reference.lastIndexOf("/") + 1);
const typeOf = (schema) => {
  if (schema.$ref) return named(schema.$ref);
  if (schema.type === "array") return `${typeOf(schema.items)}[]`;
  if (schema.enum) return schema.enum.join(" | ");
  return schema.format ? `${schema.type} (${schema.format})` : schema.type;
};

/** The fields of a message, those of the messages within behind their names. */
function fields(name, seen = []) {
  const schema = schemas[name];
  const rows = Object.entries(schema.properties ?? {}).map(([field, property]) => {
    const inner = property.$ref ?? property.items?.$ref;
    const nested = inner && !seen.includes(named(inner)) ? h("details", {}, h("summary", {}, named(inner)), fields(named(inner), [...seen, name])) : null;
    return h("tr", {}, h("th", { scope: "row" }, h("code", {}, field)), h("td", { class: "type" }, typeOf(property)), h("td", {}, property.description ?? "", nested));
  });
  return rows.length ? h("table", { class: "fields" }, h("tbody", {}, ...rows)) : h("p", { class: "sub" }, "No fields.");
}

/** A value as its field has it in JSON. */
function convert(schema, words) {
  if (schema.type === "boolean") return words === "true";
  if (schema.type === "integer" || schema.type === "number") return Number(words);
  return words;
}

function operation(path, verb, what) {
  const body = what.requestBody?.content?.["application/json"]?.schema;
  const inputs = [];
  const input = (place, name, schema, description, required) => {
    const box = schema.enum || schema.type === "boolean"
      ? h("select", {}, h("option", { value: "" }, ""), ...(schema.enum ?? ["true", "false"]).map((value) => h("option", {}, value)))
      : h("input", { autocomplete: "off", spellcheck: "false", required });
    inputs.push({ place, name, schema, box });
    return h("label", { class: "field" }, h("span", {}, h("code", {}, name), h("small", {}, ` ${typeOf(schema)}${place === "path" ? ", in the path" : ""}`)), box,
      description ? h("small", {}, description) : null);
  };
  const form = h("form", {},
    ...what.parameters.map((one) => input(one.in, one.name, one.schema.items ?? one.schema, one.description, one.required)),
    ...Object.entries(body ? schemas[named(body.$ref)].properties : {}).map(([name, schema]) => input("body", name, schema, schema.description, false)));
  const [type, content] = Object.entries(what.responses["200"].content)[0];
  const isStream = type === "text/event-stream";
  const send = h("button", { type: "submit", class: "primary" }, isStream ? "Listen" : "Send");
  const end = h("button", { type: "button", hidden: true, onclick: () => stop() }, "Stop");
  const curl = h("code", { class: "curl", tabindex: "0" });
  const status = h("p", { class: "sub", role: "status" });
  const output = h("pre", { class: "output", tabindex: "0", hidden: true, "aria-label": "Answer" });
  let source;

  function request() {
    let address = path;
    const query = new URLSearchParams();
    const json = {};
    for (const { place, name, schema, box } of inputs) {
      if (place === "path") address = address.replace(`{${name}}`, encodeURIComponent(box.value));
      else if (box.value && place === "query") query.append(name, box.value);
      else if (box.value) json[name] = convert(schema, box.value);
    }
    const asked = query.toString() ? `${address}?${query}` : address;
    const options = { method: verb.toUpperCase() };
    if (body) Object.assign(options, { body: JSON.stringify(json), headers: { "content-type": "application/json" } });
    return { asked, options };
  }

  function showCurl() {
    const { asked, options } = request();
    text(curl, `curl ${isStream ? "-N " : ""}${options.method === "GET" ? "" : `-X ${options.method} `}'${location.origin}${asked}'`
      + (options.body ? ` -H 'content-type: application/json' -d '${options.body}'` : ""));
  }

  function stop() {
    source?.close();
    source = undefined;
    end.hidden = true;
    send.disabled = false;
  }

  form.append(h("div", { class: "buttons" }, end, send));
  form.addEventListener("input", showCurl);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { asked, options } = request();
    output.hidden = false;
    output.textContent = "";
    if (isStream) {
      send.disabled = true;
      end.hidden = false;
      const kept = [];
      source = new EventSource(asked);
      source.onopen = () => text(status, "Listening; the newest stand first");
      source.onerror = () => text(status, "Not connected; trying again …");
      source.onmessage = (message) => {
        kept.unshift(JSON.stringify(JSON.parse(message.data), null, 2));
        kept.length = Math.min(kept.length, MOST_EVENTS);
        output.textContent = kept.join("\n\n");
      };
      source.addEventListener("end", () => { stop(); text(status, "The stream of answers has ended."); });
      return;
    }
    send.disabled = true;
    try {
      const answer = await fetch(asked, options);
      const words = await answer.text();
      text(status, `${answer.status} ${answer.statusText}`);
      try {
        output.textContent = JSON.stringify(JSON.parse(words), null, 2);
      } catch {
        output.textContent = words;
      }
    } catch {
      text(status, "The service does not answer.");
    }
    send.disabled = false;
  });
  showCurl();

  return h("details", { class: "panel operation", id: what.operationId },
    h("summary", {}, h("span", { class: `verb ${verb}` }, verb.toUpperCase()), h("code", {}, path), h("span", { class: "sub" }, what.operationId, isStream ? ", server-sent events" : "")),
    h("p", {}, what.description),
    h("div", { class: "columns" },
      h("section", {}, h("h3", {}, "Try it"), form, curl, status, output),
      h("section", {}, h("h3", {}, `${isStream ? "Each event" : "The answer"}: ${named(content.schema.$ref)}`), fields(named(content.schema.$ref)))));
}

try {
  const api = await (await fetch("/api/openapi.json")).json();
  schemas = api.components.schemas;
  const operations = Object.entries(api.paths).flatMap(([path, verbs]) => Object.entries(verbs).map(([verb, what]) => operation(path, verb, what)));
  main.replaceChildren(
    h("div", { class: "head" }, h("h1", {}, api.info.title)),
    h("p", { class: "intro" }, api.info.description),
    h("p", { class: "intro" }, "The same service answers gRPC (on its own port, and here), gRPC-Web, and JSON over HTTP as described below. Fields go by either of their names, ",
      h("code", {}, "live_id"), " or ", h("code", {}, "liveId"), "; 64-bit numbers are strings. Errors have gRPC's code and a message."),
    ...operations);
  const opened = document.getElementById(location.hash.slice(1));
  if (opened) opened.open = true;
} catch {
  main.replaceChildren(h("p", { class: "empty", role: "alert" }, "The service does not answer. Load the page again when it does."));
}
