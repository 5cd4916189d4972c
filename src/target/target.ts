/** Where the load goes, after the guard has let it through. */
export interface Target {
  /** Without a trailing slash: `http://127.0.0.1:8080/api`. */
  baseUrl: string;
  /** What reports call it: the URL, or `embedded`. */
  label: string;
  /** Sent with every request; secrets already put in. */
  headers: Readonly<Record<string, string>>;
  /** The addresses the guard resolved and let through: connections go to these only. */
  addresses: readonly { address: string; family: 4 | 6 }[];
}
