/** What a person is told about a wrong request: what is wrong, why, and what to try. Each is one line. */
export interface Sentences {
  message: string;
  detail: string;
  fix: string;
}

/**
 * A request that cannot be carried out: a flag, setting, file, fixture, secret or port. Exit code 2.
 * What a handler or a network did is never an error but an Outcome.
 */
export class HooksError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  /** Why that is wrong. */
  readonly detail: string;
  /** What fixes it. */
  readonly fix: string;
  readonly #summary: string;

  constructor(code: C, details: ErrorDetails<C>) {
    const { message, detail, fix } = (errors[code] as (details: ErrorDetails<C>) => Sentences)(details);
    super(`${message}: ${detail}`);
    this.name = 'HooksError';
    this.code = code;
    this.detail = detail;
    this.fix = fix;
    this.#summary = message;
  }

  /** Message, detail and fix apart, as they are reported. */
  get sentences(): Sentences {
    return { message: this.#summary, detail: this.detail, fix: this.fix };
  }
}

export type ErrorCode = keyof typeof errors;
type ErrorDetails<C extends ErrorCode> = Parameters<(typeof errors)[C]>[0];

/** How a secret can be malformed: see signature/secret.ts, which decides it. */
export type SecretProblem =
  | 'empty'
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
  quoted: 'it has quotation marks around it, which belong to the shell or the file, not to the secret',
  signature_prefix: 'it starts with "v1,", which belongs to signatures',
  public_key: 'whpk_ marks a public key; webhooks are signed with the secret that starts with whsec_',
  client_secret: 'it looks like an API client secret, not like the signing secret of a webhook endpoint',
  no_prefix: 'it does not start with whsec_ (every Scalekit SDK refuses a secret without a prefix)',
  empty_key: 'there is no key after the prefix, and anybody can sign with an empty key',
  second_underscore:
    'it has a second underscore: the Scalekit SDKs use only the part between the first two, and other libraries refuse it',
  base64url: 'its key has "-" in it, which only base64url has; Scalekit uses standard base64 (+ and /)',
  not_base64: 'what follows the prefix is not base64',
  padding: 'the base64 of its key is cut or lacks its padding (=), and the Go SDK refuses that',
};

const targetExample = '3000, :3000/hooks, localhost:3000/webhook or http://localhost:3000/webhook';

/** Every refusal, from its stable code to its sentences. */
const errors = {
  unknown_subcommand: (d: { word: string; nearest: string[]; isId: boolean; known: readonly string[] }) => ({
    message: `there is no captures ${quote(d.word)}`,
    detail: d.nearest.length ? `did you mean ${d.nearest[0]}?` : `captures knows ${d.known.join(', ')}`,
    fix: d.isId ? `scalekit-hooks captures show ${d.word}` : 'scalekit-hooks captures --help',
  }),
  usage: (d: {
    message: string;
    detail?: string;
    command?: string | undefined;
    fix?: string | undefined;
  }) => ({
    message: d.message,
    detail: d.detail ?? 'the command line is not one that scalekit-hooks knows, so nothing was done',
    fix: d.fix ?? `scalekit-hooks ${d.command ? `${d.command} ` : ''}--help`,
  }),
  invalid_value: (d: { flag: string; value: string; expected: string; example: string }) => ({
    message: `${d.flag} cannot be ${quote(d.value)}`,
    detail: `${d.flag} takes ${d.expected}`,
    fix: d.example,
  }),
  repeated_flag: (d: { flag: string; first: string; second: string }) => ({
    message: `${d.flag} is given twice`,
    detail: `it can have one value only, and these are two: ${quote(d.first)} and ${quote(d.second)}`,
    fix: `give ${d.flag} once`,
  }),
  unknown_event_type: (d: { type: string; nearest: string[]; count: number }) => ({
    message: `there is no event type ${quote(d.type)}`,
    detail: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : `it is none of the ${d.count} types that have a fixture`,
    fix: 'scalekit-hooks events lists every type; one that is not listed can be sent from a file: send ./event.json',
  }),
  trigger_point_as_type: (d: { name: string }) => ({
    message: `${d.name} is a trigger point of interceptors, not an event type`,
    detail: 'an interceptor is asked and answers; an event is only told',
    fix: `scalekit-hooks send --interceptor ${d.name}`,
  }),
  unmatched_pattern: (d: { pattern: string; count: number }) => ({
    message: `no event type matches ${quote(d.pattern)}`,
    detail: `none of the ${d.count} types that have a fixture does (* stands for any characters, dots included)`,
    fix: 'scalekit-hooks events lists every type; for example user.* or organization.*',
  }),
  nothing_to_send: (_d: Record<never, never>) => ({
    message: 'nothing to send',
    detail: 'send takes one or more event types, patterns or files, --all, --body, or --interceptor',
    fix: 'scalekit-hooks send user.created',
  }),
  nothing_to_replay: (_d: Record<never, never>) => ({
    message: 'nothing to replay',
    detail: 'replay takes ids of captures, or --type, --since, --failed, --all or --from',
    fix: 'scalekit-hooks replay last',
  }),
  nothing_to_verify: (_d: Record<never, never>) => ({
    message: 'nothing to verify',
    detail:
      'verify takes a file with an HTTP request or a line of listen --json, - for stdin, the id of a capture, or --body with -H',
    fix: 'scalekit-hooks verify last, or scalekit-hooks verify request.http',
  }),
  not_a_message: (d: { source: string; reason: string }) => ({
    message: `${quote(d.source)} is not a message`,
    detail: d.reason,
    fix: "scalekit-hooks verify --body @event.json -H 'webhook-id: …' -H 'webhook-timestamp: …' -H 'webhook-signature: …'",
  }),
  no_matching_captures: (d: { place: string; isFile: boolean; refused: number; damaged: number }) => ({
    message: `no capture in ${d.place} fits, so nothing was sent`,
    why:
      d.refused > 0
        ? `${d.refused} had been refused when they came, and are replayed by id only`
        : d.damaged > 0
          ? `${d.damaged} records are damaged, or none of ours`
          : 'there are none, or none of that type and time',
    fix: d.isFile
      ? 'a journal from .scalekit-hooks/captures, or what listen --json printed; other output has no headers and bodies'
      : 'scalekit-hooks captures lists them',
  }),
  uneditable_capture: (d: { id: string; reason: string }) => ({
    message: `the body of ${d.id} cannot be edited, so nothing was sent`,
    detail: d.reason,
    fix: 'leave it out, or replay it as it is',
  }),
  types_and_all: (_d: Record<never, never>) => ({
    message: 'event types and --all are given together',
    detail: '--all already means every event type, so one of the two is not meant',
    fix: 'scalekit-hooks send --all',
  }),
  body_and_types: (_d: Record<never, never>) => ({
    message: 'event types and --body are given together',
    detail:
      '--body is sent byte for byte, so there is nothing to build from a type, and nothing to edit in it',
    fix: 'scalekit-hooks send --body @event.json, or send ./event.json to build an event from the file',
  }),
  conflicting_flags: (d: { first: string; second: string; detail: string; example: string }) => ({
    message: `${d.first} and ${d.second} do not go together`,
    detail: d.detail,
    fix: d.example,
  }),
  missing_flag: (d: { flag: string; needs: readonly string[]; detail: string; example: string }) => ({
    message: `${d.flag} requires ${d.needs.join(' or ')}`,
    detail: d.detail,
    fix: d.example,
  }),
  unknown_trigger_point: (d: { name: string; nearest: string[]; known: readonly string[] }) => ({
    message: `there is no trigger point ${quote(d.name)}`,
    detail: d.nearest.length ? `did you mean ${d.nearest[0]}?` : 'Scalekit asks interceptors at four points',
    fix: `one of ${d.known.join(', ')}`,
  }),
  unknown_fault: (d: { name: string; nearest: string[]; known: readonly string[] }) => ({
    message: `there is no fault ${quote(d.name)}`,
    detail: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : 'it is none of the faults that can be sent',
    fix: `one of ${d.known.join(', ')}`,
  }),
  already_listening: (d: { port: number; command: string }) => ({
    message: `something already listens on port ${d.port}, so ${quote(d.command)} was not started`,
    detail: 'it would be checked in place of the app, or keep the app from starting',
    fix: `stop it, or leave --start out to check what listens there`,
  }),
  app_ended: (d: { command: string; how: string }) => ({
    message: `${quote(d.command)} ended with ${d.how} before it could be checked`,
    detail: 'what it printed last stands above',
    fix: 'run the command by itself; it must stay in the foreground and listen where check looks',
  }),
  app_not_ready: (d: { command: string; host: string; seconds: number }) => ({
    message: `${quote(d.command)} did not listen on ${d.host} within ${d.seconds} s`,
    detail: 'it runs, but perhaps on another port or address; what it printed last stands above',
    fix: `the URL that it prints, or --wait with a longer time`,
  }),
  unknown_check: (d: { flag: string; name: string; nearest: string[] }) => ({
    message: `${d.flag} ${quote(d.name)} means no check of this run`,
    detail: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : 'it is the name of none, nor that of a group or a pattern that fits one',
    fix: 'scalekit-hooks check --list shows all names',
  }),
  invalid_edit: (d: { flag: string; text: string; reason: string }) => ({
    message: `${d.flag} ${quote(d.text)} is not an edit`,
    detail: d.reason,
    try:
      d.flag === '--unset'
        ? '--unset data.email'
        : `${d.flag} data.email=x@example.com, ${d.flag} 'data.count:=3'`,
  }),
  no_such_field: (d: { flag: string; path: string; nearest: string[] }) => ({
    message: `there is no ${d.path} in any of the events, so nothing was sent`,
    detail: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : `${d.flag} changes only fields that are there`,
    try:
      d.flag === '--set'
        ? `--add ${d.path}=… makes a new field`
        : 'scalekit-hooks events <type> shows the fields',
  }),
  field_exists: (d: { path: string }) => ({
    message: `${d.path} is there already, so nothing was sent`,
    detail: '--add makes new fields only',
    fix: `--set ${d.path}=… changes it`,
  }),
  not_a_container: (d: { flag: string; path: string; at: string; type: string }) => ({
    message: `${d.flag} cannot reach ${d.path}, so nothing was sent`,
    detail: `${d.at || 'the event'} is ${d.type === 'object' ? 'an object, which has names and no indexes' : `${d.type} and has no fields`}`,
    fix: 'scalekit-hooks events <type> shows the fields',
  }),
  no_such_index: (d: { flag: string; path: string; at: string; length: number }) => ({
    message: `${d.flag} cannot reach ${d.path}, so nothing was sent`,
    detail: `${d.at} is an array of ${d.length}: its members are numbered from 0, and --add can append one at ${d.length}`,
    fix: `--add '${d.at}[${d.length}]=…'`,
  }),
  unreadable_file: (d: { path: string; reason: string; fix?: string }) => ({
    message: `cannot read ${d.path}`,
    detail: d.reason,
    fix: d.fix ?? 'check the path; one that does not start with / is relative to the working directory',
  }),
  invalid_json: (d: { source: string; line: number; column: number; reason: string; near: string }) => ({
    message: `${d.source} is not JSON: line ${d.line}, column ${d.column}`,
    detail: d.reason,
    fix: d.near ? `look near ${quote(d.near)}` : 'an event is one JSON object: {"type": …, "data": {…}}',
  }),
  invalid_event: (d: { source: string; field: string; reason: string }) => ({
    message: `${d.source} is not an event: ${d.field} ${d.reason}`,
    detail: 'every Scalekit event has the same envelope, and a handler may count on it',
    fix: 'scalekit-hooks events user.created shows a complete event',
  }),
  invalid_target: (d: { text: string; reason: string }) => ({
    message: `${quote(d.text)} is not a target`,
    detail: d.reason,
    fix: targetExample,
  }),
  foreign_host: (d: { host: string; source: string }) => ({
    message: `${d.host} is not on this machine or network, so nothing was sent`,
    detail: `an event that is rightly signed looks real to whoever runs ${d.host} (target from ${d.source})`,
    fix: `--allow-host ${d.host} if that is what you want`,
  }),
  insecure_foreign_host: (d: { host: string }) => ({
    message: '--insecure is for local targets only',
    detail: `without checking its certificate nobody can say that ${d.host} is ${d.host}`,
    fix: 'NODE_EXTRA_CA_CERTS=/path/to/ca.pem makes Node.js trust one more certificate authority',
  }),
  signature_header: (d: { name: string }) => ({
    message: `-H cannot replace ${d.name}`,
    detail: 'scalekit-hooks computes it: with another value the message would not verify',
    fix: 'add --force to send it all the same',
  }),
  connection_header: (d: { name: string }) => ({
    message: `-H cannot set ${d.name}`,
    detail: 'it belongs to the connection, which scalekit-hooks looks after itself',
    fix: 'leave it out',
  }),
  invalid_secret: (d: { source: string; problem: SecretProblem; shown: string }) => ({
    message: `the secret from ${d.source} is malformed${d.shown === '…' ? '' : ` (${d.shown})`}`,
    detail: secretProblems[d.problem],
    fix: 'copy it from the Scalekit dashboard, Webhooks, your endpoint: whsec_ and 32 or more characters of base64',
  }),
  unusable_own_secret: (d: { path: string }) => ({
    message: `the secret in ${d.path} is damaged`,
    detail: 'scalekit-hooks made that file on first use, and it no longer holds a secret',
    fix: `rm ${d.path}, and a new one is made; your app needs the new one, too`,
  }),
  unwritable_output: (d: { reason: string }) => ({
    message: 'what there is to say could not be written',
    detail: d.reason,
    fix: 'free some space where the output goes',
  }),
  no_home_folder: () => ({
    message: 'there is no secret, and no place to keep one that is made',
    detail: 'this user has no home folder, and neither HOME nor XDG_CONFIG_HOME is set',
    fix: 'set SCALEKIT_WEBHOOK_SECRET, or HOME',
  }),
  unusable_config_folder: (d: { path: string; reason: string }) => ({
    message: `cannot keep a signing secret in ${d.path}`,
    detail: d.reason,
    fix: 'set SCALEKIT_WEBHOOK_SECRET, or point XDG_CONFIG_HOME to a folder that can be written',
  }),
  raw_to_terminal: (d: { id: string }) => ({
    message: `the body of ${d.id} was not printed`,
    detail: 'it has bytes that a terminal would act on, or could not show',
    fix: `captures show ${d.id} --raw > body.bin, or without --raw`,
  }),
  unwritable_file: (d: { path: string; reason: string; isThere: boolean }) => ({
    message: `cannot write ${d.path}`,
    detail: d.reason,
    fix: d.isThere ? 'another file name, or --force to replace it' : 'another path',
  }),
  unusable_captures_folder: (d: { folder: string; reason: string }) => ({
    message: `captures cannot be kept in ${d.folder}`,
    detail: d.reason,
    fix: '--captures with another folder, or --no-capture to keep none',
  }),
  newer_captures: (d: { path: string; version: number }) => ({
    message: `${d.path} was written by a newer scalekit-hooks`,
    detail: `its records are of version ${d.version}, which this one does not read; the file was left as it is`,
    fix: 'npx scalekit-hooks@latest, or --captures with another folder',
  }),
  no_captures: (d: { folder: string }) => ({
    message: `there are no captures in ${d.folder}`,
    detail: 'nothing was captured here yet, or it was cleared; captures belong to the working directory',
    fix: 'scalekit-hooks listen, then send it an event; or --captures with another folder',
  }),
  unknown_capture: (d: { id: string; nearest: string[]; count: number }) => ({
    message: `there is no capture ${quote(d.id)}`,
    detail: /^last:[1-9]/.test(d.id)
      ? `there are ${d.count} only`
      : d.nearest.length
        ? `did you mean ${d.nearest.join(', ')}?`
        : `none of the ${d.count} captures has an id, an event id or a webhook-id that begins so`,
    fix: 'scalekit-hooks captures lists them; last is the newest, last:3 the third newest',
  }),
  ambiguous_capture: (d: { id: string; found: string[]; more: boolean }) => ({
    message: `${quote(d.id)} may mean several captures`,
    detail: `these begin so: ${d.found.join(', ')}${d.more ? ' and others' : ''}`,
    fix: 'give more of the id',
  }),
  damaged_capture: (d: { id: string }) => ({
    message: `the record of ${d.id} is damaged`,
    detail: 'what is searched by can be read, its headers and body cannot',
    fix: 'replay the others; the journal was left as it is',
  }),
  port_in_use: (d: { port: number; next: number | undefined }) => ({
    message: `port ${d.port} is in use`,
    detail: 'another program listens there: an earlier listen, or your app',
    try:
      d.next === undefined
        ? '--port 0 for any free port'
        : `--port ${d.next}, which is free, or --port 0 for any`,
  }),
  forwards_to_itself: (d: { url: string }) => ({
    message: `${d.url} is this listener itself`,
    detail: 'each event would be handed on to where it came in, for ever',
    fix: "--forward-to with your app's port, or another --port",
  }),
  cannot_listen: (d: { host: string; port: number; reason: string; fix: string }) => ({
    message: `cannot listen on ${d.host} port ${d.port}`,
    detail: d.reason,
    fix: d.fix,
  }),
};

/** Quotes a value for a sentence, so that blanks and an empty text can be seen. Cut at 80 characters. */
export function quote(text: string): string {
  return `"${text.length > 80 ? `${text.slice(0, 79)}…` : text}"`;
}
