/** The text of a scenario whose steps are whole events, given as indented JSON texts. Their bytes are kept. */
export function scenarioOf(events: readonly string[]): string {
  const steps = events.map(
    (text) => `    {\n      "event": ${text.trim().replaceAll('\n', '\n      ')}\n    }`,
  );
  return `{\n  "steps": [\n${steps.join(',\n')}\n  ]\n}\n`;
}
