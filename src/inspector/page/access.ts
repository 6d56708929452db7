import type { ApiError } from '../protocol.ts';

/**
 * The token comes in the fragment of the link, which no server and no log sees. It is kept in this tab, so that a reload
 * works, and taken out of the address, so that a copied address does not contain it.
 */
export function takeToken(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('t');
  if (token === null) return;
  sessionStorage.setItem('token', token);
  history.replaceState(null, '', location.pathname + location.search);
}

/** Whether this tab has a token, which may be an old one. */
export const hasToken = (): boolean => sessionStorage.getItem('token') !== null;

/** The server does not accept the token: it was restarted, or the tab was opened without a link. */
export class Denied extends Error {}

/** An error that the server explains. */
export class Unanswered extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

async function explained(response: Response): Promise<Unanswered> {
  const body: Partial<ApiError> = await response.json().catch(() => ({}));
  return new Unanswered(
    body.error?.message ?? `The inspector answered ${response.status}.`,
    body.error?.fix ?? '',
  );
}

/** Sends a request with the token of this tab. Rejects with Denied, with Unanswered for an error, and as fetch does. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Authorization', `Bearer ${sessionStorage.getItem('token') ?? ''}`);
  const response = await fetch(path, { ...init, headers, cache: 'no-store' });
  if (response.status === 401) throw new Denied();
  if (!response.ok) throw await explained(response);
  return response;
}

/** The body of a response. Rejects as `request` does. */
export async function getJson<Body>(path: string, init: RequestInit = {}): Promise<Body> {
  return (await request(path, init)).json();
}

/** Sends a value as JSON. */
export function post(path: string, body: unknown): Promise<Response> {
  const init = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
  };
  return request(path, init);
}

/** Sends a value as JSON, and resolves with the body of the response. Rejects as `request` does. */
export async function postJson<Body>(path: string, body: unknown): Promise<Body> {
  return (await post(path, body)).json();
}

/** Reads one JSON object per line, in the groups that arrive. Waits for each group to be taken before it reads on. */
export async function eachGroup<Line>(
  response: Response,
  take: (lines: readonly Line[]) => Promise<void> | void,
): Promise<void> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop()!;
    await take(lines.filter(Boolean).map((line) => JSON.parse(line)));
  }
}

/** Reads one JSON object per line. */
export function eachLine<Line>(response: Response, take: (line: Line) => void): Promise<void> {
  return eachGroup<Line>(response, (lines) => lines.forEach(take));
}
