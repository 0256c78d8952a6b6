/** What lies over the page and can be opened from several places. */
class Overlays {
  palette = $state(false);
  keys = $state(false);
}
export const overlays = new Overlays();
