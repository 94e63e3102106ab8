// People of a test: each organisation is one that no other test has.
import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, type Browser, type Page } from "@playwright/test";
import { hydrated, open } from "./test";

export const PASSWORD = "seven green umbrellas";

export type Person = { organisation: string; name: string; email: string };

let count = 0;

/** Somebody whom nobody else in this run is. */
export function somebody(name = "Sari Wulandari"): Person {
  count += 1;
  const mark = `${Date.now().toString(36)}${count}`;
  return { organisation: `Nusantara Retail ${mark}`, name, email: `sari.${mark}@nusantara-retail.test` };
}

/** Fills the form of the page of sign-up and sends it. */
export async function sendSignUp(page: Page, person: Person) {
  await page.getByLabel("Organisation").fill(person.organisation);
  await page.getByLabel("Your name").fill(person.name);
  await page.getByLabel("Work e-mail").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create organisation" }).click();
  await page.waitForURL("**/onboarding");
}

/** Signs an organisation up; its owner is signed in afterwards. */
export async function signUp(page: Page, person: Person) {
  await open(page, "/sign-up");
  await sendSignUp(page, person);
  await hydrated(page);
}

/** Signs one of the provider's staff in, with an account made by the command line; answers its address. */
export async function signInStaff(page: Page, role: "operator" | "auditor" = "operator"): Promise<string> {
  count += 1;
  const email = `${role}.${Date.now().toString(36)}${count}@provider.test`;
  hub("admin", "create-operator", "--email", email, "--name", "Rina Operator", "--role", role, "--password", PASSWORD);
  await open(page, "/provider/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname.startsWith("/provider") && !url.pathname.endsWith("/sign-in"));
  await hydrated(page);
  return email;
}

/** Another browser, as another person has it. */
export async function another(browser: Browser) {
  const context = await browser.newContext({ baseURL: process.env.E2E_URL, locale: "en-GB" });
  return { page: await context.newPage(), end: () => context.close() };
}

/** Runs a command of the program on the server's own data folder. */
export function hub(...command: string[]): string {
  const env = { ...process.env, HUB_DATA: process.env.E2E_DATA, HUB_CLOCK: process.env.E2E_CLOCK ?? "simulated" };
  return execFileSync(process.env.E2E_SERVER!, command, { env, cwd: path.resolve(import.meta.dirname, "../.."), encoding: "utf8" });
}

export type Order = { offering?: string; plan?: string; name: string; database?: string };

/** Orders a PostgreSQL database by the catalog's form and stands on its page afterwards; answers its id. */
export async function orderDatabase(page: Page, { plan = "dev", name, database = "app" }: Order): Promise<string> {
  await open(page, `/catalog/managed-postgresql?plan=${plan}`);
  await page.getByLabel("Name of the service").fill(name);
  await page.getByLabel("Database name").fill(database);
  await page.getByRole("button", { name: "Order now" }).click();
  await page.waitForURL(/\/services\/ins_\w+$/);
  await hydrated(page);
  return new URL(page.url()).pathname.split("/").at(-1)!;
}

/** The state of the service whose page is open. */
export async function expectState(page: Page, state: string) {
  await expect(page.locator(".page-aside [data-state]")).toHaveAttribute("data-state", state, { timeout: 30_000 });
}
