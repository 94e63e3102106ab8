// A page is watched: it is up, it is stopped and the open page says so in time, it comes back. With scripting and without.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "@playwright/test";
import { accessible, shots } from "../harness/look";
import { mailTo } from "../harness/mail";
import { expectState, signUp, somebody } from "../harness/people";
import { expect, hydrated, open, test } from "../harness/test";

/** Seconds; the shortest that a plan sells. */
const INTERVAL = 5;

/** What is promised: a change is seen in the open page within the interval and a second. */
const SEEN_WITHIN = { timeout: (INTERVAL + 1) * 1000 };

/** A web server on this machine that can be stopped and started again at the same address. */
async function watchedServer() {
  const server = createServer((_, answer) => answer.end("all is well"));
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/health`,
    start: () => listen(port),
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Orders Uptime monitoring by the catalog's form and waits until it runs. */
async function orderCheck(page: Page, name: string, target: string) {
  await open(page, "/catalog/uptime-monitoring?plan=scale");
  await page.getByLabel("Name of the service").fill(`Watch over ${name}`);
  const check = page.locator("fieldset.schema-row").first();
  await check.getByLabel("Name", { exact: true }).fill(name);
  await check.getByLabel("Target").fill(target);
  await check.getByLabel("Interval").fill(String(INTERVAL));
  await page.getByRole("button", { name: "Order now" }).click();
  await page.waitForURL(/\/services\/ins_\w+$/);
  await hydrated(page);
  await expectState(page, "running");
}

/** A second browser of the same person in which no scripts run. */
async function withoutScripting(browser: Browser, page: Page) {
  const storageState = await page.context().storageState();
  const context = await browser.newContext({ baseURL: process.env.E2E_URL, locale: "en-GB", javaScriptEnabled: false, storageState });
  return { page: await context.newPage(), end: () => context.close() };
}

test("without checks the page leads to the catalog", async ({ page }) => {
  await signUp(page, somebody());
  await open(page, "/monitoring");
  await expect(page.getByText("Nothing is watched yet")).toBeVisible();
  await accessible(page);
  await page.getByRole("link", { name: "Order uptime monitoring" }).click();
  await page.waitForURL("**/catalog/uptime-monitoring");
});

test("a stopped server turns down in the open page within its interval and a second, and up again", async ({ page, browser, context }) => {
  test.slow();
  const watched = await watchedServer();
  const sari = somebody();
  await signUp(page, sari);
  await orderCheck(page, "Shop", watched.url);

  const list = await context.newPage();
  await open(list, "/monitoring");
  const row = list.locator("#checks").getByRole("row", { name: /Shop/ });
  await expect(row.locator("[data-state=up]")).toBeVisible({ timeout: 15_000 });
  await expect(list.locator("[data-verdict]")).toContainText("Everything that is watched is up");
  await expect(row.locator("[data-response]")).toContainText("ms");

  await open(page, "/monitoring");
  await page.getByRole("link", { name: "Shop" }).click();
  await page.waitForURL(/\/monitoring\/chk_\w+$/);
  const state = page.locator("[data-status] [data-state]");
  await expect(state).toHaveAttribute("data-state", "up");
  for (const one of [list, page]) {
    await expect(one.locator("[data-live=live]")).toBeVisible();
    await one.evaluate(() => ((window as unknown as { here: boolean }).here = true));
  }

  await watched.stop();
  await Promise.all([
    expect(state).toHaveAttribute("data-state", "down", SEEN_WITHIN),
    expect(row.locator("[data-state=down]")).toBeVisible(SEEN_WITHIN),
  ]);
  await expect(page.locator("#incidents").getByText("The connection was refused")).toBeVisible();
  await expect(list.locator("[data-verdict]")).toContainText("1 check is down");
  await expect(list.locator("#incidents").getByRole("link", { name: "Shop" })).toBeVisible();
  await mailTo(sari.email, /Shop is down/);
  for (const [one, name] of [[list, "monitoring-down"], [page, "monitoring-check-down"]] as const) {
    await accessible(one);
    await shots(one, name);
  }

  await watched.start();
  await Promise.all([
    expect(state).toHaveAttribute("data-state", "up", SEEN_WITHIN),
    expect(row.locator("[data-state=up]")).toBeVisible(SEEN_WITHIN),
  ]);
  await expect(list.locator("[data-verdict]")).toContainText("Everything that is watched is up");
  await expect(page.locator("#incidents").locator("[data-state=ended]")).toBeVisible();
  // Nothing was reloaded.
  for (const one of [list, page]) {
    expect(await one.evaluate(() => (window as unknown as { here?: boolean }).here)).toBe(true);
  }

  // Down for a moment, so never 100, and not one result was lost on the way.
  await expect(page.locator("#uptime")).not.toContainText("100");
  await expect(page.locator("#results").getByRole("row").filter({ hasText: "The connection was refused" }).first()).toBeVisible();
  await page.getByRole("link", { name: "7 days" }).click();
  await page.waitForURL("**?span=7d");
  await expect(page.getByRole("link", { name: "7 days" })).toHaveAttribute("aria-current", "true");

  const plain = await withoutScripting(browser, page);
  await plain.page.goto("/monitoring");
  await expect(plain.page.getByRole("row", { name: /Shop/ }).locator("[data-state=up]")).toBeVisible();
  await plain.page.getByRole("link", { name: "Shop", exact: true }).click();
  await expect(plain.page.getByRole("heading", { level: 1, name: "Shop" })).toBeVisible();
  await expect(plain.page.locator("[data-status] [data-state=up]")).toBeVisible();
  await plain.page.getByRole("link", { name: "30 days" }).click();
  await plain.page.waitForURL("**?span=30d");
  await plain.page.getByText("Show as a table").first().click();
  await plain.end();
  await list.close();
  await watched.stop();
});

test("the live tab of the service shows its checks, and moves with them", async ({ page }) => {
  test.slow();
  const watched = await watchedServer();
  await signUp(page, somebody());
  await orderCheck(page, "Shop", watched.url);
  await page.getByRole("link", { name: "Live", exact: true }).click();
  await page.waitForURL("**?tab=live");
  const check = page.locator("[data-check=Shop]");
  await expect(check.locator("[data-state=up]")).toBeVisible({ timeout: 15_000 });
  await expect(check.locator("[data-response]")).toContainText("ms");
  await accessible(page);
  await shots(page, "service-live-checks");
  await watched.stop();
  await expect(check.locator("[data-state=down]")).toBeVisible({ timeout: 2 * SEEN_WITHIN.timeout });
  await check.getByRole("link", { name: "Shop" }).click();
  await page.waitForURL(/\/monitoring\/chk_\w+$/);
});

/** What a form's field of date and time holds, an hour later. */
const hourAfter = (local: string) => new Date(Date.parse(`${local}Z`) + 3_600_000).toISOString().slice(0, 16);

test.describe("planned maintenance", () => {
  // Chromium's own line about the form that is refused.
  test.use({ expectedErrors: [/422/] });

  test("is planned by the organisation's clocks, shown and taken back", async ({ page }) => {
    const watched = await watchedServer();
    await signUp(page, somebody());
    await orderCheck(page, "Shop", watched.url);
    await open(page, "/monitoring");
    const maintenance = page.locator("#maintenance");
    await expect(maintenance.getByText("Nothing is planned.")).toBeVisible();
    await maintenance.locator("summary").click();
    const [starts, ends] = [maintenance.getByLabel("Starts"), maintenance.getByLabel("Ends")];
    const start = await starts.inputValue();
    await ends.fill(start);
    await maintenance.getByLabel("What is done").fill("New disks");
    await maintenance.getByRole("button", { name: "Plan maintenance" }).click();
    await expect(maintenance.locator(".field-error", { hasText: "The end must come after the start." })).toBeVisible();
    await accessible(page);
    await shots(page, "monitoring-maintenance-refused");

    await ends.fill(hourAfter(start));
    await maintenance.getByRole("button", { name: "Plan maintenance" }).click();
    const row = maintenance.getByRole("row", { name: /New disks/ });
    await expect(row.locator("[data-state=planned]")).toBeVisible();
    await expect(row).toContainText("Shop");
    await accessible(page);
    await shots(page, "monitoring-maintenance");

    await row.getByRole("button", { name: "Take back" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
    await expect(row.locator("[data-state=cancelled]")).toBeVisible();
    await watched.stop();
  });
});

test.describe("another organisation's check", () => {
  // Chromium's own line about the page that is not there.
  test.use({ expectedErrors: [/404/] });

  test("answers like an unknown one", async ({ page }) => {
    await signUp(page, somebody());
    const answer = await page.goto("/monitoring/chk_01jhk3v3m8e4rr3f6y4v2b9w3c");
    expect(answer!.status()).toBe(404);
    await expect(page.getByText("There is nothing here")).toBeVisible();
  });
});
