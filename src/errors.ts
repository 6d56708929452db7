/** The text of an error: what is wrong, why, and how to fix it. Each is one line. */
export interface Sentences {
  message: string;
  detail: string;
  fix: string;
}

const BRAND = Symbol.for('scalekit-hooks.HooksError');

/**
 * A usage or configuration error: a flag, setting, file, fixture, secret or port; or a store that cannot be reached.
 * A failed delivery is never an error but an Outcome.
 */
export class HooksError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly detail: string;
  readonly fix: string;
  readonly #summary: string;
  readonly [BRAND] = true;

  /** Also true for errors of another copy of this package: a process can load it as ES modules and as CommonJS. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  constructor(code: C, details: ErrorDetails<C>) {
    const { message, detail, fix } = (errors[code] as (details: ErrorDetails<C>) => Sentences)(details);
    super(`${message}: ${detail}`);
    this.name = 'HooksError';
    this.code = code;
    this.detail = detail;
    this.fix = fix;
    this.#summary = message;
  }

  get exitCode(): 2 | 3 {
    return exitCodes[this.code] ?? 2;
  }

  /** The three parts as they are reported; `message` of the Error itself includes the detail. */
  get sentences(): Sentences {
    return { message: this.#summary, detail: this.detail, fix: this.fix };
  }
}

/** Exit codes other than 2: 3 for a server that cannot be reached, as for a target. */
const exitCodes: Partial<Record<ErrorCode, 3>> = {
  store_unreachable: 3,
  store_unavailable: 3,
  event_log_unreachable: 3,
};

export type ErrorCode = keyof typeof errors;
type ErrorDetails<C extends ErrorCode> = Parameters<(typeof errors)[C]>[0];

/** How a secret can be malformed, as signature/secret.ts finds it. */
export type SecretProblem =
  | 'empty'
  | 'too_long'
  | 'too_many'
  | 'invisible'
  | 'reference'
  | 'encoded'
  | 'quoted'
  | 'signature_prefix'
  | 'public_key'
  | 'client_secret'
  | 'no_prefix'
  | 'empty_key'
  | 'second_underscore'
  | 'base64url'
  | 'not_base64'
  | 'padding';

const secretProblems: Record<SecretProblem, string> = {
  empty: 'it is empty',
  too_many: 'it is a list of more than 100 secrets, and each message is verified with all of them',
  too_long: 'it has more than 1,024 characters; a signing secret has fewer than 100',
  invisible:
    'it contains an invisible character, which copying from a page or a chat can add: type it again, or copy it from the dashboard',
  reference: 'it is a reference to another variable, which was not expanded',
  encoded: 'it is the base64 of a whole secret, prefix included: decode it once',
  quoted: 'it is wrapped in quotation marks, which belong to the shell or the file, not to the secret',
  signature_prefix: 'it starts with "v1,", which is the prefix of a signature',
  public_key: 'whpk_ marks a public key; webhooks are signed with the secret that starts with whsec_',
  client_secret: 'it looks like an API client secret, not like the signing secret of a webhook endpoint',
  no_prefix: 'it does not start with whsec_, and every Scalekit SDK rejects a secret without a prefix',
  empty_key: 'it has no key after the prefix, and anyone can sign with an empty key',
  second_underscore:
    'it has a second underscore. The Scalekit SDKs use only the part between the first two; other libraries reject it',
  base64url: 'its key contains "-", which only base64url has; Scalekit uses standard base64 (+ and /)',
  not_base64: 'the text after the prefix is not base64',
  padding: 'the base64 of its key is truncated or lacks padding (=), and the Go SDK rejects that',
};

const targetExample = '3000, :3000/hooks, localhost:3000/webhook or http://localhost:3000/webhook';

/** Every error, from its stable code to its text. */
const errors = {
  unknown_subcommand: (d: { word: string; nearest: string[]; isId: boolean; known: readonly string[] }) => ({
    message: `unknown subcommand ${quote(`captures ${d.word}`)}`,
    detail: d.nearest.length ? `did you mean ${d.nearest[0]}?` : `the subcommands are ${d.known.join(', ')}`,
    fix: `run scalekit-hooks captures ${d.isId ? `show ${d.word}` : '--help'}`,
  }),
  usage: (d: {
    message: string;
    detail?: string;
    command?: string | undefined;
    fix?: string | undefined;
  }) => ({
    message: d.message,
    detail: d.detail ?? 'the command line is invalid, so nothing was run',
    fix: d.fix ?? `run scalekit-hooks ${d.command ? `${d.command} ` : ''}--help`,
  }),
  invalid_value: (d: { flag: string; value: string; expected: string; example: string }) => ({
    message: `invalid value ${quote(d.value)} for ${d.flag}`,
    detail: `expected ${d.expected}`,
    fix: `for example: ${d.example}`,
  }),
  repeated_flag: (d: { flag: string; first: string; second: string }) => ({
    message: `${d.flag} was given more than once`,
    detail: `it can have only one value, but has ${quote(d.first)} and ${quote(d.second)}`,
    fix: `use ${d.flag} once`,
  }),
  unknown_event_type: (d: { type: string; nearest: string[]; count: number }) => ({
    message: `unknown event type ${quote(d.type)}`,
    detail: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : `it is not one of the ${d.count} types that have a fixture`,
    fix: 'run scalekit-hooks events to list every type. For another type, use an event file: scalekit-hooks send ./event.json, or --fixtures with its folder',
  }),
  trigger_point_as_type: (d: { name: string }) => ({
    message: `${d.name} is a trigger point of interceptors, not an event type`,
    detail: 'Scalekit waits for the decision of an interceptor; an event is only a notification',
    fix: `run scalekit-hooks send --interceptor ${d.name}`,
  }),
  unmatched_pattern: (d: { pattern: string; count: number }) => ({
    message: `no event type matches ${quote(d.pattern)}`,
    detail: `the ${d.count} types that have a fixture were searched; * matches any characters, including dots`,
    fix: 'use a pattern like user.* or organization.*, or run scalekit-hooks events to list every type',
  }),
  nothing_to_send: (_d: Record<never, never>) => ({
    message: 'nothing to send',
    detail:
      'send needs event types, patterns or files, or one of --all, --scenario, --body and --interceptor',
    fix: 'for example: scalekit-hooks send user.created',
  }),
  nothing_to_replay: (_d: Record<never, never>) => ({
    message: 'nothing to replay',
    detail: 'replay needs capture ids, or one of --type, --since, --failed, --all and --from',
    fix: 'for example: scalekit-hooks replay last',
  }),
  nothing_to_verify: (_d: Record<never, never>) => ({
    message: 'nothing to verify',
    detail:
      'verify needs a file with an HTTP request or a line of listen --json, - for stdin, a capture id, or --body with -H',
    fix: 'for example: scalekit-hooks verify last, or scalekit-hooks verify request.http',
  }),
  not_a_message: (d: { source: string; reason: string }) => ({
    message: `${quote(d.source)} is not a webhook message`,
    detail: d.reason,
    fix: "pass its parts: scalekit-hooks verify --body @event.json -H 'webhook-id: …' -H 'webhook-timestamp: …' -H 'webhook-signature: …'",
  }),
  no_matching_captures: (d: {
    place: string;
    isFile: boolean;
    rejected: number;
    untrusted: number;
    damaged: number;
  }) => ({
    message: `no capture in ${d.place} matches, so nothing was sent`,
    detail:
      d.rejected > 0
        ? `${counted(d.rejected, 'capture')} failed verification and can be replayed only by id, with --trust`
        : d.untrusted > 0
          ? `${counted(d.untrusted, 'capture')} did not verify with your secret. Re-signed, a forged one would look real. If you trust them, use --trust`
          : d.damaged > 0
            ? `${counted(d.damaged, 'record')} could not be read: damaged, or not written by scalekit-hooks`
            : 'none has this type, organization and time',
    fix: d.isFile
      ? 'use a journal from .scalekit-hooks/captures or the output of listen --json; other output lacks headers and bodies'
      : 'run scalekit-hooks captures to list them',
  }),
  nothing_to_export: (d: { place: string; rejected: number }) => ({
    message: `no capture in ${d.place} matches, so no scenario was written`,
    detail:
      d.rejected > 0
        ? `${counted(d.rejected, 'capture')} failed verification, and only verified events become steps`
        : 'none has this type, organization and time',
    fix: 'run scalekit-hooks captures to list them',
  }),
  too_many_steps: (d: { max: number }) => ({
    message: `a scenario has at most ${d.max} steps, so none was written`,
    detail: `more than ${d.max} captures match`,
    fix: 'select fewer: last:10 for the newest ten, or --since, --type and --organization',
  }),
  conflicting_ids: (d: { id: string }) => ({
    message: `${d.id} cannot be combined with other ids`,
    detail: `for export, ${d.id} selects several captures`,
    fix: `use ${d.id} alone, or the ids of all captures`,
  }),
  uneditable_capture: (d: { id: string; reason: string }) => ({
    message: `the body of ${d.id} cannot be edited, so nothing was sent`,
    detail: d.reason,
    fix: 'omit this capture, or replay it without edits',
  }),
  body_and_types: (_d: Record<never, never>) => ({
    message: 'event types and --body cannot be combined',
    detail: '--body is sent byte for byte: it is neither built from a type nor edited',
    fix: 'use --body @event.json alone, or scalekit-hooks send ./event.json to build an event from the file',
  }),
  conflicting_flags: (d: { first: string; second: string; detail: string; example: string }) => ({
    message: `${d.first} and ${d.second} cannot be combined`,
    detail: d.detail,
    fix: d.example,
  }),
  missing_flag: (d: { flag: string; needs: readonly string[]; detail: string; example: string }) => ({
    message: `${d.flag} requires ${d.needs.join(' or ')}`,
    detail: d.detail,
    fix: `for example: ${d.example}`,
  }),
  unknown_trigger_point: (d: { name: string; nearest: string[]; known: readonly string[] }) => ({
    message: `unknown trigger point ${quote(d.name)}`,
    detail: d.nearest.length
      ? `did you mean ${d.nearest[0]}?`
      : `Scalekit calls interceptors at ${d.known.length} trigger points`,
    fix: `use one of ${d.known.join(', ')}`,
  }),
  unknown_fault: (d: { name: string; nearest: string[]; known: readonly string[] }) => ({
    message: `unknown fault ${quote(d.name)}`,
    detail: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : 'it is not one of the faults that send can produce',
    fix: `use one of ${d.known.join(', ')}`,
  }),
  already_listening: (d: { port: number; command: string }) => ({
    message: `port ${d.port} is already in use, so ${quote(d.command)} was not started`,
    detail: 'check would test the program that already uses the port, not your app',
    fix: 'stop that program, or omit --start to check it',
  }),
  app_ended: (d: { command: string; how: string; hasOutput: boolean }) => ({
    message: `${quote(d.command)} ended with ${d.how} before the check started`,
    detail: d.hasOutput ? 'its last output is above' : 'it printed nothing',
    fix: 'run the command alone: it must stay in the foreground and listen on the address that check tests',
  }),
  app_not_ready: (d: { command: string; host: string; seconds: number; hasOutput: boolean }) => ({
    message: `${quote(d.command)} did not listen on ${d.host} within ${d.seconds} s`,
    detail: `it is running, but may use another port or address; ${d.hasOutput ? 'its last output is above' : 'it printed nothing'}`,
    fix: 'check the URL that the app prints, or use a longer --wait',
  }),
  unknown_check: (d: { flag: string; name: string; nearest: string[] }) => ({
    message: `${d.flag} ${quote(d.name)} matches no check in this run`,
    detail: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : d.name.includes(',')
        ? `the value is read as one name. Repeat ${d.flag} for each name`
        : 'it is not the name of a check, part or group, or a pattern that matches one',
    fix: 'run scalekit-hooks check --list to see all names',
  }),
  invalid_edit: (d: { flag: string; text: string; reason: string }) => ({
    message: `${d.flag} ${quote(d.text)} is not a valid edit`,
    detail: d.reason,
    fix:
      d.flag === '--unset'
        ? 'for example: --unset data.email'
        : `for example: ${d.flag} data.email=x@example.com, ${d.flag} 'data.count:=3'`,
  }),
  no_such_field: (d: { flag: string; path: string; nearest: string[] }) => ({
    message: `no event to send has the field ${d.path}, so nothing was sent`,
    detail: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : `${d.flag} ${d.flag === '--unset' ? 'removes' : 'changes'} only fields that exist`,
    fix:
      d.flag === '--set'
        ? `use ${d.nearest.length ? 'the right field, or ' : ''}--add ${d.path}=… to add a field`
        : 'run scalekit-hooks events <type> to see the fields',
  }),
  field_exists: (d: { path: string }) => ({
    message: `the field ${d.path} already exists, so nothing was sent`,
    detail: '--add only adds new fields',
    fix: `use --set ${d.path}=… to change it`,
  }),
  not_a_container: (d: { flag: string; path: string; at: string; type: string }) => ({
    message: `${d.flag} cannot reach ${d.path}, so nothing was sent`,
    detail: `${d.at || 'the event'} is ${d.type === 'object' ? 'an object, which has names, not indexes' : `${d.type} and has no fields`}`,
    fix: 'run scalekit-hooks events <type> to see the fields',
  }),
  no_such_index: (d: { flag: string; path: string; at: string; length: number }) => ({
    message: `${d.flag} cannot reach ${d.path}, so nothing was sent`,
    detail: `${d.at} is an array of length ${d.length}; indexes start at 0, and --add can append an item at ${d.length}`,
    fix: `use --add '${d.at}[${d.length}]=…' to append an item`,
  }),
  unreadable_file: (d: { path: string; reason: string; fix?: string }) => ({
    message: `cannot read ${d.path}`,
    detail: d.reason,
    fix: d.fix ?? 'check the path, which is relative to the working directory, and its permissions',
  }),
  invalid_json: (d: { source: string; line: number; column: number; reason: string; near: string }) => ({
    message: `${d.source} is not valid JSON: line ${d.line}, column ${d.column}`,
    detail: d.reason,
    fix: d.near ? `check the text near ${quote(d.near)}` : 'write one JSON object: {"type": …, "data": {…}}',
  }),
  invalid_event: (d: { source: string; field: string; reason: string }) => ({
    message: `${d.source} is not an event: ${d.field} ${d.reason}`,
    detail: 'every Scalekit event has the same envelope, and handlers rely on it',
    fix: 'run scalekit-hooks events user.created to see a complete event',
  }),
  invalid_scenario: (d: { source: string; line: number; column: number; reason: string }) => ({
    message: `${d.source} is not a scenario: line ${d.line}, column ${d.column}`,
    detail: d.reason,
    fix: 'run scalekit-hooks events --scenarios user-lifecycle to see a complete scenario',
  }),
  unknown_scenario: (d: { name: string; nearest: string[]; known: readonly string[] }) => ({
    message: `unknown scenario ${quote(d.name)}`,
    detail: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : `the scenarios are ${d.known.join(', ')}`,
    fix: 'run scalekit-hooks events --scenarios to list them. To send your own, use its file: --scenario ./flow.json',
  }),
  invalid_target: (d: { text: string; source?: string; reason: string; fix?: string }) => ({
    message: `${quote(d.text)}${d.source ? ` from ${d.source}` : ''} is not a valid target`,
    detail: d.reason,
    fix: d.fix ?? `for example: ${targetExample}`,
  }),
  foreign_host: (d: { host: string; source: string }) => ({
    message: `the target ${d.host} is not on this machine or network, so nothing was sent`,
    detail: `a correctly signed event looks real to the owner of ${d.host}${d.source === '--to' ? '' : ` (target from ${d.source})`}`,
    fix: `use --allow-host ${d.host} to allow this target`,
  }),
  insecure_foreign_host: (d: { host: string }) => ({
    message: '--insecure works only with local targets',
    detail: `without a certificate check, any server can pose as ${d.host}`,
    fix: 'set NODE_EXTRA_CA_CERTS=/path/to/ca.pem to make Node.js trust another certificate authority',
  }),
  signature_header: (d: { name: string }) => ({
    message: `-H cannot replace ${d.name}`,
    detail: 'scalekit-hooks computes it; with another value the message does not verify',
    fix: 'add --force to send it anyway',
  }),
  connection_header: (d: { name: string }) => ({
    message: `-H cannot set ${d.name}`,
    detail: 'it belongs to the connection, which scalekit-hooks manages',
    fix: 'omit it',
  }),
  invalid_secret: (d: { source: string; problem: SecretProblem; shown: string }) => ({
    message: `the signing secret from ${d.source} is malformed${d.shown === '…' ? '' : ` (${d.shown})`}`,
    detail: secretProblems[d.problem],
    fix: `copy it from your endpoint under Webhooks in the Scalekit dashboard: whsec_ and 32 or more characters of base64${d.problem === 'empty' ? ', or remove the setting to use the secret that scalekit-hooks creates' : ''}`,
  }),
  unusable_own_secret: (d: { path: string }) => ({
    message: `the signing secret in ${d.path} is damaged`,
    detail: 'scalekit-hooks created this file on first use, and it no longer holds a secret',
    fix: `run rm ${d.path} to have a new one created, and set the new secret in your app`,
  }),
  unwritable_output: (d: { reason: string }) => ({
    message: 'cannot write output',
    detail: d.reason,
    fix: 'free up disk space where the output goes',
  }),
  undocumented_type: (d: { type: string }) => ({
    message: `there is no schema for ${quote(d.type)}`,
    detail: 'Scalekit does not document this type; only your own fixture defines it',
    fix: 'run scalekit-hooks events to list the documented types',
  }),
  no_fetch_classes: (_: undefined) => ({
    message: 'this environment has no Request class',
    detail: 'checkHandler and signedRequest need it, and test environments that imitate a browser hide it',
    fix: 'run these tests in the Node.js environment: /** @jest-environment node */ at the top of the file',
  }),
  unprintable_body: (_: undefined) => ({
    message: 'this body cannot be printed as an HTTP request',
    detail: 'it is not UTF-8, or has line breaks, which REST clients change before they send it',
    fix: 'use --print curl',
  }),
  no_actor: (d: { flag: string }) => ({
    message: `no event to send has a place for ${d.flag}`,
    detail: 'none of them names this kind of actor',
    fix: `send other events, or omit ${d.flag}`,
  }),
  no_working_directory: (_: undefined) => ({
    message: 'the working directory no longer exists',
    detail: 'it was deleted or moved while this terminal was in it',
    fix: 'change to another directory: cd ~',
  }),
  no_home_folder: () => ({
    message: 'no signing secret is set, and a new one cannot be stored',
    detail: 'this user has no home folder, and neither HOME nor XDG_CONFIG_HOME is set',
    fix: 'set SCALEKIT_WEBHOOK_SECRET or HOME',
  }),
  unusable_config_folder: (d: { path: string; reason: string }) => ({
    message: `cannot store a signing secret in ${d.path}`,
    detail: d.reason,
    fix: 'set SCALEKIT_WEBHOOK_SECRET, or point XDG_CONFIG_HOME to a writable folder',
  }),
  raw_to_terminal: (d: { id: string }) => ({
    message: `the body of ${d.id} was not printed`,
    detail: 'it contains bytes that the terminal would interpret or could not display',
    fix: `run scalekit-hooks captures show ${d.id} --raw > body.bin, or omit --raw`,
  }),
  unwritable_file: (d: { path: string; reason: string; isThere: boolean }) => ({
    message: `cannot write ${d.path}`,
    detail: d.reason,
    fix: d.isThere ? 'use another file name, or --force to replace the file' : 'use another path',
  }),
  event_files_exist: (d: { folder: string; names: readonly string[] }) => ({
    message: `${d.folder} already has ${d.names.length === 1 ? d.names[0] : `${d.names.length} of the files, such as ${d.names[0]}`}`,
    detail: 'pull --save replaces no file, so nothing was written',
    fix: `use another folder, or remove ${d.names.length === 1 ? 'this file' : 'these files'}`,
  }),
  unusable_captures_folder: (d: { folder: string; reason: string }) => ({
    message: `cannot use captures in ${d.folder}`,
    detail: d.reason,
    fix: 'use --captures with another folder. With --no-capture, commands that deliver or listen store none',
  }),
  captures_locked: (d: { folder: string; path: string }) => ({
    message: `another process is clearing the captures in ${d.folder}`,
    detail: 'only one process clears a folder at a time; nothing was removed',
    fix: `wait until it has finished. If no process is clearing them, remove ${d.path}`,
  }),
  captures_not_cleared: (d: { folder: string; reason: string; isFull: boolean }) => ({
    message: `cannot clear the captures in ${d.folder}`,
    detail: `${d.reason}; the captures to keep are unchanged`,
    fix: d.isFull
      ? 'free up disk space, which the copy of the captures to keep needs. scalekit-hooks captures clear --yes removes all captures, and needs no space'
      : 'check the folder and its permissions',
  }),
  captures_changed: (d: { path: string }) => ({
    message: `${d.path} was moved or replaced while it was cleared`,
    detail: 'another program uses the same folder; the file was not changed',
    fix: 'run the command again',
  }),
  newer_captures: (d: { path: string; version: number }) => ({
    message: `${d.path} was written by a newer version of scalekit-hooks`,
    detail: `this version cannot read records of version ${d.version}; the file was not changed`,
    fix: 'run npx scalekit-hooks@latest, or use --captures with another folder',
  }),
  store_unreachable: (d: { name: string; reason: string }) => ({
    message: `cannot reach the captures store ${d.name}`,
    detail: d.reason,
    fix: 'check the host, the port and the network, and whether the server is running',
  }),
  store_denied: (d: { name: string; reason: string }) => ({
    message: `the captures store ${d.name} denied access`,
    detail: d.reason,
    fix: 'check user and password in SCALEKIT_HOOKS_CAPTURES, and the ACL: see docs/team.md',
  }),
  store_unavailable: (d: { name: string; reason: string }) => ({
    message: `the captures store ${d.name} cannot be used now`,
    detail: d.reason,
    fix: 'check the state of the server: it may be loading, full, read-only, or a cluster, which is not supported',
  }),
  store_key_in_use: (d: { name: string; key: string }) => ({
    message: `the key ${d.key} of ${d.name} holds another data type`,
    detail: 'another program uses a key that captures are stored under; nothing was changed',
    fix: 'add ?namespace=NAME to the URL to use other keys',
  }),
  missing_credentials: (d: {
    missing: readonly string[];
    source: string | undefined;
    elsewhere: string | undefined;
  }) => ({
    message: `${listed(d.missing)} ${d.missing.length === 1 ? 'is' : 'are'} not set${d.source ? ` in ${d.source}` : ''}`,
    detail: d.elsewhere
      ? `${d.elsewhere} has some of the variables. All must come from one source, so that no file can send your secret to its own host`
      : 'pull needs the URL of an environment and its API credentials to read the event log',
    fix: 'set SCALEKIT_ENVIRONMENT_URL, SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET. In the dashboard, they are under Developers, API Credentials',
  }),
  invalid_environment_url: (d: { text: string; source: string; reason: string }) => ({
    message: `invalid environment URL from ${d.source}`,
    detail: d.reason,
    fix: 'use the URL of your environment, such as https://acme.scalekit.dev',
  }),
  credentials_denied: (d: { host: string; clientId: string; status: number }) => ({
    message: `${d.host} denied the credentials of ${d.clientId} (${d.status})`,
    detail:
      d.status === 403
        ? 'they are valid, but may not read the event log'
        : 'the client id, the client secret or the environment URL is wrong, or the secret was revoked',
    fix: 'copy all three from the same environment in the dashboard, under Developers, API Credentials',
  }),
  not_the_api: (d: { url: string; problem: string }) => ({
    message: `${d.url} did not answer as Scalekit's API does`,
    detail: `it answered with ${d.problem}`,
    fix: 'check SCALEKIT_ENVIRONMENT_URL: it is the URL of an environment, not of the dashboard or of your app',
  }),
  event_log_rejected: (d: { host: string; reason: string }) => ({
    message: `${d.host} rejected the request for events`,
    detail: d.reason,
    fix: 'check --since, --before, --type and --organization',
  }),
  event_log_unreachable: (d: { host: string; reason: string }) => ({
    message: `cannot read the event log of ${d.host}`,
    detail: d.reason,
    fix: 'check SCALEKIT_ENVIRONMENT_URL and the network, and HTTPS_PROXY and NO_PROXY if they are set',
  }),
  invalid_proxy: (d: { name: string }) => ({
    message: `invalid proxy in ${d.name}`,
    detail: 'it is not a URL that begins with http:// or https://. SOCKS proxies are not supported',
    fix: `for example: ${d.name}=http://localhost:8080, or unset it`,
  }),
  old_store: (d: { name: string; version: string }) => ({
    message: `the captures store ${d.name} runs Redis ${d.version}`,
    detail: 'captures need Redis 7.0 or later, or Valkey',
    fix: 'update the server',
  }),
  no_captures: (d: { folder: string }) => ({
    message: `no captures in ${d.folder}`,
    detail: 'nothing was captured yet, or it was cleared. Captures belong to the working directory',
    fix: 'run scalekit-hooks listen and send it an event, or use --captures with another folder',
  }),
  unknown_capture: (d: { id: string; nearest: string[]; count: number }) => ({
    message: `no capture matches ${quote(d.id)}`,
    detail: /^last:[1-9]/.test(d.id)
      ? `the store has only ${counted(d.count, 'capture')}`
      : d.nearest.length
        ? `did you mean ${d.nearest.join(', ')}?`
        : `searched ${counted(d.count, 'capture')} for an id, event id or webhook-id that starts with it`,
    fix: 'run scalekit-hooks captures to list them. last is the newest, last:3 the third newest',
  }),
  ambiguous_capture: (d: { id: string; found: string[]; more: boolean }) => ({
    message: `${quote(d.id)} matches more than one capture`,
    detail: `these ids start with it: ${d.found.join(', ')}${d.more ? ' and others' : ''}`,
    fix: 'use more characters of the id',
  }),
  truncated_capture: (d: { id: string; bytes: number }) => ({
    message: `only the beginning of ${d.id} was stored`,
    detail: `a rejected body of ${d.bytes} bytes is too long to be stored whole`,
    fix: 'ask the sender for the whole message',
  }),
  untrusted_capture: (d: { id: string; reason: string | null }) => ({
    message: `${d.id} does not verify with your signing secret, so nothing was sent`,
    detail: d.reason
      ? `it was rejected when it was received (${d.reason}). Re-signed, it would look like a real event`
      : 'it was signed with another secret, or written by somebody else. Re-signed, it would look like a real event',
    fix: `run scalekit-hooks verify ${d.id} for the cause. If you trust it, use --trust`,
  }),
  follower_running: (d: { name: string; pid: number; lock: string }) => ({
    message: `a follower named ${quote(d.name)} is already running`,
    detail: `process ${d.pid} has this name, and the same source and target`,
    fix: `stop it, or use --name with another name. If that process is not a follower, remove ${d.lock}`,
  }),
  unusable_state_folder: (d: { folder: string; reason: string }) => ({
    message: `cannot use the state folder ${d.folder}`,
    detail: d.reason,
    fix: 'check the folder and its permissions, or set XDG_STATE_HOME to another folder',
  }),
  unusable_temporary_folder: (d: { folder: string; reason: string }) => ({
    message: `cannot store events in the temporary folder ${d.folder}`,
    detail: `${d.reason}. Events are stored there before the first one is delivered`,
    fix: 'free up space there, or set TMPDIR to another folder',
  }),
  system_failure: (d: { syscall: string; path: string | undefined; reason: string }) => ({
    message: d.path === undefined ? `the system call "${d.syscall}" failed` : `cannot use ${d.path}`,
    detail: `${d.reason}. The command may be only partly done`,
    fix: 'check the disk, the permissions and the limits of this machine (ulimit -a), then run the command again',
  }),
  damaged_capture: (d: { id: string }) => ({
    message: `the record of ${d.id} is damaged`,
    detail: 'its search fields are readable, but its headers and body are not',
    fix: 'replay the other captures. The journal was not changed',
  }),
  port_in_use: (d: { port: number; next: number | undefined }) => ({
    message: `port ${d.port} is in use`,
    detail: 'another program is listening there: an earlier scalekit-hooks listen, or your app',
    fix:
      d.next === undefined
        ? 'use --port 0 for any free port'
        : `use --port ${d.next}, which is free, or --port 0 for any free port`,
  }),
  forwards_to_itself: (d: { url: string }) => ({
    message: `${d.url} is this listener`,
    detail: 'it would forward each event to itself in an endless loop',
    fix: "use --forward-to with your app's port, or another --port",
  }),
  cannot_listen: (d: { host: string; port: number; reason: string; fix: string }) => ({
    message: `cannot listen on ${d.host} port ${d.port}`,
    detail: d.reason,
    fix: d.fix,
  }),
} satisfies Record<string, (d: never) => Sentences>;

/** `A`, `A and B`, or `A, B and C`. */
function listed(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' and ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Quotes a value, so that whitespace and an empty value are visible. Cut at 80 characters. */
export function quote(text: string): string {
  return `"${text.length > 80 ? `${text.slice(0, 79)}…` : text}"`;
}
