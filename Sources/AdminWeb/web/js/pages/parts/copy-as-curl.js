// "Copy as curl" for a request, or for what an attempt made of it.

import { copyText } from '../../components/button.js';
import { toast } from '../../components/toast.js';
import { t } from '../../i18n.js';
import { toCurl } from './curl.js';

/** Copies the client's request, or that of `attempt` to its endpoint, and says what has to be filled in. */
export async function copyAsCurl(context, attempt = null) {
  const part = attempt && context.bodies.some((body) => body.part === `request-${attempt.number}`) ? `request-${attempt.number}` : 'request';
  const found = await context.bytes(part);
  const { exchange } = context;
  const query = exchange.query ? `?${exchange.query}` : '';
  const { command, variables, file } = toCurl({
    method: exchange.method,
    url: attempt ? attempt.url : `${context.page.session.listening.url.replace(/\/$/, '')}${exchange.path}${query}`,
    fields: (attempt ?? exchange).request_fields ?? [],
    body: found ? new TextDecoder().decode(found) : '',
    fileName: `${context.id}-${part}.json`,
  });
  await copyText(command);
  const stored = context.bodies.find((body) => body.part === part);
  if (!found || stored?.missing) toast(t('curl.incomplete'), 'warn');
  else if (file) toast(t('curl.file', { file }), 'warn');
  else if (variables.length > 0) toast(t('curl.variables', { names: variables.map((name) => `$${name}`).join(', ') }));
  else toast(t('action.copied'));
}
