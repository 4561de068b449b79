#include "canvas/scale-bar.h"

#include <math.h>

/* 1, 2 or 5 times a power of ten, at most `length`. */
static double
round_length (double length)
{
  double power = pow (10, floor (log10 (length)));
  double digit = length / power;

  return power * (digit >= 5 ? 5 : digit >= 2 ? 2
                                              : 1);
}

/**
 * mg_scale_bar_snapshot:
 * @snapshot: in logical pixels
 * @text: a layout of the widget's, kept by the caller from frame to frame
 * @info: of the image: its pixel size and unit; without, the bar counts pixels
 * @zoom: logical pixels an image pixel
 * @x: the bar's left end
 * @y: its lower edge
 * @most: how long it may be, logical pixels
 *
 * Draws a bar of a round length with that length above it.
 */
void
mg_scale_bar_snapshot (GtkSnapshot *snapshot,
                       PangoLayout *text,
                       const MgImageInfo *info,
                       double zoom,
                       double x,
                       double y,
                       double most)
{
  gboolean known = info->pixel_width > 0;
  double unit_px = zoom / (known ? info->pixel_width : 1);
  double length = round_length (most / unit_px), width = length * unit_px;
  g_autofree char *label = g_strdup_printf ("%g %s", length, !known ? "px" : info->unit != NULL ? info->unit
                                                                                                : "units");
  const GdkRGBA light = { 1, 1, 1, 0.95 }, back = { 0, 0, 0, 0.55 };
  GskRoundedRect box;
  int text_width, text_height, box_width;

  if (g_strcmp0 (label, pango_layout_get_text (text)) != 0)
    pango_layout_set_text (text, label, -1);
  pango_layout_get_pixel_size (text, &text_width, &text_height);
  box_width = (int) MAX (text_width, width);
  gsk_rounded_rect_init_from_rect (&box, &GRAPHENE_RECT_INIT (x - 6, y - text_height - 10, box_width + 12, text_height + 16), 6);
  gtk_snapshot_push_rounded_clip (snapshot, &box);
  gtk_snapshot_append_color (snapshot, &back, &box.bounds);
  gtk_snapshot_append_color (snapshot, &light, &GRAPHENE_RECT_INIT (x + (box_width - width) / 2, y - 3, width, 3));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x + (box_width - text_width) / 2, y - text_height - 7));
  gtk_snapshot_append_layout (snapshot, text, &light);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);
}
