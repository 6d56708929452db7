import { existsSync } from 'node:fs';

/** The files by which Docker and Podman mark a container. */
const marks: readonly string[] = ['/.dockerenv', '/run/.containerenv'];

/** Whether this process runs in a container, where localhost is the container itself. */
export function isInContainer(exists: (path: string) => boolean = existsSync): boolean {
  return marks.some((path) => exists(path));
}
