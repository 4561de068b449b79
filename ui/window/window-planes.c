#include "window/window-private.h"

#include <math.h>

#include "annotate/annotation-planes.h"
#include "session/accepting.h"

static const MgImageInfo *
get_info (MgWindow *self)
{
  MgImage *image = self->document != NULL ? mg_document_get_image (self->document) : NULL;

  return image != NULL ? mg_image_get_info (image) : NULL;
}

static void
show_plane (MgWindow *self)
{
  const MgImageInfo *info = get_info (self);
  int z = CLAMP ((int) round (gtk_adjustment_get_value (self->z_adjustment)), 1, MAX (info->n_z, 1));
  int t = CLAMP ((int) round (gtk_adjustment_get_value (self->t_adjustment)), 1, MAX (info->n_t, 1));
  g_autofree char *z_text = g_strdup_printf ("z %d / %d", z, info->n_z);
  g_autofree char *t_text = g_strdup_printf ("t %d / %d", t, info->n_t);

  gtk_label_set_text (self->z_label, z_text);
  gtk_label_set_text (self->t_label, t_text);
  mg_document_set_plane (self->document, z - 1, t - 1);
  mg_canvas_set_plane (self->canvas, z - 1, t - 1);
  mg_compare_page_set_plane (self->compare_page, z - 1, t - 1);
  _mg_window_update_view (self);
  _mg_window_update_planes (self);
}

static void
on_plane (MgWindow *self)
{
  if (get_info (self) != NULL)
    show_plane (self);
}

/* What was undone in another plane comes into view. */
void
_mg_window_follow_plane (MgWindow *self)
{
  const MgImageInfo *info = get_info (self);
  int plane;

  if (info == NULL || self->annotation == NULL)
    return;
  plane = mg_annotation_get_plane (self->annotation);
  if (plane == mg_document_get_plane (self->document))
    return;
  gtk_adjustment_set_value (self->z_adjustment, plane % info->n_z + 1);
  gtk_adjustment_set_value (self->t_adjustment, plane / info->n_z + 1);
}

/* The sliders of the image in view, at the plane it was left at. */
void
_mg_window_set_up_planes (MgWindow *self)
{
  const MgImageInfo *info = get_info (self);
  int plane = mg_document_get_plane (self->document);

  g_signal_handlers_block_by_func (self->z_adjustment, on_plane, self);
  g_signal_handlers_block_by_func (self->t_adjustment, on_plane, self);
  gtk_adjustment_configure (self->z_adjustment, plane % info->n_z + 1, 1, info->n_z, 1, 1, 0);
  gtk_adjustment_configure (self->t_adjustment, plane / info->n_z + 1, 1, info->n_t, 1, 1, 0);
  g_signal_handlers_unblock_by_func (self->z_adjustment, on_plane, self);
  g_signal_handlers_unblock_by_func (self->t_adjustment, on_plane, self);
  gtk_widget_set_visible (self->z_scale, info->n_z > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->z_label), info->n_z > 1);
  gtk_widget_set_visible (self->t_scale, info->n_t > 1);
  gtk_widget_set_visible (self->play_button, info->n_t > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->t_label), info->n_t > 1);
  gtk_widget_set_visible (self->plane_bar, info->n_z > 1 || info->n_t > 1);
  _mg_window_show_predict_menu (self);
  show_plane (self);
}

/* The plane before or after the one in view: a slice, or, where there is only
 * one, a time point; -1 for none. */
static int
get_neighbour (MgWindow *self,
               int direction)
{
  const MgImageInfo *info = get_info (self);
  int plane, at, n;

  if (info == NULL)
    return -1;
  plane = mg_document_get_plane (self->document);
  at = info->n_z > 1 ? plane % info->n_z : plane / info->n_z;
  n = info->n_z > 1 ? info->n_z : info->n_t;
  return at + direction >= 0 && at + direction < n ? plane + direction : -1;
}

static void
on_copy (GSimpleAction *action,
         GVariant *parameter,
         gpointer data)
{
  MgWindow *self = data;
  int from = mg_document_get_plane (self->document), to = get_neighbour (self, g_variant_get_int32 (parameter));

  if (self->annotation == NULL || to < 0)
    return;
  if (!mg_annotation_copy_plane (self->annotation, from, to, mg_canvas_get_selected (self->canvas)))
    _mg_window_toast (self, "There was nothing to copy: the slice is not painted, or what is on it is there already");
}

static void
on_interpolated (GObject *source,
                 GAsyncResult *result,
                 gpointer user_data)
{
  g_autoptr (MgWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n;

  self->interpolating = FALSE;
  if (self->session == NULL)
    return;
  if (!mg_document_interpolate_finish (MG_DOCUMENT (source), result, &n, &error))
    mg_session_fail (self->session, error);
  else if (n == 0)
    _mg_window_toast (self, "Nothing lies between painted slices: paint the same cell in two slices first, "
                            "by selecting it and going on in another slice");
  else
    {
      text = g_strdup_printf (n == 1 ? "%u slice filled in" : "%u slices filled in", n);
      _mg_window_toast (self, text);
    }
  _mg_window_update_planes (self);
}

static void
on_interpolate (GSimpleAction *action,
                GVariant *parameter,
                gpointer data)
{
  MgWindow *self = data;

  if (self->annotation == NULL || self->interpolating)
    return;
  self->interpolating = TRUE;
  _mg_window_update_planes (self);
  mg_document_interpolate_async (self->document, NULL, on_interpolated, g_object_ref (self));
}

static void
on_predict_slices (GSimpleAction *action,
                   GVariant *parameter,
                   gpointer data)
{
  MgWindow *self = data;
  g_autoptr (GPtrArray) documents = g_ptr_array_new ();

  if (self->document == NULL)
    return;
  g_ptr_array_add (documents, self->document);
  _mg_window_start_prediction (self, documents);
}

static void
on_accepted (MgJob *job,
             MgWindow *self)
{
  GString *text = g_string_new (NULL);
  guint n_planes, n = mg_accepting_get_n_cells (job, &n_planes);

  g_clear_object (&self->accepting);
  gtk_widget_set_can_target (GTK_WIDGET (self->canvas), TRUE);
  if (mg_job_get_state (job) == MG_JOB_FAILED)
    mg_session_fail (self->session, mg_job_get_error (job));
  if (mg_job_get_state (job) == MG_JOB_STOPPED)
    g_string_append (text, "Stopped: ");
  g_string_append_printf (text, "%u %s", n, n == 1 ? "cell" : "cells");
  if (mg_accepting_is_of_all (job))
    g_string_append_printf (text, " of %u %s", n_planes, n_planes == 1 ? "slice" : "slices");
  g_string_append (text, " accepted; Undo takes them back");
  if (n_planes > 0)
    _mg_window_toast (self, text->str);
  g_string_free (text, TRUE);
  _mg_window_update_actions (self);
}

/* As one edit: nothing else is edited meanwhile. */
static void
accept (MgWindow *self,
        MgInstances *instances)
{
  self->accepting = mg_accepting_new (self->document, instances);
  gtk_widget_set_can_target (GTK_WIDGET (self->canvas), FALSE);
  _mg_window_run_job (self, self->accepting, on_accepted);
}

/* What was predicted in what is in view. */
static void
on_accept_all (GSimpleAction *action,
               GVariant *parameter,
               gpointer data)
{
  MgWindow *self = data;

  if (_mg_window_can_accept (self) && self->accepting == NULL)
    accept (self, mg_document_get_prediction (self->document));
}

/* What was predicted in every slice and time point. */
static void
on_accept_slices (GSimpleAction *action,
                  GVariant *parameter,
                  gpointer data)
{
  MgWindow *self = data;

  if (self->annotation != NULL && self->accepting == NULL)
    accept (self, NULL);
}

static void
on_discard_slices (GSimpleAction *action,
                   GVariant *parameter,
                   gpointer data)
{
  MgWindow *self = data;

  if (self->document != NULL)
    mg_document_discard_all_predictions (self->document);
}

static void
on_clear_slices (GSimpleAction *action,
                 GVariant *parameter,
                 gpointer data)
{
  MgWindow *self = data;

  if (self->annotation != NULL && mg_annotation_clear_planes (self->annotation))
    _mg_window_toast (self, "The labels of all slices are cleared; Undo brings them back");
}

static void
on_delete_in_slices (GSimpleAction *action,
                     GVariant *parameter,
                     gpointer data)
{
  MgWindow *self = data;
  g_autoptr (GArray) labels = g_array_new (FALSE, FALSE, sizeof (guint32));
  const guint32 *selection;
  guint n;

  if (self->annotation == NULL)
    return;
  selection = mg_canvas_get_selection (self->canvas, &n);
  g_array_append_vals (labels, selection, n);
  mg_annotation_delete_in_planes (self->annotation, labels);
}

/* Of a stack, what is in view is one slice of it. */
void
_mg_window_show_predict_menu (MgWindow *self)
{
  const MgImageInfo *info = get_info (self);
  gboolean stack = info != NULL && info->n_z * info->n_t > 1;

  if (_mg_window_denoises (self))
    {
      adw_split_button_set_menu_model (self->predict_button, self->denoise_menu);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->predict_button), "Take the noise out of this image with the model (Ctrl+R)");
      return;
    }
  adw_split_button_set_menu_model (self->predict_button, stack ? self->predict_stack_menu : self->predict_menu);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->predict_button), stack ? "Find the cells of this slice (Ctrl+R); of all slices: Ctrl+Alt+R"
                                                                        : "Find the cells of this image (Ctrl+R)");
}

/* What can be done with slices at the moment. */
void
_mg_window_update_planes (MgWindow *self)
{
  const MgImageInfo *info = get_info (self);
  gboolean stack = info != NULL && info->n_z * info->n_t > 1;

  gboolean editable = stack && self->annotation != NULL && self->accepting == NULL && !_mg_window_denoises (self);
  guint n_predicted = stack ? mg_document_get_n_predicted_planes (self->document) : 0, n_selected;

  mg_canvas_get_selection (self->canvas, &n_selected);
  _mg_window_set_enabled (self, "accept-slices", editable && n_predicted > 0);
  _mg_window_set_enabled (self, "discard-slices", editable && n_predicted > 0);
  _mg_window_set_enabled (self, "clear-slices", editable && mg_annotation_get_n_instances (self->annotation) > 0);
  _mg_window_set_enabled (self, "delete-in-slices", editable && n_selected > 0);
  _mg_window_set_enabled (self, "copy-slice", stack && self->annotation != NULL && self->accepting == NULL);
  _mg_window_set_enabled (self, "interpolate-slices", stack && info->n_z > 2 && self->annotation != NULL && !self->interpolating && self->accepting == NULL);
  _mg_window_set_enabled (self, "predict-slices", stack && mg_session_get_model (self->session) != NULL && mg_session_get_task (self->session) == MG_TASK_SEGMENT && !mg_prediction_is_running (self->prediction));
}

void
_mg_window_install_planes (MgWindow *self)
{
  static const GActionEntry entries[] = {
    { "copy-slice", on_copy, "i" },
    { "interpolate-slices", on_interpolate },
    { "predict-slices", on_predict_slices },
    { "accept-all", on_accept_all },
    { "accept-slices", on_accept_slices },
    { "discard-slices", on_discard_slices },
    { "clear-slices", on_clear_slices },
    { "delete-in-slices", on_delete_in_slices },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_signal_connect_swapped (self->z_adjustment, "value-changed", G_CALLBACK (on_plane), self);
  g_signal_connect_swapped (self->t_adjustment, "value-changed", G_CALLBACK (on_plane), self);
}
