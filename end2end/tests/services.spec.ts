// A managed database through its life: ordered, watched, used, stopped, changed, deleted, brought back; seen by nobody else.
import { accessible, shots } from "../harness/look";
import { another, expectState, orderDatabase, PASSWORD, signInStaff, signUp, somebody } from "../harness/people";
import { psql } from "../harness/psql";
import { expect, hydrated, open, test } from "../harness/test";

test("a database is ordered, used, stopped, changed, deleted and restored, live", async ({ page }) => {
  test.slow();
  await signUp(page, somebody());
  const id = await orderDatabase(page, { name: "Shop database", database: "shop" });
  await expect(page.getByRole("heading", { level: 1, name: "Shop database" })).toBeVisible();

  // Nothing is reloaded: the page follows.
  await page.evaluate(() => ((window as unknown as { here: boolean }).here = true));
  await expectState(page, "running");
  await expect(page.getByText("Where to connect")).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { here?: boolean }).here)).toBe(true);

  await page.getByRole("link", { name: "Credentials" }).click();
  await page.waitForURL("**?tab=credentials");
  // Looked at, and left without revealing anything.
  await expect(page.getByRole("button", { name: "Reveal them now" })).toBeVisible();
  await page.getByRole("link", { name: "Overview", exact: true }).click();
  await expect(page.getByText("Where to connect")).toBeVisible();
  await expect(page.getByRole("button", { name: "Reveal them now" })).toHaveCount(0);
  await page.getByRole("link", { name: "Credentials" }).click();
  await page.getByRole("button", { name: "Reveal them now" }).click();
  await expect(page.getByText("Copy these now")).toBeVisible();
  const first = await page.locator("[data-credential=uri]").innerText();
  expect(psql(first, "SELECT current_database() <> ''").answer).toBe("t");
  expect(psql(first, "CREATE TABLE kept (a int); INSERT INTO kept VALUES (7)").refused).toBeUndefined();
  await page.reload();
  await hydrated(page);
  await expect(page.locator("[data-credential=password]")).toHaveCount(0);
  await expect(page.getByText("Shown on")).toBeVisible();

  await page.getByRole("button", { name: "Suspend", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Suspend", exact: true }).click();
  await expectState(page, "suspended");
  expect(psql(first, "SELECT 1").refused).toContain("not permitted to log in");
  await page.getByRole("button", { name: "Resume" }).click();
  await expectState(page, "running");
  expect(psql(first, "SELECT a FROM kept").answer).toBe("7");

  await page.getByRole("button", { name: "Make new credentials" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make new credentials" }).click();
  await page.getByRole("button", { name: "Reveal them now" }).click({ timeout: 30_000 });
  const second = await page.locator("[data-credential=uri]").innerText();
  expect(second).not.toBe(first);
  expect(psql(first, "SELECT 1").refused).toContain("password authentication failed");
  expect(psql(second, "SELECT a FROM kept").answer).toBe("7");

  await page.getByRole("link", { name: "Configuration" }).click();
  await page.getByLabel("Name of the service").fill("Shop database, Bandung");
  await page.getByLabel("Connection limit").fill("99");
  await page.getByRole("button", { name: "Save the changes" }).click();
  // The browser itself knows the limit.
  await expect(page.getByLabel("Connection limit")).toBeFocused();
  await page.getByLabel("Connection limit").fill("3");
  await page.getByRole("button", { name: "Save the changes" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Shop database, Bandung" })).toBeVisible();
  await expectState(page, "running");

  // A new name of the database is felt by every application: it is asked back about, and may be left.
  const databaseName = page.getByLabel("Database name");
  const was = await databaseName.inputValue();
  await databaseName.fill("renamed");
  await page.getByRole("button", { name: "Save the changes" }).click();
  const asks = page.getByRole("dialog", { name: "Save this change?" });
  await expect(asks).toContainText("applications must be given the new address");
  await asks.getByRole("button", { name: "Cancel" }).click();
  await databaseName.fill(was);

  // The plan's change asks about nothing that the plan does not change, and reading goes on there.
  await page.getByRole("link", { name: "Choose Standard" }).click();
  await expect(page.locator("#change")).toBeFocused();
  await expect(page.locator("#change")).toBeInViewport();
  await expect(page.locator("#change").getByLabel("Database name")).toHaveCount(0);
  await page.getByRole("button", { name: "Change to Standard" }).click();
  await expect(page).toHaveURL(/\?tab=configuration$/);
  await expect(page.locator("#change")).toHaveCount(0);
  await expect(page.locator("[data-plan=standard]").getByText("Present plan")).toBeVisible({ timeout: 30_000 });
  await expectState(page, "running");

  await page.getByRole("link", { name: "Activity", exact: true }).last().click();
  await expect(page.getByRole("heading", { name: "Change of plan" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Set-up" })).toBeVisible();
  await page.getByText("Log", { exact: true }).first().click();
  await expect(page.getByText("Finished and checked").first()).toBeVisible();

  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expectState(page, "grace");
  expect(psql(second, "SELECT 1").refused).toBeTruthy();
  await page.getByRole("button", { name: "Restore" }).click();
  await expectState(page, "running");
  expect(psql(second, "SELECT a FROM kept").answer).toBe("7");

  await open(page, "/services");
  await expect(page.getByRole("row", { name: /Shop database, Bandung/ }).locator("[data-state=running]")).toBeVisible();
  expect(page.url()).not.toContain(id);
});

test.describe("another organisation's service", () => {
  // Chromium's own lines about the pages that are not there.
  test.use({ expectedErrors: [/404/] });

  test("answers like an unknown one, and stands in nobody else's list", async ({ page, browser }) => {
    await signUp(page, somebody());
    const id = await orderDatabase(page, { name: "Private database" });
    await expectState(page, "running");

    const other = await another(browser);
    await signUp(other.page, somebody("Budi Santoso"));
    const unknown = `${id.slice(0, -4)}0000`;
    const answers = [];
    for (const address of [id, unknown]) {
      const answer = await other.page.goto(`/services/${address}`);
      await expect(other.page.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
      await expect(other.page).toHaveTitle(/There is nothing here/);
      answers.push(answer!.status());
    }
    expect(answers).toEqual([404, 404]);
    await open(other.page, "/services");
    await expect(other.page.getByText("No services yet")).toBeVisible();
    await other.end();
  });
});

test("two tabs of one organisation show the same at once", async ({ page, context }) => {
  await signUp(page, somebody());
  await orderDatabase(page, { name: "Seen twice" });
  await expectState(page, "running");
  const list = await context.newPage();
  await open(list, "/services");
  const row = list.getByRole("row", { name: /Seen twice/ });
  await expect(row.locator("[data-state=running]")).toBeVisible();
  await expect(list.locator("[data-live=live]")).toBeVisible();
  await page.getByRole("button", { name: "Suspend", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Suspend", exact: true }).click();
  await expect(row.locator("[data-state=suspended]")).toBeVisible();
});

test("the list is searched, filtered and sorted by its address", async ({ page }) => {
  await signUp(page, somebody());
  for (const name of ["Beta", "Alpha"]) {
    await orderDatabase(page, { name });
    await expectState(page, "running");
  }
  await open(page, "/services");
  const names = () => page.locator("tbody .row-link").allInnerTexts();
  expect(await names()).toEqual(["Alpha", "Beta"]);
  await page.getByRole("link", { name: "Name" }).click();
  await page.waitForURL("**sort=name");
  await expect.poll(names).toEqual(["Alpha", "Beta"]);
  await page.getByRole("link", { name: "Created" }).click();
  await expect.poll(names).toEqual(["Beta", "Alpha"]);
  await page.getByPlaceholder("Search this list").fill("alp");
  await page.getByRole("button", { name: "Apply" }).first().click();
  await expect.poll(names).toEqual(["Alpha"]);
  expect(new URL(page.url()).search).toBe("?q=alp&sort=created");
  await page.goBack();
  await expect.poll(names).toEqual(["Beta", "Alpha"]);
  await expect(page.getByPlaceholder("Search this list")).toHaveValue("");
  // The palette begins anew each time, and finds services.
  const palette = page.getByRole("dialog").getByRole("combobox");
  await page.keyboard.press("Control+k");
  await palette.fill("alp");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(palette).toHaveValue("");
  await palette.fill("alp");
  await expect(page.getByRole("option", { name: "Search services for “alp”" })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/services?q=alp");
  await expect.poll(names).toEqual(["Alpha"]);
  await open(page, "/services?state=failed");
  await expect(page.getByText("Nothing matches these filters")).toBeVisible();
});

test.describe("with scripting off", () => {
  test.use({ javaScriptEnabled: false });

  test("a database is ordered, its credentials revealed once, and it is suspended", async ({ page }) => {
    test.slow();
    const sari = somebody();
    await page.goto("/sign-up");
    await page.getByLabel("Organisation").fill(sari.organisation);
    await page.getByLabel("Your name").fill(sari.name);
    await page.getByLabel("Work e-mail").fill(sari.email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create organisation" }).click();
    await page.waitForURL("**/onboarding");

    await page.goto("/catalog/managed-postgresql");
    await page.getByRole("link", { name: "Choose Standard" }).click();
    await page.waitForURL("**?plan=standard#order");
    await page.getByLabel("Name of the service").fill("Plain database");
    await page.getByLabel("Database name").evaluate((field) => field.removeAttribute("maxlength"));
    await page.getByLabel("Database name").fill("Not A Name");
    await page.getByRole("button", { name: "Order now" }).click();
    await expect(page.getByText("Please check these fields")).toBeVisible();
    await page.getByRole("alert").getByRole("link", { name: "Database name" }).click();
    await expect(page.getByLabel("Database name")).toBeFocused();
    await expect(page.getByLabel("Name of the service")).toHaveValue("Plain database");
    await expect(page.getByLabel("Database name")).toHaveValue("Not A Name");
    await page.getByLabel("Database name").fill("plain");
    await page.getByRole("button", { name: "Order now" }).click();
    await page.waitForURL(/\/services\/ins_\w+$/);
    await expect(async () => {
      await page.reload();
      await expect(page.locator(".page-aside [data-state=running]")).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 30_000 });

    await page.getByRole("link", { name: "Credentials" }).click();
    await page.getByRole("button", { name: "Reveal them now" }).click();
    const uri = await page.locator("[data-credential=uri]").innerText();
    expect(psql(uri, "SELECT 1").answer).toBe("1");
    await page.reload();
    await expect(page.locator("[data-credential=uri]")).toHaveCount(0);

    await page.getByRole("button", { name: "Suspend", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Suspend", exact: true }).click();
    await expect(async () => {
      await page.reload();
      await expect(page.locator(".page-aside [data-state=suspended]")).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
    expect(psql(uri, "SELECT 1").refused).toBeTruthy();
  });
});

test("the provider's staff follow every operation", async ({ page, browser }) => {
  const sari = somebody();
  await signUp(page, sari);
  await orderDatabase(page, { name: "Watched database" });
  await expectState(page, "running");
  const staff = await another(browser);
  await signInStaff(staff.page);
  await open(staff.page, "/provider/orders");
  const row = staff.page.getByRole("row", { name: new RegExp(sari.organisation) });
  await expect(row.getByText("Watched database")).toBeVisible();
  await accessible(staff.page);
  await shots(staff.page, "provider-orders");
  await row.getByRole("link").first().click();
  await staff.page.waitForURL("**/provider/operations/op_*");
  await hydrated(staff.page);
  await expect(staff.page.getByText("A worker took it up")).toBeVisible();
  await accessible(staff.page);
  await shots(staff.page, "provider-operation");
  await staff.page.getByRole("button", { name: "Repair what loses nothing" }).click();
  await expect(staff.page.getByRole("heading", { level: 1, name: "Repair" })).toBeVisible();
  await expect(staff.page.locator(".page-aside [data-state=succeeded]")).toBeVisible({ timeout: 30_000 });
  await staff.end();
});

for (const language of ["en", "id"]) {
  test(`every page of services is calm and accessible in ${language}`, async ({ page, context }) => {
    test.slow();
    await context.addCookies([{ name: "hub_lang", value: "en", url: process.env.E2E_URL! }]);
    await signUp(page, somebody());
    await open(page, "/services");
    await accessible(page);
    await shots(page, `services-empty-${language}`);
    const id = await orderDatabase(page, { name: "Shop database" });
    await expectState(page, "running");
    await context.addCookies([{ name: "hub_lang", value: language, url: process.env.E2E_URL! }]);
    const look = async (address: string, name: string) => {
      await open(page, address);
      await accessible(page);
      await shots(page, `${name}-${language}`);
    };
    await look("/services", "services");
    await look(`/services/${id}`, "service-overview");
    for (const tab of ["live", "configuration", "credentials", "usage", "activity"]) {
      await look(`/services/${id}?tab=${tab}`, `service-${tab}`);
    }
  });
}

test("a list is kept as one likes to see it, and comes as a file", async ({ page }) => {
  await signUp(page, somebody());
  await orderDatabase(page, { plan: "standard", name: "Shop orders" });
  await expectState(page, "running");
  await open(page, "/services?state=running&sort=name");
  const views = page.locator("details", { has: page.locator("#view-name") });
  await views.locator("summary").click();
  await views.getByLabel("Keep this view as").fill("Running by name");
  await views.getByRole("button", { name: "Save" }).click();
  await page.waitForURL("**/services?state=running&sort=name");
  await hydrated(page);
  await expect(views.locator("summary")).toHaveText("Running by name");

  await open(page, "/services");
  await expect(views.locator("summary")).toHaveText("Views");
  await views.locator("summary").click();
  await accessible(page);
  await shots(page, "services-views");
  await views.getByRole("link", { name: "Running by name" }).click();
  await page.waitForURL("**/services?state=running&sort=name");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^services-\d{4}-\d{2}-\d{2}\.csv$/);
  const text = await (await file.createReadStream()).toArray().then((parts) => Buffer.concat(parts).toString());
  expect(text).toMatch(/^id,name,state,drifts,offering,plan,created_at\r\nins_\w+,Shop orders,running,false,/);

  await views.locator("summary").click();
  await views.getByRole("button", { name: "Delete the view Running by name" }).click();
  await page.waitForURL("**/services?state=running&sort=name");
  await hydrated(page);
  await expect(views.locator("summary")).toHaveText("Views");
});

test("the keyboard reaches the page's contents past the navigation, and reading begins there on every page", async ({ page }) => {
  await signUp(page, somebody());
  await open(page, "/services");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
  expect(new URL(page.url()).hash).toBe("");
  await page.getByRole("link", { name: "Monitoring", exact: true }).click();
  await page.waitForURL("**/monitoring");
  await expect(page.getByRole("heading", { level: 1, name: "Monitoring" })).toBeVisible();
  await expect(page.locator("#content")).toBeFocused();
});

test("a smaller plan that is taken back is not asked for again, and the focus is never lost", async ({ page }) => {
  test.slow();
  await signUp(page, somebody());
  const id = await orderDatabase(page, { plan: "standard", name: "Shop database" });
  await expectState(page, "running");
  await open(page, `/services/${id}?tab=configuration`);
  await page.getByRole("link", { name: "Choose Dev" }).click();
  await expect(page.locator("#change")).toBeFocused();
  await page.locator("#change").getByRole("button", { name: /^Change/ }).click();
  await expect(page.getByRole("button", { name: "Keep the present plan" })).toBeVisible();
  await expect(page).toHaveURL(/\?tab=configuration$/);
  await page.getByRole("button", { name: "Keep the present plan" }).click();
  await expect(page.getByRole("button", { name: "Keep the present plan" })).toHaveCount(0);
  await expect(page.locator("#change")).toHaveCount(0);
  await expect(page).toHaveURL(/\?tab=configuration$/);
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
});

test("credentials that are revealed or made anew on one page are so on another that is open", async ({ page }) => {
  test.slow();
  await signUp(page, somebody());
  const id = await orderDatabase(page, { name: "Seen twice" });
  await expectState(page, "running");
  const other = await page.context().newPage();
  for (const tab of [page, other]) {
    await open(tab, `/services/${id}?tab=credentials`);
    await expect(tab.getByRole("button", { name: "Reveal them now" })).toBeVisible();
  }
  await page.getByRole("button", { name: "Reveal them now" }).click();
  const password = page.locator("[data-credential=password]");
  await expect(password).toBeVisible();
  await expect(other.getByText("Shown on")).toBeVisible();
  await expect(other.getByRole("button", { name: "Reveal them now" })).toHaveCount(0);
  await expect(password, "the page that revealed them keeps them").toBeVisible();

  await other.getByRole("button", { name: "Make new credentials" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Make new credentials" }).click();
  await expect(password, "they are not the present ones any more").toHaveCount(0);
  for (const tab of [page, other]) {
    await expect(tab.getByRole("button", { name: "Reveal them now" })).toBeVisible({ timeout: 30_000 });
    await expect(tab.getByText("That could not be done")).toHaveCount(0);
  }
});

test.describe("a page that missed what another revealed", () => {
  // The browser logs what the server refuses, and what is cut off here.
  test.use({ expectedErrors: [/409|422|ERR_FAILED|WebSocket Closed/] });

  test("is refused, and after a rotation offers what waits without the old refusal", async ({ page }) => {
    test.slow();
    await signUp(page, somebody());
    const id = await orderDatabase(page, { name: "Missed" });
    await expectState(page, "running");
    // Hears nothing, as if it had slept, until it is let.
    let asleep = true;
    const other = await page.context().newPage();
    await other.routeWebSocket(/\/call\/app_kit\/live\//, (socket) => (asleep ? socket.close() : void socket.connectToServer()));
    await other.route("**/call/app_kit/live/**", (route) => (asleep ? route.abort() : route.continue()));
    for (const tab of [page, other]) await open(tab, `/services/${id}?tab=credentials`);
    await page.getByRole("button", { name: "Reveal them now" }).click();
    await expect(page.locator("[data-credential=password]")).toBeVisible();
    await other.getByRole("button", { name: "Reveal them now" }).click();
    await expect(other.getByText("That could not be done")).toBeVisible();
    await page.getByRole("button", { name: "Make new credentials" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Make new credentials" }).click();
    await expect(page.getByRole("button", { name: "Reveal them now" })).toBeVisible({ timeout: 30_000 });
    asleep = false;
    await expect(other.getByText("That could not be done")).toHaveCount(0, { timeout: 30_000 });
    await other.getByRole("button", { name: "Reveal them now" }).click();
    await expect(other.locator("[data-credential=password]")).toBeVisible();
  });
});

test.describe("a page whose code does not come", () => {
  // The browser logs what is cut off here; the loader says so too.
  test.use({ expectedErrors: [/ERR_FAILED|Failed to fetch/] });

  test("comes by an ordinary load, works as without scripting, and comes alive when its code does", async ({ page }) => {
    await signUp(page, somebody());
    await open(page, "/services");
    await page.evaluate(() => ((window as unknown as { here: boolean }).here = true));
    const isHere = () => page.evaluate(() => (window as unknown as { here?: boolean }).here === true);
    await page.route(/\/pkg\/split_service\./, (route) => route.abort());
    const menu = page.getByRole("navigation", { name: "Main navigation" });

    await menu.getByRole("link", { name: "Monitoring" }).click();
    await page.waitForURL("**/monitoring");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Monitoring");
    expect(await isHere(), "the document is another").toBe(false);

    // It did not come alive, so its links are the browser's.
    await page.evaluate(() => ((window as unknown as { here: boolean }).here = true));
    await menu.getByRole("link", { name: "Catalog" }).click();
    await page.waitForURL("**/catalog");
    expect(await isHere()).toBe(false);

    await page.unroute(/\/pkg\/split_service\./);
    await open(page, "/services");
    await page.evaluate(() => ((window as unknown as { here: boolean }).here = true));
    await menu.getByRole("link", { name: "Monitoring" }).click();
    await page.waitForURL("**/monitoring");
    expect(await isHere(), "no load was needed").toBe(true);
  });
});
