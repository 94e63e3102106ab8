// How a page looks: screenshots at three widths, and axe, both in the light and the dark theme.
import path from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const SHOTS = path.resolve(import.meta.dirname, "../shots");

/** A phone, a tablet, a desk. */
const WIDTHS = [360, 768, 1440];

const THEMES = ["light", "dark"] as const;
type Theme = (typeof THEMES)[number];

/** Saves shots/<name>-<width>-<theme>.png for every width and theme. */
export async function shots(page: Page, name: string) {
  const before = page.viewportSize();
  for (const theme of THEMES) {
    await useTheme(page, theme);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: path.join(SHOTS, `${name}-${width}-${theme}.png`), fullPage: true, animations: "disabled" });
    }
  }
  await useTheme(page, "light");
  if (before) {
    await page.setViewportSize(before);
  }
}

/** Fails on any finding of axe, in either theme. */
export async function accessible(page: Page) {
  for (const theme of THEMES) {
    await useTheme(page, theme);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const findings = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.target.join(" ")).join("\n  ")}`);
    expect(findings, `axe on ${page.url()} in the ${theme} theme`).toEqual([]);
  }
  await useTheme(page, "light");
}

/** As the system's setting and, where the page carries a chosen theme, as that choice. */
async function useTheme(page: Page, theme: Theme) {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
  await page.evaluate(async (theme) => {
    document.documentElement.dataset.theme = `hub-${theme}`;
    // As the switch of the page does: charts are drawn anew.
    window.dispatchEvent(new Event("hub-theme"));
    await document.fonts.ready;
  }, theme);
}
