/** A service of ours in a process of its own. */
export interface LaunchedService {
  baseUrl: string;
  pid: number;
  version: string;
  stop(): Promise<void>;
}
