// Money: what an organisation owes and why, and the provider's record of what was paid; with scripting and without.
import { accessible, shots } from "../harness/look";
import { another, expectState, orderDatabase, signInStaff, signUp, somebody } from "../harness/people";
import { expect, hydrated, open, test } from "../harness/test";

test("the billing page says how the account stands", async ({ page }) => {
  await signUp(page, somebody());
  await open(page, "/billing");
  await expect(page.getByRole("heading", { level: 1, name: "Billing" })).toBeVisible();
  await expect(page.getByText(/Nothing was billed so far|There is nothing to bill yet/)).toBeVisible();
  await accessible(page);
  await shots(page, "billing");
});

test.describe("what is not there", () => {
  // The browser itself writes a line for every 404.
  test.use({ expectedErrors: [/404/] });

  test("an unknown invoice and its PDF answer alike, for everybody", async ({ page }) => {
    await signUp(page, somebody());
    for (const id of ["inv_01jh0000000000000000000000", "nonsense"]) {
      const answer = await page.goto(`/billing/invoices/${id}`);
      expect(answer?.status()).toBe(404);
      await expect(page.getByText("There is nothing here")).toBeVisible();
      const pdf = await page.request.get(`/billing/invoices/${id}/invoice.pdf`);
      expect(pdf.status()).toBe(404);
      const staffs = await page.request.get(`/provider/invoices/${id}/invoice.pdf`);
      expect(staffs.status()).toBe(404);
    }
  });
});

test.describe("with scripting off", () => {
  test.use({ javaScriptEnabled: false });

  test("billing asks those who are not signed in to sign in", async ({ page }) => {
    await page.goto("/billing");
    await page.waitForURL("**/sign-in?next=/billing");
  });
});

test("an invoice shows how it came to be, and a recorded transfer pays it", async ({ page, browser }) => {
  test.slow();
  await signUp(page, somebody());
  await orderDatabase(page, { plan: "standard", name: "Shop orders" });
  await expectState(page, "running");
  await open(page, "/billing");
  await expect(page.getByText("Shop orders").first()).toBeVisible();
  await expect(page.locator("#refused")).toContainText("Nothing was refused");
  const number = page.locator("#invoices tbody .row-link").first();
  // Billing hears of the service by an event, which a job delivers.
  await expect(async () => {
    await page.reload();
    await expect(number).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await hydrated(page);
  await number.click();
  await page.waitForURL("**/billing/invoices/inv_*");
  await hydrated(page);
  await page.getByText("How this was calculated").first().click();
  await expect(page.getByText("Calculated again just now: the same amount.").first()).toBeVisible();
  await accessible(page);
  await shots(page, "invoice");

  const address = new URL(page.url()).pathname;
  const pdf = await page.request.get(`${address}/invoice.pdf`);
  expect(pdf.status()).toBe(200);
  expect(pdf.headers()["content-type"]).toBe("application/pdf");
  expect((await pdf.body()).subarray(0, 5).toString()).toBe("%PDF-");

  const stranger = await another(browser);
  await signUp(stranger.page, somebody());
  expect((await stranger.page.request.get(`${address}/invoice.pdf`)).status()).toBe(404);
  await stranger.end();

  const staff = await another(browser);
  await signInStaff(staff.page);
  const id = address.split("/").at(-1)!;
  await open(staff.page, `/provider/invoices?invoice=${id}`);
  await staff.page.getByLabel("The bank's reference").fill(`FT-${id}`);
  const amount = staff.page.getByLabel("Amount received");
  const owed = await amount.inputValue();
  await amount.fill(String(Number(owed) + 10));
  await staff.page.getByRole("button", { name: "Check before recording" }).click();
  await expect(staff.page.getByText(/is more than what is open/)).toBeVisible();
  await accessible(staff.page);
  // Reviewed on a second page too, before anything was recorded.
  const review = new URL(staff.page.url());
  review.searchParams.set("reference", `FT2-${id}`);
  review.searchParams.set("received_on", "1999-01-01");
  const late = await staff.page.context().newPage();
  await open(late, review.pathname + review.search);
  await expect(late.getByText(/before the invoice was issued/)).toBeVisible();
  await staff.page.getByRole("button", { name: "Record payment" }).click();
  await expect(staff.page.getByText("The payment is recorded.")).toBeVisible();
  await shots(staff.page, "provider-invoices");
  await late.getByRole("button", { name: "Record payment" }).click();
  await expect(late.getByText(/Nothing was recorded. Check it again./)).toBeVisible();
  await expect(late.getByRole("button", { name: "Record payment" })).toBeVisible();
  await staff.end();

  // Live: the open page learns of the payment by itself.
  await expect(page.locator("[data-state=paid]").first()).toBeVisible();
  // What came in beyond it is told.
  await expect(page.locator(".key-value").filter({ hasText: "Beyond this invoice, to the balance" })).toContainText("10.00");
});

test("a tier is changed by clicking: a larger one at once, a smaller one with the next term, and that is taken back", async ({ page }) => {
  test.slow();
  await signUp(page, somebody());
  await open(page, "/onboarding?step=tier");
  await page.getByRole("button", { name: /^Subscribe to Professional/i }).click();
  await page.waitForURL(/done=tier/);
  const tiers = page.locator("#change");
  const choose = async (name: RegExp) => {
    await open(page, "/billing");
    await page.locator("#subscriptions").getByRole("link", { name: "Change tier" }).click();
    await expect(tiers).toBeFocused();
    await expect(tiers).toBeInViewport();
    await tiers.getByRole("radio", { name }).check();
    await tiers.getByRole("button", { name: "Show what it costs" }).click();
    await expect(page.locator("#price")).toBeFocused();
    await expect(page.locator("#price")).toBeInViewport();
    expect(new URL(page.url()).search).toMatch(/^\?change=\w+&to=[^&]+$/);
  };

  await choose(/^enterprise .* per month/i);
  await expect(tiers.getByText("Changes today")).toBeVisible();
  await accessible(page);
  await shots(page, "billing-change-tier");
  await tiers.getByRole("button", { name: "Change now" }).click();
  await expect(page.getByText("The change is made.")).toBeVisible();

  await choose(/^starter .* per month/i);
  await expect(tiers.getByText("Nothing is charged today.")).toBeVisible();
  await tiers.getByRole("button", { name: /^Change on / }).click();
  await expect(page.getByText("The change is planned.")).toBeVisible();
  await expect(page.locator("#subscriptions")).toContainText(/Changes to STARTER on/i);
  await shots(page, "billing-tier-planned");
  await page.getByRole("button", { name: "Keep the present tier" }).click();
  await expect(page.getByText("The subscription goes on as it is.")).toBeVisible();
  await expect(page.locator("#subscriptions")).not.toContainText(/Changes to/);
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
});

test.describe("where transfers go", () => {
  // An account without its number is refused, which the browser tells in its console.
  test.use({ expectedErrors: [/422/] });

  test("is set by the provider's staff, a complaint beside each missing field", async ({ page }) => {
    await signInStaff(page);
    await open(page, "/provider/invoices");
    const accounts = page.locator("#accounts");
    const first = accounts.locator("fieldset").first();
    await first.getByLabel(/^Bank/).fill("Bank Contoh");
    await first.getByLabel("Account holder").fill("Service Hub");
    await accounts.getByRole("button", { name: "Save" }).click();
    await expect(accounts.getByText("1 to 70 characters.").first()).toBeVisible();
    await first.getByLabel("Account number").fill("0012345678");
    await accounts.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("The accounts are saved.")).toBeVisible();
    await page.reload();
    await hydrated(page);
    await expect(first.getByLabel("Account number")).toHaveValue("0012345678");
    await accessible(page);
    await shots(page, "provider-accounts");
  });
});
