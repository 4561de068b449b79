#include "project/results.h"
#include "session/document-private.h"

/* What was predicted, plane by plane. That of the plane in view is in memory;
 * the others are read when they come into view, and only those that could not
 * be written, or not yet, are kept. */

static void
add_aside (MgDocument *self,
           int plane,
           MgInstances *instances)
{
  g_hash_table_insert (self->aside, GINT_TO_POINTER (plane), mg_instances_ref (instances));
}

/* Before another plane comes into view, or the image is closed. What it was
 * decoded from is not kept, so that a stack does not fill the memory. */
void
_mg_document_put_aside (MgDocument *self)
{
  if (self->prediction != NULL && !self->preview && !self->on_disk)
    add_aside (self, self->plane, self->prediction);
}

/* A result file on its way in. */
typedef struct
{
  MgProjectItem *item;
  int plane, width, height;
} Reading;

static void
reading_free (gpointer data)
{
  g_object_unref (((Reading *) data)->item);
  g_free (data);
}

static void
read_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  const Reading *reading = task_data;
  g_autoptr (GError) error = NULL;
  MgInstances *instances = mg_project_item_load_result (reading->item, reading->plane, reading->width, reading->height,
                                                        cancellable, &error);

  if (instances != NULL)
    g_task_return_pointer (task, instances, (GDestroyNotify) mg_instances_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* It may have been changed or deleted since: then there is none. */
static void
on_read (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  MgDocument *self = MG_DOCUMENT (source);
  const Reading *reading = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (MgInstances) instances = g_task_propagate_pointer (G_TASK (result), &error);

  if (self->reading != g_task_get_cancellable (G_TASK (result)))
    return; /* something else is shown by now */
  g_clear_object (&self->reading);
  if (instances == NULL)
    {
      g_message ("a prediction is left out: %s", error->message);
      g_hash_table_remove (self->stored, GINT_TO_POINTER (reading->plane));
      _mg_document_notify_predicted (self);
      return;
    }
  _mg_document_take_prediction (self, g_steal_pointer (&instances),
                                &(MgRect){ 0, 0, reading->width, reading->height }, NULL);
  self->on_disk = TRUE;
  _mg_document_emit_prediction_changed (self);
}

static void
read_result (MgDocument *self)
{
  const MgImageInfo *info = mg_image_get_info (self->image);
  g_autoptr (GTask) task = NULL;
  Reading *reading = g_new (Reading, 1);

  *reading = (Reading){ g_object_ref (self->item), self->plane, info->width, info->height };
  self->reading = g_cancellable_new ();
  task = g_task_new (self, self->reading, on_read, NULL);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_thread);
}

void
_mg_document_stop_reading (MgDocument *self)
{
  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
}

/* The prediction of the plane that has come into view: from memory at once, from
 * the disk when it is read. */
void
_mg_document_take_back (MgDocument *self)
{
  gpointer key = GINT_TO_POINTER (self->plane);
  MgInstances *instances = g_hash_table_lookup (self->aside, key);
  const MgImageInfo *info = mg_image_get_info (self->image);
  int predicted = self->predicted;

  if (instances != NULL)
    mg_instances_ref (instances);
  g_hash_table_remove (self->aside, key);
  _mg_document_take_prediction (self, instances, &(MgRect){ 0, 0, info->width, info->height }, NULL);
  if (instances != NULL || !g_hash_table_contains (self->stored, key))
    return;
  self->predicted = predicted; /* until it is known */
  _mg_document_notify_predicted (self);
  read_result (self);
}

typedef struct
{
  MgProjectItem *item;
  int n_planes;
} Looking;

static void
looking_free (gpointer data)
{
  g_object_unref (((Looking *) data)->item);
  g_free (data);
}

static void
look_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  const Looking *looking = task_data;

  g_task_return_pointer (task, mg_project_item_list_results (looking->item, looking->n_planes), (GDestroyNotify) g_array_unref);
}

static void
on_looked (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  MgDocument *self = MG_DOCUMENT (source);
  const Looking *looking = g_task_get_task_data (G_TASK (result));
  g_autoptr (GArray) planes = g_task_propagate_pointer (G_TASK (result), NULL);

  if (looking->item != self->item || self->state != MG_DOCUMENT_READY)
    return;
  for (guint i = 0; i < planes->len; i++)
    g_hash_table_add (self->stored, GINT_TO_POINTER (g_array_index (planes, int, i)));
  if (self->prediction == NULL && self->reading == NULL)
    _mg_document_take_back (self);
  _mg_document_notify_predicted (self);
}

/**
 * mg_document_look_for_results:
 * @self: a loaded document
 *
 * Sees, on another thread, which predictions the disk has by now.
 */
void
mg_document_look_for_results (MgDocument *self)
{
  g_autoptr (GTask) task = NULL;
  Looking *looking;

  if (self->state != MG_DOCUMENT_READY)
    return;
  looking = g_new (Looking, 1);
  *looking = (Looking){ g_object_ref (self->item), mg_image_get_info (self->image)->n_z * mg_image_get_info (self->image)->n_t };
  task = g_task_new (self, NULL, on_looked, NULL);
  g_task_set_task_data (task, looking, looking_free);
  g_task_run_in_thread (task, look_thread);
}

/**
 * mg_document_set_plane_prediction:
 * @self: a document
 * @plane: of which plane
 * @instances: predicted cells
 * @rect: where they lie
 * @maps: (nullable): what they were decoded from
 * @on_disk: whether the plane's result file holds them
 *
 * As mg_document_set_prediction(). Of a plane that is not in view, or a closed
 * document, nothing is kept that can be read again.
 */
void
mg_document_set_plane_prediction (MgDocument *self,
                                  int plane,
                                  MgInstances *instances,
                                  const MgRect *rect,
                                  MgKeptMaps *maps,
                                  gboolean on_disk)
{
  gpointer key = GINT_TO_POINTER (plane);

  g_hash_table_remove (self->taken, key);
  if (plane == self->plane && self->state == MG_DOCUMENT_READY)
    {
      mg_document_set_prediction (self, instances, rect, maps, on_disk);
      return;
    }
  g_hash_table_remove (self->aside, key);
  if (on_disk)
    g_hash_table_add (self->stored, key);
  else
    add_aside (self, plane, instances);
  if (plane == self->plane)
    self->predicted = (int) mg_instances_get_n (instances);
  _mg_document_notify_predicted (self);
}

/**
 * mg_document_end_preview:
 * @self: a document
 *
 * Shows again what was there before a network that still learns was.
 */
void
mg_document_end_preview (MgDocument *self)
{
  if (!self->preview)
    return;
  if (self->image != NULL)
    _mg_document_take_back (self);
  else
    _mg_document_take_prediction (self, NULL, NULL, NULL);
  _mg_document_emit_prediction_changed (self);
}

/* Planes whose predictions are no longer wanted. */
typedef struct
{
  MgProjectItem *item;
  GArray *planes;
} Deleting;

static void
deleting_free (gpointer data)
{
  Deleting *deleting = data;

  g_object_unref (deleting->item);
  g_array_unref (deleting->planes);
  g_free (deleting);
}

static void
delete_thread (GTask *task,
               gpointer source,
               gpointer task_data,
               GCancellable *cancellable)
{
  const Deleting *deleting = task_data;

  for (guint i = 0; i < deleting->planes->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!mg_project_item_delete_result (deleting->item, g_array_index (deleting->planes, int, i), &error))
        g_message ("%s", error->message);
    }
  g_task_return_boolean (task, TRUE);
}

/* A prediction that was accepted is only deleted once the cells are on the disk. */
void
_mg_document_delete_taken (MgDocument *self)
{
  g_autoptr (GTask) task = NULL;
  Deleting *deleting;
  GHashTableIter iter;
  gpointer key;

  if (self->taken == NULL || g_hash_table_size (self->taken) == 0 || !mg_document_is_safe (self))
    return;
  deleting = g_new (Deleting, 1);
  deleting->item = g_object_ref (self->item);
  deleting->planes = g_array_new (FALSE, FALSE, sizeof (int));
  g_hash_table_iter_init (&iter, self->taken);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      int plane = GPOINTER_TO_INT (key);

      g_array_append_val (deleting->planes, plane);
    }
  g_hash_table_remove_all (self->taken);
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_task_data (task, deleting, deleting_free);
  g_task_run_in_thread (task, delete_thread);
}

/**
 * mg_document_discard_plane_prediction:
 * @self: a loaded document
 * @plane: of which plane
 *
 * Takes the prediction away, also from the disk, where what was accepted of it
 * is kept first.
 */
void
mg_document_discard_plane_prediction (MgDocument *self,
                                      int plane)
{
  gpointer key = GINT_TO_POINTER (plane);

  g_hash_table_remove (self->aside, key);
  if (g_hash_table_remove (self->stored, key))
    g_hash_table_add (self->taken, key);
  if (plane == self->plane)
    {
      _mg_document_take_prediction (self, NULL, NULL, NULL);
      _mg_document_emit_prediction_changed (self);
    }
  else
    _mg_document_notify_predicted (self);
  _mg_document_delete_taken (self);
}

/**
 * mg_document_discard_prediction:
 * @self: a loaded document
 *
 * As mg_document_discard_plane_prediction(), for the plane in view.
 */
void
mg_document_discard_prediction (MgDocument *self)
{
  mg_document_discard_plane_prediction (self, self->plane);
}

/**
 * mg_document_discard_all_predictions:
 * @self: a loaded document
 *
 * As mg_document_discard_plane_prediction(), for every plane.
 */
void
mg_document_discard_all_predictions (MgDocument *self)
{
  g_autoptr (GArray) planes = mg_document_list_predicted (self);

  for (guint i = 0; i < planes->len; i++)
    mg_document_discard_plane_prediction (self, g_array_index (planes, int, i));
}

/* A prediction on its way to the disk. */
typedef struct
{
  MgProjectItem *item;
  int plane;
  MgInstances *instances;
  MgImage *image;
} Storing;

static void
storing_free (gpointer data)
{
  Storing *storing = data;

  g_object_unref (storing->item);
  mg_instances_unref (storing->instances);
  mg_image_unref (storing->image);
  g_free (storing);
}

static void
store_thread (GTask *task,
              gpointer source,
              gpointer task_data,
              GCancellable *cancellable)
{
  const Storing *storing = task_data;
  g_autoptr (GError) error = NULL;

  if (mg_project_item_save_result (storing->item, storing->plane, storing->instances, mg_image_get_info (storing->image),
                                   cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_stored (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  MgDocument *self = MG_DOCUMENT (source);
  const Storing *storing = g_task_get_task_data (G_TASK (result));
  gpointer key = GINT_TO_POINTER (storing->plane);
  g_autoptr (GError) error = NULL;

  self->storing = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_message ("a prediction is not kept: %s", error->message);
      return;
    }
  if (self->plane == storing->plane && self->prediction == storing->instances)
    self->on_disk = TRUE;
  else if (g_hash_table_lookup (self->aside, key) == storing->instances)
    g_hash_table_remove (self->aside, key);
  else
    {
      mg_document_store_prediction (self); /* a newer one */
      return;
    }
  g_hash_table_add (self->stored, key);
}

/**
 * mg_document_store_prediction:
 * @self: a document
 *
 * Writes what the plane in view is predicted to have, on another thread, where
 * the disk has something else.
 */
void
mg_document_store_prediction (MgDocument *self)
{
  g_autoptr (GTask) task = NULL;
  Storing *storing;

  if (self->storing || self->image == NULL || self->prediction == NULL || self->preview || self->on_disk)
    return;
  storing = g_new (Storing, 1);
  *storing = (Storing){ g_object_ref (self->item), self->plane, mg_instances_ref (self->prediction), mg_image_ref (self->image) };
  self->storing = TRUE;
  task = g_task_new (self, NULL, on_stored, NULL);
  g_task_set_task_data (task, storing, storing_free);
  g_task_run_in_thread (task, store_thread);
}

static int
compare_planes (gconstpointer a,
                gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

/**
 * mg_document_list_predicted:
 * @self: a document
 *
 * Returns: (transfer full) (element-type int): the planes that have a
 *   prediction, in memory or on the disk, in their order
 */
GArray *
mg_document_list_predicted (MgDocument *self)
{
  GArray *planes = g_array_new (FALSE, FALSE, sizeof (int));
  GHashTableIter iter;
  gpointer key;

  if (self->prediction != NULL && !self->preview && !g_hash_table_contains (self->stored, GINT_TO_POINTER (self->plane)))
    g_array_append_val (planes, self->plane);
  g_hash_table_iter_init (&iter, self->stored);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      int plane = GPOINTER_TO_INT (key);

      g_array_append_val (planes, plane);
    }
  g_hash_table_iter_init (&iter, self->aside);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      int plane = GPOINTER_TO_INT (key);

      if (!g_hash_table_contains (self->stored, key))
        g_array_append_val (planes, plane);
    }
  g_array_sort (planes, compare_planes);
  return planes;
}

/**
 * mg_document_get_n_predicted_planes:
 * @self: a document
 *
 * Returns: how many planes have a prediction
 */
guint
mg_document_get_n_predicted_planes (MgDocument *self)
{
  guint n = g_hash_table_size (self->stored);
  GHashTableIter iter;
  gpointer key;

  if (self->prediction != NULL && !self->preview && !g_hash_table_contains (self->stored, GINT_TO_POINTER (self->plane)))
    n++;
  g_hash_table_iter_init (&iter, self->aside);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    n += !g_hash_table_contains (self->stored, key);
  return n;
}

/**
 * mg_document_get_plane_prediction:
 * @self: a document
 * @plane: of which plane
 *
 * Returns: (transfer none) (nullable): its prediction, where it is in memory
 */
MgInstances *
mg_document_get_plane_prediction (MgDocument *self,
                                  int plane)
{
  if (plane == self->plane && self->prediction != NULL && !self->preview)
    return self->prediction;
  return g_hash_table_lookup (self->aside, GINT_TO_POINTER (plane));
}
