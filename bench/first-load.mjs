// Opens a page in a Chromium that has never been there, and prints what came over the wire for it.
//     node bench/first-load.mjs <chromium> <address> <cookie>
import { chromium } from "@playwright/test";

const [executablePath, address, cookie] = process.argv.slice(2);

const KINDS = { ".wasm": "wasm", ".js": "js", ".mjs": "js", ".css": "css", ".woff2": "font" };

function kindOf(url, type) {
  if (type === "document") {
    return "html";
  }
  const ending = /\.\w+$/.exec(new URL(url).pathname)?.[0] ?? "";
  return KINDS[ending] ?? "other";
}

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const context = await browser.newContext();
  const [name, value] = cookie.split("=");
  await context.addCookies([{ name, value, url: address }]);
  const page = await context.newPage();
  const answers = [];
  page.on("requestfinished", (request) => answers.push(request));
  const answer = await page.goto(address, { waitUntil: "networkidle" });
  if (answer.status() !== 200 || page.url() !== address) {
    throw new Error(`${address} answered ${answer.status()} and led to ${page.url()}`);
  }
  const rows = await page.locator("tbody tr").count();
  if (rows !== 50) {
    throw new Error(`the page shows ${rows} rows`);
  }
  const loads = await Promise.all(
    answers
      // What a page has in itself did not travel.
      .filter((request) => request.url().startsWith("http"))
      .map(async (request) => {
        const [sizes, response] = await Promise.all([request.sizes(), request.response()]);
        return {
          kind: kindOf(request.url(), request.resourceType()),
          // From the cache nothing travelled, which Chromium counts as less than nothing.
          bytes: Math.max(0, sizes.responseBodySize),
          encoding: (await response.headerValue("content-encoding")) ?? "none",
          path: new URL(request.url()).pathname,
        };
      }),
  );
  console.log(JSON.stringify(loads));
} finally {
  await browser.close();
}
