#pragma once

#include <gio/gio.h>

/* A folder with all that is in it; links are removed, not followed. */
void test_remove_folder (const char *path);
/* Unlike g_file_set_contents() it does not wait for the disk, as some file systems
 * do when a file is emptied first: for what is done often. */
void test_set_bytes (GFile *file,
                     gconstpointer bytes,
                     gsize size);
