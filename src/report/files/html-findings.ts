import { fromHeaderBytes } from '../../message.ts';
import { cut } from '../clean.ts';
import { failuresByCause, groupedBy } from '../facts/check-groups.ts';
import type { CheckExchange, Checked, Counterexampled, Diagnosed } from '../facts/index.ts';
import { time } from '../human/layout.ts';
import { type Markup, markup, nothing } from './markup.ts';

/** The longest line of evidence or result that is shown, in characters. */
const MAX_LINE_LENGTH = 1000;
/** The longest event that is shown, in characters. */
const MAX_EVENT_LENGTH = 8000;

/** The diagnoses, each with the checks that failed because of it, and then the other failures. */
export function failureSections(checks: readonly Checked[], diagnoses: readonly Diagnosed[]): Markup {
  const failures = failuresByCause(checks, diagnoses);
  const others = [...failures].flatMap(([cause, members]) => (typeof cause === 'string' ? members : []));
  return markup`${diagnoses.map((fact) => diagnosisSection(fact, failures.get(fact) ?? []))}${
    others.length === 0
      ? nothing
      : markup`<section>
<h2>${diagnoses.length > 0 ? 'Other failures' : 'Failures'} ${counted(others)}</h2>
${entries(others, { isExplained: false })}
</section>`
  }`;
}

function diagnosisSection(fact: Diagnosed, failures: readonly Checked[]): Markup {
  const { certain, message, evidence, fix } = fact;
  return markup`<section class="diagnosis">
<div class="card ${certain ? 'fail' : 'warn'}">
<h2>${certain ? sentence(message) : `Likely: ${message}`}</h2>
<dl>
${evidence.length > 0 ? row('Evidence', lines(evidence)) : nothing}
${fix === '' ? nothing : row('Fix', markup`<p>${sentence(fix)}</p>${hintsOf(fact)}`)}
</dl>
</div>
${failures.length > 0 ? markup`<h3>Failed for this cause ${counted(failures)}</h3>${entries(failures, { isExplained: true })}` : nothing}
</section>
`;
}

/** The fix in the framework of the handler, and, folded, in others. */
function hintsOf({ hints, framework }: Diagnosed): Markup {
  const own = hints.filter((hint) => hint.framework === framework);
  const others = hints.filter((hint) => hint.framework !== framework);
  return markup`${own.map((hint) => markup`<div class="code"><p>${hint.framework}, detected from its responses</p><pre>${hint.fix}</pre></div>`)}${
    others.length === 0
      ? nothing
      : markup`<details class="hints"><summary>${own.length > 0 ? 'In other frameworks' : `In ${others.length} frameworks`}</summary><dl>${others.map((hint) => row(hint.framework, markup`<code>${hint.fix}</code>`))}</dl></details>`
  }`;
}

/** The smallest generated events, one for each way in which the handler fails. */
export function counterexampleSection(counterexamples: readonly Counterexampled[]): Markup {
  if (counterexamples.length === 0) return nothing;
  return markup`<section>
<h2>Generated events that failed ${counted(counterexamples)}</h2>
<div class="list">${counterexamples.map(counterexample)}</div>
</section>`;
}

function counterexample(fact: Counterexampled): Markup {
  const { event_type: type, got, differences, events, smallest, event, response, path, resend } = fact;
  const text = JSON.stringify(event, null, 2);
  return markup`<details>
<summary><code>${type}</code><span class="sends">${events === 1 ? '1 event' : `${events} events`}</span><span class="got">got <b>${cut(got, MAX_LINE_LENGTH)}</b></span></summary>
<dl>
${row('Differs where', lines(differences))}
${smallest ? nothing : row('Note', 'The limit of messages or time was reached, so a smaller event may fail too.')}
${response?.trim() ? row('Response', markup`<pre>${response.trim()}</pre>`) : nothing}
${path === null ? nothing : row('Saved as', markup`<code>${path}</code>`)}
${row('Event', markup`<pre>${cut(text, MAX_EVENT_LENGTH)}</pre>`)}
</dl>
${resend === null ? nothing : commandLine(resend)}
</details>
`;
}

/** Nothing if no check only warned; with --strict, warnings are among the failures. */
export function warningSection(checks: readonly Checked[]): Markup {
  const warned = checks.filter(({ status, failed }) => status === 'warn' && !failed);
  if (warned.length === 0) return nothing;
  return markup`<section>
<h2>Warnings ${counted(warned)}</h2>
${entries(warned, { isExplained: false })}
</section>`;
}

/** The skipped checks, those for the same reason together. */
export function skipSection(checks: readonly Checked[]): Markup {
  const skipped = checks.filter(({ status, failed }) => status === 'skip' && !failed);
  if (skipped.length === 0) return nothing;
  const reasons = [...groupedBy(skipped, ({ got }) => got)];
  return markup`<section>
<h2>Skipped ${counted(skipped)}</h2>
<div class="list">${reasons.map(
    ([
      reason,
      members,
    ]) => markup`<details><summary><span class="sends reason">${sentence(cut(reason, MAX_LINE_LENGTH))}</span><span class="got">${members.length}</span></summary><p class="names"><code>${members.map(({ name }) => name).join(', ')}</code></p></details>
`,
  )}</div>
</section>`;
}

interface EntryOptions {
  /** Whether a diagnosis has the reason and the fix. */
  readonly isExplained: boolean;
}

function entries(checks: readonly Checked[], options: EntryOptions): Markup {
  return markup`<div class="list">${checks.map((check) => entry(check, options))}</div>`;
}

/** A check that did not pass, with its evidence. */
function entry(check: Checked, { isExplained }: EntryOptions): Markup {
  const { name, sends, expects, got, meaning, why, fix, failed, exchanges, rerun } = check;
  return markup`<details>
<summary><code>${name}</code><span class="sends">Sends ${sends}</span><span class="got">expected ${expects}, got <b class="${failed ? 'fail' : 'warn'}">${cut(got, MAX_LINE_LENGTH)}</b></span></summary>
<dl>
${row('Why', `${isExplained ? '' : `The handler ${meaning}. `}${sentence(why)}`)}
${isExplained ? nothing : row('Fix', sentence(fix))}
${exchanges.map(exchangeRows)}
</dl>
${rerun === null ? nothing : commandLine(rerun)}
</details>
`;
}

function exchangeRows({ role, method, headers, status, failure, response, ...rest }: CheckExchange): Markup {
  const body = rest.body_base64 === null ? (rest.body ?? '') : `(base64) ${rest.body_base64}`;
  const head = headers.map(([name, value]) => `${name}: ${fromHeaderBytes(value)}`);
  const outcome = [status, failure].filter((part) => part !== null).join(', ');
  return markup`${row('Sent', markup`${role === null ? nothing : markup`<p>${sentence(role)}</p>`}<pre>${[method, ...head].join('\n')}${body === '' ? '' : `\n\n${body}`}</pre>`)}
${row('Response', markup`<p><b>${outcome}</b> in ${time(rest.duration_ms)}${response === '' ? ', empty body' : ''}</p>${response?.trim() ? markup`<pre>${response.trim()}</pre>` : nothing}`)}
`;
}

/** Begins text with a capital letter, unless it begins with a name or code. */
function sentence(text: string): string {
  return text.replace(/^[a-z]+(?=[ ,:;]|$)/, (word) => word.slice(0, 1).toUpperCase() + word.slice(1));
}

function commandLine(command: string): Markup {
  return markup`<pre class="command">${command}</pre>`;
}

function row(name: string, content: Markup | string): Markup {
  return markup`<div><dt>${name}</dt><dd>${content}</dd></div>`;
}

function lines(texts: readonly string[]): Markup {
  return markup`${texts.map((text) => markup`<p>${cut(text, MAX_LINE_LENGTH)}</p>`)}`;
}

function counted({ length }: readonly unknown[]): Markup {
  return markup`<span class="count">${length}</span>`;
}
