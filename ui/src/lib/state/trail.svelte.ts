interface Step {
  label: string;
  href?: string;
  id?: boolean;
}

/** Where we are, for the breadcrumb and the title of the window; each page says it. */
class Trail {
  steps = $state.raw<Step[]>([]);
  /** Something on the page must be corrected: the title of the window says so. */
  failed = $state(false);
}
export const trail = new Trail();

/** Says where the calling page stands, as long as it is on the screen. */
export function standAt(steps: () => Step[], failed: () => boolean = () => false) {
  $effect.pre(() => {
    trail.steps = steps();
    trail.failed = failed();
  });
}
