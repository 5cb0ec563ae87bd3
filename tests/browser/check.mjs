// Opens the documentation of a running demo in a real browser, tries a search out, and reads the document with a
// validator.
//
//     node tests/browser/check.mjs [FOLDER]
//
// The program is the one that `cargo build` has made (TRAILPROOF names another); pictures of what was seen go to
// FOLDER. Prints one line a check; exits 1 when one of them fails.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createConfig, lintFromString } from "@redocly/openapi-core";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const program = process.env.TRAILPROOF ?? join(process.env.CARGO_TARGET_DIR ?? "target", "debug", "trailproof");
const pictures = process.argv[2];

/** Starts a demo, waits until it serves, and hands it to `use`; the demo ends whatever happens. */
async function withDemo(use) {
  const child = spawn(program, ["demo", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
  try {
    await use(await greeting(child, exited));
  } finally {
    child.kill("SIGINT");
    await exited;
  }
}

/** Reads from what a demo says where it serves and where its tokens lie. */
async function greeting(child, exited) {
  let said = "";
  await new Promise((resolve, reject) => {
    child.stdout.on("data", (bytes) => {
      said += bytes;
      if (said.includes("Ctrl-C ends the demo.")) resolve();
    });
    exited.then((code) => reject(new Error(`the demo ended with ${code}\n${said}`)), reject);
  });
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? assert.fail(`no address in:\n${said}`);
  const [tokens] = /\/\S+\/tokens\.json/.exec(said) ?? assert.fail(`no file of tokens in:\n${said}`);
  return { url, tokens: JSON.parse(readFileSync(tokens, "utf8")) };
}

/** A page that remembers what went wrong on it. */
async function openPage(context, url) {
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const address = request.url();
    const isOurs = [`${url}/`, `blob:${url}/`, "data:"].some((start) => address.startsWith(start));
    if (!isOurs) complaints.push(`a request to another host: ${address}`);
  });
  return { page, complaints };
}

async function picture(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** Opens an operation, executes it as its form is filled in, and returns the answer. */
async function tryOut(page, operation) {
  const block = page.locator(`#operations-${operation}`);
  await block.locator(".opblock-summary-control").click();
  await block.locator(".execute").click();
  await block.locator(".live-responses-table .response-col_status").first().waitFor();
  const status = (await block.locator(".live-responses-table tbody .response-col_status").first().innerText()).trim();
  const body = await block.locator(".live-responses-table .highlight-code code").first().innerText();
  await block.locator(".live-responses-table").scrollIntoViewIfNeeded();
  await picture(page, operation);
  await block.locator(".opblock-summary-control").click();
  assert.match(status, /^200/, `${operation}: ${status} ${body}`);
  return JSON.parse(body);
}

async function authorize(page, token) {
  await page.click("button.authorize");
  await page.fill(".auth-container input", token);
  await page.click(".auth-btn-wrapper .authorize");
  await page.click(".auth-btn-wrapper .btn-done");
}

async function swaggerUi({ url, tokens }, context) {
  const { page, complaints } = await openPage(context, url);
  await page.goto(`${url}/docs`);
  await page.locator(".opblock").first().waitFor();
  await picture(page, "docs");
  const first = page.locator(".opblock").first().locator(".opblock-summary-path");
  assert.equal(await first.getAttribute("data-path"), "/api/v1/logs/search");

  await authorize(page, tokens.sre);
  for (const operation of ["searchLogs", "searchLogsByBody", "getRecentLogs", "searchErrorLogs", "searchSecurityLogs"]) {
    const answer = await tryOut(page, `logs-${operation}`);
    assert.ok(answer.items.length > 0, `${operation} finds nothing`);
  }
  const trace = await tryOut(page, "logs-getTrace");
  assert.equal(trace.services.length, 3);
  const histogram = await tryOut(page, "logs-getHistogram");
  assert.ok(histogram.total.value > 40_000, JSON.stringify(histogram.total));
  const values = await tryOut(page, "logs-listFieldValues");
  assert.deepEqual(values.items.map((item) => item.value).sort(), ["auth-service", "event-service", "gateway"]);
  const me = await tryOut(page, "access-getMe");
  assert.deepEqual(me.roles, ["sre"]);
  assert.deepEqual(complaints, []);
}

async function reDoc({ url }, context) {
  const { page, complaints } = await openPage(context, url);
  await page.goto(`${url}/redoc`);
  await page.locator("h2", { hasText: "Count lines over time" }).waitFor();
  await picture(page, "redoc");
  await page.fill("input[placeholder='Search...']", "histogram");
  await page.locator("[data-role='search:results']").getByText("Count lines over time").waitFor();
  await picture(page, "redoc-search");
  assert.deepEqual(complaints, []);
}

async function validDocument({ url }) {
  const source = await (await fetch(`${url}/openapi.json`)).text();
  const config = await createConfig({
    extends: ["recommended"],
    rules: {
      // The server is the one that the document comes from.
      "no-empty-servers": "off",
      // A name of a route is never an id: /recent/{service} goes before /{id}/context, and a test says so.
      "no-ambiguous-paths": "off",
    },
  });
  const problems = await lintFromString({ source, config });
  const told = problems.map((problem) => `${problem.severity} ${problem.ruleId}: ${problem.message} ${problem.location[0]?.pointer}`);
  assert.deepEqual(told, []);
}

const profile = mkdtempSync(join(tmpdir(), "trailproof-browser-"));
let passed = 0;
let failed = 0;
await withDemo(async (demo) => {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: QUIET,
    viewport: { width: 1280, height: 1000 },
  });
  for (const check of [swaggerUi, reDoc, validDocument]) {
    try {
      await check(demo, context);
      passed += 1;
      console.log(`ok     ${check.name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${check.name}: ${error.message}`);
    }
  }
  await context.close();
}).finally(() => rmSync(profile, { recursive: true, force: true }));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
