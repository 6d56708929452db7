import { visibleParts, visibleText } from './visible.ts';
import { count } from './words.ts';

const maxShown = 20_000;

/** Text from outside: isolated from the direction of the text around it, with a chip for each invisible character. */
export function Shown({ text, kept, class: name }: { text: string; kept?: string; class?: string }) {
  const rest = text.length - maxShown;
  const parts = visibleParts(rest > 0 ? text.slice(0, maxShown) : text, kept);
  return (
    <bdi class={name}>
      {parts.map((part) => (part.isName ? <span class="bidi">{part.text}</span> : part.text))}
      {rest > 0 && <span class="muted">… {count(rest)} more characters</span>}
    </bdi>
  );
}

/** A value on one line, which the title shows in full. */
export function Value({ text }: { text: string }) {
  return (
    <dd class="mono" title={visibleText(text.slice(0, 500))}>
      <Shown text={text} />
    </dd>
  );
}
