#include "project/missing.h"
#include "session/session-private.h"

/* The project's list of images: roles, leaving some out, finding moved ones. */

/**
 * mg_session_set_role:
 * @self: a session
 * @document: one of its images
 * @role: what it is used for from now on
 */
void
mg_session_set_role (MgSession *self,
                     MgDocument *document,
                     MgProjectRole role)
{
  if (mg_document_get_role (document) == role)
    return;
  mg_document_set_role (document, role);
  mg_session_project_changed (self);
}

/**
 * mg_session_remove:
 * @self: a session
 * @document: one of its images
 *
 * Takes an image out of the project. Its file and its labels stay on the disk.
 */
void
mg_session_remove (MgSession *self,
                   MgDocument *document)
{
  g_autoptr (MgDocument) keep = g_object_ref (document);
  g_autoptr (MgDocument) next = NULL;
  guint position;

  if (!mg_session_find (self, document, &position))
    return;
  if (self->current == document)
    {
      next = g_list_model_get_item (G_LIST_MODEL (self->documents), position + 1);
      if (next == NULL && position > 0)
        next = g_list_model_get_item (G_LIST_MODEL (self->documents), position - 1);
      mg_session_set_current (self, next);
    }
  g_queue_remove (&self->recent, document);
  g_list_store_remove (self->documents, position);
  mg_project_remove (self->project, position);
  mg_session_project_changed (self);
}

typedef struct
{
  MgProject *project;
  GPtrArray *documents; /* of MgDocument; only passed back */
  GPtrArray *items;
  GFile *folder;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_object_unref (search->project);
  g_ptr_array_unref (search->documents);
  g_ptr_array_unref (search->items);
  g_object_unref (search->folder);
  g_free (search);
}

static void
search_thread (GTask *task,
               gpointer source,
               gpointer task_data,
               GCancellable *cancellable)
{
  Search *search = task_data;
  g_autoptr (GError) error = NULL;
  GPtrArray *found = mg_project_find_missing (search->items, search->folder, cancellable, &error);

  if (found != NULL)
    g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
take_found (MgSession *self,
            MgDocument *document,
            GFile *file)
{
  guint position;

  if (!mg_session_find (self, document, &position))
    return;
  mg_project_move_image (self->project, position, file);
  mg_document_file_found (document);
  if (document == self->current)
    {
      mg_session_set_current (self, NULL);
      mg_session_set_current (self, document);
    }
}

static void
tell_found (MgSession *self,
            guint n,
            guint of)
{
  if (n == of)
    mg_session_message (self, n == 1 ? "The missing image was found" : "All %u missing images were found", n);
  else if (n > 0)
    mg_session_message (self, "%u of %u missing images were found there", n, of);
  else
    mg_session_message (self, of == 1 ? "The missing image is not there under its name and with its size" : "None of the %u missing images is there under its name and with its size",
                        of);
}

static void
on_searched (GObject *source,
             GAsyncResult *result,
             gpointer user_data)
{
  MgSession *self = MG_SESSION (source);
  Search *search = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = g_task_propagate_pointer (G_TASK (result), &error);
  guint n = 0;

  if (found == NULL)
    {
      mg_session_fail (self, error);
      return;
    }
  for (guint i = 0; i < found->len; i++)
    if (found->pdata[i] != NULL)
      {
        if (self->project == search->project)
          take_found (self, search->documents->pdata[i], found->pdata[i]);
        g_object_unref (found->pdata[i]);
        n++;
      }
  if (self->project != search->project)
    return;
  if (n > 0)
    mg_session_project_changed (self);
  tell_found (self, n, found->len);
  g_signal_emit_by_name (self, "check-files");
}

/**
 * mg_session_find_missing:
 * @self: a session with a project
 * @folder: where images that were moved may lie
 *
 * Looks there for every image that is not where it was, on another thread.
 */
void
mg_session_find_missing (MgSession *self,
                         GFile *folder)
{
  g_autoptr (GTask) task = g_task_new (self, self->closing, on_searched, NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->documents));
  Search *search = g_new0 (Search, 1);

  search->project = g_object_ref (self->project);
  search->folder = g_object_ref (folder);
  search->documents = g_ptr_array_new_with_free_func (g_object_unref);
  search->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (G_LIST_MODEL (self->documents), i);

      if (mg_document_get_file_state (document) != MG_FILE_MISSING)
        continue;
      g_ptr_array_add (search->items, g_object_ref (mg_document_get_item (document)));
      g_ptr_array_add (search->documents, g_steal_pointer (&document));
    }
  g_task_set_task_data (task, search, search_free);
  if (search->items->len > 0)
    g_task_run_in_thread (task, search_thread);
  else
    {
      mg_session_message (self, "No image is missing");
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "nothing to find");
    }
}
