import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAccepted } from '../../../src/delivery/outcome.ts';
import { parseTarget } from '../../../src/delivery/target.ts';
import { openDelivery } from '../../../src/delivery/transport/index.ts';
import { socketTarget } from '../../support/targets.ts';

const message = { headers: [['webhook-id', 'msg_1']] as const, body: Buffer.from('{}') };

/** Delivers two messages to a server that answers each with `text`, as one write or byte by byte. */
async function deliverTwice(text: string, how: 'whole' | 'bytes') {
  const sockets = new Set<Socket>();
  const bytes = Buffer.from(text, 'latin1');
  const target = await socketTarget((socket) => {
    sockets.add(socket);
    if (how === 'whole') socket.write(bytes);
    else writeBytes(socket, bytes);
  });
  const delivery = openDelivery(parseTarget(target.url), { timeout: 10_000 });
  onTestFinished(() => delivery.close());
  const outcomes = [await delivery.deliver(message), await delivery.deliver(message)];
  return { outcomes, connections: sockets.size };
}

/** Each byte as a write of its own, after the system took the one before. */
function writeBytes(socket: Socket, bytes: Buffer): void {
  socket.setNoDelay();
  if (bytes.length > 0 && !socket.destroyed)
    socket.write(bytes.subarray(0, 1), () => writeBytes(socket, bytes.subarray(1)));
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const chunks = '2\r\nok\r\n0\r\n\r\n';

it('a body of more chunks than are read costs no more for each of them', async () => {
  const tiny = '1\r\nx\r\n'.repeat(100_000);
  const { outcomes } = await deliverTwice(
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${tiny}0\r\n\r\n`,
    'whole',
  );
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 200, isCut: true });
}, 5000);

describe.each(['whole', 'bytes'] as const)('a response that arrives as %s', (how) => {
  it.each<[string, string, string[]]>([
    [
      'two equal lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\nok',
      ['repeated_length'],
    ],
    ['a list of equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok', ['repeated_length']],
    [
      'a length, then chunks',
      `HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
      ['length_with_chunks'],
    ],
    [
      'chunks, then a length',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n${chunks}`,
      ['length_with_chunks'],
    ],
    [
      'a length and the encoding identity',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok',
      ['length_with_chunks'],
    ],
    ['lines that end in LF', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', ['bare_newlines']],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok', ['space_before_colon']],
    ['a folded header', 'HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 2\r\n\r\nok', ['folded_header']],
    [
      'a control character',
      'HTTP/1.1 200 OK\r\nX-A: b\x01c\r\nContent-Length: 2\r\n\r\nok',
      ['control_character'],
    ],
    ['http in lower case', 'http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', ['lower_case_version']],
    ['two of these', 'http/1.1 200 OK\nContent-Length: 2\n\nok', ['lower_case_version', 'bare_newlines']],
  ])('with %s is read, with a warning', async (_name, text, oddities) => {
    const { outcomes, connections } = await deliverTwice(text, how);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ answered: true, status: 200, body: Buffer.from('ok'), oddities });
    expect(connections).toBe(1);
  });

  it.each([
    ['100 Continue', `HTTP/1.1 100 Continue\r\n\r\n${ok}`],
    ['300 times 100 Continue', `${'HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n'.repeat(300)}${ok}`],
    [
      '102, 100 and 103',
      `${[102, 100, 103].map((status) => `HTTP/1.1 ${status} Wait\r\n\r\n`).join('')}${ok}`,
    ],
    ['nothing odd', ok],
  ])('after %s is read', async (_name, text) => {
    const { outcomes, connections } = await deliverTwice(text, how);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ answered: true, status: 200, body: Buffer.from('ok') });
      expect(outcome).not.toHaveProperty('oddities');
    }
    expect(connections).toBe(1);
  });

  it.each([
    ['a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello'],
    ['chunks', `HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`],
  ])(
    '204 with a body with %s is accepted, and the body not taken for the next response',
    async (_name, text) => {
      const { outcomes, connections } = await deliverTwice(text, how);
      for (const outcome of outcomes) {
        expect(isAccepted(outcome)).toBe(true);
        expect(outcome).toMatchObject({ status: 204, body: Buffer.alloc(0), oddities: ['unexpected_body'] });
      }
      expect(connections).toBe(2);
    },
  );

  it('304 may have a length, since it has no body', async () => {
    const { outcomes, connections } = await deliverTwice(
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
      how,
    );
    expect(outcomes[1]).toMatchObject({ answered: true, status: 304 });
    expect(outcomes[1]).not.toHaveProperty('oddities');
    expect(connections).toBe(1);
  });

  it.each([
    ['status 000', 'HTTP/1.1 000 \r\nContent-Length: 0\r\n\r\n', 'status 000'],
    ['status 099', 'HTTP/1.1 099 X\r\n\r\n', 'status 099'],
    ['status 1000', 'HTTP/1.1 1000 X\r\n\r\n', 'Invalid response status'],
    ['101', 'HTTP/1.1 101 X\r\nUpgrade: x\r\n\r\n', '101 Switching Protocols, which was not requested'],
    [
      'lengths that differ',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok',
      'Content-Length headers that differ: 2 and 3',
    ],
    ['no length', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n', 'Empty Content-Length'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'Expected HTTP/, RTSP/ or ICE/'],
    [
      '20 kB of headers',
      `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
      'headers of more than 16 kB',
    ],
  ])('with %s is no HTTP response, at once', async (_name, text, detail) => {
    const { outcomes } = await deliverTwice(text, how);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ answered: false, failure: 'not_http', detail, wasSent: true });
  });
});
