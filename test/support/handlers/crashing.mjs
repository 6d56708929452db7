// An app on PORT that verifies rightly, and fails on events that no fixture has. MODE names on which.
import { createServer } from 'node:http';
import { verify } from './verifiers.mjs';

const { PORT, MODE = 'right' } = process.env;

const crashes = {
  right: () => {},
  'null-name': ({ data }) => data.name?.length ?? (data.name === null && data.name.length),
  'empty-text': ({ data }) => {
    if (data.title === '') throw new Error('the title is empty');
  },
  'empty-list': ({ data }) => data.groups?.[0].id,
  'large-list': ({ data }) => {
    if (data.groups?.length > 40) throw new Error('too many groups');
  },
  'long-text': ({ data }) => {
    for (const value of Object.values(data))
      if (String(value).length > 255) throw new Error('value too long');
  },
  'absent-field': ({ type, data }) => type === 'user.signup' && data.user.user_profile.name,
  emoji: ({ data }) => {
    if (/[\u{1f000}-\u{1ffff}]/u.test(JSON.stringify(data))) throw new Error('Incorrect string value');
  },
  'far-time': ({ occurred_at: time }) => {
    if (new Date(time).getUTCFullYear() > 2100) throw new RangeError('out of range');
  },
  'without-fraction': ({ occurred_at: time }) => time.match(/\.(\d+)/)[1],
  'unknown-type': ({ type }) => {
    if (type.startsWith('billing.')) throw new Error('no such type');
  },
  'unknown-field': ({ data }) => {
    if ('added_later' in data) throw new Error('unexpected field added_later');
  },
  'absent-organization': (event) => event.organization_id.slice(4),
  decomposed: ({ data }) => {
    const text = JSON.stringify(data);
    if (text.normalize('NFC') !== text) throw new Error('not normalized');
  },
  hang: ({ data }) => (data.name === '' ? 'hang' : undefined),
  crash: ({ data }) => data.name === null && process.exit(3),
  'two-causes': ({ data }) => {
    if (data.title === '') throw new Error('bad');
    if (data.nickname === null) throw new Error('bad');
  },
  strict: ({ data }) => (data.name === '' ? 'reject' : undefined),
};

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  if (request.method !== 'POST') return response.writeHead(405).end();
  try {
    verify(body, request.headers);
  } catch {
    return response.writeHead(401).end();
  }
  try {
    const done = crashes[MODE](JSON.parse(body));
    if (done === 'hang') return;
    response.writeHead(done === 'reject' ? 422 : 200).end();
  } catch (error) {
    response.writeHead(500).end(`${error.name}: ${error.message}`);
  }
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
