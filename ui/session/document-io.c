#include "annotate/annotation-planes.h"
#include "io/loader.h"
#include "project/labels.h"
#include "session/document-private.h"

/* What a loading thread hands over. */
typedef struct
{
  MgImage *image;
  MgPyramid *pyramid;
  MgAnnotation *annotation;
  MgJournal *journal;
  gboolean recovered; /* more was painted than the label image has */
  MgHistogram *histograms;
  MgInstances *prediction; /* (nullable) */
  char *warning;           /* (nullable): the image is usable, but … */
} Loaded;

typedef struct
{
  MgProjectItem *item;
  gboolean with_result;
} Loading;

static void
loading_free (gpointer data)
{
  g_object_unref (((Loading *) data)->item);
  g_free (data);
}

static void
loaded_free (gpointer data)
{
  Loaded *loaded = data;

  g_clear_pointer (&loaded->image, mg_image_unref);
  g_clear_pointer (&loaded->pyramid, mg_pyramid_unref);
  g_clear_object (&loaded->annotation);
  g_clear_pointer (&loaded->journal, mg_journal_unref);
  g_clear_pointer (&loaded->prediction, mg_instances_unref);
  g_free (loaded->histograms);
  g_free (loaded->warning);
  g_free (loaded);
}

static MgLabels *
load_fitting_labels (GFile *file,
                     const MgImageInfo *info,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (MgLabels) labels = mg_labels_load (file, cancellable, error);

  if (labels == NULL)
    return NULL;
  if (mg_labels_get_width (labels) != info->width || mg_labels_get_height (labels) != info->height)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                   "The labels in “%s” are %d × %d pixels and the image is %d × %d; they cannot belong together",
                   g_file_peek_path (file), mg_labels_get_width (labels), mg_labels_get_height (labels),
                   info->width, info->height);
      return NULL;
    }
  return g_steal_pointer (&labels);
}

/* What is painted, and the journal that goes on with it. */
static gboolean
load_annotation (MgProjectItem *item,
                 Loaded *loaded,
                 GCancellable *cancellable,
                 GError **error)
{
  const MgImageInfo *info = mg_image_get_info (loaded->image);
  MgMaskStack *stack = mg_project_item_load_labels (item, info, &loaded->recovered, &loaded->warning,
                                                    cancellable, error);

  if (stack == NULL)
    return FALSE;
  loaded->annotation = mg_annotation_new_take_stack (stack);
  loaded->journal = mg_journal_new (mg_project_item_get_annotation (item), info->width, info->height,
                                    info->n_z * info->n_t);
  mg_journal_get_size (loaded->journal); /* read here, known from now on */
  if (loaded->recovered)
    {
      g_free (loaded->warning);
      loaded->warning = g_strdup_printf ("What was painted on “%s” before the program ended is back",
                                         mg_project_item_get_name (item));
    }
  return TRUE;
}

/* A prediction given up in memory. It may have been changed or deleted since:
 * then there is none. */
static void
load_result (MgProjectItem *item,
             Loaded *loaded,
             GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgLabels) labels = load_fitting_labels (mg_project_item_get_result (item),
                                                     mg_image_get_info (loaded->image), cancellable, &error);

  if (labels != NULL)
    loaded->prediction = mg_instances_new (labels, NULL, &error);
  if (error != NULL)
    g_message ("a prediction is left out: %s", error->message);
}

static void
load_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  MgProjectItem *item = ((Loading *) task_data)->item;
  Loaded *loaded = g_new0 (Loaded, 1);
  g_autoptr (GError) error = NULL;

  loaded->image = mg_project_item_load_image (item, cancellable, &error);
  if (loaded->image == NULL || !load_annotation (item, loaded, cancellable, &error))
    goto fail;
  if (((Loading *) task_data)->with_result)
    load_result (item, loaded, cancellable);
  loaded->pyramid = mg_pyramid_new (loaded->image);
  loaded->histograms = _mg_document_count_channels (loaded->image, cancellable, &error);
  if (loaded->histograms == NULL)
    goto fail;
  g_task_return_pointer (task, loaded, loaded_free);
  return;

fail:
  loaded_free (loaded);
  g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * mg_document_load_async:
 * @self: a document that is not loading
 *
 * Reads image and annotation on another thread.
 */
void
mg_document_load_async (MgDocument *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Loading *loading = g_new (Loading, 1);

  g_clear_error (&self->error);
  self->state = MG_DOCUMENT_LOADING;
  self->loading = task;
  _mg_document_notify_state (self);
  loading->item = g_object_ref (self->item);
  loading->with_result = self->to_reload;
  g_task_set_task_data (task, loading, loading_free);
  g_task_run_in_thread (task, load_thread);
}

static void
on_annotation_changed (MgAnnotation *annotation,
                       MgDocument *self)
{
  self->edits++;
  self->cells = (int) mg_annotation_get_n_instances (annotation);
  _mg_document_notify_cells (self);
  _mg_document_write_journal (self);
  _mg_document_emit_edited (self);
}

/**
 * mg_document_load_finish:
 * @self: a document
 * @result: of mg_document_load_async()
 * @warning: (out) (nullable): a sentence about what had to be left out
 *
 * Returns: %FALSE when it could not be read; the document keeps the error
 */
gboolean
mg_document_load_finish (MgDocument *self,
                         GAsyncResult *result,
                         char **warning,
                         GError **error)
{
  g_autoptr (GError) local = NULL;
  Loaded *loaded = g_task_propagate_pointer (G_TASK (result), &local);

  if (self->loading == (GTask *) result)
    self->loading = NULL;
  if (loaded == NULL)
    {
      gboolean stopped = g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED);

      self->state = stopped ? MG_DOCUMENT_CLOSED : MG_DOCUMENT_FAILED;
      if (!stopped)
        self->error = g_error_copy (local);
      _mg_document_notify_state (self);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  self->image = g_steal_pointer (&loaded->image);
  self->pyramid = g_steal_pointer (&loaded->pyramid);
  self->annotation = g_steal_pointer (&loaded->annotation);
  self->journal = g_steal_pointer (&loaded->journal);
  self->histograms = g_steal_pointer (&loaded->histograms);
  *warning = g_steal_pointer (&loaded->warning);
  if (loaded->prediction != NULL && self->to_reload)
    {
      const MgImageInfo *info = mg_image_get_info (self->image);

      _mg_document_take_prediction (self, g_steal_pointer (&loaded->prediction),
                                    &(MgRect){ 0, 0, info->width, info->height }, NULL);
      self->on_disk = TRUE;
    }
  self->saved_edits = 0;
  self->edits = loaded->recovered ? 1 : 0; /* to be written to the label image */
  self->journal_failed = self->save_failed = FALSE;
  loaded_free (loaded);
  if (self->plane < mg_annotation_get_n_z (self->annotation) * mg_annotation_get_n_t (self->annotation))
    mg_annotation_set_plane (self->annotation, self->plane);
  else
    self->plane = 0;
  g_signal_connect (self->annotation, "changed", G_CALLBACK (on_annotation_changed), self);
  self->counted = 0;
  mg_document_set_up_channels (self);
  self->cells = (int) mg_annotation_get_n_instances (self->annotation);
  self->state = MG_DOCUMENT_READY;
  _mg_document_notify_cells (self);
  _mg_document_notify_state (self);
  return TRUE;
}

/**
 * mg_document_close:
 * @self: a document without unsaved changes
 *
 * Gives pixels, annotation and its undo back, and a prediction that the disk
 * has too; contrast stays.
 */
void
mg_document_close (MgDocument *self)
{
  if (self->annotation != NULL)
    g_signal_handlers_disconnect_by_data (self->annotation, self);
  g_clear_object (&self->annotation);
  g_clear_pointer (&self->journal, mg_journal_unref);
  g_clear_pointer (&self->pyramid, mg_pyramid_unref);
  g_clear_pointer (&self->plane_image, mg_image_unref);
  g_clear_pointer (&self->image, mg_image_unref);
  g_clear_pointer (&self->histograms, g_free);
  _mg_document_give_up_prediction (self);
  self->state = MG_DOCUMENT_CLOSED;
}
