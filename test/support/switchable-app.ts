import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import { Webhook } from 'standardwebhooks';
import { onTestFinished } from 'vitest';
import type { Observer } from '../../src/checks/effects/observer.ts';
import { testSecret } from './memory-io.ts';

/** How the app behaves; a test may change it while the app runs. */
export interface AppBehavior {
  /** Whether it verifies the received bytes, or what is left of them after parsing. */
  isRight: boolean;
  /** How long it takes to answer, in ms. */
  delayMs: number;
  /** Fails for an event whose data has this field with null, as only generated events do. */
  crashesOnNull: string | undefined;
  /** Whether it acts on a message that it has seen before. */
  actsTwice: boolean;
  /** Where it writes the ids of what it acted on; undefined for nowhere. */
  stateFile: string | undefined;
}

/** An Express app that verifies with the reference library, and keeps the ids of what it acted on. */
export async function switchableApp(changes: Partial<AppBehavior> = {}) {
  const behavior: AppBehavior = {
    isRight: true,
    delayMs: 0,
    crashesOnNull: undefined,
    actsTwice: false,
    stateFile: undefined,
    ...changes,
  };
  const acted: string[] = [];
  const webhook = new Webhook(testSecret);
  const app = express();
  app.post(
    '/webhook',
    express.text({ type: () => true, limit: '5mb' }),
    async (request: Request, response: Response) => {
      if (behavior.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, behavior.delayMs));
      const received = String(request.body);
      try {
        const body = behavior.isRight ? received : JSON.stringify(JSON.parse(received));
        const headers = request.headers as Record<string, string>;
        const event = webhook.verify(body, headers) as { data?: Record<string, unknown> };
        if (behavior.crashesOnNull !== undefined && event.data?.[behavior.crashesOnNull] === null)
          return response.status(500).json({ error: 'Cannot read properties of null' });
        const id = headers['webhook-id']!;
        if (behavior.actsTwice || !acted.includes(id)) acted.push(id);
        if (behavior.stateFile !== undefined) writeFileSync(behavior.stateFile, acted.join('\n'));
        return response.status(201).json({ received: true });
      } catch {
        return response.status(401).json({ error: 'Invalid signature' });
      }
    },
  );
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const observer: Observer = { read: async () => acted.join('\n') };
  const { port } = server.address() as AddressInfo;
  return { behavior, observer, acted, url: `http://127.0.0.1:${port}/webhook` };
}
