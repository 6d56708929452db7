import { answerTextOf } from '../../delivery/answers/text.ts';
import type { Answered } from '../../delivery/outcome.ts';
import { type Headers, headerValues } from '../../message.ts';
import type { Exchange } from '../workbench.ts';

/** Frameworks and servers with fixes of their own. */
export type Framework =
  | 'Express'
  | 'NestJS'
  | 'Fastify'
  | 'Next.js'
  | 'Hono'
  | 'node:http'
  | 'FastAPI'
  | 'Flask'
  | 'Django'
  | 'Rails'
  | 'Laravel'
  | 'PHP'
  | 'Go'
  | 'Spring'
  | '.NET'
  | 'nginx';

/** A header or text by which a framework is recognized; the first match counts. */
type Sign = readonly [framework: Framework, header: string | undefined, pattern: RegExp];

const signs: readonly Sign[] = [
  ['NestJS', undefined, /^\{"message":.{0,300}"statusCode":\d{3}\}$|^\{"statusCode":\d{3},"message":/s],
  ['Next.js', 'x-powered-by', /^Next\.js/i],
  ['Express', 'x-powered-by', /^Express/i],
  ['Fastify', undefined, /^\{"statusCode":\d{3},(?:"code":"FST_|"error":)|"code":"FST_/],
  ['Laravel', 'set-cookie', /laravel_session|XSRF-TOKEN/],
  ['Laravel', undefined, /Illuminate\\\\?|"exception":"Symfony\\\\/],
  ['PHP', 'x-powered-by', /^PHP/i],
  ['Flask', 'server', /^Werkzeug/i],
  ['Django', 'server', /^WSGIServer/i],
  ['Django', undefined, /DJANGO_SETTINGS_MODULE|CSRF verification failed/],
  ['FastAPI', 'server', /^(?:uvicorn|hypercorn|granian)/i],
  ['FastAPI', undefined, /^\{"detail":/],
  ['Rails', 'x-runtime', /^\d/],
  ['Rails', undefined, /ActionController|Action Controller/],
  ['Spring', undefined, /"timestamp":.{0,200}"status":\d{3},"error":.{0,2000}"path":/s],
  ['Spring', undefined, /Whitelabel Error Page/],
  ['.NET', 'server', /^(?:Kestrel|Microsoft-IIS)/i],
  ['.NET', 'x-powered-by', /^ASP\.NET/i],
  ['nginx', undefined, /<center>(?:nginx|openresty)\b/],
];

/** The framework of the handler, as its responses show it; undefined if they do not. */
export function detectFramework(exchanges: readonly Exchange[]): Framework | undefined {
  const answers = exchanges
    .slice(0, MAX_EXCHANGES)
    .flatMap(({ outcome }) => (outcome.answered ? [partsOf(outcome)] : []));
  for (const [framework, header, pattern] of signs) {
    if (answers.some((answer) => pattern.test(header ? headerOf(answer, header) : answer.text)))
      return framework;
  }
  if (answers.some(isGo)) return 'Go';
  return answers.length > 0 && answers.every(isNode) ? 'node:http' : undefined;
}

/** The first responses are enough: every framework sends the same headers with each. */
const MAX_EXCHANGES = 200;

/** The parts of a response with signs. They are read once, because there are many signs. */
interface AnswerWithSigns {
  readonly headers: Headers;
  readonly text: string;
}

function partsOf(answer: Answered): AnswerWithSigns {
  return { headers: answer.headers, text: answerTextOf(answer) };
}

function headerOf({ headers }: AnswerWithSigns, name: string): string {
  return headerValues(headers, name).join(', ');
}

/** http.Error of Go's net/http writes plain text with a newline, and nosniff. */
function isGo(answer: AnswerWithSigns): boolean {
  return (
    headerOf(answer, 'x-content-type-options') === 'nosniff' &&
    headerOf(answer, 'content-type') === 'text/plain; charset=utf-8' &&
    answer.text.endsWith('\n')
  );
}

/** The server of Node.js sends this pair of headers, which few others do. Frameworks on top of it may send no more. */
function isNode(answer: AnswerWithSigns): boolean {
  return /^timeout=\d+$/.test(headerOf(answer, 'keep-alive')) && headerOf(answer, 'server') === '';
}
