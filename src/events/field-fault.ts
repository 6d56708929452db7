/** A field of an event that breaks a rule, and how. */
export interface FieldFault {
  readonly field: string;
  readonly reason: string;
}

/** The part of a schema's finding that is told. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A finding in our words: where, and whether the field is missing or what it must be. */
export function describeIssue({ path, message }: Issue, event: unknown): FieldFault {
  const isMissing = path.length > 0 && !has(event, path);
  return { field: path.map(String).join('.') || 'it', reason: isMissing ? 'is missing' : message };
}

function has(value: unknown, path: readonly PropertyKey[]): boolean {
  let inner = value;
  for (const name of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, name)) return false;
    inner = (inner as Record<PropertyKey, unknown>)[name];
  }
  return true;
}
