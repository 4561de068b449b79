#include "cli/label-spool.h"

#include "base/error.h"
#include "io/labels-read.h"
#include "io/tiff-write.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

struct _CliLabelSpool
{
  char *folder;    /* owned */
  GArray *offsets; /* of guint32: added to the labels of each plane; one more: of all */
  /* while it is written */
  guint plane;
  MgLabels *labels; /* (nullable): of that plane */
  GCancellable *cancellable;
  GError *error; /* (nullable): the first */
};

static GFile *
get_file (CliLabelSpool *spool, guint plane)
{
  g_autofree char *name = g_strdup_printf ("%u.tif", plane);

  return g_file_new_build_filename (spool->folder, name, NULL);
}

CliLabelSpool *
cli_label_spool_new (const char *folder,
                     GError **error)
{
  g_autofree char *path = g_build_filename (folder, ".micrographia-XXXXXX", NULL);
  CliLabelSpool *spool;
  guint32 none = 0;

  if (g_mkdtemp (path) == NULL)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_FAILED, "%s: nothing can be kept in it for now: %s", folder, g_strerror (errno));
      return NULL;
    }
  spool = g_new0 (CliLabelSpool, 1);
  spool->folder = g_steal_pointer (&path);
  spool->offsets = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_val (spool->offsets, none);
  return spool;
}

void
cli_label_spool_free (CliLabelSpool *spool)
{
  if (spool == NULL)
    return;
  for (guint i = 0; i < spool->offsets->len; i++)
    {
      g_autoptr (GFile) file = get_file (spool, i);

      g_file_delete (file, NULL, NULL);
    }
  g_rmdir (spool->folder);
  g_clear_pointer (&spool->labels, mg_labels_unref);
  g_clear_error (&spool->error);
  g_array_unref (spool->offsets);
  g_free (spool->folder);
  g_free (spool);
}

gboolean
cli_label_spool_add (CliLabelSpool *spool,
                     MgLabels *labels,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GFile) file = get_file (spool, spool->offsets->len - 1);
  guint32 next = cli_label_spool_get_n_instances (spool) + mg_labels_get_max (labels);

  g_array_append_val (spool->offsets, next);
  return mg_tiff_write_labels (file, labels, NULL, cancellable, error);
}

guint
cli_label_spool_get_n_instances (CliLabelSpool *spool)
{
  return g_array_index (spool->offsets, guint32, spool->offsets->len - 1);
}

/* Planes are asked for in their order, so one at a time is in memory. */
static MgLabels *
get_labels (CliLabelSpool *spool, guint plane)
{
  if (spool->labels == NULL || spool->plane != plane)
    {
      g_autoptr (GFile) file = get_file (spool, plane);

      g_clear_pointer (&spool->labels, mg_labels_unref);
      spool->plane = plane;
      if (spool->error == NULL)
        spool->labels = mg_labels_load (file, spool->cancellable, &spool->error);
    }
  return spool->labels;
}

typedef struct
{
  CliLabelSpool *spool;
  int n_z;
} Rows;

static void
read_row (gpointer data, int z, int t, const MgRect *rect, guint32 *dst)
{
  const Rows *rows = data;
  guint plane = (guint) (t * rows->n_z + z);
  guint32 offset = g_array_index (rows->spool->offsets, guint32, plane);
  MgLabels *labels = get_labels (rows->spool, plane);
  const guint32 *from;

  if (labels == NULL)
    {
      memset (dst, 0, (gsize) rect->width * sizeof *dst);
      return;
    }
  from = mg_labels_get_data (labels) + (gsize) rect->y * (gsize) mg_labels_get_width (labels) + rect->x;
  for (int x = 0; x < rect->width; x++)
    dst[x] = from[x] != 0 ? from[x] + offset : 0;
}

gboolean
cli_label_spool_write (CliLabelSpool *spool,
                       GFile *file,
                       const MgImageInfo *like,
                       GCancellable *cancellable,
                       GError **error)
{
  Rows rows = { spool, like->n_z };

  spool->cancellable = cancellable;
  if (!mg_tiff_write_label_planes (file, like, cli_label_spool_get_n_instances (spool), read_row, &rows, cancellable, error))
    return FALSE;
  if (spool->error == NULL)
    return TRUE;
  g_file_delete (file, NULL, NULL);
  g_propagate_error (error, g_steal_pointer (&spool->error));
  return FALSE;
}
