// The page is built from these few functions. Nothing here ever parses markup: what a request, a model or an
// endpoint said goes in as text and stays text.

const svgNamespace = 'http://www.w3.org/2000/svg';
/** Set as properties: as attributes they would only be defaults. */
const properties = new Set(['value', 'checked', 'selected', 'indeterminate', 'disabled', 'hidden', 'readOnly', 'open']);

/**
 * Makes an element.
 *
 * Props: `class` (text or list, falsy parts skipped), `onclick`-like functions, `dataset` and `style` as objects,
 * true/false for attributes without value, everything else an attribute; null and undefined are skipped.
 * Children: text, numbers, nodes, lists of them; null, undefined and false are skipped.
 */
export function h(tag, props, ...children) {
  return build(document.createElement(tag), props, children);
}

/** As `h`, for SVG. */
export function svg(tag, props, ...children) {
  return build(document.createElementNS(svgNamespace, tag), props, children);
}

function build(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) setProp(element, name, value);
  add(element, children);
  return element;
}

/** Sets one prop as `h` does. */
export function setProp(element, name, value) {
  if (typeof value === 'function' && name.startsWith('on')) {
    element.addEventListener(name.slice(2).toLowerCase(), value);
  } else if (name === 'class') {
    element.setAttribute('class', [value].flat(Infinity).filter(Boolean).join(' '));
  } else if (name === 'dataset') {
    Object.assign(element.dataset, value);
  } else if (name === 'style') {
    for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
  } else if (properties.has(name) && name in element) {
    element[name] = value ?? (name === 'value' ? '' : false);
  } else if (value === null || value === undefined || value === false) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Appends children as `h` takes them. */
export function add(parent, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : String(child));
  }
  return parent;
}

/** Replaces all children. */
export function fill(parent, ...children) {
  parent.replaceChildren();
  return add(parent, ...children);
}

/** Writes only what differs, so that selections survive live numbers. */
export function setText(node, text) {
  const next = text === null || text === undefined ? '' : String(text);
  if (node.textContent !== next) node.textContent = next;
}

/** Adds or removes an attribute, touching the node only when it differs. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value === true ? '' : String(value));
  }
}

/**
 * A list that keeps its elements while its items change: `create(item)` gives `{element, update(item)}`.
 * Elements move only when their order changed, so focus stays where it is.
 */
export function keyedList(container, key, create) {
  let entries = new Map();
  return function update(items) {
    const next = new Map();
    let place = container.firstChild;
    for (const item of items) {
      const id = key(item);
      const entry = entries.get(id) ?? create(item);
      entry.update?.(item);
      next.set(id, entry);
      if (entry.element === place) place = place.nextSibling;
      else container.insertBefore(entry.element, place);
    }
    for (const [id, entry] of entries) if (!next.has(id)) entry.element.remove();
    entries = next;
  };
}

let lastId = 0;
/** An id no other element has, to tie labels and descriptions to inputs. */
export function uniqueId(prefix = 'u') {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** Calls `action` once, `wait` milliseconds after the last call. */
export function debounce(action, wait = 250) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), wait);
  };
}

/** Says `text` to screen readers, without moving anything. */
export function announce(text) {
  const region = document.getElementById('announcer');
  if (!region) return;
  // The same sentence twice is said twice only if the region was empty in between.
  region.textContent = '';
  requestAnimationFrame(() => (region.textContent = text));
}
