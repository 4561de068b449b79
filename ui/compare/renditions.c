#include "compare/renditions.h"

#include "image/filter.h"

struct _MgRenditions
{
  GObject parent_instance;

  MgSession *session;   /* borrowed: outlives this */
  MgDocument *document; /* (nullable) */
  GPtrArray *items;     /* of MgRendition */
  GCancellable *cancellable;
};

enum
{
  READY,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GType
mg_renditions_get_item_type (GListModel *list)
{
  return MG_TYPE_RENDITION;
}

static guint
mg_renditions_get_n_items (GListModel *list)
{
  return MG_RENDITIONS (list)->items->len;
}

static gpointer
mg_renditions_get_item (GListModel *list,
                        guint position)
{
  MgRendition *rendition = mg_renditions_get (MG_RENDITIONS (list), position);

  return rendition != NULL ? g_object_ref (rendition) : NULL;
}

static void
mg_renditions_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = mg_renditions_get_item_type;
  iface->get_n_items = mg_renditions_get_n_items;
  iface->get_item = mg_renditions_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MgRenditions, mg_renditions, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, mg_renditions_list_model_init))

static void
mg_renditions_dispose (GObject *object)
{
  MgRenditions *self = MG_RENDITIONS (object);

  g_cancellable_cancel (self->cancellable);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_object (&self->document);
  g_ptr_array_set_size (self->items, 0);
  G_OBJECT_CLASS (mg_renditions_parent_class)->dispose (object);
}

static void
mg_renditions_finalize (GObject *object)
{
  MgRenditions *self = MG_RENDITIONS (object);

  g_ptr_array_unref (self->items);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (mg_renditions_parent_class)->finalize (object);
}

static void
mg_renditions_class_init (MgRenditionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mg_renditions_dispose;
  object_class->finalize = mg_renditions_finalize;
  signals[READY] = g_signal_new ("ready", MG_TYPE_RENDITIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, MG_TYPE_RENDITION);
}

static void
mg_renditions_init (MgRenditions *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

static MgRenditionKind
kind_of (const char *id)
{
  MgFilterKind filter;

  return mg_filter_find (id, &filter, NULL) ? MG_RENDITION_FILTER : MG_RENDITION_MODEL;
}

static void
append (MgRenditions *self,
        MgRendition *rendition)
{
  g_ptr_array_add (self->items, rendition);
  g_list_model_items_changed (G_LIST_MODEL (self), self->items->len - 1, 0, 1);
}

static void
remove_at (MgRenditions *self,
           guint position)
{
  g_ptr_array_remove_index (self->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

static gboolean
has_namesake (MgRenditions *self,
              guint position)
{
  for (guint i = 0; i < self->items->len; i++)
    if (i != position && g_str_equal (mg_rendition_get_title (self->items->pdata[i]),
                                      mg_rendition_get_title (self->items->pdata[position])))
      return TRUE;
  return FALSE;
}

/* The least that tells the versions of the image apart is their titles. */
static void
tell_apart (MgRenditions *self)
{
  for (guint i = 0; i < self->items->len; i++)
    mg_rendition_set_detail (self->items->pdata[i], MG_RENDITION_NAME);
  for (MgRenditionDetail detail = MG_RENDITION_MINUTE; detail <= MG_RENDITION_SECOND; detail++)
    {
      g_autoptr (GPtrArray) alike = g_ptr_array_new ();

      for (guint i = 0; i < self->items->len; i++)
        if (has_namesake (self, i))
          g_ptr_array_add (alike, self->items->pdata[i]);
      for (guint i = 0; i < alike->len; i++)
        mg_rendition_set_detail (alike->pdata[i], detail);
    }
}

static void
on_restored (MgSession *session,
             MgDocument *document,
             const char *id,
             MgImage *image,
             MgRenditions *self)
{
  g_autoptr (MgRendition) rendition = NULL;
  g_autoptr (GFile) results = NULL;
  g_autoptr (GFile) file = NULL;
  const MgChannelView *channels;
  guint position, before;
  int n;

  if (document != self->document || mg_session_get_project (session) == NULL)
    return;
  results = mg_project_dup_results (mg_session_get_project (session));
  file = mg_project_dup_restored (results, mg_document_get_item (document), id);
  rendition = mg_rendition_new (kind_of (id), id, file);
  /* what was restored keeps the noisy image's range */
  channels = mg_document_get_channels (document, &n);
  mg_rendition_set_image (rendition, image, channels, n);
  before = self->items->len;
  if (mg_renditions_find (self, id, &position) != NULL)
    g_ptr_array_remove_index (self->items, position);
  if (mg_renditions_find (self, "preview", &position) != NULL)
    g_ptr_array_remove_index (self->items, position);
  g_ptr_array_add (self->items, g_object_ref (rendition));
  tell_apart (self);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->items->len);
  g_signal_emit (self, signals[READY], 0, rendition);
}

/**
 * mg_renditions_new:
 * @session: whose images; must outlive the renditions
 *
 * Returns: (transfer full): no renditions
 */
MgRenditions *
mg_renditions_new (MgSession *session)
{
  MgRenditions *self = g_object_new (MG_TYPE_RENDITIONS, NULL);

  self->session = session;
  g_signal_connect_object (session, "restored", G_CALLBACK (on_restored), self, 0);
  return self;
}

/* What the listing thread is given. */
typedef struct
{
  GFile *results;
  MgProjectItem *item;
} Listing;

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_object_unref (listing->results);
  g_object_unref (listing->item);
  g_free (listing);
}

static void
list_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  Listing *listing = task_data;
  g_autoptr (GError) error = NULL;
  GPtrArray *names = mg_project_list_restored (listing->results, listing->item, cancellable, &error);

  if (names != NULL)
    g_task_return_pointer (task, names, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_listed (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  MgRenditions *self = MG_RENDITIONS (source);
  Listing *listing = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = g_task_propagate_pointer (G_TASK (result), &error);
  guint before;

  if (names == NULL)
    {
      if (!g_cancellable_is_cancelled (self->cancellable))
        mg_session_fail (self->session, error);
      return;
    }
  before = self->items->len;
  for (guint i = 0; i < names->len; i++)
    {
      const char *id = names->pdata[i];
      g_autoptr (GFile) file = mg_project_dup_restored (listing->results, listing->item, id);

      if (mg_renditions_find (self, id, NULL) == NULL)
        g_ptr_array_add (self->items, mg_rendition_new (kind_of (id), id, file));
    }
  tell_apart (self);
  g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->items->len - before);
}

static void
list_restored (MgRenditions *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_listed, NULL);
  Listing *listing = g_new (Listing, 1);

  listing->results = mg_project_dup_results (mg_session_get_project (self->session));
  listing->item = g_object_ref (mg_document_get_item (self->document));
  g_task_set_task_data (task, listing, listing_free);
  g_task_run_in_thread (task, list_thread);
}

/* The noisy rendition is the document's own image. */
static void
take_noisy (MgRenditions *self)
{
  MgRendition *noisy = mg_renditions_get_noisy (self);
  const MgChannelView *channels;
  int n;

  if (mg_document_get_image (self->document) == NULL || mg_rendition_get_image (noisy) != NULL)
    return;
  channels = mg_document_get_channels (self->document, &n);
  mg_rendition_set_image (noisy, mg_document_get_image (self->document), channels, n);
  g_signal_emit (self, signals[READY], 0, noisy);
}

/**
 * mg_renditions_set_document:
 * @self: renditions
 * @document: (nullable): the image in view, loaded or not
 */
void
mg_renditions_set_document (MgRenditions *self,
                            MgDocument *document)
{
  guint before = self->items->len;

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  g_ptr_array_set_size (self->items, 0);
  if (document != NULL)
    {
      MgProjectItem *item = mg_document_get_item (document);

      g_ptr_array_add (self->items, mg_rendition_new (MG_RENDITION_NOISY, "noisy", NULL));
      if (mg_project_item_get_clean (item) != NULL)
        g_ptr_array_add (self->items, mg_rendition_new (MG_RENDITION_CLEAN, "clean", mg_project_item_get_clean (item)));
      g_signal_connect_object (document, "notify::state", G_CALLBACK (take_noisy), self, G_CONNECT_SWAPPED);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->items->len);
  if (document == NULL)
    return;
  take_noisy (self);
  list_restored (self);
}

/**
 * mg_renditions_get:
 * @self: renditions
 * @position: which
 *
 * Returns: (transfer none) (nullable): the rendition there
 */
MgRendition *
mg_renditions_get (MgRenditions *self,
                   guint position)
{
  return position < self->items->len ? self->items->pdata[position] : NULL;
}

/**
 * mg_renditions_find:
 * @self: renditions
 * @id: of one of them
 * @position: (out) (optional): where it is
 *
 * Returns: (transfer none) (nullable): it, where there is one
 */
MgRendition *
mg_renditions_find (MgRenditions *self,
                    const char *id,
                    guint *position)
{
  for (guint i = 0; i < self->items->len; i++)
    if (g_str_equal (mg_rendition_get_id (self->items->pdata[i]), id))
      {
        if (position != NULL)
          *position = i;
        return self->items->pdata[i];
      }
  return NULL;
}

/**
 * mg_renditions_get_noisy:
 * @self: renditions
 *
 * Returns: (transfer none) (nullable): the image as it came
 */
MgRendition *
mg_renditions_get_noisy (MgRenditions *self)
{
  return mg_renditions_get (self, 0);
}

/**
 * mg_renditions_get_clean:
 * @self: renditions
 *
 * Returns: (transfer none) (nullable): the clean image, where there is one
 */
MgRendition *
mg_renditions_get_clean (MgRenditions *self)
{
  return mg_renditions_find (self, "clean", NULL);
}

/**
 * mg_renditions_get_latest:
 * @self: renditions
 *
 * Returns: (transfer none) (nullable): what was restored last
 */
MgRendition *
mg_renditions_get_latest (MgRenditions *self)
{
  MgRendition *last = mg_renditions_get (self, self->items->len - 1);

  return last != NULL && mg_rendition_is_restored (last) ? last : NULL;
}

static void
on_loaded (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  g_autoptr (MgRenditions) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!mg_rendition_load_finish (MG_RENDITION (source), result, &error))
    mg_session_fail (self->session, error);
  if (mg_renditions_find (self, mg_rendition_get_id (MG_RENDITION (source)), NULL) == (MgRendition *) source)
    g_signal_emit (self, signals[READY], 0, source);
}

/**
 * mg_renditions_load:
 * @self: renditions
 * @rendition: one of them
 *
 * Reads its pixels unless they are there or on their way; "ready" tells.
 */
void
mg_renditions_load (MgRenditions *self,
                    MgRendition *rendition)
{
  if (mg_rendition_load_async (rendition, self->cancellable, on_loaded, self))
    g_object_ref (self);
}

/**
 * mg_renditions_remove:
 * @self: renditions
 * @rendition: one whose file is no longer there; nothing happens where it is none
 *   of these any more
 */
void
mg_renditions_remove (MgRenditions *self,
                      MgRendition *rendition)
{
  guint position;

  if (mg_renditions_find (self, mg_rendition_get_id (rendition), &position) == rendition)
    remove_at (self, position);
}

/**
 * mg_renditions_set_preview:
 * @self: renditions of a loaded document
 * @image: (nullable): what a learning network makes of the image; %NULL: it is over
 */
void
mg_renditions_set_preview (MgRenditions *self,
                           MgImage *image)
{
  guint position;
  MgRendition *preview = mg_renditions_find (self, "preview", &position);
  const MgChannelView *channels;
  int n;

  if (image == NULL)
    {
      if (preview != NULL)
        remove_at (self, position);
      return;
    }
  if (preview == NULL)
    {
      preview = mg_rendition_new (MG_RENDITION_PREVIEW, "preview", NULL);
      append (self, preview);
    }
  channels = mg_document_get_channels (self->document, &n);
  mg_rendition_set_image (preview, image, channels, n);
  g_signal_emit (self, signals[READY], 0, preview);
}
