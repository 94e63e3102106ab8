// A mail server on this machine that keeps every mail as a JSON file, for tests to read.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

export type Mail = { from: string; to: string[]; subject: string; text: string; html: string; attachments: string[] };

/** A test that sends more has lost its way. */
const LARGEST_MAIL = 10 * 1024 * 1024;

export async function catchMail(folder: string) {
  let count = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    size: LARGEST_MAIL,
    onData(stream, session, done) {
      simpleParser(stream)
        .then((parsed) => {
          const mail: Mail = {
            from: parsed.from?.text ?? "",
            to: session.envelope.rcptTo.map((recipient) => recipient.address),
            subject: parsed.subject ?? "",
            text: parsed.text ?? "",
            html: parsed.html || "",
            attachments: parsed.attachments.map((attachment) => attachment.filename ?? ""),
          };
          count += 1;
          writeFileSync(path.join(folder, `${String(count).padStart(5, "0")}.json`), JSON.stringify(mail, null, 2));
          done();
        })
        .catch(done);
    },
  });
  server.on("error", (error) => console.error(`mail catcher: ${error.message}`));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
