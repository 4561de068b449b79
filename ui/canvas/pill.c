#include "canvas/pill.h"

#define RADIUS 6

/**
 * mg_pill_snapshot:
 * @snapshot: what is drawn on, in logical pixels
 * @text: what it says
 * @x: its left edge
 * @y: its upper edge
 *
 * Draws words on a dark ground, to be read over any image.
 */
void
mg_pill_snapshot (GtkSnapshot *snapshot,
                  PangoLayout *text,
                  double x,
                  double y)
{
  const GdkRGBA light = { 1, 1, 1, 0.95 }, dark = { 0, 0, 0, 0.6 };
  GskRoundedRect box;
  int width, height;

  pango_layout_get_pixel_size (text, &width, &height);
  gsk_rounded_rect_init_from_rect (
    &box, &GRAPHENE_RECT_INIT (x, y, width + 2 * MG_PILL_MARGIN_X, height + 2 * MG_PILL_MARGIN_Y), RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &box);
  gtk_snapshot_append_color (snapshot, &dark, &box.bounds);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x + MG_PILL_MARGIN_X, y + MG_PILL_MARGIN_Y));
  gtk_snapshot_append_layout (snapshot, text, &light);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);
}
