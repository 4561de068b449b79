/* Editing cells: history, selection, and what of a prediction is accepted. */
#include "window/window-private.h"

#include "annotate/annotation-planes.h"

static void
on_undo (GSimpleAction *action,
         GVariant *parameter,
         gpointer data)
{
  MgWindow *self = data;

  if (self->annotation != NULL)
    mg_annotation_undo (self->annotation);
}

static void
on_redo (GSimpleAction *action,
         GVariant *parameter,
         gpointer data)
{
  MgWindow *self = data;

  if (self->annotation != NULL)
    mg_annotation_redo (self->annotation);
}

/* The chosen training region, or else the selected cells. */
static void
on_delete (GSimpleAction *action,
           GVariant *parameter,
           gpointer data)
{
  MgWindow *self = data;
  int region = mg_canvas_get_region (self->canvas);
  g_autofree guint32 *labels = NULL;
  const guint32 *selection;
  guint n;

  if (self->annotation == NULL)
    return;
  if (region >= 0)
    {
      mg_canvas_set_region (self->canvas, -1);
      mg_annotation_delete_training_region (self->annotation, (guint) region);
      return;
    }
  selection = mg_canvas_get_selection (self->canvas, &n);
  labels = g_memdup2 (selection, n * sizeof *selection);
  mg_annotation_delete_many (self->annotation, labels, n);
}

static void
on_clear (GSimpleAction *action,
          GVariant *parameter,
          gpointer data)
{
  MgWindow *self = data;

  if (self->annotation == NULL)
    return;
  mg_annotation_clear (self->annotation);
  _mg_window_toast (self, mg_annotation_get_n_z (self->annotation) * mg_annotation_get_n_t (self->annotation) > 1
                            ? "All labels of this slice are cleared; Undo brings them back"
                            : "All labels of this image are cleared; Undo brings them back");
}

static void
on_clear_regions (GSimpleAction *action,
                  GVariant *parameter,
                  gpointer data)
{
  MgWindow *self = data;

  mg_canvas_set_region (self->canvas, -1);
  if (self->annotation != NULL)
    mg_annotation_clear_training_regions (self->annotation);
}

/* Rectangles are drawn with the pointer; this is for the keyboard. */
static void
on_add_region (GSimpleAction *action,
               GVariant *parameter,
               gpointer data)
{
  MgWindow *self = data;

  g_object_set (self->canvas, "tool", MG_CANVAS_REGION, NULL);
  mg_canvas_add_region (self->canvas);
}

static void
on_brush_size (GSimpleAction *action,
               GVariant *parameter,
               gpointer data)
{
  mg_canvas_change_brush (((MgWindow *) data)->canvas, g_variant_get_int32 (parameter));
}

static void
select_in_rect (MgWindow *self,
                const MgRect *rect,
                gboolean add)
{
  g_autoptr (GArray) labels = mg_annotation_find_in_rect (self->annotation, rect);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n;
  const guint32 *selection = mg_canvas_get_selection (self->canvas, &n);

  if (add && n > 0)
    g_array_append_vals (all, selection, n);
  for (guint i = 0; i < labels->len; i++)
    {
      guint32 label = g_array_index (labels, guint32, i);

      if (!add || !mg_canvas_is_selected (self->canvas, label))
        g_array_append_val (all, label);
    }
  mg_canvas_set_selection (self->canvas, (const guint32 *) all->data, all->len);
}

static void
get_whole (MgWindow *self,
           MgRect *whole)
{
  MgMask *mask = mg_annotation_get_mask (self->annotation);

  *whole = (MgRect){ 0, 0, mg_mask_get_width (mask), mg_mask_get_height (mask) };
}

static void
on_select_all (GSimpleAction *action,
               GVariant *parameter,
               gpointer data)
{
  MgWindow *self = data;
  MgRect whole;

  if (self->annotation == NULL)
    return;
  get_whole (self, &whole);
  select_in_rect (self, &whole, FALSE);
}

static void
on_select_none (GSimpleAction *action,
                GVariant *parameter,
                gpointer data)
{
  mg_canvas_set_selected (((MgWindow *) data)->canvas, 0);
}

static void
on_merge_selected (GSimpleAction *action,
                   GVariant *parameter,
                   gpointer data)
{
  MgWindow *self = data;
  guint n;
  const guint32 *selection = mg_canvas_get_selection (self->canvas, &n);
  g_autofree guint32 *labels = g_memdup2 (selection, n * sizeof *selection);

  if (self->annotation == NULL || n < 2)
    return;
  mg_annotation_merge (self->annotation, labels, n);
  mg_canvas_set_selected (self->canvas, labels[0]);
}

/* The key of the tool: what is selected is merged at once, without it. */
static void
on_merge (GSimpleAction *action,
          GVariant *parameter,
          gpointer data)
{
  MgWindow *self = data;
  guint n;

  mg_canvas_get_selection (self->canvas, &n);
  if (n >= 2)
    on_merge_selected (action, NULL, self);
  else
    g_object_set (self->canvas, "tool", MG_CANVAS_MERGE, NULL);
}

static gboolean
shows_prediction (MgWindow *self)
{
  gboolean shown;

  g_object_get (self->canvas, "show-prediction", &shown, NULL);
  return shown && _mg_window_can_accept (self);
}

static gboolean
has_pixel_in (MgLabels *labels,
              guint32 label,
              const MgRect *rect)
{
  gsize width = (gsize) mg_labels_get_width (labels);

  for (int y = rect->y; y < rect->y + rect->height; y++)
    for (int x = rect->x; x < rect->x + rect->width; x++)
      if (mg_labels_get_data (labels)[(gsize) y * width + x] == label)
        return TRUE;
  return FALSE;
}

/* Takes every predicted cell with a pixel in the box into the annotation, as one
 * edit. */
static void
accept_in_rect (MgWindow *self,
                const MgRect *rect)
{
  MgInstances *instances = mg_document_get_prediction (self->document);
  MgLabels *labels = mg_instances_get_labels (instances);
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  MgRect box = { 0 };

  for (guint i = 0; i < mg_instances_get_n (instances); i++)
    {
      const MgInstance *instance = mg_instances_get (instances, i);
      MgRect part;

      if (!mg_rect_intersect (&instance->box, rect, &part) || !has_pixel_in (labels, instance->label, &part))
        continue;
      g_hash_table_add (wanted, GUINT_TO_POINTER (instance->label));
      mg_rect_union (&box, &instance->box, &box);
    }
  if (g_hash_table_size (wanted) > 0)
    mg_annotation_add_some (self->annotation, labels, wanted, &box, NULL);
}

/* Only instances of the mask can be selected; where there is none, a click on
 * a predicted cell makes it one. */
static void
on_clicked (MgCanvas *canvas,
            int x,
            int y,
            GdkModifierType state,
            int n_press,
            MgWindow *self)
{
  guint32 label = self->annotation != NULL ? mg_mask_get (mg_annotation_get_mask (self->annotation), x, y) : 0;
  MgRect box;

  if (label == MG_LABEL_IGNORED)
    label = 0;
  else if (label == 0 && shows_prediction (self))
    label = _mg_window_accept_at (self, x, y);
  if (n_press == 2 && label != 0 && mg_annotation_get_box (self->annotation, label, &box))
    mg_canvas_zoom_rect (canvas, &box);
  if ((state & GDK_SHIFT_MASK) == 0)
    mg_canvas_set_selected (canvas, label);
  else if (label != 0 && n_press == 1)
    {
      guint n;
      const guint32 *selection = mg_canvas_get_selection (canvas, &n);
      g_autoptr (GArray) labels = g_array_new (FALSE, FALSE, sizeof (guint32));

      for (guint i = 0; i < n; i++)
        if (selection[i] != label)
          g_array_append_val (labels, selection[i]);
      if (labels->len == n)
        g_array_append_val (labels, label);
      mg_canvas_set_selection (canvas, (const guint32 *) labels->data, labels->len);
    }
}

static void
on_boxed (MgCanvas *canvas,
          const MgRect *rect,
          GdkModifierType state,
          MgWindow *self)
{
  if (self->annotation == NULL)
    return;
  if (shows_prediction (self))
    accept_in_rect (self, rect);
  select_in_rect (self, rect, (state & GDK_SHIFT_MASK) != 0);
}

static void
on_accept_view (GSimpleAction *action,
                GVariant *parameter,
                gpointer data)
{
  MgWindow *self = data;
  MgRect rect;

  if (!shows_prediction (self))
    return;
  mg_image_view_visible_rect (MG_IMAGE_VIEW (self->canvas), &rect);
  accept_in_rect (self, &rect);
  mg_canvas_set_candidate (self->canvas, NULL);
}

/* Whether most of a predicted cell lies where nothing is painted yet. */
static gboolean
is_open (MgWindow *self,
         const MgInstance *instance)
{
  MgLabels *labels = mg_instances_get_labels (mg_document_get_prediction (self->document));
  MgMask *mask = mg_annotation_get_mask (self->annotation);
  gsize width = (gsize) mg_labels_get_width (labels);
  const MgRect *box = &instance->box;
  gint64 n_free = 0;

  for (int y = box->y; y < box->y + box->height; y++)
    for (int x = box->x; x < box->x + box->width; x++)
      n_free += mg_labels_get_data (labels)[(gsize) y * width + x] == instance->label && mg_mask_get (mask, x, y) == 0;
  return 2 * n_free > instance->area;
}

/* The next predicted cell that is not accepted, from the one the keyboard is at. */
static void
move_candidate (MgWindow *self,
                int by)
{
  MgInstances *instances = mg_document_get_prediction (self->document);
  int n = (int) mg_instances_get_n (instances), at = (int) self->candidate - 1;

  if (at < 0 && by < 0)
    at = 0;
  for (int i = 0; i < n; i++)
    {
      at = (at + by + n) % n;
      if (!is_open (self, mg_instances_get (instances, (guint) at)))
        continue;
      self->candidate = (guint) at + 1;
      mg_canvas_set_candidate (self->canvas, &mg_instances_get (instances, (guint) at)->box);
      mg_canvas_reveal (self->canvas, &mg_instances_get (instances, (guint) at)->box);
      return;
    }
  self->candidate = 0;
  mg_canvas_set_candidate (self->canvas, NULL);
}

static void
move_selection (MgWindow *self,
                int by)
{
  guint32 selected = mg_canvas_get_selected (self->canvas);
  g_autoptr (GArray) labels = NULL;
  MgRect whole, box;
  guint at = 0;

  get_whole (self, &whole);
  labels = mg_annotation_find_in_rect (self->annotation, &whole);
  if (labels->len == 0)
    return;
  while (at < labels->len && g_array_index (labels, guint32, at) < selected)
    at++;
  if (selected == 0)
    at = by > 0 ? 0 : labels->len - 1;
  else
    at = (at + labels->len + (guint) by) % labels->len;
  selected = g_array_index (labels, guint32, at);
  mg_canvas_set_selected (self->canvas, selected);
  if (mg_annotation_get_box (self->annotation, selected, &box))
    mg_canvas_reveal (self->canvas, &box);
}

/* Goes through what there is to decide: predicted cells, or else painted ones;
 * with the tool for regions, those. */
static void
on_next_cell (GSimpleAction *action,
              GVariant *parameter,
              gpointer data)
{
  MgWindow *self = data;

  MgCanvasTool tool;

  if (self->annotation == NULL)
    return;
  g_object_get (self->canvas, "tool", &tool, NULL);
  if (tool == MG_CANVAS_REGION)
    mg_canvas_next_region (self->canvas, g_variant_get_int32 (parameter));
  else if (shows_prediction (self))
    move_candidate (self, g_variant_get_int32 (parameter));
  else
    move_selection (self, g_variant_get_int32 (parameter));
}

static void
on_accept (GSimpleAction *action,
           GVariant *parameter,
           gpointer data)
{
  MgWindow *self = data;
  MgInstances *instances;

  if (!shows_prediction (self))
    return;
  instances = mg_document_get_prediction (self->document);
  if (self->candidate >= 1 && self->candidate <= mg_instances_get_n (instances))
    mg_annotation_add_region (self->annotation, mg_instances_get_labels (instances), self->candidate,
                              &mg_instances_get (instances, self->candidate - 1)->box);
  move_candidate (self, 1);
}

/* From a number or a name back to the image, where letters are tools again; a number
 * half typed is as it was. */
static void
leave_entry (MgWindow *self,
             GtkWidget *entry)
{
  GtkWidget *spin = gtk_widget_get_ancestor (entry, GTK_TYPE_SPIN_BUTTON);

  if (spin != NULL)
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), gtk_spin_button_get_value (GTK_SPIN_BUTTON (spin)));
  gtk_widget_grab_focus (GTK_WIDGET (_mg_window_get_view (self)));
}

/* What is in hand first, then what is chosen, then the work under way. */
static void
on_escape (GSimpleAction *action,
           GVariant *parameter,
           gpointer data)
{
  MgWindow *self = data;
  guint n;

  if (self->document != NULL && GTK_IS_EDITABLE (gtk_window_get_focus (GTK_WINDOW (self))))
    {
      leave_entry (self, gtk_window_get_focus (GTK_WINDOW (self)));
      return;
    }
  mg_canvas_get_selection (self->canvas, &n);
  if (mg_image_view_abandon (_mg_window_get_view (self)))
    return;
  if (n > 0 || mg_canvas_get_region (self->canvas) >= 0 || self->candidate > 0)
    {
      self->candidate = 0;
      mg_canvas_set_selected (self->canvas, 0);
      mg_canvas_set_region (self->canvas, -1);
      mg_canvas_set_candidate (self->canvas, NULL);
    }
  else
    g_action_group_activate_action (G_ACTION_GROUP (self), "stop", NULL);
}

static const GActionEntry entries[] = {
  { "undo", on_undo },
  { "redo", on_redo },
  { "delete", on_delete },
  { "clear-labels", on_clear },
  { "add-region", on_add_region },
  { "clear-regions", on_clear_regions },
  { "brush-size", on_brush_size, "i" },
  { "select-all", on_select_all },
  { "select-none", on_select_none },
  { "merge", on_merge },
  { "merge-selected", on_merge_selected },
  { "next-cell", on_next_cell, "i" },
  { "accept", on_accept },
  { "accept-view", on_accept_view },
  { "escape", on_escape },
};

void
_mg_window_update_tool_actions (MgWindow *self)
{
  gboolean ready = self->annotation != NULL && self->accepting == NULL;
  gboolean any = ready && mg_annotation_get_n_instances (self->annotation) > 0;
  gboolean can_accept = ready && _mg_window_can_accept (self);
  guint n_selected, n_regions = 0;

  mg_canvas_get_selection (self->canvas, &n_selected);
  if (ready)
    mg_annotation_get_training_regions (self->annotation, &n_regions);
  _mg_window_set_enabled (self, "undo", ready && mg_annotation_can_undo (self->annotation));
  _mg_window_set_enabled (self, "redo", ready && mg_annotation_can_redo (self->annotation));
  _mg_window_set_enabled (self, "delete", ready && (n_selected > 0 || mg_canvas_get_region (self->canvas) >= 0));
  _mg_window_set_enabled (self, "clear-labels", any);
  _mg_window_set_enabled (self, "add-region", ready && !_mg_window_denoises (self));
  _mg_window_set_enabled (self, "clear-regions", n_regions > 0);
  _mg_window_set_enabled (self, "select-all", any);
  _mg_window_set_enabled (self, "select-none", n_selected > 0);
  _mg_window_set_enabled (self, "merge-selected", ready && n_selected >= 2);
  _mg_window_set_enabled (self, "next-cell", any || can_accept || n_regions > 0);
  _mg_window_set_enabled (self, "accept", can_accept);
  _mg_window_set_enabled (self, "accept-view", can_accept);
}

static void
on_notice (MgCanvas *canvas,
           const char *text,
           MgWindow *self)
{
  _mg_window_toast (self, text);
}

void
_mg_window_install_tools (MgWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  _mg_window_add_property (self, "tool", self->canvas, "tool");
  _mg_window_add_property (self, "protect", self->canvas, "protect");
  _mg_window_add_property (self, "pen-pressure", self->canvas, "pressure");
  _mg_window_add_property (self, "every-plane", self->canvas, "every-plane");
  mg_tool_options_set_canvas (self->tool_options, self->canvas);
  g_signal_connect (self->canvas, "clicked", G_CALLBACK (on_clicked), self);
  g_signal_connect (self->canvas, "boxed", G_CALLBACK (on_boxed), self);
  g_signal_connect (self->canvas, "notice", G_CALLBACK (on_notice), self);
  g_signal_connect_swapped (self->canvas, "selection-changed", G_CALLBACK (_mg_window_update_actions), self);
  g_signal_connect_swapped (self->canvas, "notify::tool", G_CALLBACK (_mg_window_update_actions), self);
}
