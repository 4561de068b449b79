#pragma once

#include "annotate/mask-edit.h"

/* What grows from a place of a picture at each tolerance. Immutable, reference
 * counted, any thread. */
typedef struct _MgWand MgWand;

#define MG_WAND_MAX_TOLERANCE 254

MgWand *mg_wand_new (const guint8 *rgba,
                     int width,
                     int height,
                     int seed_x,
                     int seed_y,
                     const MgRect *rect,
                     GCancellable *cancellable,
                     GError **error);
void mg_wand_free (MgWand *wand);
const MgRect *mg_wand_get_rect (MgWand *wand);
const guint8 *mg_wand_get_costs (MgWand *wand,
                                 int *width,
                                 int *height);
void mg_wand_spans (MgWand *wand,
                    int tolerance,
                    const MgRect *clip,
                    MgSpanFunc func,
                    gpointer data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgWand, mg_wand_free)
