import { fromHeaderBytes, type Message, maskCredentials } from '../message.ts';
import { cut } from '../report/clean.ts';
import type { Report } from '../report/index.ts';

/** Characters of a body that are shown. */
const BODY_LENGTH = 4000;

/** Says a message as it goes out, credentials masked. */
export function noteMessage(message: Message, report: Report): void {
  for (const [name, value] of maskCredentials(message.headers)) {
    report.note(`> ${name}: ${fromHeaderBytes(value)}`);
  }
  report.note(`> ${cut(Buffer.from(message.body).toString(), BODY_LENGTH)}`);
}
