import { wireForm } from '../../events/wire-form.ts';
import { spaced } from '../body-forms.ts';
import type { Sample } from '../samples.ts';
import { small } from './content-kinds.ts';
import { type Probe, type ProbeRow, probesOf, sentAs } from './probe.ts';

/** Sizes in bytes that buffers, limits and single reads commonly have. */
const sizes = [
  300, 400, 500, 512, 600, 800, 1000, 1024, 1100, 1500, 2000, 2048, 3000, 4096, 6000, 8192, 12_000, 16_384,
  24_000, 32_768, 48_000, 65_536, 90_000, 120_000, 150_000, 200_000,
] as const;

/** The same small event in different sizes. */
export function sizeProbes(base: Sample): Probe[] {
  return probesOf(
    base,
    sizes.flatMap((size): ProbeRow[] => [
      ['size', `of ${size} bytes`, sentAs((text) => padded(small(text), size))],
      ['size', `of ${size} bytes, most of them spaces`, sentAs((text) => spaced(small(text), size))],
    ]),
  );
}

function padded(text: string, size: number): string {
  const event = JSON.parse(text) as { data: Record<string, unknown> };
  const write = (padding: string) =>
    wireForm(JSON.stringify({ ...event, data: { ...event.data, name: padding } }));
  return write('x'.repeat(Math.max(0, size - write('').length)));
}
