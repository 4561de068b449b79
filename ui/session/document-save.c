#include "annotate/annotation-planes.h"
#include "project/labels.h"
#include "project/training-area.h"
#include "session/document-private.h"

/* Every edit goes to the journal at once; the label image, which costs its whole
 * size, is written now and then from a snapshot, after the journal has all of
 * it, and the journal is cut by as much. Whenever the program dies, label image
 * and journal together have every edit but the one in hand. What was written
 * outlasts the program; that the disk has it too is seen to apart, since a busy
 * disk may take a second over it and the next edit must not wait that long. */

/**
 * mg_document_is_modified:
 * @self: a document
 *
 * Returns: whether something painted is not in the label image yet; it may be in
 *   the journal
 */
gboolean
mg_document_is_modified (MgDocument *self)
{
  return self->annotation != NULL && self->edits != self->saved_edits;
}

/**
 * mg_document_is_saving:
 * @self: a document
 *
 * Returns: whether it is being written; two writers could finish in the wrong order
 */
gboolean
mg_document_is_saving (MgDocument *self)
{
  return self->saving != NULL;
}

/**
 * mg_document_is_safe:
 * @self: a document
 *
 * Returns: whether every finished edit is on the disk, in the journal or the label image
 */
gboolean
mg_document_is_safe (MgDocument *self)
{
  return self->annotation == NULL ||
         (!self->journaling && self->syncing == NULL && self->unsynced->len == 0 && !mg_annotation_is_touched (self->annotation));
}

/**
 * mg_document_has_failed_to_save:
 * @self: a document
 *
 * Returns: whether edits could not be written, and are tried again
 */
gboolean
mg_document_has_failed_to_save (MgDocument *self)
{
  return self->journal_failed || self->sync_failed || self->save_failed;
}

/**
 * mg_document_get_journal_size:
 * @self: a document
 *
 * Returns: bytes that the journal takes
 */
gint64
mg_document_get_journal_size (MgDocument *self)
{
  return self->journal != NULL && !self->journaling ? mg_journal_get_size (self->journal) : 0;
}

/* An edit on its way to the journal. */
typedef struct
{
  MgJournal *journal;
  MgTouched *touched;
  GFile *file;
} Append;

static void
append_free (gpointer data)
{
  Append *append = data;

  mg_journal_unref (append->journal);
  g_clear_pointer (&append->touched, mg_touched_free);
  g_object_unref (append->file);
  g_free (append);
}

/* Not among GTask's threads, where it could stand behind reading of images. */
static void
append_in_thread (gpointer data,
                  gpointer user_data)
{
  g_autoptr (GTask) task = data;
  Append *append = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  const MgTrainingRegion *regions;
  guint n;

  regions = mg_touched_get_regions (append->touched, &n);
  if ((mg_touched_get_n (append->touched) == 0 || mg_journal_append (append->journal, append->touched, &error)) &&
      (regions == NULL || mg_training_regions_save (append->file, regions, n, &error)))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
run_append (GTask *task)
{
  static gsize pool;

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, (gsize) g_thread_pool_new (append_in_thread, NULL, 1, FALSE, NULL));
  g_thread_pool_push ((GThreadPool *) pool, g_object_ref (task), NULL);
}

static void
sync_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (mg_journal_sync (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void sync_journal (MgDocument *self);

/* What the disk could not keep is to be written again. */
static void
on_synced (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  MgDocument *self = MG_DOCUMENT (source);
  g_autoptr (GPtrArray) synced = g_steal_pointer (&self->syncing);
  g_autoptr (GError) error = NULL;
  gboolean failed = self->sync_failed;

  self->sync_failed = !g_task_propagate_boolean (G_TASK (result), &error);
  if (self->sync_failed && self->annotation != NULL)
    {
      /* nor, perhaps, what came meanwhile: the next flush would not tell again */
      g_ptr_array_extend_and_steal (synced, g_steal_pointer (&self->unsynced));
      self->unsynced = g_ptr_array_new_with_free_func ((GDestroyNotify) mg_touched_free);
      for (guint i = 0; i < synced->len; i++)
        mg_annotation_touch_again (self->annotation, synced->pdata[i]);
    }
  if (failed || self->sync_failed)
    _mg_document_emit_journaled (self, error);
  _mg_document_delete_taken (self);
  if (self->unsynced->len > 0 && !self->sync_failed)
    sync_journal (self);
}

/* One at a time; what is appended meanwhile is for the next. */
static void
sync_journal (MgDocument *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->syncing != NULL || self->journal == NULL)
    return;
  self->syncing = g_steal_pointer (&self->unsynced);
  self->unsynced = g_ptr_array_new_with_free_func ((GDestroyNotify) mg_touched_free);
  task = g_task_new (self, NULL, on_synced, NULL);
  g_task_set_task_data (task, mg_journal_ref (self->journal), (GDestroyNotify) mg_journal_unref);
  g_task_run_in_thread (task, sync_thread);
}

static void go_on_saving (MgDocument *self,
                          const GError *error);

static void
on_appended (GObject *source,
             GAsyncResult *result,
             gpointer user_data)
{
  MgDocument *self = MG_DOCUMENT (source);
  Append *append = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  self->journaling = FALSE;
  self->journal_failed = !g_task_propagate_boolean (G_TASK (result), &error);
  if (!self->journal_failed)
    {
      g_ptr_array_add (self->unsynced, g_steal_pointer (&append->touched));
      sync_journal (self);
    }
  else if (self->annotation != NULL)
    mg_annotation_touch_again (self->annotation, append->touched);
  _mg_document_emit_journaled (self, error);
  if (self->saving != NULL && !self->writing)
    go_on_saving (self, error);
  else if (!self->journal_failed)
    _mg_document_write_journal (self); /* what was edited meanwhile */
}

/* Appends what was touched. One at a time: their order is what counts. */
void
_mg_document_write_journal (MgDocument *self)
{
  g_autoptr (GTask) task = NULL;
  MgTouched *touched;
  Append *append;

  if (self->journaling || self->annotation == NULL)
    return;
  touched = mg_annotation_take_touched (self->annotation);
  if (touched == NULL)
    return;
  append = g_new (Append, 1);
  append->journal = mg_journal_ref (self->journal);
  append->touched = touched;
  append->file = g_object_ref (mg_project_item_get_annotation (self->item));
  self->journaling = TRUE;
  task = g_task_new (self, NULL, on_appended, NULL);
  g_task_set_task_data (task, append, append_free);
  run_append (task);
}

/**
 * mg_document_retry:
 * @self: a document
 *
 * Tries to write what could not be written to the journal.
 */
void
mg_document_retry (MgDocument *self)
{
  if (self->journal_failed || self->sync_failed)
    _mg_document_write_journal (self);
}

/* What a saving thread is given: nothing in it is written by the main thread. */
typedef struct
{
  MgMaskStack *stack;
  MgImage *image;
  GFile *file;
  MgJournal *journal;
  gint64 journal_size; /* what of it the snapshot has */
  guint edits;
  guint64 state;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  mg_mask_stack_free (saving->stack);
  mg_image_unref (saving->image);
  g_object_unref (saving->file);
  mg_journal_unref (saving->journal);
  g_free (saving);
}

static void
save_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  Saving *saving = task_data;
  g_autoptr (GError) error = NULL;

  /* older edits in the journal must not outlive newer ones that the label image has */
  if (mg_journal_sync (saving->journal, &error) &&
      mg_project_save_labels (saving->file, saving->stack, mg_image_get_info (saving->image), cancellable, &error) &&
      mg_journal_cut (saving->journal, saving->journal_size, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Once the journal has every edit, the label image is written. */
static void
go_on_saving (MgDocument *self,
              const GError *error)
{
  Saving *saving;

  if (error != NULL)
    {
      g_task_return_error (self->saving, g_error_copy (error));
      return;
    }
  _mg_document_write_journal (self);
  if (self->journaling)
    return;
  saving = g_new (Saving, 1);
  saving->stack = mg_annotation_snapshot (self->annotation);
  saving->state = mg_annotation_get_state (self->annotation);
  saving->image = mg_image_ref (self->image);
  saving->file = g_object_ref (mg_project_item_get_annotation (self->item));
  saving->journal = mg_journal_ref (self->journal);
  saving->journal_size = mg_journal_get_size (self->journal);
  saving->edits = self->edits;
  self->writing = TRUE;
  g_task_set_task_data (self->saving, saving, saving_free);
  g_task_run_in_thread (self->saving, save_thread);
}

/**
 * mg_document_save_async:
 * @self: a loaded document that is not being saved
 *
 * Writes the label image from a snapshot of what is painted, on another thread.
 * Painting may go on.
 */
void
mg_document_save_async (MgDocument *self,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  self->saving = g_task_new (self, NULL, callback, user_data);
  go_on_saving (self, NULL);
}

/**
 * mg_document_save_finish:
 * @self: a document
 * @result: of mg_document_save_async()
 *
 * Returns: %FALSE when it could not be written; what was saved before is as it was
 */
gboolean
mg_document_save_finish (MgDocument *self,
                         GAsyncResult *result,
                         GError **error)
{
  Saving *saving = g_task_get_task_data (G_TASK (result));

  g_clear_object (&self->saving);
  self->writing = FALSE;
  self->save_failed = !g_task_propagate_boolean (G_TASK (result), error);
  if (self->save_failed)
    return FALSE;
  self->saved_edits = saving->edits;
  if (self->annotation != NULL)
    mg_annotation_set_saved_state (self->annotation, saving->state);
  return TRUE;
}
