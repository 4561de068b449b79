#pragma once

#include <glib.h>

/**
 * MgRun:
 * @y: row
 * @x0: first column
 * @x1: one past the last
 * @value: what its pixels have in common
 * @parent: index of another run of the same region, its own at the root; use
 *   mg_runs_root()
 *
 * Pixels of one row that belong together. Regions are found by union-find over
 * whole runs: time and memory follow the outlines, not the areas (He, Chao and
 * Suzuki 2008, "A run-based two-scan labeling algorithm").
 */
typedef struct
{
  int y, x0, x1;
  guint32 value;
  guint parent;
} MgRun;

guint mg_runs_root (MgRun *runs,
                    guint i);
void mg_runs_join_rows (MgRun *runs,
                        guint above,
                        guint begin,
                        guint end,
                        gboolean diagonal);
