import ora from 'ora';

/** Draws on a terminal while work goes on. */
export interface Spinner {
  /** Draws how far the work is. */
  show(fraction: number, words: string): void;
  aside(print: () => void): void;
  stop(): void;
}

/** Of the bar, in characters. */
const WIDTH = 30;

/** A spinner with a bar on a terminal. Loaded only when there is one. */
export function spinner(stream: NodeJS.WriteStream, hasColour: boolean): Spinner {
  // Ctrl-C must reach the program, which finishes what is in flight.
  const spin = ora({
    stream: withColumns(stream),
    discardStdin: false,
    ...(!hasColour && { color: false as const }),
  });
  return {
    show(fraction, words) {
      const filled = Math.floor(Math.min(1, Math.max(0, fraction)) * WIDTH);
      spin.text = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${words}`;
      if (!spin.isSpinning) spin.start();
    },
    /** Takes the spinner off its line, so that what is printed meanwhile stands alone. */
    aside(print) {
      spin.clear();
      print();
      if (spin.isSpinning) spin.render();
    },
    stop: () => {
      spin.stop();
    },
  };
}

/** A terminal that is made 0 columns wide while ora draws would have it clear lines without end. */
function withColumns(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(stream, {
    get(target, name) {
      if (name === 'columns') return target.columns || 80;
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
