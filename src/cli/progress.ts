import { createLogUpdate } from 'log-update';
import type { Observer } from '../pipeline/events.ts';
import { advance, drawProgress, initialProgress, logLine } from './progress-view.ts';

const REDRAW_MS = 250;
const LOG_MS = 10_000;

/** Live progress on stderr: redrawn at most four times a second on a terminal, a line every ten seconds elsewhere. `end` clears it, once. */
export function progressOn(stream: NodeJS.WriteStream): { observe: Observer; end: () => void } {
  let state = initialProgress;
  let ended = false;
  const live = stream.isTTY && process.env['TERM'] !== 'dumb' && process.env['CI'] === undefined;
  const draw = live ? liveDrawing(stream) : logDrawing(stream);
  const tick = (): void => {
    draw(state);
    state = { ...state, finished: [] };
  };
  const timer = setInterval(tick, live ? REDRAW_MS : LOG_MS);
  timer.unref();
  return {
    observe(event) {
      state = advance(state, event, performance.now());
      if (!live && (event.type === 'stage' || event.type === 'note' || event.type === 'workload-finished')) {
        stream.write(`${event.type === 'stage' ? event.text : (state.finished.at(-1) ?? '')}\n`);
        state = { ...state, finished: [] };
      }
    },
    end() {
      clearInterval(timer);
      if (live && !ended) {
        draw({ ...state, current: null });
        draw.clear();
      }
      ended = true;
    },
  };
}

interface Drawing {
  (state: typeof initialProgress): void;
  clear(): void;
}

function liveDrawing(stream: NodeJS.WriteStream): Drawing {
  const update = createLogUpdate(stream);
  const draw = (state: typeof initialProgress): void => {
    if (state.finished.length > 0) {
      update.clear();
      stream.write(state.finished.map((line) => `  ${line}\n`).join(''));
    }
    update(drawProgress(state, performance.now(), (stream.columns || 80) - 1));
  };
  return Object.assign(draw, {
    clear() {
      update.clear();
      update.done();
    },
  });
}

function logDrawing(stream: NodeJS.WriteStream): Drawing {
  const draw = (state: typeof initialProgress): void => {
    stream.write(`${logLine(state, performance.now())}\n`);
  };
  return Object.assign(draw, { clear() {} });
}
