#include "canvas/roi-draw.h"

#define HANDLE_PX 7

/**
 * mg_roi_draw_frame:
 * @snapshot: what is drawn on
 * @rect: the frame's outside
 * @width: of its lines
 * @colour: of its lines
 */
void
mg_roi_draw_frame (GtkSnapshot *snapshot,
                   const graphene_rect_t *rect,
                   float width,
                   const GdkRGBA *colour)
{
  GskRoundedRect frame;
  const float widths[4] = { width, width, width, width };
  const GdkRGBA colours[4] = { *colour, *colour, *colour, *colour };

  gsk_rounded_rect_init_from_rect (&frame, rect, 0);
  gtk_snapshot_append_border (snapshot, &frame, widths, colours);
}

/**
 * mg_roi_draw_handles:
 * @snapshot: what is drawn on
 * @rect: a region
 *
 * A square at every corner and in the middle of every edge.
 */
void
mg_roi_draw_handles (GtkSnapshot *snapshot,
                     const graphene_rect_t *rect)
{
  const GdkRGBA light = { 1, 1, 1, 0.95 }, dark = { 0, 0, 0, 0.6 };

  for (int i = 0; i < 9; i++)
    {
      graphene_rect_t handle = GRAPHENE_RECT_INIT (rect->origin.x + rect->size.width * (i % 3) / 2 - HANDLE_PX / 2.0f,
                                                   rect->origin.y + rect->size.height * (i / 3) / 2 - HANDLE_PX / 2.0f,
                                                   HANDLE_PX, HANDLE_PX);

      if (i == 4)
        continue;
      gtk_snapshot_append_color (snapshot, &light, &handle);
      mg_roi_draw_frame (snapshot, &handle, 1, &dark);
    }
}
