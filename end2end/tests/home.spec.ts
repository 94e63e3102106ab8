// The first page: there without scripting, alive with it.
import { expect, hydrated, test } from "../harness/test";

test.describe("with scripting off", () => {
  test.use({ javaScriptEnabled: false });

  test("the home page is rendered by the server", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  });
});

test("the home page comes alive", async ({ page }) => {
  await page.goto("/");
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});
