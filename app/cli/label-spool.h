#pragma once

#include "image/image.h"
#include "image/labels.h"

/* Labels of a stack that come plane by plane and go into one file, which has to
 * be of one type: until the last is there they wait in a hidden folder. The
 * instances of all planes get numbers of their own. */
typedef struct _CliLabelSpool CliLabelSpool;

/* Waits in `folder`; NULL with an error naming it. */
CliLabelSpool *cli_label_spool_new (const char *folder,
                                    GError **error);
void cli_label_spool_free (CliLabelSpool *spool);
/* The next plane, slices of the first frame first; labels from 1 on without gaps. */
gboolean cli_label_spool_add (CliLabelSpool *spool,
                              MgLabels *labels,
                              GCancellable *cancellable,
                              GError **error);
guint cli_label_spool_get_n_instances (CliLabelSpool *spool);
/* Writes the label image, with a page a plane. */
gboolean cli_label_spool_write (CliLabelSpool *spool,
                                GFile *file,
                                const MgImageInfo *like,
                                GCancellable *cancellable,
                                GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliLabelSpool, cli_label_spool_free)
