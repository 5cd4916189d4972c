export const SHARED: Readonly<Record<string, string>>;
export function sharedText(source: string): string;
