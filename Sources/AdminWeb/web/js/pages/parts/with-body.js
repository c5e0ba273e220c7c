// Loads a body of a request and shows what is made of it.

import { button } from '../../components/button.js';
import { loading, notice } from '../../components/card.js';
import { fill, h } from '../../dom.js';
import { bytes } from '../../format.js';
import { t } from '../../i18n.js';
import { failureNote } from './failure-note.js';

/** Larger bodies are shown only when asked for: reading them takes the page a second or more. */
const LARGE = 6 * 1024 * 1024;

/** Fills `view` with `make(text, body)`; `parts` are tried in order, `body` is the entry of the first that is there.
 *
 *  An attempt's request is kept only where it differs from what the client sent. */
export async function withBody(view, context, parts, make, { evenLarge = false } = {}) {
  const ticket = {};
  view.ticket = ticket;
  fill(view, loading());
  try {
    const found = await firstBody(context, parts, evenLarge);
    // Somebody chose another one meanwhile.
    if (view.ticket !== ticket) return;
    if (!found) fill(view, notice('idle', t('body.none')));
    else if (found.isLarge) fill(view, largeNote(found.body, () => withBody(view, context, parts, make, { evenLarge: true })));
    else fill(view, make(found.text, found.body));
  } catch (error) {
    if (view.ticket === ticket) fill(view, failureNote(error, () => withBody(view, context, parts, make, { evenLarge })));
  }
}

async function firstBody(context, parts, evenLarge) {
  for (const part of parts) {
    const body = context.bodies.find((candidate) => candidate.part === part) ?? null;
    // What the client got is put together by the proxy, so it need not be listed.
    if (!body && part !== 'response') continue;
    if (body && body.bytes > LARGE && !evenLarge) return { body, isLarge: true };
    const found = await context.bytes(part);
    if (found) return { body, text: new TextDecoder().decode(found) };
  }
  return null;
}

function largeNote(body, show) {
  return notice('idle', h('p', null, t('body.large', { size: bytes(body.bytes) })), button({ label: t('body.show'), small: true, onclick: show }));
}
