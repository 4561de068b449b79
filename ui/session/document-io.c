#include "annotate/annotation-planes.h"
#include "project/labels.h"
#include "project/results.h"
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
  GArray *predicted; /* planes whose predictions are on the disk */
  char *warning;     /* (nullable): the image is usable, but … */
} Loaded;

static void
loaded_free (gpointer data)
{
  Loaded *loaded = data;

  g_clear_pointer (&loaded->image, mg_image_unref);
  g_clear_pointer (&loaded->pyramid, mg_pyramid_unref);
  g_clear_object (&loaded->annotation);
  g_clear_pointer (&loaded->journal, mg_journal_unref);
  g_clear_pointer (&loaded->predicted, g_array_unref);
  g_free (loaded->histograms);
  g_free (loaded->warning);
  g_free (loaded);
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

static void
load_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  MgProjectItem *item = task_data;
  Loaded *loaded = g_new0 (Loaded, 1);
  g_autoptr (GError) error = NULL;
  const MgImageInfo *info;

  loaded->image = mg_project_item_load_image (item, cancellable, &error);
  if (loaded->image == NULL || !load_annotation (item, loaded, cancellable, &error))
    goto fail;
  info = mg_image_get_info (loaded->image);
  loaded->predicted = mg_project_item_list_results (item, info->n_z * info->n_t);
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

  g_clear_error (&self->error);
  self->state = MG_DOCUMENT_LOADING;
  self->loading = task;
  _mg_document_notify_state (self);
  g_task_set_task_data (task, g_object_ref (self->item), g_object_unref);
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
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        mg_document_set_file_state (self, MG_FILE_MISSING, local->message, self->painted);
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
  for (guint i = 0; i < loaded->predicted->len; i++)
    g_hash_table_add (self->stored, GINT_TO_POINTER (g_array_index (loaded->predicted, int, i)));
  self->saved_edits = 0;
  self->edits = loaded->recovered ? 1 : 0; /* to be written to the label image */
  self->journal_failed = self->sync_failed = self->save_failed = FALSE;
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
  mg_document_set_file_state (self, MG_FILE_WELL, NULL, self->painted);
  _mg_document_take_back (self);
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
  int predicted = self->predicted;

  if (self->annotation != NULL)
    g_signal_handlers_disconnect_by_data (self->annotation, self);
  _mg_document_delete_taken (self);
  g_clear_object (&self->annotation);
  g_clear_pointer (&self->journal, mg_journal_unref);
  if (self->unsynced != NULL)
    g_ptr_array_set_size (self->unsynced, 0);
  g_clear_pointer (&self->pyramid, mg_pyramid_unref);
  g_clear_pointer (&self->plane_image, mg_image_unref);
  g_clear_pointer (&self->image, mg_image_unref);
  g_clear_pointer (&self->histograms, g_free);
  _mg_document_put_aside (self);
  _mg_document_take_prediction (self, NULL, NULL, NULL);
  self->predicted = predicted;
  self->state = MG_DOCUMENT_CLOSED;
}
