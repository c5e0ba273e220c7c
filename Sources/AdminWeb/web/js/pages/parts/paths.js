// Values in nested configurations by dotted paths. The last name of a map of texts may hold dots itself: such maps are
// read and written as a whole.

export function valueAt(config, path) {
  return path.split('.').reduce((value, name) => (value === null || typeof value !== 'object' ? undefined : value[name]), config);
}

/** `config` with the value at `path` set, or removed when it is undefined; sections that become empty go too. */
export function withValue(config, path, value) {
  const [name, ...rest] = path.split('.');
  const copy = { ...config };
  if (rest.length > 0) {
    const inner = withValue(typeof copy[name] === 'object' && copy[name] !== null ? copy[name] : {}, rest.join('.'), value);
    if (Object.keys(inner).length > 0) copy[name] = inner;
    else delete copy[name];
  } else if (value === undefined) {
    delete copy[name];
  } else {
    copy[name] = value;
  }
  return copy;
}

/** Whether a form's value means that nothing is written. */
export function isEmptyValue(value) {
  if (value === null || value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
