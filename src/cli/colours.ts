import picocolors from 'picocolors';

/** Whether to colour what goes to this stream: `--no-color` and NO_COLOR win, then FORCE_COLOR, then whether it is a terminal. */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  if (process.argv.includes('--no-color') || (process.env['NO_COLOR'] ?? '') !== '') return false;
  const forced = process.env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return stream.isTTY && process.env['TERM'] !== 'dumb';
}

export function colours(stream: NodeJS.WriteStream): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(wantsColour(stream));
}
