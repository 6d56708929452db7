/** What the docs show of the source itself: flag tables from the flags, JSON tables and schemas from the facts' types. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import ts from 'typescript';

const repository = join(import.meta.dirname, '../..');

/** A module of src, bundled, because Node.js 20 does not read TypeScript. */
async function sourceModule(path) {
  const bundle = await rolldown({ input: join(repository, path), platform: 'node' });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  const folder = join(repository, 'node_modules/.cache/scalekit-hooks-docs');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${path.replaceAll('/', '-')}.mjs`);
  writeFileSync(file, output[0].code);
  return import(pathToFileURL(file).href);
}

/** The flag table of every command and subcommand, by the name of its section. */
export async function flagTables() {
  const { commands } = await sourceModule('src/commands/index.ts');
  const tables = {};
  for (const { name, load } of commands) {
    const command = await load();
    tables[`flags: ${name}`] = flagTable(command);
    for (const [subcommand, definition] of Object.entries(command.subcommands)) {
      tables[`flags: ${name} ${subcommand}`] = flagTable(definition);
    }
  }
  return tables;
}

/** The fix of each topic in each framework, by the name of its section. */
export async function frameworkTables() {
  const { frameworkHints } = await sourceModule('src/report/words/frameworks.ts');
  const tableOf = (hints) =>
    [
      '| framework | fix |',
      '|---|---|',
      ...Object.entries(hints).map(([name, fix]) => `| ${name} | \`${cell(fix)}\` |`),
    ].join('\n');
  return Object.fromEntries(
    Object.entries(frameworkHints).map(([topic, hints]) => [`fix: ${topic}`, tableOf(hints)]),
  );
}

/** What every check sends, what passes it and why, from the facts of `check --list`; one row for all event types. */
export function checkTable(facts) {
  const checks = facts.filter(({ kind }) => kind === 'check_listed');
  const firstType = checks.find(({ part }) => part === 'types');
  const rows = checks
    .filter((check) => check.part !== 'types' || check === firstType)
    .map((check) =>
      check === firstType
        ? { ...check, name: 'the name of each event type', sends: 'an event of this type, correctly signed' }
        : { ...check, name: `\`${check.name}\`` },
    );
  return [...new Set(rows.map(({ group }) => group))]
    .map((group) =>
      [
        `### ${group}`,
        '',
        '| check | sends | passes with | why it matters |',
        '|---|---|---|---|',
        ...rows
          .filter((row) => row.group === group)
          .map(
            ({ name, sends, expects, why }) =>
              `| ${name} | ${cell(sends)} | ${cell(expects)} | ${cell(why)} |`,
          ),
      ].join('\n'),
    )
    .join('\n\n');
}

/** A Markdown table of the flags of a command, group by group. */
function flagTable({ positionals, flags, groups }) {
  const grouped = new Set(Object.values(groups).flat());
  const others = Object.keys(flags).filter((key) => !grouped.has(key));
  const row = ({ form, summary, words, usual }) =>
    `| \`${cell(form)}\` | ${cell(summary)}${words.length > 0 ? `. One of ${words.map((word) => `\`${word}\``).join(', ')}${usual === undefined ? '' : ` (default: \`${usual}\`)`}` : ''} |`;
  const heads = Object.entries(groups).filter(([, keys]) => keys.length > 0);
  return [
    '| argument or option | meaning |',
    '|---|---|',
    ...Object.values(positionals)
      .filter(({ summary }) => summary !== '')
      .map(({ form, summary }) => `| \`${cell(form)}\` | ${cell(summary)} |`),
    ...heads.flatMap(([heading, keys]) => [`| **${heading}** | |`, ...keys.map((key) => row(flags[key]))]),
    ...others.map((key) => row(flags[key])),
  ].join('\n');
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}

/** Every kind of a `--json` line: its members with their types and doc comments, read from the interfaces of the facts. */
export function factKinds() {
  const file = join(repository, 'src/report/facts/index.ts');
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2023,
    types: ['node'],
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const union = source.statements.find(
    (statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === 'Fact',
  );
  return union.type.types.map((node) => {
    const type = checker.getTypeFromTypeNode(node);
    const isOwn = (symbol) => symbol.valueDeclaration?.parent === type.symbol.declarations[0];
    const symbols = checker.getPropertiesOfType(type);
    const members = [...symbols.filter((each) => !isOwn(each)), ...symbols.filter(isOwn)].map((symbol) =>
      describeMember(symbol, checker, node),
    );
    const kind = members.find(({ name }) => name === 'kind').schema.const;
    const comment = ts.displayPartsToString(type.symbol.getDocumentationComment(checker));
    return { kind, summary: comment, members: members.filter(({ name }) => name !== 'kind') };
  });
}

function describeMember(symbol, checker, node) {
  const type = checker.getTypeOfSymbolAtLocation(symbol, node);
  return {
    name: symbol.name,
    description: ts.displayPartsToString(symbol.getDocumentationComment(checker)).replaceAll('\n', ' '),
    schema: schemaOf(type, checker, node),
    isOptional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
  };
}

/** JSON Schema (2020-12) of a type, as far as facts use types. */
function schemaOf(type, checker, node) {
  if (type.isUnion()) return unionSchema(type.types, checker, node);
  if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
  const { flags } = type;
  if (flags & ts.TypeFlags.String) return { type: 'string' };
  if (flags & ts.TypeFlags.Number) return { type: 'number' };
  if (flags & ts.TypeFlags.BooleanLike) return { type: 'boolean' };
  if (flags & ts.TypeFlags.Null) return { type: 'null' };
  if (flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {};
  if (checker.isTupleType(type)) {
    const items = checker.getTypeArguments(type).map((each) => schemaOf(each, checker, node));
    return { type: 'array', prefixItems: items, minItems: items.length, maxItems: items.length };
  }
  if (checker.isArrayType(type)) {
    return { type: 'array', items: schemaOf(checker.getTypeArguments(type)[0], checker, node) };
  }
  const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
  if (index) return { type: 'object', additionalProperties: schemaOf(index.type, checker, node) };
  const members = checker.getPropertiesOfType(type).map((symbol) => describeMember(symbol, checker, node));
  return objectSchema(members);
}

function unionSchema(types, checker, node) {
  const schemas = types.map((each) => schemaOf(each, checker, node));
  const constants = schemas.filter((schema) => 'const' in schema).map((schema) => schema.const);
  const isBoolean = types.filter((each) => each.flags & ts.TypeFlags.BooleanLiteral).length === 2;
  const rest = schemas.filter(
    (schema, at) => !('const' in schema) && !(isBoolean && types[at].flags & ts.TypeFlags.BooleanLiteral),
  );
  const parts = [
    ...(constants.length > 0 ? [constants.length === 1 ? { const: constants[0] } : { enum: constants }] : []),
    ...(isBoolean ? [{ type: 'boolean' }] : []),
    ...rest,
  ];
  if (parts.length === 1) return parts[0];
  const isSimple = parts.every((part) => Object.keys(part).length === 1 && typeof part.type === 'string');
  return isSimple ? { type: parts.map(({ type }) => type) } : { anyOf: parts };
}

function objectSchema(members) {
  return {
    type: 'object',
    properties: Object.fromEntries(
      members.map(({ name, schema, description }) => [
        name,
        description ? { ...schema, description } : schema,
      ]),
    ),
    required: members.filter(({ isOptional }) => !isOptional).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** The JSON Schema of one kind of line. */
export function schemaOfKind({ kind, summary, members }) {
  const envelope = [
    { name: 'kind', schema: { const: kind }, description: '' },
    { name: 'v', schema: { const: 1 }, description: 'The version of this form.' },
    { name: 'time', schema: { type: 'string', format: 'date-time' }, description: 'When it was printed.' },
  ];
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: kind,
    description: summary,
    ...objectSchema([...envelope, ...members]),
  };
}

/** The tables of docs/json.md: a section per kind. */
export function jsonTables(kinds) {
  return kinds
    .map(({ kind, summary, members }) =>
      [
        `### ${kind}`,
        '',
        summary,
        '',
        '| member | type | meaning |',
        '|---|---|---|',
        ...members.flatMap((member) => memberRows(member)),
      ].join('\n'),
    )
    .join('\n\n');
}

/** The row of a member, and of the members of the objects in it. */
function memberRows({ name, schema, description }) {
  const items = schema.items ?? schema.anyOf?.find((each) => each.items)?.items;
  const nested = Object.entries(items?.properties ?? {}).map(([inner, { description = '', ...rest }]) => ({
    name: `${name}[].${inner}`,
    schema: rest,
    description,
  }));
  return [
    `| \`${name}\` | ${typeName(schema)} | ${cell(description)} |`,
    ...nested.flatMap((each) => memberRows(each)),
  ];
}

function typeName(schema) {
  if ('const' in schema) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((each) => `\`${each}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(typeName).join(' or ');
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  if (schema.type === 'array') return schema.prefixItems ? 'pair' : `list of ${typeName(schema.items)}`;
  return schema.type ?? 'any';
}
