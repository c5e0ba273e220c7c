// Checks of a page as it stands, run inside it. Each gives the list of what is wrong.
(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const parsed = new Map();

  /** Red, green, blue and opacity of a CSS colour, as the browser paints it. */
  function rgba(colour) {
    if (!parsed.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      parsed.set(colour, [r, g, b, a / 255]);
    }
    return parsed.get(colour);
  }

  const over = ([r, g, b, a], ground) => [r, g, b].map((value, index) => value * a + ground[index] * (1 - a));

  function luminance(colour) {
    const [r, g, b] = colour.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function ratio(one, other) {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  }

  /** What is painted behind an element: its own ground over those of what it stands in; shapes in drawings. */
  function groundOf(element) {
    const layers = [];
    for (let place = element; place; place = place.parentElement) {
      if (place instanceof SVGElement && !(place instanceof SVGSVGElement)) {
        const shapes = [...(place.parentElement?.children ?? [])].filter((one) => one.matches('rect, circle') && one !== place);
        const shape = place.matches('text, tspan') ? shapes.find((one) => rgba(getComputedStyle(one).fill)[3] > 0 && getComputedStyle(one).fill !== 'none' && one.getBoundingClientRect().width > 20) : null;
        if (shape) layers.push(rgba(getComputedStyle(shape).fill));
      } else {
        layers.push(rgba(getComputedStyle(place).backgroundColor));
      }
      if (layers.at(-1)?.[3] === 1) break;
    }
    return layers.reverse().reduce((ground, layer) => over(layer, ground), [255, 255, 255]);
  }

  function isSeen(element) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && !element.closest('.visually-hidden');
  }

  const opacityOf = (element) => (element ? Number(getComputedStyle(element).opacity) * opacityOf(element.parentElement) : 1);

  function named(element) {
    const classes = typeof element.className === 'string' && element.className ? `.${element.className.trim().replaceAll(/\s+/g, '.')}` : '';
    return `${element.tagName.toLowerCase()}${element.id && !/\d/.test(element.id) ? `#${element.id}` : ''}${classes}`;
  }

  function judge(element, colour, text, problems) {
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const [r, g, b, a] = rgba(colour);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(over([r, g, b, a * opacityOf(element)], ground), ground);
    if (found < (isLarge ? 3 : 4.5)) problems.add(`${found.toFixed(2)} ${named(element)} "${text.trim().slice(0, 40)}"`);
  }

  /** WCAG 1.4.3: text on its ground has 4.5, large text 3. Controls that cannot be used are exempt. */
  function contrast() {
    const problems = new Set();
    // What lies behind a dialog cannot be used.
    const place = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      const text = walker.currentNode.data;
      if (!text.trim() || element.closest('script, noscript, option, datalist, :disabled') || !isSeen(element)) continue;
      judge(element, element instanceof SVGElement ? getComputedStyle(element).fill : getComputedStyle(element).color, text, problems);
    }
    for (const control of place.querySelectorAll('input, textarea, select')) {
      if (control.disabled || !isSeen(control)) continue;
      if (control.placeholder && !control.value) judge(control, getComputedStyle(control, '::placeholder').color, control.placeholder, problems);
      else if (control.value && !control.matches('[type=checkbox], [type=radio]')) judge(control, getComputedStyle(control).color, control.value, problems);
    }
    return [...problems];
  }

  function duplicateIds() {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  }

  /** What refers to an id that is not there. */
  function lostReferences() {
    return ['for', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'list'].flatMap((attribute) =>
      [...document.querySelectorAll(`[${attribute}]`)].flatMap((element) => element.getAttribute(attribute).split(/\s+/)
        .filter((id) => id && !document.getElementById(id)).map((id) => `${named(element)} ${attribute}=${id}`)));
  }

  /** What sticks out at the right, where nothing scrolls. */
  function overflow() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > width + 1 && isSeen(element));
    return wide.slice(0, 5).map((element) => `${named(element)} ends at ${Math.round(element.getBoundingClientRect().right)} of ${width}`);
  }

  // MARK: Keyboard

  function tabbable() {
    const candidates = document.querySelectorAll('a[href], button, input, select, textarea, summary, dialog, [tabindex]');
    const groups = new Set();
    return [...candidates].filter((element) => {
      if (element.disabled || element.tabIndex < 0 || !element.checkVisibility({ visibilityProperty: true })) return false;
      if (element.matches('[type=radio]')) {
        if (groups.has(element.name)) return false;
        const group = [...document.getElementsByName(element.name)];
        if (group.some((one) => one.checked) && !element.checked) return false;
        groups.add(element.name);
      }
      return true;
    });
  }

  const looked = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'borderTopColor', 'backgroundColor', 'top', 'textDecorationLine'];
  function lookOf(element) {
    const places = [element, element.parentElement, element.nextElementSibling].filter(Boolean);
    return places.map((place) => looked.map((name) => getComputedStyle(place)[name]).join()).join('|');
  }

  const walk = { before: new Map(), seen: new Set(), unmarked: [], rounds: 0 };
  /** Remembers how everything looks without the focus. */
  function startWalk() {
    document.activeElement?.blur();
    for (const element of document.querySelectorAll('*')) element.getAnimations().forEach((one) => one.finish());
    Object.assign(walk, { before: new Map(tabbable().map((element) => [element, lookOf(element)])), seen: new Set(), unmarked: [], rounds: 0 });
    window.getSelection().setPosition(document.body, 0);
  }
  /** Notes where the focus is. False once it came round; between the last and the first it belongs to the browser. */
  function step() {
    const element = document.activeElement;
    if (!element || element === document.body) return ++walk.rounds < 3;
    if (walk.seen.has(element)) return false;
    walk.seen.add(element);
    for (const place of [element, element.parentElement, element.nextElementSibling]) place?.getAnimations().forEach((one) => one.finish());
    if (walk.before.get(element) === lookOf(element)) walk.unmarked.push(named(element));
    return true;
  }
  function endWalk() {
    const unreached = [...walk.before.keys()].filter((element) => element.isConnected && !walk.seen.has(element)).map((one) => `never reached: ${named(one)} ${one.getAttribute('href') ?? one.textContent.trim().slice(0, 30)}`);
    return [...unreached, ...walk.unmarked.map((name) => `focus not visible: ${name}`)];
  }

  window.checks = { contrast, duplicateIds, lostReferences, overflow, startWalk, step, endWalk };
})();
