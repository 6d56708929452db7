/** One step of a path: a field name or an array index. */
export type Step = string | number;

/** The path of an edit, from the root of the event. */
export type EditPath = readonly [Step, ...Step[]];

/** Why an edit cannot be parsed. */
export type PathFault =
  | 'empty'
  | 'unclosed_quote'
  | 'unclosed_bracket'
  | 'empty_step'
  | 'after_bracket'
  | 'forbidden';

/** A parsed edit: `path=value`, `path:=json`, or a path alone. */
export interface PathAndRest {
  readonly path: EditPath;
  /** `=` before text, `:=` before JSON. */
  readonly operator: '=' | ':=' | undefined;
  readonly rest: string;
}

/** Rejected to prevent prototype pollution; no event has these fields. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses a path such as `data.groups[0].name` up to the first `=` or `:=` outside quotes. Names with special characters
 * are quoted (`data."Order No."`, `data["a.b"]`), with escapes as in JSON. Returns a fault by name.
 */
export function readPath(text: string): PathAndRest | PathFault {
  const steps: Step[] = [];
  let at = 0;
  for (;;) {
    const step = readStep(text, at);
    if (typeof step === 'string') return step;
    if (forbidden.has(String(step.step))) return 'forbidden';
    steps.push(step.step);
    at = step.end;
    const operator = /^:?=/.exec(text.slice(at))?.[0] as '=' | ':=' | undefined;
    if (operator || at === text.length) {
      return { path: steps as unknown as EditPath, operator, rest: text.slice(at + (operator?.length ?? 0)) };
    }
    if (text[at] === '.') at += 1;
    else if (text[at] !== '[') return 'after_bracket';
  }
}

const quoted = /^"(?:[^"\\]|\\.)*"/s;

function readStep(text: string, from: number): { step: Step; end: number } | PathFault {
  const rest = text.slice(from);
  if (rest === '') return emptyStep(from);
  if (rest.startsWith('[')) return readBracket(rest, from);
  if (rest.startsWith('"')) {
    const name = readQuoted(rest);
    return name ? { step: name.text, end: from + name.length } : 'unclosed_quote';
  }
  const name = /^[^.[=]*?(?=[.[=]|:=|$)/.exec(rest)![0];
  return name === '' ? emptyStep(from) : { step: name, end: from + name.length };
}

function emptyStep(from: number): PathFault {
  return from === 0 ? 'empty' : 'empty_step';
}

function readBracket(rest: string, from: number): { step: Step; end: number } | PathFault {
  const index = /^\[([0-9]{1,9})\]/.exec(rest);
  if (index) return { step: Number(index[1]), end: from + index[0].length };
  const name = readQuoted(rest.slice(1));
  if (!name) return 'unclosed_bracket';
  if (rest[name.length + 1] !== ']') return 'unclosed_bracket';
  return { step: name.text, end: from + name.length + 2 };
}

function readQuoted(text: string): { text: string; length: number } | undefined {
  const match = quoted.exec(text)?.[0];
  if (match === undefined) return undefined;
  try {
    return { text: JSON.parse(match), length: match.length };
  } catch {
    return undefined;
  }
}

/** Formats a path as readPath parses it. */
export function writePath(path: readonly Step[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const text = /^[^.[\]="\s:]+$/.test(step) ? step : JSON.stringify(step);
      return index === 0 ? text : `.${text}`;
    })
    .join('');
}
