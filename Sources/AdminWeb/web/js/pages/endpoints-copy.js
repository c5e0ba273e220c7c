// Asks for the name of a copy.

import { api, segment } from '../api.js';
import { button } from '../components/button.js';
import { openDialog } from '../components/dialog.js';
import { form } from '../components/form.js';
import { toast } from '../components/toast.js';
import { t } from '../i18n.js';

/** Resolves to the new endpoint, or undefined. */
export function showCopyDialog(name, names) {
  let finish = () => {};
  const fields = form({
    groups: [{ fields: [{ key: 'name', type: 'text', label: t('endpoint.name'), required: true, help: t('endpoints.copy.help') }] }],
    values: { name: freeName(name, names) }, onsubmit: () => copy(),
  });
  async function copy() {
    if (!fields.check()) return;
    try {
      const made = await api.post(`endpoints/${segment(name)}/copy`, { name: fields.values().name });
      toast(t('endpoints.was_added', { name: made.name }));
      finish(made);
    } catch (error) {
      const isTaken = error.status === 409;
      if (!isTaken && !error.problems?.length) throw error;
      if (isTaken) fields.field('name').problem(t('endpoints.name_taken'));
      else fields.showProblems(error.problems);
    }
  }
  return openDialog({
    title: t('endpoints.copy.title', { name }), body: fields.element,
    actions(close) {
      finish = close;
      return [
        button({ label: t('action.cancel'), onclick: () => close() }),
        button({ label: t('endpoints.action.copy'), kind: 'primary', onclick: copy }),
      ];
    },
  });
}

/** `name-2`, or the first number that is free. */
export function freeName(name, names) {
  const base = name.replace(/-\d+$/, '');
  let number = 2;
  while (names.includes(`${base}-${number}`)) number += 1;
  return names.includes(name) ? `${base}-${number}` : name;
}
