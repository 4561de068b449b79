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
 * record too, but is no instance. */
typedef struct
{
  GHashTable *infos;  /* owned: label → MgLabelInfo */
  GPtrArray *touched; /* borrowed infos */
  MgLabelInfo *last;  /* borrowed: the one asked for last */
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
