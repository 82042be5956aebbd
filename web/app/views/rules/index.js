// The rules: which there are, the editor of one, and what it was before.
import { html } from '../../../vendor/ui.mjs';
import { Failed } from '../../parts/failed.js';
import { Editor } from './editor.js';
import { History } from './history.js';
import { List } from './list.js';

export default function View({ rest, query }) {
  const [name, page, ...more] = rest;
  if (name === undefined) return html`<${List} />`;
  if (more.length || !/^[a-z][a-z0-9_-]{0,63}$/.test(name)) return html`<${Failed} whole=${true} problem=${{ code: 'no_such_view' }} />`;
  if (page === undefined) return html`<${Editor} key=${name} name=${name} like=${query.get('like')} line=${Number(query.get('line')) || null} />`;
  if (page === 'history') return html`<${History} key=${name} name=${name} />`;
  return html`<${Failed} whole=${true} problem=${{ code: 'no_such_view' }} />`;
}
