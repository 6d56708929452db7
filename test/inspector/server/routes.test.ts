import { describe, expect, it } from 'vitest';
import { inspector, raw } from '../../support/inspector-server.ts';

describe('every route of composing and checking', () => {
  const routes = [
    ['GET', '/api/catalog'],
    ['GET', '/api/sample?type=user.created'],
    ['POST', '/api/check-event'],
    ['GET', '/api/scenario?name=session'],
    ['POST', '/api/run-scenario'],
    ['POST', '/api/command'],
    ['POST', '/api/fixtures'],
    ['POST', '/api/send'],
    ['GET', '/api/checks'],
    ['GET', '/api/check-history?target=localhost'],
    ['POST', '/api/check'],
    ['POST', '/api/stop-check'],
  ] as const;
  const answerTo = async (method: string, target: string, ...headers: string[]) => {
    const { port, token } = await inspector();
    const lines = [
      `${method} ${target} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: close',
      ...headers.map((header) => header.replace('TOKEN', token)),
    ];
    const answer = await raw(port, lines);
    return Number(answer.split(' ')[1]);
  };

  it.each(routes)('%s %s is guarded', async (method, target) => {
    const authorized = 'Authorization: Bearer TOKEN';
    expect(await answerTo(method, target)).toBe(401);
    expect(await answerTo(method, target, authorized, 'Origin: http://localhost:3000')).toBe(403);
    expect(await answerTo(method, target, authorized, 'Sec-Fetch-Site: same-site')).toBe(403);
    expect(await answerTo(method === 'GET' ? 'POST' : 'GET', target, authorized)).toBe(405);
  });
});
