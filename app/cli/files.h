#pragma once

#include <gio/gio.h>

/* Files of a command line. */

/* A file that came in, and its partner of the same base name. */
typedef struct
{
  GFile *file;
  GFile *partner; /* (nullable) */
  char *stem;     /* base name without extension */
} CliPair;

/* The images of folders and the files themselves, as pairs without partners;
 * two of the same base name are an error. */
GPtrArray *cli_collect (const char *const *paths,
                        GError **error);
/* Finds the partner of each pair in the folder; a file of either side that has
 * none is an error that names it. */
gboolean cli_match (GPtrArray *pairs,
                    const char *folder,
                    GError **error);
gboolean cli_is_folder (const char *path);
/* Makes the folder where it is missing and sees that it can be written to. */
gboolean cli_make_folder (const char *path,
                          GError **error);
/* Sees that the file can be written, so that long work is not done in vain. */
gboolean cli_check_writable (GFile *file,
                             GError **error);
/* FOLDER/STEM + suffix. */
GFile *cli_output (const char *folder,
                   const char *stem,
                   const char *suffix);
