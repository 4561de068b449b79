#include "session/session-private.h"

#include "annotate/undo.h"

#include <stdarg.h>

/* Loaded images besides the one in view; going back to them is immediate. */
#define MAX_LOADED 8

enum
{
  PROP_0,
  PROP_CURRENT,
  PROP_BUSY,
  PROP_TASK,
  PROP_MODEL_NAME,
  PROP_DEVICE,
  PROP_UNDO_MIB,
  N_PROPS,
};

enum
{
  MESSAGE,
  SAVE_FAILED,
  SAVED_AGAIN,
  READ_ONLY,
  OPENED,
  CHECK_FILES,
  RESTORED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgSession, mg_session, G_TYPE_OBJECT)

static void
mg_session_get_property (GObject *object,
                         guint id,
                         GValue *value,
                         GParamSpec *pspec)
{
  MgSession *self = MG_SESSION (object);

  switch (id)
    {
    case PROP_CURRENT:
      g_value_set_object (value, self->current);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->opening != NULL);
      break;
    case PROP_TASK:
      g_value_set_int (value, self->task);
      break;
    case PROP_MODEL_NAME:
      g_value_set_string (value, self->model_names[self->task]);
      break;
    case PROP_DEVICE:
      g_value_set_string (value, self->device);
      break;
    case PROP_UNDO_MIB:
      g_value_set_int (value, self->undo_mib);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
limit_undo (MgSession *self,
            MgDocument *document)
{
  MgAnnotation *annotation = mg_document_get_annotation (document);

  if (annotation != NULL)
    mg_annotation_set_undo_budget (annotation, (gsize) self->undo_mib << 20);
}

static void
mg_session_set_property (GObject *object,
                         guint id,
                         const GValue *value,
                         GParamSpec *pspec)
{
  MgSession *self = MG_SESSION (object);

  switch (id)
    {
    case PROP_DEVICE:
      g_free (self->device);
      self->device = g_value_dup_string (value);
      break;
    case PROP_UNDO_MIB:
      self->undo_mib = g_value_get_int (value);
      for (GList *l = self->recent.head; l != NULL; l = l->next)
        limit_undo (self, l->data);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mg_session_dispose (GObject *object)
{
  MgSession *self = MG_SESSION (object);

  g_cancellable_cancel (self->closing);
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  g_clear_handle_id (&self->autosave, g_source_remove);
  g_clear_handle_id (&self->quiet, g_source_remove);
  g_clear_object (&self->opened);
  g_queue_clear (&self->recent);
  g_clear_object (&self->current);
  g_clear_object (&self->documents);
  g_clear_object (&self->project);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->opening);
  g_clear_object (&self->closing);
  for (int i = 0; i < MG_SESSION_N_TASKS; i++)
    {
      g_clear_pointer (&self->models[i], mg_model_unref);
      g_clear_pointer (&self->model_names[i], g_free);
    }
  g_clear_pointer (&self->device, g_free);
  g_clear_pointer (&self->start_at, g_free);
  G_OBJECT_CLASS (mg_session_parent_class)->dispose (object);
}

static void
mg_session_class_init (MgSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mg_session_get_property;
  object_class->set_property = mg_session_set_property;
  object_class->dispose = mg_session_dispose;
  props[PROP_CURRENT] = g_param_spec_object ("current", NULL, NULL, MG_TYPE_DOCUMENT, read);
  props[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, read);
  props[PROP_TASK] = g_param_spec_int ("task", NULL, NULL, MG_TASK_SEGMENT, MG_TASK_DENOISE, MG_TASK_SEGMENT, read);
  props[PROP_MODEL_NAME] = g_param_spec_string ("model-name", NULL, NULL, NULL, read);
  props[PROP_DEVICE] = g_param_spec_string ("device", NULL, NULL, "auto", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_UNDO_MIB] = g_param_spec_int ("undo-mib", NULL, NULL, 1, 1 << 16, MG_UNDO_BUDGET_BYTES >> 20,
                                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[MESSAGE] = g_signal_new ("message", MG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SAVE_FAILED] = g_signal_new ("save-failed", MG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SAVED_AGAIN] = g_signal_new ("saved-again", MG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[READ_ONLY] = g_signal_new ("read-only", MG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[OPENED] = g_signal_new ("opened", MG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHECK_FILES] = g_signal_new ("check-files", MG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESTORED] = g_signal_new ("restored", MG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 3, MG_TYPE_DOCUMENT, G_TYPE_STRING, G_TYPE_POINTER);
}

static void
mg_session_init (MgSession *self)
{
  self->documents = g_list_store_new (MG_TYPE_DOCUMENT);
  self->closing = g_cancellable_new ();
  self->device = g_strdup ("auto");
  self->undo_mib = MG_UNDO_BUDGET_BYTES >> 20;
  g_queue_init (&self->recent);
}

/**
 * mg_session_new:
 * @scheduler: the compute thread
 *
 * Returns: (transfer full): a session without a project
 */
MgSession *
mg_session_new (MgScheduler *scheduler)
{
  MgSession *self = g_object_new (MG_TYPE_SESSION, NULL);

  self->scheduler = g_object_ref (scheduler);
  return self;
}

/**
 * mg_session_get_scheduler:
 * @self: a session
 *
 * Returns: (transfer none): the compute thread
 */
MgScheduler *
mg_session_get_scheduler (MgSession *self)
{
  return self->scheduler;
}

/**
 * mg_session_get_documents:
 * @self: a session
 *
 * Returns: (transfer none): the project's images, MgDocument
 */
GListModel *
mg_session_get_documents (MgSession *self)
{
  return G_LIST_MODEL (self->documents);
}

/**
 * mg_session_get_project:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the project
 */
MgProject *
mg_session_get_project (MgSession *self)
{
  return self->project;
}

/**
 * mg_session_get_current:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the image in view
 */
MgDocument *
mg_session_get_current (MgSession *self)
{
  return self->current;
}

/**
 * mg_session_find:
 * @self: a session
 * @document: (nullable): a document
 * @position: (out): where it is
 *
 * Returns: whether the session has it
 */
gboolean
mg_session_find (MgSession *self,
                 MgDocument *document,
                 guint *position)
{
  return document != NULL && g_list_store_find (self->documents, document, position);
}

/**
 * mg_session_message:
 * @self: a session
 * @format: a sentence for the person
 */
void
mg_session_message (MgSession *self,
                    const char *format,
                    ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_signal_emit (self, signals[MESSAGE], 0, text);
}

/**
 * mg_session_fail:
 * @self: a session
 * @error: what went wrong; a cancelled operation is no news
 */
void
mg_session_fail (MgSession *self,
                 const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[MESSAGE], 0, error->message);
}

void
_mg_session_set_busy (MgSession *self,
                      GCancellable *opening)
{
  g_set_object (&self->opening, opening);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BUSY]);
}

/* Closes what was looked at longest ago and is saved. */
void
_mg_session_close_old (MgSession *self)
{
  guint n = 0;

  for (GList *l = self->recent.head, *next; l != NULL; l = next)
    {
      MgDocument *document = l->data;

      next = l->next;
      if (document == self->current || ++n <= MAX_LOADED || mg_document_is_modified (document) ||
          mg_document_is_saving (document))
        continue;
      mg_document_close (document);
      g_queue_delete_link (&self->recent, l);
    }
}

static void
on_loaded (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  g_autoptr (MgSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *warning = NULL;
  gboolean was_there = mg_document_get_file_state (MG_DOCUMENT (source)) == MG_FILE_WELL;

  if (!mg_document_load_finish (MG_DOCUMENT (source), result, &warning, &error))
    {
      /* and others with it, where a folder was moved */
      if (was_there && mg_document_get_file_state (MG_DOCUMENT (source)) == MG_FILE_MISSING)
        g_signal_emit (self, signals[CHECK_FILES], 0);
      /* where the image would be, the window says why it is not */
      if (self->current != MG_DOCUMENT (source))
        mg_session_fail (self, error);
    }
  else
    {
      limit_undo (self, MG_DOCUMENT (source));
      if (warning != NULL)
        mg_session_message (self, "%s", warning);
    }
}

/**
 * mg_session_set_current:
 * @self: a session
 * @document: (nullable): the image to be in view; loaded when it is not
 */
void
mg_session_set_current (MgSession *self,
                        MgDocument *document)
{
  if (self->current == document)
    return;
  if (self->current != NULL)
    _mg_session_leave (self, self->current);
  g_set_object (&self->current, document);
  if (document != NULL)
    {
      MgDocumentState state = mg_document_get_state (document);

      g_queue_remove (&self->recent, document);
      g_queue_push_head (&self->recent, document);
      if (state == MG_DOCUMENT_CLOSED || state == MG_DOCUMENT_FAILED)
        mg_document_load_async (document, self->closing, on_loaded, g_object_ref (self));
      _mg_session_close_old (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CURRENT]);
}

/**
 * mg_session_reload:
 * @self: a session with an image in view
 *
 * Reads the image in view again: it is something else than before.
 *
 * Returns: %FALSE while something painted on it is not saved yet
 */
gboolean
mg_session_reload (MgSession *self)
{
  MgDocumentState state = mg_document_get_state (self->current);

  if (state == MG_DOCUMENT_LOADING || mg_document_is_modified (self->current) || mg_document_is_saving (self->current))
    return FALSE;
  mg_document_close (self->current);
  mg_document_load_async (self->current, self->closing, on_loaded, g_object_ref (self));
  return TRUE;
}

/**
 * mg_session_get_task:
 * @self: a session
 *
 * Returns: what is done with the images
 */
MgTask
mg_session_get_task (MgSession *self)
{
  return self->task;
}

/* Another task has another model. */
static void
take_task (MgSession *self,
           MgTask task)
{
  if (self->task == task)
    return;
  self->task = task;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TASK]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODEL_NAME]);
}

/**
 * mg_session_set_task:
 * @self: a session
 * @task: what is done with the images from now on; the project remembers it
 */
void
mg_session_set_task (MgSession *self,
                     MgTask task)
{
  if (self->task == task)
    return;
  if (self->project != NULL)
    {
      mg_project_set_mode (self->project, task == MG_TASK_DENOISE ? "denoise" : "segment");
      mg_session_project_changed (self);
    }
  take_task (self, task);
}

/**
 * mg_session_restored:
 * @self: a session
 * @document: whose image was restored
 * @version: by what, as mg_project_dup_restored() takes it
 * @image: the restored image
 *
 * Tells whoever shows restored images.
 */
void
mg_session_restored (MgSession *self,
                     MgDocument *document,
                     const char *version,
                     MgImage *image)
{
  g_signal_emit (self, signals[RESTORED], 0, document, version, image);
}

/**
 * mg_session_get_model:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the model used for the task
 */
MgModel *
mg_session_get_model (MgSession *self)
{
  return self->models[self->task];
}

/**
 * mg_session_set_model:
 * @self: a session
 * @model: (nullable): the model to use from now on for what it was trained for;
 *   %NULL: none for the task of the moment
 * @file: (nullable): where it is kept
 */
void
mg_session_set_model (MgSession *self,
                      MgModel *model,
                      GFile *file)
{
  MgTask task = model != NULL ? mg_model_get_recipe (model)->task : self->task;

  if (model != NULL)
    mg_model_ref (model);
  g_clear_pointer (&self->models[task], mg_model_unref);
  self->models[task] = model;
  g_clear_pointer (&self->model_names[task], g_free);
  if (model != NULL)
    self->model_names[task] = file != NULL ? g_file_get_basename (file) : g_strdup ("not saved yet");
  if (self->project != NULL && file != NULL)
    {
      if (task == MG_TASK_DENOISE)
        mg_project_set_restorer (self->project, file);
      else
        mg_project_set_model (self->project, file);
      mg_session_project_changed (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODEL_NAME]);
}

/**
 * mg_session_get_model_name:
 * @self: a session
 *
 * Returns: (nullable): the file name of the task's model
 */
const char *
mg_session_get_model_name (MgSession *self)
{
  return self->model_names[self->task];
}

/**
 * mg_session_get_device:
 * @self: a session
 *
 * Returns: the device chosen, "auto" at first
 */
const char *
mg_session_get_device (MgSession *self)
{
  return self->device;
}

/**
 * mg_session_start_at:
 * @self: a session, in "opened"
 * @name: of the image to be in view first
 */
void
mg_session_start_at (MgSession *self,
                     const char *name)
{
  g_free (self->start_at);
  self->start_at = g_strdup (name);
}

static guint
find_start (MgSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->documents));

  for (guint i = 0; self->start_at != NULL && i < n; i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (G_LIST_MODEL (self->documents), i);

      if (g_str_equal (mg_document_get_name (document), self->start_at))
        return i;
    }
  return 0;
}

/* Nothing of the one before is in view any more. */
void
_mg_session_change_project (MgSession *self,
                            MgProject *project)
{
  mg_session_set_current (self, NULL);
  g_queue_clear (&self->recent);
  g_list_store_remove_all (self->documents);
  g_set_object (&self->project, project);
  self->project_changed = self->project_written = self->project_failed = FALSE;
  self->failing = self->read_only = FALSE;
  if (mg_project_get_mode (project) != NULL)
    take_task (self, g_str_equal (mg_project_get_mode (project), "denoise") ? MG_TASK_DENOISE : MG_TASK_SEGMENT);
}

/* Another project's images, or more of the same one. */
void
_mg_session_take_project (MgSession *self,
                          MgProject *project,
                          GFile *first)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (MgDocument) shown = NULL;
  guint position = 0, n_before;

  if (self->project != project)
    _mg_session_change_project (self, project);
  n_before = g_list_model_get_n_items (G_LIST_MODEL (self->documents));
  for (guint i = n_before; i < g_list_model_get_n_items (G_LIST_MODEL (project)); i++)
    {
      g_autoptr (MgProjectItem) item = g_list_model_get_item (G_LIST_MODEL (project), i);
      MgDocument *document = mg_document_new (item);

      _mg_session_watch_edits (self, document);
      g_ptr_array_add (added, document);
    }
  /* at once: the list has to hear of ten thousand only one time */
  g_list_store_splice (self->documents, n_before, 0, added->pdata, added->len);
  g_signal_emit (self, signals[OPENED], 0);
  if (first == NULL || !mg_project_find (project, first, &position))
    position = find_start (self);
  g_clear_pointer (&self->start_at, g_free);
  shown = g_list_model_get_item (G_LIST_MODEL (self->documents), position);
  mg_session_set_current (self, shown);
}
