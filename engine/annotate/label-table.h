#pragma once

#include "image/labels.h"

/* What is known of one label without looking at the raster. */
typedef struct
{
  guint32 label;
  gboolean touched; /* delta belongs to the edit in hand */
  gint64 area;      /* pixels now */
  gint64 delta;     /* pixels gained in the edit in hand */
  MgRect box;       /* holds every pixel it has had: never shrinks */
} MgLabelInfo;

/* How an edit changed one label's area. */
typedef struct
{
  guint32 label;
  gint64 delta;
} MgLabelDelta;

/* Areas and boxes of all labels, kept up with each edit, so that counting and
 * finding an instance never reads the whole raster. MG_LABEL_IGNORED has a
 * record too, but is no instance. Records lie one after the other, in the order
 * in which labels were first seen: edits of very many cells walk along them. */
typedef struct
{
  MgLabelInfo *infos; /* owned */
  guint n, n_alloc;
  guint32 *slots;  /* owned: place in infos plus one by the label's hash, 0 for free ones */
  guint n_bits;    /* of the number of slots */
  GArray *touched; /* owned: of guint, places in infos */
  guint last;      /* the one asked for last */
  guint n_instances;
  guint32 max; /* highest number ever given */
} MgLabelTable;

void mg_label_table_init (MgLabelTable *table);
void mg_label_table_clear (MgLabelTable *table);
MgLabelInfo *mg_label_table_find (MgLabelTable *table,
                                  guint32 label);
void mg_label_table_add (MgLabelTable *table,
                         guint32 label,
                         gint64 n,
                         const MgRect *where);
guint32 mg_label_table_new_label (MgLabelTable *table);
void mg_label_table_forget (MgLabelTable *table,
                            guint32 label);
GArray *mg_label_table_end (MgLabelTable *table);
void mg_label_table_apply (MgLabelTable *table,
                           const GArray *deltas,
                           int sign);
void mg_label_table_take (MgLabelTable *table,
                          const MgLabelTable *other);
