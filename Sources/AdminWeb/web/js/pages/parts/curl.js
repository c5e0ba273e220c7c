// Requests as curl commands, and back.

/** Fields that curl makes itself, or that belong to the connection of then. */
const OMITTED = new Set([
  'host', 'content-length', 'connection', 'transfer-encoding', 'accept-encoding', 'content-encoding', 'expect', 'keep-alive',
]);

/** Longer bodies are read from a file: shells limit the length of a command. */
const MAXIMUM_INLINE_BODY = 100_000;

/** A command that sends the request again.
 *
 *  `fields` are `[name, value]` as the journal has them; values that it masked become `$VARIABLES`. Returns
 *  `{command, variables, file}`; `file` is the name the body must be saved under, or null. */
export function toCurl({ method, url, fields, body, fileName }) {
  const variables = [];
  const parts = [`curl -sN -X ${/^[A-Z]+$/.test(method) ? method : quoted(method)} ${quoted(url)}`];
  for (const [name, value] of fields) {
    if (OMITTED.has(name.toLowerCase())) continue;
    const shown = withVariable(name, value, variables);
    parts.push(`-H ${shown}`);
  }
  const inFile = body.length > MAXIMUM_INLINE_BODY;
  if (body !== '') parts.push(inFile ? `--data-binary @${quoted(fileName)}` : `--data-binary ${quoted(body)}`);
  return { command: parts.join(' \\\n  '), variables, file: inFile ? fileName : null };
}

/** The journal masks a credential as `…abcd`, its scheme before it. */
function withVariable(name, value, variables) {
  const masked = /^((?:Bearer|Token|Basic|Digest)\s+)?\S*…\S*$/i.exec(value);
  if (!masked) return quoted(`${name}: ${value}`);
  const variable = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  if (!variables.includes(variable)) variables.push(variable);
  // Only the variable stands where a shell looks for something to run.
  return `${quoted(`${name}: ${masked[1] ?? ''}`)}"$${variable}"`;
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Reads a curl command: `{method, path, query, headers, body}`, or null when it is none. */
export function fromCurl(text) {
  const words = shellWords(text);
  if (words[0] !== 'curl') return null;
  const request = { method: null, path: '/', query: undefined, headers: {}, body: '' };
  for (let index = 1; index < words.length; index += 1) {
    const [flag, attached] = splitFlag(words[index]);
    const value = () => attached ?? words[(index += 1)] ?? '';
    if (flag === '-X' || flag === '--request') request.method = value().toUpperCase();
    else if (flag === '-H' || flag === '--header') addHeader(request, value());
    else if (BODY_FLAGS.has(flag)) request.body += (request.body ? '&' : '') + value();
    else if (flag === '--url') addURL(request, value());
    else if (FLAGS_WITH_VALUE.has(flag)) value();
    else if (!flag.startsWith('-')) addURL(request, flag);
  }
  request.method ??= request.body ? 'POST' : 'GET';
  return request;
}

const BODY_FLAGS = new Set(['-d', '--data', '--data-raw', '--data-binary', '--data-ascii', '--json']);
const FLAGS_WITH_VALUE = new Set([
  '-o', '--output', '-u', '--user', '-A', '--user-agent', '-e', '--referer', '-b', '--cookie', '-x', '--proxy', '-m',
  '--max-time', '--connect-timeout', '-w', '--write-out', '--cacert', '--resolve', '--retry',
]);

function splitFlag(word) {
  if (/^--[a-z-]+=/.test(word)) return [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)];
  if (/^-[XHd]./.test(word)) return [word.slice(0, 2), word.slice(2)];
  return [word, undefined];
}

function addHeader(request, line) {
  const colon = line.indexOf(':');
  if (colon > 0) request.headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
}

function addURL(request, text) {
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`);
    request.path = url.pathname;
    request.query = url.search.slice(1) || undefined;
  } catch {
    request.path = text;
  }
}

/** The words of a command as a POSIX shell cuts them; variables are left as they stand. */
function shellWords(text) {
  const words = [];
  const pattern = /\s*((?:\\\n|\\[\s\S]|'[^']*'|\$'(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*"|[^\s'"\\])+)/y;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) words.push(unquote(match[1]));
  return words.filter((word) => word !== '');
}

function unquote(word) {
  return word.replace(
    /\\\n|\\([\s\S])|'([^']*)'|\$'((?:\\[\s\S]|[^'\\])*)'|"((?:\\[\s\S]|[^"\\])*)"/g,
    (all, escaped, single, ansi, double) => {
      if (escaped !== undefined) return escaped;
      if (single !== undefined) return single;
      if (ansi !== undefined) return ansi.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\(['"\\])/g, '$1');
      if (double !== undefined) return double.replace(/\\\n/g, '').replace(/\\(["\\$`])/g, '$1');
      return '';
    },
  );
}
