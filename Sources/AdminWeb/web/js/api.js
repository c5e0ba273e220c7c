// Everything that is asked of the server.

const base = 'api/';

/** What the server refused, or `code: 'network'` when it could not be reached. */
export class ApiError extends Error {
  constructor(status, code, message, { problems = [], retryAfter = null } = {}) {
    super(message);
    Object.assign(this, { name: 'ApiError', status, code, problems, retryAfter });
  }
}

/** The answer of GET session; `session.current` is replaced as a whole. */
export const session = {
  current: null,
  async load() {
    session.current = await request('GET', 'session');
    return session.current;
  },
};

/** Whether a password has to be given before anything else is answered. */
export const needsLogin = () => Boolean(session.current?.password_required && !session.current.authenticated);

/** Told when the server wants a login: set by the shell. */
export const hooks = { unauthenticated: () => {} };

async function request(method, path, { query, body, signal, as = 'json', again = true } = {}) {
  const headers = { accept: as === 'json' ? 'application/json' : '*/*' };
  if (method !== 'GET') headers['x-csrf-token'] = session.current?.csrf_token ?? '';
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response;
  try {
    response = await fetch(address(path, query), {
      method, headers, signal, credentials: 'same-origin', cache: 'no-store',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'network', '');
  }
  if (response.ok) return read(response, as);
  const error = await refusal(response);
  // A restarted server has another token: ask for it once, then again.
  if (error.status === 403 && method !== 'GET' && again) {
    await session.load();
    return request(method, path, { query, body, signal, as, again: false });
  }
  if (error.status === 401 && path !== 'session') hooks.unauthenticated();
  throw error;
}

function address(path, query) {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '') search.set(key, value);
  }
  return base + path + (search.size ? `?${search}` : '');
}

async function read(response, as) {
  if (as === 'bytes') return new Uint8Array(await response.arrayBuffer());
  if (as === 'text') return response.text();
  if (response.status === 204) return null;
  return response.json();
}

async function refusal(response) {
  let error = {};
  try {
    error = (await response.json()).error ?? {};
  } catch {
    // A proxy in between may answer with a page; its status says enough.
  }
  return new ApiError(response.status, error.code ?? `http_${response.status}`, error.message ?? '', {
    problems: error.problems ?? [],
    retryAfter: Number(response.headers.get('retry-after')) || null,
  });
}

/** One segment of a path: `api.get(`endpoints/${segment(name)}`)`. */
export const segment = encodeURIComponent;

/** `options`: `{query, signal, as: 'json'|'text'|'bytes'}`. All throw `ApiError`. */
export const api = {
  get: (path, options) => request('GET', path, options),
  post: (path, body, options) => request('POST', path, { ...options, body }),
  put: (path, body, options) => request('PUT', path, { ...options, body }),
  patch: (path, body, options) => request('PATCH', path, { ...options, body }),
  delete: (path, options) => request('DELETE', path, options),
  /** For links that the browser follows itself, such as downloads. */
  address,
};

/** Logs in; throws 401 or 429. */
export async function logIn(password) {
  await request('POST', 'session', { body: { password }, again: false });
  return session.load();
}

export async function logOut() {
  await request('DELETE', 'session');
  return session.load();
}
