// JSON that may end anywhere: the journal keeps the beginning of a body when it is told to.

/** Reads `text` as JSON. Returns `{value, whole}`; `whole` is false when the text ended too early, and `value` is then
 *  what stood before the end. Returns null when it is no JSON at all. */
export function readJSON(text) {
  try {
    return { value: JSON.parse(text), whole: true };
  } catch {
    return readBeginning(text);
  }
}

class Ended extends Error {}

function readBeginning(text) {
  const reader = { text, at: 0, depth: 0 };
  try {
    skipSpace(reader);
    const first = text[reader.at];
    if (first !== '{' && first !== '[') return null;
    const value = readValue(reader);
    skipSpace(reader);
    return reader.at === text.length ? { value, whole: false } : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

const MAXIMUM_DEPTH = 500;

function readValue(reader) {
  skipSpace(reader);
  const { text, at } = reader;
  if (at >= text.length) throw new Ended();
  if (text[at] === '"') return readString(reader);
  if (text[at] !== '{' && text[at] !== '[') return readWord(reader);
  reader.depth += 1;
  if (reader.depth > MAXIMUM_DEPTH) throw new RangeError('nested too deep');
  const value = text[at] === '{' ? readObject(reader) : readArray(reader);
  reader.depth -= 1;
  return value;
}

function readObject(reader) {
  const object = {};
  reader.at += 1;
  try {
    for (;;) {
      skipSpace(reader);
      if (take(reader, '}')) return object;
      const key = readString(reader);
      if (reader.at >= reader.text.length) return object;
      skipSpace(reader);
      expect(reader, ':');
      // As JSON.parse does it: `__proto__` is a member like any other.
      Object.defineProperty(object, key, {
        value: readValue(reader), enumerable: true, writable: true, configurable: true,
      });
      skipSpace(reader);
      if (take(reader, '}')) return object;
      expect(reader, ',');
    }
  } catch (error) {
    if (error instanceof Ended) return object;
    throw error;
  }
}

function readArray(reader) {
  const array = [];
  reader.at += 1;
  try {
    for (;;) {
      skipSpace(reader);
      if (take(reader, ']')) return array;
      array.push(readValue(reader));
      skipSpace(reader);
      if (take(reader, ']')) return array;
      expect(reader, ',');
    }
  } catch (error) {
    if (error instanceof Ended) return array;
    throw error;
  }
}

/** A string; one without its end is what there is of it, less half an escape. */
function readString(reader) {
  const { text } = reader;
  if (reader.at >= text.length) throw new Ended();
  if (text[reader.at] !== '"') throw new SyntaxError('expected a string');
  const start = reader.at;
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') {
      at += 1;
    } else if (text[at] === '"') {
      reader.at = at + 1;
      return JSON.parse(text.slice(start, at + 1));
    }
  }
  reader.at = text.length;
  const rest = text.slice(start).replace(/(?<!\\)((?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?$/, '$1');
  return JSON.parse(`${rest}"`);
}

function readWord(reader) {
  const word = /[^\s,\]}]*/y;
  word.lastIndex = reader.at;
  const [found] = word.exec(reader.text);
  reader.at += found.length;
  if (reader.at >= reader.text.length) throw new Ended();
  return JSON.parse(found);
}

function skipSpace(reader) {
  while (reader.at < reader.text.length && ' \n\r\t'.includes(reader.text[reader.at])) reader.at += 1;
}

function take(reader, character) {
  if (reader.at >= reader.text.length) throw new Ended();
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function expect(reader, character) {
  if (!take(reader, character)) throw new SyntaxError(`expected ${character}`);
}
