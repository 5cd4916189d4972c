export function recordedFile(name: 'points' | 'segment-1' | 'segment-2'): URL;
export function recordedLines(options: { segment: number; segments: number; baseUrl?: string; apart?: boolean }): string[];
