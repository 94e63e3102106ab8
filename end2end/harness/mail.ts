// Reading the mail that the server sent.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "@playwright/test";
import type { Mail } from "./mail-catcher";

/** Every mail to an address so far, oldest first. */
export function mailsTo(address: string): Mail[] {
  const folder = process.env.E2E_MAIL!;
  return readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Mail)
    .filter((mail) => mail.to.includes(address));
}

/** The newest mail to an address whose subject matches; waits for it, since mail is sent by a job. */
export async function mailTo(address: string, subject: RegExp): Promise<Mail> {
  const matching = () => mailsTo(address).filter((mail) => subject.test(mail.subject));
  await expect.poll(() => matching().length, { message: `a mail to ${address} about ${subject}`, timeout: 20_000 }).toBeGreaterThan(0);
  return matching().at(-1)!;
}

/** The first address in a mail whose path matches, as a path of the server under test. */
export function linkIn(mail: Mail, wanted: RegExp): string {
  const links = (mail.text.match(/https?:\/\/[^\s<>")]+/g) ?? []).map((link) => new URL(link));
  const found = links.find((link) => wanted.test(link.pathname));
  expect(found, `a link like ${wanted} in the mail “${mail.subject}”`).toBeTruthy();
  return found!.pathname + found!.search;
}
