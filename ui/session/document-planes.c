#include "annotate/annotation-planes.h"
#include "annotate/interpolate.h"
#include "image/part.h"
#include "session/document-private.h"

/**
 * mg_document_set_plane:
 * @self: a loaded document
 * @z: slice
 * @t: time point
 *
 * Which plane is shown, painted on and predicted from now on.
 */
void
mg_document_set_plane (MgDocument *self,
                       int z,
                       int t)
{
  const MgImageInfo *info = mg_image_get_info (self->image);
  int plane = t * info->n_z + z;

  if (self->plane == plane)
    return;
  _mg_document_put_aside (self);
  self->plane = plane;
  g_clear_pointer (&self->plane_image, mg_image_unref);
  mg_annotation_set_plane (self->annotation, plane);
  _mg_document_take_back (self);
  _mg_document_emit_prediction_changed (self);
}

/**
 * mg_document_get_plane:
 * @self: a document
 *
 * Returns: the plane shown, slices of the first time point first
 */
int
mg_document_get_plane (MgDocument *self)
{
  return self->plane;
}

/**
 * mg_document_get_plane_image:
 * @self: a loaded document
 *
 * Returns: (transfer none): the plane shown, as a flat image; the image itself
 *   where it is flat
 */
MgImage *
mg_document_get_plane_image (MgDocument *self)
{
  const MgImageInfo *info = mg_image_get_info (self->image);

  if (info->n_z * info->n_t == 1)
    return self->image;
  if (self->plane_image == NULL)
    self->plane_image = mg_image_part (self->image, NULL, -1, self->plane % info->n_z, self->plane / info->n_z, NULL);
  return self->plane_image;
}

static void
interpolate_thread (GTask *task,
                    gpointer source,
                    gpointer task_data,
                    GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  MgMaskStack *added;
  guint n;

  added = mg_mask_stack_interpolate (task_data, &n, cancellable, &error);
  if (added != NULL)
    g_task_return_pointer (task, added, (GDestroyNotify) mg_mask_stack_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * mg_document_interpolate_async:
 * @self: a loaded document
 * @cancellable: (nullable)
 *
 * Makes the shapes between painted slices on another thread.
 */
void
mg_document_interpolate_async (MgDocument *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, mg_annotation_snapshot (self->annotation), (GDestroyNotify) mg_mask_stack_free);
  g_task_run_in_thread (task, interpolate_thread);
}

/**
 * mg_document_interpolate_finish:
 * @self: a document
 * @result: of mg_document_interpolate_async()
 * @n_planes: (out): how many slices got something
 *
 * Adds them to what is painted, as one edit.
 *
 * Returns: %FALSE with an error
 */
gboolean
mg_document_interpolate_finish (MgDocument *self,
                                GAsyncResult *result,
                                guint *n_planes,
                                GError **error)
{
  g_autoptr (MgMaskStack) added = g_task_propagate_pointer (G_TASK (result), error);

  *n_planes = 0;
  if (added == NULL)
    return FALSE;
  if (self->annotation != NULL)
    *n_planes = mg_annotation_add_stack (self->annotation, added);
  return TRUE;
}
