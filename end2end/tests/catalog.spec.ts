// The catalog: found, compared, priced to the cent, ordered once; and edited by the provider without touching what runs.
import { accessible, shots } from "../harness/look";
import { another, expectState, orderDatabase, sendSignUp, signInStaff, signUp, somebody } from "../harness/people";
import { expect, hydrated, open, test } from "../harness/test";

test("offerings are searched and narrowed, and their plans compared", async ({ page }) => {
  await signUp(page, somebody());
  await open(page, "/catalog");
  await expect(page.locator("[data-offering]")).toHaveCount(2);
  await page.getByPlaceholder("Search the catalog").fill("certificate");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.locator("[data-offering]")).toHaveCount(1);
  await expect(page.locator("[data-offering=uptime-monitoring]")).toBeVisible();
  await page.getByRole("link", { name: "Databases" }).click();
  await expect(page.getByText("Nothing matches")).toBeVisible();
  await page.getByRole("link", { name: "Show everything" }).click();
  await page.getByRole("link", { name: "Managed PostgreSQL" }).click();
  await page.waitForURL("**/catalog/managed-postgresql");
  await expect(page.locator("[data-plan]")).toHaveCount(3);
});

test("the price follows the typing, to the cent", async ({ page }) => {
  await signUp(page, somebody());
  await open(page, "/catalog/managed-postgresql?plan=standard");
  const total = page.locator("[data-bill=each] [data-total]");
  await expect(total).toBeVisible();
  const idle = await total.innerText();
  await page.getByLabel("Storage").fill("13600");
  await expect(total).not.toHaveText(idle);
  await expect(page.locator("[data-bill=each]")).toContainText("13,600");
  await page.getByRole("link", { name: "Choose Business" }).click();
  await expect(page.getByRole("heading", { name: "Order Business" })).toBeVisible();
  await expect(total).toBeVisible();
});

test.describe("a refused order", () => {
  // The browser itself writes a line for every refusal.
  test.use({ expectedErrors: [/422/] });

  test("says what does not fit beside its field, and what was typed stays", async ({ page }) => {
    await signUp(page, somebody());
    await open(page, "/catalog/managed-postgresql");
    await page.getByLabel("Name of the service").fill("Shop database");
    await page.getByLabel("Database name").fill("Not A Name");
    await page.getByRole("button", { name: "Order now" }).click();
    await expect(page.getByLabel("Database name")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Database name")).toBeFocused();
    await expect(page.getByLabel("Name of the service")).toHaveValue("Shop database");
  });
});

test("the same form sent twice orders once", async ({ page, request }) => {
  await signUp(page, somebody());
  await open(page, "/catalog/managed-postgresql");
  await page.getByLabel("Name of the service").fill("Only one");
  const form = await page.locator("form:has([name='form[instance]'])").evaluate((form) => {
    const data = new URLSearchParams();
    new FormData(form as HTMLFormElement).forEach((value, name) => data.append(name, String(value)));
    return { action: (form as HTMLFormElement).action, body: data.toString() };
  });
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const headers = { "content-type": "application/x-www-form-urlencoded", cookie: cookies, origin: process.env.E2E_URL! };
  const answers = await Promise.all([1, 2, 3].map(() => request.post(form.action, { data: form.body, headers, maxRedirects: 0 })));
  expect(answers.every((answer) => answer.status() < 400), "all are accepted").toBe(true);
  await open(page, "/services");
  await expect(page.locator("tbody tr")).toHaveCount(1);
});

test("operators publish a new version; what runs keeps its own", async ({ page, browser }) => {
  test.slow();
  await signUp(page, somebody());
  const id = await orderDatabase(page, { name: "Keeps its plan" });
  await expectState(page, "running");

  const staff = await another(browser);
  await signInStaff(staff.page);
  const mark = Date.now().toString(36);
  await open(staff.page, "/provider/catalog");
  await staff.page.getByText("New offering").click();
  await staff.page.getByLabel("Address").fill(`test-database-${mark}`);
  await staff.page.getByLabel("Category").fill("database");
  await staff.page.getByLabel("Driver").fill("postgresql");
  await staff.page.getByLabel("Name in English").fill(`Test database ${mark}`);
  await staff.page.getByLabel("Summary in English").fill("A database made by a test.");
  await staff.page.getByRole("button", { name: "Create it" }).click();
  await staff.page.waitForURL(`**/provider/catalog/test-database-${mark}`);
  await hydrated(staff.page);
  await expect(staff.page.locator("[data-finding=no_plans]")).toBeVisible();

  await staff.page.getByRole("link", { name: "Add a plan" }).click();
  await staff.page.getByLabel("Code").fill("small");
  await staff.page.getByLabel("Name in English").first().fill("Small");
  await staff.page.getByLabel("Limits").fill("nonsense");
  await staff.page.getByRole("button", { name: "Save the plan" }).click();
  await expect(staff.page.getByText("Write each limit as name = number").first()).toBeVisible();
  await staff.page.getByLabel("Limits").fill("storage_gb = 1\nconnections = 5");
  await staff.page.getByRole("button", { name: "Save the plan" }).click();
  await expect(staff.page.locator("[data-plan=small]")).toBeVisible();

  await staff.page.getByRole("link", { name: "Add a priced part" }).click();
  await staff.page.getByLabel("Code").fill("fee");
  await staff.page.getByLabel("Name in English").first().fill("Base fee");
  await staff.page.getByLabel("USD, monthly").fill("cheap");
  await staff.page.getByRole("button", { name: "Save the part" }).click();
  await expect(staff.page.getByText("This is not a price of the chosen model: cheap").first()).toBeVisible();
  for (const currency of ["IDR", "USD", "EUR"]) {
    await staff.page.getByLabel(`${currency}, monthly`).fill(currency === "IDR" ? "40000" : "2.75");
  }
  await staff.page.getByRole("button", { name: "Save the part" }).click();
  await expect(staff.page.getByText("Nothing stands in the way of publishing.")).toBeVisible();
  await staff.page.getByRole("button", { name: "Publish" }).click();
  await staff.page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  await expect(staff.page.locator("[data-published]")).toBeVisible();

  await open(page, `/catalog/test-database-${mark}`);
  await expect(page.locator("[data-plan=small]")).toBeVisible();
  await open(page, `/services/${id}`);
  await expect(page.getByText("Dev", { exact: true })).toBeVisible();

  await staff.page.getByRole("button", { name: "Pause sales" }).click();
  await staff.page.getByRole("dialog").getByRole("button", { name: "Pause sales" }).click();
  await expect(staff.page.getByRole("button", { name: "Sell again" })).toBeVisible();
  await open(page, "/catalog");
  await expect(page.locator("[data-offering]")).toHaveCount(2);

  await accessible(staff.page);
  await shots(staff.page, "provider-offering");
  await open(staff.page, "/provider/catalog");
  await accessible(staff.page);
  await shots(staff.page, "provider-catalog");
  await staff.end();
});

for (const language of ["en", "id"]) {
  test(`the catalog is calm and accessible in ${language}`, async ({ page, context }) => {
    test.slow();
    await context.addCookies([{ name: "hub_lang", value: "en", url: process.env.E2E_URL! }]);
    await signUp(page, somebody());
    await context.addCookies([{ name: "hub_lang", value: language, url: process.env.E2E_URL! }]);
    for (const [address, name] of [
      ["/catalog", "catalog"],
      ["/catalog/managed-postgresql?plan=standard", "catalog-postgresql"],
      ["/catalog/uptime-monitoring", "catalog-uptime"],
    ]) {
      await open(page, address);
      await accessible(page);
      await shots(page, `${name}-${language}`);
    }
  });
}

test("a second check is added to the order form, and the first taken away", async ({ page }) => {
  await signUp(page, somebody());
  await open(page, "/catalog/uptime-monitoring?plan=scale");
  const rows = page.locator("fieldset.schema-row");
  await expect(rows).toHaveCount(1);
  await page.getByRole("button", { name: "Add another", exact: true }).click();
  await expect(rows).toHaveCount(2);
  await rows.last().getByLabel("Name", { exact: true }).fill("The second");
  await rows.first().getByRole("button", { name: "Remove" }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows.getByLabel("Name", { exact: true })).toHaveValue("The second");
  // Counted anew, and one stays.
  await expect(rows.locator("legend")).toHaveText("Check 1");
  await expect(rows.getByRole("button", { name: "Remove" })).toHaveCount(0);
});

test("a list that may be empty begins empty, and its last row goes again", async ({ page }) => {
  await open(page, "/_gallery");
  const list = page.locator("[id='f-form-configuration--checks']");
  const rows = list.locator("fieldset.schema-row");
  await expect(rows).toHaveCount(0);
  await list.getByRole("button", { name: "Add another", exact: true }).click();
  await rows.getByLabel("Target").fill("a.test");
  await rows.getByRole("button", { name: "Remove" }).click();
  await expect(rows).toHaveCount(0);
  await list.getByRole("button", { name: "Add another", exact: true }).click();
  await expect(rows.getByLabel("Target")).toHaveValue("");
});

test.describe("with scripting off", () => {
  test.use({ javaScriptEnabled: false });

  test("checks are ordered after a complaint: it names the right row, and rows left blank ask for nothing", async ({ page }) => {
    await page.goto("/sign-up");
    await sendSignUp(page, somebody());
    await page.goto("/catalog/uptime-monitoring?plan=scale");
    const rows = page.locator("fieldset.schema-row");
    // In rows that may stay blank the labels say so behind the name.
    const name = (row: number) => rows.nth(row).getByLabel(/^Name/);
    const target = (row: number) => rows.nth(row).getByLabel(/^Target/);
    await expect(rows).toHaveCount(3);
    await page.getByLabel("Name of the service").fill("Plain checks");
    await name(0).fill("First");
    await target(0).fill("https://example.com/first");
    await name(2).fill("Second");
    await target(2).fill("ftp://nonsense");
    await page.getByRole("button", { name: "Order now" }).click();
    await expect(page.getByText("Please check these fields")).toBeVisible();

    await expect(rows).toHaveCount(3);
    await expect(rows.locator("legend")).toHaveText(["Check 1", "Check 2", "Check 3"]);
    await expect(name(1)).toHaveValue("Second");
    await expect(target(1)).toHaveValue("ftp://nonsense");
    await expect(target(1)).toHaveAttribute("aria-invalid", "true");
    await expect(target(0)).not.toHaveAttribute("aria-invalid", "true");
    await page.getByRole("alert").getByRole("link", { name: "Check 2, Target" }).click();
    await expect(target(1)).toBeFocused();
    await expect(target(2)).toHaveValue("");
    expect(await rows.nth(2).locator("[required]").count()).toBe(0);

    await target(1).fill("https://example.com/second");
    await page.getByRole("button", { name: "Order now" }).click();
    await page.waitForURL(/\/services\/ins_\w+$/);
  });
});
