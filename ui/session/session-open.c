#include "dataset/sample.h"
#include "io/loader.h"
#include "session/session-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* What an opening thread is given. */
typedef struct
{
  GPtrArray *files; /* of GFile */
  gboolean is_folder;
  gboolean sample;                     /* make it first where it is missing */
  gboolean noisy;                      /* of the sample */
  char *read_only;                     /* (nullable) out: the folder that cannot be written to */
  GFile *models[MG_SESSION_N_TASKS];   /* (nullable) out: the project's, where they can be read */
  MgModel *loaded[MG_SESSION_N_TASKS]; /* (nullable) out */
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_ptr_array_unref (opening->files);
  g_free (opening->read_only);
  for (int i = 0; i < MG_SESSION_N_TASKS; i++)
    {
      g_clear_object (&opening->models[i]);
      g_clear_pointer (&opening->loaded[i], mg_model_unref);
    }
  g_free (opening);
}

static gboolean
make_sample (GFile *folder,
             gboolean noisy,
             GCancellable *cancellable,
             GError **error)
{
  const MgSampleOptions options = { .n_images = 12, .size = 256, .denoise = noisy };
  g_autoptr (GFile) images = g_file_get_child (folder, "images");
  g_autoptr (MgProgress) progress = mg_progress_new ();

  if (g_file_query_exists (images, cancellable))
    return TRUE;
  return mg_project_make_folder_for (folder, error) &&
         mg_sample_write (folder, &options, progress, cancellable, error);
}

/* A project names the models it used last. One that is gone is no reason not
 * to open the images. */
static void
load_models (Opening *opening,
             MgProject *project)
{
  GFile *files[MG_SESSION_N_TASKS] = {
    [MG_TASK_SEGMENT] = mg_project_get_model (project),
    [MG_TASK_DENOISE] = mg_project_get_restorer (project),
  };

  for (int i = 0; i < MG_SESSION_N_TASKS; i++)
    {
      g_autoptr (GError) error = NULL;

      if (files[i] == NULL)
        continue;
      opening->loaded[i] = mg_model_load (files[i], &error);
      if (opening->loaded[i] != NULL)
        opening->models[i] = g_object_ref (files[i]);
      else
        g_message ("the project's model is left out: %s", error->message);
    }
}

/* Where labels will lie, if they cannot. */
static char *
find_read_only (MgProject *project)
{
  GFile *folder = mg_project_get_folder (project);
  g_autoptr (GFile) labels = g_file_get_child (folder, MG_PROJECT_ANNOTATIONS);
  const char *path = g_file_peek_path (g_file_query_exists (labels, NULL) ? labels : folder);

  return path == NULL || g_access (path, W_OK) == 0 || errno == ENOENT ? NULL : g_strdup (path);
}

static void
open_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  Opening *opening = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MgProject) project = NULL;
  GFile *first = opening->files->pdata[0];

  if (!opening->sample || make_sample (first, opening->noisy, cancellable, &error))
    {
      opening->is_folder = g_file_query_file_type (first, G_FILE_QUERY_INFO_NONE, cancellable) == G_FILE_TYPE_DIRECTORY;
      if (opening->is_folder)
        project = mg_project_open (first, cancellable, &error);
      else
        project = mg_project_open_images ((GFile *const *) opening->files->pdata, opening->files->len,
                                          cancellable, &error);
    }
  if (project == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  load_models (opening, project);
  opening->read_only = find_read_only (project);
  g_task_return_pointer (task, g_steal_pointer (&project), g_object_unref);
}

/* What cannot be saved is not left behind. */
static void
abandon_opened (MgSession *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->opened);
  g_autoptr (MgProject) project = g_task_propagate_pointer (task, NULL);

  _mg_session_set_busy (self, NULL);
  mg_session_message (self, "What was painted could not be saved, so nothing else was opened");
}

static void
tell_read_only (MgSession *self,
                const char *folder)
{
  g_autofree char *text = g_strdup_printf ("“%s” cannot be written to: look at everything, and save a copy in another folder "
                                           "to keep what you paint",
                                           folder);

  self->read_only = TRUE;
  g_signal_emit_by_name (self, "read-only", text);
}

/* Only once everything of the old project is written: the new one may read the
 * same files. */
void
_mg_session_show_opened (MgSession *self)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (MgProject) project = NULL;
  Opening *opening;

  if (self->opened == NULL || self->n_saving > 0)
    return;
  if (!mg_session_is_saved (self))
    {
      if (self->save_failed)
        abandon_opened (self);
      else
        mg_session_save (self);
      return;
    }
  task = g_steal_pointer (&self->opened);
  opening = g_task_get_task_data (task);
  project = g_task_propagate_pointer (task, NULL);
  if (self->opening == g_task_get_cancellable (task))
    _mg_session_set_busy (self, NULL);
  _mg_session_change_project (self, project);
  /* before "opened": what a person has set counts more than what a model was learned with */
  for (int i = 0; i < MG_SESSION_N_TASKS; i++)
    if (opening->loaded[i] != NULL)
      mg_session_set_model (self, opening->loaded[i], opening->models[i]);
  _mg_session_take_project (self, project, opening->is_folder ? NULL : opening->files->pdata[0]);
  if (opening->read_only != NULL)
    tell_read_only (self, opening->read_only);
}

static void
on_opened (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  MgSession *self = MG_SESSION (source);
  g_autoptr (GError) error = NULL;

  if (!g_task_had_error (G_TASK (result)))
    {
      g_set_object (&self->opened, G_TASK (result));
      _mg_session_show_opened (self);
      return;
    }
  if (self->opening == g_task_get_cancellable (G_TASK (result)))
    _mg_session_set_busy (self, NULL);
  g_task_propagate_pointer (G_TASK (result), &error);
  mg_session_fail (self, error);
}

static void
start_opening (MgSession *self,
               GPtrArray *files,
               gboolean sample,
               gboolean noisy)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (self, cancellable, on_opened, NULL);
  Opening *opening = g_new0 (Opening, 1);

  opening->files = files;
  opening->sample = sample;
  opening->noisy = noisy;
  mg_session_save (self);
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  _mg_session_set_busy (self, cancellable);
  g_task_set_task_data (task, opening, opening_free);
  g_task_run_in_thread (task, open_thread);
}

static gboolean
is_model (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  return g_str_has_suffix (name, ".safetensors");
}

/* What of it are images or folders; a project.json stands for its folder. */
static GPtrArray *
dup_images (GFile *const *files,
            guint n_files)
{
  GPtrArray *images = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *name = g_file_get_basename (files[i]);

      if (!is_model (files[i]))
        g_ptr_array_add (images, g_str_equal (name, MG_PROJECT_FILE_NAME) ? g_file_get_parent (files[i])
                                                                          : g_object_ref (files[i]));
    }
  return images;
}

/**
 * mg_session_open:
 * @self: a session
 * @files: (array length=n_files): images, or one folder or project.json; a
 *   model among them is predicted with
 *
 * Opens another project, on another thread; failures come as "message".
 */
void
mg_session_open (MgSession *self,
                 GFile *const *files,
                 guint n_files)
{
  g_autoptr (GPtrArray) images = dup_images (files, n_files);

  if (images->len > 0)
    start_opening (self, g_steal_pointer (&images), FALSE, FALSE);
  for (guint i = 0; i < n_files; i++)
    if (is_model (files[i]))
      mg_session_open_model (self, files[i]);
}

static void
fold_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (mg_fold_image_sets (task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_folded (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  MgSession *self = MG_SESSION (source);
  g_autoptr (MgProject) project = user_data;
  GPtrArray *files = g_task_get_task_data (G_TASK (result));
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (project));
  g_autoptr (MgProjectItem) first = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    mg_session_fail (self, error);
  if (error != NULL || self->project != project)
    return;
  for (guint i = 0; i < files->len; i++)
    mg_project_add (project, files->pdata[i], NULL);
  first = g_list_model_get_item (G_LIST_MODEL (project), n_before);
  if (first == NULL)
    return;
  _mg_session_take_project (self, project, mg_project_item_get_image (first));
  mg_session_project_changed (self);
}

/**
 * mg_session_add:
 * @self: a session
 * @files: (array length=n_files): more images
 *
 * Adds images to the project, once it is known which of them are files of the
 * same; without a project, opens them.
 */
void
mg_session_add (MgSession *self,
                GFile *const *files,
                guint n_files)
{
  g_autoptr (GTask) task = NULL;

  if (self->project == NULL)
    {
      mg_session_open (self, files, n_files);
      return;
    }
  if (n_files == 0)
    return;
  task = g_task_new (self, self->closing, on_folded, g_object_ref (self->project));
  g_task_set_task_data (task, mg_project_list_files (self->project, files, n_files), (GDestroyNotify) g_ptr_array_unref);
  g_task_run_in_thread (task, fold_thread);
}

/**
 * mg_session_open_sample:
 * @self: a session
 * @task: what it is a sample of
 *
 * Opens the sample project in the person's data folder; the program draws its
 * images when they are not there yet.
 */
void
mg_session_open_sample (MgSession *self,
                        MgTask task)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean noisy = task == MG_TASK_DENOISE;

  g_ptr_array_add (files, g_file_new_build_filename (g_get_user_data_dir (), "micrographia", noisy ? "noisy-sample" : "sample", NULL));
  start_opening (self, files, TRUE, noisy);
}

static void
model_thread (GTask *task,
              gpointer source,
              gpointer task_data,
              GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  MgModel *model = mg_model_load (task_data, &error);

  if (model != NULL)
    g_task_return_pointer (task, model, (GDestroyNotify) mg_model_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_model_loaded (GObject *source,
                 GAsyncResult *result,
                 gpointer user_data)
{
  MgSession *self = MG_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgModel) model = g_task_propagate_pointer (G_TASK (result), &error);

  if (model == NULL)
    mg_session_fail (self, error);
  else
    {
      mg_session_set_model (self, model, g_task_get_task_data (G_TASK (result)));
      mg_session_set_task (self, mg_model_get_recipe (model)->task);
    }
}

/**
 * mg_session_open_model:
 * @self: a session
 * @file: a model file
 *
 * Reads it on another thread and predicts with it from then on, which may be
 * another task than before.
 */
void
mg_session_open_model (MgSession *self,
                       GFile *file)
{
  g_autoptr (GTask) task = g_task_new (self, self->closing, on_model_loaded, NULL);

  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, model_thread);
}
