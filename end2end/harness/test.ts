// What every test file imports instead of Playwright's own `test`: any console error or uncaught exception fails the test.
import { test as base, expect, type Page } from "@playwright/test";

type Options = {
  /** Console errors that a test provokes on purpose, such as the browser's own line about a 404. */
  expectedErrors: RegExp[];
};

export const test = base.extend<Options & { noConsoleErrors: void }>({
  expectedErrors: [[], { option: true }],
  noConsoleErrors: [
    async ({ context, expectedErrors }, use) => {
      const errors: string[] = [];
      const note = (text: string) => {
        if (!expectedErrors.some((expected) => expected.test(text))) {
          errors.push(text);
        }
      };
      context.on("console", (message) => message.type() === "error" && note(`${message.text()} (${message.location().url})`));
      context.on("weberror", (error) => note(`uncaught: ${error.error().stack ?? error.error()}`));
      await use();
      expect(errors, "console errors").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Waits until the client has taken over the page; before that a click may still be the server's business. */
export async function hydrated(page: Page) {
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
}

/** Opens a page and waits until it is alive. */
export async function open(page: Page, address: string) {
  await page.goto(address);
  await hydrated(page);
}
