import ora from 'ora';
import type { Spinner } from './human.ts';

/** A spinner on a terminal. Loaded only when there is one. */
export function spinner(stream: NodeJS.WriteStream): Spinner {
  // Ctrl-C must reach the program, which finishes what is in flight.
  const spin = ora({ stream, discardStdin: false });
  return {
    show(text) {
      spin.text = text;
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
