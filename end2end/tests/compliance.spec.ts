// The audit trail: read, narrowed and verified by an organisation and by the provider; and the provider's first page.
import { accessible, shots } from "../harness/look";
import { another, PASSWORD, signInStaff, signUp, somebody } from "../harness/people";
import { expect, hydrated, open, test } from "../harness/test";

test("an organisation sees its own activity, narrows it and checks its chain", async ({ page, browser }) => {
  const sari = somebody();
  await signUp(page, sari);
  await open(page, "/team");
  await page.locator("#invite").getByLabel("E-mail").fill(somebody().email);
  await page.locator("#invite").getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByText("The invitation is on its way.")).toBeVisible();

  await open(page, "/activity");
  const entry = (name: RegExp) => page.getByRole("row", { name });
  await expect(entry(/Invited a colleague/)).toContainText(sari.name);
  await expect(entry(/Created the organisation/)).toBeVisible();
  await entry(/Invited a colleague/).getByText("Show").click();
  await expect(entry(/Invited a colleague/)).toContainText("identity.member.invited");

  await page.getByText("Filter", { exact: true }).click();
  await page.getByLabel("Area").selectOption("billing.");
  await page.getByRole("button", { name: "Show entries" }).click();
  await page.waitForURL("**action=billing.**");
  await expect(entry(/Invited a colleague/)).toHaveCount(0);
  await page.getByRole("link", { name: "Clear filters" }).first().click();
  await expect(entry(/Invited a colleague/)).toBeVisible();

  await page.getByRole("link", { name: "Check the chain" }).click();
  await expect(page.getByText("The chain holds")).toBeVisible();
  await expect(page.locator("[data-head]")).toHaveText(/^[0-9a-f]{64}$/);
  await page.getByRole("link", { name: "Check the chain" }).click();
  await page.waitForURL("**check=2**");

  // Another organisation sees nothing of it.
  const other = await another(browser);
  await signUp(other.page, somebody("Budi Santoso"));
  await open(other.page, "/activity");
  await expect(other.page.getByRole("row", { name: /Created the organisation/ })).toBeVisible();
  await expect(other.page.getByRole("row", { name: /Invited a colleague/ })).toHaveCount(0);
  await expect(other.page.getByText(sari.name)).toHaveCount(0);
  await other.end();
});

test.describe("mistyped filters", () => {
  test.use({ expectedErrors: [/422/] });

  test("are told beside the field", async ({ page }) => {
    await signUp(page, somebody());
    await page.goto("/activity?from=yesterday&outcome=refused");
    await hydrated(page);
    await expect(page.locator(".field-error")).toContainText("2026-01-31");
    await expect(page.getByLabel("Outcome")).toHaveValue("refused");
  });
});

test.describe("with scripting off", () => {
  test.use({ javaScriptEnabled: false });

  test("activity is filtered and verified by links and forms", async ({ page }) => {
    const sari = somebody();
    await page.goto("/sign-up");
    await page.getByLabel("Organisation").fill(sari.organisation);
    await page.getByLabel("Your name").fill(sari.name);
    await page.getByLabel("Work e-mail").fill(sari.email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create organisation" }).click();
    await page.waitForURL("**/onboarding");
    await page.goto("/activity");
    await page.getByText("Filter", { exact: true }).click();
    await page.getByLabel("Area").selectOption("identity.");
    await page.getByRole("button", { name: "Show entries" }).click();
    await expect(page.getByRole("row", { name: /Created the organisation/ })).toBeVisible();
    await page.getByRole("link", { name: "Check the chain" }).click();
    await expect(page.getByText("The chain holds")).toBeVisible();
  });
});

test("the provider sees how everything stands and everybody's trail", async ({ page, browser }) => {
  const sari = somebody();
  const other = await another(browser);
  await signUp(other.page, sari);
  await other.end();

  await signInStaff(page);
  await open(page, "/provider");
  await expect(page.getByRole("link", { name: sari.organisation })).toBeVisible();
  await expect(page.getByRole("row", { name: /Web.*Worker|Worker.*Web/ })).toBeVisible();

  await open(page, "/provider/audit");
  await page.getByText("Filter", { exact: true }).click();
  await page.getByRole("combobox", { name: "Organisation", exact: true }).selectOption({ label: sari.organisation });
  await page.getByRole("button", { name: "Show entries" }).click();
  await page.waitForURL("**tenant=org_**");
  await expect(page.getByRole("row", { name: /Created the organisation/ })).toContainText(sari.organisation);
  await page.getByRole("link", { name: "Check the chain" }).click();
  await expect(page.getByText("The chain holds")).toBeVisible();
});

test.describe("the provider's first page left open", () => {
  // The browser logs what is cut off here, and what is refused to nobody.
  test.use({ expectedErrors: [/ERR_FAILED|401/] });

  test("says that it may be old, and is left when the session is over", async ({ page, context }) => {
    await signInStaff(page);
    await open(page, "/provider");
    const looks = "**/call/pages_compliance/provider/calls/look_over";
    await page.route(looks, (route) => route.abort());
    await expect(page.getByText("What is shown here may be old.")).toBeVisible({ timeout: 15_000 });
    await page.unroute(looks);
    await expect(page.getByText("What is shown here may be old.")).toHaveCount(0, { timeout: 15_000 });
    await context.clearCookies();
    await page.waitForURL("**/provider/sign-in?next=/provider", { timeout: 15_000 });
  });
});

test("an organisation's people do not reach the provider's pages", async ({ page }) => {
  await signUp(page, somebody());
  for (const address of ["/provider", "/provider/audit"]) {
    await page.goto(address);
    await page.waitForURL("**/provider/sign-in**");
  }
});

test.describe("every page is calm and accessible", () => {
  for (const language of ["en", "id"]) {
    test(`in ${language}`, async ({ page, context }) => {
      test.slow();
      await signUp(page, somebody());
      await signInStaff(page, "auditor");
      await context.addCookies([{ name: "hub_lang", value: language, url: process.env.E2E_URL! }]);
      for (const [address, name] of [["/activity?outcome=done&check=1", "activity"], ["/provider", "provider-home"], ["/provider/audit", "provider-audit"]]) {
        await open(page, address);
        await accessible(page);
        await shots(page, `compliance-${name}-${language}`);
      }
    });
  }
});
