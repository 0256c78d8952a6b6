// Where the toolchain of this checkout is. Built-in modules only: runs before anything is installed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const platform = `${process.platform}-${process.arch}`;
export const modules = (...path) => join(root, 'node_modules', ...path);

/** The Node of node_modules; without one for this platform, the running Node if it is new enough; else undefined. */
export function inTreeNode() {
  const file = modules(`node-${platform}`, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(file)) return file;
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : undefined;
}

/** The command that runs npm, never on the Node inside node_modules: `npm ci` deletes that one. */
export function npmCommand() {
  const cli = process.env.npm_execpath;
  const node = [process.env.npm_node_execpath, process.execPath].find((n) => n && !n.startsWith(modules()));
  return cli && node ? [node, cli] : ['npm'];
}

/** How node-gyp is told the headers of the in-tree Node: by its argument, the one way that the node-gyp of every npm knows. */
export const gypArgs = () => [`--nodedir=${modules(`node-${platform}`)}`];

/** The environment without what node-gyp would take instead of that argument: a `nodedir` of the user's .npmrc, for another Node. */
export function gypEnv() {
  const env = { ...process.env };
  for (const name of ['npm_config_nodedir', 'npm_package_config_node_gyp_nodedir']) delete env[name];
  return env;
}
