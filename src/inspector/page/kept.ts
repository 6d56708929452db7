/** Keeps a value in this tab, so that a reload does not lose it. */
export function keep(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // The storage of the tab is full; the value stays until the page is left.
  }
}

/** The value that was kept under a name; null if there is none. */
export function kept<T>(name: string): T | null {
  const text = sessionStorage.getItem(name);
  return text === null ? null : JSON.parse(text);
}
