// The wizard: from nothing to a tier, a service and a colleague; left on one device and resumed on another; without scripting.
import type { Page } from "@playwright/test";
import { accessible, shots } from "../harness/look";
import { mailTo } from "../harness/mail";
import { another, PASSWORD, sendSignUp, signUp, somebody, type Person } from "../harness/people";
import { expect, hydrated, open, test } from "../harness/test";

async function fillProfile(page: Page) {
  await page.getByLabel("Street and number").fill("Jalan Braga 10");
  await page.getByLabel("City").fill("Bandung");
  await page.getByLabel("Country").selectOption("ID");
  await page.getByLabel("Currency").selectOption("IDR");
  await page.getByLabel("Time zone").selectOption("Asia/Jakarta");
}

async function signIn(page: Page, person: Person) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/(onboarding|services)$/);
}

const title = (page: Page, name: string) => page.getByRole("heading", { level: 2, name });

async function states(page: Page) {
  const steps = page.getByRole("navigation", { name: "Steps" }).locator("li");
  return Object.fromEntries(await steps.evaluateAll((items) => items.map((item) => [item.getAttribute("data-step"), item.getAttribute("data-state")])));
}

/** What the preview says that today costs. */
async function dueToday(page: Page) {
  return page.locator("[data-preview] [data-total]").first().innerText();
}

test("leads to a tier, a service and a colleague, and then says that all is done", async ({ page }) => {
  test.slow();
  const sari = somebody();
  await signUp(page, sari);
  await expect(title(page, "Your organisation")).toBeVisible();
  expect(await states(page)).toEqual({ profile: "open", tier: "open", service: "open", colleague: "open" });
  await expect(page.getByText("Still missing: country, street and number, city")).toBeVisible();

  await fillProfile(page);
  await page.getByRole("button", { name: "Save and continue" }).click();
  await page.waitForURL("**/onboarding?step=tier&done=profile");
  await expect(page.getByText("Your organisation is saved.")).toBeVisible();
  await expect(title(page, "Your tier")).toBeVisible();
  await hydrated(page);

  // The preview follows the choice without loading the page anew, and the address carries it.
  await page.evaluate(() => ((window as unknown as { here: boolean }).here = true));
  const professional = await dueToday(page);
  await page.getByRole("link", { name: "Choose Starter" }).click();
  await expect.poll(() => dueToday(page)).not.toBe(professional);
  await page.getByRole("link", { name: "Annual" }).click();
  await page.waitForURL("**tier=STARTER&interval=annual");
  expect(await page.evaluate(() => (window as unknown as { here?: boolean }).here)).toBe(true);
  const due = await dueToday(page);
  await page.getByRole("button", { name: "Subscribe to Starter" }).click();
  await page.waitForURL("**/onboarding?step=service&done=tier");
  await hydrated(page);

  // What was shown is what the invoice says.
  const invoice = await mailTo(sari.email, /invoice/i);
  expect(invoice.text.replace(/\s/g, " ")).toContain(due.replace(/\s/g, " "));

  await page.getByRole("link", { name: /^Order Uptime/ }).click();
  await page.waitForURL("**/catalog/**");
  await expect(page.getByRole("heading", { level: 1, name: /Uptime/ })).toBeVisible();
  await page.goBack();
  await title(page, "First service").waitFor();
  await page.getByRole("link", { name: /^Order Managed PostgreSQL/ }).click();
  await page.waitForURL("**/catalog/managed-postgresql**");
  await page.getByLabel("Name of the service").fill("Shop database");
  await page.getByLabel("Database name").fill("shop");
  await page.getByRole("button", { name: "Order now" }).click();
  await page.waitForURL("**/onboarding?step=service");
  await expect(page.getByRole("link", { name: "Shop database" })).toBeVisible();
  await expect(page.getByRole("main").locator("[data-state=running]")).toBeVisible({ timeout: 30_000 });

  await page.getByRole("link", { name: "Continue" }).click();
  await expect(title(page, "First colleague")).toBeVisible();
  await expect(title(page, "First colleague")).toBeFocused();
  const budi = somebody("Budi Santoso");
  await page.getByLabel("E-mail").fill("budi");
  await page.getByRole("button", { name: "Send invitation" }).click();
  // The browser itself knows what an address is.
  await expect(page.getByLabel("E-mail")).toBeFocused();
  await page.getByLabel("E-mail").fill(budi.email);
  await page.getByRole("button", { name: "Send invitation" }).click();
  await page.waitForURL("**/onboarding?step=colleague&done=invited");
  await mailTo(budi.email, /invites you/);
  await hydrated(page);
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(page.getByText("You are all set")).toBeVisible();
  expect(await states(page)).toEqual({ profile: "done", tier: "done", service: "done", colleague: "done" });
});

test("is left on one device and resumed on another", async ({ page, browser }) => {
  const sari = somebody();
  await signUp(page, sari);
  await fillProfile(page);
  await page.getByRole("button", { name: "Save and continue" }).click();
  await page.waitForURL("**step=tier&done=profile");
  await hydrated(page);
  const remembered = page.waitForResponse((response) => response.url().includes("remember"));
  await page.getByRole("navigation", { name: "Steps" }).getByRole("link", { name: /First colleague/ }).click();
  await expect(title(page, "First colleague")).toBeFocused();
  await remembered;

  const phone = await another(browser);
  await phone.page.setViewportSize({ width: 360, height: 780 });
  await signIn(phone.page, sari);
  await open(phone.page, "/onboarding");
  await expect(title(phone.page, "First colleague")).toBeVisible();
  await phone.page.getByRole("button", { name: "Skip for now" }).click();
  await phone.page.waitForURL("**/onboarding?step=tier&done=skipped");
  expect(await states(phone.page)).toEqual({ profile: "done", tier: "open", service: "open", colleague: "skipped" });
  await phone.end();

  // The first device sees what the second did, and can take it up again.
  await open(page, "/onboarding?step=colleague");
  await expect(page.getByText("You left this step out.")).toBeVisible();
  await page.getByRole("button", { name: "Take it up after all" }).click();
  await page.waitForURL("**step=colleague&done=taken_up");
  expect((await states(page)).colleague).toBe("open");
});

test.describe("mistakes", () => {
  // The browser's own line about the refused form.
  test.use({ expectedErrors: [/422/] });

  test("are told beside their fields, and what was typed stays", async ({ page }) => {
    await signUp(page, somebody());
    await fillProfile(page);
    await page.getByLabel("Address part").fill("Not An Address");
    await page.getByRole("button", { name: "Save and continue" }).click();
    await expect(page.locator(".field-error")).toContainText("Use small letters");
    await expect(page.getByLabel("Address part")).toBeFocused();
    await expect(page.getByLabel("City")).toHaveValue("Bandung");
  });
});

test.describe("with scripting off", () => {
  test.use({ javaScriptEnabled: false });

  test("the whole way can be gone", async ({ page }) => {
    const sari = somebody();
    await page.goto("/sign-up");
    await page.getByLabel("Organisation").fill(sari.organisation);
    await page.getByLabel("Your name").fill(sari.name);
    await page.getByLabel("Work e-mail").fill(sari.email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create organisation" }).click();
    await page.waitForURL("**/onboarding");

    await fillProfile(page);
    await page.getByLabel("Address part").fill("Not An Address");
    await page.getByRole("button", { name: "Save and continue" }).click();
    await expect(page.locator(".field-error")).toContainText("Use small letters");
    await expect(page.getByLabel("City")).toHaveValue("Bandung");
    await page.getByLabel("Address part").fill(`braga-${Date.now().toString(36)}`);
    await page.getByRole("button", { name: "Save and continue" }).click();
    await page.waitForURL("**step=tier&done=profile");

    await page.getByRole("link", { name: "Annual" }).click();
    await page.getByRole("link", { name: "Choose Enterprise" }).click();
    await page.waitForURL("**tier=ENTERPRISE&interval=annual");
    await page.getByRole("button", { name: "Subscribe to Enterprise" }).click();
    await page.waitForURL("**step=service&done=tier");

    await page.getByRole("link", { name: /^Order Managed PostgreSQL/ }).click();
    await page.getByLabel("Name of the service").fill("Shop database");
    await page.getByLabel("Database name").fill("shop");
    await page.getByRole("button", { name: "Order now" }).click();
    await page.waitForURL("**/onboarding?step=service");
    await expect(page.getByRole("link", { name: "Shop database" })).toBeVisible();
    await page.getByRole("link", { name: "Continue" }).click();

    await page.getByLabel("E-mail").fill(sari.email);
    await page.getByRole("button", { name: "Send invitation" }).click();
    await expect(page.locator(".field-error")).toContainText("member already");
    await page.getByRole("button", { name: "Skip for now" }).click();
    await page.waitForURL("**/onboarding?done=skipped");
    await expect(page.getByText("You are all set")).toBeVisible();
  });
});

test.describe("every step is calm and accessible", () => {
  for (const language of ["en", "id"]) {
    test(`in ${language}`, async ({ page, context }) => {
      test.slow();
      await signUp(page, somebody());
      await context.addCookies([{ name: "hub_lang", value: language, url: process.env.E2E_URL! }]);
      for (const step of ["profile", "tier", "service", "colleague"]) {
        await open(page, `/onboarding?step=${step}`);
        await accessible(page);
        await shots(page, `onboarding-${step}-${language}`);
      }
    });
  }
});

test("what was chosen on the price list is chosen at the step of the tier, on another device too", async ({ page, browser }) => {
  await open(page, "/pricing?currency=IDR");
  await page.getByRole("button", { name: "Annual" }).click();
  await page.waitForURL(/interval=annual/);
  await expect(page.getByText("per month, billed monthly").first()).toBeVisible();
  await expect(page.getByText("Not sold in this currency and term")).toHaveCount(0);
  await page.locator("article", { has: page.getByRole("heading", { name: /^enterprise$/i }) }).getByRole("link").click();
  await page.waitForURL(/\/sign-up\?tier=/);
  await hydrated(page);
  const sari = somebody();
  await sendSignUp(page, sari);
  await expect(page.getByLabel("Currency")).toHaveValue("IDR");

  const elsewhere = await another(browser);
  await signIn(elsewhere.page, sari);
  await open(elsewhere.page, "/onboarding?step=tier");
  await expect(elsewhere.page.getByRole("link", { name: "Annual" })).toHaveAttribute("aria-current", "true");
  await expect(elsewhere.page.getByRole("button", { name: /^Subscribe to Enterprise/i })).toBeVisible();
  await elsewhere.end();
});
