#include "dataset/split.h"

#include "base/mem.h"
#include "base/rng.h"
#include "dataset/objects.h"
#include "image/part.h"

#include <string.h>

/* From fewer images than this, a part of one is held out instead of a whole one. */
#define MIN_WHOLE_IMAGES 5
#define PART_SHARE       0.25
#define MIN_PART_PX      32

static MgLabels *
crop_labels (MgLabels *labels, const MgRect *rect, GError **error)
{
  const guint32 *data = mg_labels_get_data (labels);
  gsize width = (gsize) mg_labels_get_width (labels), n;
  guint32 *out;

  if (!mg_size_mul ((gsize) rect->width * sizeof (guint32), (gsize) rect->height, &n) ||
      (out = mg_try_alloc (n, "a part of the labels", error)) == NULL)
    return NULL;
  for (int y = 0; y < rect->height; y++)
    memcpy (out + (gsize) y * (gsize) rect->width, data + (gsize) (rect->y + y) * width + rect->x,
            sizeof (guint32) * (gsize) rect->width);
  return mg_labels_new_take (rect->width, rect->height, out, mg_free_aligned);
}

/* The regions as the part has them; NULL without any. */
static GArray *
crop_regions (GArray *regions, const MgRect *rect)
{
  GArray *out = regions != NULL ? g_array_new (FALSE, FALSE, sizeof (MgRect)) : NULL;

  for (guint i = 0; out != NULL && i < regions->len; i++)
    {
      MgRect in;

      if (!mg_rect_intersect (&g_array_index (regions, MgRect, i), rect, &in))
        continue;
      in.x -= rect->x;
      in.y -= rect->y;
      g_array_append_val (out, in);
    }
  return out;
}

static MgItem *
crop_item (const MgItem *item, const MgRect *rect, MgItemRole role, GError **error)
{
  MgItem *part = g_new0 (MgItem, 1);

  part->name = g_strdup (item->name);
  part->role = role;
  part->regions = crop_regions (item->regions, rect);
  memcpy (part->low, item->low, sizeof part->low);
  memcpy (part->high, item->high, sizeof part->high);
  memcpy (part->clean_low, item->clean_low, sizeof part->clean_low);
  memcpy (part->clean_high, item->clean_high, sizeof part->clean_high);
  if ((part->image = mg_image_part (item->image, rect, -1, -1, -1, error)) == NULL ||
      (item->clean && (part->clean = mg_image_part (item->clean, rect, -1, -1, -1, error)) == NULL) ||
      (item->labels && (part->labels = crop_labels (item->labels, rect, error)) == NULL))
    {
      mg_item_free (part);
      return NULL;
    }
  if (part->labels)
    mg_item_find_objects (part);
  return part;
}

/* What of an image takes part. */
static void
find_used (const MgItem *item, MgRect *used)
{
  if (item->regions == NULL)
    return;
  *used = (MgRect){ 0 };
  for (guint i = 0; i < item->regions->len; i++)
    mg_rect_union (used, &g_array_index (item->regions, MgRect, i), used);
}

/* Two parts of one image along the longer side of what takes part. *done tells whether both have
 * something to learn from; if not, nothing was changed. */
static gboolean
split_item (GPtrArray *items, guint index, gboolean *done, GError **error)
{
  const MgItem *item = items->pdata[index];
  const MgImageInfo *info = mg_image_get_info (item->image);
  MgRect train = { 0, 0, info->width, info->height }, held = train, used = train;

  find_used (item, &used);
  if (used.width >= used.height)
    {
      train.width = held.x = used.x + (int) (used.width * (1 - PART_SHARE));
      held.width = info->width - held.x;
    }
  else
    {
      train.height = held.y = used.y + (int) (used.height * (1 - PART_SHARE));
      held.height = info->height - held.y;
    }
  *done = FALSE;
  if (MIN (held.width, held.height) < MIN_PART_PX)
    return TRUE;

  MgItem *a = crop_item (item, &train, MG_ROLE_OF_TRAIN, error);
  MgItem *b = a ? crop_item (item, &held, MG_ROLE_OF_VALIDATION, error) : NULL;

  if (b && (item->labels == NULL || (a->n_objects > 0 && b->n_objects > 0)))
    {
      mg_item_free (items->pdata[index]);
      items->pdata[index] = a;
      g_ptr_array_add (items, b);
      *done = TRUE;
      return TRUE;
    }

  gboolean ok = a && b;

  mg_item_free (a);
  mg_item_free (b);
  return ok;
}

/* The same image to learn from and to look at: better than no score at all. */
static void
reuse_item (GPtrArray *items, guint index)
{
  const MgItem *item = items->pdata[index];
  MgItem *again = g_new0 (MgItem, 1);

  *again = *item;
  again->name = g_strdup (item->name);
  mg_image_ref (again->image);
  if (again->labels)
    mg_labels_ref (again->labels);
  if (again->regions)
    g_array_ref (again->regions);
  if (again->clean)
    mg_image_ref (again->clean);
  again->centres = g_memdup2 (item->centres, sizeof (float) * 2 * item->n_objects);
  again->role = MG_ROLE_OF_VALIDATION;
  g_ptr_array_add (items, again);
}

static gboolean
split_one (GPtrArray *items, GError **error)
{
  guint richest = 0;
  gboolean done = FALSE;

  for (guint i = 1; i < items->len; i++)
    if (((MgItem *) items->pdata[i])->n_objects > ((MgItem *) items->pdata[richest])->n_objects)
      richest = i;
  /* pixels hidden for a loss are none that were learned by heart, so images to
   * learn from by themselves need not be parted */
  const MgItem *first = items->pdata[richest];

  if ((first->labels || first->clean) && !split_item (items, richest, &done, error))
    return FALSE;
  if (!done)
    reuse_item (items, richest);
  return TRUE;
}

/* The first `n_held` items in the order that have cells (all have, where cells
 * do not matter) are held out; images without any are left to train on. */
static void
hold_out (GPtrArray *items, const guint *order, guint n_held)
{
  guint n_useful = 0, held = 0;
  gboolean labelled = ((MgItem *) items->pdata[0])->labels != NULL;

  for (guint i = 0; i < items->len; i++)
    n_useful += !labelled || ((MgItem *) items->pdata[i])->n_objects > 0;
  for (guint i = 0; i < items->len && held < n_held && held + 1 < n_useful; i++)
    {
      MgItem *item = items->pdata[order[i]];

      if (!labelled || item->n_objects > 0)
        {
          item->role = MG_ROLE_OF_VALIDATION;
          held++;
        }
    }
}

/**
 * mg_dataset_split:
 * @items: (inout) (element-type MgItem): prepared, all of the train role
 * @share: to hold out, more than 0
 * @seed: of the choice
 *
 * Marks a share of the items for validation, or parts one image in two when
 * there are fewer than five.
 *
 * Returns: FALSE with an error when memory runs out.
 */
gboolean
mg_dataset_split (GPtrArray *items,
                  double share,
                  guint64 seed,
                  GError **error)
{
  guint n = items->len, n_useful = 0;
  g_autofree guint *order = g_new (guint, n);
  MgRng rng;

  for (guint i = 0; i < n; i++)
    {
      const MgItem *item = items->pdata[i];

      order[i] = i;
      n_useful += item->labels == NULL || item->n_objects > 0;
    }
  if (n_useful < MIN_WHOLE_IMAGES)
    return split_one (items, error);

  mg_rng_init (&rng, seed, G_MAXUINT64);
  for (guint i = n - 1; i > 0; i--)
    {
      guint j = mg_rng_below (&rng, i + 1), swap = order[i];

      order[i] = order[j];
      order[j] = swap;
    }
  hold_out (items, order, MAX (1, (guint) (share * n + 0.5)));
  return TRUE;
}
