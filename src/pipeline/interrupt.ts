/** How the run is asked to stop: aborted once, and by which signal. */
export interface Interrupt {
  signal: AbortSignal;
  by: () => 'SIGINT' | 'SIGTERM' | null;
}
