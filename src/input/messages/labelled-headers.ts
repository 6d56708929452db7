/** The signed headers of one message, each logged beside its name, and where in the text they begin. */
export interface LabelledHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly start: number;
}

/** A name and what separates it from its value. Groups: prefix, part, and the separator unless it is a space. */
const namePattern =
  /(?<![A-Za-z])(?:(webhook|interceptor|svix)[-_ ]?)?(id|timestamp|signature)["']?[ \t]*(=>|[:=|])?(?<=\W)[ \t]*["']?/gi;
/** Signatures, or one word. */
const valuePattern = /v\d\w?,[\w+/=-]+(?: v\d\w?,[\w+/=-]+)*|[^\s"',;|()[\]{}]+/y;
/** How the value of a name begins that can mean something else, without a prefix or a separator. */
const certainValues: Readonly<Record<string, RegExp>> = {
  id: /^msg_/,
  timestamp: /^\d{9,13}$/,
  signature: /^v\d\w?,/,
};

/** Finds signed headers in a log that has each beside its name, such as `webhook-id=msg_1`, whatever is between them. */
export function labelledHeaders(text: string): LabelledHeaders[] {
  const found: LabelledHeaders[] = [];
  let headers: Record<string, string> = {};
  for (const name of text.matchAll(namePattern)) {
    const header = headerOf(name, text);
    if (!header) continue;
    // The next message begins with a name that this one has.
    if (found.length === 0 || header.name in headers) {
      headers = {};
      found.push({ headers, start: name.index });
    }
    headers[header.name] = header.value;
  }
  return found.filter(({ headers }) => {
    const names = Object.keys(headers);
    // A log may mention one header in an error.
    return names.length > 1 && names.some((name) => name.endsWith('signature'));
  });
}

/** The header of a name that was found; undefined if what follows is not its value. */
function headerOf(found: RegExpExecArray, text: string): { name: string; value: string } | undefined {
  const [name, prefix, part, separator] = found.map((group) => group?.toLowerCase()) as [
    string,
    ...(string | undefined)[],
  ];
  valuePattern.lastIndex = found.index + name.length;
  const value = valuePattern.exec(text)?.[0];
  if (value === undefined || part === undefined) return undefined;
  if ((prefix === undefined || separator === undefined) && !certainValues[part]!.test(value))
    return undefined;
  return { name: `${prefix ?? 'webhook'}-${part}`, value };
}
