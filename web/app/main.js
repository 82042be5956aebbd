// Starts the page: words, the live picture, and the view that the address names.
import { html, render, signal, useEffect, useRef, useState } from '../vendor/ui.mjs';
import { loadLater } from './later.js';
import { Failed } from './parts/failed.js';
import { Loading } from './parts/loading.js';
import { Login } from './parts/login.js';
import { Toasts } from './parts/toast.js';
import { route } from './router.js';
import { Shell } from './shell.js';
import { link, start } from './state/live.js';
import { tokenNeeded } from './state/session.js';
import './theme.js';
import Stations from './views/stations/index.js';
import { loadSheets } from './views/stations/opened.js';
import { language, speak, speakOfAll, t } from './words.js';

const AREAS = {
  ready: 'ready',
  devices: 'device',
  why: 'why',
  rules: 'rules',
  setup: 'setup',
  settings: 'settings',
};
const WORDS_AGAIN_MS = 2000;
/** The first view comes with the page, the others when they are wanted. */
const LOADED = signal({ '': Stations });

async function load(area) {
  const name = AREAS[area];
  if (!name || LOADED.peek()[area]) return;
  const [{ default: View }] = await Promise.all([import(`./views/${name}/index.js`), speakOfAll()]);
  LOADED.value = { ...LOADED.peek(), [area]: View };
}

/** A view that has to be loaded first, and is tried again by who waits for it, or when the service is heard anew. */
function Wanted({ area }) {
  const [failed, setFailed] = useState(false);
  const heard = link.value.state === 'live';
  const wanted = async () => {
    setFailed(false);
    try {
      await load(area);
    } catch (error) {
      console.error(error);
      setFailed(true);
    }
  };
  useEffect(() => void wanted(), [area, heard]);
  return failed ? html`<${Failed} whole=${true} problem=${{ code: 'unreachable' }} again=${wanted} />` : html`<${Loading} />`;
}

// How to look at the page, and what a phone took along in a QR code, is there for everybody.
const needsNoToken = (area, rest) => area === 'settings' || (area === 'setup' && rest[0] === 'phone');

const NAMES = { '': 'stations', ready: 'ready', devices: 'device', why: 'why', rules: 'rules', setup: 'setup', settings: 'settings' };
/** In these areas the address goes on with a name. */
const NAMED = ['devices', 'rules'];

function title(area, rest) {
  const name = NAMED.includes(area) ? rest[0] : null;
  return [name, Object.hasOwn(NAMES, area) && t(`app.${NAMES[area]}`), 'Smart Charging Station'].filter(Boolean).join(' – ');
}

// Tells who does not see it that another view is there: by the title, and the focus goes to where it begins.
function useArrival(area, rest) {
  const before = useRef(null);
  const here = [area, ...rest].join('/');
  useEffect(() => {
    document.title = title(area, rest);
    if (before.current !== null && before.current !== here) document.getElementById('main').focus({ preventScroll: true });
    before.current = here;
  }, [here, language.value]);
}

function Page() {
  const { area, rest, query } = route.value;
  useArrival(area, rest);
  const View = LOADED.value[area];
  let content = html`<${Wanted} key=${area} area=${area} />`;
  if (area !== '' && !Object.hasOwn(AREAS, area)) content = html`<${Failed} whole=${true} problem=${{ code: 'no_such_view' }} />`;
  else if (tokenNeeded.value && !needsNoToken(area, rest)) content = html`<${Login} />`;
  else if (View) content = html`<${View} rest=${rest} query=${query} />`;
  return html`<${Shell} area=${area}>${content}<//><${Toasts} />`;
}

// Without words there is nothing to show; the service may be starting.
async function speakAtLast() {
  for (;;) {
    try {
      return await speak();
    } catch (error) {
      console.error(error);
      await new Promise((done) => setTimeout(done, WORDS_AGAIN_MS));
    }
  }
}

// All at once: on a slow network each would wait for the one before.
start();
const spoken = speakAtLast();
load(route.peek().area).catch(() => {});
await spoken;
render(html`<${Page} />`, document.getElementById('page'));
loadLater([loadSheets, ...Object.keys(AREAS).map((area) => () => load(area)), () => import('../vendor/uplot.mjs'), () => import('../vendor/qr.mjs')]);
