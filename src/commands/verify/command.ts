import { excludes, requires } from '../../cli/flags.ts';
import { defineCommand } from '../define.ts';
import { flags, positionals } from './flags.ts';

const complete = 'a file or capture already has a body and headers';

export const command = defineCommand({
  positionals,
  flags,
  groups: {
    'Common options': ['secret', 'at', 'showSignedText', 'body', 'header'],
    'Other options': ['tolerance', 'captures'],
  },
  rules: [
    ...excludes('message', ['body', 'header'], complete),
    ...requires(['header'], ['body'], {
      why: 'the signature covers the body, even an empty one',
      example: "scalekit-hooks verify --body @body.json -H 'webhook-id: msg_1' …",
    }),
  ],
  details: `Reads HTTP requests, curl commands, the output of listen --json, and logs with
headers and body in them, as JSON or as Node.js and others print them.
Reports whether a message verifies, with which secret, and how old it is. If it
does not verify, searches for the mistake that explains the signature: in the
form of the body, the use of the secret, the signed text, and the form of the
id, timestamp and signature headers. A capture is verified as of the time it was
received.

Exit code 0 if every message verifies, else 1. The expected signature is never
printed.`,
  examples: [
    'verify last',
    'verify request.http --at now',
    'listen --json | scalekit-hooks verify -',
    "verify --body @body.json -H 'webhook-id: msg_1' -H …",
  ],
  async run(given, context) {
    const { verify } = await import('./run.ts');
    return verify(given, context);
  },
});
