import { fromHeaderBytes, type Message, maskCredentials } from '../message.ts';
import type { Report } from '../report/index.ts';

/** Says a message as it goes out, credentials masked. */
export function noteMessage(message: Message, report: Report): void {
  for (const [name, value] of maskCredentials(message.headers)) {
    report.note(`> ${name}: ${fromHeaderBytes(value)}`);
  }
  report.note(`> ${Buffer.from(message.body).toString()}`);
}
