import type { Io } from '../io.ts';
import { cleanJson } from './clean.ts';
import type { Fact } from './facts/index.ts';
import { isGoodNews, type Lines } from './human/index.ts';

/** One JSON object per line, errors included; the form is written down in facts.ts and the README. */
export function jsonReporter(io: Io, isQuiet: boolean): (fact: Fact) => Lines {
  return (told) => {
    if (isQuiet && isGoodNews(told)) return { results: [], talk: [] };
    const { kind, ...rest } = told;
    const line = JSON.stringify({ kind, v: 1, time: new Date(io.now()).toISOString(), ...rest });
    return { results: [cleanJson(line)], talk: [], isExact: kind === 'secret' || kind === 'message' };
  };
}
