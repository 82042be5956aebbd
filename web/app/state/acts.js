// What a person does: shown as under way, then as done with a way back, or why it failed.
import { signal } from '../../vendor/ui.mjs';
import { Problem } from './api.js';

const UNDO_MS = 8000;
let last = 0;

/** Messages on the page: `{id, kind: 'done' | 'failed', text, problem, undo}`. */
export const toasts = signal([]);

/** How many dialogs are open, one over the other. */
export const dialogs = signal(0);

/** Takes a message away. */
export function dismiss(id) {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

function toast(fields) {
  const id = (last += 1);
  // Three at a time are what one can read.
  toasts.value = [...toasts.value.slice(-2), { id, ...fields }];
  if (fields.kind === 'done') dismissSoon(id);
}

let moved = -Infinity;

/** The pointer moves over the messages. One that merely lies there, where a button was, is nobody who reads. */
export const attend = () => void (moved = performance.now());

// Not while somebody is at the messages, by pointer or keyboard.
const isRead = () => performance.now() - moved < UNDO_MS || document.querySelector('.toast:focus-within') !== null;

function dismissSoon(id) {
  setTimeout(() => (isRead() ? dismissSoon(id) : dismiss(id)), UNDO_MS);
}

/**
 * Does something for a person. `say` is the sentence once it is done; `undo` takes it back.
 * Answers true when it is done. Never throws a Problem: it is shown.
 */
export async function act({ say, doing, undo }) {
  try {
    const answer = await doing();
    const text = typeof say === 'function' ? say(answer) : say;
    if (text) toast({ kind: 'done', text, undo });
    return true;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    toast({ kind: 'failed', problem });
    return false;
  }
}

/** Shows a problem that did not come from an act. */
export function complain(problem) {
  toast({ kind: 'failed', problem });
}
