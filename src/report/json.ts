import type { Io } from '../io.ts';
import { cleanJson } from './clean.ts';
import type { Fact } from './facts/index.ts';
import { isGoodNews, type Lines } from './human/index.ts';

/** One JSON object per line, errors included. facts/index.ts and the README define the members. */
export function jsonReporter(io: Io, isQuiet: boolean): (fact: Fact) => Lines {
  return (fact) => {
    if (isQuiet && isGoodNews(fact)) return { results: [], talk: [] };
    const { kind, ...rest } = fact;
    const line = JSON.stringify({ kind, v: 1, time: new Date(io.now()).toISOString(), ...rest });
    return { results: [cleanJson(line)], talk: [], isExact: kind === 'secret' || kind === 'message' };
  };
}
