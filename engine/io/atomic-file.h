#pragma once

#include "base/error.h"

/* Writes go to a file without a name in the target's folder, or one of a temporary
 * name where the file system has no such thing, are flushed, and take the target's
 * name on commit; without commit nothing is left behind. */
typedef struct _MgAtomicFile MgAtomicFile;

MgAtomicFile *mg_atomic_file_new (GFile *file,
                                  GError **error);
int mg_atomic_file_get_fd (MgAtomicFile *atomic);
gboolean mg_atomic_file_write (MgAtomicFile *atomic,
                               gconstpointer data,
                               gsize size,
                               GError **error);
gboolean mg_atomic_file_flush (MgAtomicFile *atomic,
                               GError **error);
gboolean mg_atomic_file_put_in_place (MgAtomicFile *atomic,
                                      GError **error);
gboolean mg_atomic_file_commit (MgAtomicFile *atomic,
                                GError **error);
void mg_atomic_file_set_error (MgAtomicFile *atomic,
                               int code,
                               GError **error);
void mg_atomic_file_free (MgAtomicFile *atomic);
void mg_file_set_write_error (GError **error,
                              GFile *file,
                              int code);
gboolean mg_file_replace_text (GFile *file,
                               const char *text,
                               GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgAtomicFile, mg_atomic_file_free)
