#include "session/summary.h"

#include "io/loader.h"

struct _MgSummaries
{
  GThreadPool *pool;
  GCancellable *cancellable;
};

/* One image's summary, on its way there and back. */
typedef struct
{
  MgDocument *document; /* main thread's; passed through */
  MgProjectItem *item;
  GCancellable *cancellable;
  int size;       /* device pixels a side */
  GBytes *pixels; /* (nullable): RGBA8 */
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
deliver (gpointer data)
{
  Summary *summary = data;
  g_autoptr (GdkTexture) texture = NULL;

  if (g_cancellable_is_cancelled (summary->cancellable))
    return G_SOURCE_REMOVE;
  if (summary->pixels != NULL)
    texture = gdk_memory_texture_new (summary->size, summary->size, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED,
                                      summary->pixels, (gsize) summary->size * 4);
  mg_document_set_summary (summary->document, (GdkPaintable *) texture, summary->cells);
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
  GFile *saved = mg_project_item_get_annotation (summary->item);
  GFile *given = mg_project_item_get_labels (summary->item);
  GFile *file = g_file_query_exists (saved, NULL) ? saved : given;
  g_autoptr (MgLabels) labels = file != NULL ? mg_labels_load (file, summary->cancellable, NULL) : NULL;

  return labels != NULL ? (int) mg_labels_get_n (labels) : 0;
}

/* Failures are not told here: the person hears of them on opening the image. */
static void
summarise (gpointer data,
           gpointer user_data)
{
  Summary *summary = data;

  if (!g_cancellable_is_cancelled (summary->cancellable))
    {
      g_autoptr (MgImage) image = mg_image_load (mg_project_item_get_image (summary->item),
                                                 summary->cancellable, NULL);

      if (image != NULL)
        draw (summary, image);
      summary->cells = count_cells (summary);
    }
  g_idle_add_full (G_PRIORITY_LOW, deliver, summary, summary_free);
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
  g_thread_pool_free (self->pool, FALSE, FALSE);
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
  summary->size = size;
  g_thread_pool_push (self->pool, summary, NULL);
}
