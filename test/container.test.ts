import { expect, it } from 'vitest';
import { isInContainer } from '../src/container.ts';
import { explainOutcome } from '../src/report/words/outcomes.ts';

it.each([
  ['/.dockerenv', true],
  ['/run/.containerenv', true],
  ['/etc/passwd', false],
])('with only %s: %s', (file, expected) => {
  expect(isInContainer((path) => path === file)).toBe(expected);
});

it.each([
  ['http://localhost:3000/hook', true, 'http://host.docker.internal:3000/hook'],
  ['http://[::1]:3000/hook', true, 'http://host.docker.internal:3000/hook'],
  ['http://app.localhost/hook', true, 'http://host.docker.internal/hook'],
  ['http://localhost:3000/hook', false, undefined],
  ['http://10.0.0.7:3000/hook', true, undefined],
])('a refused connection to %s, in a container: %s', (url, inContainer, name) => {
  const message = { headers: [], body: Buffer.alloc(0) };
  const outcome = {
    answered: false,
    failure: 'connection_refused',
    detail: '',
    wasSent: false,
    inContainer,
    milliseconds: 1,
  } as const;
  const { fix = '' } = explainOutcome(outcome, { url: new URL(url), message, timeoutMs: 1000 }) ?? {};
  expect(fix).toContain('start your app');
  expect(/http:\/\/host\S+/.exec(fix)?.[0]).toBe(name);
});
