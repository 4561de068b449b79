#pragma once

#include "base/error.h"
#include "base/types.h"

/* One region as files of outlines have it: closed rings, filled by the
 * even-odd rule. Coordinates are pixel corners: pixel (0, 0) spans 0 … 1. */
typedef struct
{
  GArray *points;   /* owned: of MgPoint, ring after ring */
  GArray *ends;     /* owned: of guint: where in the points each ring ends */
  char *name;       /* owned, (nullable) */
  gboolean is_area; /* FALSE: a point, a line or a text; it has no rings */
  int slice, frame; /* where in a stack it lies, from 1; 0: not said */
} MgOutline;

/* Takes one outline of a file; it is the reader's, and changes after the call.
 * FALSE stops the reader, with an error set. */
typedef gboolean (*MgOutlineFunc) (const MgOutline *outline, gpointer data, GError **error);

void mg_outline_init (MgOutline *outline);
void mg_outline_reset (MgOutline *outline);
void mg_outline_clear (MgOutline *outline);
void mg_outline_add_point (MgOutline *outline,
                           double x,
                           double y);
void mg_outline_end_ring (MgOutline *outline);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MgOutline, mg_outline_clear)
