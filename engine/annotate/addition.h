#pragma once

#include "annotate/annotation.h"
#include "base/progress.h"

/* Many instances on their way into an annotation: made ready beside its thread,
 * where it takes seconds, and taken over on it, which takes pointers only. */
typedef struct _MgAddition MgAddition;

MgAddition *mg_addition_new (MgAnnotation *annotation,
                             int plane);
void mg_addition_free (MgAddition *addition);
gboolean mg_addition_run (MgAddition *addition,
                          MgLabels *source,
                          MgProgress *progress,
                          GCancellable *cancellable,
                          GError **error);
guint mg_addition_get_n (MgAddition *addition);
gboolean mg_annotation_take_addition (MgAnnotation *annotation,
                                      MgAddition *addition,
                                      guint group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgAddition, mg_addition_free)
