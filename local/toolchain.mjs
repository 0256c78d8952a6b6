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

/**
 * The environment in which node-gyp finds the headers of the in-tree Node. This variable also beats a `nodedir` in the
 * user's .npmrc, which would build for another Node; `npm_config_nodedir` would win over it, so it is taken away.
 */
export function gypEnv() {
  const env = { ...process.env, npm_package_config_node_gyp_nodedir: modules(`node-${platform}`) };
  delete env.npm_config_nodedir;
  return env;
}
