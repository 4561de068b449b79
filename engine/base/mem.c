#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/**
 * mg_size_mul:
 * @a: a count
 * @b: a count
 * @out: (out): their product
 *
 * Returns: FALSE when the product does not fit.
 */
gboolean
mg_size_mul (gsize a,
             gsize b,
             gsize *out)
{
  return !__builtin_mul_overflow (a, b, out);
}

/**
 * mg_try_alloc:
 * @size: bytes wanted
 * @what: what they are for, for the message ("the image")
 *
 * Zero-filled memory aligned to %MG_ALIGN_BYTES, for data whose size a person
 * or a file decides. Any thread.
 *
 * Returns: (transfer full): free with mg_free_aligned(); %NULL with
 *   %MG_ERROR_NO_MEMORY when there is not enough
 */
gpointer
mg_try_alloc (gsize size,
              const char *what,
              GError **error)
{
  gsize padded;
  gpointer data = NULL;

  if (!__builtin_add_overflow (MAX (size, 1), MG_ALIGN_BYTES - 1, &padded) && padded < G_MAXSSIZE)
    {
      padded &= ~(gsize) (MG_ALIGN_BYTES - 1);
      data = aligned_alloc (MG_ALIGN_BYTES, padded);
    }
  if (data == NULL)
    {
      g_autofree char *text = g_format_size (size);

      g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY,
                   "not enough memory for %s (%s)", what, text);
      return NULL;
    }
  memset (data, 0, padded);
  return data;
}

/**
 * mg_free_aligned:
 * @data: (nullable): from mg_try_alloc()
 */
void
mg_free_aligned (gpointer data)
{
  free (data);
}
