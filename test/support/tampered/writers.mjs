/** Writers of JSON that are not on the machine, written after the real ones. They take and give values as JavaScript has them. */

/** Lays a value out; `quote` writes a string. */
function write(value, style, outer = '') {
  const { quote, indent, colon = ':', sorted = false, withNulls = true } = style;
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = outer + (indent ?? '');
  const written = (child) => write(child, style, inner);
  const items = Array.isArray(value)
    ? value.map(written)
    : membersOf(value, sorted, withNulls).map(([key, child]) => quote(key) + colon + written(child));
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  if (items.length === 0 || indent === undefined) return open + items.join(',') + close;
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${outer}${close}`;
}

function membersOf(object, sorted, withNulls) {
  const members = Object.entries(object).filter(([, value]) => withNulls || value !== null);
  return sorted ? members.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : members;
}

function escaping(pattern, written) {
  return (text) => JSON.stringify(text).replace(pattern, written);
}

const unicode = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const capitalUnicode = (character) => unicode(character).toUpperCase().replace('\\U', '\\u');

const goQuote = escaping(/[\u2028\u2029]/g, unicode);
const goHtmlQuote = escaping(/[<>&\u2028\u2029]/g, unicode);

/** Go: json.Marshal of a map[string]any, whose keys are sorted; before 1.22 it had no short forms for \b and \f. */
export function goMarshal(value, { html = true, indent } = {}) {
  // What Unmarshal could not decode is U+FFFD since then.
  const quote = (text) => (html ? goHtmlQuote : goQuote)(text.toWellFormed());
  return write(value, { quote, sorted: true, indent, colon: indent === undefined ? ':' : ': ' });
}

export function go121Marshal(value) {
  const short = /\\(?:([bf])|.)/g;
  const quote = (text) =>
    goHtmlQuote(text).replace(short, (all, letter) =>
      letter ? { b: '\\u0008', f: '\\u000c' }[letter] : all,
    );
  return write(value, { quote, sorted: true });
}

/** Go: json.NewEncoder(w).Encode, which ends in a line feed. */
export function goEncode(value, options) {
  return `${goMarshal(value, options)}\n`;
}

/** PHP: json_encode, with JSON_PRETTY_PRINT, JSON_UNESCAPED_SLASHES, JSON_UNESCAPED_UNICODE. */
export function phpEncode(value, { pretty = false, slashes = false, unescaped = false } = {}) {
  const ascii = unescaped ? /[\u2028\u2029]/g : /[\u007f-\uffff]/g;
  const quote = (text) => {
    const escaped = JSON.stringify(text).replace(ascii, (each) => (each === '\x7f' ? each : unicode(each)));
    return slashes ? escaped : escaped.replaceAll('/', '\\/');
  };
  return write(value, pretty ? { quote, indent: '    ', colon: ': ' } : { quote });
}

/** PHP: json_decode($body, true), after which an empty object is an empty array. */
export function phpDecodeToArrays(text) {
  const isEmptyObject = (value) => value && typeof value === 'object' && Object.keys(value).length === 0;
  return JSON.parse(text, (_key, value) => (isEmptyObject(value) ? [] : value));
}

const gsonQuote = escaping(/[<>&='\u2028\u2029]/g, unicode);

/** Gson: new Gson().toJson of a JsonObject or Map, which leaves nulls out unless serializeNulls() was said. */
export function gsonWrite(value, { withNulls = true, pretty = false } = {}) {
  const style = { quote: gsonQuote, withNulls };
  return write(value, pretty ? { ...style, indent: '  ', colon: ': ' } : style);
}

const dotnetEscape = escaping(/[<>&+'`\u007f-\uffff]/g, capitalUnicode);
const dotnetQuote = (text) =>
  dotnetEscape(text).replace(/\\./g, (pair) => (pair === '\\"' ? '\\u0022' : pair));

/** .NET: System.Text.Json.JsonSerializer.Serialize with its default encoder. */
export function dotnetSerialize(value) {
  return write(value, { quote: dotnetQuote });
}

/** Jackson: writerWithDefaultPrettyPrinter(), with a space before each colon and arrays on one line. */
export function jacksonPretty(value, outer = '') {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) {
    return value.length === 0 ? '[ ]' : `[ ${value.map((item) => jacksonPretty(item, outer)).join(', ')} ]`;
  }
  const inner = `${outer}  `;
  const members = Object.entries(value).map(
    ([key, child]) => `${JSON.stringify(key)} : ${jacksonPretty(child, inner)}`,
  );
  return members.length === 0 ? '{ }' : `{\n${inner}${members.join(`,\n${inner}`)}\n${outer}}`;
}
