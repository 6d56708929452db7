import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore } from '../../src/captures/open.ts';
import type { Capture } from '../../src/captures/record.ts';
import type { Effects } from '../../src/checks/effects/index.ts';
import { parseTarget } from '../../src/delivery/target.ts';
import { openInspector } from '../../src/inspector/server/server.ts';
import { CaptureRecorder } from '../../src/operations/recorder.ts';
import { kept } from './captures.ts';
import { secret } from './explaining.ts';
import { testSecret } from './memory-io.ts';
import { repository } from './repository.ts';
import { temporaryFolder } from './temporary.ts';

const ignore = () => {};
const mask = (text: string) => text.replaceAll(testSecret, '…');
const silent = { warn: ignore, note: ignore, mask } as unknown as ConstructorParameters<
  typeof CaptureRecorder
>[1];

function rootWithPage(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'dist/inspector'), { recursive: true });
  writeFileSync(join(root, 'dist/inspector/index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(root, 'secret.html'), 'not served');
  return root;
}

interface InspectorOptions {
  readonly fixtures?: string;
  readonly page?: 'built';
  readonly effects?: Effects;
  readonly checkFlags?: readonly string[];
  /** The name of the only target; its host, if absent. */
  readonly targetName?: string;
}

/** An inspector of a folder of captures, with a page of one file, or the built one. */
export async function inspector(
  captures: readonly Capture[] = [],
  urls: readonly string[] = [],
  { fixtures, page, effects, checkFlags = [], targetName }: InspectorOptions = {},
) {
  const root = page ? repository : rootWithPage();
  const path = join(temporaryFolder(), 'captures');
  const store = await openStore({ path, name: path });
  const { writer } = await store.openWriter({ sync: false, now: Date.now });
  for (const capture of captures) await writer.keep(kept(capture));
  const targets = new Map(urls.map((url) => [targetName ?? new URL(url).host, parseTarget(url)]));
  const opened = await openInspector(root, 0, () => ({
    store,
    secret: {
      secrets: [secret],
      source: 'the test',
      variable: 'SCALEKIT_WEBHOOK_SECRET',
      isOurs: false,
      notes: [],
    },
    follower: 'ada',
    targets,
    fixtures: { root: repository, fixtures },
    effects,
    checkFlags,
    otherSecrets: () => [],
    target: [...targets.values()][0],
    session: { store: path, listener: null, follower: 'ada', targets: [...targets.keys()] },
    sentFromHere: () => [],
    recorder: async () => new CaptureRecorder(writer, silent),
    mask,
    now: Date.now,
  }));
  onTestFinished(async () => {
    await opened.close();
    await writer.close();
    await store.close();
  });
  const [, token = ''] = opened.link.split('#t=');
  const api = (target: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${opened.port}${target}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  const post = (target: string, body: object) =>
    api(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const replay = (body: object) => post('/api/replay', body);
  return { ...opened, token, api, post, replay, writer, store };
}

/** Sends a request as it is written, and returns the status line, the headers and the body. */
export function raw(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    socket.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}
