import ora from 'ora';

/** A progress display on a terminal. */
export interface Spinner {
  /** `fraction` is the part that is done, from 0 to 1. */
  show(fraction: number, words: string): void;
  /** Clears the display while `print` writes its lines. */
  aside(print: () => void): void;
  stop(): void;
}

const BAR_CHARACTERS = 30;

/** A spinner with a progress bar. Loaded only on a terminal. */
export function spinner(stream: NodeJS.WriteStream, hasColor: boolean): Spinner {
  // Ctrl-C must reach the program, which finishes what is in flight.
  const spin = ora({
    stream: withColumns(stream),
    discardStdin: false,
    ...(!hasColor && { color: false as const }),
  });
  return {
    show(fraction, words) {
      const filled = Math.floor(Math.min(1, Math.max(0, fraction)) * BAR_CHARACTERS);
      spin.text = `${'█'.repeat(filled)}${'░'.repeat(BAR_CHARACTERS - filled)} ${words}`;
      if (!spin.isSpinning) spin.start();
    },
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

/** Hides a width of 0 columns, with which ora would clear lines forever. */
function withColumns(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(stream, {
    get(target, name) {
      if (name === 'columns') return target.columns || 80;
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
