#pragma once

#include "annotate/mask-stack.h"
#include "annotate/touched.h"

/* What was painted since a label image was last written whole: the tiles that
 * each edit left, one after another in a file beside it (NAME.journal). An edit
 * costs what it touched, whatever the size of the image; reading the label image
 * and then the journal gives everything again, also after the program died in
 * the middle of either. engine/project/README.md has the layout. Any thread, several
 * at once. */
typedef struct _MgJournal MgJournal;

MgJournal *mg_journal_new (GFile *labels,
                           int width,
                           int height,
                           int n_planes);
MgJournal *mg_journal_ref (MgJournal *journal);
void mg_journal_unref (MgJournal *journal);
gboolean mg_journal_append (MgJournal *journal,
                            MgTouched *touched,
                            GError **error);
gboolean mg_journal_sync (MgJournal *journal,
                          GError **error);
gint64 mg_journal_get_size (MgJournal *journal);
gboolean mg_journal_cut (MgJournal *journal,
                         gint64 size,
                         GError **error);
gboolean mg_journal_exists (GFile *labels);
gboolean mg_journal_replay (GFile *labels,
                            MgMaskStack *stack,
                            guint *n_edits,
                            GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgJournal, mg_journal_unref)
