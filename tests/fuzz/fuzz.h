#pragma once

#include <gio/gio.h>

/* What a target gives, to a fuzzer as to the replay in driver.c. */
int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize size);

/* Well-formed inputs of every kind, to change bytes of. */
GPtrArray *fuzz_make_seeds (void);

/* A folder of the shared reader files to go through as well, or NULL. */
extern const char *const fuzz_shared_folder;

GFile *fuzz_as_file (const guint8 *data,
                     gsize size,
                     int *fd);
GFile *fuzz_as_named_file (const char *name,
                           const guint8 *data,
                           gsize size,
                           int *fd);
