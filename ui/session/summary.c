#include "session/summary.h"

#include "io/loader.h"
#include "project/labels.h"

/* Files that are looked at before the list hears of them. */
#define CHECK_BATCH 64

struct _MgSummaries
{
  GThreadPool *pool;
  GThreadPool *checks;
  guint turns; /* summaries asked for so far */
  GCancellable *cancellable;
  GCancellable *checking; /* (nullable): of the project looked through now */
};

/* One image's summary, on its way there and back: first its picture, then the
 * number of its cells. */
typedef struct
{
  MgDocument *document; /* main thread's; passed through */
  MgProjectItem *item;
  GCancellable *cancellable;
  MgSummaries *maker; /* main thread's, and there while it is not cancelled */
  guint turn;         /* the later asked for, the sooner made */
  gboolean counting;  /* the picture is there */
  int size;           /* device pixels a side */
  GBytes *pixels;     /* (nullable): RGBA8 */
  int cells;
} Summary;

static void
summary_free (gpointer data)
{
  Summary *summary = data;

  g_object_unref (summary->document);
  g_object_unref (summary->item);
  g_object_unref (summary->cancellable);
  g_clear_pointer (&summary->pixels, g_bytes_unref);
  g_free (summary);
}

static gboolean
deliver_count (gpointer data)
{
  Summary *summary = data;

  if (!g_cancellable_is_cancelled (summary->cancellable))
    mg_document_set_counted (summary->document, summary->cells);
  return G_SOURCE_REMOVE;
}

/* The labels of an image that is open, or about to be, are counted there: those
 * of a large one need not be in memory twice. */
static gboolean
deliver_picture (gpointer data)
{
  Summary *summary = data;
  g_autoptr (GdkTexture) texture = NULL;
  MgDocumentState state = mg_document_get_state (summary->document);

  if (g_cancellable_is_cancelled (summary->cancellable))
    {
      summary_free (summary);
      return G_SOURCE_REMOVE;
    }
  if (summary->pixels != NULL)
    texture = gdk_memory_texture_new (summary->size, summary->size, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED,
                                      summary->pixels, (gsize) summary->size * 4);
  mg_document_set_thumbnail (summary->document, (GdkPaintable *) texture);
  summary->counting = TRUE;
  if (summary->pixels != NULL && state != MG_DOCUMENT_LOADING && state != MG_DOCUMENT_READY)
    g_thread_pool_push (summary->maker->pool, summary, NULL);
  else
    summary_free (summary);
  return G_SOURCE_REMOVE;
}

static void
set_contrast (MgScene *scene,
              MgImage *image,
              GCancellable *cancellable)
{
  static const MgLut rgb[] = { MG_LUT_RED, MG_LUT_GREEN, MG_LUT_BLUE };
  const MgImageInfo *info = mg_image_get_info (image);
  g_autofree MgHistogram *histogram = g_new0 (MgHistogram, 1);

  scene->n_channels = info->is_rgb ? MIN (info->n_channels, 3) : 1;
  for (int c = 0; c < scene->n_channels; c++)
    {
      MgChannelView *view = &scene->channels[c];

      *view = (MgChannelView){ TRUE, info->is_rgb ? rgb[c] : MG_LUT_GREY, 0, 255, 1 };
      if (info->is_rgb && info->type == MG_PIXEL_U8)
        continue;
      if (mg_histogram_compute (image, c, 0, 0, histogram, cancellable, NULL))
        {
          view->min = mg_histogram_percentile (histogram, 0.2);
          view->max = mg_histogram_percentile (histogram, 99.8);
        }
      if (!(view->max > view->min))
        view->max = view->min + 1;
    }
}

/* Without reading any. */
static gboolean
has_labels (MgProjectItem *item)
{
  return mg_project_item_get_labels (item) != NULL || mg_project_item_has_annotation (item);
}

/* The middle of the image, as much as a square holds. */
static void
draw (Summary *summary,
      MgImage *image)
{
  const MgImageInfo *info = mg_image_get_info (image);
  double zoom = MAX ((double) summary->size / info->width, (double) summary->size / info->height);
  g_autoptr (MgPyramid) pyramid = mg_pyramid_new (image);
  MgScene scene = { .image = pyramid };
  MgViewport viewport = { .image_width = info->width, .image_height = info->height, .zoom = zoom };
  gboolean draft; /* a small picture of a large image may be a rough one */
  guint8 *pixels;

  viewport.width = viewport.height = summary->size;
  viewport.centre_x = info->width / 2.0;
  viewport.centre_y = info->height / 2.0;
  set_contrast (&scene, image, summary->cancellable);
  scene.draft = &draft;
  pixels = g_malloc0 ((gsize) summary->size * summary->size * 4);
  if (mg_compose (&scene, &viewport, &(MgRect){ 0, 0, summary->size, summary->size },
                  pixels, (gsize) summary->size * 4, summary->cancellable, NULL))
    summary->pixels = g_bytes_new_take (pixels, (gsize) summary->size * summary->size * 4);
  else
    g_free (pixels);
}

static int
count_cells (Summary *summary)
{
  g_autoptr (MgImage) image = NULL;
  g_autoptr (MgMaskStack) stack = NULL;
  g_autofree char *warning = NULL;
  gboolean recovered;

  if (!has_labels (summary->item))
    return 0;
  image = mg_project_item_load_image (summary->item, summary->cancellable, NULL);
  if (image != NULL)
    stack = mg_project_item_load_labels (summary->item, mg_image_get_info (image), &recovered, &warning,
                                         summary->cancellable, NULL);
  return stack != NULL ? (int) mg_mask_stack_count (stack) : -1;
}

/* Failures are told by the check. */
static void
summarise (gpointer data,
           gpointer user_data)
{
  Summary *summary = data;
  gboolean stopped = g_cancellable_is_cancelled (summary->cancellable);

  if (summary->counting)
    {
      summary->cells = stopped ? -1 : count_cells (summary);
      g_idle_add_full (G_PRIORITY_LOW, deliver_count, summary, summary_free);
    }
  else
    {
      g_autoptr (MgImage) image = stopped ? NULL : mg_project_item_load_image (summary->item, summary->cancellable, NULL);

      if (image != NULL)
        draw (summary, image);
      g_idle_add_full (G_PRIORITY_LOW, deliver_picture, summary, NULL);
    }
}

/* Pictures before counts; of these, what came into view last. */
static int
compare_turns (gconstpointer a,
               gconstpointer b,
               gpointer data)
{
  const Summary *x = a, *y = b;

  if (x->counting != y->counting)
    return x->counting ? 1 : -1;
  return (x->turn < y->turn) - (x->turn > y->turn);
}

/* Images whose files are looked at together, and what was found. */
typedef struct
{
  GPtrArray *documents; /* main thread's; passed through */
  GPtrArray *items;
  GCancellable *cancellable;
  MgFileState states[CHECK_BATCH];
  char *problems[CHECK_BATCH];
  gboolean painted[CHECK_BATCH];
  guint left;
  MgChecked checked;
  gpointer data;
} Check;

static void
check_free (gpointer data)
{
  Check *check = data;

  for (guint i = 0; i < check->items->len; i++)
    g_free (check->problems[i]);
  g_ptr_array_unref (check->documents);
  g_ptr_array_unref (check->items);
  g_object_unref (check->cancellable);
  g_free (check);
}

static gboolean
deliver_check (gpointer data)
{
  Check *check = data;

  if (g_cancellable_is_cancelled (check->cancellable))
    return G_SOURCE_REMOVE;
  for (guint i = 0; i < check->documents->len; i++)
    mg_document_set_file_state (check->documents->pdata[i], check->states[i], check->problems[i], check->painted[i]);
  check->checked (check->left, check->data);
  return G_SOURCE_REMOVE;
}

static void
check_file (Check *check,
            guint i)
{
  MgProjectItem *item = check->items->pdata[i];
  GFile *file = mg_project_item_get_image (item);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE,
                                                  check->cancellable, NULL);
  g_autoptr (MgImage) image = NULL;
  g_autoptr (GError) error = NULL;

  check->painted[i] = has_labels (item);
  if (info == NULL)
    {
      check->states[i] = MG_FILE_MISSING;
      check->problems[i] = g_strdup_printf ("%s is not there any more", g_file_peek_path (file));
      return;
    }
  mg_project_item_set_bytes (item, g_file_info_get_size (info));
  image = mg_image_load (file, check->cancellable, &error);
  check->states[i] = image != NULL ? MG_FILE_WELL : MG_FILE_BROKEN;
  if (image == NULL)
    check->problems[i] = g_strdup (error->message);
}

static void
run_check (gpointer data,
           gpointer user_data)
{
  Check *check = data;

  for (guint i = 0; i < check->items->len && !g_cancellable_is_cancelled (check->cancellable); i++)
    check_file (check, i);
  g_idle_add_full (G_PRIORITY_LOW, deliver_check, check, check_free);
}

/**
 * mg_summaries_check:
 * @self: a maker of summaries
 * @documents: of MgDocument
 * @checked: called on the main thread as it goes on
 *
 * Looks at the file of every image, in place of what was looked through before.
 */
void
mg_summaries_check (MgSummaries *self,
                    GListModel *documents,
                    MgChecked checked,
                    gpointer data)
{
  guint n = g_list_model_get_n_items (documents);

  if (self->checking != NULL)
    g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  self->checking = g_cancellable_new ();
  for (guint first = 0; first < n; first += CHECK_BATCH)
    {
      Check *check = g_new0 (Check, 1);

      check->documents = g_ptr_array_new_with_free_func (g_object_unref);
      check->items = g_ptr_array_new_with_free_func (g_object_unref);
      check->cancellable = g_object_ref (self->checking);
      check->left = n - MIN (n, first + CHECK_BATCH);
      check->checked = checked;
      check->data = data;
      for (guint i = first; i < MIN (n, first + CHECK_BATCH); i++)
        {
          MgDocument *document = g_list_model_get_item (documents, i);

          g_ptr_array_add (check->documents, document);
          g_ptr_array_add (check->items, g_object_ref (mg_document_get_item (document)));
        }
      g_thread_pool_push (self->checks, check, NULL);
    }
}

/**
 * mg_summaries_new:
 *
 * Returns: (transfer full): a maker of summaries
 */
MgSummaries *
mg_summaries_new (void)
{
  MgSummaries *self = g_new0 (MgSummaries, 1);

  self->pool = g_thread_pool_new (summarise, NULL, 1, FALSE, NULL);
  g_thread_pool_set_sort_function (self->pool, compare_turns, NULL);
  self->checks = g_thread_pool_new (run_check, NULL, 1, FALSE, NULL);
  self->cancellable = g_cancellable_new ();
  return self;
}

/**
 * mg_summaries_free:
 * @self: a maker of summaries
 *
 * What is under way ends by itself soon.
 */
void
mg_summaries_free (MgSummaries *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->checking != NULL)
    g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  g_thread_pool_free (self->pool, FALSE, FALSE);
  g_thread_pool_free (self->checks, FALSE, FALSE);
  g_object_unref (self->cancellable);
  g_free (self);
}

/**
 * mg_summaries_request:
 * @self: a maker of summaries
 * @document: an image; made once, however often it is asked for
 * @size: device pixels a side
 */
void
mg_summaries_request (MgSummaries *self,
                      MgDocument *document,
                      int size)
{
  Summary *summary;

  if (!mg_document_wants_summary (document))
    return;
  summary = g_new0 (Summary, 1);
  summary->document = g_object_ref (document);
  summary->item = g_object_ref (mg_document_get_item (document));
  summary->cancellable = g_object_ref (self->cancellable);
  summary->maker = self;
  summary->turn = self->turns++;
  summary->size = size;
  g_thread_pool_push (self->pool, summary, NULL);
}
