#pragma once

#include "session/document.h"

/* Small pictures and cell counts for the list, made one after another on a
 * thread of its own as rows come into view. Main thread. */
typedef struct _MgSummaries MgSummaries;

MgSummaries *mg_summaries_new (void);
void mg_summaries_free (MgSummaries *self);
void mg_summaries_request (MgSummaries *self,
                           MgDocument *document,
                           int size);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgSummaries, mg_summaries_free)
