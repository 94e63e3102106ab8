// People and organisations: the ways in, the team, sessions, settings and keys; with scripting and without.
import type { Page } from "@playwright/test";
import { accessible, shots } from "../harness/look";
import { linkIn, mailTo } from "../harness/mail";
import { another, PASSWORD, signInStaff, signUp, somebody } from "../harness/people";
import { expect, hydrated, open, test } from "../harness/test";

const NEW_PASSWORD = "eleven quiet lanterns";

async function fillSignIn(page: Page, email: string, password: string) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
}

async function signIn(page: Page, email: string, password: string, there = /\/(onboarding|services)$/) {
  await open(page, "/sign-in");
  await fillSignIn(page, email, password);
  await page.waitForURL(there);
  await hydrated(page);
}

async function signOut(page: Page) {
  await page.getByLabel("Account").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  // The open page hears of the session's end too, and may be at the door first.
  await page.waitForURL(/\/sign-in/);
}

test.describe("an account", () => {
  // The browser itself writes a line for every refused sign-in.
  test.use({ expectedErrors: [/422|429|409/] });
  // Ten guesses, each as slow as argon2 wants it.
  test.slow();

  test("is signed up, confirmed, throttled and recovered", async ({ page }) => {
    const sari = somebody();
    await signUp(page, sari);

    const confirmation = await mailTo(sari.email, /confirm/i);
    await open(page, linkIn(confirmation, /verify-email/));
    await page.getByRole("button", { name: "Confirm this address" }).click();
    await expect(page.getByText("Your address is confirmed.")).toBeVisible();
    await open(page, "/settings");
    await expect(page.locator("#me").getByText("Confirmed", { exact: true })).toBeVisible();

    await signOut(page);
    await hydrated(page);
    const wrong = page.getByText("E-mail address or password is not right");
    await fillSignIn(page, sari.email, "not the password");
    await expect(wrong).toBeVisible();
    await expect(page.getByLabel("E-mail")).toHaveValue(sari.email);
    await expect(page.getByLabel("Password", { exact: true })).toBeFocused();

    const throttled = page.getByText("Too many attempts. Try again in");
    for (let attempt = 0; attempt < 10 && !(await throttled.isVisible()); attempt += 1) {
      await page.getByLabel("Password", { exact: true }).fill(`guess number ${attempt}`);
      const answer = page.waitForResponse((response) => response.url().includes("sign_in"));
      await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
      await answer;
      await expect(page.getByRole("main").getByRole("button", { name: "Sign in" })).toBeEnabled();
    }
    await expect(throttled).toBeVisible();

    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.waitForURL("**/forgot-password");
    await page.getByLabel("E-mail").fill(sari.email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await expect(page.getByText("a link is on its way")).toBeVisible();
    const reset = linkIn(await mailTo(sari.email, /choose a new password/i), /reset-password/);
    await open(page, reset);
    await page.getByLabel("New password").fill("password");
    await page.getByRole("button", { name: "Set the password" }).click();
    await expect(page.getByText("Use at least 10 characters.")).toBeVisible();
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Set the password" }).click();
    await expect(page.getByText("Your password is set.")).toBeVisible();
    await open(page, reset);
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Set the password" }).click();
    await expect(page.getByText("This link does not work any more")).toBeVisible();

    await signIn(page, sari.email, NEW_PASSWORD);
  });

  test("comes back to where it was asked to sign in, and nowhere else", async ({ page }) => {
    const sari = somebody();
    await signUp(page, sari);
    await signOut(page);
    await page.goto("/team");
    await page.waitForURL(/\/sign-in\?next=\/team$/);
    await hydrated(page);
    await fillSignIn(page, sari.email, PASSWORD);
    // The address of the sign-in page ends with it, too.
    await page.waitForURL((url) => url.pathname === "/team");
    // What stood behind the question mark comes along.
    await hydrated(page);
    await signOut(page);
    await page.goto("/services?q=shop+%26+co&state=running");
    await page.waitForURL(/\/sign-in\?next=\/services%3F/);
    await hydrated(page);
    await fillSignIn(page, sari.email, PASSWORD);
    await page.waitForURL((url) => url.pathname === "/services" && url.searchParams.get("q") === "shop & co" && url.searchParams.get("state") === "running");
    // Whoever is in already is led on, but not into the other realm.
    await page.goto("/sign-in");
    await page.waitForURL("**/services");
    await page.goto("/sign-in?next=/team");
    await page.waitForURL((url) => url.pathname === "/team");
    await page.goto("/provider/sign-in");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(new URL(page.url()).pathname).toBe("/provider/sign-in");
    await open(page, "/services");
    await signOut(page);
    await open(page, "/sign-in?next=//evil.test/");
    await fillSignIn(page, sari.email, PASSWORD);
    await page.waitForURL("**/onboarding");
  });

  test("is no stranger on the pages for everyone, and may go on or out from there", async ({ page }) => {
    const sari = somebody();
    await open(page, "/");
    const bar = page.getByRole("banner");
    await expect(bar.getByRole("link", { name: "Sign up" })).toBeVisible();
    await signUp(page, sari);
    for (const address of ["/", "/pricing", "/sign-up"]) {
      await open(page, address);
      await expect(bar.getByRole("link", { name: "Go to your services" })).toHaveAttribute("href", "/services");
      await expect(bar.getByRole("link", { name: /^Sign (in|up)$/ })).toHaveCount(0);
    }
    const already = page.locator("[data-already-in]");
    await expect(already).toContainText(sari.name);
    await expect(already).toContainText(sari.email);
    await accessible(page);
    // The browser goes there by itself, too.
    await open(page, "/");
    await bar.getByRole("link", { name: "Go to your services" }).click();
    await page.waitForURL("**/services");
    await open(page, "/pricing?interval=annual");
    const enterprise = page.locator("article", { has: page.getByRole("heading", { name: /^enterprise$/i }) });
    await enterprise.getByRole("link").click();
    await page.waitForURL(/\/onboarding\?step=tier&tier=ENTERPRISE&interval=annual$/);
    await open(page, "/sign-up");
    await already.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/\/sign-in/);
    await hydrated(page);
    await expect(bar.getByRole("link", { name: "Sign up" })).toBeVisible();
    await open(page, "/sign-up");
    await expect(already).toHaveCount(0);
  });

  test("that exists already is not made twice, and what was typed stays", async ({ page }) => {
    const sari = somebody();
    await signUp(page, sari);
    await signOut(page);
    await open(page, "/sign-up");
    await page.getByLabel("Organisation").fill("Second branch");
    await page.getByLabel("Your name").fill(sari.name);
    await page.getByLabel("Work e-mail").fill(sari.email);
    await page.getByLabel("Password", { exact: true }).fill("another password entirely");
    await page.getByRole("button", { name: "Create organisation" }).click();
    await expect(page.getByText("There is an account with this address.")).toBeVisible();
    await expect(page.getByLabel("Organisation")).toHaveValue("Second branch");
  });
});

test("a colleague is invited, joins, works in two organisations, and is seen off", async ({ page, browser }) => {
  const sari = somebody();
  const budi = { ...somebody("Budi Santoso"), organisation: `Budi Konsultan ${Date.now().toString(36)}` };
  await signUp(page, sari);
  await open(page, "/team");
  const invite = page.locator("#invite");
  await invite.getByLabel("E-mail").fill(budi.email);
  await invite.getByLabel("Role").selectOption("technical");
  await invite.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("row", { name: new RegExp(budi.email) })).toBeVisible();
  await expect(invite.getByLabel("E-mail")).toHaveValue("");

  const other = await another(browser);
  await signUp(other.page, budi);
  const link = linkIn(await mailTo(budi.email, /invites you/), /accept-invitation/);
  await open(other.page, link);
  await expect(other.page.getByText("You are invited as: Technical.")).toBeVisible();
  await other.page.getByRole("button", { name: /^Join/ }).click();
  await other.page.waitForURL("**/services");
  await hydrated(other.page);
  await open(other.page, link);
  await expect(other.page.getByText("This invitation does not stand any more")).toBeVisible();

  await open(other.page, "/team");
  await expect(other.page.getByRole("row", { name: new RegExp(sari.email) })).toBeVisible();
  await expect(other.page.locator("#invite")).toHaveCount(0);
  await other.page.getByLabel("Switch organisation").click();
  await other.page.getByRole("button", { name: budi.organisation }).click();
  await other.page.waitForURL("**/services");
  await open(other.page, "/team");
  await expect(other.page.locator("#invite")).toBeVisible();
  await other.page.getByLabel("Switch organisation").click();
  await other.page.getByRole("button", { name: sari.organisation }).click();
  await other.page.waitForURL("**/services");

  await page.reload();
  await hydrated(page);
  const row = page.getByRole("row", { name: new RegExp(budi.email) });
  await row.getByLabel(/Role of/).selectOption("billing");
  await row.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The role was changed.")).toBeVisible();
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(row).toHaveCount(0);
  // The open page hears of it by itself.
  await other.page.waitForURL(/\/sign-in/);
  await other.page.goto("/team");
  await other.page.waitForURL(/\/sign-in\?next=\/team$/);
  await other.end();
});

test.describe("a page that was drawn for one organisation", () => {
  // Chromium's own lines about what is refused, and about the live connection that is cut.
  test.use({ expectedErrors: [/409|ERR_FAILED/] });

  test("does nothing for another after a switch in a second tab", async ({ page, browser }) => {
    const sari = somebody();
    const budi = { ...somebody("Budi Santoso"), organisation: `Budi Konsultan ${Date.now().toString(36)}` };
    await signUp(page, sari);
    await open(page, "/team");
    await page.locator("#invite").getByLabel("E-mail").fill(budi.email);
    await page.locator("#invite").getByLabel("Role").selectOption("admin");
    await page.locator("#invite").getByRole("button", { name: "Send invitation" }).click();
    const other = await another(browser);
    await signUp(other.page, budi);
    await open(other.page, linkIn(await mailTo(budi.email, /invites you/), /accept-invitation/));
    await other.page.getByRole("button", { name: /^Join/ }).click();
    await other.page.waitForURL("**/services");
    await hydrated(other.page);

    const form = "/catalog/managed-postgresql?plan=dev";
    const context = other.page.context();
    const fill = async (tab: Page) => {
      await tab.getByLabel("Name of the service").fill("Whose database");
      await tab.getByLabel("Database name").fill("app");
    };
    // One tab hears nothing, as if it had slept; one has no scripting.
    const asleep = await context.newPage();
    await asleep.routeWebSocket(/\/call\/app_kit\/live\//, (socket) => socket.close());
    await asleep.route("**/call/app_kit/live/**", (route) => route.abort());
    await open(asleep, form);
    await fill(asleep);
    const unscripted = await browser.newContext({ baseURL: process.env.E2E_URL, locale: "en-GB", javaScriptEnabled: false });
    await unscripted.addCookies(await context.cookies());
    const plain = await unscripted.newPage();
    await plain.goto(form);
    await fill(plain);

    await other.page.getByLabel("Switch organisation").click();
    await other.page.getByRole("button", { name: budi.organisation }).click();
    await other.page.waitForURL("**/services");
    // The session has another token by now, which all tabs of a browser have.
    await unscripted.addCookies(await context.cookies());

    await asleep.getByRole("button", { name: "Order now" }).click();
    await expect(asleep.getByText("You work in another organisation by now")).toBeVisible();
    await expect(asleep.getByLabel("Name of the service")).toHaveValue("Whose database");
    await plain.getByRole("button", { name: "Order now" }).click();
    await expect(plain.getByRole("heading", { name: "You work in another organisation by now" })).toBeVisible();
    await open(other.page, "/services");
    await expect(other.page.getByText("No services yet")).toBeVisible();

    await asleep.getByRole("button", { name: "Load the page again" }).click();
    await expect(asleep.locator(".org-text")).toContainText(budi.organisation);
    await plain.getByRole("link", { name: "Load the page again" }).click();
    await plain.waitForURL(`**${form}`);
    await expect(plain.locator(".org-text")).toContainText(budi.organisation);
    await unscripted.close();
    await other.end();
  });
});

test("a new colleague joins without an account of their own before", async ({ page, browser }) => {
  const sari = somebody();
  const dewi = somebody("Dewi Lestari");
  await signUp(page, sari);
  await open(page, "/team");
  await page.locator("#invite").getByLabel("E-mail").fill(dewi.email);
  await page.locator("#invite").getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByText("The invitation is on its way.")).toBeVisible();
  const other = await another(browser);
  await open(other.page, linkIn(await mailTo(dewi.email, /invites you/), /accept-invitation/));
  await expect(other.page.getByLabel("E-mail")).toHaveValue(dewi.email);
  await accessible(other.page);
  await other.page.getByLabel("Your name").fill(dewi.name);
  await other.page.getByLabel("New password").fill(PASSWORD);
  await other.page.getByRole("button", { name: /^Join/ }).click();
  await other.page.waitForURL("**/services");
  await other.end();
});

test("other devices are seen and signed out", async ({ page, browser }) => {
  const sari = somebody();
  await signUp(page, sari);
  const phone = await another(browser);
  await signIn(phone.page, sari.email, PASSWORD);
  const laptop = await another(browser);
  await signIn(laptop.page, sari.email, PASSWORD);

  await open(page, "/settings/security");
  await expect(page.getByRole("row", { name: /This device/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Sign out Chrome/ })).toHaveCount(2);
  await page.getByRole("button", { name: /^Sign out Chrome/ }).first().click();
  await expect(page.getByRole("button", { name: /^Sign out Chrome/ })).toHaveCount(1);
  await page.getByRole("button", { name: "Sign out all others" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out all others" }).click();
  await expect(page.getByRole("button", { name: /^Sign out Chrome/ })).toHaveCount(0);
  for (const device of [phone, laptop]) {
    await device.page.goto("/settings");
    await device.page.waitForURL(/\/sign-in\?next=\/settings$/);
    await device.end();
  }

  await page.getByLabel("Present password").fill(PASSWORD);
  await page.getByLabel("New password").fill(NEW_PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password was changed.")).toBeVisible();
  await signOut(page);
  await signIn(page, sari.email, NEW_PASSWORD);
});

test("settings keep the organisation's words and one's own language and theme", async ({ page }) => {
  const sari = somebody();
  await signUp(page, sari);
  await open(page, "/settings");
  await page.getByLabel("City").fill("Bandung");
  await page.getByLabel("Country").selectOption("ID");
  await page.getByLabel("Street and number").fill("Jalan Braga 10");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.waitForURL(/\/settings\?done=organisation$/);
  await expect(page.getByLabel("City")).toHaveValue("Bandung");
  await hydrated(page);
  await page.locator("#me").getByLabel("Language").selectOption("id");
  await page.locator("#me").getByLabel("Theme").selectOption("dark");
  await page.locator("#me").getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/settings\?done=me$/);
  await expect(page.locator("html")).toHaveAttribute("lang", "id");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "hub-dark");
  await expect(page.getByRole("heading", { level: 1, name: "Pengaturan" })).toBeVisible();
});

test("the provider's identity and its staff's accounts are its operators' to change", async ({ page, browser }) => {
  await signInStaff(page);
  await open(page, "/provider/settings");
  const provider = page.locator("#provider");
  const street = `Jalan Baru ${Date.now().toString(36)}`;
  await provider.getByLabel("Street and number").fill(street);
  await provider.getByLabel("Country").selectOption("ID");
  await provider.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/provider\/settings\?done=provider$/);
  await expect(page.getByText("The provider's settings are saved.")).toBeVisible();
  await expect(provider.getByLabel("Street and number")).toHaveValue(street);
  await hydrated(page);

  const other = await another(browser);
  const agus = await signInStaff(other.page, "auditor");
  await open(other.page, "/provider/settings");
  await expect(other.page.getByText(street)).toBeVisible();
  await expect(other.page.getByLabel("Street and number")).toHaveCount(0);
  await expect(other.page.getByRole("button", { name: "Close account" })).toHaveCount(0);
  await accessible(other.page);

  await open(page, "/provider/settings");
  const row = page.getByRole("row", { name: new RegExp(agus) });
  await row.getByLabel(/Role of/).selectOption("finance");
  await row.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/done=role_changed$/);
  await expect(row.getByLabel(/Role of/)).toHaveValue("finance");
  await hydrated(page);
  await row.getByRole("button", { name: "Close account" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Close account" }).click();
  await page.waitForURL(/done=closed$/);
  await expect(page.getByText("The account is closed.")).toBeVisible();
  await expect(row).toHaveCount(0);
  await other.page.goto("/provider");
  await other.page.waitForURL("**/provider/sign-in**");
  await expect(other.page.getByRole("link", { name: "Forgot your password?" })).toHaveAttribute("href", "/forgot-password");
  await other.end();
});

test("another language keeps what was typed, but for what is secret", async ({ page }) => {
  const sari = somebody();
  await open(page, "/sign-up?tier=starter");
  await page.getByLabel("Organisation").fill(sari.organisation);
  await page.getByLabel("Work e-mail").fill(sari.email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  // Shown, it is a field of text.
  await page.getByRole("button", { name: "Show the password" }).click();
  await page.getByLabel("Change language").click();
  await page.getByRole("button", { name: "Bahasa Indonesia" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "id");
  await hydrated(page);
  expect(new URL(page.url()).search).toBe("?tier=starter");
  await expect(page.getByLabel("Organisasi")).toHaveValue(sari.organisation);
  await expect(page.getByLabel("Surel kantor")).toHaveValue(sari.email);
  await expect(page.getByLabel("Kata sandi", { exact: true })).toHaveValue("");
  expect(await page.evaluate(() => sessionStorage.getItem("hub-typed"))).toBeNull();
  // Once: the page as it is loaded next is empty.
  await open(page, "/sign-up");
  await expect(page.getByLabel("Organisasi")).toHaveValue("");

  // The page hears what comes back, as if it were typed: the price follows.
  await page.context().clearCookies({ name: "hub_lang" });
  await signUp(page, sari);
  await open(page, "/catalog/managed-postgresql?plan=standard");
  const bill = page.locator("[data-bill=each]");
  await page.getByLabel("Storage").fill("13600");
  await expect(bill).toContainText("13,600");
  await page.getByLabel("Name of the service").fill("Shop database");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill("Bahasa");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("lang", "id");
  await hydrated(page);
  await expect(page.getByLabel("Nama layanan")).toHaveValue("Shop database");
  await expect(bill).toContainText("13.600");
});

test("what is done after a change of language has the last word over what was typed before it", async ({ page }) => {
  // What was typed is told to the page again and again meanwhile.
  const TOLD_AGAIN_MS = 1_500;
  await open(page, "/_gallery");
  await page.getByRole("radio", { name: /STARTER/ }).check();
  await page.getByLabel("Change language").click();
  await page.getByRole("button", { name: "Bahasa Indonesia" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "id");
  await hydrated(page);
  await expect(page.getByRole("radio", { name: /STARTER/ })).toBeChecked();
  await page.getByRole("radio", { name: /PROFESSIONAL/ }).check();
  await page.waitForTimeout(TOLD_AGAIN_MS);
  await expect(page.getByRole("radio", { name: /PROFESSIONAL/ })).toBeChecked();

  // A form that was sent stays empty.
  await page.context().clearCookies({ name: "hub_lang" });
  await signUp(page, somebody());
  await open(page, "/team");
  const email = page.locator("#invite [name='form[email]']");
  const colleague = somebody().email;
  await email.fill(colleague);
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill("Bahasa");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("lang", "id");
  await hydrated(page);
  await expect(email).toHaveValue(colleague);
  await page.locator("#invite").getByRole("button", { name: "Kirim undangan" }).click();
  await expect(page.getByText("Undangan sedang dikirim.")).toBeVisible();
  await page.waitForTimeout(TOLD_AGAIN_MS);
  await expect(email).toHaveValue("");
});

test("a key is shown once and works until it is revoked", async ({ page, request }) => {
  await signUp(page, somebody());
  await open(page, "/settings/api-keys");
  await page.getByLabel("Name").fill("deploy pipeline");
  await page.getByLabel("See services and offerings").check();
  await page.getByRole("button", { name: "Create key" }).click();
  const secret = await page.locator("[data-secret]").innerText();
  expect(secret).toMatch(/^hub_live_/);
  const me = () => request.get("/api/v1/me", { headers: { Authorization: `Bearer ${secret}` } });
  expect((await me()).status()).toBe(200);
  await open(page, "/settings/api-keys");
  await expect(page.locator("[data-secret]")).toHaveCount(0);
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("The key was revoked.")).toBeVisible();
  expect((await me()).status()).toBe(401);
});

test.describe("with scripting off", () => {
  test.use({ javaScriptEnabled: false });

  test("one signs up, errs, signs out and in, invites, and makes a key", async ({ page }) => {
    const sari = somebody();
    await page.goto("/sign-up");
    await page.getByLabel("Organisation").fill(sari.organisation);
    await page.getByLabel("Your name").fill(sari.name);
    await page.getByLabel("Work e-mail").fill(sari.email);
    await page.getByLabel("Password", { exact: true }).fill("qwertyuiop12");
    await page.getByRole("button", { name: "Create organisation" }).click();
    await expect(page.getByText("This is guessed easily.")).toBeVisible();
    await expect(page.getByLabel("Organisation")).toHaveValue(sari.organisation);
    await expect(page.getByLabel("Work e-mail")).toHaveValue(sari.email);
    await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create organisation" }).click();
    await page.waitForURL("**/onboarding");

    // The page of sign-up says who is in, and leads on or out.
    await page.goto("/sign-up");
    await expect(page.locator("[data-already-in]")).toContainText(sari.email);
    await page.getByRole("banner").getByRole("link", { name: "Go to your services" }).click();
    await page.waitForURL("**/services");
    await page.goto("/sign-up");
    await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/\/sign-in/);
    await expect(page.getByText("You are signed out.")).toBeVisible();
    await page.goto("/team?after=x");
    await page.waitForURL(/\/sign-in\?next=\/team%3Fafter%3Dx$/);
    await page.goto("/sign-in?done=signed_out");
    await fillSignIn(page, sari.email, "not the password");
    await expect(page.getByText("E-mail address or password is not right")).toBeVisible();
    await expect(page.getByLabel("E-mail")).toHaveValue(sari.email);
    await fillSignIn(page, sari.email, PASSWORD);
    await page.waitForURL("**/onboarding");

    await page.goto("/team");
    await page.locator("#invite").getByLabel("E-mail").fill(`colleague.${sari.email}`);
    await page.locator("#invite").getByRole("button", { name: "Send invitation" }).click();
    await expect(page.getByText("The invitation is on its way.")).toBeVisible();

    await page.goto("/settings/api-keys");
    await page.getByLabel("Name").fill("deploy pipeline");
    await page.getByRole("button", { name: "Create key" }).click();
    await expect(page.getByText("Choose what the key may do.")).toBeVisible();
    await expect(page.getByLabel("Name")).toHaveValue("deploy pipeline");
    await page.getByLabel("See services and offerings").check();
    await page.getByRole("button", { name: "Create key" }).click();
    await expect(page.locator("[data-secret]")).toHaveText(/^hub_live_/);
    await page.goto("/settings/api-keys");
    await expect(page.locator("[data-secret]")).toHaveCount(0);
  });
});

test.describe("every page of people is calm and accessible", () => {
  // Chromium's own line about the link that does not stand.
  test.use({ expectedErrors: [/409/] });

  for (const language of ["en", "id"]) {
    test(`in ${language}`, async ({ page, context }) => {
      test.slow();
      await context.addCookies([{ name: "hub_lang", value: "en", url: process.env.E2E_URL! }]);
      const look = async (address: string, name: string) => {
        await open(page, address);
        await accessible(page);
        await shots(page, `identity-${name}-${language}`);
      };
      await signUp(page, somebody());
      await open(page, "/team");
      await page.locator("#invite").getByLabel("E-mail").fill(somebody().email);
      await page.locator("#invite").getByRole("button", { name: "Send invitation" }).click();
      await expect(page.getByText("The invitation is on its way.")).toBeVisible();
      await context.addCookies([{ name: "hub_lang", value: language, url: process.env.E2E_URL! }]);
      await look("/team", "team");
      await look("/settings", "settings");
      await look("/settings/security", "security");
      await look("/settings/api-keys", "api-keys");
      await context.clearCookies({ name: "hub_session" });
      await look("/sign-up", "sign-up");
      await look("/sign-in", "sign-in");
      await look("/forgot-password", "forgot-password");
      await look("/reset-password?token=none", "reset-password");
      await look("/verify-email?token=none", "verify-email");
      await look("/accept-invitation?token=none", "accept-invitation");
      await look("/provider/sign-in", "provider-sign-in");
      await context.addCookies([{ name: "hub_lang", value: "en", url: process.env.E2E_URL! }]);
      await signInStaff(page);
      await context.addCookies([{ name: "hub_lang", value: language, url: process.env.E2E_URL! }]);
      await look("/provider/settings", "provider-settings");
    });
  }
});
