#pragma once

#include "session/document.h"

/* Small pictures and cell counts for the list, made one after another on a
 * thread of its own as rows come into view; and, on another, whether the files of
 * all images are there and can be read. Main thread. */
typedef struct _MgSummaries MgSummaries;

MgSummaries *mg_summaries_new (void);
void mg_summaries_free (MgSummaries *self);
void mg_summaries_request (MgSummaries *self,
                           MgDocument *document,
                           int size);
/* Told after each few images that were looked at; `left` is how many are to come. */
typedef void (*MgChecked) (guint left, gpointer data);
void mg_summaries_check (MgSummaries *self,
                         GListModel *documents,
                         MgChecked checked,
                         gpointer data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgSummaries, mg_summaries_free)
