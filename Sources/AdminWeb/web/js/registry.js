// The pages there are. Each is a module of its own, loaded when it is first shown:
// `export default {route, titleKey, render(root, params, ctx) → cleanup}`.

export const pages = [
  { route: 'dashboard', icon: 'dashboard', titleKey: 'nav.dashboard', load: () => import('./pages/dashboard.js') },
  { route: 'endpoints', icon: 'endpoints', titleKey: 'nav.endpoints', load: () => import('./pages/endpoints.js') },
  { route: 'tags', icon: 'tags', titleKey: 'nav.tags', load: () => import('./pages/tags.js') },
  { route: 'logs', icon: 'logs', titleKey: 'nav.logs', load: () => import('./pages/logs.js') },
  { route: 'logs/:id', parent: 'logs', titleKey: 'nav.request', load: () => import('./pages/request.js') },
  { route: 'usage', icon: 'usage', titleKey: 'nav.usage', load: () => import('./pages/usage.js') },
  { route: 'settings', icon: 'settings', titleKey: 'nav.settings', load: () => import('./pages/settings.js') },
  { route: 'help', icon: 'help', titleKey: 'nav.help', load: () => import('./pages/help.js') },
];

/** The page for a path such as `logs/abc`, with its parameters; null if there is none. */
export function findPage(path) {
  const parts = path.split('/');
  for (const page of pages) {
    const pattern = page.route.split('/');
    if (pattern.length !== parts.length) continue;
    const params = {};
    const fits = pattern.every((piece, index) => {
      if (!piece.startsWith(':')) return piece === parts[index];
      params[piece.slice(1)] = parts[index];
      return parts[index] !== '';
    });
    if (fits) return { page, params };
  }
  return null;
}
