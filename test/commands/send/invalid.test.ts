import { describe, expect, it } from 'vitest';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { httpTarget } from '../../support/targets.ts';

const secret = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };

const send = (args: string[], world = {}) => runCommand(['send', ...args], { ...secret, ...world });

describe('invalid input sends nothing, prints an error in three lines, and exits with 2', () => {
  const rows: [name: string, args: string[], code: string, names: RegExp][] = [
    ['nothing to send', [], 'nothing_to_send', /\n {2}fix: .*scalekit-hooks send user\.created\n/],
    [
      'types and --all',
      ['user.created', '--all'],
      'conflicting_flags',
      /event types and --all\b.*\n {2}.*--all\b.*\n {2}fix: omit --all\n/,
    ],
    ['a mistyped type', ['user.creatd'], 'unknown_event_type', /"user\.creatd" .*\n {2}.*\buser\.created\b/],
    [
      'the last of several mistyped',
      ['user.created', 'user.*', 'nonsense.type.that.is.far'],
      'unknown_event_type',
      /"nonsense\.type\.that\.is\.far" .*\n {2}.*\b52\b/,
    ],
    [
      'a type in another case',
      ['User.Created'],
      'unknown_event_type',
      /"User\.Created" .*\n {2}.*\buser\.created\?/,
    ],
    ['__proto__', ['__proto__'], 'unknown_event_type', /"__proto__" .*\n {2}.*\b52\b/],
    [
      'a pattern that matches nothing',
      ['nothing.*'],
      'unmatched_pattern',
      /"nothing\.\*" .*\n {2}.*\b52\b.*\*/,
    ],
    ['a missing file', ['./nothing.json'], 'unreadable_file', /\/nothing\.json \[.*\n {2}no such file/],
    ['a folder', ['./'], 'unreadable_file', /\n {2}.*\bfolder\n/],
    [
      'a malformed URL',
      ['user.created', '--to', 'htp:/x'],
      'invalid_target',
      /"htp:\/x" .*\n {2}.*\bhtp:\n {2}fix: .*3000, :3000\/hooks/,
    ],
    ['an empty URL', ['user.created', '--to', ''], 'invalid_target', /"" .*\n {2}.*\bempty\b/],
    [
      'an unsupported scheme',
      ['user.created', '--to', 'file:///etc/passwd'],
      'invalid_target',
      /"file:\/\/\/etc\/passwd" .*\n {2}.*\bhttps:.*\bfile:\n/,
    ],
    [
      'a foreign host',
      ['user.created', '--to', 'https://example.com/hook'],
      'foreign_host',
      /\bexample\.com [\s\S]*--allow-host example\.com\b/,
    ],
    [
      'a foreign address',
      ['user.created', '--to', 'http://8.8.8.8/'],
      'foreign_host',
      /\b8\.8\.8\.8 [\s\S]*--allow-host 8\.8\.8\.8\b/,
    ],
    [
      'a host that only looks local',
      ['user.created', '--to', 'http://localhost.example.com'],
      'foreign_host',
      /\blocalhost\.example\.com [\s\S]*--allow-host localhost\.example\.com\b/,
    ],
    [
      '--insecure elsewhere',
      ['user.created', '--to', 'https://example.com', '--allow-host', 'example.com', '--insecure'],
      'insecure_foreign_host',
      /--insecure\b.*\n {2}.*\bexample\.com\n {2}fix: .*NODE_EXTRA_CA_CERTS/,
    ],
    [
      'a malformed secret',
      ['user.created', '--secret', 'whsec_test_x'],
      'invalid_secret',
      /--secret\b.*\(whsec_te…\).*\n {2}.*\bunderscore\b/,
    ],
    ['an empty secret', ['user.created', '--secret', ''], 'invalid_secret', /--secret\b.*\n {2}.*\bempty\n/],
    [
      'a duration without unit',
      ['user.created', '--timeout', '10'],
      'invalid_value',
      /"10" for --timeout\b.*\n.*\n {2}fix: .*--timeout 10s\n/,
    ],
    [
      'a header without colon',
      ['user.created', '-H', 'x'],
      'invalid_value',
      /"x…" .*\n.*\n {2}fix: .*-H 'x-tenant: acme'/,
    ],
    [
      'a header of the signature',
      ['user.created', '-H', 'webhook-id: x'],
      'signature_header',
      /\bwebhook-id \[.*\n.*\n {2}fix: .*--force\b/,
    ],
    [
      'a header of the connection',
      ['user.created', '-H', 'content-length: 3'],
      'connection_header',
      /\bcontent-length \[/,
    ],
    [
      'an unknown flag',
      ['user.created', '--too', 'x'],
      'usage',
      /"--too" .*\n {2}.*--to\?\n {2}fix: .*scalekit-hooks send --help\n/,
    ],
    [
      'a flag without value',
      ['user.created', '--to'],
      'usage',
      /--to .*\n.*--to <target>\n {2}fix: .*scalekit-hooks send --help\n/,
    ],
    [
      'a flag given twice',
      ['user.created', '--to', '3000', '--to', '4000'],
      'repeated_flag',
      /^error: --to .*\n {2}.*"3000".*"4000"/,
    ],
    [
      'an unknown color mode',
      ['user.created', '--color', 'red'],
      'invalid_value',
      /"red" for --color\b.*\n {2}.*\bauto, always, never\n/,
    ],
    [
      'a missing fixtures folder',
      ['user.created', '--fixtures', './nothing'],
      'unreadable_file',
      /\/nothing \[.*\n {2}no such file or folder/,
    ],
  ];

  it.each(rows)('%s', async (_name, args, code, names) => {
    const target = await httpTarget();
    const hasTarget = args.includes('--to');
    const all = hasTarget ? args : [...args, '--to', target.url];
    const human = await send(code === 'usage' && args.at(-1) === '--to' ? args : all);
    expect(human).toMatchObject({ exitCode: 2, stdout: '' });
    expect(human.stderr).toMatch(new RegExp(`^error: .+ \\[${code}\\]\\n {2}.+\\n {2}fix: .+\\n$`));
    expect(human.stderr).toMatch(names);
    const json = await send(['--json', ...(code === 'usage' && args.at(-1) === '--to' ? args : all)]);
    expect(json).toMatchObject({ exitCode: 2, stderr: '' });
    expect(json.facts).toEqual([
      {
        kind: 'error',
        v: 1,
        time: expect.any(String),
        code,
        message: expect.stringMatching(/./),
        detail: expect.stringMatching(/./),
        fix: expect.stringMatching(/./),
      },
    ]);
    expect(target.requests).toEqual([]);
  });

  it('a foreign host that is allowed by flag or variable is not rejected', async () => {
    const args = ['user.created', '--to', 'http://nothing.invalid/', '--json'];
    for (const [extra, env] of [
      [['--allow-host', 'Nothing.invalid'], {}],
      [[], { SCALEKIT_HOOKS_ALLOW_HOSTS: 'example.com, nothing.invalid' }],
    ] as const) {
      const ran = await send([...args, ...extra], { env: { ...secret.env, ...env } });
      expect(ran).toMatchObject({ exitCode: 3, facts: [{ failure: 'dns' }] });
    }
  });
});
