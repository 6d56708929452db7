/** What a person is told about a wrong request: what is wrong, why, and what to try. Each is one line. */
export interface Sentences {
  what: string;
  why: string;
  try: string;
}

/**
 * A request that cannot be carried out: a flag, setting, file, fixture, secret or port. Exit code 2.
 * What a handler or a network did is never an error but an Outcome.
 */
export class HooksError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly sentences: Sentences;

  constructor(code: C, details: ErrorDetails<C>) {
    const sentences = (errors[code] as (details: ErrorDetails<C>) => Sentences)(details);
    super(`${sentences.what}: ${sentences.why}`);
    this.name = 'HooksError';
    this.code = code;
    this.sentences = sentences;
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
  no_such_action: (d: { word: string; nearest: string[]; isId: boolean; known: readonly string[] }) => ({
    what: `there is no captures ${quote(d.word)}`,
    why: d.nearest.length ? `did you mean ${d.nearest[0]}?` : `captures knows ${d.known.join(', ')}`,
    try: d.isId ? `scalekit-hooks captures show ${d.word}` : 'scalekit-hooks captures --help',
  }),
  usage: (d: {
    what: string;
    why?: string;
    command?: string | undefined;
    suggestion?: string | undefined;
  }) => ({
    what: d.what,
    why: d.why ?? 'the command line is not one that scalekit-hooks knows, so nothing was done',
    try: d.suggestion ?? `scalekit-hooks ${d.command ? `${d.command} ` : ''}--help`,
  }),
  invalid_value: (d: { flag: string; value: string; expected: string; example: string }) => ({
    what: `${d.flag} cannot be ${quote(d.value)}`,
    why: `${d.flag} takes ${d.expected}`,
    try: d.example,
  }),
  repeated_flag: (d: { flag: string; first: string; second: string }) => ({
    what: `${d.flag} is given twice`,
    why: `it can have one value only, and these are two: ${quote(d.first)} and ${quote(d.second)}`,
    try: `give ${d.flag} once`,
  }),
  unknown_event_type: (d: { type: string; nearest: string[]; count: number }) => ({
    what: `there is no event type ${quote(d.type)}`,
    why: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : `it is none of the ${d.count} types that have a fixture`,
    try: 'scalekit-hooks events lists every type; one that is not listed can be sent from a file: send ./event.json',
  }),
  trigger_point_as_type: (d: { name: string }) => ({
    what: `${d.name} is a trigger point of interceptors, not an event type`,
    why: 'an interceptor is asked and answers; an event is only told',
    try: `scalekit-hooks send --interceptor ${d.name}`,
  }),
  unmatched_pattern: (d: { pattern: string; count: number }) => ({
    what: `no event type matches ${quote(d.pattern)}`,
    why: `none of the ${d.count} types that have a fixture does (* stands for any characters, dots included)`,
    try: 'scalekit-hooks events lists every type; for example user.* or organization.*',
  }),
  nothing_to_send: (_d: Record<never, never>) => ({
    what: 'nothing to send',
    why: 'send takes one or more event types, patterns or files, --all, --body, or --interceptor',
    try: 'scalekit-hooks send user.created',
  }),
  nothing_to_replay: (_d: Record<never, never>) => ({
    what: 'nothing to replay',
    why: 'replay takes ids of captures, or --type, --since, --failed, --all or --from',
    try: 'scalekit-hooks replay last',
  }),
  nothing_to_verify: (_d: Record<never, never>) => ({
    what: 'nothing to verify',
    why: 'verify takes a file with an HTTP request or a line of listen --json, - for stdin, the id of a capture, or --body with -H',
    try: 'scalekit-hooks verify last, or scalekit-hooks verify request.http',
  }),
  not_a_message: (d: { source: string; reason: string }) => ({
    what: `${quote(d.source)} is not a message`,
    why: d.reason,
    try: "scalekit-hooks verify --body @event.json -H 'webhook-id: …' -H 'webhook-timestamp: …' -H 'webhook-signature: …'",
  }),
  nothing_fits: (d: { place: string; isFile: boolean; refused: number; damaged: number }) => ({
    what: `no capture in ${d.place} fits, so nothing was sent`,
    why:
      d.refused > 0
        ? `${d.refused} had been refused when they came, and are replayed by id only`
        : d.damaged > 0
          ? `${d.damaged} records are damaged, or none of ours`
          : 'there are none, or none of that type and time',
    try: d.isFile
      ? 'a journal from .scalekit-hooks/captures, or what listen --json printed; other output has no headers and bodies'
      : 'scalekit-hooks captures lists them',
  }),
  uneditable_capture: (d: { id: string; reason: string }) => ({
    what: `the body of ${d.id} cannot be edited, so nothing was sent`,
    why: d.reason,
    try: 'leave it out, or replay it as it is',
  }),
  types_and_all: (_d: Record<never, never>) => ({
    what: 'event types and --all are given together',
    why: '--all already means every event type, so one of the two is not meant',
    try: 'scalekit-hooks send --all',
  }),
  body_and_types: (_d: Record<never, never>) => ({
    what: 'event types and --body are given together',
    why: '--body is sent byte for byte, so there is nothing to build from a type, and nothing to edit in it',
    try: 'scalekit-hooks send --body @event.json, or send ./event.json to build an event from the file',
  }),
  conflicting_flags: (d: { first: string; second: string; why: string; example: string }) => ({
    what: `${d.first} and ${d.second} do not go together`,
    why: d.why,
    try: d.example,
  }),
  missing_flag: (d: { flag: string; needs: readonly string[]; why: string; example: string }) => ({
    what: `${d.flag} requires ${d.needs.join(' or ')}`,
    why: d.why,
    try: d.example,
  }),
  unknown_trigger_point: (d: { name: string; nearest: string[]; known: readonly string[] }) => ({
    what: `there is no trigger point ${quote(d.name)}`,
    why: d.nearest.length ? `did you mean ${d.nearest[0]}?` : 'Scalekit asks interceptors at four points',
    try: `one of ${d.known.join(', ')}`,
  }),
  unknown_fault: (d: { name: string; nearest: string[]; known: readonly string[] }) => ({
    what: `there is no fault ${quote(d.name)}`,
    why: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : 'it is none of the faults that can be sent',
    try: `one of ${d.known.join(', ')}`,
  }),
  already_listening: (d: { port: number; command: string }) => ({
    what: `something already listens on port ${d.port}, so ${quote(d.command)} was not started`,
    why: 'it would be checked in place of the app, or keep the app from starting',
    try: `stop it, or leave --start out to check what listens there`,
  }),
  app_ended: (d: { command: string; how: string }) => ({
    what: `${quote(d.command)} ended with ${d.how} before it could be checked`,
    why: 'what it printed last stands above',
    try: 'run the command by itself; it must stay in the foreground and listen where check looks',
  }),
  app_not_ready: (d: { command: string; host: string; seconds: number }) => ({
    what: `${quote(d.command)} did not listen on ${d.host} within ${d.seconds} s`,
    why: 'it runs, but perhaps on another port or address; what it printed last stands above',
    try: `the URL that it prints, or --wait with a longer time`,
  }),
  unknown_check: (d: { flag: string; name: string; nearest: string[] }) => ({
    what: `${d.flag} ${quote(d.name)} means no check of this run`,
    why: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : 'it is the name of none, nor that of a group or a pattern that fits one',
    try: 'scalekit-hooks check --list shows all names',
  }),
  invalid_edit: (d: { flag: string; text: string; reason: string }) => ({
    what: `${d.flag} ${quote(d.text)} is not an edit`,
    why: d.reason,
    try:
      d.flag === '--unset'
        ? '--unset data.email'
        : `${d.flag} data.email=x@example.com, ${d.flag} 'data.count:=3'`,
  }),
  no_such_field: (d: { flag: string; path: string; nearest: string[] }) => ({
    what: `there is no ${d.path} in any of the events, so nothing was sent`,
    why: d.nearest.length
      ? `did you mean ${d.nearest.join(', ')}?`
      : `${d.flag} changes only fields that are there`,
    try:
      d.flag === '--set'
        ? `--add ${d.path}=… makes a new field`
        : 'scalekit-hooks events <type> shows the fields',
  }),
  field_exists: (d: { path: string }) => ({
    what: `${d.path} is there already, so nothing was sent`,
    why: '--add makes new fields only',
    try: `--set ${d.path}=… changes it`,
  }),
  not_a_container: (d: { flag: string; path: string; at: string; type: string }) => ({
    what: `${d.flag} cannot reach ${d.path}, so nothing was sent`,
    why: `${d.at || 'the event'} is ${d.type === 'object' ? 'an object, which has names and no indexes' : `${d.type} and has no fields`}`,
    try: 'scalekit-hooks events <type> shows the fields',
  }),
  no_such_index: (d: { flag: string; path: string; at: string; length: number }) => ({
    what: `${d.flag} cannot reach ${d.path}, so nothing was sent`,
    why: `${d.at} is an array of ${d.length}: its members are numbered from 0, and --add can append one at ${d.length}`,
    try: `--add '${d.at}[${d.length}]=…'`,
  }),
  unreadable_file: (d: { path: string; reason: string; advice?: string }) => ({
    what: `cannot read ${d.path}`,
    why: d.reason,
    try: d.advice ?? 'check the path; one that does not start with / is relative to the working directory',
  }),
  invalid_json: (d: { source: string; line: number; column: number; reason: string; near: string }) => ({
    what: `${d.source} is not JSON: line ${d.line}, column ${d.column}`,
    why: d.reason,
    try: d.near ? `look near ${quote(d.near)}` : 'an event is one JSON object: {"type": …, "data": {…}}',
  }),
  invalid_event: (d: { source: string; field: string; reason: string }) => ({
    what: `${d.source} is not an event: ${d.field} ${d.reason}`,
    why: 'every Scalekit event has the same envelope, and a handler may count on it',
    try: 'scalekit-hooks events user.created shows a complete event',
  }),
  invalid_target: (d: { text: string; reason: string }) => ({
    what: `${quote(d.text)} is not a target`,
    why: d.reason,
    try: targetExample,
  }),
  foreign_host: (d: { host: string; source: string }) => ({
    what: `${d.host} is not on this machine or network, so nothing was sent`,
    why: `an event that is rightly signed looks real to whoever runs ${d.host} (target from ${d.source})`,
    try: `--allow-host ${d.host} if that is what you want`,
  }),
  insecure_foreign_host: (d: { host: string }) => ({
    what: '--insecure is for local targets only',
    why: `without checking its certificate nobody can say that ${d.host} is ${d.host}`,
    try: 'NODE_EXTRA_CA_CERTS=/path/to/ca.pem makes Node.js trust one more certificate authority',
  }),
  signature_header: (d: { name: string }) => ({
    what: `-H cannot replace ${d.name}`,
    why: 'scalekit-hooks computes it: with another value the message would not verify',
    try: 'add --force to send it all the same',
  }),
  connection_header: (d: { name: string }) => ({
    what: `-H cannot set ${d.name}`,
    why: 'it belongs to the connection, which scalekit-hooks looks after itself',
    try: 'leave it out',
  }),
  invalid_secret: (d: { source: string; problem: SecretProblem; shown: string }) => ({
    what: `the secret from ${d.source} is malformed${d.shown === '…' ? '' : ` (${d.shown})`}`,
    why: secretProblems[d.problem],
    try: 'copy it from the Scalekit dashboard, Webhooks, your endpoint: whsec_ and 32 or more characters of base64',
  }),
  unusable_own_secret: (d: { path: string }) => ({
    what: `the secret in ${d.path} is damaged`,
    why: 'scalekit-hooks made that file on first use, and it no longer holds a secret',
    try: `rm ${d.path}, and a new one is made; your app needs the new one, too`,
  }),
  unwritable_output: (d: { reason: string }) => ({
    what: 'what there is to say could not be written',
    why: d.reason,
    try: 'free some space where the output goes',
  }),
  no_home_folder: () => ({
    what: 'there is no secret, and no place to keep one that is made',
    why: 'this user has no home folder, and neither HOME nor XDG_CONFIG_HOME is set',
    try: 'set SCALEKIT_WEBHOOK_SECRET, or HOME',
  }),
  unusable_config_folder: (d: { path: string; reason: string }) => ({
    what: `cannot keep a signing secret in ${d.path}`,
    why: d.reason,
    try: 'set SCALEKIT_WEBHOOK_SECRET, or point XDG_CONFIG_HOME to a folder that can be written',
  }),
  raw_to_terminal: (d: { id: string }) => ({
    what: `the body of ${d.id} was not printed`,
    why: 'it has bytes that a terminal would act on, or could not show',
    try: `captures show ${d.id} --raw > body.bin, or without --raw`,
  }),
  unwritable_file: (d: { path: string; reason: string; isThere: boolean }) => ({
    what: `cannot write ${d.path}`,
    why: d.reason,
    try: d.isThere ? 'another file name, or --force to replace it' : 'another path',
  }),
  unusable_captures_folder: (d: { folder: string; reason: string }) => ({
    what: `captures cannot be kept in ${d.folder}`,
    why: d.reason,
    try: '--captures with another folder, or --no-capture to keep none',
  }),
  newer_captures: (d: { path: string; version: number }) => ({
    what: `${d.path} was written by a newer scalekit-hooks`,
    why: `its records are of version ${d.version}, which this one does not read; the file was left as it is`,
    try: 'npx scalekit-hooks@latest, or --captures with another folder',
  }),
  no_captures: (d: { folder: string }) => ({
    what: `there are no captures in ${d.folder}`,
    why: 'nothing was captured here yet, or it was cleared; captures belong to the working directory',
    try: 'scalekit-hooks listen, then send it an event; or --captures with another folder',
  }),
  unknown_capture: (d: { id: string; nearest: string[]; count: number }) => ({
    what: `there is no capture ${quote(d.id)}`,
    why: /^last:[1-9]/.test(d.id)
      ? `there are ${d.count} only`
      : d.nearest.length
        ? `did you mean ${d.nearest.join(', ')}?`
        : `none of the ${d.count} captures has an id, an event id or a webhook-id that begins so`,
    try: 'scalekit-hooks captures lists them; last is the newest, last:3 the third newest',
  }),
  ambiguous_capture: (d: { id: string; found: string[]; more: boolean }) => ({
    what: `${quote(d.id)} may mean several captures`,
    why: `these begin so: ${d.found.join(', ')}${d.more ? ' and others' : ''}`,
    try: 'give more of the id',
  }),
  damaged_capture: (d: { id: string }) => ({
    what: `the record of ${d.id} is damaged`,
    why: 'what is searched by can be read, its headers and body cannot',
    try: 'replay the others; the journal was left as it is',
  }),
  port_in_use: (d: { port: number; next: number | undefined }) => ({
    what: `port ${d.port} is in use`,
    why: 'another program listens there: an earlier listen, or your app',
    try:
      d.next === undefined
        ? '--port 0 for any free port'
        : `--port ${d.next}, which is free, or --port 0 for any`,
  }),
  forwards_to_itself: (d: { url: string }) => ({
    what: `${d.url} is this listener itself`,
    why: 'each event would be handed on to where it came in, for ever',
    try: "--forward-to with your app's port, or another --port",
  }),
  cannot_listen: (d: { host: string; port: number; reason: string; advice: string }) => ({
    what: `cannot listen on ${d.host} port ${d.port}`,
    why: d.reason,
    try: d.advice,
  }),
};

/** Quotes a value for a sentence, so that blanks and an empty text can be seen. Cut at 80 characters. */
export function quote(text: string): string {
  return `"${text.length > 80 ? `${text.slice(0, 79)}…` : text}"`;
}
