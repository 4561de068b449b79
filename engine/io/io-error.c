#include "io/io-private.h"

#include <string.h>

/* "FILE: what is wrong": the form all messages about a file have. */
void
_mg_io_set_error (GError **error,
                  MgError code,
                  GFile *file,
                  const char *format,
                  ...)
{
  g_autofree char *name = g_file_get_parse_name (file);
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MG_ERROR, code, "%s: %s", name, text);
}

/* For errors of GIO, which do not always name the file, nor speak of it as a
 * person does. The code stays. */
void
_mg_io_prefix_error (GError **error,
                     GFile *file)
{
  g_autofree char *name = g_file_get_parse_name (file);

  if (error == NULL || *error == NULL || g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_free ((*error)->message);
      (*error)->message = g_strdup_printf ("%s: there is no such file (was it moved or renamed?)", name);
    }
  else if (strstr ((*error)->message, name) == NULL)
    g_prefix_error (error, "%s: ", name);
}

/* (transfer full): the last part of the name, for lists */
char *
_mg_io_base_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);

  return base != NULL ? g_filename_display_name (base) : g_strdup ("?");
}
