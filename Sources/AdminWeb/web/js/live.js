// The live feed: one connection for all panels, closed while nobody looks.

import { api, hooks, needsLogin, session } from './api.js';

const subscribers = new Set();
const watchers = new Set();
let source = null;
let retryTimer = 0;
let silenceTimer = 0;
let failures = 0;

export const live = {
  /** The newest snapshot, or null. */
  latest: null,
  /** A few numbers of each second of the last three minutes, oldest first; null where the feed was interrupted. */
  history: [],
  /** `idle`, `connecting`, `open` or `lost`. */
  state: 'idle',

  /** Calls `action(snapshot)` every second, at once with the newest if there is one. Returns how to stop. */
  subscribe(action) {
    subscribers.add(action);
    if (live.latest) action(live.latest);
    connect();
    return () => {
      subscribers.delete(action);
      if (!subscribers.size) disconnect('idle');
    };
  },

  /** Calls `action(state)` now and whenever the state of the connection changes. Returns how to stop. */
  watch(action) {
    watchers.add(action);
    action(live.state);
    return () => watchers.delete(action);
  },

  /** Tries at once, for instance after a login. */
  reconnect() {
    disconnect('idle');
    connect();
  },
};

function setState(state) {
  if (live.state === state) return;
  live.state = state;
  for (const watcher of watchers) watcher(state);
}

function connect() {
  if (source || !subscribers.size || document.hidden || needsLogin()) return;
  clearTimeout(retryTimer);
  if (live.state !== 'lost') setState('connecting');
  source = new EventSource(api.address('live'));
  source.addEventListener('snapshot', (event) => receive(event.data));
  source.addEventListener('error', lost);
  expectSnapshot();
}

function receive(data) {
  failures = 0;
  expectSnapshot();
  live.latest = JSON.parse(data);
  remember(live.latest);
  setState('open');
  for (const subscriber of subscribers) {
    try {
      subscriber(live.latest);
    } catch (error) {
      // One panel that stumbles must not stop the others.
      console.error(error);
    }
  }
}

const kept = 180;
let lastAt = null;

function remember(snapshot) {
  const gap = lastAt === null ? 0 : Math.round((snapshot.at - lastAt) / 1000) - 1;
  for (let missing = 0; missing < Math.min(gap, kept); missing += 1) live.history.push({});
  lastAt = snapshot.at;
  live.history.push({
    requests: snapshot.requests_per_second, running: snapshot.in_flight.length,
    firstContent: snapshot.first_content_ms?.p50 ?? null, eventLatency: snapshot.event_latency_us?.p50 ?? null,
  });
  live.history.splice(0, live.history.length - kept);
}

// A connection can die without a word (suspended laptop): a feed that is due every second and silent for six is lost.
function expectSnapshot() {
  clearTimeout(silenceTimer);
  silenceTimer = setTimeout(lost, 6000);
}

// The browser's own reconnecting gives up on any answer but 200, so it is done here, calmly.
function lost() {
  disconnect('lost');
  failures += 1;
  retryTimer = setTimeout(async () => {
    try {
      await session.load();
    } catch {
      lost();
      return;
    }
    // A restarted proxy has forgotten the sessions.
    if (needsLogin()) hooks.unauthenticated();
    else connect();
  }, Math.min(1000 * 2 ** (failures - 1), 10000));
}

function disconnect(state) {
  clearTimeout(retryTimer);
  clearTimeout(silenceTimer);
  source?.close();
  source = null;
  setState(state);
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) disconnect('idle');
  else connect();
});
