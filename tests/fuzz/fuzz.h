#pragma once

#include <gio/gio.h>

/* What a target gives, to a fuzzer as to the replay in driver.c. */
int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize size);

/* Adds well-formed inputs of every kind (GBytes), to change bytes of. */
void fuzz_add_seeds (GPtrArray *seeds);

/* A folder of the shared reader files to go through as well, or NULL. */
extern const char *const fuzz_shared_folder;

void fuzz_add_texts (GPtrArray *seeds,
                     const char *const *texts,
                     guint n);
/* Adds a text that is an object in JSON, with something before it, behind it and in
 * the place of its end: what was read until then must not be lost. @head, if not
 * NULL, comes before all of it. */
void fuzz_add_broken_json (GPtrArray *seeds,
                           gconstpointer head,
                           gsize head_size,
                           const char *text);

GFile *fuzz_as_file (const guint8 *data,
                     gsize size,
                     int *fd);
GFile *fuzz_as_named_file (const char *name,
                           const guint8 *data,
                           gsize size,
                           int *fd);
