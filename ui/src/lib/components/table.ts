export interface Column {
  id: string;
  label: string;
  /** The label is only for screen readers. */
  hidden?: boolean;
  class?: string;
  /** Values of the API's `sort` for each direction that it knows. */
  sort?: { asc?: string; desc?: string };
}
