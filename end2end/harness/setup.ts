// Before the first test: a mail catcher, and one server on a fresh data folder. After the last: both end.
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { catchMail } from "./mail-catcher";
import { startServer } from "./server";

export const RESULTS = path.resolve(import.meta.dirname, "../results");

export default async function setup() {
  mkdirSync(RESULTS, { recursive: true });
  const mailFolder = path.join(RESULTS, "mail");
  const dataFolder = path.join(RESULTS, "data");
  for (const folder of [mailFolder, dataFolder]) {
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(mailFolder);
  const mail = await catchMail(mailFolder);
  const server = await startServer({ dataFolder, logFile: path.join(RESULTS, "server.log"), smtpUrl: mail.url }).catch(async (error) => {
    await mail.stop();
    throw error;
  });
  // Workers inherit these.
  process.env.E2E_URL = server.url;
  process.env.E2E_MAIL = mailFolder;
  process.env.E2E_DATA = dataFolder;
  return async () => {
    await server.stop();
    await mail.stop();
  };
}
