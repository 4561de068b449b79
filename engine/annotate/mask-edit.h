#pragma once

#include "annotate/brush.h"
#include "annotate/label-table.h"
#include "annotate/mask.h"
#include "annotate/polygon.h"
#include "base/progress.h"

/* Which pixels an edit may write, and what it writes there. */
typedef struct
{
  guint32 value;         /* written; 0 erases */
  guint32 victim;        /* the only label replaced, 0 the background */
  gboolean any;          /* every other label is replaced */
  gboolean over_ignored; /* MG_LABEL_IGNORED is replaced too */
} MgMaskRule;

/* A mask, what is known of its labels, and the edit in hand. */
typedef struct
{
  MgMask *mask; /* owned */
  MgLabelTable table;
  guint32 *touched; /* owned, (nullable): a bit a tile that changed since it was last taken */
  MgMaskRule rule;
  MgRect damage; /* pixels changed since mg_mask_edit_take_damage() */
  MgRect total;  /* pixels changed by the edit in hand */
} MgMaskEdit;

void mg_mask_edit_init (MgMaskEdit *edit,
                        MgMask *mask);
void mg_mask_edit_clear (MgMaskEdit *edit);
void mg_mask_edit_span (int y,
                        int x0,
                        int x1,
                        gpointer data);
gboolean mg_mask_edit_fill_tile (MgMaskEdit *edit,
                                 guint index);
void mg_mask_edit_stroke (MgMaskEdit *edit,
                          const MgDab *from,
                          const MgDab *to);
void mg_mask_edit_relabel (MgMaskEdit *edit,
                           guint32 label,
                           guint32 value);
gboolean mg_mask_edit_find_box (MgMaskEdit *edit,
                                guint32 label,
                                MgRect *box);
void mg_mask_edit_remove (MgMaskEdit *edit,
                          const guint32 *labels,
                          guint n);
void mg_mask_edit_remove_all (MgMaskEdit *edit);
void mg_mask_edit_fill (MgMaskEdit *edit,
                        guint32 label,
                        gboolean only_new);
guint32 mg_mask_edit_add_region (MgMaskEdit *edit,
                                 MgLabels *source,
                                 guint32 source_label,
                                 const MgRect *box);
guint mg_mask_edit_add_many (MgMaskEdit *edit,
                             MgLabels *source,
                             GHashTable *wanted,
                             const MgRect *box,
                             GArray *added);
gboolean mg_mask_edit_add_slowly (MgMaskEdit *edit,
                                  MgLabels *source,
                                  guint *n,
                                  MgProgress *progress,
                                  GCancellable *cancellable,
                                  GError **error);
void mg_mask_edit_polygon (MgMaskEdit *edit,
                           const MgPoint *points,
                           guint n);
guint32 mg_mask_edit_flood (MgMaskEdit *edit,
                            int x,
                            int y,
                            int reach);
guint mg_mask_edit_cut (MgMaskEdit *edit,
                        const MgPoint *points,
                        guint n);
gboolean mg_mask_edit_take_damage (MgMaskEdit *edit,
                                   MgRect *damage);
